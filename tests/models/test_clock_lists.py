"""Clocks on screens: late, due today, of an entry, shares; within one's own rows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from models import clock_lists
from models.access import SYSTEM, Action, Grant, Rows
from models.clock_lists import Which
from models.database import Database
from models.marks import demand_marks
from tests.clock_desk import ZONE, Desk, at, prepare_desk
from tests.databases import Builder

NOW = "2026-09-24 10:00"


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    # Whatever a screen asks must carry the mark of the rights it was asked under.
    for engine in {database.reading, database.writing}:
        demand_marks(engine, ["service_order", "callback_log"])
    yield Desk(database)
    database.dispose()


@pytest.fixture
def orders(desk: Desk) -> dict[str, int]:
    """Orders whose callback is late, due today, due tomorrow, done late, done."""
    desk.promise(how_long="24h elapsed")
    finished = {
        "late": "2026-09-22 11:00",
        "today": "2026-09-23 15:00",
        "tomorrow": "2026-09-24 09:30",
        "done late": "2026-09-21 11:00",
        "done": "2026-09-21 11:00",
    }
    ids = {
        name: desk.order(NOW, finished_at=moment, engineer=None)
        for name, moment in finished.items()
    }
    desk.callback(NOW, ids["done late"], "2026-09-22 11:30")
    desk.callback(NOW, ids["done"], "2026-09-22 10:30")
    return ids


def ids(lines: list[clock_lists.ClockLine]) -> list[int]:
    return [line.clock.entry_id for line in lines]


def test_late_is_what_is_overdue_and_not_done(
    desk: Desk, orders: dict[str, int]
) -> None:
    with desk.database.read() as session:
        lines = clock_lists.late(session, SYSTEM, at(NOW))
        count = clock_lists.late_count(session, SYSTEM, at(NOW))

    assert ids(lines) == [orders["late"]]
    assert lines[0].target.label.zh == "服务后回访"
    assert count == 1


def test_due_today_ends_at_midnight_of_the_desk(
    desk: Desk, orders: dict[str, int]
) -> None:
    with desk.database.read() as session:
        lines = clock_lists.due_today(session, SYSTEM, at(NOW), ZONE)

    assert ids(lines) == [orders["today"]]


def test_lists_are_the_longest_overdue_first_and_no_longer_than_asked(
    desk: Desk,
) -> None:
    desk.promise()
    for hour in (11, 9, 10):
        desk.order(NOW, finished_at=f"2026-09-22 {hour:02}:00")

    with desk.database.read() as session:
        lines = clock_lists.late(session, SYSTEM, at(NOW), limit=2)
        count = clock_lists.late_count(session, SYSTEM, at(NOW), up_to=2)

    assert ids(lines) == [2, 3]
    assert count == 2


@pytest.mark.parametrize(
    ("rows", "seen"), [(Rows.ALL, 2), (Rows.DEPARTMENT, 2), (Rows.OWN, 1), (None, 0)]
)
def test_nobody_sees_more_clocks_than_entries(
    desk: Desk, rows: Rows | None, seen: int
) -> None:
    desk.promise()
    desk.order(NOW, finished_at="2026-09-22 11:00")
    own = {"finished_at": "2026-09-22 11:00", "engineer": desk.engineer}
    desk.order(NOW, "form", **own)
    grants = [Grant("service_order", frozenset({Action.LIST}), rows)] if rows else []
    person = desk.person(desk.engineer, grants)

    with desk.database.read() as session:
        lines = clock_lists.late(session, person, at(NOW))
        count = clock_lists.late_count(session, person, at(NOW))

    assert len(lines) == count == seen


def test_list_may_be_narrowed_to_whom_it_concerns(desk: Desk) -> None:
    desk.promise(responsible="engineer")
    desk.order(NOW, finished_at="2026-09-22 11:00")
    own = {"finished_at": "2026-09-22 11:00", "engineer": desk.engineer}
    mine = desk.order(NOW, "form", **own)

    with desk.database.read() as session:
        lines = clock_lists.late(session, SYSTEM, at(NOW), holder_id=desk.engineer)
        others = clock_lists.late(session, SYSTEM, at(NOW), registers=["complaint_log"])

    assert ids(lines) == [mine]
    assert others == []


def test_clocks_of_entries_come_with_their_promise(
    desk: Desk, orders: dict[str, int]
) -> None:
    wanted = [orders["late"], orders["done"]]

    with desk.database.read() as session:
        found = clock_lists.clocks_of(session, "service_order", wanted)

    assert found.keys() == set(wanted)
    assert found[orders["done"]][0].clock.met_at == at("2026-09-22 10:30")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("which", "index"),
    [
        (Which.LATE, "ix_clock_open (register=? AND due_at"),
        (Which.SOON, "ix_clock_open (register=? AND due_at"),
        (Which.TODAY, "ix_clock_open (register=? AND due_at"),
        (Which.PROPOSED, "ix_clock_proposed (register=? AND proposed_at"),
        (Which.EXPLAINED, "ix_clock_explained (register=? AND explained_at"),
    ],
)
def test_clocks_of_a_list_are_found_by_their_own_narrow_index(
    desk: Desk, which: Which, index: str
) -> None:
    desk.promise()
    plans: list[str] = []

    @event.listens_for(desk.database.reading, "before_cursor_execute")
    def explain(connection: Connection, _cursor: object, *asked: Any) -> None:
        if "FROM clock" in asked[0]:
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]}", asked[1])
            plans.extend(row[-1] for row in cursor.fetchall())

    with desk.database.read() as session:
        wanted = which.criteria(at(NOW), ZONE)
        clock_lists.page(session, SYSTEM, wanted, limit=10)

    assert any(index in one for one in plans), plans


def test_pages_meet_where_two_clocks_are_due_at_one_instant(desk: Desk) -> None:
    desk.promise()
    for hour in (9, 10, 10, 11):
        desk.order(NOW, finished_at=f"2026-09-22 {hour:02}:00")
    wanted = Which.LATE.criteria(at(NOW), ZONE)

    with desk.database.read() as session:
        first = clock_lists.page(session, SYSTEM, wanted, limit=2)
        edge = first[-1].edge
        second = clock_lists.page(session, SYSTEM, wanted, limit=2, after=edge)
        edge = second[0].edge
        back = clock_lists.page(session, SYSTEM, wanted, limit=2, before=edge)

    assert (ids(first), ids(second), ids(back)) == ([1, 2], [3, 4], [1, 2])
