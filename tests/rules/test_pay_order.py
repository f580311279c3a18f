"""One order over all schemes: what waits for whom, and circles that are refused."""

from datetime import date

import pytest

from models.rules.formula import MONEY, NUMBER
from models.rules.pay import LineKind, PayRule, Scheme, SchemeError, in_order
from models.rules.pay_rules import problems_of
from models.words import Label
from tests.rules.pay_cases import deduction, rule


def codes(*schemes: tuple[PayRule, ...]) -> list[str]:
    return [f"{at}.{one.code}" for at, one in in_order(schemes)]


def scheme(code: str, *rules: PayRule) -> Scheme:
    return Scheme(code, 1, date(2026, 1, 1), None, rules)


def information(code: str, formula: str) -> PayRule:
    return PayRule(code, Label(code.upper(), code), LineKind.INFORMATION, formula)


def limit(code: str, *of: str, at_most: str = "", leaves: str | None = None) -> PayRule:
    return PayRule(
        code,
        Label(code.upper(), code),
        LineKind.DEDUCTION,
        at_most,
        limits=of,
        leaves=leaves,
    )


def test_what_is_asked_of_subordinates_is_known_in_every_scheme() -> None:
    leaders = (deduction("joint", "subordinates(line.fine) * 30%"),)
    desk = (rule("base", "line.x"), deduction("fine", "20元"))
    shop = (deduction("fine", "line.sum"), information("sum", "30元"))

    found = codes(leaders, desk, shop)

    assert found.index("0.joint") > found.index("1.fine")
    assert found.index("0.joint") > found.index("2.fine")


def test_what_is_shared_waits_for_the_own_scheme_only() -> None:
    first = (rule("part", "share(100元, line.weight)"), information("weight", "1"))
    second = (information("weight", "line.later"), information("later", "2"))

    assert codes(first, second) == ["0.weight", "0.part", "1.later", "1.weight"]


def test_what_was_earlier_waits_for_nothing() -> None:
    rules = (information("balance", "coalesce(last(line.balance, 1), 0) + 1"),)

    assert codes(rules) == ["0.balance"]
    assert problems_of([scheme("a", *rules)], {}) == []


def test_a_limit_waits_for_deductions_earnings_and_the_limits_before() -> None:
    rules = (
        limit("least", leaves="1800元"),
        limit("most", "fine", at_most="line.base * 20%"),
        deduction("late", "5元"),
        deduction("fine", "9元"),
        rule("base", "100元"),
    )

    found = codes(rules)

    assert found[-2:] == ["0.least", "0.most"]


def test_a_circle_through_two_schemes_is_told_with_its_path() -> None:
    leaders = (
        deduction("joint", "subordinates(line.fine) * 30%"),
        information("pool", "line.joint"),
    )
    desk = (deduction("fine", "subordinates(line.joint) + 0元"),)

    with pytest.raises(SchemeError) as caught:
        in_order([leaders, desk])

    assert "JOINT → FINE → JOINT" in caught.value.label.zh or (
        "FINE → JOINT → FINE" in caught.value.label.zh
    )


def test_a_line_that_asks_everybody_for_itself_is_a_circle() -> None:
    with pytest.raises(SchemeError, match="互相引用"):
        in_order([(deduction("joint", "subordinates(line.joint) * 30%"),)])


def test_a_line_of_another_scheme_is_known_to_those_who_borrow_it_only() -> None:
    leaders = scheme("leaders", deduction("joint", "subordinates(line.fine) * 30%"))
    desk = scheme("desk", deduction("fine", "measure.fines"))
    wrong = scheme("wrong", deduction("own", "line.fine"))

    found = problems_of([leaders, desk, wrong], {"measure.fines": MONEY})

    assert [(at, one.rule) for at, one in found] == [(2, "own")]


def test_what_is_borrowed_has_its_unit() -> None:
    leaders = scheme("leaders", deduction("joint", "subordinates(line.hours) * 30%"))
    desk = scheme("desk", information("hours", "measure.hours"))

    found = problems_of([leaders, desk], {"measure.hours": NUMBER})

    assert [one.rule for _, one in found] == ["joint"]
    assert "金额" in found[0][1].label.zh
