"""Many rows into one table: ids taken first, then one statement for all of them.

The values go column by column, so that what a column's type does to a value is looked
up once and not for each row. What differs between the databases lies here.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Dialect, Table, func, select, text
from sqlalchemy.orm import Session

from models.access import marked

Columns = Mapping[str, Sequence[Any]]
"""Values by the column's name, as many in each."""

_FROM_SEQUENCE = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :rows)"
)
_LAST_REMEMBERED = text("SELECT max(entry_id) FROM change_event WHERE register = :name")


def take_ids(session: Session, table: Table, count: int) -> list[int]:
    """Return ids for as many new rows, rising; in the writing transaction.

    SQLite gives the number after the largest, as it does itself: a writing transaction
    holds the only lock, so nobody can take the same ones. An entry that another program
    deleted keeps its number for good: history, comments and files still lie under it.
    """
    if session.get_bind().dialect.name == "sqlite":
        newest = marked(select(func.max(table.c.id)), table.name)
        last = session.scalar(newest) or 0
        gone = session.scalar(_LAST_REMEMBERED, {"name": table.name}) or 0
        first = max(last, gone) + 1
        return list(range(first, first + count))
    asked = {"name": f'"{table.name}"', "rows": count}
    return list(session.scalars(_FROM_SEQUENCE, asked))


def insert_columns(session: Session, table: Table, columns: Columns) -> None:
    """Insert rows; a column without any value is left to its default.

    Marked as checked for the table's register, if it is one's: the caller has looked at
    the rights.
    """
    if not any(columns.values()):
        return
    dialect = session.get_bind().dialect
    names = [
        name
        for name, values in columns.items()
        if any(value is not None for value in values)
    ]
    kept = [_kept(table, name, columns[name], dialect) for name in names]
    quote = dialect.identifier_preparer.quote
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))})"
    rows = list(zip(*kept, strict=True))
    connection = session.connection()
    options = {"access": frozenset({table.name})}
    place = f"({', '.join([_PLACE[dialect.name]] * len(names))})"
    if dialect.name != "sqlite":
        connection.exec_driver_sql(
            f"{into} VALUES {place}", rows, execution_options=options
        )
        return
    for start in range(0, len(rows), _TOGETHER):
        some = rows[start : start + _TOGETHER]
        connection.exec_driver_sql(
            f"{into} VALUES {', '.join([place] * len(some))}",
            tuple(chain.from_iterable(some)),
            execution_options=options,
        )


# Rows in one statement on SQLite, which keeps a journal for each statement on a table
# with triggers: row by row, an import would take half as long again.
_TOGETHER = 100
_PLACE = {"sqlite": "?", "postgresql": "%s"}


def _kept(
    table: Table, name: str, values: Sequence[Any], dialect: Dialect
) -> Sequence[Any]:
    """Return a column's values as the driver takes them."""
    type_ = table.c[name].type
    keep: Callable[[Any], Any] | None = type_.dialect_impl(dialect).bind_processor(
        dialect
    )
    if keep is None:
        return values
    first = values[0]
    if all(value is first for value in values):  # who wrote, when
        return [keep(first)] * len(values)
    return [None if value is None else keep(value) for value in values]


def set_column(
    session: Session, table: Table, name: str, values: Mapping[int, int]
) -> None:
    """Set a whole-number column of one of the engine's tables, by the rows' ids."""
    if not values:
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # Both names are of our own.
        statement = f'UPDATE "{table.name}" SET "{name}" = ? WHERE id = ?'  # noqa: S608 - as above
        pairs = [(value, key) for key, value in values.items()]
        connection.exec_driver_sql(statement, pairs)
        return
    asked = {"keys": list(values), "values": list(values.values())}
    connection.execute(text(_UPDATE.format(table=table.name, name=name)), asked)


_UPDATE = (
    'UPDATE "{table}" AS kept SET "{name}" = given.value'
    " FROM unnest(CAST(:keys AS bigint[]), CAST(:values AS bigint[]))"
    " AS given (key, value) WHERE kept.id = given.key"
)
