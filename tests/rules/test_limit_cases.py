"""Time limits by a table of cases, each worked out by hand with its reasoning."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.rules.business_calendar import BusinessCalendar
from models.rules.deadlines import due_at, due_instant, time_used
from models.rules.escalation import escalated_at, parse_step, step_notation
from models.rules.how_long import Count, Hours
from models.rules.how_long_notation import parse_how_long
from models.rules.pauses import Pause, StillPausedError
from tests.rules.calendars import (
    BAR,
    EVERY_DAY,
    NEW_YORK_NIGHTS,
    OFFICE,
    make_calendar,
    moment,
    shown,
)

WHOLE_DAY = [["09:00", "18:00"]]
_BIG = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), WHOLE_DAY)
CALENDARS: dict[str, BusinessCalendar] = {
    "office": OFFICE,
    "bar": BAR,
    "round": make_calendar([["00:00", "24:00"]], EVERY_DAY),
    "alternating": make_calendar(WHOLE_DAY, weekly_other=_BIG, weeks_from="2026-10-12"),
    "short": make_calendar(
        days_off=["2026-10-15"], days={"2026-10-14": [["09:00", "12:00"]]}
    ),
    "new_york_nights": NEW_YORK_NIGHTS,
}
CASES: dict[str, list[dict[str, Any]]] = yaml.load(
    Path(__file__).with_name("limit_cases.yaml").read_text("utf-8"),
    yaml.BaseLoader,  # noqa: S506 - makes texts and nothing else, so times stay as written
)


def cases(*kinds: str) -> Any:
    return pytest.mark.parametrize(
        "case",
        [pytest.param(one, id=one["case"]) for kind in kinds for one in CASES[kind]],
    )


def calendar_of(case: dict[str, Any]) -> BusinessCalendar:
    return CALENDARS[case.get("calendar", "office")]


def at(case: dict[str, Any], text: str) -> datetime:
    return moment(text, calendar_of(case).zone.key)


def pauses_of(case: dict[str, Any]) -> list[Pause]:
    return [
        (at(case, begin), None if end == "null" else at(case, end))
        for begin, end in case.get("pauses", [])
    ]


def values_of(case: dict[str, Any]) -> dict[str, date]:
    return {
        name: at(case, text) if " " in text else date.fromisoformat(text)
        for name, text in case.get("values", {}).items()
    }


@cases("due", "pauses")
def test_promise_is_due_when_people_say_it_is(case: dict[str, Any]) -> None:
    asked: Any = {"values": values_of(case), "pauses": pauses_of(case)}
    given = at(case, case["start"]), parse_how_long(case["how_long"]), calendar_of(case)
    if case["due"] == "null":
        with pytest.raises(StillPausedError):
            due_instant(*given, **asked)
        return

    found = due_instant(*given, **asked)

    assert shown(found, calendar_of(case).zone.key) == case["due"], case["why"]
    assert due_at(*given, **asked).at == found


@cases("elapsed")
def test_time_used_is_what_people_count(case: dict[str, Any]) -> None:
    used = time_used(
        at(case, case["start"]),
        at(case, case["end"]),
        Count(case["count"]),
        calendar_of(case),
        pauses_of(case),
    )

    expected = parse_how_long(case["used"])
    assert isinstance(expected, Hours)
    assert used == expected.length, case["why"]


@cases("escalation")
def test_step_is_taken_when_people_say_it_is(case: dict[str, Any]) -> None:
    step = parse_step(case["step"])

    found = escalated_at(step, at(case, case["due"]), calendar_of(case))

    assert shown(found) == case["at"], case["why"]
    assert parse_step(step_notation(step)) == step


def test_table_has_what_was_promised_and_a_reason_for_each() -> None:
    every = [one for some in CASES.values() for one in some]

    assert len(every) >= 60
    assert all(len(one["why"]) > 5 for one in every)
