"""One database for all cases of a template; each case is undone when it is over.

How a case is written is told in README.md beside this file.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import pytest

from models import catalogue, declaring, stored
from models.database import Database
from models.opening import ready
from models.stored import PANEL, Stored
from tests.databases import Builder, Databases, upon
from tests.pay.case_world import FIGURE_REGISTER, World
from tests.prepared import upon_tables
from tests.seed.trade_desk import desk_of

Worlds = Callable[[str | None], AbstractContextManager[World]]


def _declare(url: str) -> None:
    database = ready(Database(url))

    def edit(there: Stored) -> Stored:
        return there.with_register(FIGURE_REGISTER, PANEL)

    declaring.apply(database, edit)
    database.dispose()
    catalogue.use()


@cache
def _builder(template: str | None) -> Builder:
    if template is None:
        return upon_tables(_declare)
    return upon(f"trade_of_{template}", desk_of(template))(_declare)


@pytest.fixture(scope="session")
def opened(databases: Databases) -> Iterator[Callable[[str | None], Database]]:
    """Return what opens the one database of a template."""
    found: dict[str | None, tuple[str, Database]] = {}

    def of(template: str | None) -> Database:
        if template not in found:
            recipe = f"worked_cases_{template or 'plain'}"
            url = databases.copy_of(recipe, _builder(template))
            found[template] = (url, Database(url))
        return found[template][1]

    yield of
    for url, database in found.values():
        database.dispose()
        databases.drop(url)


@pytest.fixture
def worlds(opened: Callable[[str | None], Database]) -> Worlds:
    """Return what opens the world of a case, and undoes the case at its end."""

    @contextmanager
    def of(template: str | None) -> Iterator[World]:
        database = opened(template)
        stored.know(database)
        with database.write() as session:
            yield World(session)
            session.rollback()

    return of
