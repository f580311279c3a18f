"""Moments as clerks write them, in local time of a file's zone -> UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from models.rules.cell_basics import (
    NO_WORDS,
    Cell,
    CellError,
    is_nothing,
    plain,
    refused,
)
from models.rules.cell_clock import AM_PM, HALF_DAYS, read_time
from models.rules.cell_dates import (
    EXCEL_DAY_ZERO,
    SERIALS,
    check_year,
    read_date,
    read_pattern,
)

RepeatedHour = Literal["refuse", "first", "second"]
"""What a local time means that occurs twice when clocks go back an hour."""

_MOMENT = re.compile(
    r"(?P<day>\d.*?[\d日号號](?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?)"
    rf"(?:\s+|T|(?<=[日号號\)])|(?={HALF_DAYS}))"
    rf"(?P<time>(?:(?:{HALF_DAYS}|{AM_PM})\s*)?\d{{1,2}}[:点时點時].*|\d{{4}}(?:\d\d)?)"
)
_COMPACT = re.compile(r"(?P<day>\d{8})(?P<time>\d{4}(?:\d\d)?)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
_SERIAL = re.compile(r"[1-9]\d{4}\.\d+")
_MIDNIGHT = time()
# Excel counts days in binary fractions: 08:30:00 may come as 08:29:59.999.
_NOISE = timedelta(milliseconds=2)
_SECOND = timedelta(seconds=1)


def read_instant(
    value: Cell,
    *,
    zone: ZoneInfo,
    pattern: str | None = None,
    time_of_day: Cell = None,
    repeated_hour: RepeatedHour = "refuse",
    year: int | None = None,
    month: int | None = None,
    nothing: frozenset[str] = NO_WORDS,
) -> datetime | None:
    """Read a moment written in local time of `zone`; returns it in UTC.

    Takes what `read_date` takes, with 8:30, 08:30:15, 8点30分, 下午2:30 or 2:30 PM
    after it; a text with an offset (+08:00, Z) keeps it. A day without a time is its
    midnight.

    Args:
        value: The cell with day and time, or with the day alone.
        zone: The zone in which the file's clocks ran; belongs to the mapping.
        pattern: How the mapping says the column is written, as for `strptime`
            ("%m/%d/%Y %I:%M:%S %p").
        time_of_day: The cell of a second column, where a file keeps day and time
            apart.
        repeated_hour: A time that occurs twice, when clocks go back, is refused unless
            the mapping says which of the two is meant. A time that clocks skipped
            never existed and is always refused.
        year: The year of days written without one.
        month: The month of days written as 3日.
        nothing: Words that mean "no value".

    Raises:
        CellError: No moment, or one that never existed or occurred twice.
    """
    if is_nothing(value, nothing):
        return None
    if isinstance(value, datetime):
        check_year(value, value)
        moment = _without_noise(value)
    elif isinstance(value, str) and pattern is not None:
        moment = read_pattern(value, pattern)
    else:
        moment = _moment(value, year, month)
    check_year(value, moment)
    if time_of_day is not None:
        clock = read_time(time_of_day, nothing=nothing) or _MIDNIGHT
        moment = datetime.combine(moment.date(), clock, moment.tzinfo)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return _in_zone(value, moment, zone, repeated_hour)


def _moment(value: Cell, year: int | None, month: int | None) -> datetime:
    """Return the moment as written: without a zone unless the text has an offset."""
    if isinstance(value, str):
        return _of_text(value, year, month)
    if isinstance(value, float) and SERIALS[0] <= value <= SERIALS[-1]:
        return _of_serial(value)
    return _combined(value, read_date(value, year=year, month=month), _MIDNIGHT)


def _of_text(told: str, year: int | None, month: int | None) -> datetime:
    text = plain(told)
    if _ISO.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # What is wrong with it is said below.
    if _SERIAL.fullmatch(text):
        return _of_serial(float(text))
    found = _MOMENT.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        return _combined(told, read_date(told, year=year, month=month), _MIDNIGHT)
    day = read_date(found["day"], year=year, month=month)
    return _combined(told, day, read_time(found["time"]))


def _of_serial(value: float) -> datetime:
    day_zero = datetime.combine(EXCEL_DAY_ZERO, _MIDNIGHT)
    return _without_noise(day_zero + timedelta(days=value))


def _without_noise(moment: datetime) -> datetime:
    nearest = (moment + _SECOND / 2).replace(microsecond=0)
    return nearest if abs(nearest - moment) <= _NOISE else moment


def _combined(told: Cell, day: date | None, clock: time | None) -> datetime:
    if day is None or clock is None:
        raise _no_instant(told)
    return datetime.combine(day, clock)


def _in_zone(
    told: Cell, moment: datetime, zone: ZoneInfo, repeated_hour: RepeatedHour
) -> datetime:
    first = moment.replace(tzinfo=zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before == after or before is None or after is None:
        return first.astimezone(UTC)
    # PEP 495: the later reading has the larger offset exactly where clocks skipped.
    if after > before:
        raise refused(
            told,
            "“{found}”在 {zone} 不存在：当天钟表拨快，跳过了这一段。请核对时间，"
            "或在导入设置里改正时区。",
            "'{found}' never existed in {zone}: clocks went forward over it. Check the"
            " time, or the zone in the mapping.",
            zone=zone.key,
        )
    if repeated_hour == "refuse":
        raise refused(
            told,
            "“{found}”在 {zone} 出现过两次（当天钟表拨慢一小时）。请写明时差，例如"
            " {example}，或在导入设置里指定取第一次还是第二次。",
            "'{found}' occurred twice in {zone}, when clocks went back. Write the"
            " offset, such as {example}, or say in the mapping which one is meant.",
            zone=zone.key,
            example=first.isoformat(" "),
        )
    return (first if repeated_hour == "first" else second).astimezone(UTC)


def _no_instant(value: Cell) -> CellError:
    return refused(
        value,
        "“{found}”不是日期和时间。请写成 2026-09-03 08:30。",
        "'{found}' is not a date and time. Write 2026-09-03 08:30.",
    )
