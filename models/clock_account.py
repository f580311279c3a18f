"""Why a clock is due when it is: the same reckoning again, told day by day."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked
from models.calendars import Calendar
from models.clock_reckoning import pauses_of
from models.clock_table import Clock
from models.rules.deadlines import Due, due_at
from models.targets import SlaTarget
from models.words import Label

MOVED_BECAUSE: Mapping[str, Label] = {
    "start": Label("起算时间有更正", "the start was corrected"),
    "field": Label("所依据的时间有更正", "the time it depends on was corrected"),
    "pause": Label("计时暂停过", "the clock stood still"),
    "calendar": Label("工作日历有变动", "the business calendar changed"),
    "kept after all": Label(
        "补登的完成时间在时限之内", "it had been done in time and was entered later"
    ),
}


def why(session: Session, clock_id: int) -> Due:
    """Return a clock's due instant with the account of it, by its own calendar version.

    Checks no right: for the page of an entry that may be seen.

    Raises:
        NoResultFound: There is no such clock.
        MissingValueError: The field it depended on is empty by now.
    """
    clock = session.get_one(Clock, clock_id)
    target = session.get_one(SlaTarget, clock.target_id)
    calendar = session.get_one(Calendar, clock.calendar_id)
    return due_at(
        clock.started_at,
        target.length,
        calendar.opened(),
        values=needed_values(session, clock, target),
        pauses=pauses_of(clock.paused),
    )


def needed_values(session: Session, clock: Clock, target: SlaTarget) -> dict[str, Any]:
    """Return what stands now in the field of the entry that the due time needs."""
    name = target.needed_field
    if name is None:
        return {}
    known = catalogue.current()
    table = known.table(clock.register)
    column = table.c[known[clock.register].field(name).column or name]
    query = select(column).where(table.c.id == clock.entry_id)
    return {name: session.scalar(marked(query, clock.register))}
