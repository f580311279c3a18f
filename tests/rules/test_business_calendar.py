from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from models.rules.business_calendar import BusinessCalendar, DayKind
from models.rules.open_time import NeverOpensError, OutOfYearsError
from tests.rules.calendars import (
    BAR,
    EVERY_DAY,
    NEW_YORK_NIGHTS,
    OFFICE,
    make_calendar,
    make_object,
    moment,
    shown,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("on", "kind", "name"),
    [
        pytest.param("2026-10-08", DayKind.NORMAL, "工作日", id="a Thursday"),
        pytest.param("2026-10-11", DayKind.REST, "周末", id="a Sunday"),
        pytest.param("2026-10-03", DayKind.HOLIDAY, "国庆节", id="a holiday Saturday"),
        pytest.param("2026-09-25", DayKind.HOLIDAY, "中秋", id="a holiday Friday"),
        pytest.param(
            "2026-10-10",
            DayKind.MAKE_UP,
            "调休上班（国庆节）",
            id="a Saturday worked for the holiday",
        ),
    ],
)
def test_a_day_says_why_it_is_open_or_closed(on: str, kind: str, name: str) -> None:
    day = OFFICE.day(date.fromisoformat(on))

    assert (day.kind, day.name.zh) == (kind, name)


@pytest.mark.parametrize(
    ("on", "kind", "opens"),
    [
        pytest.param("2026-10-12", DayKind.SPECIAL, True, id="own hours of a workday"),
        pytest.param("2026-10-17", DayKind.MAKE_UP, True, id="own hours of a Saturday"),
        pytest.param("2026-10-13", DayKind.HOLIDAY, False, id="own hours, but none"),
        pytest.param("2026-10-14", DayKind.MAKE_UP, True, id="own hours of a day off"),
    ],
)
def test_own_hours_of_a_date_stand_above_all_else(
    on: str, kind: str, *, opens: bool
) -> None:
    hours = [["10:00", "11:00"]]
    calendar = make_calendar(
        days_off=["2026-10-14"],
        days={
            "2026-10-12": hours,
            "2026-10-13": [],
            "2026-10-14": hours,
            "2026-10-17": hours,
        },
    )
    day = calendar.day(date.fromisoformat(on))

    assert (day.kind, day.is_workday) == (kind, opens)
    assert day.hours == (((600, 660),) if opens else ())


def test_weekday_without_hours_is_not_called_a_weekend() -> None:
    shop = make_calendar(on="wed thu fri sat sun")

    assert shop.day(date(2026, 10, 13)).name.zh == "每周休息日"


def test_extra_day_has_the_hours_of_the_first_weekday_that_has_some() -> None:
    calendar = BusinessCalendar.from_object(
        {
            "zone": "Asia/Shanghai",
            "weekly": {"tue": [["08:00", "16:00"]], "wed": [["09:00", "17:00"]]},
            "extra_days": ["2026-10-10"],
        }
    )

    assert calendar.hours_on(date(2026, 10, 10)) == ((480, 960),)


def test_extra_day_on_an_open_weekday_keeps_that_days_hours() -> None:
    calendar = BusinessCalendar.from_object(
        {
            "zone": "Asia/Shanghai",
            "weekly": {"mon": [["09:00", "18:00"]], "sat": [["09:00", "12:00"]]},
            "extra_days": ["2026-10-10"],
        }
    )

    assert calendar.day(date(2026, 10, 10)).kind is DayKind.NORMAL
    assert calendar.hours_on(date(2026, 10, 10)) == ((540, 720),)


