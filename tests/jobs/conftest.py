"""The desk of the clock tests, for the jobs that watch it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from jobs.outside import take_over_next
from jobs.work import Done, Work
from models.database import Database
from models.settings import Settings
from tests.clock_desk import Desk, at, prepare_desk
from tests.databases import Builder
from tests.jobs.outside_desk import Program, noticed_at


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path)


@pytest.fixture
def program(desk: Desk) -> Program:
    return Program(desk.database)


@pytest.fixture
def take_over(desk: Desk, settings: Settings) -> Callable[..., int]:
    """Take over all that was noticed, as the job does."""

    def run(now: datetime | None = None) -> int:
        moment = now or noticed_at(desk.database) or at("2026-08-03 10:00")
        rows, done = 0, Done(0, again=True)
        while done.again:
            done = take_over_next(Work(desk.database, settings, moment))
            rows += done.rows
        return rows

    return run
