"""Steps of escalation: word to those above when a promise is not kept, each once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from jobs.clock_messages import tell_one
from models.amid import among
from models.bulk_rows import update_columns
from models.calendars import Calendar
from models.clock_table import CLOCKS, Clock
from models.reporting import Reporting
from models.rules.business_calendar import BusinessCalendar
from models.rules.clock_standing import standing
from models.rules.escalation import Step, step_taken
from models.targets import SlaTarget
from models.words import Label

BEFORE = Label(
    "尚未完成，应在{at}前完成，请督办。",
    "is not done yet; it is due by {at}. Please see to it.",
)
LATE = Label(
    "已逾期仍未完成，应在{at}前完成，请督办。",
    "is overdue and still not done; it was due by {at}. Please see to it.",
)
_READ = (
    Clock.id,
    Clock.target_id,
    Clock.calendar_id,
    Clock.escalation_level,
    Clock.due_at,
    Clock.warn_at,
    Clock.warned_at,
    Clock.breached_at,
    Clock.holder_id,
    Clock.department_id,
)


def take(
    session: Session,
    ids: Sequence[int],
    awaited: tuple[ColumnElement[bool], ...],
    reporting: Reporting,
    now: datetime,
) -> int:
    """Take the next step of each of some clocks that have one; return how many.

    The level is raised by one guarded statement, messages and the instant of the step
    after follow in the same transaction. A night switched off lets no step fall out:
    they are taken one after the other.
    """
    raised = (
        update(Clock)
        .where(among(Clock.id, ids), *awaited, Clock.escalate_at < now)
        .values(escalation_level=Clock.escalation_level + 1)
        .returning(*_READ)
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(raised).all() if ids else []
    if rows:
        _Steps(session, reporting, now).follow(rows)
    return len(rows)


class _Steps:
    """What follows from levels that were raised, with calendars and targets at hand."""

    def __init__(self, session: Session, reporting: Reporting, now: datetime) -> None:
        self._session = session
        self._reporting = reporting
        self._now = now
        self._opened: dict[int, BusinessCalendar] = {}
        self._targets: dict[int, SlaTarget] = {}
        self._told: dict[tuple[Step, Any, Any], tuple[int, ...]] = {}

    def follow(self, rows: Sequence[Any]) -> None:
        """Tell whom each step names, and set what each clock awaits next."""
        told: dict[tuple[int, bool, int | None], list[int]] = defaultdict(list)
        awaits: dict[str, list[datetime | None]] = {"escalate_at": [], "next_at": []}
        for row in rows:
            level = row.escalation_level
            step, after = step_taken(
                self._target(row.target_id).steps,
                level,
                row.due_at,
                self._calendar(row.calendar_id),
            )
            is_late = row.breached_at is not None
            for staff_id in self._to(step, row) or (None,):
                told[level, is_late, staff_id].append(row.id)
            awaits["escalate_at"].append(after)
            awaits["next_at"].append(_next(row, after))
        for (level, is_late, staff_id), ids in told.items():
            what = LATE if is_late else BEFORE
            tell_one(self._session, ids, level, staff_id, what, self._now)
        update_columns(self._session, CLOCKS, [row.id for row in rows], awaits)

    def _to(self, step: Step, row: Any) -> tuple[int, ...]:
        key = (step, row.holder_id, row.department_id)
        if key not in self._told:
            self._told[key] = self._reporting.told(*key)
        return self._told[key]

    def _target(self, target_id: int) -> SlaTarget:
        if target_id not in self._targets:
            self._targets[target_id] = self._session.get_one(SlaTarget, target_id)
        return self._targets[target_id]

    def _calendar(self, calendar_id: int) -> BusinessCalendar:
        if calendar_id not in self._opened:
            kept = self._session.get_one(Calendar, calendar_id)
            self._opened[calendar_id] = kept.opened()
        return self._opened[calendar_id]


def _next(row: Any, escalate_at: datetime | None) -> datetime | None:
    return standing(
        row.due_at,
        row.warn_at,
        met_at=None,
        breached_at=row.breached_at,
        warned_at=row.warned_at,
        settled_before=None,
        escalate_at=escalate_at,
    ).next_at
