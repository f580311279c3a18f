"""When somebody may be written to: their department's calendar, or office hours."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import calendars
from models.rules.business_calendar import BusinessCalendar
from models.rules.calendar_object import read_calendar
from models.rules.official_days import with_official_days
from models.rules.wall_clock import at_minute
from models.scopes import Departments

NINE = 9 * 60
"""The minute of the day at which a digest goes out unless one says otherwise."""

_SEARCHED = timedelta(days=60)  # longer than any holiday


class WorkingHours:
    """The calendars of departments, each read once."""

    def __init__(self, session: Session, zone: ZoneInfo) -> None:
        """Keep the session; nothing is read before somebody is asked about."""
        self._session = session
        self._zone = zone
        self._departments = Departments(session)
        self._known: dict[int | None, BusinessCalendar] = {}

    def of(self, department: int | None, year: int) -> BusinessCalendar:
        """Return a department's calendar; plain office hours where none is set up."""
        if department not in self._known:
            found = calendars.of_department(
                self._session, department, self._departments
            )
            self._known[department] = found or _office(str(self._zone), year)
        return self._known[department]

    def upwards(self, department: int | None) -> Iterable[int]:
        """Return a department and those above it."""
        return self._departments.upwards(department)


def next_open(calendar: BusinessCalendar, at: datetime) -> datetime:
    """Return the instant itself if business is open then, else the next opening."""
    if calendar.is_open(at):
        return at
    first = next(iter(calendar.open_spans(at, at + _SEARCHED)), None)
    return first[0] if first else at


def next_digest(calendar: BusinessCalendar, minute: int, at: datetime) -> datetime:
    """Return when the next digest is due: a minute of a workday, not before `at`."""
    day = calendar.date_of(at)
    if calendar.is_workday(day):
        due = at_minute(day, minute, calendar.zone)
        if due >= at:
            return due
    return at_minute(calendar.next_workday(day), minute, calendar.zone)


@lru_cache(maxsize=16)
def _office(zone: str, year: int) -> BusinessCalendar:
    days = ("mon", "tue", "wed", "thu", "fri")
    weekly = {day: [["09:00", "18:00"]] for day in days}
    parts = read_calendar({"zone": zone, "weekly": weekly})
    return BusinessCalendar(with_official_days(parts, (year, year + 1)))
