"""What becomes of clocks by time alone: warnings and breaches, each exactly once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, String, cast, literal, select, update
from sqlalchemy.orm import Session

from jobs.work import Done, Work
from models.clock_table import Clock, is_open
from models.column_types import UtcDateTime
from models.outbox import enqueue_selected
from models.targets import SlaTarget
from models.words import Label

BATCH = 4_000
"""Clocks in one transaction: few enough that nobody waits for it."""

WARNED = Label("即将到期，请在{at}前完成。", "is due soon, by {at}.")
BREACHED = Label("已逾期，应在{at}前完成。", "is overdue; it was due by {at}.")


def sweep_next(work: Work) -> Done:
    """Warn of and breach the next clocks whose time has come.

    Safe in several processes at once: the UPDATE repeats the conditions that made a
    clock a candidate, so one process changes it and the rest change nothing. Safe to
    kill: marks and messages are one transaction. `breached_at` is the due instant, not
    the time this job woke up. A clock that is due already gets no late warning. When
    there is nothing to do the cost is one probe of a partial index.
    """
    with work.database.read() as session:
        if session.scalar(select(Clock.id).where(*_awaited(work.now)).limit(1)) is None:
            return Done(0)
    with work.database.write() as session:
        candidates = (
            select(Clock.id)
            .where(*_awaited(work.now))
            .order_by(Clock.next_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        ids = session.scalars(candidates).all()
        broken = _breach(session, ids, work.now)
        rest = sorted(set(ids) - set(broken))
        rows = len(broken) + len(_warn(session, rest, work.now))
    return Done(rows, again=rows > 0)


def _awaited(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a clock the sweep has something to do about.

    The due instant itself is still in time, so only what lies before now counts.
    """
    return (is_open(), Clock.breached_at.is_(None), Clock.next_at < now)


def _breach(session: Session, ids: Sequence[int], now: datetime) -> Sequence[int]:
    broken = (
        update(Clock)
        .where(Clock.id.in_(ids), *_awaited(now), Clock.due_at < now)
        .values(breached_at=Clock.due_at, next_at=None)
        .returning(Clock.id)
        .execution_options(synchronize_session=False)
    )
    done = session.scalars(broken).all()
    _tell(session, done, "clock.breached", BREACHED, now)
    return done


def _warn(session: Session, ids: Sequence[int], now: datetime) -> Sequence[int]:
    near = (
        update(Clock)
        .where(Clock.id.in_(ids), *_awaited(now), Clock.due_at >= now)
        .where(Clock.warned_at.is_(None))
        .values(warned_at=now, next_at=Clock.due_at)
        .returning(Clock.id)
        .execution_options(synchronize_session=False)
    )
    done = session.scalars(near).all()
    _tell(session, done, "clock.warned", WARNED, now)
    return done


def _tell(
    session: Session, ids: Sequence[int], kind: str, what: Label, now: datetime
) -> None:
    """Queue one message for each clock to whoever answers for it."""
    if not ids:
        return
    key = literal(f"{kind}/") + cast(Clock.id, String) + "/" + cast(Clock.turn, String)
    columns = {
        "key": key,
        "kind": literal(kind, String),
        "register": Clock.register,
        "entry_id": Clock.entry_id,
        "number": Clock.number,
        "staff_id": Clock.holder_id,
        "text_zh": literal("“") + SlaTarget.name_zh + literal(f"”{what.zh}"),
        "text_en": literal("“") + SlaTarget.name_en + literal(f"” {what.en}"),
        "about_at": Clock.due_at,
        "created_at": literal(now, UtcDateTime),
        "next_try_at": literal(now, UtcDateTime),
        "attempts": literal(0, Integer),
    }
    query = (
        select(*columns.values())
        .join_from(Clock, SlaTarget, SlaTarget.id == Clock.target_id)
        .where(Clock.id.in_(ids))
    )
    enqueue_selected(session, query, list(columns))
