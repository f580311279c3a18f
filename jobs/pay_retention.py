"""Slips that are older than they are kept: cleared, run by run."""

from jobs.work import Done, Work
from models import pay_retention


def clear_next(work: Work) -> Done:
    """Clear the slips of the earliest run that is past its years.

    Safe to kill, and in several processes at once: slips and the line in the log go and
    come in one transaction, and what is gone is not found again.
    """
    zone = work.settings.zone
    today = work.now.astimezone(zone).date()
    with work.database.read() as session:
        if not pay_retention.due(session, today, pay_retention.years(session)):
            return Done(0)
    with work.database.write() as session:
        cleared = pay_retention.clear_next(session, work.now, zone)
    return Done(cleared or 0, again=cleared is not None)
