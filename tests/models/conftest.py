"""What the tests of registers may ask for."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from models.database import Database
from models.register import Declaration, Register
from tests.databases import Databases
from tests.models.register_desk import Desk, build


@pytest.fixture
def declared() -> Iterator[dict[str, Declaration]]:
    """Return the registers known as classes; those a test adds are forgotten again."""
    before = dict(Register.known)
    yield Register.known
    Register.known.clear()
    Register.known.update(before)


@pytest.fixture(scope="module")
def registers_database(databases: Databases) -> Iterator[Database]:
    url = databases.copy_of("registers", build)
    opened = Database(url)
    yield opened
    opened.dispose()
    databases.drop(url)


@pytest.fixture
def desk(registers_database: Database) -> Iterator[Desk]:
    """A desk whose writing is taken back after the test."""
    with Session(registers_database.writing, expire_on_commit=False) as session:
        yield Desk(session)
        session.rollback()
