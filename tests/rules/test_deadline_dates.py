"""Due times in days, workdays, named dates and from fields."""

from datetime import date

import pytest

from models.rules.deadlines import due_instant
from models.rules.how_long_notation import parse_how_long
from models.rules.landing import MissingValueError
from tests.rules.calendars import FINISHED, OFFICE, due, moment, shown, why

# Days and workdays


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        pytest.param("2026-09-30 10:00", 3, "2026-10-08 18:00", id="ends in a holiday"),
        pytest.param("2026-10-12 10:00", 3, "2026-10-15 18:00", id="within a week"),
        pytest.param("2026-10-08 10:00", 10, "2026-10-19 18:00", id="ends on a Sunday"),
        pytest.param("2026-10-09 10:00", 1, "2026-10-10 18:00", id="make-up Saturday"),
        pytest.param("2026-10-02 10:00", 7, "2026-10-09 18:00", id="rest days count"),
        pytest.param("2026-10-12 00:00", 3, "2026-10-15 18:00", id="from midnight on"),
        pytest.param("2026-10-12 23:59", 3, "2026-10-15 18:00", id="till midnight"),
        pytest.param("2026-10-12 10:00", 0, "2026-10-12 18:00", id="the same day"),
        pytest.param(
            "2026-10-12 18:00", 0, "2026-10-13 18:00", id="none of it is left"
        ),
        pytest.param(
            "2026-10-11 10:00", 0, "2026-10-12 18:00", id="same day, a Sunday"
        ),
    ],
)
def test_days_count_from_the_next_day(start: str, days: int, expected: str) -> None:
    assert due(start, f"{days}d") == expected


@pytest.mark.parametrize(
    ("start", "workdays", "expected"),
    [
        pytest.param("2026-09-30 17:30", 1, "2026-10-08 18:00", id="over the holiday"),
        pytest.param(
            "2026-09-30 17:30", 5, "2026-10-13 18:00", id="a make-up day counts"
        ),
        pytest.param("2026-10-17 10:00", 1, "2026-10-19 18:00", id="from a Saturday"),
        pytest.param("2026-10-12 10:00", 0, "2026-10-12 18:00", id="the same day"),
        pytest.param("2026-10-12 19:00", 0, "2026-10-13 18:00", id="after closing"),
        pytest.param("2026-09-18 10:00", 2, "2026-09-21 18:00", id="make-up Sunday"),
    ],
)
def test_workdays_count_from_the_next_day(
    start: str, workdays: int, expected: str
) -> None:
    assert due(start, f"{workdays} workdays") == expected


def test_why_of_days_names_the_civil_code_and_the_rest_days() -> None:
    assert why("3d")[1:] == [
        "自次日起算，第3天：2026-10-03（周六）（民法典第二百零一条）",
        "2026-10-03（周六）国庆节，休息，不计",
        "2026-10-04（周日）国庆节，休息，不计",
        "2026-10-05（周一）国庆节，休息，不计",
        "2026-10-06（周二）国庆节，休息，不计",
        "2026-10-07（周三）国庆节，休息，不计",
        "顺延至下一个工作日：2026-10-08（周四）下班时",
        "到期：2026-10-08（周四）18:00",
    ]


def test_why_of_workdays_numbers_them() -> None:
    assert why("3 workdays", "2026-10-08 10:00")[1:] == [
        "2026-10-09（周五）第1个工作日",
        "2026-10-10（周六）调休上班（国庆节）第2个工作日",
        "2026-10-11（周日）周末，休息，不计",
        "2026-10-12（周一）第3个工作日",
        "到期：2026-10-12（周一）18:00",
    ]


def test_why_tells_that_a_make_up_saturday_is_a_workday() -> None:
    assert "2026-10-10（周六）调休上班（国庆节），按工作日计" in why(
        "24h", "2026-10-09 10:00"
    )


def test_why_of_the_same_day_tells_that_business_had_closed() -> None:
    assert why("0d", "2026-10-12 19:00")[1:4] == [
        "当日：2026-10-12（周一）",
        "2026-10-12（周一）当日已下班，不计",
        "顺延至下一个工作日：2026-10-13（周二）下班时",
    ]


# Dates that are named


