"""Measures taken together come to what each comes to alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from models import entries, measure_batches, measures
from models.database import Database
from models.measures import Measure
from models.rules.periods import DateRange, parse_period
from tests.company import NOON, ZONE, upon_company, writer
from tests.databases import Builder

OCTOBER = parse_period("2026-10")


@upon_company
def build(url: str) -> None:
    database = Database(url)
    with database.write() as session:
        for turn in range(12):
            call = {
                "content": "来电",
                "category": ("repair", "parts")[turn % 2],
                "result": "pending",
                "phone": f"1380013800{turn % 5}",
                "first_asked": 2 + turn % 3,
                "received_at": NOON + timedelta(days=2 * turn - 12),
            }
            entries.create(session, "call_log", call, writer())
    database.dispose()


@pytest.fixture
def database(prepared_database: Callable[[str, Builder], str]) -> Iterator[Database]:
    opened = Database(prepared_database("measure_batches", build))
    yield opened
    opened.dispose()


def calls(code: str, aggregate: str = "count", **said: str) -> Measure:
    return Measure(
        code=code,
        name_zh=code,
        name_en=code,
        register="call_log",
        aggregate=aggregate,
        date_field="received_at",
        unit="percent" if aggregate == "share" else "number",
        **({"person_field": "first_asked", "whose": "person"} | said),
    )


SOME = {
    one.code: one
    for one in (
        calls("all"),
        calls("repairs", condition="category = 'repair'"),
        calls("share", "share", share_of="category = 'parts'"),
        calls("phones", "distinct", field="phone"),
        calls("few_phones", "distinct", field="phone", condition="category = 'parts'"),
        calls("none", "share", share_of="yes", condition="category = 'other'"),
        calls("entered", person_field="holder"),
        calls("above", whose="superior"),
    )
}


@pytest.mark.parametrize("days", [31, 9])
def test_together_comes_to_what_each_comes_to_alone(
    database: Database, days: int
) -> None:
    span = DateRange(OCTOBER.first, OCTOBER.first + timedelta(days))
    with database.read() as session:
        together = measure_batches.taken(session, SOME, span, ZONE)
        for code, measure in SOME.items():
            alone = measures.figures(session, measure, span, ZONE)
            empty = measures.nothing(measure)

            for person in (2, 3, 4):
                found = together.get(person, {}).get(code, empty)
                assert found == alone.get(person, empty), (code, person)


def test_stretches_come_to_what_their_days_come_to_alone(database: Database) -> None:
    stretches = [
        (person, DateRange(OCTOBER.first + timedelta(first), OCTOBER.end))
        for person in (2, 3, 4)
        for first in (0, 3, 11, 30)
    ] + [(2, DateRange(OCTOBER.first, OCTOBER.first + timedelta(9)))]
    with database.read() as session:
        found = measure_batches.taken_of(session, SOME, stretches, OCTOBER, ZONE)

        for (person, days), own in zip(stretches, found, strict=True):
            for code, measure in SOME.items():
                alone = measures.figures(session, measure, days, ZONE)
                empty = measures.nothing(measure)
                expected = alone.get(person, empty)
                assert own.get(code, empty) == expected, (code, person, days)
    assert any(own.get("all") for own in found)


def test_no_stretches_ask_nothing(database: Database) -> None:
    with database.read() as session:
        assert measure_batches.taken_of(session, SOME, [], OCTOBER, ZONE) == []
