"""When a promise falls due: the instant by itself, and with the reasons for it.

Everything is computed from plain values; nothing here knows what time it is now.
`due_instant` is the cheap way, `due_at` tells the reasons as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from models.rules.business_calendar import BusinessCalendar
from models.rules.due_account import Step, account
from models.rules.how_long import Count, Hours, HowLong
from models.rules.landing import FieldValue, Landing, Question, land, land_hours
from models.rules.open_time import check_year
from models.rules.pauses import Pause, tidy_pauses
from models.words import PersonError

NO_VALUES: Mapping[str, FieldValue] = MappingProxyType({})
_ZERO = timedelta()


class EndBeforeStartError(PersonError):
    """Time is to be measured from a start to an earlier end."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant (UTC) with its reasons, in order, for a page to show.

    `provisional` says that it rests on a year whose holidays are not published.
    """

    at: datetime
    why: tuple[Step, ...]
    provisional: bool


def due_instant(
    started_at: datetime,
    how_long: HowLong,
    calendar: BusinessCalendar,
    *,
    values: Mapping[str, FieldValue] = NO_VALUES,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """Return the last moment (UTC) at which a promise still counts as kept.

    Args:
        started_at: Aware moment the clock started, in any zone.
        how_long: The time allowed.
        calendar: The days and hours it is counted in.
        values: What stands in the entry's fields, for `Before` and `ValueOf`.
        pauses: Spells that do not count; the last may still be running. Business
            time leaves out the business hours in them, elapsed time all of them; a
            day or workday does not count if the clock stands still at its close. A
            date that was named (DayOfMonth, WeekdayTime, Before, ValueOf) stands.

    Raises:
        PersonError: One of its kinds: NeverOpensError, OutOfYearsError, PauseError,
            StillPausedError, MissingValueError.
    """
    if type(how_long) is Hours:
        return due_after(started_at, how_long.length, how_long.count, calendar, pauses)
    return land(how_long, _asked(_in_utc(started_at), calendar, values, pauses)).at


def due_after(
    started_at: datetime,
    length: timedelta,
    count: Count,
    calendar: BusinessCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """Return when so much time has passed, to the microsecond, as `due_instant` does.

    The length is zero or more.
    """
    start = _in_utc(started_at)
    if not pauses and count is Count.BUSINESS:
        return calendar.add_business_time(start, length)
    if not pauses and count is Count.ELAPSED:
        check_year(start.year)
        return start + length
    return land_hours(length, count, _asked(start, calendar, NO_VALUES, pauses)).at


def due_instants(
    starts: Iterable[datetime], how_long: HowLong, calendar: BusinessCalendar
) -> list[datetime]:
    """Do `due_instant` for many starts of one promise."""
    if type(how_long) is Hours and how_long.count is Count.BUSINESS:
        return calendar.add_business_time_to_all(map(_in_utc, starts), how_long.length)
    return [due_instant(start, how_long, calendar) for start in starts]


def due_at(
    started_at: datetime,
    how_long: HowLong,
    calendar: BusinessCalendar,
    *,
    values: Mapping[str, FieldValue] = NO_VALUES,
    pauses: Sequence[Pause] = (),
) -> Due:
    """Return what `due_instant` returns, with the day-by-day account of it."""
    asked = _asked(_in_utc(started_at), calendar, values, pauses)
    landing = land(how_long, asked)
    provisional = _is_provisional(how_long, asked, landing)
    why = account(how_long, asked, landing, provisional=provisional)
    return Due(landing.at, why, provisional)


def time_used(
    started_at: datetime,
    ended_at: datetime,
    count: Count,
    calendar: BusinessCalendar,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """Return the time a clock has run between two moments, outside the pauses.

    Rolled time is elapsed time: rest days move the due instant, not the count.
    Raises EndBeforeStartError if the end is the earlier of the two.
    """
    start, end = _in_utc(started_at), _in_utc(ended_at)
    if end < start:
        raise EndBeforeStartError(
            "结束时间 {end} 早于开始时间 {start}；请核对这两个时间。",
            "The end ({end}) is before the start ({start}); check both times.",
            start=started_at.isoformat(),
            end=ended_at.isoformat(),
        )
    used, cursor = _ZERO, start
    for paused_at, runs_at in tidy_pauses(pauses, start):
        used += _between(cursor, min(paused_at, end), count, calendar)
        cursor = min(runs_at, end)
    return used + _between(cursor, end, count, calendar)


def _between(
    start: datetime, end: datetime, count: Count, calendar: BusinessCalendar
) -> timedelta:
    if count is Count.BUSINESS:
        return calendar.business_time_between(start, end)
    return end - start


def _is_provisional(how_long: HowLong, asked: Question, landing: Landing) -> bool:
    if isinstance(how_long, Hours) and how_long.count is Count.ELAPSED:
        return False
    days = (asked.start_day, landing.named, landing.landed)
    return asked.calendar.is_provisional(*days)


def _asked(
    start: datetime,
    calendar: BusinessCalendar,
    values: Mapping[str, FieldValue],
    pauses: Sequence[Pause],
) -> Question:
    check_year(start.year)
    tidy = tidy_pauses(pauses, start) if pauses else ()
    return Question(start, calendar, values, tidy)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment}: a moment needs its zone")
    check_year(moment.year)
    # To UTC before any arithmetic: local times an hour apart across a clock change are
    # not an hour apart.
    return moment.astimezone(UTC)