@pytest.mark.parametrize(
    ("start", "how_long", "expected"),
    [
        pytest.param("2026-10-01 00:00", "day 5", "2026-10-08 18:00", id="the plan"),
        pytest.param("2026-10-06 10:00", "day 5", "2026-10-08 18:00", id="still ahead"),
        pytest.param("2026-10-08 18:00", "day 5", "2026-11-05 18:00", id="just passed"),
        pytest.param("2026-10-01 00:00", "day 5 as_is", "2026-10-06 00:00", id="as is"),
        pytest.param(
            "2026-09-20 00:00", "day 5 earlier", "2026-09-30 18:00", id="before"
        ),
        pytest.param(
            "2026-10-01 00:00", "day 5 earlier", "2026-11-05 18:00", id="passed already"
        ),
        pytest.param(
            "2026-10-01 00:00", "day 5 17:00", "2026-10-08 17:00", id="a time"
        ),
        pytest.param(
            "2026-10-01 00:00",
            "day 5 20:00",
            "2026-10-08 18:00",
            id="closing at latest",
        ),
        pytest.param(
            "2026-10-12 00:00", "day 13 20:00", "2026-10-13 20:00", id="evening stands"
        ),
        pytest.param(
            "2026-10-12 00:00", "day 13 24:00", "2026-10-14 00:00", id="end of the day"
        ),
        pytest.param(
            "2026-02-10 00:00", "day last", "2026-02-28 18:00", id="make-up 28 Feb"
        ),
        pytest.param(
            "2028-02-10 00:00", "day last", "2028-02-29 18:00", id="leap year"
        ),
        pytest.param("2026-06-10 00:00", "day 31", "2026-06-30 18:00", id="30 days"),
        pytest.param(
            "2026-10-08 10:00", "day 10 next month", "2026-11-10 18:00", id="next month"
        ),
        pytest.param(
            "2026-12-08 10:00",
            "day 5 in 2 months",
            "2027-02-09 18:00",
            id="Lunar New Year",
        ),
        pytest.param(
            "2026-10-12 10:00", "friday 17:30", "2026-10-16 17:30", id="this Friday"
        ),
        pytest.param(
            "2026-10-16 17:30",
            "friday 17:30",
            "2026-10-23 17:30",
            id="that very moment",
        ),
        pytest.param(
            "2026-10-12 10:00", "sunday earlier", "2026-10-16 18:00", id="before Sunday"
        ),
        pytest.param(
            "2026-10-17 10:00", "sunday earlier", "2026-10-23 18:00", id="week is over"
        ),
        pytest.param(
            "2026-10-01 10:00", "monday", "2026-10-08 18:00", id="holiday Monday"
        ),
        pytest.param(
            "2026-10-12 10:00", "wed next week", "2026-10-21 18:00", id="next week"
        ),
        pytest.param(
            "2026-10-12 10:00",
            "saturday as_is",
            "2026-10-18 00:00",
            id="Saturday as is",
        ),
    ],
)
def test_named_dates_are_the_first_that_lie_ahead(
    start: str, how_long: str, expected: str
) -> None:
    assert due(start, how_long) == expected


def test_why_of_a_day_of_the_month_tells_how_it_rolled() -> None:
    assert why("day 5", "2026-10-01 00:00")[1:] == [
        "约定日期：2026-10-05（周一）",
        "2026-10-05（周一）国庆节，休息，不计",
        "2026-10-06（周二）国庆节，休息，不计",
        "2026-10-07（周三）国庆节，休息，不计",
        "顺延至下一个工作日：2026-10-08（周四）下班时",
        "到期：2026-10-08（周四）18:00",
    ]


def test_why_of_rolling_back_goes_backwards() -> None:
    assert why("sunday earlier", "2026-10-12 10:00")[1:] == [
        "约定日期：2026-10-18（周日）",
        "2026-10-18（周日）周末，休息，不计",
        "2026-10-17（周六）周末，休息，不计",
        "提前至上一个工作日：2026-10-16（周五）下班时",
        "到期：2026-10-16（周五）18:00",
    ]


# What depends on a field


@pytest.mark.parametrize(
    ("how_long", "expected"),
    [
        pytest.param("1h before it", "2026-10-12 09:00", id="real time"),
        pytest.param("2h business before it", "2026-10-10 17:00", id="business time"),
        pytest.param("1d before it", "2026-10-10 18:00", id="Sunday rolls to Saturday"),
        pytest.param("2d before it", "2026-10-10 18:00", id="a make-up Saturday"),
        pytest.param("0d before it", "2026-10-12 10:00", id="never after it"),
        pytest.param("1 workday before it", "2026-10-10 18:00", id="a workday"),
        pytest.param("4 workdays before it", "2026-09-30 18:00", id="over the holiday"),
        pytest.param("value of it", "2026-10-12 10:00", id="the moment itself"),
    ],
)
def test_before_a_moment_in_a_field(how_long: str, expected: str) -> None:
    values = {"it": moment("2026-10-12 10:00")}

    at = due_instant(moment(FINISHED), parse_how_long(how_long), OFFICE, values=values)

    assert shown(at) == expected


@pytest.mark.parametrize(
    ("how_long", "expected"),
    [
        pytest.param("value of it", "2026-10-12 00:00", id="as is: the day's end"),
        pytest.param("value of it later", "2026-10-12 18:00", id="later"),
        pytest.param("value of it earlier", "2026-10-10 18:00", id="earlier"),
        pytest.param("1h before it", "2026-10-10 23:00", id="hours before its start"),
        pytest.param("1d before it", "2026-10-10 18:00", id="days before it"),
    ],
)
def test_date_in_a_field_means_its_close_or_its_start(
    how_long: str, expected: str
) -> None:
    values = {"it": date(2026, 10, 11)}

    at = due_instant(moment(FINISHED), parse_how_long(how_long), OFFICE, values=values)

    assert shown(at) == expected


def test_moment_on_a_rest_day_rolls_to_the_same_time() -> None:
    values = {"it": moment("2026-10-03 20:00")}

    later, earlier = (
        due_instant(
            moment(FINISHED),
            parse_how_long(f"value of it {roll}"),
            OFFICE,
            values=values,
        )
        for roll in ("later", "earlier")
    )

    assert shown(later) == "2026-10-08 18:00"
    assert shown(earlier) == "2026-09-30 18:00"


def test_why_of_a_field_tells_its_value() -> None:
    told = why("1h before it", it=moment("2026-10-12 10:00"))

    assert told[1:] == [
        "it 所填：2026-10-12（周一）10:00",
        "到期：2026-10-12（周一）09:00",
    ]


@pytest.mark.parametrize("how_long", ["value of it", "1d before it"])
def test_empty_field_gives_no_due_time(how_long: str) -> None:
    with pytest.raises(MissingValueError, match="「it」还没有填写"):
        due_instant(
            moment(FINISHED), parse_how_long(how_long), OFFICE, values={"it": None}
        )
