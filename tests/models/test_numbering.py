"""Numbers: the next one is always one that no entry has."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from models import entries, references
from models.database import Database
from models.numbering import next_numbers
from tests.company import NOON, ZONE, build_company, writer
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


def test_number_of_an_entry_in_the_bin_is_not_given_again(database: Database) -> None:
    (first,) = numbers_of(database, 1)
    with database.write() as session:
        key = session.scalar(
            text("SELECT id FROM call_log WHERE number = :n"), {"n": first}
        )
        entries.bin_many(session, "call_log", [key], writer())

    (second,) = numbers_of(database, 1)

    assert int(second[-2:]) == int(first[-2:]) + 1


def test_serials_begin_anew_in_each_branch_and_each_month(database: Database) -> None:
    def taken(*asked: tuple[str, datetime]) -> list[str]:
        with database.write() as session:
            return next_numbers(
                session,
                "call_log",
                "{branch}{year:02}{month:02}-{serial:02}",
                [at for _, at in asked],
                ZONE,
                branches=[branch for branch, _ in asked],
            )

    last_evening = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)  # 0:30 on 1 October here
    assert taken(("SZ", NOON), ("KS", NOON), ("SZ", NOON)) == [
        "SZ2610-01",
        "KS2610-01",
        "SZ2610-02",
    ]
    assert taken(("SZ", last_evening), ("SZ", last_evening - timedelta(hours=1))) == [
        "SZ2610-03",
        "SZ2609-01",
    ]


def test_hundredth_of_two_digits_gets_three(database: Database) -> None:
    with database.write() as session:
        args = (session, "call_log", "{year}{month:02}{serial:02}", [NOON] * 101, ZONE)
        found = next_numbers(*args)

    assert found[98:] == ["20261099", "202610100", "202610101"]


def test_number_has_the_code_of_the_entrys_branch(database: Database) -> None:
    with database.write() as session:
        (branch,) = session.scalars(text("SELECT id FROM branch"))
        values = {"name": "昆山分公司", "short_code": "KS"}
        other = entries.create(session, "branch", values, writer())
        rows = [{"branch": one} for one in (other, branch, None)]

        pattern = "{branch}{serial:03}"
        assert references.branch_codes(session, pattern, rows) == ["KS", "", ""]
        assert references.branch_codes(session, "{serial:03}", rows) == []
