"""Due times in hours: the source's example first, then tables of cases."""

from datetime import datetime, timedelta

import pytest

from models.rules.business_calendar import BusinessCalendar
from models.rules.deadlines import (
    due_at,
    due_instant,
    due_instants,
)
from models.rules.how_long_notation import parse_how_long
from models.rules.open_time import NeverOpensError, OutOfYearsError
from tests.rules.calendars import (
    BAR,
    FINISHED,
    NEW_YORK,
    NEW_YORK_NIGHTS,
    OFFICE,
    due,
    make_calendar,
    moment,
    shown,
    why,
)

HOUR = timedelta(hours=1)


# A repair finished on Wednesday 2026-09-30 at 17:30, before seven days of holiday.


@pytest.mark.parametrize(
    ("how_long", "expected"),
    [
        pytest.param("24h", "2026-10-08 17:30", id="rolled: what people mean"),
        pytest.param("24h elapsed", "2026-10-01 17:30", id="elapsed: on a holiday"),
        pytest.param("24h business", "2026-10-12 10:00", id="business: absurdly late"),
    ],
)
def test_callback_after_a_repair_before_the_holiday(
    how_long: str, expected: str
) -> None:
    assert due(FINISHED, how_long) == expected


def test_why_of_rolled_hours_tells_every_rest_day() -> None:
    assert why("24h") == [
        "2026-09-30（周三）17:30 起算，时限：24小时（遇休息日顺延）",
        "满24小时：2026-10-01（周四）17:30",
        "2026-10-01（周四）国庆节，休息，不计",
        "2026-10-02（周五）国庆节，休息，不计",
        "2026-10-03（周六）国庆节，休息，不计",
        "2026-10-04（周日）国庆节，休息，不计",
        "2026-10-05（周一）国庆节，休息，不计",
        "2026-10-06（周二）国庆节，休息，不计",
        "2026-10-07（周三）国庆节，休息，不计",
        "顺延至下一个工作日：2026-10-08（周四）同一时刻",
        "到期：2026-10-08（周四）17:30",
    ]


def test_why_of_elapsed_hours_is_short() -> None:
    assert why("24h elapsed") == [
        "2026-09-30（周三）17:30 起算，时限：24小时（自然时间）",
        "满24小时：2026-10-01（周四）17:30",
        "到期：2026-10-01（周四）17:30",
    ]


def test_why_of_business_hours_counts_down_day_by_day() -> None:
    told = why("24h business")

    assert told[:3] == [
        "2026-09-30（周三）17:30 起算，时限：24小时（营业时间）",
        "2026-09-30（周三）17:30–18:00 营业，计入30分，还剩23小时30分",
        "2026-10-01（周四）国庆节，休息，不计",
    ]
    assert told[9:] == [
        "2026-10-08（周四）09:00–12:00、13:30–18:00 营业，计入7小时30分，还剩16小时",
        "2026-10-09（周五）09:00–12:00、13:30–18:00 营业，计入7小时30分，还剩8小时30分",
        (
            "2026-10-10（周六）调休上班（国庆节）09:00–12:00、13:30–18:00 营业，"
            "计入7小时30分，还剩1小时"
        ),
        "2026-10-11（周日）周末，休息，不计",
        "2026-10-12（周一）09:00–10:00 营业，计入1小时，还剩0分",
        "到期：2026-10-12（周一）10:00",
    ]


def test_why_is_told_in_english_as_well() -> None:
    steps = due_at(moment(FINISHED), parse_how_long("24h"), OFFICE).why

    told = [step.label.en for step in steps]
    assert told[2] == "Thu 2026-10-01: National Day, closed"
    assert told[-2] == (
        "Rolled to the next workday, Thu 2026-10-08, at the same time of day"
    )
    assert all(line.isascii() for line in told)


# Hours


