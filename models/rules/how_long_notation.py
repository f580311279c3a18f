"""How long, as one line of YAML.

| written | means |
| --- | --- |
| 24h, 1h30m, 0.5h, 20min, 30s | hours rolled over rest days, the default |
| 24h rolled, 8h business, 24h elapsed | hours, with what they are counted in |
| 3d | 3 days from the next day on, to the close of business, rolled |
| 0d | to the close of the same day |
| 5 workdays | to the close of the 5th workday |
| day 5 | by the close of the 5th, rolled to the next workday |
| day 5 17:00 earlier, day last as_is | with a time of day, with another roll rule |
| day 10 next month, day 10 in 2 months | not in the month it starts in |
| friday 17:30, sunday earlier, mon next week | a weekday, in the same manner |
| 1h before arrives_at, 8h business before arrives_at | elapsed unless said otherwise |
| 1d before shift_start, 2 workdays before due_on | by the close of that day |
| value of promised_at, value of promised_on later | the moment in a field |

Days and weekdays roll `later` unless they say `earlier` or `as_is`; the value of a
field stands as it is unless it says otherwise.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from models.rules.how_long import (
    LAST_DAY,
    Before,
    Count,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    HowLongError,
    Roll,
    ValueOf,
    WeekdayTime,
    Workdays,
)
from models.rules.wall_clock import minute_of_day, minute_text

Found = dict[str, str | None]

WEEKDAY_NAMES = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_LONGEST_TEXT = 100
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_PIECE = r"(\d+(?:\.\d+)?) ?(hours?|h|minutes?|mins?|m|seconds?|s) ?"
_WHEN = r"(?: (?P<minute>\d+:\d+))?(?: (?P<roll>later|earlier|as[_ ]is))?"
_WEEKDAY = "|".join((*WEEKDAY_NAMES, *(name[:3] for name in WEEKDAY_NAMES)))


def parse_how_long(text: str) -> HowLong:
    """Read the one-line form; upper case and extra blanks do not matter.

    Raises:
        HowLongError: The text is none of the forms, or a number is out of range.
    """
    plain = " ".join(text.lower().split())
    if len(plain) <= _LONGEST_TEXT:
        for pattern, build in _FORMS:
            found = pattern.fullmatch(plain)
            if found:
                return build(found.groupdict())
    raise HowLongError(
        "「{text}」不是时限写法；可写 24h、8h business、24h elapsed、3d、5 workdays、"
        "day 5 later、friday 17:30、1h before 字段名、value of 字段名。",
        "'{text}' is not a length of time; write 24h, 8h business, 24h elapsed, 3d, "
        "5 workdays, day 5 later, friday 17:30, 1h before FIELD or value of FIELD.",
        text=plain[:_LONGEST_TEXT],
    )


def notation(how_long: HowLong) -> str:  # noqa: PLR0911 - because each kind has its own
    """Write the one-line form; `parse_how_long` reads it back the same."""
    match how_long:
        case Hours(length, count):
            shown = _length_text(length)
            return shown if count is Count.ROLLED else f"{shown} {count}"
        case Days(days):
            return f"{days}d"
        case Workdays(workdays):
            return f"{workdays} workday{'' if workdays == 1 else 's'}"
        case DayOfMonth(day, minute, roll, months):
            name = "last" if day == LAST_DAY else str(day)
            return f"day {name}{steps_ahead(months, 'month')}{_when(minute, roll)}"
        case WeekdayTime(weekday, minute, roll, weeks):
            name = WEEKDAY_NAMES[weekday]
            return f"{name}{steps_ahead(weeks, 'week')}{_when(minute, roll)}"
        case Before(lead, field):
            return f"{notation(lead).removesuffix(' elapsed')} before {field}"
        case ValueOf(field, roll):
            return f"value of {field}{'' if roll is Roll.AS_IS else f' {roll}'}"


def steps_ahead(steps: int, unit: str, before: str = " ") -> str:
    """Say how many months or weeks ahead; nothing for none."""
    if steps == 0:
        return ""
    return before + (f"next {unit}" if steps == 1 else f"in {steps} {unit}s")


def _length_text(length: timedelta) -> str:
    left = int(length.total_seconds())
    pieces = []
    for unit, seconds in _SECONDS.items():
        count, left = divmod(left, seconds)
        pieces += [f"{count}{unit}"] if count else []
    return "".join(pieces) or "0h"


def _when(minute: int | None, roll: Roll) -> str:
    shown = "" if minute is None else f" {minute_text(minute)}"
    return shown if roll is Roll.LATER else f"{shown} {roll}"


def _read_hours(found: Found) -> Hours:
    seconds = sum(
        Fraction(number) * _SECONDS[unit[0]]
        for number, unit in re.findall(_PIECE, found["length"] or "")
    )
    if seconds.denominator != 1:
        raise HowLongError(
            "时限「{length}」不是整秒，请改为整秒。",
            "'{length}' is not whole seconds; change it to whole seconds.",
            length=found["length"],
        )
    # Longer ones overflow a timedelta; a length checks its own range.
    length = timedelta(seconds=min(seconds.numerator, 10**11))
    return Hours(length, Count(found["count"] or Count.ROLLED))


def _read_before(found: Found) -> Before:
    text = found["lead"] or ""
    lead = parse_how_long(text)
    if not isinstance(lead, Hours | Days | Workdays):
        raise HowLongError(
            "「{text}」不能用在 before 之前；可写 24h、8h business、1d、2 workdays。",
            "'{text}' cannot stand before 'before'; write 24h, 8h business, 1d or "
            "2 workdays.",
            text=text,
        )
    if isinstance(lead, Hours) and not text.endswith(tuple(Count)):
        lead = replace(lead, count=Count.ELAPSED)
    return Before(lead, found["field"] or "")


def _read_minute(text: str | None) -> int | None:
    if text is None:
        return None
    minute = minute_of_day(text)
    if minute is None:
        raise HowLongError(
            "「{text}」不是时刻；请写 00:00 至 24:00，如 17:30。",
            "'{text}' is not a time of day; write 00:00 to 24:00, such as 17:30.",
            text=text,
        )
    return minute


def _read_roll(text: str | None, default: Roll) -> Roll:
    return Roll(text.replace(" ", "_")) if text else default


def _read_day(found: Found) -> DayOfMonth:
    return DayOfMonth(
        LAST_DAY if found["day"] == "last" else int(found["day"] or 0),
        _read_minute(found["minute"]),
        _read_roll(found["roll"], Roll.LATER),
        int(found["steps"] or bool(found["next"])),
    )


def _read_weekday(found: Found) -> WeekdayTime:
    names = [name[:3] for name in WEEKDAY_NAMES]
    return WeekdayTime(
        names.index((found["weekday"] or "")[:3]),
        _read_minute(found["minute"]),
        _read_roll(found["roll"], Roll.LATER),
        int(found["steps"] or bool(found["next"])),
    )


def _steps(unit: str) -> str:
    return rf"(?: (?:(?P<next>next {unit})|in (?P<steps>\d+) {unit}s?))?"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Found], HowLong]], ...] = (
    (
        re.compile(rf"(?P<length>(?:{_PIECE})+)(?P<count>rolled|business|elapsed)?"),
        _read_hours,
    ),
    (
        re.compile(r"(?P<days>\d+) ?(?:d|days?)"),
        lambda found: Days(int(found["days"] or 0)),
    ),
    (
        re.compile(r"(?P<days>\d+) ?workdays?"),
        lambda found: Workdays(int(found["days"] or 0)),
    ),
    (re.compile(r"(?P<lead>.+) before (?P<field>\S+)"), _read_before),
    (
        re.compile(r"value of (?P<field>\S+)(?: (?P<roll>later|earlier|as[_ ]is))?"),
        lambda found: ValueOf(
            found["field"] or "", _read_roll(found["roll"], Roll.AS_IS)
        ),
    ),
    (
        re.compile(rf"day (?P<day>\d+|last){_steps('month')}{_WHEN}"),
        _read_day,
    ),
    (
        re.compile(rf"(?P<weekday>{_WEEKDAY}){_steps('week')}{_WHEN}"),
        _read_weekday,
    ),
)
