"""Periods of the calendar and the ranges people name relative to today.

A period is a run of local dates, first included and end not; as instants it is cut at
midnight of a zone. Weeks begin on Monday and carry their ISO number. Fortnights are
the pairs of weeks counted from Monday 2024-01-01.

| kind | written | shown |
| --- | --- | --- |
| day, workday | 2026-10-08 | 2026年10月8日 |
| week | 2026-W41 | 2026年第41周 |
| fortnight | 2026-W41-W42 | 2026年第41、42周 |
| month | 2026-10 | 2026年10月 |
| quarter | 2026-Q4 | 2026年第4季度 |
| half-year | 2026-H2 | 2026年下半年 |
| year | 2026 | 2026年 |
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.business_calendar import BusinessCalendar
from models.rules.open_time import FIRST_YEAR, LAST_YEAR
from models.rules.wall_clock import at_minute
from models.words import Label, PersonError

_ONE_DAY = timedelta(days=1)
_FORTNIGHTS_FROM = date(2024, 1, 1)


class PeriodError(PersonError):
    """A text does not name a period."""


class PeriodKind(StrEnum):
    """How long a period lasts."""

    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


KIND_LABELS = {
    PeriodKind.DAY: Label("每日", "daily"),
    PeriodKind.WORKDAY: Label("每个工作日", "each workday"),
    PeriodKind.WEEK: Label("每周", "weekly"),
    PeriodKind.FORTNIGHT: Label("每两周", "fortnightly"),
    PeriodKind.MONTH: Label("每月", "monthly"),
    PeriodKind.QUARTER: Label("每季度", "quarterly"),
    PeriodKind.HALF_YEAR: Label("每半年", "half-yearly"),
    PeriodKind.YEAR: Label("每年", "yearly"),
}
_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
}
_DAYS = {
    PeriodKind.DAY: 1,
    PeriodKind.WORKDAY: 1,
    PeriodKind.WEEK: 7,
    PeriodKind.FORTNIGHT: 14,
}


@dataclass(frozen=True, slots=True)
class DateRange:
    """Local dates from `first` on, `end` no longer included."""

    first: date
    end: date

    @property
    def last(self) -> date:
        """The last date in the range."""
        return self.end - _ONE_DAY

    def __contains__(self, on: date) -> bool:
        """Whether a date lies in the range."""
        return self.first <= on < self.end

    def dates(self) -> Iterator[date]:
        """Yield the dates in order."""
        for day in range((self.end - self.first).days):
            yield self.first + timedelta(day)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants (UTC) the range begins and ends at, end excluded."""
        return at_minute(self.first, 0, zone), at_minute(self.end, 0, zone)


@dataclass(frozen=True, slots=True)
class Period(DateRange):
    """A range of dates of one kind, such as October 2026."""

    kind: PeriodKind

    @property
    def text(self) -> str:  # noqa: PLR0911 - because each kind has its own
        """The written form, which sorts by time among periods of one kind."""
        year, month = self.first.year, self.first.month
        iso = self.first.isocalendar()
        match self.kind:
            case PeriodKind.DAY | PeriodKind.WORKDAY:
                return self.first.isoformat()
            case PeriodKind.WEEK:
                return f"{iso.year}-W{iso.week:02d}"
            case PeriodKind.FORTNIGHT:
                second = self.last.isocalendar().week
                return f"{iso.year}-W{iso.week:02d}-W{second:02d}"
            case PeriodKind.MONTH:
                return f"{year}-{month:02d}"
            case PeriodKind.QUARTER:
                return f"{year}-Q{month // 3 + 1}"
            case PeriodKind.HALF_YEAR:
                return f"{year}-H{month // 6 + 1}"
            case PeriodKind.YEAR:
                return f"{year}"

    @property
    def label(self) -> Label:
        """The form people read."""
        year, month = self.first.year, self.first.month
        iso = self.first.isocalendar()
        match self.kind:
            case PeriodKind.DAY | PeriodKind.WORKDAY:
                zh = f"{year}年{month}月{self.first.day}日"
            case PeriodKind.WEEK:
                zh = f"{iso.year}年第{iso.week}周"
            case PeriodKind.FORTNIGHT:
                zh = f"{iso.year}年第{iso.week}、{self.last.isocalendar().week}周"
            case PeriodKind.MONTH:
                zh = f"{year}年{month}月"
            case PeriodKind.QUARTER:
                zh = f"{year}年第{month // 3 + 1}季度"
            case PeriodKind.HALF_YEAR:
                zh = f"{year}年{'上下'[month // 6]}半年"
            case PeriodKind.YEAR:
                zh = f"{year}年"
        return Label(zh, self.text)


