"""When a branch is open: days and their reasons, open time, workdays.

A calendar answers in the time of its own zone and never asks what time it is now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from models.rules.calendar_object import (
    EXTRA_DAY,
    CalendarParts,
    DayHours,
    Week,
    read_calendar,
    write_calendar,
)
from models.rules.open_time import SEARCH_YEARS, OpenTime, Span, never_opens
from models.rules.wall_clock import MINUTES_A_DAY, at_minute
from models.words import Label

_ONE_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_SEARCH_DAYS = SEARCH_YEARS * 366
_SATURDAY = 5

_WORKDAY = Label("工作日", "workday")
_WEEKEND = Label("周末", "weekend")
_WEEKLY_REST = Label("每周休息日", "weekly rest day")
_SPECIAL = Label("特别安排", "special hours")
_CLOSED = Label("当日不营业", "closed this day")


class DayKind(StrEnum):
    """Why a day is open or closed."""

    NORMAL = "normal"  # open by the week's pattern
    REST = "rest"  # closed by the week's pattern
    HOLIDAY = "holiday"  # closed by name: a holiday, a day off
    MAKE_UP = "make_up"  # open though the week's pattern rests
    SPECIAL = "special"  # open or closed by hours of its own


@dataclass(frozen=True, slots=True)
class Day:
    """One local date of a calendar; hours are minutes of the day."""

    on: date
    kind: DayKind
    name: Label
    hours: DayHours

    @property
    def is_workday(self) -> bool:
        """Whether business opens on this date."""
        return bool(self.hours)


@dataclass(frozen=True, slots=True, eq=False)
class BusinessCalendar:
    """The opening hours of one place, day by day; see `calendar_object` for the form.

    A workday is a date on which business opens; the hours after midnight of a span
    that began the evening before do not make a workday of the next date.
    """

    parts: CalendarParts
    zone: ZoneInfo = field(init=False)
    _make_up_hours: DayHours = field(init=False, repr=False)
    _open_time: OpenTime = field(init=False, repr=False)
    # Answers once given; a date's answer never changes, so threads may share them.
    _known_hours: dict[date, DayHours] = field(init=False, repr=False)
    _known_closing: dict[date, datetime] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare what every question needs."""
        hours = next((hours for hours in self.parts.weekly if hours), ())
        object.__setattr__(self, "zone", self.parts.zone)
        object.__setattr__(self, "_make_up_hours", hours)
        object.__setattr__(self, "_known_hours", {})
        object.__setattr__(self, "_known_closing", {})
        object.__setattr__(self, "_open_time", OpenTime(self.spans_on, self.day_start))

    @classmethod
    def from_object(cls, written: object) -> Self:
        """Read the written form; raises CalendarError that names key and value."""
        return cls(read_calendar(written))

    def as_object(self) -> dict[str, object]:
        """Write the calendar as plain values for JSON or YAML."""
        return write_calendar(self.parts)

    # Days

    def hours_on(self, on: date) -> DayHours:
        """Return the hours that begin on a date; none on a rest day."""
        known = self._known_hours.get(on)
        if known is None:
            known = self._known_hours[on] = self._hours_on(on)
        return known

    def is_workday(self, on: date) -> bool:
        """Return whether business opens on a date."""
        return bool(self.hours_on(on))

    def day(self, on: date) -> Day:
        """Return a date with its hours and the reason for them."""
        hours = self.hours_on(on)
        kind, name = self._reason(on, hours)
        return Day(on, kind, name, hours)

    def next_workday(self, on: date) -> date:
        """Return the first workday after a date."""
        return self._search(on, _ONE_DAY)

    def previous_workday(self, on: date) -> date:
        """Return the last workday before a date."""
        return self._search(on, -_ONE_DAY)

    def date_of(self, at: datetime) -> date:
        """Return the date the place's calendar shows at an instant."""
        return at.astimezone(self.zone).date()

    def day_start(self, on: date) -> datetime:
        """Return the instant (UTC) at which a date begins."""
        return at_minute(on, 0, self.zone)

    def opening(self, on: date) -> datetime:
        """Return when business opens on a date (UTC); midnight on a rest day."""
        hours = self.hours_on(on)
        return at_minute(on, hours[0][0] if hours else 0, self.zone)

    def closing(self, on: date) -> datetime:
        """Return when business of a date ends (UTC); 24:00 on a rest day.

        Civil Code art. 203: the last day ends at 24:00, with business hours when
        business stops.
        """
        known = self._known_closing.get(on)
        if known is None:
            minute = max((end for _, end in self.hours_on(on)), default=MINUTES_A_DAY)
            known = self._known_closing[on] = at_minute(on, minute, self.zone)
        return known

    def is_provisional(self, *days: date) -> bool:
        """Return whether one of the dates is in a year not yet published."""
        first = self.parts.provisional_from
        return first is not None and any(day.year >= first for day in days)

    # Open time; instants in and out are UTC

    def spans_on(self, on: date) -> list[Span]:
        """Return the spans that begin on a date; a clock change may swallow one."""
        spans = [
            (at_minute(on, start, self.zone), at_minute(on, end, self.zone))
            for start, end in self.hours_on(on)
        ]
        return [(start, end) for start, end in spans if start < end]

    def open_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the open spans between two instants, cut at both and joined."""
        return self._open_time.spans(start, end)

    def is_open(self, at: datetime) -> bool:
        """Return whether business runs at an instant, its very end included."""
        return any(self.open_spans(at - _MOMENT, at + _MOMENT))

    def business_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from start to end; below zero if the end is earlier."""
        return self._open_time.between(start, end)

    def add_business_time(self, start: datetime, length: timedelta) -> datetime:
        """Return when that much open time has passed since a start.

        A length that ends exactly at closing ends at closing. Raises NeverOpensError
        if ten years are not enough.
        """
        return self._open_time.add(start, length)

    def add_business_time_to_all(
        self, starts: Iterable[datetime], length: timedelta
    ) -> list[datetime]:
        """Do `add_business_time` for many starts."""
        return self._open_time.add_to_all(starts, length)

    def subtract_business_time(self, end: datetime, length: timedelta) -> datetime:
        """Return the last instant with that much open time left until an end."""
        return self._open_time.take(end, length)

    def _hours_on(self, on: date) -> DayHours:
        parts = self.parts
        if on in parts.days:
            return parts.days[on]
        if on in parts.days_off:
            return ()
        hours = self._week(on)[on.weekday()]
        if not hours and on in parts.extra_days:
            return self._make_up_hours
        return hours

    def _week(self, on: date) -> Week:
        other, since = self.parts.weekly_other, self.parts.weeks_from
        if other is None or since is None:
            return self.parts.weekly
        monday = since.toordinal() - since.weekday()
        return other if (on.toordinal() - monday) // 7 % 2 else self.parts.weekly

    def _search(self, on: date, step: timedelta) -> date:
        day = on
        for _ in range(_SEARCH_DAYS):
            day += step
            if self.hours_on(day):
                return day
        raise never_opens(on)

    def _reason(self, on: date, hours: DayHours) -> tuple[DayKind, Label]:
        parts = self.parts
        rests_weekly = not self._week(on)[on.weekday()]
        if not hours:
            if on in parts.days or on in parts.days_off:
                return DayKind.HOLIDAY, parts.days_off.get(on, _CLOSED)
            return DayKind.REST, _WEEKEND if on.weekday() >= _SATURDAY else _WEEKLY_REST
        if rests_weekly or on in parts.days_off:
            return DayKind.MAKE_UP, parts.extra_days.get(on, EXTRA_DAY)
        if on in parts.days:
            return DayKind.SPECIAL, _SPECIAL
        return DayKind.NORMAL, _WORKDAY
