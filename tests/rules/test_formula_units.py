"""Units and values of the formula language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.rules.formula import (
    DATE,
    ENTRY,
    HOURS,
    INSTANT,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    PERCENT,
    TEXT,
    UNITS,
    YES_NO,
    FormulaError,
    Unit,
    Value,
    check,
    hours,
    money,
    number,
    parse,
    percent,
    table,
    table_unit,
)
from tests.rules.formula_cases import UNITS_OF_WORKED, WORKED, marked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("核定工时 * rate", MONEY),
        ("rate * 核定工时 + 20元", MONEY),
        ("staff.base / 核定工时", MONEY_PER_HOUR),
        ("staff.base / rate", HOURS),
        ("staff.base / staff.base", NUMBER),
        ("score / 100", NUMBER),
        ("measure.satisfied * measure.satisfied", PERCENT),
        ("measure.satisfied / 2", PERCENT),
        ("measure.satisfied + 5%", PERCENT),
        ("1 - 20%", NUMBER),
        ("if(urgent, 0, staff.base)", MONEY),
        ("max(0, 核定工时)", HOURS),
        ("0", NUMBER),
        ("if(urgent, '保内', '保外')", TEXT),
        ("lookup(pay_by_grade, grade)", MONEY),
        ("warranty_until - 30", DATE),
        ("warranty_until - installed_on", NUMBER),
        ("closed_at - received_at", HOURS),
        ("closed_at + 24小时", INSTANT),
        ("grade = 'A'", YES_NO),
        ("handler", ENTRY),
        ("coalesce(no_text, 'none')", TEXT),
    ],
)
def test_units_are_found_without_any_figure(text: str, expected: Unit) -> None:
    assert check(parse(text), UNITS_OF_WORKED) == expected


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("staff.base + 20", "20", "20 yuan"),
        ("20 + staff.base", "20", "20 yuan"),
        ("核定工时 > 8", "8", "8 hours"),
        ("8 < 核定工时", "8", "8 hours"),
        ("measure.satisfied >= 95", "95", "95%"),
        ("min(staff.base, 500)", "500", "20 yuan"),
        ("if(urgent, 100, staff.base)", "100", "20 yuan"),
        ("rate in (18, 20)", "18", "18 yuan/hour"),
        ("staff.base + 核定工时", "核定工时", ""),
        ("grade + 'x'", "'x'", ""),
        ("grade * 2", "grade", ""),
        ("-grade", "grade", ""),
        ("urgent + 1", "1", ""),
        ("staff.base and urgent", "staff.base", "Write a comparison"),
        ("not score", "score", "Write a comparison"),
        ("if(score, 1, 2)", "score", ""),
        ("grade < 'B'", "grade < 'B'", "Use = or !="),
        ("handler > deputy", "handler > deputy", "Use = or !="),
        ("handler = 7", "7", ""),
        ("installed_on = '2026-10-01'", "'2026-10-01'", ""),
        ("installed_on < closed_at", "closed_at", ""),
        ("warranty_until + installed_on", "installed_on", ""),
        ("lookup(grade, grade)", "grade", ""),
        ("lookup(pay_by_grade, score)", "score", ""),
        ("pay_by_grade = points", "points", ""),
        ("points = points", "points", ""),
        ("max(grade, grade)", "grade", ""),
        ("round(staff.base, 1元)", "1元", "20 yuan"),
        ("day(installed_on)", "installed_on", ""),
        ("date(2026, 10, 1元)", "1元", "20 yuan"),
    ],
)
def test_units_that_do_not_go_together_are_refused_with_place_and_hint(
    text: str, place: str, hint: str
) -> None:
    with pytest.raises(FormulaError) as caught:
        check(parse(text), UNITS_OF_WORKED)

    assert marked(caught.value, text) == place
    assert hint in caught.value.text("en")


@pytest.mark.parametrize(
    ("shown", "zh", "en"),
    [
        (money("-1234.5"), "-1,234.50 元", "-1,234.50 yuan"),
        (money("0.015"), "0.015 元", "0.015 yuan"),
        (number("1200"), "1,200", "1,200"),
        (number("0"), "0", "0"),
        (number("-0.00000000001"), "0", "0"),
        (WORKED["closed_at"], "2026-09-30 09:50", "2026-09-30 09:50"),
        (percent("0.925"), "92.5%", "92.5%"),
        (hours("8.50"), "8.5 小时", "8.5 hours"),
        (Value(content=True, unit=YES_NO), "是", "yes"),
        (Value(None, MONEY), "（空）", "(empty)"),
        (Value(date(2026, 10, 1), DATE), "2026-10-01", "2026-10-01"),
        (WORKED["pay_by_grade"], "2 行", "2 rows"),
    ],
)
def test_a_value_is_written_as_people_read_it(shown: Value, zh: str, en: str) -> None:
    assert (shown.text("zh"), shown.text("en")) == (zh, en)


def test_units_have_names_for_people() -> None:
    labels = {code: unit.label.zh for code, unit in UNITS.items()}

    assert labels["money_per_hour"] == "每小时金额（元/小时）"
    assert Unit(MONEY.kind, money=2, hours=-1).label.en == "yuan×yuan/hour"
    assert table_unit(TEXT, MONEY).label.zh == "对照表（文字 → 金额（元））"


@pytest.mark.parametrize(
    ("content", "unit"),
    [
        (1.5, NUMBER),
        (5, NUMBER),
        (True, NUMBER),
        (Decimal(1), TEXT),
        ("yes", YES_NO),
        (datetime(2026, 10, 1, tzinfo=UTC), DATE),
    ],
)
def test_a_content_of_another_type_is_a_programming_error(
    content: object, unit: Unit
) -> None:
    with pytest.raises(TypeError):
        Value(content, unit)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e16", "-1000000000000001"])
def test_a_figure_beyond_the_bounds_never_becomes_a_value(text: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        number(text)


def test_a_naive_instant_never_becomes_a_value() -> None:
    with pytest.raises(ValueError, match="naive"):
        Value(datetime(2026, 10, 1), INSTANT)  # noqa: DTZ001 - the point of the test


def test_a_tables_cells_must_have_the_units_of_its_columns() -> None:
    with pytest.raises(TypeError):
        table({"A": "much"}, TEXT, MONEY)
