"""Open time as sorted spans with running totals, searched by bisection.

A table of whole years is built when first asked for and grows a year at a time, so
that a question costs two binary searches whatever the length it asks about.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from models.rules.due_pieces import DuePieces, due_pieces
from models.words import PersonError

Span = tuple[datetime, datetime]

FIRST_YEAR, LAST_YEAR = 1900, 2199
# What is not reached in this time is never reached: the calendar is at fault.
SEARCH_YEARS = 10
_SEARCH_LIMIT = timedelta(days=3653)
_ZERO = timedelta()
FEW = 500  # starts; for less it does not pay to prepare


class NeverOpensError(PersonError):
    """The calendar does not open long enough within ten years of the start."""


class OutOfYearsError(PersonError):
    """A moment lies outside the years that calendars are kept for."""


def check_year(year: int) -> None:
    """Refuse a year no calendar is kept for; most often it is a mistyped one."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutOfYearsError(
            "推算到了 {year} 年，超出日历范围；请填写 {first} 至 {last} 年之间的时间。",
            "This leads to the year {year}, outside the calendars; "
            "give times from {first} to {last}.",
            year=year,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


def never_opens(near: date) -> NeverOpensError:
    """Say that ten years of the calendar are not enough."""
    return NeverOpensError(
        "从 {on} 起推算十年，营业时间仍不够；请检查日历的营业时间。",
        "The calendar is not open long enough within ten years of {on}; "
        "check its opening hours.",
        on=near.isoformat()[:10],
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """All open spans of some whole years; spans neither touch nor overlap."""

    first_year: int
    last_year: int
    covers_from: datetime
    covers_until: datetime
    starts: Sequence[datetime]
    ends: Sequence[datetime]
    before: Sequence[timedelta]  # open time before each span begins
    after: Sequence[timedelta]  # open time when it has ended

    def added(self, start: datetime, length: timedelta) -> datetime | None:
        """Return when the length is used up; None if the table ends before."""
        first = bisect_right(self.ends, start)
        try:
            target = self.before[first] + length
            opened_at = self.starts[first]
            if start > opened_at:
                target += start - opened_at
            last = bisect_left(self.after, target, first)
            due = self.starts[last] + (target - self.before[last])
        except IndexError:
            return None
        if due - start > _SEARCH_LIMIT:
            raise never_opens(start)
        return due

    def taken(self, end: datetime, length: timedelta) -> datetime | None:
        """Return the last instant with this much open time left to a covered end."""
        target = self.open_until(end) - length
        if target < _ZERO:
            return None
        last = bisect_right(self.before, target) - 1
        start = self.starts[last] + (target - self.before[last])
        if end - start > _SEARCH_LIMIT:
            raise never_opens(end)
        return start if start >= self.covers_from else None

    def open_until(self, at: datetime) -> timedelta:
        """Return the open time from the table's beginning to a covered instant."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return _ZERO
        return self.before[index] + (min(at, self.ends[index]) - self.starts[index])


@dataclass(slots=True)
class OpenTime:
    """A calendar's open time; safe to ask from several threads at once.

    Readers take the current table in one step and never see a half-built one; only
    growing is locked.
    """

    spans_on: Callable[[date], Iterable[Span]]  # UTC spans that begin on a local date
    day_start: Callable[[date], datetime]  # UTC instant at which a local date begins
    _table: _Table | None = None
    _years: dict[int, list[Span]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Return the first instant by which the open time since start is the length.

        A length that ends exactly at closing ends at closing, not at the next
        opening; no length at all ends at the start.
        """
        if not length:
            return start
        table = self._table
        if table is None or start < table.covers_from:
            table = self._covering(start, start)
        due = table.added(start, length)
        while due is None:
            if table.last_year > start.year + SEARCH_YEARS:
                raise never_opens(start)
            table = self._covering(start, max(start, table.covers_until))
            due = table.added(start, length)
        return due

    def add_to_all(
        self, starts: Iterable[datetime], length: timedelta
    ) -> list[datetime]:
        """Do `add` for many starts: faster, since they share what can be prepared."""
        every = starts if isinstance(starts, list) else list(starts)
        pieces = None
        if length and len(every) >= FEW:
            pieces = self._pieces(min(every), max(every), length, len(every))
        if pieces is None:
            return [self.add(start, length) for start in every]
        return pieces.dues(every)

    def _pieces(
        self, first: datetime, last: datetime, length: timedelta, count: int
    ) -> DuePieces | None:
        """Prepare so many starts between two; None where that does not pay."""
        self.add(last, length)  # so that the table covers all that fall due
        table = self._covering(first, last)
        spans = bisect_right(table.starts, last) - bisect_right(table.ends, first)
        if spans > count:
            return None
        return due_pieces(table, length, first, last, _SEARCH_LIMIT)

    def take(self, end: datetime, length: timedelta) -> datetime:
        """Return the last instant from which the open time to the end is the length."""
        if not length:
            return end
        table = self._covering(end, end)
        start = table.taken(end, length)
        while start is None:
            if table.first_year < end.year - SEARCH_YEARS:
                raise never_opens(end)
            table = self._covering(table.covers_from - timedelta(days=1), end)
            start = table.taken(end, length)
        return start

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from start to end; below zero if the end is earlier."""
        table = self._covering(min(start, end), max(start, end))
        return table.open_until(end) - table.open_until(start)

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the open spans between two instants, cut at both."""
        table = self._covering(start, end)
        for index in range(bisect_right(table.ends, start), len(table.starts)):
            if table.starts[index] >= end:
                return
            yield max(table.starts[index], start), min(table.ends[index], end)

    def _covering(self, start: datetime, end: datetime) -> _Table:
        """Return a table that covers both instants and all between them."""
        table = self._table
        if table is None or start < table.covers_from or end >= table.covers_until:
            check_year(start.year)
            check_year(end.year)
            table = self._grown(start.year, end.year)
        # Around New Year the zone's year may be another than that of UTC.
        if start < table.covers_from:
            table = self._grown(table.first_year - 1, end.year)
        if end >= table.covers_until:
            table = self._grown(start.year, table.last_year + 1)
        return table

    def _grown(self, first_year: int, last_year: int) -> _Table:
        """Put in place a table of at least these years, and return it."""
        check_year(first_year)
        check_year(last_year)
        with self._lock:
            known = self._table
            if known is not None:
                first_year = min(first_year, known.first_year)
                last_year = max(last_year, known.last_year)
                # Another thread may have been here first.
                if (first_year, last_year) == (known.first_year, known.last_year):
                    return known
            self._table = self._built(first_year, last_year)
            return self._table

    def _built(self, first_year: int, last_year: int) -> _Table:
        starts: list[datetime] = []
        ends: list[datetime] = []
        # A span may run on past midnight, so the last day of the year before counts.
        spans = list(self.spans_on(date(first_year - 1, 12, 31)))
        for year in range(first_year, last_year + 1):
            if year not in self._years:
                self._years[year] = self._spans_of(year)
            spans += self._years[year]
        for start, end in sorted(spans):
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        before, after, total = [], [], _ZERO
        for start, end in zip(starts, ends, strict=True):
            before.append(total)
            total += end - start
            after.append(total)
        return _Table(
            first_year,
            last_year,
            self.day_start(date(first_year, 1, 1)),
            self.day_start(date(last_year + 1, 1, 1)),
            starts,
            ends,
            before,
            after,
        )

    def _spans_of(self, year: int) -> list[Span]:
        first = date(year, 1, 1)
        days = (date(year + 1, 1, 1) - first).days
        return [
            span
            for day in range(days)
            for span in self.spans_on(first + timedelta(day))
        ]
