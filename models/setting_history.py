"""Who changed which setting: kept with the history of entries, for what is no register.

A setting has a name that no register can have, for it holds a dot, and an id where
there are several of a kind: the roles, the accounts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.history import ChangeEvent, Happening, Writer, remember

Changes = dict[str, list[Any]]
"""{what: [before, after]} in values that JSON keeps."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change of a setting."""

    at: datetime
    by_name: str
    action: str
    changes: Changes


def keep(
    session: Session,
    setting: str,
    key: int,
    changes: Changes,
    writer: Writer,
    action: str = "changed",
) -> None:
    """Write a change down in the transaction that makes it; nothing for no change."""
    if not changes:
        return
    counted = select(func.count()).select_from(ChangeEvent)
    here = counted.where(ChangeEvent.register == setting, ChangeEvent.entry_id == key)
    version = 1 + (session.scalar(here) or 0)
    remember(session, setting, [Happening(key, version, action, changes)], writer)


def told(session: Session, setting: str, key: int | None, limit: int) -> list[Told]:
    """Return the last changes of a setting, the latest first; None: of all its kind."""
    query = select(ChangeEvent).where(ChangeEvent.register == setting)
    if key is not None:
        query = query.where(ChangeEvent.entry_id == key)
    query = query.order_by(ChangeEvent.id.desc()).limit(limit)
    return [
        Told(one.at, one.by_name, one.action, one.changes)
        for one in session.scalars(query)
    ]
