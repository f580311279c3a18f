"""One process at a time changes the tables, on either database.

Where an engineer would hold a lock, the two databases differ: SQLite does all in one
transaction that begins IMMEDIATE; PostgreSQL does each step in a short transaction of
its own under an advisory lock, because a long one would stop the desk.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from models.database import Database
from models.words import PersonError

LOCK_KEY = 7_319_052_846  # any number no other program on the same server would take
PATIENCE = 900.0  # seconds to wait for another process that is changing the tables
LOCK_TIMEOUT = "3s"  # how long one statement may queue, and make others queue behind it
TRIES = 10
LOCK_NOT_AVAILABLE = "55P03"  # as PostgreSQL says it


class SchemaBusyError(PersonError):
    """Others kept a table, or the whole schema, locked for too long."""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """The right to change the tables, and the ways to do it."""

    transaction: Callable[[], AbstractContextManager[Connection]]
    outside: Callable[[], AbstractContextManager[Connection]]
    pause: Callable[[float], None] = time.sleep

    def do(self, work: Callable[[Connection], None], what: str) -> None:
        """Do work in a short transaction, again when a lock was not to be had.

        Raises:
            SchemaBusyError: It was not to be had ten times in a row.
        """
        for tried in range(1, TRIES + 1):
            try:
                with self.transaction() as connection:
                    work(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                    raise
                if tried == TRIES:
                    raise _busy(what) from error
                self.pause(0.2 * tried)
            else:
                return


def _busy(what: str) -> SchemaBusyError:
    return SchemaBusyError(
        "{what}：有程序一直占用这张表，试了 {tries} 次都没有等到。"
        "请关闭正在导出或统计的程序后重试；已完成的步骤不会重做。",
        "{what}: some program kept the table locked through {tries} tries. Close what "
        "exports or counts, then try again; finished steps are not repeated.",
        what=what,
        tries=TRIES,
    )


def planning(connection: Connection) -> Connection:
    """Return a connection as the planner's, which may touch the tables of registers."""
    return connection.execution_options(planner=True)


@contextmanager
def exclusive(database: Database) -> Iterator[SchemaChange]:
    """Wait for the right to change the tables, keep it until the end of the block.

    Raises:
        SchemaBusyError: Another process kept it for a quarter of an hour.
    """
    if database.is_sqlite:
        with _sqlite(database) as change:
            yield change
    else:
        with _advisory_lock(database):
            yield SchemaChange(
                transaction=lambda: _short_transaction(database),
                outside=lambda: _outside(database),
            )


@contextmanager
def _sqlite(database: Database) -> Iterator[SchemaChange]:
    with planning(database.writing.connect()) as connection:
        raw: Any = connection.connection.dbapi_connection
        # A rewritten table is dropped and replaced: its entries must not count as
        # deleted meanwhile. SQLite takes this setting only before a transaction.
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():

                @contextmanager
                def same() -> Iterator[Connection]:
                    yield connection

                yield SchemaChange(transaction=same, outside=same)
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _advisory_lock(database: Database) -> Iterator[None]:
    autocommit = database.writing.execution_options(isolation_level="AUTOCOMMIT")
    give_up_at = time.monotonic() + PATIENCE
    with autocommit.connect() as connection:
        # Asked for again and again, not waited for: a waiting statement holds a
        # snapshot, and an index made concurrently waits for all snapshots to end.
        while not connection.scalar(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}
        ):
            if time.monotonic() > give_up_at:
                raise SchemaBusyError(
                    "另一个进程正在更改数据表，等了 15 分钟仍未结束。"
                    "请查看它的日志，结束后重新启动。",
                    "Another process has been changing the tables for 15 minutes. "
                    "Look at its log and start again when it has finished.",
                )
            time.sleep(0.1)
        try:
            yield
        finally:
            connection.execute(
                text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY}
            )


@contextmanager
def _short_transaction(database: Database) -> Iterator[Connection]:
    with planning(database.writing.connect()) as connection, connection.begin():
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        yield connection


@contextmanager
def _outside(database: Database) -> Iterator[Connection]:
    autocommit = database.writing.execution_options(isolation_level="AUTOCOMMIT")
    with planning(autocommit.connect()) as connection:
        yield connection
