"""No text makes the formula language fail, run on, or reach what lies below it.

The same for hours: `make soak` (tests/soak/test_formula_fuzzing.py).
"""

import pytest
from hypothesis import given, settings

from tests.rules.formula_cases import error_of
from tests.rules.formula_fuzzing import (
    MOST_SECONDS,
    answered_or_refused,
    is_soon,
    seconds,
)
from tests.rules.formula_texts import (
    REAL,
    WORST,
    any_text,
    by_grammar,
    spoilt,
    words,
)


def test_the_templates_give_formulas_to_spoil() -> None:
    assert len(REAL) > 30
    assert all(answered_or_refused(text) for text in REAL)


@settings(max_examples=200, deadline=None)
@given(any_text(60))
def test_arbitrary_text(text: str) -> None:
    assert answered_or_refused(text)
    assert is_soon(text)


@settings(max_examples=200, deadline=None)
@given(words(16))
def test_words_of_the_language_in_no_order(text: str) -> None:
    assert answered_or_refused(text)
    assert is_soon(text)


@settings(max_examples=300, deadline=None)
@given(by_grammar(25))
def test_whatever_the_grammar_allows(text: str) -> None:
    assert answered_or_refused(text)
    assert is_soon(text)


@settings(max_examples=200, deadline=None)
@given(spoilt(4))
def test_real_formulas_with_mistakes(text: str) -> None:
    assert answered_or_refused(text)
    assert is_soon(text)


@pytest.mark.parametrize("text", WORST, ids=lambda text: text[:8])
def test_the_worst_texts_are_answered_within_fifty_milliseconds(text: str) -> None:
    assert answered_or_refused(text)
    assert seconds(text) < MOST_SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')",
        "grade.__class__.__mro__",
        "lookup(grade.__dict__, 'x')",
        "(lambda: 1)()",
        "{0.__class__}",
        "'%s' % grade",
        "`id`",
        "score if urgent else 1",
        "[x for x in (1, 2)]",
        "max(*score)",
        "f'{grade}'",
        "0x10",
        "1_000",
        "None",
        "True.real",
    ],
)
def test_nothing_of_the_language_below_can_be_said(text: str) -> None:
    error_of(text)


def test_a_formula_asks_the_world_twenty_times_at_most() -> None:
    twenty = "+".join(["working_days()"] * 20)

    assert answered_or_refused(twenty)
    assert "20 times at most" in error_of(twenty + "+working_days()").text("en")
