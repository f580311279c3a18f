"""Due instants of very many starts that are allowed the same business time.

For one length the due instant as a function of the start is made of pieces: a start
while business runs is moved on by a fixed shift until either it or its due instant
meets a closing, and all starts while business rests are due at one instant. With the
pieces at hand a start costs one search among the few pieces of its own day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Spans(Protocol):
    """Open spans in order with running totals, as `open_time` keeps them."""

    @property
    def starts(self) -> Sequence[datetime]:
        """When each span begins (UTC)."""

    @property
    def ends(self) -> Sequence[datetime]:
        """When each span ends."""

    @property
    def before(self) -> Sequence[timedelta]:
        """The open time before each span begins."""

    @property
    def after(self) -> Sequence[timedelta]:
        """The open time when each span has ended."""


@dataclass(frozen=True, slots=True)
class DuePieces:
    """The pieces in order; each holds up to its last start, which is its own."""

    lasts: list[datetime]
    fixed: list[datetime | None]  # due at this instant, whatever the start
    shifts: list[timedelta]  # or so much later than the start
    first_day: int  # ordinal of the UTC day of the first piece
    of_days: list[int]  # the first piece that reaches a day, day by day

    def dues(self, starts: Sequence[datetime]) -> list[datetime]:
        """Return the due instant of each start, all within the pieces."""
        lasts, fixed, shifts = self.lasts, self.fixed, self.shifts
        first, of_days = self.first_day, self.of_days
        return [
            fixed[piece] or start + shifts[piece]
            for start in starts
            for day in (start.toordinal() - first,)
            for piece in (bisect_left(lasts, start, of_days[day], of_days[day + 1]),)
        ]


def due_pieces(
    spans: Spans, length: timedelta, first: datetime, last: datetime, limit: timedelta
) -> DuePieces | None:
    """Cut the time from a first to a last start into pieces for a length.

    Args:
        spans: The open time; it reaches beyond the due instant of the last start.
        length: The business time allowed, more than zero.
        first: The earliest start asked about (UTC).
        last: The latest.
        limit: The longest that a due instant may lie ahead.

    Returns:
        None if some start may be due further ahead than the limit.
    """
    lasts: list[datetime] = []
    fixed: list[datetime | None] = []
    shifts: list[timedelta] = []
    starts, ends, before, after = spans.starts, spans.ends, spans.before, spans.after
    began = first
    index = bisect_right(ends, first)
    due_in = bisect_left(after, before[index] + length, index)
    while began <= last:
        opens, closes, target = starts[index], ends[index], before[index] + length
        # Until the opening: all are due at one instant.
        while after[due_in] < target:
            due_in += 1
        due = starts[due_in] + (target - before[due_in])
        if due - min(began, opens) > limit:
            return None
        lasts.append(opens)
        fixed.append(due)
        shifts.append(due - opens)
        # While open: until the start or its due instant meets a closing.
        began = opens
        while began < closes and began <= last:
            if after[due_in] == target + (began - opens):
                due_in += 1
            shift = starts[due_in] - opens + (target - before[due_in])
            if shift > limit:
                return None
            began = min(closes, opens + (after[due_in] - target))
            lasts.append(began)
            fixed.append(None)
            shifts.append(shift)
        index += 1
    return DuePieces(lasts, fixed, shifts, *_by_day(lasts, first, last))


def _by_day(
    lasts: Sequence[datetime], first: datetime, last: datetime
) -> tuple[int, list[int]]:
    """Return the first day, and for each day on the first piece that reaches it."""
    days = range(first.toordinal(), last.toordinal() + 2)
    of_days: list[int] = []
    piece = 0
    for day in days:
        while piece < len(lasts) and lasts[piece].toordinal() < day:
            piece += 1
        of_days.append(piece)
    return days.start, of_days
