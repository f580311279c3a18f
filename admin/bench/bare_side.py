"""The limit: the database's driver and a file writer, with nothing in between."""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from rustpy_xlsxwriter import write_worksheet
from sqlalchemy import make_url

from admin.bench.questions import EXPORTED, PAGE, Questions
from admin.bench.side import Answer, Side, csv_lines, streamed, without_head
from models import catalogue
from models.register import Declaration
from seed import bench_rows as made
from seed.bench_rows import REGISTER

AT_ONCE = 2_000


def open_side(asked: Questions) -> Side:
    """Connect to the store by its driver."""
    return Bare(asked).operations()


class Bare:
    """SQL written by hand over the same columns and joins."""

    def __init__(self, asked: Questions) -> None:
        """Keep where the store is, and the statement of an export."""
        self.asked = asked
        self.url = make_url(asked.url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.place = "?" if self.is_sqlite else "%s"
        self.select = _select(catalogue.current()[REGISTER])

    def operations(self) -> Side:
        """Return what has a limit."""
        order = "ORDER BY t.received_at DESC, t.id DESC"
        return {
            "first_page": lambda: self._ids(f"{order} LIMIT {PAGE}"),
            "csv": lambda: without_head(
                streamed(lambda: self._csv(f"{self.select} {order}"), csv_lines)
            ),
            "xlsx": lambda: self._xlsx(
                f"{self.select} WHERE t.received_at > {self.place} {order}"
            ),
        }

    def _rows(self, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        if self.is_sqlite:
            with closing(sqlite3.connect(str(self.url.database))) as connection:
                yield from connection.execute(statement, values)
            return
        address = self.url.set(drivername="postgresql")
        with (
            psycopg.connect(address.render_as_string(hide_password=False)) as heavy,
            heavy.cursor("bare") as cursor,
        ):
            cursor.itersize = AT_ONCE
            cursor.execute(statement, values)
            yield from cursor

    def _ids(self, rest: str) -> Answer:
        return Answer(
            0,
            [row[0] for row in self._rows(f"SELECT t.id FROM {REGISTER} t {rest}")],  # noqa: S608 - our own names
        )

    def _csv(self, statement: str) -> Iterable[bytes]:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(EXPORTED)
        for number, row in enumerate(self._rows(statement), 1):
            writer.writerow(row)
            if number % AT_ONCE == 0:
                yield _taken(out)
        yield _taken(out)

    def _xlsx(self, statement: str) -> Answer:
        since = self.asked.since_in_utc()
        bound = f"{since:%Y-%m-%d %H:%M:%S.%f}" if self.is_sqlite else since
        seen = 0

        def lines() -> Iterator[dict[str, Any]]:
            nonlocal seen
            for row in self._rows(statement, bound):
                seen += 1
                yield dict(zip(EXPORTED, map(_plain, row), strict=True))

        file = Path(self.asked.folder) / "bare.xlsx"
        write_worksheet(lines(), str(file), sheet_name=made.NOWHERE)
        size = file.stat().st_size
        file.unlink()
        return Answer(size, seen)


def _plain(value: Any) -> Any:
    """Return a value without a zone, which a workbook cannot hold."""
    take: Callable[..., Any] | None = getattr(value, "replace", None)
    if take is None or isinstance(value, str):
        return value
    return take(tzinfo=None)


def _taken(out: io.StringIO) -> bytes:
    data = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return data


def _select(declared: Declaration) -> str:
    """Return the statement of an export; a reference is the first word it shows."""
    columns, joins = [], []
    for name in EXPORTED:
        one = declared.field(name)
        if one.refers_to is None:
            columns.append(f"t.{one.column}")
            continue
        target = catalogue.current()[one.refers_to]
        columns.append(f"{name}.{target.field(target.display[0]).column}")
        joins.append(f"LEFT JOIN {target.code} {name} ON {name}.id = t.{one.column}")
    return f"SELECT {', '.join(columns)} FROM {REGISTER} t {' '.join(joins)}"  # noqa: S608 - declared names
