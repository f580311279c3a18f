"""Clocks for entries that were there before their target was."""

from sqlalchemy.orm import Session

from models import access, catalogue, clocks, entries
from models.access import Action
from models.history import Writer


def refresh_next(
    session: Session, register: str, after_id: int, writer: Writer, limit: int = 1_000
) -> int | None:
    """Bring the clocks of a register's next entries up to date with its targets.

    One call is one transaction of the caller's; it may be repeated and begun again
    anywhere, since what is right already is left alone.

    Returns:
        The last id looked at, to go on after; None when none is left.
    """
    known = catalogue.current()
    table = known.table(register)
    query = (
        access.visible(writer.person, register, Action.CHANGE)
        .where(table.c.id > after_id)
        .order_by(table.c.id)
        .limit(limit)
        .with_for_update(of=table)
    )
    rows = entries.load(session, known[register], query)
    clocks.follow(session, known[register], rows, rows, writer)
    return rows[-1]["id"] if rows else None
