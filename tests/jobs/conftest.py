"""The desk of the clock tests, for the jobs that watch it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.database import Database
from models.settings import Settings
from tests.clock_desk import Desk, prepare_desk
from tests.databases import Builder


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path)
