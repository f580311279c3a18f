"""Calls are shared out evenly and stay with whoever has them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from models.rules.call_sharing import Item, dealt, filled

ANYONE = (1, 2, 3)


def test_numbers_are_within_one_of_each_other() -> None:
    given_ = dealt([Item(n, ANYONE) for n in range(10)], ANYONE, {})

    assert sorted(Counter(given_.values()).values()) == [3, 3, 4]


def test_who_has_more_already_is_given_less() -> None:
    given_ = dealt([Item(n, ANYONE) for n in range(4)], ANYONE, {1: 3, 2: 1})

    assert Counter(given_.values()) == {3: 2, 2: 2} or Counter(given_.values()) == {
        3: 3,
        2: 1,
    }


def test_a_retry_stays_with_who_called_first_if_they_are_there() -> None:
    items = [Item("a", ANYONE, first=2), Item("b", ANYONE, first=9)]

    assert dealt(items, ANYONE, {}) == {"a": 2, "b": 1}


def test_nobody_is_given_what_they_may_not_see() -> None:
    items = [Item("a", (3,)), Item("b", ()), Item("c", (1,), first=3)]

    assert dealt(items, ANYONE, {}) == {"a": 3, "c": 1}


@given(
    st.dictionaries(st.integers(1, 6), st.integers(0, 12), min_size=1),
    st.integers(0, 60),
    st.integers(0, 12),
)
def test_lists_are_filled_evenly_and_never_over_what_is_asked(
    held: dict[int, int], there: int, up_to: int
) -> None:
    row = list(range(there))

    found = filled(dict.fromkeys(held, row), held, up_to)

    after = Counter(held) + Counter(found.values())
    grown = [after[one] for one in found.values()]
    assert len(found) == min(there, sum(max(up_to - n, 0) for n in held.values()))
    assert all(n <= up_to for n in grown)
    lowest = min(after[one] for one in held)
    assert all(n <= lowest + 1 for n in grown)
    assert list(found) == row[: len(found)]  # the most urgent first
