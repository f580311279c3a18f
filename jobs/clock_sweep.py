"""What becomes of clocks by time alone: each warning, breach and step exactly once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from jobs import clock_escalation
from jobs.clock_messages import tell
from jobs.work import Done, Work
from models.amid import among
from models.clock_table import CLOCKS
from models.column_types import UtcDateTime
from models.reporting import Reporting
from models.targets import SlaTarget
from models.words import Label

BATCH = 4_000
"""Clocks in one transaction: few enough that nobody waits for it."""

WARNED = Label("即将到期，请在{at}前完成。", "is due soon, by {at}.")
BREACHED = Label("已逾期，应在{at}前完成。", "is overdue; it was due by {at}.")


_C = CLOCKS.c
_NOW = bindparam("now", type_=UtcDateTime)
_AWAITED = and_(_C.met_at.is_(None), _C.voided_at.is_(None), _C.next_at < _NOW)
# In the order of the index: PostgreSQL would else read the whole table, if many were
# late when it last counted.
_PROBE = select(_C.id).where(_AWAITED).order_by(_C.next_at).limit(1)
# What has come by time alone; the due instant itself is still in time.
_BREACH = and_(_C.due_at < _NOW, _C.breached_at.is_(None))
_WARNING = and_(_C.due_at >= _NOW, _C.warned_at.is_(None), _C.warn_at < _NOW)
_STEP = _C.escalate_at < _NOW
_CANDIDATES = (
    select(
        *clock_escalation.READ,
        (_C.due_at < _NOW).label("late"),
        _BREACH.label("breach"),
        _WARNING.label("warning"),
        _STEP.label("step"),
    )
    .where(_AWAITED)
    .order_by(_C.next_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def sweep_next(work: Work) -> Done:
    """Breach, warn of and escalate the next clocks whose time has come.

    Safe in several processes at once: a clock is locked while it is looked at and
    written, so one process changes it and the rest pass it by. Safe to kill: marks and
    messages are one transaction. `breached_at` is the due instant, not the time this
    job woke up. A clock that is due already gets no late warning, but
    every step of its escalation, one after the other. When there is nothing to do the
    cost is one probe of a partial index.
    """
    asked = {"now": work.now, "most": BATCH}
    with work.database.reading.connect() as connection:
        if connection.scalar(_PROBE, asked) is None:
            return Done(0)
    # Marks and messages that a power cut takes are found and written again.
    with work.database.write(durable=False) as session:
        rows = session.execute(_CANDIDATES, asked).all()
        marks = _mark(session, rows, work) if rows else 0
    return Done(marks, again=bool(rows))


def _mark(session: Session, rows: Sequence[Any], work: Work) -> int:
    """Tell what has come of some clocks, then write it; return how many marks."""
    now = work.now
    reporting = Reporting(session, now, work.settings.zone)
    breaches = [row.id for row in rows if row.breach]
    tell(session, breaches, "clock.breached", BREACHED, now, away=reporting.away)
    warnings = [row.id for row in rows if row.warning]
    tell(session, warnings, "clock.warned", WARNED, now, away=reporting.away)
    steps = [row for row in rows if row.step]
    following = clock_escalation.tell(session, steps, reporting, now)
    these = among(_C.id, [row.id for row in rows])
    session.execute(_WRITTEN.where(these), {"now": now})
    clock_escalation.await_next(session, following)
    return len(breaches) + len(warnings) + len(steps)


def _afterwards() -> dict[str, ColumnElement[Any]]:
    """Return the columns as `clock_standing.standing` has them, once that is written.

    The step after one that is taken is not among them.
    """
    is_broken = or_(_C.breached_at.is_not(None), _BREACH)
    proposing = select(SlaTarget.id).where(SlaTarget.proposes.is_not(None))
    proposes = and_(_BREACH, _C.target_id.in_(proposing))
    step = case((_C.escalate_at >= _NOW, _C.escalate_at))
    warning = case((_C.warned_at.is_(None) & (_C.warn_at >= _NOW), _C.warn_at))
    due = func.coalesce(warning, _C.due_at)
    return {
        "breached_at": case((_BREACH, _C.due_at), else_=_C.breached_at),
        "proposed_at": case((proposes, _C.due_at), else_=_C.proposed_at),
        "warned_at": case((_WARNING, _NOW), else_=_C.warned_at),
        "escalation_level": _C.escalation_level + case((_STEP, 1), else_=0),
        "escalate_at": step,
        "next_at": case((is_broken, step), (step < due, step), else_=due),
    }


_WRITTEN = update(CLOCKS).values(_afterwards())
