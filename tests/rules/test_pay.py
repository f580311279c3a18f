"""Pay arithmetic: rounding, bounds, conditions, errors, what a line says of itself."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.formula import (
    MONEY,
    TEXT,
    Value,
    hours,
    money,
    number,
    percent,
    table,
)
from models.rules.pay import Bound, LineKind, Part, PayRule, calculate_slip, to_fen
from tests.rules.pay_cases import deduction, information, item, only, rule, scheme


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.0049999999", "0.00"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("-0.0049999999", "0.00"),
        ("1034.4827586207", "1034.48"),
    ],
)
def test_half_a_fen_goes_up(amount: str, rounded: str) -> None:
    # As text: minus nothing equals nothing as a figure.
    assert str(to_fen(Decimal(amount))) == rounded


def test_a_line_is_rounded_once_and_not_on_the_way() -> None:
    # 7 / 3 x 4.50 = 10.50; rounded on the way 2.33 x 4.50 = 10.485 would be 10.49.
    line = only(rule("share", "7 / 3 * 4.50元"))

    assert line.amount == Decimal("10.50")


def test_later_lines_read_the_amount_the_slip_shows() -> None:
    slip = calculate_slip(
        scheme(rule("third", "1元 / 3"), rule("thrice", "line.third * 3")), {}
    )

    assert item(slip, "third").amount == Decimal("0.33")
    assert item(slip, "thrice").amount == Decimal("0.99")
    assert slip.total == Decimal("1.32")


def test_information_is_shown_but_not_added() -> None:
    shown = information("share", "200% / 3")
    counted = information("whole", "9元")

    slip = calculate_slip(scheme(shown, counted, rule("pay", "line.share * 9元")), {})

    assert item(slip, "share").amount is None
    assert item(slip, "share").value == percent("0.6666666667")
    assert item(slip, "whole").amount == Decimal("9.00")
    assert slip.total == Decimal("6.00")


@pytest.mark.parametrize(
    ("formula", "cap", "floor", "amount", "bound"),
    [
        ("600元", "500元", None, "500.00", Bound.CAP),
        ("500元", "500元", None, "500.00", None),
        ("600元", "staff.base * 20%", None, "600.00", None),
        ("1600元", "staff.base * 20%", None, "1500.00", Bound.CAP),
        ("-20元", None, "0", "0.00", Bound.FLOOR),
        ("0元 - 20元", None, "-10元", "-10.00", Bound.FLOOR),
        ("499.999元", "499.996元", None, "500.00", Bound.CAP),
        ("5元", "5元", "5元", "5.00", None),
    ],
)
def test_caps_and_floors_hold_before_rounding(
    formula: str, cap: str | None, floor: str | None, amount: str, bound: Bound | None
) -> None:
    line = only(
        rule("bonus", formula, cap=cap, floor=floor), {"staff.base": money(7500)}
    )

    assert str(line.amount) == amount
    assert line.bound == bound


def test_a_floor_above_the_cap_puts_the_line_in_error() -> None:
    line = only(rule("bonus", "5元", cap="1元", floor="2元"))

    assert line.amount is None
    assert line.error is not None
    assert "above the cap" in line.error.text("en")


def test_a_line_whose_condition_is_no_comes_to_zero_and_says_so() -> None:
    line = only(
        rule("bonus", "1 / staff.years * 100元", condition="staff.years > 0"),
        {"staff.years": number(0)},
    )

    assert line.amount == Decimal("0.00")
    assert not line.applies
    assert line.inputs == {"staff.years": number(0)}
    assert "条件不满足，计为零" in line.why("zh")


@pytest.mark.parametrize(
    ("line", "part", "marked", "said"),
    [
        (rule("x", "100元 / staff.days"), Part.FORMULA, "staff.days", "This is zero"),
        (rule("x", "staff.dayz * 1元"), Part.FORMULA, "staff.dayz", "staff.days"),
        (rule("x", "20"), Part.FORMULA, "20", "should come to money"),
        (rule("x", "8小时"), Part.FORMULA, "8小时", "18 yuan/hour"),
        (rule("x", "staff.bonus"), Part.FORMULA, "staff.bonus", "is empty"),
        (rule("x", "1元", condition="1"), Part.CONDITION, "1", "yes/no"),
        (
            rule("x", "1元", condition="is_empty(staff.bonus) and staff.bonus > 1元"),
            Part.CONDITION,
            "staff.bonus",
            "is empty",
        ),
        (rule("x", "1元", cap="8小时"), Part.CAP, "8小时", "should come to money"),
        (rule("x", "1元", floor="1 / 0 * 1元"), Part.FLOOR, "0", "This is zero"),
        (rule("x", "1", condition="1 > 2"), Part.FORMULA, "1", "come to money"),
        (rule("x", "line.y"), Part.FORMULA, "line.y", "nothing by the name"),
        (deduction("x", "-500元"), Part.FORMULA, "-500元", "below zero"),
        (rule("x", "or_zero(coalesce(staff.bonus))"), None, "", ""),
        (deduction("x", "-500元", floor="0"), None, "", ""),
    ],
)
def test_an_error_marks_its_line_and_slip_and_nothing_is_raised(
    line: PayRule, part: Part | None, marked: str, said: str
) -> None:
    inputs = {"staff.days": number(0), "staff.bonus": Value(None, MONEY)}

    slip = calculate_slip(scheme(line, rule("other", "5元")), inputs)

    found = item(slip, "x")
    assert item(slip, "other").amount == Decimal("5.00")
    assert found.error_in == part
    if part is None:
        assert (found.amount, found.error) == (Decimal("0.00"), None)
        assert slip.total == Decimal("5.00")
        return
    assert (found.amount, slip.total, slip.errors) == (None, None, (found,))
    text = dict(line.parts)[part]
    assert found.error is not None
    place = found.error.position
    assert text[place : place + found.error.length] == marked
    assert said in found.error.text("en")


def test_what_reads_a_line_in_error_is_in_error_too_and_says_which() -> None:
    slip = calculate_slip(
        scheme(
            rule("total", "line.share + 5元"),
            rule("share", "10元 / 0"),
            rule("apart", "1元"),
        ),
        {},
    )

    assert [one.code for one in slip.errors] == ["total", "share"]
    error = item(slip, "total").error
    assert error is not None
    assert "计薪项目“SHARE”没有算出来" in error.text("zh")
    assert item(slip, "apart").amount == Decimal("1.00")


def test_a_value_given_under_a_lines_name_never_stands_in_for_the_line() -> None:
    slip = calculate_slip(
        scheme(rule("total", "line.share"), rule("share", "10元 / 0")),
        {"line.share": money(99)},
    )

    assert len(slip.errors) == 2


def test_an_amount_that_grows_beyond_all_bounds_is_an_error_of_the_line() -> None:
    line = only(rule("x", "999999999999999元 * 1000"))

    assert line.error is not None
    assert "beyond 10^15" in line.error.text("en")


def test_a_table_gives_the_pay_of_a_grade() -> None:
    inputs = {
        "table.pay": table({"B1": Decimal(900), "B2": Decimal("1200.50")}, TEXT, MONEY),
        "staff.grade": Value("B2", TEXT),
    }

    line = only(rule("x", "lookup(table.pay, staff.grade)"), inputs)

    assert line.amount == Decimal("1200.50")


def test_why_tells_inputs_steps_bound_and_amount() -> None:
    line = only(
        rule("bonus", "measure.hours * 18元/小时", cap="2000元"),
        {"measure.hours": hours("132.5")},
    )

    assert line.why("zh") == (
        "measure.hours = 132.5 小时",
        "measure.hours * 18元/小时 = 2,385.00 元",
        "上限: 2000元 = 2,000.00 元",
        "超过上限，按上限计",
        "BONUS = 2,000.00 元",
    )
    assert line.why("en")[-2:] == (
        "Above the cap: the cap counts",
        "bonus = 2,000.00 yuan",
    )


def test_why_of_a_line_in_error_tells_what_to_do() -> None:
    line = only(rule("bonus", "1元 / measure.days"), {"measure.days": number(0)})

    assert "除数为零" in line.why("zh")[-1]


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(LineKind),
            st.decimals(0, 10**9, places=4, allow_nan=False),
        ),
        max_size=12,
    )
)
def test_a_slip_is_the_sum_of_its_lines_in_whatever_order(
    amounts: list[tuple[LineKind, Decimal]],
) -> None:
    rules = [rule(f"l{n}", f"in.l{n}", kind) for n, (kind, _) in enumerate(amounts)]
    inputs = {f"in.l{n}": money(amount) for n, (_, amount) in enumerate(amounts)}

    slip = calculate_slip(scheme(*rules), inputs)
    again = calculate_slip(scheme(*reversed(rules)), inputs)

    signs = {LineKind.EARNING: 1, LineKind.DEDUCTION: -1, LineKind.INFORMATION: 0}
    fen = sum(signs[kind] * int(to_fen(amount) * 100) for kind, amount in amounts)
    assert slip.total == again.total == Decimal(fen) / 100


def test_a_slip_of_thirty_lines_is_reckoned_in_a_few_milliseconds() -> None:
    text = (
        "in.hours * 18元/小时 * if(in.satisfied >= 95%, 1.10,"
        " if(in.satisfied < 90%, 0.90, 1)) + 5元"
    )
    rules = scheme(*(rule(f"l{n}", text) for n in range(30)))
    inputs = {"in.hours": hours("88"), "in.satisfied": percent("0.93")}
    calculate_slip(rules, inputs)

    started = time.thread_time()
    slip = calculate_slip(rules, inputs)
    taken = time.thread_time() - started

    assert slip.total == Decimal("47670.00")  # 30 x (88 x 18 + 5)
    assert taken < 0.02
