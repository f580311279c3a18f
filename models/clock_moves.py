"""A calendar was changed: which open clocks move, and moving them.

Only clocks that were reckoned with an older version of the same calendar and scope
move. What has a verdict stays, and so does what is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.calendars import Calendar
from models.clock_account import needed_values
from models.clock_reckoning import (
    due_and_pause,
    pauses_of,
    step_at,
    warning_before,
)
from models.clock_reckoning import move as moved_note
from models.clock_table import Clock, is_open
from models.rules.business_calendar import BusinessCalendar
from models.rules.clock_standing import standing
from models.targets import SlaTarget

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Moved:
    """One open clock that is due at another instant under a new calendar."""

    clock: Clock
    target: SlaTarget
    due_at: datetime


def preview(session: Session, calendar: Calendar) -> Iterator[Moved]:
    """Yield the open clocks that a version of a calendar moves, and to when.

    Writes nothing. The version may be one that was just added and is rolled back after.
    """
    for batch in _batches(session, calendar, follow_on=True):
        for clock, target, due_at in batch:
            if due_at != clock.due_at:
                yield Moved(clock, target, due_at)


def move_next(session: Session, calendar: Calendar, now: datetime) -> int:
    """Put the next open clocks under a version of a calendar; return how many.

    Zero: none is left. A thousand at a time, each in its own transaction, may be killed
    in between and begun again.
    """
    batch = next(_batches(session, calendar, follow_on=False), [])
    opened = calendar.opened()
    for clock, target, due_at in batch:
        values: dict[str, Any] = {"calendar_id": calendar.id}
        if due_at != clock.due_at:
            values |= _moved(clock, target, due_at, opened, now)
        elif target.steps and clock.escalate_at is not None:
            level = clock.escalation_level
            values["escalate_at"] = step_at(target, due_at, opened, level)
            values["next_at"] = _next(
                clock, due_at, clock.warn_at, escalate_at=values["escalate_at"]
            )
        session.execute(
            update(Clock)
            .where(Clock.id == clock.id, is_open(), Clock.breached_at.is_(None))
            .values(values)
            .execution_options(synchronize_session=False)
        )
    return len(batch)


def _moved(
    clock: Clock,
    target: SlaTarget,
    due_at: datetime,
    opened: BusinessCalendar,
    now: datetime,
) -> dict[str, Any]:
    """Return what changes of a clock with its due instant."""
    warn_at = warning_before(due_at, clock.started_at, target, opened)
    escalate_at = step_at(target, due_at, opened, 0)
    return {
        "due_at": due_at,
        "warn_at": warn_at,
        "warned_at": None,
        "escalation_level": 0,
        "escalate_at": escalate_at,
        "next_at": _next(clock, due_at, warn_at, escalate_at=escalate_at, warned=False),
        "turn": clock.turn + 1,
        "moves": [*clock.moves, moved_note(now, clock.due_at, due_at, "calendar")],
    }


def _next(
    clock: Clock,
    due_at: datetime,
    warn_at: datetime | None,
    *,
    escalate_at: datetime | None,
    warned: bool = True,
) -> datetime | None:
    """Return when the sweep is to look at a clock; never while it stands still."""
    if clock.paused_at is not None:
        return None
    return standing(
        due_at,
        warn_at,
        met_at=None,
        breached_at=None,
        warned_at=clock.warned_at if warned else None,
        settled_before=None,
        escalate_at=escalate_at,
    ).next_at


def _batches(
    session: Session, calendar: Calendar, *, follow_on: bool
) -> Iterator[list[tuple[Clock, SlaTarget, datetime]]]:
    """Yield open clocks under older versions, each with its due instant under this."""
    older = select(Calendar.id).where(
        Calendar.code == calendar.code,
        Calendar.version < calendar.version,
        Calendar.branch_id.is_not_distinct_from(calendar.branch_id),
        Calendar.department_id.is_not_distinct_from(calendar.department_id),
    )
    query = (
        select(Clock, SlaTarget)
        .join(SlaTarget, SlaTarget.id == Clock.target_id)
        .where(is_open(), Clock.breached_at.is_(None), Clock.calendar_id.in_(older))
        .order_by(Clock.id)
        .limit(BATCH)
    )
    last = 0
    while True:
        locking = query.where(Clock.id > last)
        if not follow_on:
            locking = locking.with_for_update(of=Clock)
        found = session.execute(locking).all()
        if not found:
            return
        last = found[-1][0].id
        yield [
            (clock, target, _due(session, clock, target, calendar))
            for clock, target in found
        ]


def _due(
    session: Session, clock: Clock, target: SlaTarget, calendar: Calendar
) -> datetime:
    due_at, _ = due_and_pause(
        clock.started_at,
        target,
        calendar.opened(),
        needed_values(session, clock, target),
        pauses_of(clock.paused),
    )
    return due_at