@pytest.mark.parametrize(
    ("on", "opens"),
    [
        pytest.param("2026-10-10", True, id="the week of weeks_from itself"),
        pytest.param("2026-10-17", False, id="the week after"),
        pytest.param("2026-10-24", True, id="two weeks after"),
        pytest.param("2026-10-03", False, id="the week before"),
        pytest.param("2025-10-11", True, id="52 weeks before"),
        pytest.param("2027-01-09", False, id="13 weeks after, in the new year"),
    ],
)
def test_every_second_saturday_is_worked(on: str, *, opens: bool) -> None:
    big_and_small_weeks = make_calendar(
        on="mon tue wed thu fri sat",
        weekly_other=make_object()["weekly"],
        weeks_from="2026-10-07",  # a Wednesday: its week counts, from Monday
    )

    assert big_and_small_weeks.is_workday(date.fromisoformat(on)) == opens


def test_workdays_are_found_across_a_long_holiday() -> None:
    assert OFFICE.next_workday(date(2026, 9, 30)) == date(2026, 10, 8)
    assert OFFICE.previous_workday(date(2026, 10, 8)) == date(2026, 9, 30)
    assert OFFICE.next_workday(date(2026, 9, 18)) == date(2026, 9, 20)


def test_rest_day_opens_at_midnight_and_closes_at_24() -> None:
    sunday = date(2026, 10, 11)

    assert shown(OFFICE.opening(sunday)) == "2026-10-11 00:00"
    assert shown(OFFICE.closing(sunday)) == "2026-10-12 00:00"


def test_closing_of_a_night_is_on_the_next_date() -> None:
    assert shown(BAR.opening(date(2026, 10, 9))) == "2026-10-09 18:00"
    assert shown(BAR.closing(date(2026, 10, 9))) == "2026-10-10 02:00"
    assert not BAR.is_workday(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-10-08 08:59", False),
        ("2026-10-08 09:00", True),
        ("2026-10-08 12:00", True),
        ("2026-10-08 12:01", False),
        ("2026-10-08 18:00", True),
        ("2026-10-03 10:00", False),
    ],
)
def test_business_runs_from_opening_to_closing_both_included(
    at: str, *, is_open: bool
) -> None:
    assert OFFICE.is_open(moment(at)) == is_open


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        pytest.param("2026-10-08 09:00", 180, "2026-10-08 12:00", id="to noon closing"),
        pytest.param("2026-10-08 09:00", 181, "2026-10-08 13:31", id="past noon"),
        pytest.param("2026-10-08 12:00", 1, "2026-10-08 13:31", id="from noon closing"),
        pytest.param("2026-10-08 12:30", 60, "2026-10-08 14:30", id="from lunch"),
        pytest.param("2026-10-08 09:00", 450, "2026-10-08 18:00", id="to closing"),
        pytest.param("2026-10-08 18:00", 1, "2026-10-09 09:01", id="from closing"),
        pytest.param("2026-10-03 10:00", 480, "2026-10-09 09:30", id="from a holiday"),
        pytest.param(
            "2026-10-09 17:00", 120, "2026-10-10 10:00", id="to a make-up day"
        ),
        pytest.param("2026-10-10 18:00", 60, "2026-10-12 10:00", id="over a Sunday"),
        pytest.param("2026-12-31 17:00", 120, "2027-01-04 10:00", id="over New Year"),
    ],
)
def test_business_time_is_added_and_measured(
    start: str, minutes: int, end: str
) -> None:
    due = OFFICE.add_business_time(moment(start), minutes * MINUTE)

    assert shown(due) == end
    assert OFFICE.business_time_between(moment(start), due) == minutes * MINUTE


def test_no_business_time_at_all_ends_where_it_starts() -> None:
    sunday = moment("2026-10-11 10:00")

    assert OFFICE.add_business_time(sunday, timedelta()) == sunday
    assert OFFICE.subtract_business_time(sunday, timedelta()) == sunday


def test_business_time_backwards_is_below_zero() -> None:
    start, end = moment("2026-10-09 10:00"), moment("2026-10-08 17:00")

    assert OFFICE.business_time_between(start, end) == -2 * HOUR


