"""`taizhang bench`: the sides do the same work, on data that is as the panel writes it.

How long anything takes is not tested here: a shared machine cannot tell.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import MetaData, Table, select
from sqlalchemy.orm import Session

from admin.bench import rows, store
from admin.bench.store import Size
from models import catalogue, entries
from models.access import marked
from models.database import Database
from models.history import Writer
from models.numbering import next_numbers
from models.prepare import prepare
from models.search_store import store as search_store

FEW = Size(rows=300, customers=40)


def untracked(parts: Iterable[Any], _what: str, _count: int) -> Iterable[Any]:
    return parts


def contents(database: Database, name: str, without: tuple[str, ...]) -> list[Any]:
    """Return every row of a table, in an order of its own."""
    with database.reading.connect() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        columns = [one for one in table.c if one.name not in without]
        query = marked(select(*columns), name)
        return sorted(map(repr, connection.execute(query).all()))


def typed(session: Session, register: str, row: dict[str, Any], by: Writer) -> int:
    """Write a row as a form does, with the number of its own day."""
    pattern = catalogue.current()[register].numbering or ""
    at = [row["created_at"]]
    (number,) = next_numbers(session, register, pattern, at, by.zone)
    return entries.create(session, register, row | {"number": number}, by)


def test_bulk_rows_are_as_the_panel_would_have_written_them(
    database_url: str, databases: Any
) -> None:
    store.ensure(database_url, FEW, untracked)
    in_bulk = Database(database_url)
    other_url = databases.empty()
    one_by_one = Database(other_url)
    try:
        prepare(one_by_one, catalogue.current())
        with one_by_one.write() as session:
            writers = store.people(session)
            staff = list(writers)
            customers = [
                typed(session, store.CUSTOMERS, row, writers[row["account_manager"]])
                for row in rows.customers(FEW.customers, staff)
            ]
            for row in rows.complaints(FEW.rows, staff, customers):
                typed(session, store.REGISTER, row, writers[row["received_by"]])
        kind = in_bulk.dialect.name
        texts = [
            search_store(one, kind).table.name
            for one in (store.REGISTER, store.CUSTOMERS)
        ]
        for name in (store.REGISTER, store.CUSTOMERS, *texts, "number_counter"):
            assert contents(in_bulk, name, ()) == contents(one_by_one, name, ()), name
        for name in ("change_event", "clock"):
            bulk = contents(in_bulk, name, ("id",))
            assert bulk == contents(one_by_one, name, ("id",)), name
            assert len(bulk) >= FEW.rows
    finally:
        in_bulk.dispose()
        one_by_one.dispose()
        databases.drop(other_url)
