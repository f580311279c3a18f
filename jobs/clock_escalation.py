"""Steps of escalation: word to those above when a promise is not kept, each once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from jobs.clock_messages import tell_one
from models.amid import among
from models.bulk_rows import update_columns
from models.calendars import Calendar
from models.clock_table import CLOCKS
from models.reporting import Reporting
from models.rules.business_calendar import BusinessCalendar
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
_C = CLOCKS.c
READ = (
    _C.id,
    _C.target_id,
    _C.calendar_id,
    _C.escalation_level,
    _C.due_at,
    _C.holder_id,
    _C.department_id,
)
"""What must be known of a clock whose next step is taken."""


def tell(
    session: Session, rows: Sequence[Any], reporting: Reporting, now: datetime
) -> dict[int, datetime]:
    """Tell of the next step of each of some clocks, which are about to be raised.

    A night switched off lets no step fall out: they are taken one after the other.

    Returns:
        When the step after is taken, by the clock's id; those with none are left out.
    """
    return _Steps(session, reporting, now).follow(rows)


def await_next(session: Session, following: Mapping[int, datetime]) -> None:
    """Set when the next steps of some clocks are taken, which await none so far."""
    if not following:
        return
    instants = {"escalate_at": list(following.values())}
    update_columns(session, CLOCKS, list(following), instants)
    comes_next = or_(_C.next_at.is_(None), _C.escalate_at < _C.next_at)
    these = among(_C.id, following)
    session.execute(
        update(CLOCKS).where(these, comes_next).values(next_at=_C.escalate_at)
    )


class _Steps:
    """The steps of some clocks, with calendars and targets at hand."""

    def __init__(self, session: Session, reporting: Reporting, now: datetime) -> None:
        self._session = session
        self._reporting = reporting
        self._now = now
        self._opened: dict[int, BusinessCalendar] = {}
        self._steps: dict[int, tuple[Step, ...]] = {}
        self._told: dict[tuple[Any, ...], tuple[int, ...]] = {}

    def follow(self, rows: Sequence[Any]) -> dict[int, datetime]:
        """Tell whom each step names; return when each clock's next one is taken."""
        told: dict[tuple[int, bool, int | None], list[int]] = defaultdict(list)
        following: dict[int, datetime] = {}
        for row in rows:
            level = row.escalation_level + 1
            step, after = step_taken(
                self._of(row.target_id),
                level,
                row.due_at,
                self._calendar(row.calendar_id),
            )
            for staff_id in self._to(step, row) or (None,):
                told[level, row.due_at < self._now, staff_id].append(row.id)
            if after is not None:
                following[row.id] = after
        for (level, is_late, staff_id), ids in told.items():
            what = LATE if is_late else BEFORE
            tell_one(self._session, ids, level, staff_id, what, self._now)
        return following

    def _to(self, step: Step, row: Any) -> tuple[int, ...]:
        key = (step.to, step.post, row.holder_id, row.department_id)
        if key not in self._told:
            self._told[key] = self._reporting.told(
                step, row.holder_id, row.department_id
            )
        return self._told[key]

    def _of(self, target_id: int) -> tuple[Step, ...]:
        if target_id not in self._steps:
            target = self._session.get_one(SlaTarget, target_id)
            self._steps[target_id] = target.steps
        return self._steps[target_id]

    def _calendar(self, calendar_id: int) -> BusinessCalendar:
        if calendar_id not in self._opened:
            kept = self._session.get_one(Calendar, calendar_id)
            self._opened[calendar_id] = kept.opened()
        return self._opened[calendar_id]
