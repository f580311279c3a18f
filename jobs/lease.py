"""One process at a time: a row in the database, by the database's own clock.

Hosts may disagree about the time, and a process may sleep through its lease without
noticing. So the length of a lease is measured by the database alone, and each new
holder gets a higher fence number, by which what an old one still tries is refused.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.job_tables import Lease

LENGTH = 20
"""Seconds a lease lasts without being renewed; another takes over after that."""

_FOREVER_AGO = 0


class LeaseLostError(Exception):
    """Another process holds the lease by now; what was about to be done is its."""


def take(session: Session, name: str, holder: str) -> int | None:
    """Take or renew a lease; return its fence number, None if another holds it."""
    now = _database_seconds(session)
    _make_row(session, name)
    taken = (
        update(Lease)
        .where(Lease.name == name, or_(Lease.holder == holder, Lease.until < now))
        .values(
            fence=case((Lease.holder == holder, Lease.fence), else_=Lease.fence + 1),
            holder=holder,
            until=now + LENGTH,
        )
        .returning(Lease.fence)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(taken)


def is_free_for(session: Session, name: str, holder: str) -> bool:
    """Whether `take` would succeed now; for looking often without writing."""
    now = _database_seconds(session)
    held = select(Lease.name).where(
        Lease.name == name, Lease.holder != holder, Lease.until >= now
    )
    return session.scalar(held) is None


def holder(session: Session, name: str) -> str | None:
    """Return who holds a lease now; None for nobody."""
    now = _database_seconds(session)
    query = select(Lease.holder).where(Lease.name == name, Lease.until >= now)
    return session.scalar(query)


def release(session: Session, name: str, holder: str) -> None:
    """Give a lease back, so that another need not wait for its end."""
    session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.holder == holder)
        .values(until=_FOREVER_AGO)
    )


def demand(session: Session, name: str, fence: int) -> None:
    """Make sure that nobody has taken over, until the open transaction ends.

    Raises:
        LeaseLostError: Somebody has.
    """
    query = select(Lease.fence).where(Lease.name == name)
    if session.scalar(query.with_for_update(read=True)) != fence:
        raise LeaseLostError(name)


def _database_seconds(session: Session) -> Any:
    """Return seconds since 1970 by the database's clock, as part of a statement."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(func.strftime("%s", "now"), Integer)
    # Not now(): that is when the transaction began, and it may have waited since.
    moment = func.date_part(literal_column("'epoch'"), func.clock_timestamp())
    return cast(func.floor(moment), BigInteger)


def _make_row(session: Session, name: str) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = sqlite.insert(Lease) if is_sqlite else postgresql.insert(Lease)
    row = {"name": name, "holder": "", "fence": 0, "until": _FOREVER_AGO}
    session.execute(new.values(row).on_conflict_do_nothing(index_elements=["name"]))
