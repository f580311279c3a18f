"""Templates side by side each turn on their own registers, and take none away."""

from collections.abc import Callable, Iterator

import pytest

from models import preferences
from models.database import Database
from models.preferences import REGISTERS_ON
from seed.items import Remembered, Values
from seed.menu_item import MenuItem, menu_item
from seed.merging import Outcome, merged
from tests.company import build_company, writer
from tests.databases import Builder

HOTEL = menu_item("hotel", ["call_log", "hotel_booking"])
COURIER = menu_item("courier", ["courier_order", "call_log"])


@pytest.fixture
def database(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[Database]:
    opened = Database(prepared_database("company", build_company))
    yield opened
    opened.dispose()


def applied(database: Database, item: MenuItem, remembered: Remembered) -> Outcome:
    """Apply what a template turns on, and return what became of it."""
    with database.write() as session:
        found = merged(item.wanted, item.read(session, 0), item.last(remembered, 0))
        if found.values is not None:
            item.write(session, 0, found.values, writer())
    return found.outcome


def said(*items: MenuItem) -> dict[tuple[str, str, int], Values]:
    return {(one.kind, one.code, 0): one.wanted for one in items}


def on(database: Database) -> list[str]:
    with database.read() as session:
        found: list[str] = preferences.get(session, REGISTERS_ON)
        return found


def test_second_template_adds_to_the_first_and_neither_changes_again(
    database: Database,
) -> None:
    assert applied(database, HOTEL, {}) is Outcome.CREATE
    assert applied(database, COURIER, said(HOTEL)) is Outcome.UPDATE

    assert on(database) == ["call_log", "hotel_booking", "courier_order"]
    for one in (HOTEL, COURIER):
        assert applied(database, one, said(HOTEL, COURIER)) is Outcome.SAME


def test_register_that_an_admin_turned_off_stays_off(database: Database) -> None:
    applied(database, HOTEL, {})
    with database.write() as session:
        preferences.put(session, REGISTERS_ON, ["hotel_booking"])
    newer = menu_item("hotel", ["call_log", "hotel_booking", "hotel_price"])

    assert applied(database, newer, said(HOTEL)) is Outcome.UPDATE
    assert on(database) == ["hotel_booking", "hotel_price"]


def test_what_was_remembered_before_templates_had_their_own_still_counts(
    database: Database,
) -> None:
    with database.write() as session:
        preferences.put(session, REGISTERS_ON, ["hotel_booking"])
    old = {("preference", REGISTERS_ON, 0): {"value": ["call_log", "hotel_booking"]}}

    assert applied(database, HOTEL, old) is Outcome.KEEP
    assert on(database) == ["hotel_booking"]
