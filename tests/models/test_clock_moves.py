"""A changed calendar: a preview, then exactly the open clocks move, and no verdict."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import calendars, clock_moves
from models.calendars import Calendar, CalendarMissingError, Calendars
from models.clock_account import why
from models.clock_table import Clock
from models.database import Database
from models.rules.calendar_object import CalendarError
from models.rules.open_time import NeverOpensError
from models.scopes import Departments
from models.words import Label
from tests.clock_desk import CALENDAR, CALENDAR_NAME, HOURS, Desk, at, prepare_desk
from tests.databases import Builder

NOW = "2026-09-30 18:30"
# 8 October is declared a day off: what was due then is due on the 9th.
ONE_DAY_MORE = {**CALENDAR, "days": {"2026-10-08": []}}


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


@pytest.fixture
def orders(desk: Desk) -> None:
    """Four clocks: open, met, breached, and one that the day off does not touch."""
    desk.promise()
    finished = "2026-09-30 17:30"
    desk.order(NOW, finished_at=finished)
    desk.callback(NOW, desk.order(NOW, finished_at=finished), NOW)
    desk.order(NOW, finished_at=finished)
    desk.order(NOW, finished_at="2026-09-29 17:30")
    with desk.database.write() as session:
        breached = session.get_one(Clock, 3)
        breached.breached_at, breached.next_at = breached.due_at, None


def save(desk: Desk, hours: Mapping[str, Any] = ONE_DAY_MORE) -> Calendar:
    with desk.database.write() as session:
        return calendars.save(session, "desk", CALENDAR_NAME, hours, at(NOW))


def move_all(desk: Desk, calendar: Calendar) -> list[int]:
    moved: list[int] = []
    while True:
        with desk.database.write() as session:
            count = clock_moves.move_next(session, calendar, at(NOW))
        if not count:
            return moved
        moved.append(count)


@pytest.mark.usefixtures("orders")
def test_preview_says_which_clocks_move_and_writes_nothing(desk: Desk) -> None:
    before = [clock.due_at for clock in desk.clocks()]

    with desk.database.writing.connect() as connection, connection.begin() as trial:
        with Session(connection) as session:
            calendar = calendars.save(
                session, "desk", CALENDAR_NAME, ONE_DAY_MORE, at(NOW)
            )
            moved = [
                (one.clock.id, one.clock.due_at, one.due_at)
                for one in clock_moves.preview(session, calendar)
            ]
        trial.rollback()

    assert moved == [(1, at("2026-10-08 17:30"), at("2026-10-09 17:30"))]
    assert [clock.due_at for clock in desk.clocks()] == before


@pytest.mark.usefixtures("orders")
def test_open_clock_moves_and_verdicts_stay(desk: Desk) -> None:
    calendar = save(desk)

    moved = move_all(desk, calendar)

    due = [clock.due_at for clock in desk.clocks()]
    assert moved == [2]
    assert due == [
        at("2026-10-09 17:30"),
        at("2026-10-08 17:30"),
        at("2026-10-08 17:30"),
        at("2026-09-30 17:30"),
    ]
    first = desk.clocks()[0]
    assert first.moves[0]["why"] == "calendar"
    assert first.next_at == first.warn_at == at("2026-10-09 15:30")
    assert desk.clocks()[2].breached_at == at("2026-10-08 17:30")


@pytest.mark.usefixtures("orders")
def test_moving_twice_changes_nothing_more(desk: Desk) -> None:
    calendar = save(desk)
    move_all(desk, calendar)

    assert move_all(desk, calendar) == []
    assert len(desk.clocks()[0].moves) == 1


@pytest.mark.usefixtures("orders")
def test_move_killed_half_way_is_taken_up_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_moves, "BATCH", 1)
    calendar = save(desk)
    with desk.database.write() as session:
        clock_moves.move_next(session, calendar, at(NOW))

    assert move_all(desk, calendar) == [1]
    assert desk.clocks()[3].calendar_id == calendar.id


@pytest.mark.usefixtures("orders")
def test_account_of_a_verdict_is_by_the_calendar_of_its_time(desk: Desk) -> None:
    move_all(desk, save(desk))

    with desk.database.read() as session:
        moved, breached = why(session, 1), why(session, 3)

    assert moved.at == at("2026-10-09 17:30")
    assert breached.at == at("2026-10-08 17:30")
    assert "2026-10-08（周四）" in "".join(step.label.zh for step in moved.why)


def test_calendar_saved_without_a_change_is_no_new_version(desk: Desk) -> None:
    assert save(desk, CALENDAR).version == 1
    assert save(desk).version == 2


def test_calendar_that_never_opens_is_refused(desk: Desk) -> None:
    with pytest.raises(NeverOpensError):
        save(desk, {"zone": "Asia/Shanghai", "weekly": {}})


def test_calendar_with_a_wrong_key_is_refused_by_its_name(desk: Desk) -> None:
    with pytest.raises(CalendarError) as refused:
        save(desk, {**HOURS, "weekli": {}})

    assert "weekli" in refused.value.text("zh")


def test_branch_and_department_may_have_hours_of_their_own(desk: Desk) -> None:
    own = {**HOURS, "weekly": {"mon": [["10:00", "16:00"]]}}
    name = Label("门店", "Shop")
    with desk.database.write() as session:
        for scope in ({"branch_id": 7}, {"department_id": desk.top}):
            calendars.save(session, "desk", name, own, at(NOW), **scope)

    with desk.database.read() as session:
        found = Calendars(session, ["desk"])
        departments = Departments(session)
        scopes = [
            (one.branch_id, one.department_id)
            for one in (
                found.at("desk", 7, desk.team, departments),
                found.at("desk", 8, desk.team, departments),
                found.at("desk", 8, None, departments),
            )
        ]
        with pytest.raises(CalendarMissingError):
            found.at("moon", None, None, departments)

    assert scopes == [(7, None), (None, desk.top), (None, None)]