def period_of(kind: PeriodKind, on: date) -> Period:
    """Return the period a date lies in; a workday period is that date alone."""
    if kind in _MONTHS:
        step = _MONTHS[kind]
        months = on.year * 12 + on.month - 1
        months -= months % step
        return Period(_month_start(months), _month_start(months + step), kind)
    first = on
    if kind in {PeriodKind.WEEK, PeriodKind.FORTNIGHT}:
        first = on - timedelta(on.weekday())
    if kind is PeriodKind.FORTNIGHT:
        first -= (first - _FORTNIGHTS_FROM) % timedelta(weeks=2)
    return Period(first, first + timedelta(_DAYS[kind]), kind)


def period_at(kind: PeriodKind, at: datetime, zone: ZoneInfo) -> Period:
    """Return the period an instant lies in where the zone holds."""
    return period_of(kind, at.astimezone(zone).date())


def next_period(period: Period, calendar: BusinessCalendar | None = None) -> Period:
    """Return the period that follows; the calendar is needed for workdays."""
    if period.kind is PeriodKind.WORKDAY:
        on = _needed(calendar).next_workday(period.first)
        return period_of(period.kind, on)
    return period_of(period.kind, period.end)


def previous_period(period: Period, calendar: BusinessCalendar | None = None) -> Period:
    """Return the period before; the calendar is needed for workdays."""
    if period.kind is PeriodKind.WORKDAY:
        on = _needed(calendar).previous_workday(period.first)
        return period_of(period.kind, on)
    return period_of(period.kind, period.first - _ONE_DAY)


def periods_in(
    kind: PeriodKind, within: DateRange, calendar: BusinessCalendar | None = None
) -> Iterator[Period]:
    """Yield the periods that share a date with a range, in order.

    Of workdays only those of the calendar, which is needed for them.
    """
    on = within.first
    while on < within.end:
        period = period_of(kind, on)
        if kind is not PeriodKind.WORKDAY or _needed(calendar).is_workday(on):
            yield period
        on = period.end


def parse_period(text: str) -> Period:
    """Read the written form or the one people read; a date is a day.

    Raises:
        PeriodError: The text names no period of a year that calendars are kept for.
    """
    plain = text.strip().upper()
    for pattern, kind in _FORMS:
        found = pattern.fullmatch(plain)
        if found:
            try:
                period = _read(kind, found.groups())
            except (ValueError, OverflowError):  # the last day has none after it
                break
            if FIRST_YEAR <= period.first.year <= LAST_YEAR:
                return period
    raise PeriodError(
        "「{text}」不是期间；可写 2026-10-08、2026-W41、2026-10、2026-Q4、2026-H2 或 "
        "2026。",
        "'{text}' is not a period; write 2026-10-08, 2026-W41, 2026-10, 2026-Q4, "
        "2026-H2 or 2026.",
        text=text,
    )


_FORMS = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"(\d{4})[-年](\d\d?)[-月](\d\d?)日?", PeriodKind.DAY),
        (r"(\d{4})(?:-W|年第)(\d\d?)(?:-W|、)(\d\d?)周?", PeriodKind.FORTNIGHT),
        (r"(\d{4})(?:-?W|年第)(\d\d?)周?", PeriodKind.WEEK),
        (r"(\d{4})[-年](\d\d?)月?", PeriodKind.MONTH),
        (r"(\d{4})(?:-?Q|年第?)([1-4])(?:季度?)?", PeriodKind.QUARTER),
        (r"(\d{4})(?:-?H|年)([12上下])(?:半年)?", PeriodKind.HALF_YEAR),
        (r"(\d{4})年?", PeriodKind.YEAR),
    )
)


def _read(kind: PeriodKind, parts: tuple[str, ...]) -> Period:
    """Build a period; ValueError if there is none of these numbers."""
    year = int(parts[0])
    numbers = ["上下".find(each) + 1 or int(each) for each in parts[1:]]
    if kind is PeriodKind.DAY:
        return period_of(kind, date(year, *numbers))
    if kind in _MONTHS:
        month = (numbers[0] - 1) * _MONTHS[kind] + 1 if numbers else 1
        return period_of(kind, date(year, month, 1))
    period = period_of(kind, date.fromisocalendar(year, numbers[0], 1))
    weeks = [each.isocalendar().week for each in (period.first, period.last)]
    if numbers != weeks[: len(numbers)]:
        raise ValueError(f"weeks {numbers} make no pair")
    return period


def months_later(on: date, count: int) -> date:
    """Return the same day so many months on, the month's last where there is none."""
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    last = monthrange(year, month + 1)[1]
    return on.replace(year=year, month=month + 1, day=min(on.day, last))


def _month_start(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _needed(calendar: BusinessCalendar | None) -> BusinessCalendar:
    if calendar is None:
        raise ValueError("workdays need a calendar")
    return calendar
