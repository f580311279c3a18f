"""Calendars as people type them: spans of a day in a line, days in a list of lines.

09:00-12:00 13:30-18:00          spans; an end at or before its start is past midnight
2026-10-01~2026-10-07 国庆节       days that bear a name
2026-10-12 09:00-16:00           a day of its own hours; 休 for none
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

from models.rules.calendar_object import DAY_OFF, EXTRA_DAY, DayHours, hours_object
from models.rules.official_days import OfficialDay, OfficialKind
from models.rules.wall_clock import MINUTES_A_DAY, minute_of_day
from models.words import Label, PersonError

MOST_DAYS = 400  # dates of one line
CLOSED_WORDS = ("休", "休息", "closed", "off")
BETWEEN_NAMES = " / "  # Chinese and English

OFF_WORD, WORKED_WORD = "休", "班"
_KINDS = {
    **dict.fromkeys((OFF_WORD, "休息", "放假", "off", "holiday"), OfficialKind.OFF),
    **dict.fromkeys(
        (WORKED_WORD, "上班", "调休", "调休上班", "work", "workday"),
        OfficialKind.WORKDAY,
    ),
}

_ONE_DAY = timedelta(days=1)
_DATE = r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?"
_LINE = re.compile(rf"{_DATE}(?:\s*(?:~|～|至|到|\.\.|—|–)\s*{_DATE})?[\s,，:：]*(.*)")
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*(?:-|~|～|至|到|—|–)+\s*(\d{1,2}:\d{2})")
_KIND = re.compile(r"([^\s,，]+)[\s,，]*(.*)")
_SEPARATORS = re.compile(r"[\s,，、;；]+")
Said = TypeVar("Said")


class CalendarTextError(PersonError):
    """A line of a calendar cannot be read; quotes what was found."""


def read_spans(text: str) -> DayHours:
    """Read the spans of a day; none for an empty text or a word for closed.

    Raises:
        CalendarTextError: It is something else.
    """
    said = text.strip().replace("：", ":")
    if not said or said.lower() in CLOSED_WORDS:
        return ()
    spans = []
    for begin, end in _SPAN.findall(said):
        start, close = minute_of_day(begin), minute_of_day(end)
        if start is None or close is None:
            raise _no_spans(text)
        spans.append((start, close if close > start else close + MINUTES_A_DAY))
    if _SEPARATORS.sub("", _SPAN.sub("", said)):
        raise _no_spans(text)
    return tuple(sorted(spans))


def write_spans(hours: DayHours) -> str:
    """Write the spans of a day."""
    return " ".join("-".join(span) for span in hours_object(hours))


def read_named_days(text: str, unnamed: Label) -> dict[date, Label]:
    """Read lines of dates with names; an unnamed day is called as given."""
    found: dict[date, Label] = {}
    for days, rest in _lines(text):
        name = _name(rest) if rest else unnamed
        found |= dict.fromkeys(days, name)
    return found


def write_named_days(days: Mapping[date, Label], unnamed: Label) -> str:
    """Write dates with names, those in a row that are called alike in one line."""

    def named(name: Label) -> str:
        if name == unnamed:
            return ""
        return name.zh if name.zh == name.en else f"{name.zh}{BETWEEN_NAMES}{name.en}"

    return _written(days, named)


def read_own_days(text: str) -> dict[date, DayHours]:
    """Read lines of dates with spans of their own."""
    found: dict[date, DayHours] = {}
    for days, rest in _lines(text):
        if not rest:
            raise _no_spans(rest)
        found |= dict.fromkeys(days, read_spans(rest))
    return found


def write_own_days(days: Mapping[date, DayHours]) -> str:
    """Write dates with spans of their own."""
    return _written(days, lambda hours: write_spans(hours) or CLOSED_WORDS[0])


def read_official_days(text: str, year: int) -> dict[date, OfficialDay]:
    """Read lines of dates, kinds and names, as they are pasted from a table.

    Raises:
        CalendarTextError: A line cannot be read, or is of another year.
    """
    found: dict[date, OfficialDay] = {}
    for days, rest in _lines(text):
        said = _KIND.fullmatch(rest)
        kind = said and _KINDS.get(said[1].lower())
        if said is None or kind is None or {days[0].year, days[-1].year} != {year}:
            raise _no_official_day(f"{days[0]} {rest}", year)
        unnamed = DAY_OFF if kind is OfficialKind.OFF else EXTRA_DAY
        name = _name(said[2].strip()) if said[2].strip() else unnamed
        found |= dict.fromkeys(days, OfficialDay(kind, name))
    return found


def write_official_days(days: Mapping[date, OfficialDay]) -> str:
    """Write official days in the order of their dates."""

    def words(day: OfficialDay) -> str:
        kind = OFF_WORD if day.kind is OfficialKind.OFF else WORKED_WORD
        return f"{kind} {day.name.zh}{BETWEEN_NAMES}{day.name.en}"

    return _written(days, words)


def _written(days: Mapping[date, Said], words: Callable[[Said], str]) -> str:
    """Write dates, those in a row of which the same is said in one line."""
    lines = []
    told = sorted((on, words(said)) for on, said in days.items())
    # Dates in a row grow as their places do.
    in_a_row = groupby(
        enumerate(told), key=lambda one: (one[1][0].toordinal() - one[0], one[1][1])
    )
    for (_, said), group in in_a_row:
        dates = [on.isoformat() for _, (on, _) in group]
        first = dates[0] if len(dates) == 1 else f"{dates[0]}~{dates[-1]}"
        lines.append(f"{first} {said}".rstrip())
    return "\n".join(lines)


def _lines(text: str) -> Iterator[tuple[list[date], str]]:
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise _no_line(line)
        year, month, day, *until, rest = found.groups()
        first = _date(line, year, month, day)
        last = _date(line, *until) if until[0] else first
        if not 0 <= (last - first).days < MOST_DAYS:
            raise _no_line(line)
        days = [first + at * _ONE_DAY for at in range((last - first).days + 1)]
        yield days, rest.strip()


def _date(line: str, *parts: str) -> date:
    try:
        return date(*map(int, parts))
    except ValueError:
        raise _no_line(line) from None


def _name(text: str) -> Label:
    zh, _, en = text.partition(BETWEEN_NAMES)
    return Label(zh.strip(), en.strip() or zh.strip())


def _no_line(line: str) -> CalendarTextError:
    return CalendarTextError(
        "“{line}”读不懂，应写成“2026-10-01 名称”或“2026-10-01~2026-10-07 名称”。",
        "“{line}” cannot be read; write “2026-10-01 name” or “2026-10-01~2026-10-07 "
        "name”.",
        line=line.strip()[:60],
    )


def _no_official_day(line: str, year: int) -> CalendarTextError:
    return CalendarTextError(
        "“{line}”应写成“{year}-01-01 休 元旦”：休是放假，班是调休上班，"
        "日期在 {year} 年内。",
        "“{line}” should read “{year}-01-01 off New Year's Day”, or “workday” for a "
        "make-up workday, within {year}.",
        line=line[:60],
        year=year,
    )


def _no_spans(text: str) -> CalendarTextError:
    return CalendarTextError(
        "“{text}”不是时段，应写成 09:00-12:00 13:30-18:00，休息写“休”。",
        "“{text}” is no span of time; write 09:00-12:00 13:30-18:00, or “closed”.",
        text=text.strip()[:60],
    )
