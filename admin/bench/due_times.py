"""Due times: a million at once beside a plain walk over the spans and a bare bisection.

Both are given the very spans, as two lists, and where the start lies among them; what
they lack is what a calendar does besides: growing with the years, and its refusals.
A batch of questions is measured too: its memory must not grow with its lines.
"""

import json
import os
import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from admin.bench.operations import BATCH_MEMORY, DUE_BISECT, DUE_MEMORY, DUE_WALK
from admin.bench.peak import Cost, cost, forget_peak, most_memory
from admin.bench.run import Tell, Verdict
from jobs.due_commands import answer_all, known
from models.calendars import CalendarMissingError
from models.rules.business_calendar import BusinessCalendar
from models.rules.calendar_object import WEEKDAYS, read_calendar
from models.rules.deadlines import due_instants
from models.rules.how_long import Count, Hours
from models.rules.official_days import with_official_days

COUNT = 1_000_000
QUESTIONS = 100_000
ROUNDS = 3
HOURS = (8, 24)  # of business time: a workday, and three of them
_WRITTEN = {
    "zone": "Asia/Shanghai",
    "weekly": {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in WEEKDAYS[:5]},
}
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
_SECONDS = 2 * 365 * 86_400

Starts = list[datetime]
Way = Callable[[Starts, timedelta], list[datetime]]


@dataclass(frozen=True, slots=True)
class BareSpans:
    """Open spans as a short program of one's own would hold them."""

    opens: Sequence[datetime]
    closes: Sequence[datetime]
    before: Sequence[timedelta]  # open time before each span
    after: Sequence[timedelta]  # and at its end

    @classmethod
    def of(cls, calendar: BusinessCalendar) -> "BareSpans":
        """Take the spans of the years asked about and of what comes after."""
        until = _FIRST + timedelta(seconds=2 * _SECONDS)
        spans = list(calendar.open_spans(_FIRST, until))
        before, after, total = [], [], timedelta()
        for start, end in spans:
            before.append(total)
            total += end - start
            after.append(total)
        return cls(
            [start for start, _ in spans], [end for _, end in spans], before, after
        )

    def walked(self, starts: Starts, length: timedelta) -> list[datetime]:
        """Go from span to span until the time is used up."""
        opens, closes, dues = self.opens, self.closes, []
        for start in starts:
            left, at = length, bisect_right(closes, start)
            begin = max(start, opens[at])
            while (open_for := closes[at] - begin) < left:
                left -= open_for
                at += 1
                begin = opens[at]
            dues.append(begin + left)
        return dues

    def bisected(self, starts: Starts, length: timedelta) -> list[datetime]:
        """Look up the span of the start and that of the due instant."""
        opens, closes, before, after = self.opens, self.closes, self.before, self.after
        dues = []
        for start in starts:
            at = bisect_right(closes, start)
            target = before[at] + length
            if start > opens[at]:
                target += start - opens[at]
            due_in = bisect_left(after, target)
            dues.append(opens[due_in] + (target - before[due_in]))
        return dues


def marks(tell: Tell, count: int = COUNT) -> list[Verdict]:
    """Measure so many due times of each length, in turn, and compare by CPU."""
    office = _office()
    spans = BareSpans.of(office)
    drawn = random.Random(count)  # noqa: S311 - the same starts each time
    starts = [
        _FIRST + timedelta(seconds=drawn.randrange(_SECONDS)) for _ in range(count)
    ]

    def ours(starts: Starts, length: timedelta) -> list[datetime]:
        return due_instants(starts, Hours(length, Count.BUSINESS), office)

    found: list[Verdict] = []
    for hours in HOURS:
        tell(f"due times {hours} h")
        length = timedelta(hours=hours)
        mine, walk, bisection = _costs(
            (ours, spans.walked, spans.bisected), starts, length
        )
        taken, walked, bisected = mine.seconds, walk.seconds, bisection.seconds
        what = f"{count:,} due times of {hours} h, {taken:.2f} s"
        found += [
            Verdict(f"{what}: walk {walked:.2f} s", taken / walked, DUE_WALK),
            Verdict(f"{what}: bisect {bisected:.2f} s", taken / bisected, DUE_BISECT),
            Verdict(f"{what}, memory", mine.peak / bisection.peak, DUE_MEMORY),
        ]
    return found


def batch_mark(tell: Tell, count: int = QUESTIONS) -> Verdict:
    """Answer a twentieth of so many lines and then all; compare the memory held."""
    tell("batch of questions")
    began = time.process_time()
    peaks = []
    for lines in (count // 20, count):
        forget_peak()
        with Path(os.devnull).open("wb") as nowhere:
            answer_all(_questions(lines), nowhere, known(_of_no_code), at_once=False)
        peaks.append(most_memory())
    each = (time.process_time() - began) / (count + count // 20)
    what = f"{count:,} questions of a batch, {each * 1e6:.0f} µs each, memory"
    return Verdict(what, peaks[1] / peaks[0], BATCH_MEMORY)


def _questions(count: int) -> Iterator[bytes]:
    calendar = json.dumps(_WRITTEN | {"days_off": ["2026-10-01", "2026-10-02"]})
    for at in range(count):
        start = _FIRST + timedelta(seconds=at * 7_919 % _SECONDS)
        yield (
            f'{{"id": {at}, "calendar": {calendar}, '
            f'"start": "{start.isoformat()}", "within_s": {at % 200_000}}}\n'
        ).encode()


def _of_no_code(code: str) -> BusinessCalendar:
    raise CalendarMissingError(code)


def _office() -> BusinessCalendar:
    """Return an office with a break at noon and the official days of China."""
    parts = read_calendar(_WRITTEN)
    years = range(_FIRST.year, _FIRST.year + 3)
    return BusinessCalendar(with_official_days(parts, years))


def _costs(ways: Sequence[Way], starts: Starts, length: timedelta) -> list[Cost]:
    """Return what each way costs by CPU, the median; all must agree."""
    costs: list[list[Cost]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        answers = set()
        for way, some in zip(ways, costs, strict=True):
            answer: list[datetime] = []
            given = partial(way, starts, length)
            some.append(cost(time.process_time, partial(_into, answer, given)))
            # Not the answers themselves: they would count to the next one's memory.
            answers.add(hash(tuple(answer)))
        if len(answers) > 1:
            raise ValueError("the ways to find due times do not agree")
    return [Cost.median(each) for each in costs]


def _into(answer: list[datetime], way: Callable[[], list[datetime]]) -> None:
    answer[:] = way()
