"""The settings of the databases that "saved" rests on, and how long a save waits."""

import threading

import pytest
from psycopg import Connection
from sqlalchemy import Engine, event, text

from models.database import Database, StorageBusyError


def asked(engine: Engine, question: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(question)).scalar_one()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA synchronous", 2),  # FULL: a commit has reached the disk
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA busy_timeout", 30_000),
        ("PRAGMA query_only", 0),
    ],
)
def test_sqlite_writes_for_good(
    database_url: str, question: str, answer: object
) -> None:
    database = Database(database_url)

    assert asked(database.writing, question) == answer

    database.dispose()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("question", "answer"), [("PRAGMA query_only", 1), ("PRAGMA foreign_keys", 1)]
)
def test_sqlite_pages_cannot_write(
    database_url: str, question: str, answer: object
) -> None:
    database = Database(database_url)
    asked(database.writing, "SELECT 1")  # the file is made by whoever writes

    assert asked(database.reading, question) == answer

    database.dispose()


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW timezone", "UTC"),
        ("SHOW lock_timeout", "10s"),
        # Of every server but the tests' own `fsync` is on, and `doctor` looks at it.
        ("SHOW transaction_isolation", "read committed"),
    ],
)
def test_postgresql_is_asked_for_what_the_panel_relies_on(
    database_url: str, question: str, answer: object
) -> None:
    database = Database(database_url)

    assert asked(database.writing, question) == answer

    database.dispose()


@pytest.mark.databases("postgresql")
def test_save_that_waits_too_long_for_a_lock_is_told_as_busy(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as session:
        session.execute(text("CREATE TABLE shelf (id int primary key, parts int)"))
        session.execute(text("INSERT INTO shelf VALUES (1, 5)"))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as session:
            session.execute(text("UPDATE shelf SET parts = 4"))
            held.set()
            done.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(60)
    try:
        with pytest.raises(StorageBusyError), database.write() as session:
            session.execute(
                text("SET LOCAL lock_timeout = 50; UPDATE shelf SET parts = 3")
            )
    finally:
        done.set()
        other.join()
        database.dispose()


@pytest.mark.databases("postgresql")
def test_only_work_that_is_done_again_is_not_waited_for(database_url: str) -> None:
    database = Database(database_url)

    @event.listens_for(database.writing, "connect")
    def wait(connection: Connection, _record: object) -> None:
        # The tests' own server waits for no disk.
        connection.execute("SET SESSION synchronous_commit TO on")
        connection.commit()

    def said(*, durable: bool) -> object:
        with database.write(durable=durable) as session:
            return session.scalar(text("SHOW synchronous_commit"))

    assert (said(durable=False), said(durable=True)) == ("off", "on")

    database.dispose()
