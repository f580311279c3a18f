"""Three trades in three departments of one company: each goes by its own rules."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, accounts, catalogue, entries, samples, stored
from models.access import SYSTEM
from models.applied import AppliedItem
from models.calendars import Calendar
from models.clock_table import Clock
from models.database import Database
from models.history import ChangeEvent
from models.prepare import prepare
from models.samples import SampleRow
from models.targets import SlaTarget
from seed.sample.loading import add_rows
from seed.sample.plan import read_plan
from seed.sample.removing import remove_sample
from tests.seed.conftest import WRITER

TRADES = ("gps_service", "hotel", "call_centre")
GONE = "hotel"
ROWS = 15  # of the largest register of each

Things = dict[str, set[tuple[Any, ...]]]


def build(url: str) -> None:
    database = Database(url)
    prepare(database, catalogue.current())
    for name in TRADES:
        add_rows(database, name, ROWS, WRITER)
    database.dispose()
    catalogue.use()


@pytest.fixture
def company(prepared_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(prepared_database("three_trades", build))
    stored.know(database)
    yield database
    database.dispose()
    catalogue.use()


def departments(session: Session) -> dict[str, int]:
    """Return the department of each trade."""
    query = access.visible(SYSTEM, "department")
    rows = entries.load(session, catalogue.current()["department"], query)
    ids = {row["name"]: row["id"] for row in rows}
    return {name: ids[read_plan(name).file.sample.department] for name in TRADES}


def things(session: Session, name: str, department: int) -> Things:
    """Return all that a trade has: its entries as they are, and what they go by."""
    found: Things = {}
    for code in samples.registers(session, name):
        declared, table = catalogue.current()[code], catalogue.current().table(code)
        query = access.visible(SYSTEM, code)
        query = query.where(table.c.id.in_(samples.sample_ids(code, name)))
        rows = entries.load(session, declared, query)
        found[code] = {tuple(map(str, row.values())) for row in rows}
        history = select(ChangeEvent.entry_id, ChangeEvent.entry_version).where(
            ChangeEvent.register == code,
            ChangeEvent.entry_id.in_(samples.sample_ids(code, name)),
        )
        found[f"history of {code}"] = {tuple(row) for row in session.execute(history)}
    for of in (SlaTarget, Calendar):
        own = select(of.id, of.code).where(of.department_id == department)
        found[of.__tablename__] = {tuple(row) for row in session.execute(own)}
    clocks = select(Clock.register, Clock.entry_id, Clock.target_code, Clock.due_at)
    of_sample = clocks.join(
        SampleRow,
        (SampleRow.register == Clock.register) & (SampleRow.entry_id == Clock.entry_id),
    ).where(SampleRow.sample == name)
    found["clock"] = {tuple(row) for row in session.execute(of_sample)}
    return found


def test_each_department_sees_its_own_targets_calendars_and_entries(
    company: Database,
) -> None:
    with company.read() as session:
        places = departments(session)
        own = {name: things(session, name, key) for name, key in places.items()}
        ways = {
            row.department_id: row
            for row in session.scalars(select(SlaTarget))
            if row.code == "complaint_log.first_reply"
        }
        run_by = select(
            SampleRow.sample, SlaTarget.department_id, Calendar.department_id
        )
        run_by = run_by.select_from(Clock).join(
            SampleRow,
            (SampleRow.register == Clock.register)
            & (SampleRow.entry_id == Clock.entry_id),
        )
        run_by = run_by.join(SlaTarget, SlaTarget.id == Clock.target_id)
        run_by = run_by.join(Calendar, Calendar.id == Clock.calendar_id)
        clocks = [(str(row[0]), row[1], row[2]) for row in session.execute(run_by)]
        seen = {
            name: calls_of_leader(session, read_plan(name).file.sample.prefix)
            for name in TRADES
        }
        calls = {name: samples.marked_ids(session, "call_log", name) for name in TRADES}

    assert len(set(places.values())) == len(TRADES)
    assert all(own[name]["sla_target"] and own[name]["calendar"] for name in TRADES)
    assert {sample for sample, *_ in clocks} == set(TRADES)
    for sample, target_of, calendar_of in clocks:
        assert target_of == calendar_of == places[sample]
    assert places["gps_service"] not in ways
    assert ways.keys() >= {places["call_centre"]}
    assert all(calls.values())
    assert seen == calls


def calls_of_leader(session: Session, prefix: str) -> set[int]:
    """Return the calls that whoever leads a trade's department may list."""
    account = accounts.find(session, f"{prefix}001")
    assert account is not None
    person = accounts.person_of(session, account)
    table = catalogue.current().table("call_log")
    query = access.visible(person, "call_log").with_only_columns(table.c.id)
    return set(session.scalars(query))


def test_one_trade_leaves_without_touching_the_others(company: Database) -> None:
    with company.read() as session:
        places = departments(session)
        before = {name: things(session, name, key) for name, key in places.items()}

    remove_sample(company, WRITER, GONE)

    with company.read() as session:
        after = {name: things(session, name, key) for name, key in places.items()}
        of_gone = select(AppliedItem).where(AppliedItem.scope == places[GONE])
        assert session.scalar(of_gone) is None
        assert set(samples.loaded(session)) == set(TRADES) - {GONE}
    assert before[GONE]["call_log"]
    assert not any(after[GONE].values())
    for name in set(TRADES) - {GONE}:
        for what, held in before[name].items():
            assert held <= after[name].get(what, set()), (name, what)
