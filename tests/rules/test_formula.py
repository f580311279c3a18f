"""The formula language: what formulas come to, exactly, and why."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from models.rules.formula import (
    HOURS,
    INSTANT,
    YES_NO,
    FormulaError,
    Value,
    evaluate,
    holds,
    money,
    parse,
)
from tests.rules.formula_cases import WORKED, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # precedence and order
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 3 - 2", "5"),
        ("24 / 2 / 3", "4"),
        ("-2 * -3", "6"),
        ("- - 2", "2"),
        # exact decimals
        ("0.1 + 0.2", "0.3"),
        ("1 / 3 * 3", "1"),
        ("0.01 / 3 * 4.5", "0.015"),
        ("2 / 3", "0.6666666667"),
        ("999999999999999 + 0.0000000001", "999999999999999.0000000001"),
        # units
        ("核定工时 * 18元/小时", "2385"),
        ("核定工时 * rate", "2385"),
        ("核定工时 * 18 yuan/hour", "2385"),
        ("staff.base * 30%", "2250"),
        ("staff.base * (1 - 20%)", "6000"),
        ("staff.base / 21.75 * 3", "1034.4827586207"),
        ("staff.base / 1元", "7500"),
        ("staff.base * staff.base / 3000元", "18750"),
        # functions
        ("if(measure.satisfied >= 95%, 1.10, 1)", "1.10"),
        ("min(staff.base, 500元, 20元)", "20"),
        ("max(0, 20元 - 500元)", "0"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.345, 2)", "-2.35"),
        ("round(2.5)", "3"),
        ("floor(2.99)", "2"),
        ("ceil(2.01, 1)", "2.1"),
        ("abs(20 - 50)", "30"),
        ("lookup(pay_by_grade, grade)", "1200"),
        ("lookup(points, 4 / 2)", "10"),
        ("or_zero(none) + 1", "1"),
        ("coalesce(none, zero, 5)", "0"),
        # days and instants
        ("warranty_until - installed_on", "364"),
        ("closed_at - received_at", "8.3333333333"),
        # as a Chinese keyboard writes it
        ("（１＋２）×３", "9"),
        ("7 ÷ 2", "3.5"),
        ("如果（measure.satisfied ≥ 95％，1，2）", "1"),
        ("最大(1, 2)", "2"),
        ("IF(True AND NOT False, 1, 2)", "1"),
    ],
)
def test_a_formula_comes_to_its_exact_figure(text: str, expected: str) -> None:
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 < 2", True),
        ("2 <= 2 and 2 >= 2 and 2 ≤ 2 and 2 ≥ 2", True),
        ("1 = 1.0 and 1 == 1", True),
        ("1 != 1 or 1 <> 1 or 1 ≠ 1", False),
        ("1 / 3 + 1 / 3 + 1 / 3 = 1", True),
        ("grade = 'B2'", True),
        ("grade in (“B1”, ‘B2’)", True),
        ("grade not in ('B1', 'B2')", False),
        ("grade 属于 ('B1')", False),
        ("urgent 且 非 (grade = 'B1') 或 否", True),
        ("not urgent or grade = 'B1' and urgent", False),
        ("handler = deputy", False),
        ("warranty_until >= installed_on", True),
        ("warranty_until < date(2026, 10, 1)", True),
        ("installed_on + 365 > warranty_until", True),
        ("closed_at - received_at > 8小时", True),
        ("received_at + 8小时 < closed_at", True),
        ("day(closed_at) = date(2026, 9, 30)", True),
        ("android and 且慢.x", True),
    ],
)
def test_a_condition_comes_to_yes_or_no(text: str, *, expected: bool) -> None:
    names = WORKED | {
        "android": Value(content=True, unit=YES_NO),
        "且慢.x": Value(content=True, unit=YES_NO),
    }

    assert evaluate(parse(text), names).value is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # arithmetic with an empty value is empty
        ("none + 1", None),
        ("-none", None),
        ("max(none, 1)", None),
        ("no_day - installed_on", None),
        ("if(urgent, none, 1)", None),
        # a comparison with one is no
        ("none = 0", False),
        ("none < 1", False),
        ("none >= 1", False),
        ("none = none", False),
        ("no_text in ('a', 'b')", False),
        # != and not in are the opposite of = and in
        ("none != 0", True),
        ("no_text not in ('a', 'b')", True),
        ("not (none = 0)", True),
        # an empty yes/no counts as no
        ("unsaid and urgent", False),
        ("unsaid or urgent", True),
        ("not unsaid", True),
        ("if(unsaid, 1, 2)", Decimal(2)),
        # what deals with them
        ("is_empty(none) and is_empty(none + 1) and not is_empty(zero)", True),
        ("is_empty(none = 0)", False),
        ("coalesce(no_fee, 20元)", Decimal(20)),
        ("or_zero(no_fee)", Decimal(0)),
        ("no_text", None),
    ],
)
def test_empty_values_follow_the_stated_rules(text: str, expected: object) -> None:
    assert value(text) == expected


def test_pay_refuses_an_empty_input_unless_the_formula_says_what_it_counts() -> None:
    with pytest.raises(FormulaError, match=r"“no_fee”是空的.*or_zero"):
        evaluate(parse("20元 + no_fee"), WORKED, refuse_empty=True)
    total = evaluate(parse("20元 + or_zero(no_fee)"), WORKED, refuse_empty=True)
    asked = evaluate(parse("is_empty(no_fee)"), WORKED, refuse_empty=True)

    assert total.value == Decimal(20)
    assert asked.value is True


def test_pay_may_leave_a_branch_with_an_empty_input_unread() -> None:
    text = "if(is_empty(no_fee), 1元, no_fee)"

    assert evaluate(parse(text), WORKED, refuse_empty=True).value == Decimal(1)


def test_the_branch_not_taken_is_not_reckoned() -> None:
    result = evaluate(parse("if(zero = 0, 0, score / zero)"), WORKED)

    assert result.value == 0
    assert dict(result.inputs) == {"zero": WORKED["zero"]}


def test_later_terms_are_not_reckoned_when_the_answer_is_certain() -> None:
    assert value("zero != 0 and score / zero > 1") is False
    assert value("zero = 0 or score / zero > 1") is True
    assert value("coalesce(score, 1 / zero)") == 87


@pytest.mark.parametrize(("text", "written"), [("0 * -1", "0"), ("100 / 0.1", "1000")])
def test_a_result_is_written_plainly(text: str, written: str) -> None:
    assert str(value(text)) == written


def test_twenty_minutes_three_times_are_an_hour() -> None:
    third = Value(Decimal(1200) / Decimal(3600), HOURS)

    assert holds(parse("spent * 3 = 1小时"), {"spent": third})


def test_the_day_of_an_instant_is_the_day_of_the_zone_it_came_in() -> None:
    desk = timezone(timedelta(hours=8))
    late = Value(datetime(2026, 10, 9, 1, tzinfo=desk), INSTANT)

    found = evaluate(parse("day(at)"), {"at": late}).value

    assert found == date(2026, 10, 9)


def test_full_width_signs_inside_a_text_stay_as_written() -> None:
    assert value("'（加急）' = \"（加急）\"") is True
    assert value("'（加急）' = '(加急)'") is False


def test_why_gives_inputs_and_steps_in_words() -> None:
    formula = parse("核定工时 * rate * if(measure.satisfied >= 95%, 1.10, 1)")

    result = evaluate(formula, WORKED)

    assert result.why("zh") == (
        "核定工时 = 132.5 小时",
        "rate = 18.00 元/小时",
        "measure.satisfied = 96%",
        "measure.satisfied >= 95% = 是",
        "if(measure.satisfied >= 95%, 1.10, 1) = 1.1",
        "核定工时 * rate * if(measure.satisfied >= 95%, 1.10, 1) = 2,623.50 元",
    )
    assert result.why("en")[1] == "rate = 18.00 yuan/hour"
    assert result.result == money("2623.50")
    first = result.steps[0]
    assert (first.text, first.value.content) == ("measure.satisfied >= 95%", True)
    assert formula.text[first.start : first.end] == first.text
