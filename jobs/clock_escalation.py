"""Steps of escalation: word to those above when a promise is not kept, each once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from jobs.clock_messages import tell_each
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
    _C.holder_id,
    _C.department_id,
)
"""What must be known of a clock whose next step is taken, and then if it is late."""


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
        self._told: dict[tuple[Any, ...], Sequence[int | None]] = {}

    def follow(self, rows: Sequence[Any]) -> dict[int, datetime]:
        """Tell whom each step names; return when each clock's next one is taken."""
        told: dict[tuple[int, bool], list[tuple[int, int | None]]] = defaultdict(list)
        due_at = self._due_instants(rows)
        following: dict[int, datetime] = {}
        for row in rows:
            id_, target_id, calendar_id, level, holder, department, is_late = row[:7]
            steps = self._of(target_id)
            step = steps[0]
            if id_ in due_at:
                calendar = self._calendar(calendar_id)
                step, after = step_taken(steps, level + 1, due_at[id_], calendar)
                if after is not None:
                    following[id_] = after
            some = told[level + 1, is_late]
            some += [(id_, one) for one in self._to(step, holder, department)]
        for (level, is_late), pairs in told.items():
            what = LATE if is_late else BEFORE
            tell_each(self._session, pairs, level, what, self._now)
        return following

    def _due_instants(self, rows: Sequence[Any]) -> dict[int, datetime]:
        """Return when clocks are due whose target has several steps.

        Which of them is taken, and when the next, goes by that.
        """
        ids = [row.id for row in rows if len(self._of(row.target_id)) > 1]
        if not ids:
            return {}
        query = select(_C.id, _C.due_at).where(among(_C.id, ids))
        return {row.id: row.due_at for row in self._session.execute(query)}

    def _to(
        self, step: Step, holder: int | None, department: int | None
    ) -> Sequence[int | None]:
        key = (step.to, step.post, holder, department)
        if key not in self._told:
            found = self._reporting.told(step, holder, department)
            self._told[key] = found or (None,)
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
