"""常用查询: a list as somebody keeps it under a name, for themselves or for others.

A view holds the list's address and nothing of its entries: whoever opens it sees the
rows of their own rights. The views of a person are read once and kept until somebody
saves or drops one, so that no list page asks for them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, String, Text, delete, false, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import preferences
from models.access import Person
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.words import Label

CHANGED = "list_views"  # a preference that counts how often any view was changed
MOST = 60  # views that one register shows somebody
MOST_KEPT = 5_000  # persons whose views are kept


class ListView(Base):
    """One view; whom it is shared with, if with anybody."""

    __tablename__ = "list_view"
    __table_args__ = (
        Index("ix_list_view_register", "register", "position", "id"),
        Index("ix_list_view_code", "code", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str | None] = mapped_column(String(110))  # of a template's own
    register: Mapped[str] = mapped_column(String(41))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(Text)  # as an address has it, without a page
    account_id: Mapped[int | None] = mapped_column(BigId)  # who made it
    department_id: Mapped[int | None] = mapped_column(BigId)  # for it and above
    role: Mapped[str | None] = mapped_column(String(40))  # for who has it
    for_all: Mapped[bool] = mapped_column(Boolean(name=None), default=False)
    # Whether the register opens with it, for those whom it is for.
    opens: Mapped[bool] = mapped_column(Boolean(name=None), default=False)
    position: Mapped[int] = mapped_column(BigId, default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class View:
    """A view as one person has it."""

    id: int
    register: str
    label: Label
    query: str
    is_own: bool
    is_private: bool
    opens: bool
    nearness: int  # of those that open a register, the nearest does


_kept: dict[tuple[str, Any], tuple[Any, dict[str, list[View]]]] = {}


def of(session: Session, person: Person, register: str) -> list[View]:
    """Return the views of a register that are a person's own or meant for them."""
    stamp = preferences.shown(session).get(CHANGED, "0")
    who = (person.account_id, person.department_id, person.departments, person.roles)
    key = (str(session.get_bind().engine.url), who)
    found = _kept.get(key)
    if found is None or found[0] != stamp:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = (stamp, _read(session, person))
    return found[1].get(register, [])


def opening(session: Session, person: Person, register: str) -> View | None:
    """Return the view that a register opens with for a person; the nearest of several.

    One's own goes before that of a role, this before that of the department.
    """
    found = [one for one in of(session, person, register) if one.opens]
    return min(found, key=lambda one: one.nearness, default=None)


def _read(session: Session, person: Person) -> dict[str, list[View]]:
    departments = {*person.departments, person.department_id} - {None}
    meant = or_(
        ListView.for_all,
        ListView.account_id == person.account_id if person.account_id else false(),
        ListView.role.in_(sorted(person.roles)),
        ListView.department_id.in_(sorted(one for one in departments if one)),
    )
    query = select(ListView).where(meant)
    query = query.order_by(ListView.register, ListView.position, ListView.id)
    found: dict[str, list[View]] = {}
    for one in session.scalars(query):
        some = found.setdefault(one.register, [])
        if len(some) < MOST:
            some.append(_view(one, person))
    return found


def _view(one: ListView, person: Person) -> View:
    shared = (one.for_all, one.department_id is not None, one.role is not None)
    return View(
        one.id,
        one.register,
        Label(one.name_zh, one.name_en),
        one.query,
        one.account_id is not None and one.account_id == person.account_id,
        not any(shared),
        one.opens,
        3 if one.for_all else 2 if one.department_id else 1 if one.role else 0,
    )


def save(session: Session, view: ListView) -> None:
    """Keep a view, in a writing transaction."""
    session.add(view)
    session.flush()
    touch(session)


def drop(session: Session, view_id: int, account_id: int | None) -> bool:
    """Drop a view; with an account only one of its own. False if there is none."""
    query = delete(ListView).where(ListView.id == view_id)
    if account_id is not None:
        query = query.where(ListView.account_id == account_id)
    gone = session.scalars(query.returning(ListView.id)).all()
    touch(session)
    return bool(gone)


def by_code(session: Session, code: str) -> ListView | None:
    """Return a view that a template brought."""
    return session.scalar(select(ListView).where(ListView.code == code))


def touch(session: Session) -> None:
    """Have every process read the views again."""
    count = int(preferences.get(session, CHANGED, "0"))
    # As a text: SQLite gives a bare number back as no JSON.
    preferences.put(session, CHANGED, str(count + 1))
