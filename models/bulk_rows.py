"""Many rows into one table: ids taken first, then one statement for all of them.

The values go column by column, so that what a column's type does to a value is looked
up once and not for each row. What differs between the databases lies here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import JSON, Connection, Dialect, Table, func, select, text
from sqlalchemy.orm import Session

from models.access import marked
from models.column_types import UtcDateTime, utc_texts
from models.json_text import dumps

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
    connection = session.connection()
    options = {"access": frozenset({table.name})}
    if dialect.name != "sqlite":
        statement = _from_arrays(into, table, names, dialect)
        for start in range(0, len(kept[0]), _TOGETHER_AS_ARRAYS):
            arrays = (part[start : start + _TOGETHER_AS_ARRAYS] for part in kept)
            connection.exec_driver_sql(
                statement, tuple(map(_array, arrays)), execution_options=options
            )
        return
    rows = list(zip(*kept, strict=True))
    place = f"({', '.join('?' * len(names))})"
    if len(rows) >= _MANY:
        with _without_triggers(connection, table.name, options):
            connection.exec_driver_sql(
                f"{into} VALUES {place}", rows, execution_options=options
            )
        return
    for start in range(0, len(rows), _TOGETHER):
        some_rows = rows[start : start + _TOGETHER]
        connection.exec_driver_sql(
            f"{into} VALUES {', '.join([place] * len(some_rows))}",
            tuple(chain.from_iterable(some_rows)),
            execution_options=options,
        )


@contextmanager
def _without_triggers(
    connection: Connection, name: str, options: Mapping[str, Any]
) -> Iterator[None]:
    """Set SQLite's insert triggers of a table aside, in the writing transaction.

    They recognise what other programs write, and none can write meanwhile. While they
    are there SQLite copies each page to a file of its own before a statement changes
    it, since the statement might end half-way: a third of the work of an import.
    Whatever ends the transaction early brings them back; `options` say that the table
    may be touched.
    """
    found = connection.execute(_INSERT_TRIGGERS, {"name": name}).all()
    for trigger, _ in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement, execution_options=options)


_INSERT_TRIGGERS = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
    " AND (sql LIKE '% AFTER INSERT ON %' OR sql LIKE '% BEFORE INSERT ON %')"
    " AND name NOT LIKE '%$hardened_%'"  # those refuse the panel's own writes as well
)

# Rows in one statement on SQLite, which keeps a journal for each statement on a table
# with triggers: row by row, an import would take half as long again.
_TOGETHER = 100
# From so many on it pays to have no triggers for a moment; all readers look at the
# tables anew after that.
_MANY = 1_000
# PostgreSQL starts a statement on a register's table, with its dozens of indexes and
# constraints, in the time of half a row or more; so it gets the values as arrays.
_TOGETHER_AS_ARRAYS = 5_000


def update_columns(
    session: Session, table: Table, ids: Sequence[int], columns: Columns
) -> None:
    """Set some columns of rows by their ids, each row once.

    Marked as checked for the table's register, if it is one's: the caller has looked at
    the rights.
    """
    if not ids:
        return
    dialect = session.get_bind().dialect
    quote = dialect.identifier_preparer.quote
    kept = [_kept(table, name, columns[name], dialect) for name in columns]
    connection = session.connection()
    options = {"access": frozenset({table.name})}
    # Our own names, quoted; values are bound.
    if dialect.name == "sqlite":
        set_ = ", ".join(f"{quote(name)} = ?" for name in columns)
        statement = f"UPDATE {quote(table.name)} SET {set_} WHERE id = ?"  # noqa: S608 - as above
        rows = list(zip(*kept, ids, strict=True))
        connection.exec_driver_sql(statement, rows, execution_options=options)
        return
    set_ = ", ".join(f"{quote(name)} = given.c{at}" for at, name in enumerate(columns))
    names = [*columns, "id"]
    given = f"(SELECT {_given(table, names, dialect)}) AS given"
    statement = (
        f"UPDATE {quote(table.name)} AS kept SET {set_} FROM {given}"  # noqa: S608 - as above
        f" WHERE kept.id = given.c{len(columns)}"
    )
    for start in range(0, len(ids), _TOGETHER_AS_ARRAYS):
        arrays = (part[start : start + _TOGETHER_AS_ARRAYS] for part in (*kept, ids))
        connection.exec_driver_sql(
            statement, tuple(map(_array, arrays)), execution_options=options
        )


def _from_arrays(
    into: str, table: Table, names: Sequence[str], dialect: Dialect
) -> str:
    """Return the statement that takes each column's values as one array of JSON.

    The driver writes and the server reads JSON several times faster than arrays of its
    own kind. A type is named without its bound: a bound in a cast would cut values off
    in silence, the column's own refuses them.
    """
    return f"{into} SELECT {_given(table, names, dialect)}"


def _given(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    """Return what follows SELECT: arrays of JSON as the columns c0, c1 ... of rows."""
    types = (table.c[name].type.compile(dialect).partition("(")[0] for name in names)
    values = ", ".join(f"CAST(c{at} AS {one}) AS c{at}" for at, one in enumerate(types))
    columns = ", ".join(f"c{at}" for at in range(len(names)))
    arrays = ", ".join(["json_array_elements_text(%s)"] * len(names))
    return f"{values} FROM ROWS FROM({arrays}) AS given ({columns})"


def _array(values: Sequence[Any]) -> str:
    return dumps(values, _worded)


def _worded(value: Any) -> str:
    """Return what JSON has no word for as PostgreSQL reads it."""
    if isinstance(value, date | time | Decimal):
        return str(value)
    raise TypeError(f"no column takes {value!r}")


def _kept(
    table: Table, name: str, values: Sequence[Any], dialect: Dialect
) -> Sequence[Any]:
    """Return a column's values as the driver takes them."""
    type_ = table.c[name].type
    keep: Callable[[Any], Any] | None
    if dialect.name != "sqlite" and isinstance(type_, JSON):
        keep = dumps  # not the driver's own object, which only it understands
    else:
        keep = type_.dialect_impl(dialect).bind_processor(dialect)
    if keep is None:
        return values
    first = values[0]
    if all(value is first for value in values):  # who wrote, when
        return [None if first is None else keep(first)] * len(values)
    if dialect.name == "sqlite" and isinstance(type_, UtcDateTime):
        return utc_texts(values)
    if isinstance(type_, JSON):
        return _written_once(keep, values)
    return [None if value is None else keep(value) for value in values]


def _written_once(keep: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Return values as JSON; what many rows have as one and the same thing, once."""
    found: dict[int, Any] = {}
    kept = []
    for value in values:
        key = id(value)
        if key not in found:
            found[key] = None if value is None else keep(value)
        kept.append(found[key])
    return kept


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
