"""Plans that are run: what is gone comes back, what stops goes on, others wait."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from models.database import Database
from models.register import Check, FieldType, option
from models.schema_lock import exclusive
from models.schema_plan import compare
from models.schema_steps import Step
from models.words import Label
from tests.changing_registers import named, orders
from tests.models.planner_desk import add, apply, indexes, rows, start

TITLE = named("title", listed=True)
END_AFTER_BEGIN = Check("end_after_begin", "end", ">=", "begin", Label("先后", "Order"))


@pytest.fixture
def database(prepared_database: Callable[..., str]) -> Iterator[Database]:
    opened = Database(prepared_database("planner_start", start))
    yield opened
    opened.dispose()


def drop_column_remark(database: Database) -> None:
    """Drop it as somebody would who does not mind what reads it."""
    drop = "ALTER TABLE work DROP COLUMN remark"
    with database.write() as session:
        if not database.is_sqlite:
            session.execute(text(f"{drop} CASCADE"))
            return
        reading = (
            "SELECT type, name FROM sqlite_schema WHERE type IN ('view','trigger')"
        )
        for kind, name in session.execute(text(reading)).all():
            session.execute(text(f'DROP {kind} "{name}"'))
        session.execute(text(drop))


def test_dropped_column_is_made_again(database: Database) -> None:
    catalogue = orders(TITLE, named("remark"))
    apply(database, catalogue)
    drop_column_remark(database)

    table = apply(database, catalogue)

    add(database, table, remark="A")
    assert compare(database, catalogue).is_empty


def test_dropped_index_is_made_again(database: Database) -> None:
    catalogue = orders(TITLE)
    apply(database, catalogue)
    with database.write() as session:
        session.execute(text("DROP INDEX ix_work_title"))

    assert (
        compare(database, catalogue).summary("en") == "Work: make index ix_work_title"
    )
    apply(database, catalogue)

    assert "ix_work_title" in indexes(database)


def test_index_no_longer_needed_goes(database: Database) -> None:
    apply(database, orders(TITLE))

    apply(database, orders(named("title")))

    assert "ix_work_title" not in indexes(database)


def test_table_without_memory_is_adopted_as_it_is(database: Database) -> None:
    catalogue = orders(TITLE, named("code", unique=True))
    add(database, apply(database, catalogue), title="A")
    with database.write() as session:
        session.execute(text("DELETE FROM applied_field WHERE register = 'work'"))
        session.execute(text("DELETE FROM applied_constraint WHERE register = 'work'"))

    table = apply(database, catalogue)

    assert rows(database, table, "title") == [("A",)]
    assert compare(database, catalogue).is_empty


def test_generation_rises_only_with_a_change(database: Database) -> None:
    first, again, changed = orders(TITLE), orders(TITLE), orders(TITLE, named("code"))

    for one in (first, again, changed):
        compare(database, one).run(database)

    assert again.generation == first.generation
    assert changed.generation == first.generation + 1


def test_of_two_processes_one_does_the_work(database: Database) -> None:
    catalogues = [orders(TITLE, named("code", unique=True)) for _ in range(2)]
    start = catalogue_generation(database)
    # Both have seen that there is work before either begins.
    plans = [compare(database, one) for one in catalogues]
    failed: list[BaseException] = []

    def run(number: int) -> None:
        own = Database(database.url)
        try:
            plans[number].run(own)
        except BaseException as error:  # noqa: BLE001 - the test fails with it below
            failed.append(error)
        own.dispose()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failed == []
    assert [one.generation for one in catalogues] == [start + 1, start + 1]


def catalogue_generation(database: Database) -> int:
    with database.read() as session:
        found: int = session.scalar(text("SELECT generation FROM catalogue_state"))
        return found


def test_plan_stopped_half_way_goes_on_where_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = apply(database, orders(named("old", id="f1", listed=True)))
    add(database, table, old="A")
    catalogue = orders(
        named("new", id="f1", listed=True),
        named("code", unique=True),
        named("helper", FieldType.PERSON),
    )
    steps = compare(database, catalogue).steps
    done, calls = Step.run, count()

    def killed_each_second_time(step: Step, connection: Connection) -> None:
        if next(calls) % 2:
            raise KeyboardInterrupt
        done(step, connection)

    with monkeypatch.context() as patched:
        patched.setattr(Step, "run", killed_each_second_time)
        with pytest.raises(KeyboardInterrupt):
            apply(database, catalogue)
        for _ in steps[2:]:
            with suppress(KeyboardInterrupt):
                apply(database, catalogue)

    table = apply(database, catalogue)

    assert len(steps) > 2
    assert rows(database, table, "new") == [("A",)]
    assert compare(database, catalogue).is_empty


@pytest.mark.databases("postgresql")
def test_index_on_a_table_with_rows_is_made_concurrently(database: Database) -> None:
    add(database, apply(database, orders(named("title"))), title="A")

    [step] = compare(database, orders(TITLE)).steps

    assert any("CREATE INDEX CONCURRENTLY" in one for one in step.statements)


@pytest.mark.databases("postgresql")
def test_index_left_half_made_is_made_again(database: Database) -> None:
    table = apply(database, orders(named("title")))
    for _ in range(2):
        add(database, table, title="A")
    with (
        exclusive(database) as change,
        change.outside() as connection,
        pytest.raises(IntegrityError),
    ):
        connection.execute(
            text("CREATE UNIQUE INDEX CONCURRENTLY ix_work_title ON work (title)")
        )

    catalogue = orders(TITLE)
    apply(database, catalogue)

    assert compare(database, catalogue).is_empty
    [made] = [
        one
        for one in inspect(database.writing).get_indexes("work")
        if one["name"] == "ix_work_title"
    ]
    assert not made["unique"]


def add_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE work ADD COLUMN more text"))


@pytest.mark.databases("postgresql")
def test_step_waits_for_a_lock_and_tries_again(database: Database) -> None:
    apply(database, orders(TITLE))
    pauses = []
    with database.writing.connect() as reader:
        reader.execute(text("SELECT * FROM work"))
        with exclusive(database) as change:

            def let_go(seconds: float) -> None:
                pauses.append(seconds)
                reader.rollback()

            replace(change, pause=let_go).do(add_column, "work")

    assert len(pauses) == 1


@pytest.mark.databases("sqlite")
def test_rewritten_table_keeps_triggers_and_foreign_columns(
    database: Database,
) -> None:
    fields = named("begin", FieldType.INTEGER), named("end", FieldType.INTEGER)
    table = apply(database, orders(*fields, named("gone", FieldType.PERSON)))
    add(database, table, begin=1, end=2)
    with database.write() as session:
        for statement in (
            "ALTER TABLE work ADD COLUMN theirs TEXT NOT NULL DEFAULT 'x'",
            "CREATE VIEW work_view AS SELECT theirs FROM work",
            """CREATE TRIGGER t AFTER INSERT ON work BEGIN
            UPDATE work SET theirs = 'y' WHERE id = new.id; END""",
        ):
            session.execute(text(statement))

    table = apply(database, orders(*fields, checks=(END_AFTER_BEGIN,)))
    add(database, table, begin=1, end=2)

    with database.read() as session:
        assert session.scalars(text("SELECT theirs FROM work_view")).all() == ["x", "y"]
        keys = inspect(session.connection()).get_foreign_keys("work")
    assert ["gone_id"] in [key["constrained_columns"] for key in keys]


@pytest.mark.databases("sqlite")
def test_file_is_backed_up_before_a_table_is_rewritten(database: Database) -> None:
    fields = named("begin", FieldType.INTEGER), named("end", FieldType.INTEGER)
    table = apply(database, orders(*fields))
    add(database, table, begin=1, end=2)
    generation = catalogue_generation(database)

    apply(database, orders(*fields, checks=(END_AFTER_BEGIN,)))

    file = Path(str(database.writing.url.database))
    copy = file.with_name(f"{file.name}.generation-{generation}")
    with closing(sqlite3.connect(copy)) as kept:
        [(said,)] = kept.execute("SELECT sql FROM sqlite_schema WHERE name = 'work'")
        assert "end_after_begin" not in said
        assert kept.execute('SELECT begin, "end" FROM work').fetchall() == [(1, 2)]


@pytest.mark.databases("sqlite")
def test_foreign_keys_are_enforced_again_after_a_plan(database: Database) -> None:
    apply(database, orders(TITLE))

    with database.write() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_choice_may_become_a_text(database: Database) -> None:
    kinds = (option("a", "甲", "A"),)
    add(
        database,
        apply(database, orders(named("kind", FieldType.CHOICE, options=kinds))),
        kind="a",
    )

    table = apply(database, orders(named("kind")))

    assert rows(database, table, "kind") == [("a",)]
