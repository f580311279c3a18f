"""A machine knows when its customer was last reached, whatever becomes of callbacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import catalogue, entries
from models.database import Database
from models.register import DATE, DECIMAL, INTEGER, Declaration, Posting
from models.schema_triggers import figures
from tests.changing_registers import named, register
from tests.databases import Databases
from tests.models.register_desk import WRITER, Desk, at, build


class Callbacks:
    """Machines of one customer, and callbacks about them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.caller = desk.person("E01")
        self.machine = desk.machine(self.caller)
        kept = desk.get("machine_file", self.machine)
        self.customer = kept["customer"]
        self.other = desk.create(
            "machine_file",
            serial_number="H1390-018",
            model=kept["model"],
            customer=self.customer,
            installed_on=kept["installed_on"],
        )

    def row(self, moment: str, machine: int, outcome: str) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "caller": self.caller,
            "machine": machine,
            "called_at": at(moment),
            "outcome": outcome,
        }

    def call(self, moment: str, outcome: str = "connected") -> int:
        row = self.row(moment, self.machine, outcome)
        return self.desk.create("callback_log", **row)

    def last(self, machine: int | None = None) -> datetime | None:
        found = self.desk.get("machine_file", machine or self.machine)
        last: datetime | None = found["last_callback_at"]
        return last


@pytest.fixture
def callbacks(desk: Desk) -> Callbacks:
    return Callbacks(desk)


@contextmanager
def updates(desk: Desk, table: str) -> Iterator[list[str]]:
    """Collect the statements that change a table."""
    seen: list[str] = []

    def listen(
        _connection: object, _cursor: object, statement: str, *_: object
    ) -> None:
        if statement.startswith(f"UPDATE {table} "):
            seen.append(statement)

    engine = desk.session.connection().engine
    event.listen(engine, "before_cursor_execute", listen)
    yield seen
    event.remove(engine, "before_cursor_execute", listen)


def test_the_latest_that_was_reached_counts_in_whatever_order_they_come(
    callbacks: Callbacks,
) -> None:
    callbacks.call("2026-10-12 10:00")
    callbacks.call("2026-10-09 16:00")
    callbacks.call("2026-10-13 09:00", "no_answer")

    assert callbacks.last() == at("2026-10-12 10:00")
    assert callbacks.last(callbacks.other) is None


def test_without_the_latest_the_one_before_it_stands(callbacks: Callbacks) -> None:
    first = callbacks.call("2026-10-09 16:00")
    second = callbacks.call("2026-10-12 10:00")

    callbacks.desk.bin("callback_log", second)
    assert callbacks.last() == at("2026-10-09 16:00")

    callbacks.desk.bin("callback_log", first)
    assert callbacks.last() is None

    entries.restore_many(callbacks.desk.session, "callback_log", [second], WRITER)
    assert callbacks.last() == at("2026-10-12 10:00")


def test_a_changed_callback_counts_as_it_is_now(callbacks: Callbacks) -> None:
    desk = callbacks.desk
    callbacks.call("2026-10-09 16:00")
    latest = callbacks.call("2026-10-12 10:00")

    desk.change("callback_log", latest, called_at=at("2026-10-10 10:00"))
    assert callbacks.last() == at("2026-10-10 10:00")

    desk.change("callback_log", latest, outcome="busy")
    assert callbacks.last() == at("2026-10-09 16:00")

    desk.change("callback_log", latest, outcome="connected", machine=callbacks.other)
    assert callbacks.last() == at("2026-10-09 16:00")
    assert callbacks.last(callbacks.other) == at("2026-10-10 10:00")


def test_many_callbacks_ask_once_for_all_machines_they_touch(
    callbacks: Callbacks,
) -> None:
    rows = [
        callbacks.row(f"2026-10-{day} 10:00", machine, "connected")
        for day in ("12", "13", "09")
        for machine in (callbacks.machine, callbacks.other)
    ]

    with updates(callbacks.desk, "machine_file") as seen:
        entries.create_many(callbacks.desk.session, "callback_log", rows, WRITER)

    assert len(seen) == 1
    assert callbacks.last() == at("2026-10-13 10:00")
    assert callbacks.last(callbacks.other) == at("2026-10-13 10:00")


def test_what_the_figure_does_not_read_touches_no_machine(callbacks: Callbacks) -> None:
    made = callbacks.call("2026-10-12 10:00")

    with updates(callbacks.desk, "machine_file") as seen:
        callbacks.desk.change("callback_log", made, opinion="希望早点上门")

    assert seen == []


def test_a_form_of_the_machine_opened_before_is_still_saved(
    callbacks: Callbacks,
) -> None:
    opened = callbacks.desk.get("machine_file", callbacks.machine)["version"]

    callbacks.call("2026-10-12 10:00")

    kept = callbacks.desk.get("machine_file", callbacks.machine)
    assert kept["version"] == opened
    known = catalogue.current()
    assert "last_callback_at" in figures(known, known["machine_file"])


METER = register(
    "meter",
    named("house"),
    named("place", INTEGER),
    named("read_on", DATE, read_only=True),
    named("highest", DECIMAL, places=1, read_only=True),
    named("readings", INTEGER, read_only=True),
    named("next_on", DATE, computed="add_months(read_on, 1)"),
    display=("house",),
)
READING = register(
    "reading",
    named("house"),
    named("place", INTEGER),
    named("read", DATE),
    named("shown", DECIMAL, places=1),
    display=("house",),
    postings=(
        Posting(
            "meter",
            {"house": "house", "place": "place"},
            {"readings": "1"},
            when="shown >= 0.5",
            create=True,
            latest={"read_on": "read", "highest": "shown"},
        ),
    ),
)


@pytest.fixture
def meters(databases: Databases, declared: dict[str, Declaration]) -> Iterator[Desk]:
    """A desk with meters of houses and what was read from them."""
    declared |= {one.code: one for one in (METER, READING)}
    url = databases.empty()
    build(url)
    database = Database(url)
    with Session(database.writing, expire_on_commit=False) as session:
        yield Desk(session)
        session.rollback()
    database.dispose()
    databases.drop(url)


def test_several_fields_find_a_figure_and_what_is_computed_from_it_follows(
    meters: Desk,
) -> None:
    readings = [
        meters.create("reading", house=house, place=place, read=read, shown=shown)
        for house, place, read, shown in (
            ("东楼", 1, date(2026, 10, 1), Decimal("7.5")),
            ("东楼", 2, date(2026, 10, 2), Decimal("0.4")),
            ("东楼", 1, date(2026, 10, 31), Decimal("7.4")),
            ("西楼", 1, date(2026, 10, 5), Decimal("10.0")),
            ("西楼", None, date(2026, 11, 5), Decimal("11.0")),
        )
    ]

    def found() -> dict[str, tuple[Any, ...]]:
        return {
            one["house"]: (
                one["readings"],
                one["read_on"],
                one["highest"],
                one["next_on"],
            )
            for one in meters.find("meter")
        }

    assert found() == {
        "东楼": (2, date(2026, 10, 31), Decimal("7.5"), date(2026, 11, 30)),
        "西楼": (1, date(2026, 10, 5), Decimal("10.0"), date(2026, 11, 5)),
    }

    meters.bin("reading", readings[2])
    meters.bin("reading", readings[3])

    assert found() == {
        "东楼": (1, date(2026, 10, 1), Decimal("7.5"), date(2026, 11, 1)),
        "西楼": (0, None, None, None),
    }
