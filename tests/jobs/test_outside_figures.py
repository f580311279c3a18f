"""Figures follow what other programs write, and what they refuse is put aside."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import entries, outside
from models.entry_errors import EntryRefusedError
from tests.clock_desk import Desk, at
from tests.jobs.outside_desk import (
    GIVEN,
    REGISTER,
    Program,
    by_form,
    entry,
    history,
    noticed_at,
    waiting,
)


class Parts:
    """A part, a store for it, and movements that another program writes."""

    def __init__(self, desk: Desk, program: Program) -> None:
        self.desk, self.program = desk, program
        with desk.database.write() as session:
            by = by_form(at("2026-08-03 09:00"))
            part = {"item_code": "BP-38", "name": "保护镜片", "price": Decimal(38)}
            self.item = entries.create(session, "inventory", part, by)
            place = {"name": "总仓", "kind": "main"}
            self.store = entries.create(session, "stock_place", place, by)

    def move(self, kind: str, quantity: int, **places: int) -> int:
        hundredths = quantity * 100
        values = {"kind": kind, "item": self.item, "quantity": hundredths, **places}
        return self.program.insert("stock_movement", values)

    def quantity(self) -> Any:
        return entry(self.desk.database, self.item, "inventory")["main_quantity"]


@pytest.fixture
def parts(desk: Desk, program: Program) -> Parts:
    return Parts(desk, program)


def test_figures_follow_what_is_inserted_changed_and_deleted(
    parts: Parts, program: Program, take_over: Callable[..., int]
) -> None:
    made = parts.move("receive", 40, to_place=parts.store)
    take_over()
    assert parts.quantity() == 40

    for hundredths in (3000, 2500):
        program.run("UPDATE stock_movement SET quantity_e2 = :many", many=hundredths)
    take_over()
    assert parts.quantity() == 25

    program.run("DELETE FROM stock_movement WHERE id = :id", id=made)
    take_over()
    assert parts.quantity() == 0
    assert waiting(parts.desk.database) == 0


def test_one_that_cannot_be_taken_over_stops_no_other_and_is_tried_again(
    parts: Parts, program: Program, take_over: Callable[..., int]
) -> None:
    database = parts.desk.database
    for _ in range(3):
        program.insert(REGISTER, GIVEN | {"external_key": None})
    parts.move("use", 5, from_place=parts.store)
    now = noticed_at(database)
    assert now is not None

    take_over()

    assert len(history(database)) == 3
    with database.read() as session:
        ((register, _, why),) = outside.set_aside(session)
    assert register == "stock_movement"
    assert "总仓" in why
    assert take_over(now + timedelta(minutes=59)) == 0

    parts.move("receive", 40, to_place=parts.store)
    take_over(now + timedelta(minutes=59))
    assert parts.quantity() == 40
    take_over(now + timedelta(minutes=61))

    assert parts.quantity() == 35
    assert waiting(database) == 0


def test_the_same_movement_is_refused_by_the_form(parts: Parts) -> None:
    values = {
        "kind": "use",
        "item": parts.item,
        "quantity": 5,
        "from_place": parts.store,
    }

    by = by_form(at("2026-08-03 10:00"))

    with (
        parts.desk.database.write() as session,
        pytest.raises(EntryRefusedError, match="总仓"),
    ):
        entries.create(session, "stock_movement", values, by)


def test_the_latest_follows_what_is_inserted_changed_and_deleted(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    with desk.database.write() as session:
        by = by_form(at("2026-08-03 09:00"))
        model = entries.create(session, "machine_model", {"name": "HY-1390"}, by)
        values = {
            "serial_number": "H1390-017",
            "model": model,
            "customer": desk.customer,
            "installed_on": at("2026-01-31 00:00").date(),
        }
        machine = entries.create(session, "machine_file", values, by)

    def last() -> datetime | None:
        take_over()
        found = entry(desk.database, machine, "machine_file")
        moment: datetime | None = found["last_callback_at"]
        return moment

    for moment in ("2026-08-05 15:00", "2026-08-04 15:00"):
        values = {"customer": desk.customer, "caller": 1, "machine": machine}
        values |= {"called_at": at(moment), "outcome": "connected"}
        program.insert("callback_log", values)
    assert last() == at("2026-08-05 15:00")

    program.run("UPDATE callback_log SET outcome = 'busy' WHERE id = 1")
    assert last() == at("2026-08-04 15:00")

    program.run("DELETE FROM callback_log WHERE id = 2")
    assert last() is None

    assert waiting(desk.database) == 0
    assert entry(desk.database, machine, "machine_file")["version"] == 1