@pytest.mark.parametrize(
    ("start", "how_long", "expected"),
    [
        pytest.param("2026-10-08 10:00", "24h", "2026-10-09 10:00", id="on a workday"),
        pytest.param(
            "2026-10-16 10:00", "24h", "2026-10-19 10:00", id="over a weekend"
        ),
        pytest.param("2026-10-16 20:00", "24h", "2026-10-19 18:00", id="at closing"),
        pytest.param(
            "2026-10-15 22:00", "24h", "2026-10-16 22:00", id="stands at night"
        ),
        pytest.param(
            "2026-10-09 10:00", "24h", "2026-10-10 10:00", id="make-up Saturday"
        ),
        pytest.param("2026-09-24 16:00", "48h", "2026-09-28 16:00", id="Mid-autumn"),
        pytest.param("2026-09-29 09:00", "72h", "2026-10-08 09:00", id="National Day"),
        pytest.param(
            "2026-10-17 03:00", "24h", "2026-10-19 03:00", id="before opening"
        ),
        pytest.param("2026-10-16 00:00", "24h", "2026-10-19 00:00", id="from midnight"),
        pytest.param(
            "2026-10-17 10:00", "48h", "2026-10-19 10:00", id="ends on Monday"
        ),
        pytest.param(
            "2026-10-17 10:00", "0h", "2026-10-19 10:00", id="at once, rested"
        ),
        pytest.param("2026-10-16 17:45", "20m", "2026-10-16 18:05", id="minutes"),
        pytest.param(
            "2026-02-13 18:00", "24h", "2026-02-14 18:00", id="make-up in Feb"
        ),
        pytest.param("2026-02-14 10:00", "24h", "2026-02-24 10:00", id="nine days off"),
    ],
)
def test_rolled_hours(start: str, how_long: str, expected: str) -> None:
    assert due(start, how_long) == expected


@pytest.mark.parametrize(
    ("start", "how_long", "expected"),
    [
        pytest.param(
            "2026-10-08 09:00", "3h", "2026-10-08 12:00", id="at noon closing"
        ),
        pytest.param("2026-10-08 16:00", "2h", "2026-10-08 18:00", id="at closing"),
        pytest.param("2026-10-08 16:00", "121m", "2026-10-09 09:01", id="just past it"),
        pytest.param("2026-10-08 18:00", "1h", "2026-10-09 10:00", id="from closing"),
        pytest.param("2026-10-08 07:00", "1h", "2026-10-08 10:00", id="before opening"),
        pytest.param("2026-10-03 10:00", "8h", "2026-10-09 09:30", id="from a holiday"),
        pytest.param("2026-10-11 10:00", "0h", "2026-10-11 10:00", id="none at all"),
        pytest.param(
            "2026-10-08 09:00", "7.5h", "2026-10-08 18:00", id="one whole day"
        ),
        pytest.param(
            "2026-10-08 09:00", "75h", "2026-10-20 18:00", id="ten whole days"
        ),
    ],
)
def test_business_hours(start: str, how_long: str, expected: str) -> None:
    assert due(start, f"{how_long} business") == expected


@pytest.mark.parametrize(
    ("start", "how_long", "expected"),
    [
        pytest.param("2026-10-09 01:00", "24h", "2026-10-10 01:00", id="night stands"),
        pytest.param("2026-10-09 02:00", "24h", "2026-10-10 02:00", id="its very end"),
        pytest.param(
            "2026-10-09 03:00", "24h", "2026-10-12 03:00", id="after the night"
        ),
        pytest.param("2026-10-09 20:00", "24h", "2026-10-12 20:00", id="next evening"),
        pytest.param(
            "2026-10-10 00:30", "3h business", "2026-10-12 19:30", id="business"
        ),
        pytest.param(
            "2026-10-08 20:00", "1d", "2026-10-10 02:00", id="day: its closing"
        ),
        pytest.param(
            "2026-10-10 01:00", "0d", "2026-10-13 02:00", id="rest day by date"
        ),
    ],
)
def test_nights_that_run_past_midnight(
    start: str, how_long: str, expected: str
) -> None:
    assert shown(due_instant(moment(start), parse_how_long(how_long), BAR)) == expected


