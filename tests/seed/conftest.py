"""Databases for tests of templates and of the sample department."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from models import stored
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.opening import ready
from seed.sample.loading import load_sample
from tests.prepared import prepare_tables
from tests.seed.declared_templates import upon_template

ZONE = ZoneInfo("Asia/Shanghai")
WRITER = Writer(SYSTEM, datetime(2026, 11, 2, 9, tzinfo=ZONE), ZONE, "template")


@upon_template("after_sales")
def prepare_sample(url: str) -> None:
    database = ready(Database(url))
    load_sample(database, "after_sales", WRITER)
    database.dispose()


@pytest.fixture
def empty(prepared_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(prepared_database("tables_of_the_program", prepare_tables))
    stored.know(database)
    yield database
    database.dispose()


@pytest.fixture
def sample(prepared_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(prepared_database("seed_sample", prepare_sample))
    stored.know(database)
    yield database
    database.dispose()
