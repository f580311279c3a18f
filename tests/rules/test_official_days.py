from dataclasses import replace
from datetime import date

import pytest

from models.rules.calendar_object import read_calendar
from models.rules.calendar_text import (
    CalendarTextError,
    read_official_days,
    write_official_days,
)
from models.rules.official_days import (
    LAST_PUBLISHED,
    OfficialDay,
    OfficialKind,
    is_by_the_rule,
    is_published,
    official_days,
    with_official_days,
    with_published_year,
)
from models.words import Label
from tests.rules.calendars import make_object


def days_of(year: int, kind: OfficialKind) -> list[str]:
    return [
        f"{on:%m-%d}" for on, day in official_days(year).items() if day.kind is kind
    ]


def test_days_off_of_2026_are_the_published_ones() -> None:
    off = days_of(2026, OfficialKind.OFF)

    assert [on for on in off if on >= "09"] == [
        *("09-25", "09-26", "09-27"),
        *("10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"),
    ]


def test_make_up_workdays_of_2026_are_the_published_ones() -> None:
    worked = days_of(2026, OfficialKind.WORKDAY)

    assert worked == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_names_say_which_holiday_a_day_belongs_to() -> None:
    days = official_days(2026)

    assert days[date(2026, 9, 25)].name.zh == "中秋"
    assert days[date(2026, 10, 10)].name.zh == "调休上班（国庆节）"
    assert days[date(2026, 10, 10)].name.en == "make-up workday (National Day)"


@pytest.mark.parametrize("year", [2003, LAST_PUBLISHED + 1])
def test_years_outside_the_published_ones_are_known_as_such(year: int) -> None:
    assert not is_published(year)
    assert is_published(2026)


def test_unpublished_year_has_the_days_fixed_by_law_and_no_make_up_days() -> None:
    assert days_of(2030, OfficialKind.OFF) == [
        "01-01",
        *("02-02", "02-03", "02-04", "02-05"),
        "04-05",
        *("05-01", "05-02"),
        "06-05",
        "09-12",
        *("10-01", "10-02", "10-03"),
    ]
    assert days_of(2030, OfficialKind.WORKDAY) == []


def test_year_beyond_the_known_festivals_keeps_the_days_of_the_sun() -> None:
    off = days_of(2040, OfficialKind.OFF)

    assert off == ["01-01", "04-04", "05-01", "05-02", "10-01", "10-02", "10-03"]


def test_calendar_with_official_days_marks_what_is_not_published() -> None:
    parts = with_official_days(read_calendar(make_object()), range(2025, 2029))

    assert parts.provisional_from == LAST_PUBLISHED + 1
    assert date(2027, 1, 1) in parts.days_off


def test_year_that_was_not_asked_for_is_provisional_too() -> None:
    parts = with_official_days(read_calendar(make_object()), [2025])

    assert parts.provisional_from == 2026
    assert date(2026, 10, 1) not in parts.days_off


def test_own_days_of_a_calendar_win_over_the_official_ones() -> None:
    own = make_object(
        days_off={"2026-10-10": "公司补休"}, extra_days={"2026-10-07": "值班"}
    )

    parts = with_official_days(read_calendar(own), [2026])

    assert parts.days_off[date(2026, 10, 10)].zh == "公司补休"
    assert date(2026, 10, 10) not in parts.extra_days
    assert parts.extra_days[date(2026, 10, 7)].zh == "值班"
    assert date(2026, 10, 7) not in parts.days_off


def test_no_years_leave_a_calendar_as_it_is() -> None:
    parts = read_calendar(make_object())

    assert with_official_days(parts, []) is parts


# An invented notice: the bridging days of Spring Festival, and what is worked for them.
NOTICE = """2030-01-01 休 元旦 / New Year's Day
2030年2月2日~2030-02-09	放假	春节

2030/2/10,班,春节
2030-10-04 off"""


def test_table_of_a_year_is_read_as_it_is_pasted() -> None:
    read = read_official_days(NOTICE, 2030)

    assert len(read) == 11
    assert read[date(2030, 2, 9)] == OfficialDay(
        OfficialKind.OFF, Label("春节", "春节")
    )
    assert read[date(2030, 2, 10)].kind is OfficialKind.WORKDAY
    assert read[date(2030, 10, 4)].name.zh == "休息日"
    assert read_official_days(write_official_days(read), 2030) == read


def test_shipped_year_is_written_and_read_back_the_same() -> None:
    days = official_days(2026)

    assert read_official_days(write_official_days(days), 2026) == days


@pytest.mark.parametrize(
    "line", ["2031-01-01 休", "2030-12-31~2031-01-01 休", "2030-01-01", "2030-01-01 x"]
)
def test_line_of_another_year_or_of_no_kind_is_refused(line: str) -> None:
    with pytest.raises(CalendarTextError, match="2030"):
        read_official_days(line, 2030)


def test_published_year_takes_the_place_of_the_provisional_one() -> None:
    own = make_object(
        days_off={"2030-06-01": "厂庆", "2030-02-10": "盘点"}, provisional_from=2030
    )
    parts = with_official_days(read_calendar(own), [2029])
    rule = official_days(2030)
    names = {on: day.name for on, day in rule.items()}
    waiting = replace(
        parts, provisional_from=2030, days_off={**names, **parts.days_off}
    )

    found = with_published_year(waiting, 2030, read_official_days(NOTICE, 2030))

    of_2030 = {f"{on:%m-%d}" for on in found.days_off if on.year == 2030}
    # Its own days stay; a day that the notice does not name is off no more.
    assert {"06-01", "02-10", "02-09", "10-04"} <= of_2030
    assert "05-01" not in of_2030
    assert date(2030, 2, 10) not in found.extra_days
    assert found.provisional_from == 2031
    assert date(2031, 1, 23) in found.days_off
    assert is_by_the_rule(waiting)
    assert is_by_the_rule(found)
    assert with_published_year(found, 2030, read_official_days(NOTICE, 2030)) == found


def test_calendar_of_another_country_waits_by_no_rule() -> None:
    assert not is_by_the_rule(read_calendar(make_object(provisional_from=2027)))
    assert not is_by_the_rule(read_calendar(make_object()))
