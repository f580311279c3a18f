"""Eighty thousand texts, long and wild, none of which formulas may trip over.

Made by a generator that is seeded, and not by Hypothesis, which takes ten times as long
over texts of two thousand characters as the language does. A text that fails is printed
and belongs into `WORST` of tests/rules/formula_texts.py.

Last figures: see the commit that changed them.
"""

from collections.abc import Callable
from random import Random

import pytest

from tests.rules.formula_fuzzing import answered_or_refused, is_soon
from tests.rules.formula_texts import CALLS, FIGURES, NAMES, REAL, SIGNS, WORDS

pytestmark = pytest.mark.soak

TEXTS = 20_000  # of each kind
LONGEST = 2_050
_BETWEEN = ("+", "-", "*", "/", "=", "!=", "<", ">=", "and", "或")


def anything(random: Random) -> str:
    """Return signs of the language, and any character that there is."""
    length = random.choice((5, 40, 300, LONGEST))
    return "".join(
        random.choice(SIGNS)
        if random.random() < 0.8
        else chr(random.randrange(0x110000))
        for _ in range(random.randrange(length))
    )


def words(random: Random) -> str:
    """Return words of the language in no order."""
    count = random.choice((5, 30, 300))
    return " ".join(random.choices(WORDS, k=random.randrange(1, count)))[:LONGEST]


def grammatical(random: Random) -> str:
    """Return a text that follows the grammar, as deep and long as it may be."""
    return _made(random, random.choice((2, 4, 8, 25)), [random.choice((5, 40, 150))])


def _made(random: Random, deep: int, left: list[int]) -> str:
    left[0] -= 1
    if deep <= 0 or left[0] <= 0:
        return random.choice((*NAMES, *FIGURES))

    def part() -> str:
        return _made(random, deep - 1, left)

    def some() -> str:
        return ", ".join(part() for _ in range(random.randrange(1, 4)))

    ways: tuple[Callable[[], str], ...] = (
        lambda: f"{part()} {random.choice(_BETWEEN)} {part()}",
        lambda: f"({part()} {random.choice(_BETWEEN)} {part()})",
        lambda: f"-{part()}",
        lambda: f"not {part()}",
        lambda: f"{part()} in ({some()})",
        lambda: f"[{some()}]",
        lambda: f"[[{part()}, {part()}], [{part()}, {part()}]]",
        lambda: f"{random.choice(CALLS)}({some()})",
    )
    return random.choice(ways)()


def spoilt(random: Random) -> str:
    """Return a formula of the templates with pieces cut out, doubled and put in."""
    text = random.choice(REAL)
    for _ in range(random.randrange(1, 60)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.randrange(12))
        put = random.choice(("", random.choice(WORDS), random.choice(SIGNS)))
        again = text[start:end] if random.random() < 0.5 else ""
        text = (
            text[:start] + put + again + text[end if random.random() < 0.5 else start :]
        )
    return text[:LONGEST]


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("way", [anything, words, grammatical, spoilt])
def test_texts_without_end(way: Callable[[Random], str], seed: int) -> None:
    random = Random(seed)  # noqa: S311 - texts, no secrets
    for _ in range(TEXTS):
        text = way(random)

        assert answered_or_refused(text), repr(text)
        assert is_soon(text), repr(text)
