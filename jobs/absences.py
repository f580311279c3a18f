"""Absences that begin: what the absent person has in hand goes to the deputy."""

from jobs.work import Done, Work
from models import absences


def hand_next(work: Work) -> Done:
    """Hand over for the next absence that has begun.

    Safe to kill, and in several processes at once: the absence is locked, what moves
    and the note that it was done are one transaction. When nobody's absence begins the
    cost is a probe of each register of absences.
    """
    with work.database.read() as session:
        if absences.begun(session, work.now, work.settings.zone) is None:
            return Done(0)
    with work.database.write() as session:
        moved = absences.hand_next(session, work.now, work.settings.zone)
    return Done(moved or 0, again=moved is not None)
