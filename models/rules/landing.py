"""Where a length of time lands: the day it names, the day it rolls to, the instant."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from operator import add
from typing import NamedTuple

from models.rules.business_calendar import BusinessCalendar
from models.rules.how_long import (
    Before,
    Count,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    Roll,
    ValueOf,
    WeekdayTime,
    Workdays,
)
from models.rules.open_time import check_year
from models.rules.pauses import Pauses, after_running, pause_over, running_again
from models.rules.wall_clock import at_minute, at_time
from models.words import PersonError

FieldValue = datetime | date | None

_ONE_DAY = timedelta(days=1)
_ONE_WEEK = timedelta(weeks=1)


class MissingValueError(PersonError):
    """The field a due time depends on is empty."""


class Question(NamedTuple):
    """All that a due time depends on besides its length; the start is UTC."""

    started_at: datetime
    calendar: BusinessCalendar
    values: Mapping[str, FieldValue]
    pauses: Pauses = ()

    @property
    def start_day(self) -> date:
        """The date of the start where the calendar holds."""
        return self.calendar.date_of(self.started_at)


class Landing(NamedTuple):
    """A due time; `named` differs from `landed` when rest days moved it."""

    named: date
    landed: date
    at: datetime


def land(how_long: HowLong, asked: Question) -> Landing:  # noqa: PLR0911 - because each kind has its own
    """Find the due time.

    Raises:
        MissingValueError: It depends on a field that is empty.
        NeverOpensError: The calendar does not open enough within ten years.
        StillPausedError: The clock stands still before it is due.
    """
    match how_long:
        case Hours(length, count):
            return land_hours(length, count, asked)
        case Days(days):
            return _land_days(days, asked)
        case Workdays(workdays):
            return _land_workdays(workdays, asked)
        case DayOfMonth():
            return _land_day_of_month(how_long, asked)
        case WeekdayTime():
            return _land_weekday(how_long, asked)
        case Before(lead, field):
            return _land_before(lead, field, asked)
        case ValueOf(field, roll):
            return _land_value(field, roll, asked)


def land_hours(length: timedelta, count: Count, asked: Question) -> Landing:
    """Find when so much time has passed; raises as `land` does."""
    if count is Count.ROLLED:
        return roll_hours(elapsed_due(length, asked), asked)
    if count is Count.BUSINESS:
        return _unmoved(_business_due(length, asked), asked)
    return _unmoved(elapsed_due(length, asked), asked)


def elapsed_due(length: timedelta, asked: Question) -> datetime:
    """Return when so much time has passed outside the pauses."""
    return after_running(asked.started_at, length, asked.pauses, add, _elapsed)


def moment_in(field: str, asked: Question) -> datetime:
    """Return the moment in a field (UTC); of a date it is the opening."""
    value = _value(field, asked)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return asked.calendar.opening(value)


def roll_hours(plain: datetime, asked: Question) -> Landing:
    """Move an instant on a rest day to the same time of the next workday.

    The closing of that day is the latest. The night hours of the evening before are
    not rest, and a clock is never due while it is paused.
    """
    calendar = asked.calendar
    local = plain.astimezone(calendar.zone)
    named = local.date()
    landed, at = named, plain
    if not calendar.is_workday(named) and not calendar.is_open(plain):
        landed, at = _same_time(named, local.time(), calendar)
    while asked.pauses and (pause := pause_over(at, asked.pauses)):
        runs_at = running_again(pause[1])
        day = calendar.date_of(runs_at)
        landed, at = _same_time(day, local.time(), calendar)
        if at <= runs_at:
            landed, at = _same_time(landed + _ONE_DAY, local.time(), calendar)
    return Landing(named, landed, at)


def _elapsed(start: datetime, end: datetime) -> timedelta:
    return end - start


def _business_due(length: timedelta, asked: Question) -> datetime:
    calendar = asked.calendar
    return after_running(
        asked.started_at,
        length,
        asked.pauses,
        calendar.add_business_time,
        calendar.business_time_between,
    )


def _unmoved(at: datetime, asked: Question) -> Landing:
    on = asked.calendar.date_of(at)
    return Landing(on, on, at)


def _same_time(
    on: date, time_of_day: time, calendar: BusinessCalendar
) -> tuple[date, datetime]:
    day = on if calendar.is_workday(on) else calendar.next_workday(on)
    at = at_time(day, time_of_day, calendar.zone)
    return day, min(at, calendar.closing(day))


def _stands_still(on: date, asked: Question) -> bool:
    """A day counts when the clock runs at its close of business."""
    pause = pause_over(asked.calendar.closing(on), asked.pauses)
    if pause is None:
        return False
    running_again(pause[1])  # no day will ever count again if it has no end
    return True


def _land_days(days: int, asked: Question) -> Landing:
    named, counted = asked.start_day, 0
    while counted < days:
        named += _ONE_DAY
        counted += not asked.pauses or not _stands_still(named, asked)
    return _land_at_close(named, asked)


def _land_workdays(workdays: int, asked: Question) -> Landing:
    day, counted = asked.start_day, 0
    while counted < workdays:
        day = asked.calendar.next_workday(day)
        counted += not asked.pauses or not _stands_still(day, asked)
    return _land_at_close(day, asked)


def _land_at_close(named: date, asked: Question) -> Landing:
    """Take the first workday from a date on whose close is ahead and not paused."""
    calendar = asked.calendar
    day = named
    while (
        not calendar.is_workday(day)
        or calendar.closing(day) <= asked.started_at
        or (asked.pauses and _stands_still(day, asked))
    ):
        day = calendar.next_workday(day)
    return Landing(named, day, calendar.closing(day))


def _land_day_of_month(how_long: DayOfMonth, asked: Question) -> Landing:
    start = asked.start_day
    months = start.year * 12 + start.month - 1 + how_long.months
    while True:
        year, month = months // 12, months % 12 + 1
        day = min(how_long.day, monthrange(year, month)[1])
        landing = _land_on(date(year, month, day), how_long, asked.calendar)
        if landing.at > asked.started_at:
            return landing
        months += 1


def _land_weekday(how_long: WeekdayTime, asked: Question) -> Landing:
    start = asked.start_day
    named = start + timedelta(how_long.weekday - start.weekday())
    named += how_long.weeks * _ONE_WEEK
    while True:
        landing = _land_on(named, how_long, asked.calendar)
        if landing.at > asked.started_at:
            return landing
        named += _ONE_WEEK


def _land_on(
    named: date, how_long: DayOfMonth | WeekdayTime, calendar: BusinessCalendar
) -> Landing:
    landed = _rolled(named, how_long.roll, calendar)
    if how_long.minute is None:
        return Landing(named, landed, calendar.closing(landed))
    at = at_minute(landed, how_long.minute, calendar.zone)
    if landed != named:
        at = min(at, calendar.closing(landed))
    return Landing(named, landed, at)


def _rolled(on: date, roll: Roll, calendar: BusinessCalendar) -> date:
    if roll is Roll.AS_IS or calendar.is_workday(on):
        return on
    if roll is Roll.EARLIER:
        return calendar.previous_workday(on)
    return calendar.next_workday(on)


def _land_before(lead: Hours | Days | Workdays, field: str, asked: Question) -> Landing:
    calendar = asked.calendar
    moment = moment_in(field, asked)
    match lead:
        case Hours(length, Count.BUSINESS):
            return _unmoved(calendar.subtract_business_time(moment, length), asked)
        case Hours(length):
            return _unmoved(moment - length, asked)
        case Days(days):
            named = calendar.date_of(moment) - timedelta(days)
            landed = _rolled(named, Roll.EARLIER, calendar)
        case Workdays(workdays):
            named = calendar.date_of(moment)
            for _ in range(workdays):
                named = calendar.previous_workday(named)
            landed = _rolled(named, Roll.EARLIER, calendar)
    return Landing(named, landed, min(calendar.closing(landed), moment))


def _land_value(field: str, roll: Roll, asked: Question) -> Landing:
    calendar = asked.calendar
    value = _value(field, asked)
    if not isinstance(value, datetime):
        landed = _rolled(value, roll, calendar)
        return Landing(value, landed, calendar.closing(landed))
    local = value.astimezone(calendar.zone)
    named = local.date()
    landed = _rolled(named, roll, calendar)
    if landed == named:
        return Landing(named, landed, value.astimezone(UTC))
    at = at_time(landed, local.time(), calendar.zone)
    return Landing(named, landed, min(at, calendar.closing(landed)))


def _value(field: str, asked: Question) -> datetime | date:
    value = asked.values.get(field)
    if value is None:
        raise MissingValueError(
            "「{field}」还没有填写，无法得出到期时间；请先填写。",
            "'{field}' is empty, so there is no due time yet; fill it in first.",
            field=field,
        )
    check_year(value.year)
    return value
