"""A calendar was changed: which open clocks move, and moving them.

Only clocks that were reckoned with an older version of the same calendar and scope
move. What has a verdict stays, and so does what is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.calendar_moves import CalendarMove
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
from models.words import PersonError

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Moved:
    """One open clock that is due at another instant under a new calendar."""

    clock: Clock
    target: SlaTarget
    due_at: datetime


def preview(session: Session, calendar: Calendar) -> Iterator[Moved]:
    """Yield the open clocks that a version of a calendar moves, and to when.

    Writes nothing. The version may be a draft that was never saved.
    """
    for moved in reckoned(session, calendar):
        if moved.due_at != moved.clock.due_at:
            yield moved


def reckoned(session: Session, calendar: Calendar) -> Iterator[Moved]:
    """Yield every open clock a version concerns, also those that stay where they are.

    Writes nothing.
    """
    for batch in _batches(session, calendar, follow_on=True):
        for clock, target, due_at in batch:
            yield Moved(clock, target, due_at)


def move_next(session: Session, calendar: Calendar, now: datetime) -> int:
    """Put the next open clocks under a version of a calendar; return how many.

    Zero: none is left, and the version is marked as settled. A thousand at a time, each
    in its own transaction, may be killed in between and begun again. Each move is kept
    with the clock and as a `CalendarMove`.
    """
    batch = next(_batches(session, calendar, follow_on=False), [])
    moves = [
        _move_of(calendar, clock, due_at, now)
        for clock, target, due_at in batch
        if _put_under(session, calendar, Moved(clock, target, due_at), now)
    ]
    if moves:
        session.execute(insert(CalendarMove), moves)
    if not batch:
        settle(session, calendar, now)
    return len(batch)


def settle(session: Session, calendar: Calendar, now: datetime) -> None:
    """Mark a version as one that moves nothing more."""
    session.execute(
        update(Calendar)
        .where(Calendar.id == calendar.id, Calendar.settled_at.is_(None))
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )


def _put_under(
    session: Session, calendar: Calendar, moved: Moved, now: datetime
) -> bool:
    """Put one clock under a version of a calendar; return whether its due moved."""
    clock, target, due_at = moved.clock, moved.target, moved.due_at
    opened = calendar.opened()
    values: dict[str, Any] = {"calendar_id": calendar.id}
    if due_at != clock.due_at:
        values |= _moved(clock, target, due_at, opened, now)
    elif target.steps and clock.escalate_at is not None:
        level = clock.escalation_level
        values["escalate_at"] = step_at(target, due_at, opened, level)
        values["next_at"] = _next(
            clock, due_at, clock.warn_at, escalate_at=values["escalate_at"]
        )
    done = session.execute(
        update(Clock)
        .where(Clock.id == clock.id, is_open(), Clock.breached_at.is_(None))
        .values(values)
        .returning(Clock.id)
        .execution_options(synchronize_session=False)
    )
    return done.scalar() is not None and due_at != clock.due_at


def _move_of(
    calendar: Calendar, clock: Clock, due_at: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "calendar_id": calendar.id,
        "clock_id": clock.id,
        "register": clock.register,
        "entry_id": clock.entry_id,
        "number": clock.number,
        "target_code": clock.target_code,
        "was_due_at": clock.due_at,
        "due_at": due_at,
        "moved_at": now,
    }


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
    """Return the due instant under a calendar; the one it has if there is none now."""
    try:
        due_at, _ = due_and_pause(
            clock.started_at,
            target,
            calendar.opened(),
            needed_values(session, clock, target),
            pauses_of(clock.paused),
        )
    except PersonError:
        # It stands still, or what it needs was emptied: reckoned when that changes.
        return clock.due_at
    return due_at
