"""What follows when a rule is broken: who is told, and a penalty somebody grants.

Each rule with its clock, its steps and what its breach proposes, from the sweep to the
entry that a superior makes of it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models import catalogue, clock_notes, entries, stored
from models.access import SYSTEM
from models.clock_notes import ClockRefusedError
from models.clock_table import Clock
from models.database import Database
from models.excuses import Doing
from models.outbox import Message
from models.settings import Settings
from tests.databases import Builder
from tests.seed import test_call_centre, test_manufacturer
from tests.seed.test_call_centre import AGENT, LEADER, call
from tests.seed.test_manufacturer import (
    CASE,
    CHIEF,
    HEAD,
    OFFICE,
    PEOPLE,
    form,
    reported,
    to_the_manager,
)
from tests.seed.trade_desk import TradeDesk, at, by
from tests.seed.trade_house import House

Prepared = Callable[[str, Builder], str]


@pytest.fixture
def factory(prepared_database: Prepared) -> Iterator[TradeDesk]:
    """The manufacturer; the office reports to the manager of the service."""
    made = prepared_database("manufacturer", test_manufacturer.BUILD)
    found = TradeDesk(Database(made))
    for name, role, department, post in PEOPLE:
        found.hire(name, role, department, post)
    said = {"superior": found.staff[HEAD]}
    with found.database.write() as session:
        writer = by(SYSTEM, "2026-09-01 10:00")
        entries.change(session, "staff", found.staff[OFFICE], said, writer)
    yield found
    found.database.dispose()
    catalogue.use()


@pytest.fixture
def house(prepared_database: Prepared) -> Iterator[House]:
    made = prepared_database("call_centre", test_call_centre.BUILD)
    database = Database(made)
    stored.know(database)
    yield House(database)
    database.dispose()
    catalogue.use()


def sweep(database: Database, folder: Path, now: str) -> None:
    """Watch the clocks at a moment, until nothing is left to do."""
    work = Work(database, Settings(data_folder=folder), at(now))
    while sweep_next(work).again:
        pass


def clock(database: Database, code: str, entry_id: int) -> Clock:
    with database.read() as session:
        query = select(Clock).filter_by(target_code=code, entry_id=entry_id)
        return session.scalars(query).one()


def told(database: Database, clock_id: int) -> list[tuple[str, int | None]]:
    """Return what was told of a clock and to whom, in the order it was."""
    with database.read() as session:
        query = select(Message.kind, Message.staff_id).filter_by(clock_id=clock_id)
        return [(kind, to) for kind, to in session.execute(query.order_by(Message.id))]


def entry(database: Database, register: str, key: int) -> dict[str, Any]:
    with database.read() as session:
        return entries.get(session, SYSTEM, register, key)


def test_a_report_three_days_late_goes_to_the_office_and_then_to_the_top(
    factory: TradeDesk, tmp_path: Path
) -> None:
    key = form(factory)
    to_the_manager(factory, key)  # traced on Thursday the 24th
    database = factory.database

    found = clock(database, "quality_case.report", key)
    assert found.due_at == at("2026-09-28 18:00")  # the 27th is a Sunday (S1-17-28)
    for now in ("2026-09-28 18:01", "2026-09-29 10:59"):
        sweep(database, tmp_path, now)
    assert ("clock.escalated", factory.staff[OFFICE]) not in told(database, found.id)
    sweep(database, tmp_path, "2026-09-29 11:01")
    sweep(database, tmp_path, "2026-09-29 18:01")

    steps = [to for kind, to in told(database, found.id) if "escal" in kind]
    assert steps == [factory.staff[OFFICE], factory.staff[CHIEF]]
    reported(factory, key, "2026-09-30 10:00")
    found = clock(database, "quality_case.report", key)
    assert found.breached_at == found.due_at
    assert found.next_at is None


def test_a_case_kept_too_long_becomes_a_criticism_by_its_superior_only(
    factory: TradeDesk, tmp_path: Path
) -> None:
    key = form(factory)
    to_the_manager(factory, key)  # registered on the 21st, fifteen workdays
    database = factory.database

    sweep(database, tmp_path, "2026-10-20 09:00")
    found = clock(database, "quality_case.closed", key)
    assert found.proposed_at == found.breached_at
    own = by(factory.person(OFFICE), "2026-10-20 10:00")
    with database.write() as session, pytest.raises(ClockRefusedError):
        clock_notes.enter(session, found.id, own)
    with database.write() as session:
        writer = by(factory.person(HEAD), "2026-10-20 11:00")
        register, made = clock_notes.enter(session, found.id, writer)

    row = entry(database, register, made)
    assert register == "reward_penalty"
    assert (row["person"], row["kind"]) == (factory.staff[OFFICE], "criticism")
    number = entry(database, CASE, key)["number"]
    assert number in row["reason"]
    assert row["signed_at"] is None  # pay takes it only when the person has signed
    assert clock(database, "quality_case.closed", key).proposed_at is None


def test_an_enquiry_left_for_a_day_goes_to_the_leader_who_may_warn(
    house: House, tmp_path: Path
) -> None:
    key = call(house, connection="answered")
    database = house.database
    found = clock(database, "call_log.reply", key)  # 24 hours from Wednesday noon
    assert found.due_at == at("2026-10-15 12:00")

    sweep(database, tmp_path, "2026-10-15 12:01")
    sweep(database, tmp_path, "2026-10-15 15:31")

    steps = [to for kind, to in told(database, found.id) if "escal" in kind]
    assert steps == [house.staff(LEADER)]
    agent, leader = (
        house.writer(one, at("2026-10-15 16:00")) for one in (AGENT, LEADER)
    )
    with database.read() as session:
        current = session.get_one(Clock, found.id)
        mine = clock_notes.open_to(session, [current], agent)[found.id]
    assert Doing.ENTER not in mine
    with database.write() as session:
        register, made = clock_notes.enter(session, found.id, leader)
    row = entry(database, register, made)
    assert (row["person"], row["kind"]) == (house.staff(AGENT), "warning")
    assert row["occasion"] == "late_work"
