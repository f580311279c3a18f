"""A process that knows older fields than the tables have by now writes nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from models import catalogue, entries
from models.access import SYSTEM
from models.catalogue import Catalogue
from models.database import Database
from models.generations import StaleDeclarationsError
from models.prepare import prepare
from models.schema_plan import compare
from tests.changing_registers import named, register
from tests.databases import Databases
from tests.models.register_desk import WRITER, build


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    made = databases.copy_of("registers", build)
    yield made
    databases.drop(made)


@pytest.fixture
def ours(url: str) -> Iterator[Database]:
    yield from opened(url)


@pytest.fixture
def theirs(url: str) -> Iterator[Database]:
    yield from opened(url)


def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    prepare(database, catalogue.current())
    yield database
    database.dispose()


def change_the_tables(database: Database) -> None:
    """Add a register, as a process with newer declarations does."""
    more = register("work", named("title"))
    compare(database, Catalogue([*catalogue.current(), more])).run(database)


def write(database: Database) -> int:
    with database.write() as session:
        return entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)


def test_save_under_older_fields_is_refused_and_nothing_written(
    ours: Database, theirs: Database
) -> None:
    change_the_tables(theirs)

    with pytest.raises(StaleDeclarationsError) as refused:
        write(ours)

    assert "刷新" in refused.value.text("zh")
    with ours.read() as session:
        assert session.scalar(text("SELECT count(*) FROM change_event")) == 0


def test_change_and_bin_under_older_fields_are_refused(
    ours: Database, theirs: Database
) -> None:
    made = write(ours)
    change_the_tables(theirs)

    with pytest.raises(StaleDeclarationsError), ours.write() as session:
        entries.change(session, "problem_log", made, {"cause": "密封圈"}, WRITER)
    with pytest.raises(StaleDeclarationsError), ours.write() as session:
        entries.bin_many(session, "problem_log", [made], WRITER)

    with ours.read() as session:
        kept = entries.get(session, SYSTEM, "problem_log", made)
    assert (kept["version"], kept["cause"]) == (1, None)


def test_process_goes_on_once_the_tables_are_made_from_its_own_fields(
    ours: Database, theirs: Database
) -> None:
    change_the_tables(theirs)
    with pytest.raises(StaleDeclarationsError):
        write(ours)
    prepare(theirs, catalogue.current())

    with pytest.raises(StaleDeclarationsError):
        write(ours)

    assert write(ours) == 1


def test_same_fields_prepared_again_disturb_nobody(
    ours: Database, theirs: Database
) -> None:
    prepare(theirs, catalogue.current())

    assert write(ours) == 1
