"""The two months of the sample: their workdays and times of day.

September and October 2026 with Mid-Autumn (off on the 25th), National Day (off from the
1st to the 7th) and the make-up workdays of 20 September and 10 October.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
OFF = {date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))}
MADE_UP = {date(2026, 9, 20), date(2026, 10, 10)}
NOW = datetime(2026, 11, 2, 9, tzinfo=ZONE)
"""When the sample stands still: the Monday after, before the month is closed."""

SATURDAY = 5
MORNING = (time(9), time(12))
AFTERNOON = (time(13, 30), time(18))


def is_workday(on: date) -> bool:
    """Whether the desk is open on a day of the sample."""
    return on in MADE_UP or (on.weekday() < SATURDAY and on not in OFF)


WORKDAYS = tuple(
    day
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    if is_workday(day)
)
SEPTEMBER = tuple(day for day in WORKDAYS if day.month == FIRST.month)
OCTOBER = tuple(day for day in WORKDAYS if day.month == LAST.month)


def at(on: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant by the desk's wall clock."""
    return datetime.combine(on, time(hour, minute), ZONE)


def next_workday(on: date) -> date:
    """Return the first workday after a day."""
    day = on + timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workday_before(on: date) -> date:
    """Return the last workday before a day."""
    day = on - timedelta(days=1)
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def rolled(after: datetime) -> datetime:
    """Return 24 hours later, on the next workday if that is a rest day."""
    day = after.date() + timedelta(days=1)
    if is_workday(day):
        return after + timedelta(days=1)
    on = next_workday(day)
    return min(datetime.combine(on, after.timetz()), at(on, 18))


def between(chance: Random, first: datetime, last: datetime) -> datetime:
    """Return a whole minute between two instants of a day, not in the lunch break."""
    noon, again = at(first.date(), 12), at(first.date(), 13, 30)
    length = max(int((last - first).total_seconds() // 60), 0)
    found = first + timedelta(minutes=chance.randint(0, length))
    if noon < found < again:
        return again if again <= last else first
    return found


def call_time(chance: Random, on: date) -> datetime:
    """Return when a call comes in: mostly early, or just after lunch."""
    spans = ((8, 40, 80), (10, 0, 120), (13, 40, 80), (15, 0, 170))
    hour, minute, length = chance.choices(spans, weights=(36, 18, 30, 16))[0]
    return at(on, hour, minute) + timedelta(minutes=chance.randrange(length))
