"""What a person is told about a mistake in a formula: where, what, what to do."""

import pytest

from models.rules.formula import (
    HOURS,
    MONEY,
    RESERVED_WORDS,
    FormulaError,
    check,
    parse,
)
from models.rules.formula_functions import FUNCTIONS
from tests.rules.formula_cases import error_of, marked


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "", "The formula is empty"),
        ("   ", "", "The formula is empty"),
        ("1 +", "", "ends too early"),
        ("(1 + 2", "", "ends too early"),
        ("1 + 2)", ")", "does not belong here"),
        ("1 2", "2", "does not belong here"),
        ("* 2", "*", "Put a value, a name or a bracket"),
        ("()", ")", "Put a value, a name or a bracket"),
        ("1 < 2 < 3", "<", "two values at a time"),
        ("1,000", ",", "not thousands"),
        ("max(1,000)", "000", "is not a figure"),
        ("1e5", "1e5", "is not a figure"),
        ("5.", "5.", "is not a figure"),
        (".5", ".", "starts with a digit"),
        ("2 ^ 3", "^", "Write a power as a product"),
        ("2 ** 3", "*", "Put a value"),
        ("1 && 1", "&", "Write “and”"),
        ("1 ; 2", ";", "means nothing in a formula"),
        ('grade = "B2', '"B2', "not closed"),
        ("iff(urgent, 1, 2)", "iff", "Did you mean “if”?"),
        ("if(urgent, 1)", "if(urgent, 1)", "if(condition, value, other value)"),
        ("最大()", "最大()", "max(a, b, ...)"),
        ("__import__('os')", "__import__", "There is no function"),
        ("grade.__class__", "grade.__class__", "There is nothing by the name"),
        ("9999999999999999", "9999999999999999", "above 10^15"),
        ("0.12345678901", "0.12345678901", "more than 10 decimals"),
        ("核订工时 * 2", "核订工时", "Did you mean “核定工时”?"),
        ("1 + staff.bse", "staff.bse", "Did you mean “staff.base”?"),
        ("score / zero", "zero", "This is zero"),
        ("score / (1 / 3 * 3 - 1)", "(1 / 3 * 3 - 1)", "This is zero"),
        ("1 + 999999999999999 * 10", "999999999999999 * 10", "beyond 10^15"),
        ("1 / 0.0000000001 * 1000000", "1 / 0.0000000001 * 1000000", "beyond 10^15"),
        ("round(1, 0.5)", "0.5", "a whole number from 0 to 10"),
        ("round(1, 11)", "11", "a whole number from 0 to 10"),
        ("lookup(pay_by_grade, 'B3')", "'B3'", "Did you mean “B2”?"),
        ("date(2026, 2, 31)", "date(2026, 2, 31)", "no day 31 of month 2"),
        ("date(2026.5, 2, 1)", "date(2026.5, 2, 1)", "There is no day"),
        ("installed_on + 1.5", "1.5", "no whole number of days"),
        ("installed_on + 9999999", "installed_on + 9999999", "years 1 to 9999"),
        ("closed_at + 99999999小时", "closed_at + 99999999小时", "years 1 to 9999"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(
    text: str, place: str, said: str
) -> None:
    error = error_of(text)

    assert marked(error, text) == place
    assert said in error.text("en")
    assert f"【{place}】" in error.text("zh")


def test_the_sentence_says_what_where_and_what_to_do_in_both_languages() -> None:
    error = error_of("核订工时 * rate")

    assert error.text("zh") == (
        "没有名为“核订工时”的数据。是否要写“核定工时”？"
        "（公式第 1 个字符：【核订工时】 * rate）"
    )
    assert error.text("en") == (
        "There is nothing by the name “核订工时”. Did you mean “核定工时”? "
        "(Character 1 of the formula: 【核订工时】 * rate)"
    )


def test_a_long_formula_is_quoted_only_around_the_place() -> None:
    text = "1 + " * 100 + "nothing" + " + 1" * 100

    error = error_of(text)

    assert error.position == 400
    assert len(error.quoted) < 80


def test_a_name_that_resembles_nothing_is_answered_with_what_there_is() -> None:
    with pytest.raises(FormulaError, match="可用的有：base、hours"):
        check(parse("没有的"), {"hours": HOURS, "base": MONEY})


@pytest.mark.parametrize("word", sorted(RESERVED_WORDS))
def test_a_reserved_word_is_never_a_name(word: str) -> None:
    try:
        names = parse(word).names
    except FormulaError:
        names = ()

    assert names == ()


def test_every_function_has_a_usage_that_it_accepts() -> None:
    names = [name for function in FUNCTIONS.values() for name in function.names]

    assert set(names) == set(FUNCTIONS)
    assert not RESERVED_WORDS & set(names)
    for function in FUNCTIONS.values():
        assert function.usage.en.startswith(f"{function.name}(")
        ways = (function.apply, function.lazy, function.reason)
        assert len([way for way in ways if way is not None]) == 1
