"""Databases for tests of templates and of the sample department."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from models import catalogue, stored
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.prepare import prepare
from seed.sample.loading import load_sample

ZONE = ZoneInfo("Asia/Shanghai")
WRITER = Writer(SYSTEM, datetime(2026, 11, 2, 9, tzinfo=ZONE), ZONE, "template")


def prepare_empty(url: str) -> None:
    database = Database(url)
    prepare(database, catalogue.current())
    database.dispose()


def prepare_sample(url: str) -> None:
    database = Database(url)
    prepare(database, catalogue.current())
    load_sample(database, "after_sales", WRITER)
    database.dispose()


@pytest.fixture
def empty(prepared_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(prepared_database("seed_empty", prepare_empty))
    stored.know(database)
    yield database
    database.dispose()


@pytest.fixture
def sample(prepared_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(prepared_database("seed_sample", prepare_sample))
    stored.know(database)
    yield database
    database.dispose()
