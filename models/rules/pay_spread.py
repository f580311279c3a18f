"""How pay is spread over people: counted in ranges of round yuan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

MOST_RANGES = 10
_ROUND = (Decimal(1), Decimal(2), Decimal(5))
_TEN = Decimal(10)


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` yuan, included, up to `high`, no longer included."""

    low: Decimal
    high: Decimal
    people: int


def spread(totals: Sequence[Decimal]) -> list[Range]:
    """Count people by ranges of 1, 2 or 5 times a power of ten, ten ranges at most.

    The ranges follow each other without a gap; the first and the last have somebody.
    """
    if not totals:
        return []
    step = _step(totals)
    places = Counter(_place(one, step) for one in totals)
    return [
        Range(place * step, (place + 1) * step, places[place])
        for place in range(min(places), max(places) + 1)
    ]


def _step(totals: Sequence[Decimal]) -> Decimal:
    step, power = _ROUND[0], Decimal(1)
    while True:
        for one in _ROUND:
            step = one * power
            if _place(max(totals), step) - _place(min(totals), step) < MOST_RANGES:
                return step
        power *= _TEN


def _place(amount: Decimal, step: Decimal) -> int:
    return int((amount / step).to_integral_value(ROUND_FLOOR))


def median(totals: Sequence[Decimal]) -> Decimal | None:
    """Return what half of the people get at most; of two in the middle the lower.

    None: there is nobody.
    """
    ordered = sorted(totals)
    return ordered[(len(ordered) - 1) // 2] if ordered else None
