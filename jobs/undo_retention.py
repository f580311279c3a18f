"""Drops the offer to undo what was changed too long ago; the history stays."""

from jobs.work import Done, Work
from models import change_batches


def drop_next(work: Work) -> Done:
    """Drop some offers; those of younger changes stay. May be repeated at will."""
    with work.database.write() as session:
        dropped = change_batches.drop_next(session, work.now)
    return Done(dropped, again=dropped == change_batches.TOGETHER)
