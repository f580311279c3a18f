"""Ranks and shares of a group of people: pure functions of figures by staff id.

Every result is a whole number of the smallest step (the fen for money, the tenth
decimal for anything else), and what is divided is divided to the last step. The order
in which people are given never matters: who ties is told apart by the staff id.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import NamedTuple

from models.rules.formula_units import DECIMALS, EXACT, MONEY, Unit, settle

_FEN = Decimal("0.01")
_LAST_PLACE = Decimal(1).scaleb(-DECIMALS)
_NOTHING = Decimal(0)


class Place(NamedTuple):
    """Where a person stands in a ranking, 1 for the best."""

    rank: int
    ties: int  # how many share this rank, the person included
    turn: int  # which of them the person is by staff id, from 0
    ranked: int  # how many are ranked at all


def step_of(unit: Unit) -> Decimal:
    """Return the smallest amount that is given away in a unit."""
    return _FEN if unit == MONEY else _LAST_PLACE


def ranking(figures: Mapping[int, Decimal]) -> dict[int, Place]:
    """Return everybody's place by figure, the greatest first.

    Only figures above zero are ranked. Those who tie have the same rank, and the next
    one's rank counts all before: 1, 2, 2, 4.
    """
    settled = ((one, settle(figure)) for one, figure in figures.items())
    ranked = sorted(
        ((-figure, one) for one, figure in settled if figure > 0),
    )
    places: dict[int, Place] = {}
    for _, same in groupby(ranked, key=lambda pair: pair[0]):
        tied = [one for _, one in same]
        rank = len(places) + 1
        for turn, one in enumerate(tied):
            places[one] = Place(rank, len(tied), turn, len(ranked))
    return places


def award(place: Place, awards: Sequence[Decimal], step: Decimal) -> Decimal:
    """Return the award where those who tie share the awards of the places they take.

    Two who share the second place divide the second and third award. Steps that are
    left over go to the lowest staff ids, one each.
    """
    taken = awards[place.rank - 1 : place.rank - 1 + place.ties]
    total = _NOTHING
    for one in taken:
        total = EXACT.add(total, one)
    steps = int(_in_steps(total, step))
    each, left = divmod(abs(steps), place.ties)
    mine = each + (1 if place.turn < left else 0)
    return EXACT.multiply(Decimal(mine if steps >= 0 else -mine), step)


def award_alike(place: Place, awards: Sequence[Decimal], step: Decimal) -> Decimal:
    """Return the award where all who tie get the whole award of the better place."""
    if place.rank > len(awards):
        return _NOTHING
    return EXACT.multiply(Decimal(int(_in_steps(awards[place.rank - 1], step))), step)


def divided(
    pool: Decimal, weights: Mapping[int, Decimal], step: Decimal
) -> dict[int, Decimal]:
    """Return each person's part of a pool, which together are the pool exactly.

    By the largest remainder: everybody gets the whole steps of the exact part, and the
    steps left over go, one each, to those whose exact part was cut most; of the same
    cut the lowest staff id first. If all weights are zero nobody gets anything.

    Args:
        pool: What is divided, below zero for what is borne together; it is set to the
            step first, half up.
        weights: None is below zero.
        step: The smallest amount.
    """
    settled = {one: settle(weight) for one, weight in weights.items()}
    # As integers, so that a part of a part is exact whatever the figures are.
    whole = {
        one: int(weight.scaleb(DECIMALS, EXACT)) for one, weight in settled.items()
    }
    total = sum(whole.values())
    if not total:
        return dict.fromkeys(weights, _NOTHING)
    steps = int(_in_steps(pool, step))
    parts = {one: divmod(abs(steps) * weight, total) for one, weight in whole.items()}
    left = abs(steps) - sum(full for full, _ in parts.values())
    by_cut = sorted(parts, key=lambda one: (-parts[one][1], one))
    lucky = set(by_cut[:left])
    sign = 1 if steps >= 0 else -1
    return {
        one: EXACT.multiply(Decimal(sign * (full + (one in lucky))), step)
        for one, (full, _) in parts.items()
    }


def _in_steps(amount: Decimal, step: Decimal) -> Decimal:
    """Return how many steps an amount is, half up."""
    exact = EXACT.divide(settle(amount), step)
    return exact.to_integral_value(ROUND_HALF_UP)
