"""说明 and 剔除 of missed duties: who may, what is told, what no longer counts."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from models import duty_notes, duty_verdicts
from models.access import Person
from models.accounts import Account, person_of
from models.database import Database
from models.duty_notes import DutyNoteRefusedError
from models.duty_standing import Standing
from models.duty_verdicts import DutyVerdict
from models.entry_errors import NotAllowedError
from models.excuses import Doing
from models.history import Writer
from models.outbox import Message
from models.rules.duty_share import Verdict
from models.rules.periods import parse_period
from tests.company import ZONE
from tests.databases import Builder
from tests.duty_desk import DutyDesk, at, build_duty_company

DAY = "2026-10-14"
LATER = datetime(2026, 10, 15, 9, tzinfo=ZONE)


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[DutyDesk]:
    """The clerk missed the ten calls of a day, and it was kept."""
    database = Database(prepared_database("duty_company", build_duty_company))
    found = DutyDesk(database)
    found.duty("ten")
    found.call(at(14), times=9)
    with database.write() as session:
        duty_verdicts.close(session, "ten", parse_period(DAY), LATER, ZONE)
    yield found
    database.dispose()


def person(desk: DutyDesk, login: str) -> Person:
    with desk.database.read() as session:
        account = session.scalars(select(Account).filter_by(login=login)).one()
        return person_of(session, account)


def do(desk: DutyDesk, login: str, doing: Doing, text: str = "客户停电") -> None:
    writer = Writer(person(desk, login), LATER, ZONE)
    with desk.database.write() as session:
        kept = session.scalars(select(DutyVerdict.id)).one()
        duty_notes.do(session, kept, doing, text, writer)


def ways(desk: DutyDesk, login: str) -> set[Doing]:
    writer = Writer(person(desk, login), LATER, ZONE)
    with desk.database.read() as session:
        kept = session.scalars(select(DutyVerdict.id)).one()
        seen = duty_notes.see(session, writer.person, kept)
        return set(duty_notes.open_to(session, seen, writer))


def told(desk: DutyDesk) -> list[tuple[str, int | None]]:
    with desk.database.read() as session:
        query = select(Message.kind, Message.staff_id).order_by(Message.id)
        return [(kind, to) for kind, to in session.execute(query)]


def standing(desk: DutyDesk) -> Standing:
    return desk.standing("ten", DAY)


def test_the_one_who_owed_it_explains_and_the_manager_excuses(desk: DutyDesk) -> None:
    clerk, manager = desk.staff["A02"], desk.staff["A01"]
    desk.change("A02", {"superior": manager})
    assert ways(desk, "A02") == {Doing.EXPLAIN}
    assert ways(desk, "A01") == {Doing.EXCUSE}

    do(desk, "A02", Doing.EXPLAIN)
    assert standing(desk).explained_at == LATER
    assert ways(desk, "A01") == {Doing.EXCUSE, Doing.REFUSE}
    do(desk, "A01", Doing.EXCUSE)

    found = standing(desk)
    assert found.verdict is Verdict.EXCUSED
    assert found.explained_at is None
    assert told(desk) == [("duty.explain", manager), ("duty.excuse", clerk)]
    with desk.database.read() as session:
        row = session.scalars(select(DutyVerdict)).one()
        assert row.verdict == "missed"  # a verdict never moves
        assert (row.excused_by_id, row.excused_because) == (manager, "客户停电")
        notes = duty_notes.notes_of(session, row.id)
    assert [(one.kind, one.by_id) for one in notes] == [
        ("explain", clerk),
        ("excuse", manager),
    ]


def test_an_excuse_is_taken_back_and_it_counts_again(desk: DutyDesk) -> None:
    do(desk, "A01", Doing.EXCUSE)
    assert ways(desk, "A01") == {Doing.TAKE_BACK}
    assert ways(desk, "A02") == set()

    do(desk, "A01", Doing.TAKE_BACK)

    assert standing(desk).verdict is Verdict.MISSED
    assert ways(desk, "A02") == {Doing.EXPLAIN}


def test_a_refused_explanation_may_be_given_again(desk: DutyDesk) -> None:
    do(desk, "A02", Doing.EXPLAIN)
    do(desk, "A01", Doing.REFUSE, "当天没有停电")

    assert standing(desk).explained_at is None
    assert ways(desk, "A02") == {Doing.EXPLAIN}


@pytest.mark.parametrize(
    ("login", "doing", "text"),
    [
        ("A02", Doing.EXCUSE, "自己剔除"),  # nobody excuses their own
        ("A01", Doing.TAKE_BACK, "没有剔除过"),
        ("A01", Doing.EXPLAIN, "不是自己的"),
        ("A02", Doing.EXPLAIN, "  "),
        ("A02", Doing.EXPLAIN, "长" * 100_000),
        ("A01", Doing.REMIND, "催办"),
    ],
)
def test_what_is_not_ones_to_do_is_refused(
    desk: DutyDesk, login: str, doing: Doing, text: str
) -> None:
    with pytest.raises(DutyNoteRefusedError):
        do(desk, login, doing, text)

    assert standing(desk).verdict is Verdict.MISSED
    assert told(desk) == []


def test_whoever_may_not_see_it_is_not_told_of_it(desk: DutyDesk) -> None:
    with pytest.raises(NotAllowedError):
        do(desk, "B01", Doing.EXCUSE)


def test_what_was_met_needs_no_excuse(desk: DutyDesk) -> None:
    desk.call(at(15), times=10)
    day = parse_period("2026-10-15")
    now = datetime(2026, 10, 16, 9, tzinfo=ZONE)
    with desk.database.write() as session:
        duty_verdicts.close(session, "ten", day, now, ZONE)
        query = select(DutyVerdict.id).filter_by(period=day.text)
        seen = duty_notes.see(
            session, person(desk, "A01"), session.scalars(query).one()
        )
        writer = Writer(person(desk, "A01"), now, ZONE)

        assert duty_notes.open_to(session, seen, writer) == frozenset()
