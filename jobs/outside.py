"""Other programs' writes taken over: number, clocks, search text and history."""

from jobs.work import Done, Work
from models import outside

BATCH = 1_000
"""Writes in one transaction: few enough that nobody waits for it."""


def take_over_next(work: Work) -> Done:
    """Take over the oldest writes that triggers noticed.

    Safe to kill, and in several processes at once: what was noticed is locked while it
    is taken over and forgotten in the same transaction. When nothing was noticed, the
    cost is one probe of an empty table.
    """
    with work.database.read() as session:
        if not outside.is_anything_waiting(session, work.now):
            return Done(0)
    with work.database.write() as session:
        rows = outside.take_over_next(session, work.now, work.settings.zone, BATCH)
    return Done(rows, again=rows > 0)
