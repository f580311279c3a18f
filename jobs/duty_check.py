"""Duties: verdicts of periods that are over are kept, those behind are reminded."""

from jobs.work import Done, Work
from models import duty_verdicts


def check_next(work: Work) -> Done:
    """Close the next period that is over; when there is none, remind of one running.

    Safe to kill, and in several processes at once: a period is claimed, its verdicts or
    messages written, in one transaction; claimed again it gives nothing. After a night
    switched off every period since the last one is closed, the oldest of a duty first.
    """
    zone = work.settings.zone
    with work.database.read() as session:
        over = duty_verdicts.next_to_close(session, work.now, zone)
        running = None
        if over is None:
            running = duty_verdicts.next_to_remind(session, work.now, zone)
    if over is not None:
        with work.database.write() as session:
            kept = duty_verdicts.close(session, *over, work.now, zone)
        return Done(kept or 0, again=True)
    if running is not None:
        with work.database.write() as session:
            told = duty_verdicts.remind(session, *running, work.now, zone)
        return Done(told, again=True)
    return Done(0)
