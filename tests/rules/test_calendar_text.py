"""Calendars as people type them, in the many ways that they do."""

from datetime import date

import pytest

from models.rules.calendar_object import DAY_OFF
from models.rules.calendar_text import (
    CalendarTextError,
    read_named_days,
    read_own_days,
    read_spans,
    write_named_days,
    write_own_days,
    write_spans,
)
from models.words import Label

OFFICE = ((540, 720), (810, 1080))


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-12:00 13:30-18:00", OFFICE),
        ("9:00—12:00、13：30至18:00", OFFICE),
        ("13:30~18:00，09:00 - 12:00", OFFICE),
        ("18:00-02:00", ((1080, 1560),)),
        ("00:00-24:00", ((0, 1440),)),
        ("09:00-09:00", ((540, 1980),)),
        ("", ()),
        ("休", ()),
        ("Closed", ()),
    ],
)
def test_spans_are_read_and_written_back_the_same(
    text: str, hours: tuple[tuple[int, int], ...]
) -> None:
    assert read_spans(text) == hours
    assert read_spans(write_spans(hours)) == hours


@pytest.mark.parametrize("text", ["9-18", "25:00-26:00", "09:00", "早 09:00-12:00"])
def test_what_is_no_span_is_refused_with_its_words(text: str) -> None:
    with pytest.raises(CalendarTextError) as refused:
        read_spans(text)

    assert f"“{text}”" in refused.value.text("zh")


def test_days_in_a_row_of_one_name_are_one_line() -> None:
    named = {date(2026, 10, day): Label("国庆节", "National Day") for day in (1, 2, 3)}
    named |= {date(2026, 10, 4): DAY_OFF, date(2026, 10, 6): Label("盘点", "盘点")}

    written = write_named_days(named, DAY_OFF)

    assert written.splitlines() == [
        "2026-10-01~2026-10-03 国庆节 / National Day",
        "2026-10-04",
        "2026-10-06 盘点",
    ]
    assert read_named_days(written, DAY_OFF) == named


def test_days_of_their_own_hours_are_read_and_written_back_the_same() -> None:
    own = {date(2026, 12, 30): (), date(2026, 12, 31): OFFICE}

    assert write_own_days(own).splitlines()[0] == "2026-12-30 休"
    assert read_own_days(write_own_days(own)) == own


@pytest.mark.parametrize(
    "line",
    ["十月一日", "2026-02-30 x", "2026-10-07~2026-10-01", "2020-01-01~2026-01-01"],
)
def test_line_without_a_day_is_refused_with_its_words(line: str) -> None:
    with pytest.raises(CalendarTextError) as refused:
        read_named_days(f"2026-01-01\n{line}", DAY_OFF)

    assert line in refused.value.text("en")
