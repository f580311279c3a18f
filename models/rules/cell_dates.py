"""Days as clerks write them -> dates."""

import calendar
import math
import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from models.rules.cell_basics import (
    NO_WORDS,
    Cell,
    CellError,
    is_nothing,
    plain,
    refused,
)

EXCEL_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of Excel's count from 1 March 1900 on; before that Excel counts wrongly."""
SERIALS = range(10_000, 110_000)
"""Day numbers taken for dates: 1927 to 2201. Smaller ones are years or plain counts."""
YEARS = range(1900, 2201)
"""Years that are taken; others are typing errors or fillers."""

_FULL = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号號]?")
_SHORT_YEAR = re.compile(
    r"'?(\d{2})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号號]?"
)
_WITHOUT_YEAR = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号號]?")
_ONLY_DAY = re.compile(r"(\d{1,2})[日号號]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_CLOCK_TIME = re.compile(
    r"(?<=[\d日号])(?:\s+|[tT])\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$"
)


def read_date(
    value: Cell,
    *,
    year: int | None = None,
    month: int | None = None,
    pattern: str | None = None,
    nothing: frozenset[str] = NO_WORDS,
) -> date | None:
    """Read a day: 2026-09-03, 2026/9/3, 2026.9.3, 20260903, 2026年9月3日, 9月3日.

    Date cells and Excel's day numbers are dates too. A time beside the day is dropped:
    the field keeps days.

    Args:
        value: The cell.
        year: The year of days written without one, from the sheet's name or the
            mapping; it also confirms a year of two digits (26.9.3).
        month: The month of days written as 3 or 3日, from the sheet's name.
        pattern: How the mapping says the column is written, as for `strptime`
            ("%m/%d/%Y"); None takes the year first.
        nothing: Words that mean "no value".

    Raises:
        CellError: No day of the calendar, or its year is nowhere given.
    """
    if is_nothing(value, nothing):
        return None
    match value:
        case datetime():
            found = value.date()
        case date():
            found = value
        case str() if pattern is not None:
            found = read_pattern(value, pattern).date()
        case str():
            found = _of_text(value, year, month)
        case int() | float() if not isinstance(value, bool):
            found = _of_number(value, year, month)
        case _:
            raise no_date(value)
    check_year(value, found)
    return found


def check_year(told: Cell, found: date) -> None:
    """Refuse a year that no register of ours can mean: 0206, 9999."""
    if found.year not in YEARS:
        raise refused(
            told,
            "“{found}”的年份是 {year}，应在 {first} 到 {last} 年之间，请核对。",
            "'{found}' is of the year {year}; expected {first} to {last}. Check it.",
            year=found.year,
            first=YEARS[0],
            last=YEARS[-1],
        )


# Registers repeat few days many times.
@lru_cache(maxsize=4096)
def _of_text(told: str, year: int | None, month: int | None) -> date:
    text = plain(told)
    text = _CLOCK_TIME.sub("", _WEEKDAY.sub("", text).rstrip())
    text = "".join(text.split())
    if found := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(told, int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT_YEAR.fullmatch(text):
        return _of_short_year(told, found, year)
    if found := _WITHOUT_YEAR.fullmatch(text):
        if year is None:
            raise refused(
                told,
                "“{found}”没有写年份，工作表名和导入设置里也没有。请写成 2026-09-03"
                " 这样的完整日期，或在导入设置里指定年份。",
                "'{found}' has no year, and neither the sheet's name nor the mapping"
                " gives one. Write it like 2026-09-03, or set the year in the mapping.",
            )
        return _day(told, year, int(found[1]), int(found[2]))
    if (found := _ONLY_DAY.fullmatch(text)) and year and month:
        return _day(told, year, month, int(found[1]))
    if _SERIAL.fullmatch(text):
        return _of_number(float(text), year, month)
    raise no_date(told)


def _of_short_year(told: str, found: re.Match[str], year: int | None) -> date:
    # 26.9.3 may be 3 September 2026 or 26 September 2003: the year around decides.
    if year is None or year % 100 != int(found[1]):
        raise refused(
            told,
            "“{found}”的年份只有两位，看不出是哪一年。请写成四位年份，"
            "例如 2026-09-03。",
            "'{found}' gives the year in two digits, which may mean several days."
            " Write it in four, such as 2026-09-03.",
        )
    return _day(told, year, int(found[2]), int(found[3]))


def _of_number(value: float, year: int | None, month: int | None) -> date:
    if found := _COMPACT.fullmatch(f"{value:.0f}"):
        return _day(value, int(found[1]), int(found[2]), int(found[3]))
    if not math.isfinite(value):
        raise no_date(value)
    if int(value) in SERIALS:
        return EXCEL_DAY_ZERO + timedelta(int(value))
    if year and month and value in range(1, 32):
        return _day(value, year, month, int(value))
    if value != int(value):
        # Typed as 9.10 and kept as 9.1: October cannot be told from January.
        raise refused(
            value,
            "“{found}”在表里是小数，不是日期（9.10 会变成 9.1）。请把这一列改成日期"
            "格式，写成 2026-09-03。",
            "'{found}' is a decimal in the sheet, not a date (9.10 turns into 9.1)."
            " Format the column as dates and write 2026-09-03.",
        )
    raise no_date(value)


def _day(told: Cell, year: int, month: int, day: int) -> date:
    if month not in range(1, 13):
        raise refused(
            told,
            "“{found}”不是有效的日期：没有 {month} 月。月份应为 1 到 12，请按“年-月-日”"
            "核对，或在导入设置里指定日期的写法。",
            "'{found}' is not a date: there is no month {month}. Expected year, month,"
            " day; correct it or tell the mapping how dates are written.",
            month=month,
        )
    try:
        return date(year, month, day)
    except ValueError:
        last = calendar.monthrange(year, month)[1] if year >= 1 else 31
        raise refused(
            told,
            "“{found}”不是有效的日期：{year} 年 {month} 月只有 1 日到 {last} 日。"
            "请改成实际的日期。",
            "'{found}' is not a date: {year}-{month:02d} has days 1 to {last}. Correct"
            " the day.",
            year=year,
            month=month,
            last=last,
        ) from None


def read_pattern(value: str, pattern: str) -> datetime:
    """Read a text written as the mapping's `strptime` pattern says.

    Raises:
        CellError: It is written otherwise, or no such day or time exists.
    """
    try:
        return datetime.strptime(plain(value), pattern)  # noqa: DTZ007 - the caller knows the zone, if the pattern has none
    except ValueError:
        raise refused(
            value,
            "“{found}”与导入设置的写法 {pattern} 不符，或没有这样的日期时间。"
            "请改正，或修改导入设置。",
            "'{found}' is not written as {pattern}, as the mapping says, or no such day"
            " or time exists. Correct it or change the mapping.",
            pattern=pattern_shown(pattern),
        ) from None


_PATTERN_PARTS = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "hh",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%p": "AM/PM",
    "%z": "+hh:mm",
}


def pattern_shown(pattern: str) -> str:
    """Return a `strptime` pattern as people write it: MM/DD/YYYY hh:mm:ss AM/PM."""
    return re.sub(
        "%[a-zA-Z]", lambda part: _PATTERN_PARTS.get(part[0], part[0]), pattern
    )


def no_date(value: Cell) -> CellError:
    """Say that the cell holds no day."""
    return refused(
        value,
        "“{found}”不是日期。请写成 2026-09-03、2026/9/3、2026.9.3、20260903"
        " 或 9月3日。",
        "'{found}' is not a date. Write 2026-09-03, 2026/9/3, 2026.9.3 or 20260903.",
    )
