"""Clocks for entries that were there before their target was."""

from datetime import date, time

from sqlalchemy.orm import Session

from models import access, catalogue, clocks, entries
from models.access import Action
from models.history import Writer
from models.register import INSTANT
from models.rules.wall_clock import at_time

BATCH = 1_000


def refresh_next(
    session: Session,
    register: str,
    after_id: int,
    writer: Writer,
    limit: int = BATCH,
    began: tuple[str, date] | None = None,
) -> int | None:
    """Bring the clocks of a register's next entries up to date with its targets.

    One call is one transaction of the caller's; it may be repeated and begun again
    anywhere, since what is right already is left alone.

    Args:
        session: A writing session.
        register: Whose entries.
        after_id: The last id that was looked at; 0 at first.
        writer: Who does it, when, and by which way.
        limit: How many entries at most.
        began: A field and a day: only entries whose moment there is not before it.

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
    if began is not None:
        field = known[register].field(began[0])
        first = at_time(began[1], time(), writer.zone)
        column = table.c[field.column or field.name]
        query = query.where(column >= (first if field.type is INSTANT else began[1]))
    rows = entries.load(session, known[register], query)
    clocks.follow(session, known[register], rows, rows, writer)
    return rows[-1]["id"] if rows else None
