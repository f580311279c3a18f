"""What becomes of clocks by time alone: each warning, breach and step exactly once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from jobs import clock_escalation
from jobs.clock_messages import tell
from jobs.work import Done, Work
from models.amid import among
from models.clock_table import Clock, is_open
from models.reporting import Reporting
from models.targets import SlaTarget
from models.words import Label

BATCH = 4_000
"""Clocks in one transaction: few enough that nobody waits for it."""

WARNED = Label("即将到期，请在{at}前完成。", "is due soon, by {at}.")
BREACHED = Label("已逾期，应在{at}前完成。", "is overdue; it was due by {at}.")


def sweep_next(work: Work) -> Done:
    """Breach, warn of and escalate the next clocks whose time has come.

    Safe in several processes at once: the UPDATE repeats the conditions that made a
    clock a candidate, so one process changes it and the rest change nothing. Safe to
    kill: marks and messages are one transaction. `breached_at` is the due instant, not
    the time this job woke up. A clock that is due already gets no late warning, but
    every step of its escalation, one after the other. When there is nothing to do the
    cost is one probe of a partial index.
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
        reporting = Reporting(session, work.now, work.settings.zone)
        broken = _breach(session, ids, reporting, work.now)
        rest = sorted(set(ids) - set(broken))
        warned = _warn(session, rest, reporting, work.now)
        rest = sorted(set(rest) - set(warned))
        taken = clock_escalation.take(
            session, rest, _awaited(work.now), reporting, work.now
        )
        rows = len(broken) + len(warned) + taken
    return Done(rows, again=rows > 0)


def _awaited(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a clock the sweep has something to do about.

    The due instant itself is still in time, so only what lies before now counts.
    """
    return (is_open(), Clock.next_at < now)


def _breach(
    session: Session, ids: Sequence[int], reporting: Reporting, now: datetime
) -> Sequence[int]:
    proposing = select(SlaTarget.id).where(SlaTarget.proposes.is_not(None))
    proposed = case((Clock.target_id.in_(proposing), Clock.due_at))
    broken = (
        update(Clock)
        .where(among(Clock.id, ids), *_awaited(now), Clock.due_at < now)
        .where(Clock.breached_at.is_(None))
        .values(
            breached_at=Clock.due_at, next_at=Clock.escalate_at, proposed_at=proposed
        )
        .returning(Clock.id)
        .execution_options(synchronize_session=False)
    )
    done = session.scalars(broken).all()
    tell(session, done, "clock.breached", BREACHED, now, away=reporting.away)
    return done


def _warn(
    session: Session, ids: Sequence[int], reporting: Reporting, now: datetime
) -> Sequence[int]:
    sooner = case(
        (Clock.escalate_at < Clock.due_at, Clock.escalate_at), else_=Clock.due_at
    )
    near = (
        update(Clock)
        .where(among(Clock.id, ids), *_awaited(now), Clock.due_at >= now)
        .where(Clock.warned_at.is_(None), Clock.warn_at < now)
        .values(warned_at=now, next_at=sooner)
        .returning(Clock.id)
        .execution_options(synchronize_session=False)
    )
    done = session.scalars(near).all()
    tell(session, done, "clock.warned", WARNED, now, away=reporting.away)
    return done
