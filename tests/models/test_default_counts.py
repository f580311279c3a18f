"""A hand-over knows how many calls its person took on its day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from models import catalogue, entries
from models.default_counts import MOST_KEYS
from models.preparing import prepare
from tests.models.register_desk import WRITER, Desk, at

WEDNESDAY = date(2026, 10, 14)


class Calls:
    """Two people and the calls that they were asked first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.first, self.second = desk.person("E01"), desk.person("E02")

    def come(self, *moments: str, person: int | None = None) -> list[int]:
        return [
            self.desk.create(
                "call_log",
                channel="phone",
                phone="13812345678",
                category="other",
                content="问参数",
                result="pending",
                received_at=at(one),
                first_asked=person or self.first,
            )
            for one in moments
        ]

    def counted(self, **values: Any) -> Any:
        given = {"shift_on": WEDNESDAY, "handed_over_by": self.first} | values
        made = self.desk.create("handover_book", **given)
        return self.desk.get("handover_book", made)["call_count"]


@pytest.fixture
def calls(desk: Desk) -> Calls:
    return Calls(desk)


@contextmanager
def questions(desk: Desk, table: str) -> Iterator[list[str]]:
    """Collect the statements that count in a table."""
    seen: list[str] = []

    def listen(
        _connection: object, _cursor: object, statement: str, *_: object
    ) -> None:
        if f"JOIN {table} " in statement and "count(" in statement:
            seen.append(statement)

    engine = desk.session.connection().engine
    event.listen(engine, "before_cursor_execute", listen)
    yield seen
    event.remove(engine, "before_cursor_execute", listen)


def test_own_calls_of_the_day_outside_the_bin_are_counted(calls: Calls) -> None:
    calls.come("2026-10-14 08:40", "2026-10-14 11:00", "2026-10-13 09:00")
    calls.come("2026-10-14 09:00", person=calls.second)
    (wrong,) = calls.come("2026-10-14 09:10")
    calls.desk.bin("call_log", wrong)

    assert calls.counted() == 2
    assert calls.counted(handed_over_by=calls.second) == 1
    assert calls.counted(shift_on=date(2026, 10, 13)) == 1


def test_midnight_of_the_desk_parts_the_days(calls: Calls) -> None:
    calls.come("2026-10-13 23:59:59", "2026-10-14 00:00", "2026-10-14 23:59:59")
    calls.come("2026-10-15 00:00")

    assert calls.counted() == 2


@pytest.mark.parametrize(
    ("zone", "expected"), [("Asia/Shanghai", 3), ("UTC", 1), ("America/Los_Angeles", 2)]
)
def test_the_day_is_one_of_the_desks_zone(
    calls: Calls, zone: str, expected: int
) -> None:
    calls.come("2026-10-14 07:30", "2026-10-14 07:40", "2026-10-14 07:50")
    calls.come("2026-10-15 07:30")  # the evening before in London
    calls.come("2026-10-15 14:30")  # and in Los Angeles
    declared = catalogue.current()["handover_book"]
    given = {"shift_on": WEDNESDAY, "handed_over_by": calls.first}
    there = replace(WRITER, zone=ZoneInfo(zone))

    (row,), _ = prepare(calls.desk.session, declared, [given], there)

    assert row["call_count"] == expected


def test_no_call_is_zero_and_no_day_is_nothing(calls: Calls) -> None:
    assert calls.counted() == 0

    declared = catalogue.current()["handover_book"]
    unknown = {"handed_over_by": calls.first, "shift_on": None}
    (row,), _ = prepare(calls.desk.session, declared, [unknown], WRITER)
    assert row["call_count"] is None


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_count_nothing(
    calls: Calls, day: date
) -> None:
    declared = catalogue.current()["handover_book"]
    given = {"handed_over_by": calls.first, "shift_on": day}

    (row,), _ = prepare(calls.desk.session, declared, [given], WRITER)

    assert row["call_count"] is None


def test_what_somebody_counted_stays(calls: Calls) -> None:
    calls.come("2026-10-14 08:40")

    assert calls.counted(call_count=31) == 31


def test_an_import_asks_once_for_all_its_rows(calls: Calls) -> None:
    calls.come("2026-10-14 08:40", "2026-10-13 09:00", "2026-10-13 10:00")
    rows = [
        {"shift_on": date(2026, 10, day), "handed_over_by": person}
        for day in (12, 13, 14)
        for person in (calls.first, calls.second)
    ]

    with questions(calls.desk, "call_log") as seen:
        ids = entries.create_many(calls.desk.session, "handover_book", rows, WRITER)

    assert len(seen) == 1
    found = [calls.desk.get("handover_book", one)["call_count"] for one in ids]
    assert found == [0, 0, 2, 0, 1, 0]


def test_more_days_than_one_question_takes_are_all_counted(calls: Calls) -> None:
    calls.come("2026-10-14 08:40")
    declared = catalogue.current()["handover_book"]
    days = [
        date.fromordinal(WEDNESDAY.toordinal() - one) for one in range(MOST_KEYS + 1)
    ]
    rows = [{"shift_on": day, "handed_over_by": calls.first} for day in days[::-1]]

    with questions(calls.desk, "call_log") as seen:
        found, _ = prepare(calls.desk.session, declared, rows, WRITER)

    assert len(seen) == 2
    assert [one["call_count"] for one in found] == [0] * MOST_KEYS + [1]
