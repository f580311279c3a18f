"""Sharing calls out: evenly, to people who may see them. Pure: no database, no clock.

What was given before stays where it is, so that nobody's list shuffles.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Item(Generic[Key]):
    """One call to be given to somebody: to `first` if they are there, else anyone."""

    key: Key
    may: Collection[int]  # the people who may see what it is about
    first: int | None = None


def dealt(
    items: Iterable[Item[Key]], people: Sequence[int], held: Mapping[int, int]
) -> dict[Key, int]:
    """Return {call: person}: each goes to whoever of those that may has the fewest.

    Numbers end up within one of each other as far as what people held before and may
    see allows. Of equals the first of `people` is next. A call that nobody there may
    see is left out.
    """
    counts = {one: held.get(one, 0) for one in people}
    given: dict[Key, int] = {}
    waiting = []
    for one in items:
        if one.first in counts and one.first in one.may:
            given[one.key] = one.first
            counts[one.first] += 1
        else:
            waiting.append(one)
    for one in waiting:
        able = [it for it in counts if it in one.may]
        if able:
            chosen = min(able, key=counts.__getitem__)
            given[one.key] = chosen
            counts[chosen] += 1
    return given


def filled(
    offered: Mapping[int, Sequence[Key]],
    held: Mapping[int, int],
    up_to: int,
) -> dict[Key, int]:
    """Return {call: person}: lists filled up to a number, one call at a time each.

    Args:
        offered: What each person may be given, the most urgent first.
        held: How many calls each has already.
        up_to: How many each shall have.
    """
    counts = {one: held.get(one, 0) for one in offered}
    places = dict.fromkeys(offered, 0)
    given: dict[Key, int] = {}
    able = [one for one in offered if counts[one] < up_to]
    while able:
        chosen = min(able, key=counts.__getitem__)
        row, place = offered[chosen], places[chosen]
        while place < len(row) and row[place] in given:
            place += 1
        places[chosen] = place + 1
        if place < len(row):
            given[row[place]] = chosen
            counts[chosen] += 1
        if place >= len(row) or counts[chosen] >= up_to:
            able.remove(chosen)
    return given
