"""Changed calendars: goes on moving open clocks where whoever saved one stopped."""

from jobs.work import Done, Work
from models import calendar_changes


def move_next(work: Work) -> Done:
    """Move the next clocks under a calendar that is not settled.

    A thousand at a time, each in its own transaction; may be killed and begun again. A
    minute in which nothing was saved costs one look at the few calendars there are.
    """
    moved = calendar_changes.go_on(work.database, work.now)
    return Done(moved or 0, again=moved is not None)
