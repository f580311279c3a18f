"""The engine's own tables: classes, migrations and database say the same."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import models
from models import catalogue, samples
from models.database import Base, Database
from models.engine_tables import engine_metadata
from models.migrations.running import (
    UnknownMigrationError,
    configuration,
    differences,
    upgrade,
)
from models.prepare import prepare


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


def engine_tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_migrations_make_what_the_classes_say(database: Database) -> None:
    with database.writing.begin() as connection:
        upgrade(connection)

        assert differences(connection) == []
        assert engine_tables(connection) == set(engine_metadata().tables)


def test_registers_and_search_tables_are_left_to_the_planner(
    database: Database,
) -> None:
    prepare(database, catalogue.current())

    with database.writing.begin() as connection:
        assert "complaint_log" in inspect(connection).get_table_names()
        assert differences(connection) == []


def test_missing_column_is_noticed(database: Database) -> None:
    with database.writing.begin() as connection:
        upgrade(connection)
        connection.execute(text("ALTER TABLE catalogue_state DROP COLUMN fingerprint"))

        assert [one[0] for one in differences(connection)] == ["add_column"]


def test_migrations_run_backwards_to_nothing(database: Database) -> None:
    with database.writing.begin() as connection:
        upgrade(connection)
        command.downgrade(configuration(connection), "base")

        assert engine_tables(connection) == set()


def test_database_of_a_newer_program_is_told(database: Database) -> None:
    with database.writing.begin() as connection:
        upgrade(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '2099_new'"))

        with pytest.raises(UnknownMigrationError, match=r"2099_new.*请升级程序"):
            upgrade(connection)


def test_sample_that_was_loaded_before_keeps_its_name(database: Database) -> None:
    with database.writing.begin() as connection:
        upgrade(connection)
        command.downgrade(configuration(connection), "20261123_055200")
        for statement in (
            """INSERT INTO preference (name, value) VALUES ('sample', '"hotel"')""",
            """INSERT INTO preference (name, value) VALUES ('company', '"A"')""",
            "INSERT INTO sample_row (register, entry_id) VALUES ('call_log', 1)",
        ):
            connection.execute(text(statement))

        upgrade(connection)

        assert connection.scalar(text("SELECT sample FROM sample_row")) == "hotel"
    with database.read() as session:
        assert samples.loaded(session) == {"hotel": "A"}


def test_there_is_one_newest_migration() -> None:
    database = Database("sqlite://")
    with database.writing.begin() as connection:
        script = ScriptDirectory.from_config(configuration(connection))

        assert len(script.get_heads()) == 1


def test_every_module_with_engine_tables_is_in_the_list() -> None:
    known = set(engine_metadata().tables)
    for found in iter_modules(models.__path__, "models."):
        import_module(found.name)

    assert set(Base.metadata.tables) == known
