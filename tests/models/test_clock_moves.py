"""A changed calendar: a preview, then exactly the open clocks move, and no verdict."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from models import calendars, clock_moves
from models.calendar_moves import CalendarMove
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

    with desk.database.read() as session:
        calendar = calendars.draft(
            session, "desk", CALENDAR_NAME, ONE_DAY_MORE, at(NOW)
        )
        moved = [
            (one.clock.id, one.clock.due_at, one.due_at)
            for one in clock_moves.preview(session, calendar)
        ]

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


SATURDAY = "2026-01-31 16:00"
WORKED: Any = CALENDAR["extra_days"]
MAKE_UP = {**CALENDAR, "extra_days": {**WORKED, "2026-02-01": "调休"}}


@pytest.fixture
def january(desk: Desk) -> Mapping[str, int]:
    """Clocks around Sunday 1 February, by what a worked Sunday does to them."""
    desk.promise()
    desk.promise(
        code="service_order.answer",
        how_long="8h business",
        start_field="reported_at",
        stop_register=None,
        stop_via=None,
        stop_field="arrived_at",
        condition="symptom = '异响'",
    )
    finished = {
        "due on Friday": "2026-01-29 17:30",
        "Saturday evening": "2026-01-30 17:30",
        "Sunday": "2026-01-31 15:00",
        "called": "2026-01-31 14:00",
        "judged": "2026-01-31 13:30",
    }
    found = {}
    for what, moment in finished.items():
        times = {"reported_at": "2026-01-05 09:00", "finished_at": moment}
        found[what] = desk.order(SATURDAY, **times)
    desk.callback(SATURDAY, found["called"], SATURDAY)
    with desk.database.write() as session:
        judged = session.scalars(
            select(Clock).filter_by(entry_id=found["judged"])
        ).one()
        judged.breached_at, judged.next_at = judged.due_at, None
    for what, moment in (
        ("four hours left", "2026-01-30 14:00"),
        ("answered by Friday", "2026-01-29 14:00"),
    ):
        found[what] = desk.order(SATURDAY, reported_at=moment, symptom="异响")
    return found


def test_first_of_february_worked_moves_exactly_the_open_clocks_it_should(
    desk: Desk, january: Mapping[str, int]
) -> None:
    before = {one.entry_id: one.due_at for one in desk.clocks()}
    with desk.database.read() as session:
        trial = calendars.draft(session, "desk", CALENDAR_NAME, MAKE_UP, at(SATURDAY))
        previewed = {
            one.clock.entry_id: one.due_at
            for one in clock_moves.preview(session, trial)
        }

    move_all(desk, save(desk, MAKE_UP))

    after = {one.entry_id: one.due_at for one in desk.clocks()}
    moved = {entry: due for entry, due in after.items() if due != before[entry]}
    assert moved == previewed
    assert moved == {
        january["Saturday evening"]: at("2026-02-01 17:30"),
        january["Sunday"]: at("2026-02-01 15:00"),
        january["four hours left"]: at("2026-02-01 14:30"),
    }
    assert before[january["four hours left"]] == at("2026-02-02 14:30")
    with desk.database.read() as session:
        kept = session.scalars(select(CalendarMove)).all()
        assert {one.entry_id: one.due_at for one in kept} == moved
        assert {one.entry_id: one.was_due_at for one in kept} == {
            entry: before[entry] for entry in moved
        }
    verdict = next(one for one in desk.clocks() if one.entry_id == january["judged"])
    assert verdict.breached_at == verdict.due_at == at("2026-02-02 13:30")


def test_clock_that_stands_still_is_due_as_if_it_ran_again_and_is_left_alone(
    desk: Desk, january: Mapping[str, int]
) -> None:
    since = at("2026-01-31 15:30")
    with desk.database.write() as session:
        paused = session.scalars(
            select(Clock).filter_by(entry_id=january["Sunday"])
        ).one()
        paused.paused, paused.paused_at = [[since.isoformat(), None]], since
        paused.next_at = None

    calendar = save(desk, MAKE_UP)
    move_all(desk, calendar)

    (clock,) = (one for one in desk.clocks() if one.entry_id == january["Sunday"])
    assert (clock.due_at, clock.calendar_id) == (at("2026-02-01 15:00"), calendar.id)
    assert (clock.paused_at, clock.next_at) == (since, None)


def test_version_is_settled_once_its_clocks_have_moved(desk: Desk) -> None:
    first = save(desk, CALENDAR)
    calendar = save(desk)

    with desk.database.read() as session:
        assert session.get_one(Calendar, first.id).settled_at is not None
        assert session.get_one(Calendar, calendar.id).settled_at is None
    move_all(desk, calendar)
    with desk.database.read() as session:
        assert session.get_one(Calendar, calendar.id).settled_at == at(NOW)