def test_seconds_and_fractions_are_kept() -> None:
    start = moment("2026-10-08 17:59") + timedelta(seconds=30, microseconds=7)

    due = OFFICE.add_business_time(start, MINUTE)

    expected = timedelta(seconds=30, microseconds=7)
    assert due == moment("2026-10-09 09:00") + expected


@pytest.mark.parametrize(
    ("end", "hours", "start"),
    [
        pytest.param("2026-10-08 12:00", 3, "2026-10-08 09:00", id="from its opening"),
        pytest.param("2026-10-08 10:00", 4, "2026-09-30 15:00", id="over the holiday"),
        pytest.param("2026-10-03 10:00", 1, "2026-09-30 17:00", id="from a holiday"),
        pytest.param(
            "2026-01-05 10:00", 2, "2026-01-04 17:00", id="into a make-up day"
        ),
        pytest.param("2026-01-04 10:00", 2, "2025-12-31 17:00", id="into the old year"),
    ],
)
def test_business_time_is_counted_backwards(end: str, hours: int, start: str) -> None:
    begun = OFFICE.subtract_business_time(moment(end), hours * HOUR)

    assert shown(begun) == start


def test_night_hours_belong_to_the_evening_before() -> None:
    start = moment("2026-10-10 00:30")  # Saturday, in the night of Friday

    due = BAR.add_business_time(start, 3 * HOUR)

    assert shown(due) == "2026-10-12 19:30"  # 1.5 h till 02:00, 1.5 h on Monday


def test_night_that_runs_into_the_next_days_hours_counts_once() -> None:
    calendar = make_calendar([["20:00", "10:00"], ["09:00", "12:00"]], EVERY_DAY)
    day = moment("2026-10-08 00:00"), moment("2026-10-09 00:00")

    assert calendar.business_time_between(*day) == 16 * HOUR
    assert list(calendar.open_spans(*day)) == [
        (moment("2026-10-08 00:00"), moment("2026-10-08 12:00")),
        (moment("2026-10-08 20:00"), moment("2026-10-09 00:00")),
    ]


@pytest.mark.parametrize(
    "whole_day", [["00:00", "24:00"], ["00:00", "00:00"], ["07:00", "07:00"]]
)
def test_day_open_round_the_clock_counts_every_hour(whole_day: list[str]) -> None:
    calendar = make_calendar([whole_day], EVERY_DAY)

    due = calendar.add_business_time(moment("2026-12-30 10:17"), 72 * HOUR)

    assert shown(due) == "2027-01-02 10:17"


@pytest.mark.parametrize(
    ("evening", "hours"),
    [
        pytest.param("2026-03-07 22:00", 7, id="clocks go forward: an hour less"),
        pytest.param("2026-10-31 22:00", 9, id="clocks go back: an hour more"),
        pytest.param("2026-06-01 22:00", 8, id="an ordinary night"),
    ],
)
def test_night_of_a_clock_change_counts_real_hours(evening: str, hours: int) -> None:
    start = moment(evening, "America/New_York")
    end = start + timedelta(hours=20)

    assert NEW_YORK_NIGHTS.business_time_between(start, end) == hours * HOUR


def test_opening_that_a_clock_change_skips_is_read_with_the_old_offset() -> None:
    calendar = make_calendar([["02:30", "05:00"]], EVERY_DAY, zone="America/New_York")

    opening = calendar.opening(date(2026, 3, 8))

    assert shown(opening, "America/New_York") == "2026-03-08 03:30"


def test_span_that_a_clock_change_turns_round_is_left_out() -> None:
    calendar = make_calendar([["02:30", "03:15"]], EVERY_DAY, zone="America/New_York")

    assert calendar.spans_on(date(2026, 3, 8)) == []
    assert len(calendar.spans_on(date(2026, 3, 9))) == 1


def test_opening_that_occurs_twice_is_the_first() -> None:
    calendar = make_calendar([["01:30", "05:00"]], EVERY_DAY, zone="America/New_York")
    day = [moment(f"2026-11-01 0{hour}:00", "America/New_York") for hour in (0, 6)]

    assert calendar.business_time_between(*day) == 4 * HOUR + 30 * MINUTE


