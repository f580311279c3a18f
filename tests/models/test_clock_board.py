"""The board of promises: shares, times and percentiles, within one's own rows."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from models import clock_board
from models.access import SYSTEM, Action, Grant, Person, Rows
from models.clock_board import By, Narrowed, Tally
from models.clock_table import Clock
from models.database import Database
from models.marks import demand_marks
from models.rules.periods import DateRange
from tests.clock_desk import ZONE, Desk, at, prepare_desk
from tests.databases import Builder

NOW = "2026-09-24 10:00"
AUTUMN = Narrowed(DateRange(date(2026, 8, 1), date(2026, 11, 1)))


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    for engine in {database.reading, database.writing}:
        demand_marks(engine, ["service_order", "callback_log"])
    yield Desk(database)
    database.dispose()


def lines(
    desk: Desk, by: By, wanted: Narrowed = AUTUMN, person: Person = SYSTEM
) -> list[Tally]:
    with desk.database.read() as session:
        return clock_board.tallies(session, person, by, wanted, ZONE)


def counts(line: Tally) -> tuple[int, int, int, int]:
    return line.kept, line.broken, line.excused, line.running


@pytest.fixture
def judged(desk: Desk) -> Desk:
    """Two callbacks in time, one late, one late and excused, one never made."""
    desk.promise(how_long="24h elapsed", responsible="engineer")
    done = {
        "2026-09-21 11:00": "2026-09-21 21:00",  # in 10 hours
        "2026-09-21 12:00": "2026-09-22 08:00",  # in 20 hours
        "2026-09-21 13:00": "2026-09-22 19:00",  # in 30 hours, 6 of them late
        "2026-09-21 14:00": "2026-09-25 14:00",  # late, and excused below
        "2026-09-21 15:00": None,
    }
    for finished, called in done.items():
        order = desk.order(NOW, finished_at=finished, engineer=desk.engineer)
        if called:
            desk.callback(NOW, order, called)
    with desk.database.write() as session:
        session.get_one(Clock, 4).excused_at = at(NOW)
        never = session.get_one(Clock, 5)
        never.breached_at, never.next_at = never.due_at, None
    return desk


def test_line_tells_shares_and_times_without_the_excused(judged: Desk) -> None:
    (line,) = lines(judged, By.TARGET)

    assert line.key == "service_order.callback"
    assert counts(line) == (2, 2, 1, 0)
    assert (line.judged, line.all) == (4, 5)
    assert line.mean == timedelta(hours=20)
    assert line.most == timedelta(hours=30)
    assert line.late_by == timedelta(hours=6)


def test_percentile_is_the_time_in_which_nine_of_ten_were_done(desk: Desk) -> None:
    desk.promise(how_long="24h elapsed")
    for hours in range(1, 11):
        order = desk.order(NOW, finished_at="2026-09-21 08:00")
        desk.callback(NOW, order, f"2026-09-21 {8 + hours:02}:00")

    (line,) = lines(desk, By.REGISTER)

    assert line.key == "service_order"
    assert line.most == timedelta(hours=9)


def test_months_end_at_midnight_of_the_desk(desk: Desk) -> None:
    desk.promise(how_long="24h elapsed")
    for finished in ("2026-09-29 23:59", "2026-09-30 00:00"):
        desk.order("2026-09-30 09:00", finished_at=finished)

    found = lines(desk, By.MONTH)

    assert [(one.key, counts(one)) for one in found] == [
        (date(2026, 9, 1), (0, 0, 0, 1)),
        (date(2026, 10, 1), (0, 0, 0, 1)),
    ]


def test_nobody_comes_last_among_people(judged: Desk) -> None:
    judged.order(NOW, finished_at="2026-09-21 16:00", engineer=None)

    found = lines(judged, By.PERSON)

    assert [(one.key, one.all) for one in found] == [(judged.engineer, 5), (None, 1)]
    assert clock_board.total(found).all == 6


@pytest.mark.parametrize(
    ("wanted", "all_"),
    [
        (Narrowed(AUTUMN.days, register="service_order"), 5),
        (Narrowed(AUTUMN.days, target="service_order.callback"), 5),
        (Narrowed(AUTUMN.days, register="complaint_log"), 0),
        (Narrowed(AUTUMN.days, holder_id=-1), 0),
        (Narrowed(AUTUMN.days, department_id=-1), 0),
        (Narrowed(DateRange(date(2026, 10, 1), date(2026, 11, 1))), 0),
    ],
)
def test_board_is_narrowed_to_what_is_asked(
    judged: Desk, wanted: Narrowed, all_: int
) -> None:
    assert clock_board.total(lines(judged, By.TARGET, wanted)).all == all_


@pytest.mark.parametrize(("rows", "seen"), [(Rows.OWN, 5), (None, 0)])
def test_only_clocks_of_rows_that_may_be_listed_count(
    judged: Desk, rows: Rows | None, seen: int
) -> None:
    judged.order(NOW, finished_at="2026-09-21 16:00", engineer=None)
    grants = [Grant("service_order", frozenset({Action.LIST}), rows)] if rows else []
    person = judged.person(judged.engineer, grants)

    found = lines(judged, By.DEPARTMENT, person=person)

    assert clock_board.total(found).all == seen
