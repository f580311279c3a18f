"""Due times and time used of clocks that are paused."""

from datetime import timedelta

import pytest

from models.rules.deadlines import EndBeforeStartError, due_at, time_used
from models.rules.how_long import Count
from models.rules.how_long_notation import parse_how_long
from models.rules.pauses import PauseError, StillPausedError
from tests.rules.calendars import OFFICE, due, moment

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("how_long", "pauses", "expected"),
    [
        pytest.param(
            "8h business", [("2026-10-12 10:00", "2026-10-12 11:00")],
            "2026-10-13 10:30", id="an hour of business",
        ),
        pytest.param(
            "8h business", [("2026-10-12 12:00", "2026-10-12 13:30")],
            "2026-10-13 09:30", id="at lunch: nothing",
        ),
        pytest.param(
            "8h business", [("2026-10-12 17:00", "2026-10-13 10:00")],
            "2026-10-13 11:30", id="over night: two hours",
        ),
        pytest.param(
            "7.5h business", [("2026-10-12 18:00", "2026-10-13 10:00")],
            "2026-10-12 18:00", id="begins when it is due",
        ),
        pytest.param(
            "8h business",
            [
                ("2026-10-12 10:30", "2026-10-12 11:00"),
                ("2026-10-12 10:00", "2026-10-12 10:45"),
            ],
            "2026-10-13 10:30", id="overlapping, out of order: once",
        ),
        pytest.param(
            "8h business", [("2026-10-11 10:00", "2026-10-12 10:00")],
            "2026-10-13 10:30", id="begun before the start",
        ),
        pytest.param(
            "8h business", [("2026-10-10 10:00", "2026-10-11 10:00")],
            "2026-10-13 09:30", id="over before the start",
        ),
        pytest.param(
            "8h business", [("2026-10-13 09:30", None)],
            "2026-10-13 09:30", id="without end, after it is due",
        ),
        pytest.param(
            "24h elapsed", [("2026-10-12 10:00", "2026-10-12 12:30")],
            "2026-10-13 11:30", id="elapsed: all of it",
        ),
        pytest.param(
            "24h", [("2026-10-12 10:00", "2026-10-16 10:00")],
            "2026-10-19 09:00", id="rolled after the pause",
        ),
        pytest.param(
            "120h", [("2026-10-18 09:00", "2026-10-21 10:00")],
            "2026-10-22 09:00", id="rolled into a pause: next day, same time",
        ),
        pytest.param(
            "120h", [("2026-10-18 09:00", "2026-10-21 08:00")],
            "2026-10-21 09:00", id="rolled into a pause: still that day",
        ),
        pytest.param(
            "2d", [("2026-10-13 10:00", "2026-10-13 12:00")],
            "2026-10-14 18:00", id="days: paused for hours only",
        ),
        pytest.param(
            "2d", [("2026-10-13 10:00", "2026-10-15 10:00")],
            "2026-10-16 18:00", id="days: paused at two closings",
        ),
        pytest.param(
            "5d", [("2026-10-18 09:00", "2026-10-20 09:00")],
            "2026-10-20 18:00", id="days: the day it rolls to is paused",
        ),
        pytest.param(
            "2 workdays", [("2026-10-13 10:00", "2026-10-15 10:00")],
            "2026-10-16 18:00", id="workdays: paused at two closings",
        ),
        pytest.param(
            "day 15", [("2026-10-13 10:00", "2026-10-20 10:00")],
            "2026-10-15 18:00", id="a named day stands",
        ),
    ],
)  # fmt: skip
def test_pauses_from_monday_morning(
    how_long: str, pauses: list[tuple[str, str | None]], expected: str
) -> None:
    assert due("2026-10-12 09:00", how_long, *pauses) == expected


@pytest.mark.parametrize("how_long", ["8h business", "24h", "24h elapsed", "2d"])
def test_clock_that_stands_still_has_no_due_time(how_long: str) -> None:
    with pytest.raises(StillPausedError, match="仍在暂停中"):
        due("2026-10-12 09:00", how_long, ("2026-10-12 10:00", None))


def test_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PauseError, match="早于开始时间"):
        due("2026-10-12 09:00", "24h", ("2026-10-12 10:00", "2026-10-12 09:59"))


def test_why_of_business_hours_tells_the_pauses() -> None:
    pauses = [(moment("2026-10-12 11:00"), moment("2026-10-13 14:00"))]
    allowed = parse_how_long("4h business")

    told = due_at(moment("2026-10-12 09:00"), allowed, OFFICE, pauses=pauses).why

    assert [step.label.zh for step in told[1:]] == [
        "2026-10-12（周一）11:00 至 2026-10-13（周二）14:00 暂停，不计",
        "2026-10-12（周一）09:00–11:00 营业，计入2小时，还剩2小时",
        "2026-10-13（周二）14:00–16:00 营业，计入2小时，还剩0分",
        "到期：2026-10-13（周二）16:00",
    ]


def test_why_of_workdays_tells_which_were_paused() -> None:
    pauses = [(moment("2026-10-13 11:00"), moment("2026-10-14 09:00"))]
    allowed = parse_how_long("1 workday")

    told = due_at(moment("2026-10-12 09:00"), allowed, OFFICE, pauses=pauses).why

    assert [step.label.zh for step in told[2:]] == [
        "2026-10-13（周二）暂停，不计",
        "2026-10-14（周三）第1个工作日",
        "到期：2026-10-14（周三）18:00",
    ]


# Time used


@pytest.mark.parametrize(
    ("count", "hours"), [("business", 6), ("elapsed", 22), ("rolled", 22)]
)
def test_time_used_leaves_out_the_pauses(count: str, hours: int) -> None:
    pauses = [(moment("2026-10-12 11:00"), moment("2026-10-12 16:00"))]
    spell = moment("2026-10-12 10:00"), moment("2026-10-13 13:00")

    used = time_used(*spell, Count(count), OFFICE, pauses)

    # Business: 10-11, 16-18 and 9-12 of the next day.
    assert used == hours * HOUR


def test_time_used_stops_while_the_clock_is_paused() -> None:
    spell = moment("2026-10-12 10:00"), moment("2026-10-14 13:00")

    used = time_used(
        *spell, Count.BUSINESS, OFFICE, [(moment("2026-10-12 11:00"), None)]
    )

    assert used == HOUR


def test_end_before_the_start_is_refused() -> None:
    spell = moment("2026-10-12 10:00"), moment("2026-10-12 09:59")

    with pytest.raises(EndBeforeStartError, match="早于开始时间"):
        time_used(*spell, Count.BUSINESS, OFFICE)
