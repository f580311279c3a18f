"""Whoever is signed in, as each request finds them: by one plain statement.

Every page asks who is there and how many messages wait behind the bell. Both are told
at once and without roles, since a person's rights are kept: see `accounts.person_of`.
"""

from dataclasses import dataclass, fields
from typing import TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.outbox import Message

UNREAD_UP_TO = 100  # counting stops there


@dataclass(frozen=True)
class Visitor:
    """An account as it stands when the request begins."""

    id: int
    login: str
    mobile: str | None
    name: str
    staff_id: int | None
    password: str
    active: bool
    fs_uniquifier: str
    must_set_password: bool
    language: str
    stamp: int
    unread: int


Kind = TypeVar("Kind", bound=Visitor)

_ACCOUNT, _MESSAGE = Account.__table__.c, Message.__table__.c
_UNREAD = (
    select(_MESSAGE.id)
    .where(_MESSAGE.staff_id == _ACCOUNT.staff_id, _MESSAGE.read_at.is_(None))
    .limit(UNREAD_UP_TO)
    .correlate(Account.__table__)
    .subquery()
)
_COUNTED = select(func.count()).select_from(_UNREAD).scalar_subquery().label("unread")
# Of the tables, not the classes: what a request begins with is asked most of all.
_VISITOR = select(
    *(_COUNTED if it.name == "unread" else _ACCOUNT[it.name] for it in fields(Visitor))
).where(_ACCOUNT.fs_uniquifier == bindparam("key"))


def visitor(session: Session, key: str, kind: type[Kind]) -> Kind | None:
    """Return the account that a session's key belongs to, as a kind of visitor."""
    found = session.execute(_VISITOR, {"key": key}).one_or_none()
    return None if found is None else kind(*found)
