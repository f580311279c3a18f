from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.periods import (
    KIND_LABELS,
    DateRange,
    PeriodError,
    PeriodKind,
    next_period,
    parse_period,
    period_at,
    period_of,
    periods_in,
    previous_period,
)
from models.rules.relative_dates import (
    RELATIVE_LABELS,
    relative_label,
    relative_range,
)
from tests.rules.calendars import OFFICE

SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY = date(2026, 10, 8)


def span(dates: DateRange) -> str:
    return f"{dates.first} {dates.last}"


@pytest.mark.parametrize(
    ("kind", "text", "shown", "dates"),
    [
        ("day", "2026-10-08", "2026年10月8日", "2026-10-08 2026-10-08"),
        ("workday", "2026-10-08", "2026年10月8日", "2026-10-08 2026-10-08"),
        ("week", "2026-W41", "2026年第41周", "2026-10-05 2026-10-11"),
        ("fortnight", "2026-W41-W42", "2026年第41、42周", "2026-10-05 2026-10-18"),
        ("month", "2026-10", "2026年10月", "2026-10-01 2026-10-31"),
        ("quarter", "2026-Q4", "2026年第4季度", "2026-10-01 2026-12-31"),
        ("half_year", "2026-H2", "2026年下半年", "2026-07-01 2026-12-31"),
        ("year", "2026", "2026年", "2026-01-01 2026-12-31"),
    ],
)
def test_date_lies_in_one_period_of_each_kind(
    kind: str, text: str, shown: str, dates: str
) -> None:
    period = period_of(PeriodKind(kind), THURSDAY)

    assert (period.text, period.label.zh, span(period)) == (text, shown, dates)


@pytest.mark.parametrize(
    ("on", "kind", "text"),
    [
        pytest.param(
            "2027-01-01", "week", "2026-W53", id="ISO week of the year before"
        ),
        pytest.param("2024-12-30", "week", "2025-W01", id="ISO week of the year after"),
        pytest.param(
            "2026-12-30", "fortnight", "2026-W53-W01", id="fortnight over New Year"
        ),
        pytest.param("2023-12-31", "fortnight", "2023-W51-W52", id="before the anchor"),
        pytest.param("2026-03-31", "quarter", "2026-Q1", id="last day of a quarter"),
        pytest.param("2026-04-01", "quarter", "2026-Q2", id="first day of a quarter"),
        pytest.param(
            "2026-06-30", "half_year", "2026-H1", id="last day of a half-year"
        ),
        pytest.param("2028-02-29", "month", "2028-02", id="leap day"),
    ],
)
def test_borders_fall_on_the_right_side(on: str, kind: str, text: str) -> None:
    assert period_of(PeriodKind(kind), date.fromisoformat(on)).text == text


@pytest.mark.parametrize("kind", [kind for kind in PeriodKind if kind != "workday"])
def test_periods_follow_each_other_without_gap_and_read_back(kind: PeriodKind) -> None:
    period = period_of(kind, date(2019, 12, 30))

    while period.first.year < 2028:
        following = next_period(period)
        assert following.first == period.end
        assert previous_period(following) == period
        assert parse_period(period.text) == parse_period(period.label.zh) == period
        assert {period_of(kind, on) for on in (period.first, period.last)} == {period}
        assert period.last in period
        assert period.end not in period
        period = following


def test_workdays_skip_the_holiday() -> None:
    before = period_of(PeriodKind.WORKDAY, date(2026, 9, 30))

    after = next_period(before, OFFICE)

    assert after.text == "2026-10-08"
    assert previous_period(after, OFFICE) == before


def test_workdays_of_a_month_are_those_of_the_calendar() -> None:
    october = period_of(PeriodKind.MONTH, THURSDAY)
    september = previous_period(october)

    worked = [
        len(list(periods_in(PeriodKind.WORKDAY, month, OFFICE)))
        for month in (september, october)
    ]

    assert worked == [22, 18]


def test_workdays_need_a_calendar() -> None:
    with pytest.raises(ValueError, match="calendar"):
        next_period(period_of(PeriodKind.WORKDAY, THURSDAY))


def test_weeks_of_a_month_include_those_it_cuts() -> None:
    october = period_of(PeriodKind.MONTH, THURSDAY)

    weeks = [period.text for period in periods_in(PeriodKind.WEEK, october)]

    assert weeks == ["2026-W40", "2026-W41", "2026-W42", "2026-W43", "2026-W44"]


