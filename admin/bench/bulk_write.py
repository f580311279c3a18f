"""Write very many new entries: what `entries.create_many` leaves behind, in bulk.

The values are not checked, since whoever makes them knows that they are right; number,
defaults, computed fields, history, search text and clocks come from the engine itself.
Only the writing is different: batches of plain tuples into tables without indexes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.orm import Session

from models import catalogue, computing, search, target_versions
from models.access import marked
from models.clock_facts import Facts
from models.clock_reckoning import Reckoning
from models.clock_table import CLOCKS
from models.database import Database
from models.history import ChangeEvent, Writer, plain
from models.numbering import next_numbers
from models.preparing import prepare
from models.register import Declaration
from models.search_store import CHUNK, store

BATCH = 10_000
EVENTS: Table = ChangeEvent.metadata.tables[ChangeEvent.__tablename__]
UNSAID = ("changed_at", "changed_by")  # what no history tells

Row = dict[str, Any]


class BulkWriter:
    """Writes new entries of one register that moves no figures and that nobody's does.

    Args:
        database: Where to.
        register: The register's code.
        writers: Who may have entered a row, by staff id.
        of: The field of a row that names its writer.
    """

    def __init__(
        self, database: Database, register: str, writers: Mapping[int, Writer], of: str
    ) -> None:
        """Keep what all rows share."""
        self.database = database
        self.declared: Declaration = catalogue.current()[register]
        self.table = catalogue.current().table(register)
        self.writers, self.of = writers, of
        self._usual: dict[int, Row] = {}

    def write(self, rows: Iterable[Row], batch: int = BATCH) -> Iterator[list[int]]:
        """Write rows in batches, each in a transaction; yield the ids of each."""
        coming = iter(rows)
        while some := list(islice(coming, batch)):
            with self.database.write() as session:
                ids = self._write_batch(session, some)
            yield ids

    def _write_batch(self, session: Session, given: list[Row]) -> list[int]:
        by = [self.writers[row[self.of]] for row in given]
        rows = [
            self._completed(session, one, writer)
            for one, writer in zip(given, by, strict=True)
        ]
        computing.compute(session, self.declared, rows, by[0].zone)
        self._number(session, rows, by[0])
        first = 1 + (session.scalar(marked(self._last(), self.declared.code)) or 0)
        for entry_id, row in enumerate(rows, first):
            row["id"] = entry_id
        connection = session.connection()
        columns = {"id": "id", "version": "version"} | {
            column: one.name for one, column in self.declared.columns
        }
        _put(connection, self.table, columns, rows)
        self._remember(connection, rows, by)
        kept = store(self.declared.code, connection.dialect.name)
        texts = [(row["id"], search.search_text(self.declared, row)) for row in rows]
        for start in range(0, len(texts), CHUNK):
            kept.write(session, texts[start : start + CHUNK])
        self._start_clocks(session, rows, by[0])
        return [row["id"] for row in rows]

    def _last(self) -> Any:
        return select(func.max(self.table.c.id))

    def _completed(self, session: Session, given: Row, writer: Writer) -> Row:
        """Return the row with everything that is the same in all rows of its writer."""
        key = given[self.of]
        usual = self._usual.get(key)
        if usual is None:
            (usual,), problems = prepare(session, self.declared, [given], writer)
            if problems:
                raise ValueError(f"{given}: {problems[0].label.en}")
            self._usual[key] = usual
        return usual | given

    def _number(self, session: Session, rows: Sequence[Row], writer: Writer) -> None:
        pattern = self.declared.numbering
        if pattern is None:
            return
        moments = [row["created_at"] for row in rows]
        code, zone = self.declared.code, writer.zone
        found = next_numbers(session, code, pattern, moments, zone)
        for row, number in zip(rows, found, strict=True):
            row["number"] = number

    def _remember(
        self, connection: Connection, rows: Sequence[Row], by: Sequence[Writer]
    ) -> None:
        names = [one.name for one, _ in self.declared.columns if one.name not in UNSAID]
        events = (
            {
                "at": writer.now,
                "register": self.declared.code,
                "entry_id": row["id"],
                "entry_version": 1,
                "action": "created",
                "staff_id": writer.person.staff_id,
                "by_name": writer.person.name,
                "origin": writer.origin,
                "batch": writer.batch,
                "changes": {
                    name: [None, plain(row[name])]
                    for name in names
                    if row.get(name) is not None
                },
            }
            for row, writer in zip(rows, by, strict=True)
        )
        _put(connection, EVENTS, _own(EVENTS), events)

    def _start_clocks(
        self, session: Session, rows: Sequence[Row], writer: Writer
    ) -> None:
        code = self.declared.code
        own = [
            one
            for one in target_versions.concerning(session, code)
            if one.register == code
        ]
        codes = target_versions.by_code(own)
        facts = Facts(session, self.declared, codes, rows, writer.zone)
        reckoning = Reckoning(session, facts, writer)
        # All before the first is put: nothing else can be read while COPY takes rows.
        found = [reckoning.clock(row, target, None) for row in rows for target in codes]
        _put(session.connection(), CLOCKS, _own(CLOCKS), filter(None, found))


def _own(table: Table) -> dict[str, str]:
    return {name: name for name in table.c.keys() if name != "id"}  # noqa: SIM118 - columns, not their names


def _put(
    connection: Connection,
    table: Table,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Put rows into a table; `columns` says which key of a row each column takes."""
    binds = [
        (key, table.c[column].type.dialect_impl(connection.dialect))
        for column, key in columns.items()
    ]
    turned = [(key, kind.bind_processor(connection.dialect)) for key, kind in binds]
    tuples: Any = (
        [turn(row.get(key)) if turn else row.get(key) for key, turn in turned]
        for row in rows
    )
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join("?" * len(columns))
        cursor.executemany(
            f'INSERT INTO "{table.name}" ({names}) VALUES ({places})',  # noqa: S608 - declared names
            tuples,
        )
        return
    # A worker that measures the panel on SQLite holds no more than the panel does.
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 - loaded when needed

    into = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table.name), SQL(", ").join(map(Identifier, columns))
    )
    with cursor.copy(into) as copy:
        for one in tuples:
            copy.write_row([_json(value) for value in one])


def _json(value: Any) -> Any:
    """Return lists and objects as the text that PostgreSQL reads JSON from."""
    return json.dumps(value) if isinstance(value, list | dict) else value


@contextmanager
def without_indexes(database: Database, tables: Sequence[str]) -> Iterator[None]:
    """Take the indexes of some tables away and make them anew at the end of the block.

    Those that hold a table together, its key and its constraints, stay.
    """
    if database.is_sqlite:
        find = (
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
        )
    else:
        find = (
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = current_schema() AND tablename = %s AND NOT EXISTS"
            " (SELECT FROM pg_constraint WHERE conname = indexname)"
        )
    with database.writing.begin() as connection:
        found = [
            (name, made)
            for table in tables
            for name, made in connection.exec_driver_sql(find, (table,))
        ]
        for name, _ in found:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        for _, made in found:
            with database.writing.begin() as connection:
                connection.exec_driver_sql(made)