@pytest.mark.parametrize(
    ("calendar", "start", "how_long", "expected"),
    [
        pytest.param(
            NEW_YORK, "2026-03-07 12:00", "24h elapsed", "2026-03-08 13:00",
            id="elapsed is real time: the clocks went forward",
        ),
        pytest.param(
            NEW_YORK, "2026-03-06 12:00", "48h", "2026-03-09 13:00",
            id="rolled keeps the time of day its instant has",
        ),
        pytest.param(
            NEW_YORK, "2026-10-31 12:00", "24h elapsed", "2026-11-01 11:00",
            id="elapsed is real time: the clocks went back",
        ),
        pytest.param(
            NEW_YORK, "2026-03-06 16:00", "2h business", "2026-03-09 10:00",
            id="business hours are those of the wall clock",
        ),
        pytest.param(
            NEW_YORK, "2026-10-30 10:00", "3d", "2026-11-02 17:00",
            id="days end by the wall clock",
        ),
        pytest.param(
            NEW_YORK_NIGHTS, "2026-03-07 22:00", "8h business", "2026-03-08 23:00",
            id="the short night has seven hours",
        ),
        pytest.param(
            NEW_YORK_NIGHTS, "2026-10-31 22:00", "9h business", "2026-11-01 06:00",
            id="the long night has nine, and ends at closing",
        ),
    ],
)  # fmt: skip
def test_clock_changes(
    calendar: BusinessCalendar, start: str, how_long: str, expected: str
) -> None:
    zone = "America/New_York"

    at = due_instant(moment(start, zone), parse_how_long(how_long), calendar)

    assert shown(at, zone) == expected


def test_same_time_of_day_that_a_clock_change_skips_comes_after_it() -> None:
    calendar = make_calendar(
        [["00:00", "24:00"]], "mon tue wed thu fri sun", zone="America/New_York"
    )
    start = moment("2026-03-06 02:30", "America/New_York")

    at = due_instant(start, parse_how_long("24h"), calendar)

    assert shown(at, "America/New_York") == "2026-03-08 03:30"


# What is the same for all


@pytest.mark.parametrize(
    "how_long", ["24h", "24h business", "24h elapsed", "3d", "2 workdays", "day 5"]
)
def test_many_at_once_and_with_reasons_give_the_same_instants(how_long: str) -> None:
    allowed = parse_how_long(how_long)
    starts = [moment(FINISHED) + hours * HOUR for hours in range(-40, 400, 7)]

    together = due_instants(starts, allowed, OFFICE)

    assert together == [due_instant(start, allowed, OFFICE) for start in starts]
    assert together == [due_at(start, allowed, OFFICE).at for start in starts]


@pytest.mark.parametrize(
    ("how_long", "provisional"),
    [
        pytest.param("24h", False, id="within the published year"),
        pytest.param("10d", True, id="rests on next year's days"),
        pytest.param("240h elapsed", False, id="rests on no calendar"),
    ],
)
def test_due_time_in_an_unpublished_year_is_provisional(
    how_long: str, *, provisional: bool
) -> None:
    due = due_at(moment("2026-12-28 10:00"), parse_how_long(how_long), OFFICE)

    assert due.provisional == provisional
    assert any(step.kind == "provisional" for step in due.why) == provisional


def test_calendar_that_never_opens_gives_no_due_time() -> None:
    never = make_calendar(on="")

    for how_long in ("24h", "24h business", "3d", "1 workday", "day 5", "friday"):
        with pytest.raises(NeverOpensError):
            due_instant(moment(FINISHED), parse_how_long(how_long), never)


@pytest.mark.parametrize("how_long", ["24h", "24h business", "3d", "value of it"])
def test_mistyped_year_of_a_start_is_refused(how_long: str) -> None:
    start = moment("9206-10-08 10:00")

    with pytest.raises(OutOfYearsError, match="9206"):
        due_instant(start, parse_how_long(how_long), OFFICE, values={"it": start})


def test_start_without_a_zone_is_a_programming_error() -> None:
    naive = datetime(2026, 10, 8, 10)  # noqa: DTZ001 - because that is the mistake

    with pytest.raises(ValueError, match="needs its zone"):
        due_instant(naive, parse_how_long("24h"), OFFICE)
