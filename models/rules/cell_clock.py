"""Times of day and lengths of time as clerks write them."""

import re
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from models.rules.cell_basics import (
    NO_WORDS,
    Cell,
    CellError,
    is_nothing,
    plain,
    refused,
)
from models.rules.cell_dates import SERIALS

HALF_DAYS = "上午|下午|中午|早上|凌晨|傍晚|晚上"
"""Words before a time of twelve hours, as Chinese has them."""
LAST_SECOND = 86_399  # of a day; what rounds up to the next day stays in this one
AM_PM = r"[AaPp]\.?[Mm]\.?"

_TIME = re.compile(
    rf"(?:(?P<before>{HALF_DAYS}|{AM_PM})\s*)?"
    r"(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{1,2})|[点时點時](?:(?P<past>\d{1,2})分?|(?P<half>半))?)"
    r"(?::(?P<second>\d{1,2})(?:\.\d+)?|(?P<seconds>\d{1,2})秒)?"
    rf"(?:\s*(?P<after>{AM_PM}))?"
)
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_NOON = 12
# The hours that a word before the time leaves no doubt about; 晚上1点 may be 1:00 or
# 13:00, and people say 晚上12点 for the beginning and for the end of a day.
_HOURS: dict[str, range] = {
    "上午": range(13),
    "早上": range(12),
    "凌晨": range(13),
    "中午": range(11, 15),
    "下午": range(24),
    "傍晚": range(4, 20),
    "晚上": range(5, 24),
}
_AFTER_NOON = (1, 2)  # 中午1点 is 13:00
_MORNING = ("上午", "早上", "凌晨", "A", "a")
_WITH_HOUR_AND_SECONDS = {5, 6}  # digits of 83015 and 123015


def read_time(value: Cell, *, nothing: frozenset[str] = NO_WORDS) -> time | None:
    """Read a time of day: 12:34, 12:34:56, 083015, 0830, 8点30分, 下午2:30, 2:30 PM.

    Of a date cell with a time the time is taken. Parts of a second are dropped.

    Raises:
        CellError: No time of day, or a number cell that lost its leading zeros.
    """
    if is_nothing(value, nothing):
        return None
    match value:
        case str():
            found = _of_text(value)
        case time():
            found = value.replace(microsecond=0)
        case datetime():
            found = _of_seconds(_seconds_of_day(value))
        case timedelta() if timedelta(0) <= value < timedelta(1):
            found = _of_seconds(round(value.total_seconds()))
        case int() | float() if not isinstance(value, bool):
            found = _of_number(value)
        case _:
            raise _no_time(value)
    return found


def _seconds_of_day(value: datetime) -> int:
    # Excel counts days in binary fractions: 08:30:00 may come as 08:29:59.999.
    whole = value.hour * 3600 + value.minute * 60 + value.second
    return min(whole + round(value.microsecond / 1e6), LAST_SECOND)


