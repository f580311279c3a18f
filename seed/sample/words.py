"""Texts of a sample: lists of words, and what stands in braces within them.

`{surname}` is a text of that list, the same one throughout an entry; `{surname:2}` is
drawn on its own; `{#4}` is four digits. Other names are fields of the entry.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from seed.sample.plan_schema import PoolFile, WordingStanza
from seed.template_schema import validated
from seed.yaml_source import read_yaml

PLACE = re.compile(r"\{([^{}]*)\}")
DIGITS = re.compile(r"#([1-9]\d?)")

Lists = Mapping[str, tuple[WordingStanza, ...]]
Fill = Callable[[str], str | None]
"""Returns the text of an entry's field, None for what is no field."""


@cache
def pool() -> Lists:
    """Return the words that every plan may use."""
    source = read_yaml(Path(__file__).with_name("pool.yaml"), "sample/pool.yaml")
    return validated(source, PoolFile).words


def places(text: str) -> list[str]:
    """Return what stands in braces."""
    return PLACE.findall(text)


def list_name(place: str) -> str:
    """Return the list that a place names, without the mark behind it."""
    return place.partition(":")[0]


class Words:
    """The lists of a plan with those of everybody."""

    def __init__(self, own: Lists, chance: Random) -> None:
        """Keep the lists; of two of a name the plan's own is used."""
        self._lists = {**pool(), **own}
        self._weights = {
            name: list(accumulate(float(one.weight) for one in some))
            for name, some in self._lists.items()
        }
        self._chance = chance

    def text(self, wording: str, fill: Fill, picked: dict[str, str]) -> str:
        """Return a wording with every place filled.

        Args:
            wording: The text with its places.
            fill: Gives what other fields of the entry say.
            picked: What the entry's lists gave already; grows.
        """

        def filled(found: re.Match[str]) -> str:
            place = found[1]
            digits = DIGITS.fullmatch(place)
            if digits:
                return "".join(
                    str(self._chance.randrange(10)) for _ in range(int(digits[1]))
                )
            said = fill(place)
            if said is not None:
                return said
            if place not in picked:
                name = list_name(place)
                some, weights = self._lists[name], self._weights[name]
                wording = self._chance.choices(some, cum_weights=weights)[0]
                picked[place] = self.text(wording.text, fill, picked)
            return picked[place]

        return PLACE.sub(filled, wording)
