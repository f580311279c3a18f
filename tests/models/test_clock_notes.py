"""A breach explained, excused and taken back; the verdict stays through all of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import access, clock_board, clock_notes, measures
from models.access import Action, Rows
from models.clock_board import By, Narrowed
from models.clock_notes import ClockRefusedError
from models.database import Database
from models.entry_errors import NotAllowedError
from models.excuses import Doing
from models.history import Writer
from models.measures import Measure
from models.outbox import Message
from models.rules.periods import DateRange
from tests.clock_desk import ZONE, Desk, at, prepare_desk
from tests.databases import Builder

LATE = "2026-09-24 09:00"
SEPTEMBER = DateRange(date(2026, 9, 1), date(2026, 10, 1))


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


@pytest.fixture
def clock(desk: Desk) -> int:
    """Return a clock of the clerk's that was due on the 23rd and is not done."""
    desk.promise(responsible="holder", escalation="1 workday superior")
    desk.order("2026-09-22 17:40", finished_at="2026-09-22 17:30", holder=desk.clerk)
    desk.callback("2026-09-24 08:00", 1, "2026-09-24 08:00")
    return desk.clock().id


def by(desk: Desk, staff_id: int, *actions: Action, now: str = LATE) -> Writer:
    grant = access.Grant("*", frozenset({Action.LIST, Action.READ, *actions}), Rows.ALL)
    return Writer(desk.person(staff_id, [grant]), at(now), ZONE)


def do(desk: Desk, what: Any, *given: Any) -> None:
    with desk.database.write() as session:
        what(session, *given)


def ways(desk: Desk, writer: Writer) -> set[Doing]:
    with desk.database.read() as session:
        (found,) = clock_notes.open_to(session, desk.clocks(), writer).values()
    return set(found)


def late_and_excused(desk: Desk) -> list[Any]:
    usual = {
        "code": "late",
        "name_zh": "逾期",
        "name_en": "late",
        "register": "service_order",
        "aggregate": "count",
        "target": "service_order.callback",
        "whose": "person",
        "unit": "number",
    }
    found = []
    with desk.database.read() as session:
        for verdict in ("late", "excused", "any"):
            one = Measure(**usual, verdict=verdict)
            figures = measures.figures(session, one, SEPTEMBER, ZONE)
            found.append(figures.get(desk.clerk, measures.nothing(one)).content)
    return found


def test_excused_breach_keeps_its_verdict_and_counts_nowhere(
    desk: Desk, clock: int
) -> None:
    before = late_and_excused(desk)
    manager = by(desk, desk.engineer, Action.APPROVE)

    do(desk, clock_notes.excuse, clock, "客户要求改期", manager)

    assert desk.clock().breached_at == at("2026-09-23 17:30")
    assert desk.clock().excused_because == "客户要求改期"
    assert (before, late_and_excused(desk)) == ([1, 0, 1], [0, 1, 0])
    with desk.database.read() as session:
        (line,) = clock_board.tallies(
            session, access.SYSTEM, By.TARGET, Narrowed(SEPTEMBER), ZONE
        )
    assert (line.judged, line.excused) == (0, 1)


def test_excuse_taken_back_counts_again(desk: Desk, clock: int) -> None:
    manager = by(desk, desk.engineer, Action.APPROVE)
    do(desk, clock_notes.excuse, clock, "客户要求改期", manager)

    do(desk, clock_notes.take_back, clock, "弄错了", manager)

    assert late_and_excused(desk) == [1, 0, 1]
    with desk.database.read() as session:
        notes = clock_notes.notes_of(session, [clock])[clock]
        told = [(one.kind, one.text, one.by_name) for one in notes]
    assert told == [
        ("excuse", "客户要求改期", "某人"),
        ("take_back", "弄错了", "某人"),
    ]