def test_answer_does_not_depend_on_what_was_asked_before() -> None:
    questions = [
        moment(f"{year}-05-06 10:00") for year in (2026, 1990, 2060, 2027, 2005)
    ]
    asked_together = make_calendar()

    answers = [asked_together.add_business_time(each, 30 * HOUR) for each in questions]

    assert answers == [
        make_calendar().add_business_time(each, 30 * HOUR) for each in questions
    ]


def test_many_threads_get_the_answers_of_one() -> None:
    starts = [moment(f"{year}-06-01 10:00") for year in range(2000, 2030)] * 9
    calendar = make_calendar()

    with ThreadPoolExecutor(8) as pool:
        together = list(
            pool.map(lambda at: calendar.add_business_time(at, 20 * HOUR), starts)
        )

    assert together == make_calendar().add_business_time_to_all(starts, 20 * HOUR)


@pytest.mark.parametrize("days", ["", "mon"], ids=["never open", "an hour a week"])
def test_calendar_that_opens_too_little_in_ten_years_is_refused(days: str) -> None:
    calendar = make_calendar([["09:00", "10:00"]], days)
    start = moment("2026-10-08 10:00")

    with pytest.raises(NeverOpensError) as refused:
        calendar.add_business_time(start, 600 * HOUR)
    with pytest.raises(NeverOpensError):
        calendar.subtract_business_time(start, 600 * HOUR)

    assert "十年" in refused.value.text("zh")
    assert "check its opening hours" in refused.value.text("en")


def test_ten_years_are_the_limit_whatever_was_asked_before() -> None:
    calendar = make_calendar([["09:00", "10:00"]], "mon")
    calendar.add_business_time(moment("2040-01-01 00:00"), HOUR)

    with pytest.raises(NeverOpensError):
        calendar.add_business_time(moment("2026-10-08 10:00"), 600 * HOUR)


def test_search_for_a_workday_ends_when_there_is_none() -> None:
    with pytest.raises(NeverOpensError):
        make_calendar(on="").next_workday(date(2026, 10, 8))


@pytest.mark.parametrize("year", ["0202", "2206", "9999"])
def test_mistyped_year_is_refused(year: str) -> None:
    with pytest.raises(OutOfYearsError, match="1900 至 2199"):
        OFFICE.add_business_time(moment(f"{year}-06-01 00:00"), HOUR)


def test_years_from_the_unpublished_one_on_are_provisional() -> None:
    assert OFFICE.is_provisional(date(2026, 12, 31), date(2027, 1, 1))
    assert not OFFICE.is_provisional(date(2026, 12, 31))


ONE_HOUR_A_WEEK = make_calendar([["09:00", "10:00"]], "mon")
WEEKLY_STARTS = [moment("2026-01-05 12:00") + 3 * at * MINUTE for at in range(3000)]


def test_many_starts_over_many_years_are_due_as_each_by_itself() -> None:
    starts = [moment("1995-01-01 12:00") + timedelta(days=20 * at) for at in range(600)]

    found = OFFICE.add_business_time_to_all(starts, timedelta(hours=8))

    assert found == [
        OFFICE.add_business_time(each, timedelta(hours=8)) for each in starts
    ]


def test_many_starts_of_which_one_is_due_too_far_ahead_are_refused_as_it_is() -> None:
    length = timedelta(hours=522)  # the last of them ten years ahead
    calendar = ONE_HOUR_A_WEEK
    late = [each for each in WEEKLY_STARTS if each > moment("2026-01-10 12:00")]

    found = calendar.add_business_time_to_all(late, length)

    assert found == [calendar.add_business_time(each, length) for each in late]
    for starts in (WEEKLY_STARTS, WEEKLY_STARTS[:1]):
        with pytest.raises(NeverOpensError):
            calendar.add_business_time_to_all(starts, length)