def _of_seconds(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


# A day has few distinct times to the minute; registers repeat them.
@lru_cache(maxsize=4096)
def _of_text(told: str) -> time:
    text = plain(told)
    if found := _COMPACT.fullmatch(text):
        return _time(told, int(found[1]), int(found[2]), int(found[3] or 0))
    found = _TIME.fullmatch(text)
    if found is None:
        raise _no_time(told)
    hour = _hour_of_day(told, int(found["hour"]), found["before"] or found["after"])
    minute = 30 if found["half"] else int(found["minute"] or found["past"] or 0)
    return _time(told, hour, minute, int(found["second"] or found["seconds"] or 0))


def _hour_of_day(told: str, hour: int, half: str | None) -> int:
    """Return the hour of 24; 12 AM is midnight, 12 PM and 中午12点 are noon."""
    if half is None:
        return hour
    if half == "中午" and hour in _AFTER_NOON:
        hour += _NOON
    morning = half.startswith(_MORNING)
    unclear = half == "晚上" and hour == _NOON
    if unclear or hour not in _HOURS.get(half, range(13 if morning else 24)):
        raise _no_time(told)
    if morning:
        return hour % _NOON
    return hour if hour >= _NOON or half == "中午" else hour + _NOON


def _of_number(value: float) -> time:
    """Read a part of a day, or 83015 as 08:30:15.

    Shorter numbers are refused: 1037 may be 10:37 or, with its zeros lost, 00:10:37.
    """
    if value % 1 and (0 < value < 1 or SERIALS[0] <= value <= SERIALS[-1]):
        return _of_seconds(min(round(value % 1 * 86_400), LAST_SECOND))
    digits = f"{value:.0f}"
    if float(digits) != value or len(digits) not in _WITH_HOUR_AND_SECONDS:
        raise refused(
            value,
            "“{found}”在表里是数字，看不出是几点几分（前面的 0 会丢失）。请把这一列设为"
            "“文本”或时间格式，写成 08:30。",
            "'{found}' is a number in the sheet, so leading zeros are lost and the time"
            " is unclear. Format the column as text or time and write 08:30.",
        )
    padded = digits.zfill(6)
    return _time(value, int(padded[:2]), int(padded[2:4]), int(padded[4:]))


def _time(told: Cell, hour: int, minute: int, second: int) -> time:
    try:
        return time(hour, minute, second)
    except ValueError:
        raise refused(
            told,
            "“{found}”不是有效的时间：应在 00:00 到 23:59:59 之间，请改正。",
            "'{found}' is not a time of day: expected 00:00 to 23:59:59; correct it.",
        ) from None


def _no_time(value: Cell) -> CellError:
    return refused(
        value,
        "“{found}”不是时间。请写成 08:30、083015、8点30分 或 下午2:30。",
        "'{found}' is not a time of day. Write 08:30, 083015 or 2:30 PM.",
    )


Unit = Literal["days", "hours", "minutes", "seconds"]

_SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "days": ("天", "日", "days", "day", "d"),
    "hours": ("个小时", "小时", "时", "hours", "hour", "hrs", "hr", "h"),
    "minutes": ("分钟", "分", "minutes", "minute", "mins", "min", "m"),
    "seconds": ("秒钟", "秒", "seconds", "second", "secs", "sec", "s"),
}
_PARTS = re.compile(
    r"(-)?"
    + "".join(
        rf"(?:(?P<{unit}>\d{{1,9}}(?:\.\d{{1,9}})?)(?:{'|'.join(words)}))?"
        for unit, words in _UNIT_WORDS.items()
    )
)
_CLOCK_LENGTH = re.compile(r"(-)?(\d{1,6}):([0-5]?\d)(?::([0-5]?\d))?")
_BARE = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")


def read_duration(
    value: Cell, *, unit: Unit | None = None, nothing: frozenset[str] = NO_WORDS
) -> timedelta | None:
    """Read a length of time: 3:20 (h:mm), 3:20:15, 3小时20分, 1.5小时, 90分钟, 2h30m.

    Rounds half up to whole seconds.

    Args:
        value: The cell.
        unit: What a bare number counts, as the mapping or the field says; without it
            a bare number is refused.
        nothing: Words that mean "no value".

    Raises:
        CellError: No length of time, or a number whose unit nobody gave.
    """
    if isinstance(value, timedelta):
        return timedelta(seconds=round(value.total_seconds()))
    if is_nothing(value, nothing):
        return None
    if isinstance(value, time):
        # Excel keeps 3:20 as a time of day whatever was meant.
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _no_duration(value)
    text = "".join(plain(value if isinstance(value, str) else f"{value:.15g}").split())
    if found := _CLOCK_LENGTH.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return -length if found[1] else length
    if _BARE.fullmatch(text):
        return _bare(value, Decimal(text), unit)
    found = _PARTS.fullmatch(text.casefold())
    given = {u: part for u, part in found.groupdict().items() if part} if found else {}
    if found is None or not given:
        raise _no_duration(value)
    total = sum((Decimal(part) * _SECONDS[u] for u, part in given.items()), Decimal(0))
    return _whole_seconds(-total if found[1] else total)


def _bare(value: Cell, count: Decimal, unit: Unit | None) -> timedelta:
    if unit is None:
        raise refused(
            value,
            "“{found}”没有写单位，看不出是小时还是分钟。请写成 3小时20分 或 3:20，"
            "或在导入设置里指定单位。",
            "'{found}' has no unit: hours or minutes? Write 3h20m or 3:20, or set the"
            " unit in the mapping.",
        )
    return _whole_seconds(count * _SECONDS[unit])


def _whole_seconds(seconds: Decimal) -> timedelta:
    return timedelta(seconds=int(seconds.quantize(Decimal(1), ROUND_HALF_UP)))


def _no_duration(value: Cell) -> CellError:
    return refused(
        value,
        "“{found}”不是时长。请写成 3小时20分、1.5小时、90分钟 或 3:20。",
        "'{found}' is not a length of time. Write 3h20m, 1.5h, 90min or 3:20.",
    )
