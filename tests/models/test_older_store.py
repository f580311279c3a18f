"""A store that an older revision made is brought up to date and loses nothing."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text

from models import access, catalogue, entries, search
from models.access import SYSTEM
from models.database import Database
from models.migrations.running import differences
from models.prepare import prepare
from models.schema_plan import compare
from tests.company import writer

DATA = Path(__file__).parents[1] / "data"
CALLS = text(
    "SELECT id, number, content, result, version, binned_at IS NULL FROM call_log"
    " ORDER BY id"
)
EVENTS = text(
    "SELECT id, register, entry_id, entry_version, action, by_name FROM change_event"
    " ORDER BY id"
)
CLOCKS = text("SELECT count(*) FROM clock")


@pytest.fixture
def store(database_url: str, database_kind: str) -> Iterator[Database]:
    """The small company with six calls, as the revision of 2026-11-22 left it."""
    if database_kind == "sqlite":
        kept = gzip.decompress((DATA / "store_2026-11-22.db.gz").read_bytes())
        Path(str(make_url(database_url).database)).write_bytes(kept)
    else:
        script = gzip.decompress((DATA / "store_2026-11-22.sql.gz").read_bytes())
        address = database_url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(script)
    database = Database(database_url)
    yield database
    database.dispose()


def rows(connection: Connection, query: Any) -> list[Any]:
    return [tuple(row) for row in connection.execute(query)]


def test_older_store_keeps_every_row_and_its_history(store: Database) -> None:
    with store.reading.connect() as connection:
        before = [rows(connection, query) for query in (CALLS, EVENTS, CLOCKS)]

    prepare(store, catalogue.current())

    with store.reading.connect() as connection:
        after = [rows(connection, query) for query in (CALLS, EVENTS, CLOCKS)]
    assert len(before[0]) == 6
    assert after == before


def test_older_store_has_the_tables_of_this_revision_afterwards(
    store: Database,
) -> None:
    prepare(store, catalogue.current())

    assert compare(store, catalogue.current()).is_empty
    with store.writing.begin() as connection:
        assert differences(connection) == []


def test_older_store_is_searched_and_numbered_on(store: Database) -> None:
    prepare(store, catalogue.current())
    call = {
        "phone": "13800138000",
        "category": "repair",
        "content": "升级以后的来电",
        "result": "pending",
    }

    with store.write() as session:
        made = entries.create(session, "call_log", call, writer())

    declared = catalogue.current()["call_log"]
    table = catalogue.current().table("call_log")
    found = search.criteria(declared, table, "激光功率", store.dialect.name)
    assert found is not None
    query = access.visible(SYSTEM, "call_log").with_only_columns(table.c.id)
    with store.read() as session:
        numbers = session.scalars(text("SELECT number FROM call_log")).all()
        hits = session.scalars(query.where(found)).all()
    assert made == 7
    assert len(set(numbers)) == 7
    assert sorted(hits) == [2, 3, 4, 5]
