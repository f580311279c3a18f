"""A database whose registers change, for tests of the planner."""

from typing import Any

from sqlalchemy import Table, insert, inspect, select

from models.catalogue import Catalogue
from models.database import Database
from models.prepare import prepare
from models.schema_plan import compare
from tests.changing_registers import catalogue_of


def start(url: str) -> None:
    """Fill an empty database with the engine's tables and the common registers."""
    database = Database(url)
    prepare(database, catalogue_of())
    database.dispose()


def apply(database: Database, catalogue: Catalogue) -> Table:
    """Run the plan of a catalogue; return the table of the register that changes."""
    compare(database, catalogue).run(database)
    return catalogue.table("work")


def add(database: Database, table: Table, **values: Any) -> None:
    with database.write() as session:
        session.execute(insert(table).values(**values))


def rows(database: Database, table: Table, *names: str) -> list[tuple[Any, ...]]:
    with database.read() as session:
        columns = [table.c[name] for name in names]
        found = session.execute(select(*columns).order_by(table.c.id))
        return [tuple(row) for row in found]


def indexes(database: Database) -> set[str]:
    return {str(one["name"]) for one in inspect(database.writing).get_indexes("work")}
