"""The bounds of a formula, the shape of its tree, and sums that stay numbers."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.formula import NUMBER, FormulaError, evaluate, money, parse
from models.rules.formula_tree import Binary, Chain, Literal, Name, walk
from tests.rules.formula_cases import WORKED, error_of, value


def test_the_tree_is_flat_and_says_where_each_part_stands() -> None:
    formula = parse("base + bonus - fee > 10元 * (2 + 1)")

    match formula.tree:
        case Binary(
            op=">",
            left=Chain(first=Name("base"), rest=(("+", Name("bonus")), ("-", fee))),
            right=Chain(first=Literal(ten), rest=(("*", bracket),)),
        ):
            assert ten == money(10)
            assert formula.text_of(fee) == "fee"
            assert formula.text_of(bracket) == "(2 + 1)"
        case other:
            pytest.fail(f"unexpected tree {other}")
    assert formula.names == ("base", "bonus", "fee")


def test_a_text_that_was_forgotten_and_read_again_is_reckoned_the_same() -> None:
    before = parse("score + 1")
    assert evaluate(before, WORKED).value == 88

    parse.cache_clear()
    after = parse("score + 1")

    assert after != before
    assert evaluate(after, WORKED).value == 88
    assert evaluate(before, WORKED).steps == evaluate(after, WORKED).steps


def test_every_part_of_a_tree_reads_as_a_formula_of_its_own() -> None:
    formula = parse("if(a and not (b in (1, 2)), -(c + 1) * 2, max(c, lookup(t, 'x')))")

    for node in walk(formula.tree):
        assert parse(formula.text_of(node)).text == formula.text_of(node)


def test_thirty_levels_are_read_and_thirty_one_refused() -> None:
    assert value("(" * 29 + "1" + ")" * 29) == 1
    assert value("not " * 29 + "urgent") is False
    assert "More than 30 levels" in error_of("(" * 30 + "1" + ")" * 30).text("en")
    assert "More than 30 levels" in error_of("-" * 30 + "1").text("en")


def test_two_thousand_characters_are_read_and_one_more_is_refused() -> None:
    longest = "1+" * 999 + "1 "

    assert value(longest) == 1000
    assert "has 2001 characters" in error_of(longest + " ").text("en")


WELL_FORMED = st.recursive(
    st.sampled_from(["1", "0.5", "score", "zero", "none", "3", "0.0000000001"]),
    lambda below: st.one_of(
        st.tuples(below, st.sampled_from("+-*/"), below).map(
            lambda parts: "({} {} {})".format(*parts)
        ),
        below.map("-{}".format),
        st.tuples(below, below).map(lambda parts: "max({}, {})".format(*parts)),
        st.tuples(below, below, below).map(
            lambda parts: "if({} > 1, {}, {})".format(*parts)
        ),
    ),
    max_leaves=20,
)


@settings(max_examples=200)
@given(WELL_FORMED)
def test_a_sum_of_numbers_is_a_number_and_the_same_each_time(text: str) -> None:
    try:
        first = evaluate(parse(text), WORKED)
    except FormulaError:
        with pytest.raises(FormulaError):
            evaluate(parse(text), WORKED)
        return

    assert first.unit == NUMBER
    assert first.value == evaluate(parse(f" {text} "), WORKED).value
    if isinstance(first.value, Decimal):
        assert abs(first.value) <= 10**15
        assert first.value == first.value.quantize(Decimal("1E-10"))
