"""The database: constraint names, the base of engine tables, two engines on SQLite.

Registers' tables are made by `catalogue.py` and owned by the planner; the classes that
derive from `Base` are the engine's own tables, owned by Alembic.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from models.json_text import dumps, loads
from models.words import PersonError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


LOCK_WAIT = 10
"""Seconds that a save waits for another on PostgreSQL before it is told as busy.

On SQLite a save waits for every other one, so there it is `BUSY_WAIT`.
"""
BUSY_WAIT = 30


class Base(DeclarativeBase):
    """Base of the engine's own tables."""

    metadata = MetaData(naming_convention=NAMING)


_refusal: ContextVar[type[PersonError] | None] = ContextVar("refusal", default=None)


def refuse_writes(refusal: type[PersonError] | None) -> None:
    """Let whatever wants to write in this thread's request raise this; None: nothing.

    The error is made without arguments.
    """
    _refusal.set(refusal)


class Database:
    """One database with an engine for reading and one for writing.

    On SQLite the reading engine is deferred and `query_only`, so that a long export
    never stops the desk, and the writing engine begins IMMEDIATE, so that two writers
    queue instead of failing at commit. On PostgreSQL both are the same engine.
    """

    def __init__(self, url: str) -> None:
        """Open the engines; nothing is connected before first use."""
        self.url = url
        # Of the tables when this process prepared them; None: it has not.
        self.generation: int | None = None
        # When somebody looked last whether it has changed, on the monotonic clock.
        self.looked_at = 0.0
        self.looking = Lock()
        if url.startswith("sqlite"):
            self.reading = _sqlite_engine(url, writing=False)
            self.writing = _sqlite_engine(url, writing=True)
        else:
            self.writing = create_engine(
                url,
                hide_parameters=True,
                json_serializer=dumps,
                json_deserializer=loads,
                pool_pre_ping=True,
                pool_size=10,
                max_overflow=20,
                # A generic plan for search queries is 50 times slower (speed-notes 5).
                connect_args={
                    "prepare_threshold": None,
                    "options": f"-c timezone=UTC -c lock_timeout={LOCK_WAIT}s",
                },
            )
            self.reading = self.writing

    @property
    def dialect(self) -> Dialect:
        """The dialect of both engines."""
        return self.writing.dialect

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only reads; nothing in it can be committed on SQLite."""
        with Session(self.reading, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Session]:
        """Open one writing transaction: committed at the end, rolled back on error.

        Args:
            durable: Whether it is on the disk before the caller goes on. Give False
                for work that is found and done again where a power cut took it:
                PostgreSQL then writes it within a second, in the order of commits.

        Raises:
            PersonError: Writes are refused for now; see `refuse_writes`.
            StorageFullError: There is no room left; nothing was saved.
            StorageBusyError: Others kept what was to be written locked for too long.
            ConflictError: Somebody else's entry, saved meanwhile, is in the way.
        """
        refusal = _refusal.get()
        if refusal is not None:
            raise refusal
        try:
            with (
                Session(
                    self.writing, expire_on_commit=False, info={"database": self}
                ) as session,
                session.begin(),
            ):
                if not durable and not self.is_sqlite:
                    session.execute(_WRITTEN_SOON)
                yield session
        except (OperationalError, IntegrityError) as error:
            raise _told(error) from error

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.reading.dispose()
        self.writing.dispose()


_addresses: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def address_of(session: Session) -> str:
    """Return the address of a session's database: the key of what is kept of it."""
    engine = session.get_bind().engine
    found = _addresses.get(engine)
    if found is None:
        found = _addresses[engine] = str(engine.url)
    return found


class StorageFullError(PersonError):
    """The disk or the database's allowance is full; nothing was saved."""


class StorageBusyError(PersonError):
    """A lock was not given in time; nothing was saved."""


class ConflictError(PersonError):
    """A constraint refused what the checks had let through a moment before."""


_WRITTEN_SOON = text("SET LOCAL synchronous_commit TO off")


class PeriodClosedError(PersonError):
    """The pay of the entry's period was locked a moment ago; nothing was saved."""


_CLOSED = ("绩效已关账",)  # what the triggers of `schema_hardening.py` say
_FULL = ("database or disk is full", "no space left", "could not extend file")
_BUSY = ("database is locked", "lock timeout", "deadlock detected")


def _told(error: OperationalError | IntegrityError) -> Exception:
    """Return what a person is told; the error itself where it is a fault of ours."""
    said = str(error.orig).lower()
    if any(words in said for words in _FULL):
        return StorageFullError(
            "服务器磁盘已满，内容没有保存。请保留此页面并通知管理员，腾出空间后再保存。",
            "The server's disk is full and nothing was saved. Keep this page open, tell"
            " an admin, and save again when there is room.",
        )
    if any(words in said for words in _BUSY):
        return StorageBusyError(
            "系统正忙，内容没有保存，请稍后再保存一次。",
            "The system is busy and nothing was saved. Save again in a moment.",
        )
    if any(words in said for words in _CLOSED):
        return PeriodClosedError(
            "这一期间的绩效刚刚关账，计薪的内容不能再改，没有保存。需要时请先反关账。",
            "The pay of this period was locked a moment ago: what it counts cannot be"
            " changed, and nothing was saved. Unlock it first if it must be.",
        )
    if isinstance(error, IntegrityError):
        return ConflictError(
            "刚有别人保存了与之冲突的内容（例如相同的编号），请刷新核对后再保存。",
            "Somebody has just saved what is in the way of this, such as the same"
            " number. Reload, compare and save again.",
        )
    return error


def _sqlite_engine(url: str, *, writing: bool) -> Engine:
    # An error's text goes to the log; what was typed and what is secret does not.
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=dumps,
        json_deserializer=loads,
        connect_args={"timeout": BUSY_WAIT},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions itself: see "begin" below.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_WAIT * 1000}")
        connection.execute("PRAGMA foreign_keys = ON")
        if writing:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # An import writes to dozens of indexes at once. With the usual 2 MB their
            # pages are written and read again all the time.
            connection.execute("PRAGMA cache_size = -262144")  # KiB, as far as needed
        else:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
