"""Official days: years that are published by now, and those still to be asked for."""

from jobs.work import Done, Work
from models import official_years
from models.access import SYSTEM
from models.history import Writer
from models.rights import SETUP

NOVEMBER = 11


def publish_next(work: Work) -> Done:
    """Put a year that came with an update into the next calendar that waits for it.

    Safe to kill and to repeat: a calendar that has the year waits no longer, and the
    version says whether its clocks have moved.
    """
    by = Writer(SYSTEM, work.now, work.settings.zone, "job")
    done = official_years.publish_next(work.database, by)
    return Done(int(done), again=done)


def ask_for_next_year(work: Work) -> Done:
    """Tell those who set the house up that next year is still provisional.

    Run late, after New Year, it asks about the year that has begun. Each is told once
    of a year: a message's key says which.
    """
    today = work.now.astimezone(work.settings.zone)
    year = today.year + (today.month >= NOVEMBER)
    with work.database.read() as session:
        if not official_years.waiting(session, year):
            return Done(0)
    with work.database.write() as session:
        told = official_years.ask_for(session, year, work.now, SETUP)
    return Done(told)
