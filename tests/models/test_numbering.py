"""Numbers: the next one is always one that no entry has."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from models import entries
from models.database import Database
from tests.company import build_company, writer
from tests.databases import Builder

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "机器报警",
    "result": "pending",
}


@pytest.fixture
def database(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[Database]:
    opened = Database(prepared_database("company", build_company))
    yield opened
    opened.dispose()


def numbers_of(database: Database, count: int, **values: str) -> list[str]:
    """Enter calls and return the numbers they got."""
    origin = "import" if values else "form"
    with database.write() as session:
        ids = entries.create_many(
            session, "call_log", [CALL | values] * count, writer(origin=origin)
        )
        found = {
            row.id: row.number
            for row in session.execute(text("SELECT id, number FROM call_log"))
        }
    return [found[one] for one in ids]


def test_numbers_follow_each_other(database: Database) -> None:
    first, second = numbers_of(database, 2)

    assert int(second[-2:]) == int(first[-2:]) + 1


def test_number_brought_by_an_import_is_stepped_over(database: Database) -> None:
    (first,) = numbers_of(database, 1)
    head, serial = first[:-2], int(first[-2:])
    numbers_of(database, 1, number=f"{head}{serial + 1:02}")
    numbers_of(database, 1, number=f"{head}{serial + 40:02}")
    numbers_of(database, 1, number=f"{head}A7")  # of another kind, in nobody's way

    one, two = numbers_of(database, 2)

    assert one == f"{head}{serial + 41:02}"
    assert two == f"{head}{serial + 42:02}"


def test_id_of_an_entry_that_was_deleted_is_not_given_again(database: Database) -> None:
    numbers_of(database, 1)
    with database.write() as session:
        deleted = entries.create(session, "call_log", CALL, writer())
    with database.write() as session:
        session.execute(text(f"DELETE FROM call_log WHERE id = {deleted}"))  # noqa: S608 - our own number

    with database.write() as session:
        made = entries.create(session, "call_log", CALL, writer())

    assert made > deleted
