"""Ranks and shares over a group: nobody's order matters, and no fen is lost."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.formula_groups import award, award_alike, divided, ranking

FEN = Decimal("0.01")
PEOPLE = st.integers(1, 10_000)
FIGURES = st.integers(-500, 10**7).map(lambda n: Decimal(n) / 100)
GROUPS = st.dictionaries(PEOPLE, FIGURES, max_size=40)
WEIGHTS = st.dictionaries(
    PEOPLE, st.integers(0, 10**9).map(lambda n: Decimal(n) / 1000), max_size=40
)
POOLS = st.integers(-(10**9), 10**9).map(lambda fen: Decimal(fen) / 100)
AWARDS = st.lists(st.integers(0, 10**6).map(lambda n: Decimal(n) / 100), max_size=6)


def figures(*amounts: str) -> dict[int, Decimal]:
    return {one: Decimal(amount) for one, amount in enumerate(amounts, start=1)}


@pytest.mark.parametrize(
    ("given_figures", "awards", "shared", "alike"),
    [
        (
            ["9", "8", "7"],
            ["15", "10", "5"],
            ["15.00", "10.00", "5.00"],
            ["15.00", "10.00", "5.00"],
        ),
        # Two share the second place and take the third as well: (10 + 5) / 2.
        (
            ["9", "8", "8", "7"],
            ["15", "10", "5"],
            ["15.00", "7.50", "7.50", "0.00"],
            ["15.00", "10.00", "10.00", "0"],
        ),
        # Three share the first: 30 / 3.
        (
            ["9", "9", "9"],
            ["15", "10", "5"],
            ["10.00", "10.00", "10.00"],
            ["15.00", "15.00", "15.00"],
        ),
        # Three share the last award of 5: 1.67 + 1.67 + 1.66, lower ids first.
        (
            ["9", "8", "8", "8"],
            ["9", "5"],
            ["9.00", "1.67", "1.67", "1.66"],
            ["9.00", "5.00", "5.00", "5.00"],
        ),
        # What would have been the fourth place gets nothing.
        (
            ["1", "2", "3", "4"],
            ["5"],
            ["0.00", "0.00", "0.00", "5.00"],
            ["0", "0", "0", "5.00"],
        ),
        # Zero and below are not ranked.
        (["0", "-3", "2"], ["5", "4"], [None, None, "5.00"], [None, None, "5.00"]),
        (["0.0000000000001", "2"], ["5", "4"], [None, "5.00"], [None, "5.00"]),
    ],
)
def test_awards_by_place(
    given_figures: list[str],
    awards: list[str],
    shared: list[str | None],
    alike: list[str | None],
) -> None:
    places = ranking(figures(*given_figures))
    amounts = [Decimal(one) for one in awards]

    def given_by(how: Callable[..., Decimal]) -> list[str | None]:
        return [
            str(how(places[one], amounts, FEN)) if one in places else None
            for one in range(1, len(given_figures) + 1)
        ]

    assert given_by(award) == shared
    assert given_by(award_alike) == alike


def test_ranks_after_a_tie_count_everybody_before() -> None:
    places = ranking(figures("5", "9", "5", "1"))

    assert [places[one].rank for one in (1, 2, 3, 4)] == [2, 1, 2, 4]
    assert [places[one].turn for one in (1, 3)] == [0, 1]
    assert places[1].ties == 2
    assert places[4].ranked == 4


@given(GROUPS, st.randoms(use_true_random=False))
def test_a_ranking_is_the_same_in_whatever_order_people_are_given(
    group: dict[int, Decimal], shuffle: Random
) -> None:
    mixed = list(group.items())
    shuffle.shuffle(mixed)

    assert ranking(dict(mixed)) == ranking(group)


@given(GROUPS, AWARDS)
def test_shared_awards_give_away_exactly_the_awards_of_the_places_taken(
    group: dict[int, Decimal], awards: list[Decimal]
) -> None:
    places = ranking(group)

    given_away = sum(award(place, awards, FEN) for place in places.values())

    assert given_away == sum(awards[: len(places)])


@given(GROUPS, st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_a_better_figure_never_gets_less(
    group: dict[int, Decimal], amounts: list[int]
) -> None:
    awards = [Decimal(one) for one in sorted(amounts, reverse=True)]
    places = ranking(group)
    for one in places:
        for other in places:
            if group[one] > group[other]:
                better, worse = places[one], places[other]
                assert award(better, awards, FEN) >= award(worse, awards, FEN)
                assert award_alike(better, awards, FEN) >= award_alike(
                    worse, awards, FEN
                )


@pytest.mark.parametrize(
    ("pool", "weights", "parts"),
    [
        ("100", ["1", "1", "1"], ["33.34", "33.33", "33.33"]),
        # 0.05 over 1:2:4 is 0.0071, 0.0142, 0.0285: two fen to the third, one to the
        # second, and two left over: the cuts are .714, .428, .857 of a fen.
        ("0.05", ["1", "2", "4"], ["0.01", "0.01", "0.03"]),
        ("0.01", ["1", "1"], ["0.01", "0.00"]),
        ("-100", ["1", "2"], ["-33.33", "-66.67"]),
        ("10", ["0", "5"], ["0.00", "10.00"]),
        ("10", ["0", "0"], ["0", "0"]),
        ("10.005", ["1"], ["10.01"]),
    ],
)
def test_a_pool_is_divided_by_the_largest_remainder(
    pool: str, weights: list[str], parts: list[str]
) -> None:
    found = divided(Decimal(pool), figures(*weights), FEN)

    assert [str(found[one]) for one in sorted(found)] == parts


@given(POOLS, WEIGHTS, WEIGHTS)
def test_no_fen_of_a_pool_is_lost_or_made_when_weights_change(
    pool: Decimal, weights: dict[int, Decimal], changes: dict[int, Decimal]
) -> None:
    for one in (weights, weights | changes):
        parts = divided(pool, one, FEN)

        assert sum(parts.values()) == (pool if any(one.values()) else 0)
        assert set(parts) == set(one)


@given(POOLS, WEIGHTS, st.randoms(use_true_random=False))
def test_a_part_is_within_a_fen_of_the_exact_one_and_the_order_does_not_matter(
    pool: Decimal, weights: dict[int, Decimal], shuffle: Random
) -> None:
    total = sum(weights.values())
    mixed = list(weights.items())
    shuffle.shuffle(mixed)

    parts = divided(pool, weights, FEN)

    assert divided(pool, dict(mixed), FEN) == parts
    if total:
        for one, part in parts.items():
            assert abs(part * total - pool * weights[one]) < FEN * total


@given(st.integers(0, 10**9), WEIGHTS)
def test_what_is_no_money_is_divided_to_the_tenth_decimal(
    whole: int, weights: dict[int, Decimal]
) -> None:
    pool = Decimal(whole) / 3
    parts = divided(pool, weights, Decimal("1e-10"))

    if any(weights.values()):
        assert sum(parts.values()) == pool.quantize(Decimal("1e-10"))
