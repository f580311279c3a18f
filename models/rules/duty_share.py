"""What a person owes of a duty, and what became of it: plain values in and out.

A day is worked in halves: two, one or none. What is owed of a count follows the days
worked among the days planned, rounded half up to a whole; half a day of ten calls is
five. A share or an average is owed whole, however few days were worked.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from models.rules.open_time import Span
from models.words import Label

HALVES = 2  # of a whole day
_QUARTER, _THREE_QUARTERS = Decimal("0.25"), Decimal("0.75")
_ZERO = timedelta()


class Verdict(StrEnum):
    """What became of a duty of one person in one period."""

    MET = "met"
    BEHIND = "behind"  # not yet reached, and there is time left
    MISSED = "missed"
    EXCUSED = "excused"  # missed, and left out of all that is counted
    FREE = "free"  # nothing is owed: on leave, not employed, nothing to judge


VERDICT_LABELS = {
    Verdict.MET: Label("达标", "met"),
    Verdict.BEHIND: Label("进行中", "under way"),
    Verdict.MISSED: Label("未达标", "missed"),
    Verdict.EXCUSED: Label("已剔除", "excused"),
    Verdict.FREE: Label("不计", "not owed"),
}


def worked_halves(open_spans: Sequence[Span], away: Iterable[Span]) -> int:
    """Return how many halves of a day are worked: two, one or none.

    Args:
        open_spans: The day's working hours, one after another (UTC).
        away: When the person is not there; spells may overlap.

    Away for less than a quarter of the hours is nothing, for less than three quarters
    half a day, else the whole.
    """
    total = sum((end - start for start, end in open_spans), _ZERO)
    if not total:
        return 0
    gone = sum(
        (
            max(min(end, until) - max(start, since), _ZERO)
            for start, end in open_spans
            for since, until in _joined(away)
        ),
        _ZERO,
    )
    share = Decimal(gone // timedelta(seconds=1)) / (total // timedelta(seconds=1))
    if share < _QUARTER:
        return HALVES
    return 1 if share < _THREE_QUARTERS else 0


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spells in order, those that overlap made one."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def owed(at_least: Decimal, worked: int, planned: int) -> Decimal:
    """Return what is owed of a count: its share of the planned halves of days.

    Rounded half up to a whole. Nothing is owed where nothing was planned.
    """
    if worked >= planned:
        return at_least if planned else Decimal(0)
    return (at_least * worked / planned).quantize(Decimal(1), ROUND_HALF_UP)


def verdict(
    figure: Decimal | None,
    least: Decimal | None,
    most: Decimal | None,
    *,
    is_covered: bool = True,
    is_over: bool,
) -> Verdict:
    """Return what became of a duty.

    Args:
        figure: What was done; None where there is nothing to take a share of.
        least: What is owed at least; None: no lower bound, zero: nothing.
        most: What may be at most; None: no upper bound.
        is_covered: Whether every topic was dealt with.
        is_over: Whether the due point has passed.
    """
    if figure is None or (most is None and not least):
        return Verdict.FREE
    if most is not None and figure > most:
        return Verdict.MISSED
    if (least is None or figure >= least) and is_covered:
        return Verdict.MET
    return Verdict.MISSED if is_over else Verdict.BEHIND


LEFT_OUT = frozenset({Verdict.EXCUSED, Verdict.FREE})
"""What counts in no share."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what counts for several periods together: the worst of them."""
    order = (Verdict.MISSED, Verdict.BEHIND, Verdict.MET, Verdict.EXCUSED)
    found = set(verdicts)
    return next((one for one in order if one in found), Verdict.FREE)