def test_period_begins_and_ends_at_the_zones_midnight() -> None:
    october = period_of(PeriodKind.MONTH, THURSDAY)

    assert october.instants(SHANGHAI) == (
        datetime(2026, 9, 30, 16, tzinfo=UTC),
        datetime(2026, 10, 31, 16, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("on", "hours"),
    [
        pytest.param(date(2026, 3, 8), 23, id="clocks go forward"),
        pytest.param(date(2026, 11, 1), 25, id="clocks go back"),
    ],
)
def test_day_of_a_clock_change_is_shorter_or_longer(on: date, hours: int) -> None:
    start, end = period_of(PeriodKind.DAY, on).instants(ZoneInfo("America/New_York"))

    assert end - start == timedelta(hours=hours)


def test_day_whose_midnight_a_clock_change_skips_begins_at_the_change() -> None:
    day = period_of(PeriodKind.DAY, date(2018, 11, 4))

    start, end = day.instants(ZoneInfo("America/Sao_Paulo"))

    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert end - start == timedelta(hours=23)


def test_instant_lies_in_the_period_of_its_zone() -> None:
    midnight_in_shanghai = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)

    assert period_at(PeriodKind.MONTH, midnight_in_shanghai, SHANGHAI).text == "2026-10"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (" 2026-10 ", "2026-10"),
        ("2026-9", "2026-09"),
        ("2026q4", "2026-Q4"),
        ("2026年4季", "2026-Q4"),
        ("2026年上半年", "2026-H1"),
        ("2026-w41", "2026-W41"),
        ("2026-9-3", "2026-09-03"),
    ],
)
def test_period_is_read_as_people_write_it(text: str, meant: str) -> None:
    assert parse_period(text).text == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "十月", "2026-13", "2026-00", "2026-Q5", "2026-H3", "2026-02-31"),
        *("2026-W54", "2025-W53", "2026-W42-W43", "2026-W41-W43", "0000", "1899", "26"),
        *("9999-12-31", "0001-01-01"),
    ],
)
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match=f"「{text}」不是期间；可写 2026-10-08"):
        parse_period(text)


def test_every_kind_has_its_word() -> None:
    assert list(KIND_LABELS) == list(PeriodKind)


# Relative to today


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("今天", "2026-10-08 2026-10-08"),
        ("昨天", "2026-10-07 2026-10-07"),
        ("明天", "2026-10-09 2026-10-09"),
        ("本周", "2026-10-05 2026-10-11"),
        ("上周", "2026-09-28 2026-10-04"),
        ("下周", "2026-10-12 2026-10-18"),
        ("本月", "2026-10-01 2026-10-31"),
        ("上月", "2026-09-01 2026-09-30"),
        ("上个月", "2026-09-01 2026-09-30"),
        ("下月", "2026-11-01 2026-11-30"),
        ("本季", "2026-10-01 2026-12-31"),
        ("上季度", "2026-07-01 2026-09-30"),
        ("下季度", "2027-01-01 2027-03-31"),
        ("本半年", "2026-07-01 2026-12-31"),
        ("上个半年", "2026-01-01 2026-06-30"),
        ("本年", "2026-01-01 2026-12-31"),
        ("去年", "2025-01-01 2025-12-31"),
        ("明年", "2027-01-01 2027-12-31"),
        ("this_week", "2026-10-05 2026-10-11"),
        ("last month", "2026-09-01 2026-09-30"),
        ("last_7_days", "2026-10-02 2026-10-08"),
        ("近7天", "2026-10-02 2026-10-08"),
        ("最近30天", "2026-09-09 2026-10-08"),
        ("last_1_days", "2026-10-08 2026-10-08"),
        ("next_3_days", "2026-10-08 2026-10-10"),
        ("未来3天", "2026-10-08 2026-10-10"),
    ],
)
def test_word_means_dates_relative_to_today(name: str, dates: str) -> None:
    assert span(relative_range(name, THURSDAY)) == dates


def test_last_month_of_the_31st_is_the_whole_short_month() -> None:
    assert span(relative_range("上月", date(2026, 3, 31))) == "2026-02-01 2026-02-28"


def test_every_word_offered_is_understood() -> None:
    for code, label in RELATIVE_LABELS.items():
        assert relative_range(label.zh, THURSDAY) == relative_range(code, THURSDAY)
        assert relative_label(code) == label
    assert relative_label("last_7_days").zh == "近7天"
    assert relative_label("next_7_days").en == "next 7 days"


@pytest.mark.parametrize("name", ["", "大前天", "last_days", "last_x_days", "this_day"])
def test_word_that_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(PeriodError, match=f"「{name}」不是相对日期；可写今天"):
        relative_range(name, THURSDAY)


@pytest.mark.parametrize("name", ["last_0_days", "近9999天"])
def test_number_of_days_out_of_range_is_refused(name: str) -> None:
    with pytest.raises(PeriodError, match="超出范围，请填写 1 至 3650 天"):
        relative_range(name, THURSDAY)