def test_explanation_waits_until_it_is_answered(desk: Desk, clock: int) -> None:
    holder = by(desk, desk.clerk)
    manager = by(desk, desk.engineer, Action.APPROVE)
    first = (ways(desk, holder), ways(desk, manager))

    do(desk, clock_notes.explain, clock, "联系不上客户", holder)
    waits = desk.clock().explained_at
    then = ways(desk, manager)
    do(desk, clock_notes.refuse, clock, "没有打第二次", manager)

    assert first == ({Doing.EXPLAIN}, {Doing.EXCUSE})
    assert waits == at(LATE)
    assert then == {Doing.EXCUSE, Doing.REFUSE}
    assert desk.clock().explained_at is None
    assert ways(desk, holder) == {Doing.EXPLAIN}


def test_nobody_excuses_their_own(desk: Desk, clock: int) -> None:
    with pytest.raises(ClockRefusedError):
        do(
            desk,
            clock_notes.excuse,
            clock,
            "我自己",
            by(desk, desk.clerk, Action.APPROVE, Action.CHANGE),
        )

    assert desk.clock().excused_at is None


def test_one_without_the_right_to_approve_excuses_nothing(
    desk: Desk, clock: int
) -> None:
    with pytest.raises(ClockRefusedError):
        do(desk, clock_notes.excuse, clock, "算了", by(desk, desk.engineer))


def test_superior_may_excuse_without_that_right(desk: Desk, clock: int) -> None:
    desk.change("staff", desk.clerk, "2026-09-01 09:00", superior=desk.engineer)

    do(desk, clock_notes.excuse, clock, "算了", by(desk, desk.engineer))

    assert desk.clock().excused_by_id == desk.engineer


def test_clock_of_an_entry_out_of_sight_is_not_there(desk: Desk, clock: int) -> None:
    nobody = replace(by(desk, desk.engineer), person=desk.person(desk.engineer, []))

    with pytest.raises(NotAllowedError):
        do(desk, clock_notes.excuse, clock, "算了", nobody)


@pytest.mark.parametrize("text", ["", "  \n", "长" * 2001])
def test_excuse_needs_a_reason_of_some_length(
    desk: Desk, clock: int, text: str
) -> None:
    manager = by(desk, desk.engineer, Action.APPROVE)

    with pytest.raises(ClockRefusedError):
        do(desk, clock_notes.excuse, clock, text, manager)


@pytest.fixture
def running(desk: Desk) -> int:
    """Return a clock of the clerk's that is still to be done."""
    desk.promise(responsible="holder", escalation="1 workday superior")
    desk.order("2026-09-22 17:40", finished_at="2026-09-22 17:30", holder=desk.clerk)
    return desk.clock().id


def test_holder_is_reminded_once_a_day(desk: Desk, running: int) -> None:
    do(desk, clock_notes.remind, running, by(desk, desk.engineer))
    with pytest.raises(ClockRefusedError):
        do(
            desk,
            clock_notes.remind,
            running,
            by(desk, desk.engineer, now="2026-09-24 23:59"),
        )
    next_day = by(desk, desk.engineer, now="2026-09-25 00:00")
    do(desk, clock_notes.remind, running, next_day)

    with desk.database.read() as session:
        told = list(session.scalars(select(Message.staff_id)))
    assert told == [desk.clerk, desk.clerk]


def test_reassigned_entry_has_another_holder_and_its_clock_too(
    desk: Desk, running: int
) -> None:
    clerk = by(desk, desk.clerk, Action.CHANGE)

    do(desk, clock_notes.reassign, running, desk.engineer, clerk)

    assert desk.clock().holder_id == desk.engineer
    with desk.database.read() as session:
        (told,) = session.scalars(select(Message))
        assert (told.kind, told.staff_id) == ("clock.reassign", desk.engineer)


def test_reassigning_asks_for_the_right_to_change(desk: Desk, running: int) -> None:
    with pytest.raises(ClockRefusedError):
        do(
            desk,
            clock_notes.reassign,
            running,
            desk.engineer,
            by(desk, 99, Action.APPROVE),
        )
