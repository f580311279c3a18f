"""Months in formulas: warranties run in them and hours are counted by them."""

from datetime import date

import pytest

from tests.rules.formula_cases import error_of, value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("month_start(warranty_until)", date(2026, 9, 1)),
        ("month_start(day_of(received_at))", date(2026, 9, 1)),
        ("add_months(installed_on, 12)", date(2026, 10, 1)),
        ("add_months(date(2026, 1, 31), 1)", date(2026, 2, 28)),
        ("add_months(date(2024, 1, 31), 1)", date(2024, 2, 29)),
        ("add_months(date(2026, 1, 15), -1)", date(2025, 12, 15)),
        ("加月(月初(installed_on), 0)", date(2025, 10, 1)),
        ("add_months(no_day, 12)", None),
        ("month_start(no_day)", None),
    ],
)
def test_a_day_is_found_months_away(text: str, day: date | None) -> None:
    assert value(text) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("add_months(installed_on, 1.5)", "整数"),
        ("add_months(installed_on, 999999)", "日历"),
        ("add_months(12, installed_on)", "应是日期"),
        ("month_start(received_at)", "应是日期"),
    ],
)
def test_what_is_no_day_or_no_month_is_refused(text: str, said: str) -> None:
    assert said in error_of(text).text("zh")
