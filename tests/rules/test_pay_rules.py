"""Schemes: in which order lines are reckoned, and what is refused when one is made."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from models.rules.formula import (
    HOURS,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    PERCENT,
    TEXT,
    Unit,
    table_unit,
)
from models.rules.pay import (
    PayRule,
    Scheme,
    SchemeError,
    calculate_slip,
    in_order,
    scheme_problems,
)
from tests.rules.pay_cases import ENGINEER, OCTOBER, information, item, rule, scheme


def test_lines_are_reckoned_by_dependency_and_shown_as_declared() -> None:
    mixed = scheme(
        rule("total", "line.b + line.a"),
        rule("d", "1元"),
        rule("a", "2元"),
        rule("b", "line.a * 2"),
        rule("c", "1元"),
    )

    slip = calculate_slip(mixed, {})

    assert [one.code for one in mixed.order] == ["d", "a", "b", "total", "c"]
    assert [one.code for one in slip.items] == ["total", "d", "a", "b", "c"]
    assert item(slip, "total").amount == Decimal("6.00")


def test_conditions_caps_and_floors_count_as_dependencies() -> None:
    rules = (
        rule("a", "1元", condition="line.b > 0"),
        rule("b", "1元", cap="line.c"),
        rule("c", "1元", floor="line.d"),
        rule("d", "1元"),
    )

    assert [one.code for _, one in in_order([rules])] == ["d", "c", "b", "a"]


def test_rules_that_wait_for_each_other_are_refused_with_the_path() -> None:
    with pytest.raises(SchemeError) as caught:
        scheme(
            rule("a", "line.b"),
            rule("b", "line.c + 1元"),
            rule("c", "if(line.a > 0, 1元, 2元)"),
            rule("d", "line.a"),
        )

    path = caught.value.text("zh").split("：")[1].split("。")[0].split(" → ")
    turns = {("A", "B"), ("B", "C"), ("C", "A")}
    assert set(pairwise(path)) == turns


def test_a_rule_that_reads_itself_is_refused() -> None:
    with pytest.raises(SchemeError, match="A → A"):
        scheme(rule("a", "line.a + 1元"))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((rule("a", "1元"), rule("a", "2元")), "Two lines have the code “a”"),
        ((rule("a", "1元 +"),), "Line “a”, formula: The formula ends too early"),
        ((rule("a", "1元", cap="("),), "Line “a”, cap: The formula ends too early"),
        ((rule("Hours", "1元"),), "start with a small letter"),
        ((rule("a.b", "1元"),), "cannot be the code of a line"),
    ],
)
def test_a_scheme_that_cannot_be_reckoned_is_refused(
    rules: tuple[PayRule, ...], said: str
) -> None:
    with pytest.raises(SchemeError) as caught:
        scheme(*rules)

    assert said in caught.value.text("en")


def test_a_version_applies_from_its_first_to_its_last_day() -> None:
    version = Scheme("engineer", 2, OCTOBER, date(2026, 10, 31), ())

    days = [date(2026, 9, 30), OCTOBER, date(2026, 10, 31), date(2026, 11, 1)]

    assert [version.is_in_force(day) for day in days] == [False, True, True, False]
    assert scheme().is_in_force(date(2036, 1, 1))


def test_a_version_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(SchemeError, match="早于开始日期"):
        Scheme("engineer", 2, OCTOBER, date(2026, 9, 29), ())


def test_a_version_that_ends_the_day_before_it_starts_holds_on_no_day() -> None:
    stops = Scheme("engineer", 2, OCTOBER, date(2026, 9, 30), ())

    assert not any(
        stops.is_in_force(day)
        for day in (date(2026, 9, 29), date(2026, 9, 30), OCTOBER)
    )


KNOWN: dict[str, Unit] = {
    "rate.hour": MONEY_PER_HOUR,
    "measure.approved_hours": HOURS,
    "measure.satisfied": PERCENT,
    "measure.valid_complaint_fines": MONEY,
    "measure.late_reports": NUMBER,
    "table.pay": table_unit(TEXT, MONEY),
}


def test_a_sound_scheme_has_no_problems() -> None:
    assert scheme_problems(ENGINEER, KNOWN) == ()


def test_all_problems_of_a_scheme_are_told_at_once_and_each_only_once() -> None:
    wrong = scheme(
        rule("a", "measure.approved_hour * rate.hour"),
        rule("b", "line.a * 2"),
        rule("c", "measure.approved_hours"),
        information("d", "measure.approved_hours"),
        rule("e", "1元", condition="measure.late_reports"),
        rule("f", "1元", cap="20"),
        rule("g", "line.zero"),
        information("h", "if(1 > 2, 'a', 'b')"),
    )

    problems = scheme_problems(wrong, KNOWN)

    assert [problem.rule for problem in problems] == ["a", "c", "e", "f", "g"]
    assert "Did you mean “measure.approved_hours”?" in problems[0].text("en")
