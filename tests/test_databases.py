"""The rig of the databases: each test has its own, quickly and really."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.databases import Builder, upon

Prepared = Callable[[str, Builder], str]

built: list[str] = []


def build_desk(url: str) -> None:
    built.append(url)
    run(url, "CREATE TABLE desk (name TEXT)", "INSERT INTO desk VALUES ('前台')")


@upon("desk", build_desk)
def build_desk_in_use(url: str) -> None:
    run(url, "INSERT INTO desk VALUES ('收发')")


def run(url: str, *statements: str) -> list[Any]:
    """Run statements in one transaction; return the first column of the last one."""
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        rows = list(results[-1].scalars()) if results[-1].returns_rows else []
    engine.dispose()
    return rows


def test_database_is_of_the_kind_asked_for(
    database_url: str, database_kind: str
) -> None:
    assert make_url(database_url).get_backend_name() == database_kind


@pytest.mark.parametrize("mark", ["first", "second"])
def test_each_test_has_its_own_copy(prepared_database: Prepared, mark: str) -> None:
    url = prepared_database("desk", build_desk)

    run(url, f"INSERT INTO desk VALUES ('{mark}')")  # noqa: S608 - our own word

    assert run(url, "SELECT name FROM desk ORDER BY name") == [mark, "前台"]


def test_recipe_is_built_once_for_many_copies(prepared_database: Prepared) -> None:
    prepared_database("desk", build_desk)
    before = len(built)

    urls = {prepared_database("desk", build_desk) for _ in range(3)}

    assert len(urls) == 3
    assert len(built) == before


def test_recipe_goes_on_where_another_ended(prepared_database: Prepared) -> None:
    prepared_database("desk", build_desk)
    before = len(built)

    url = prepared_database("desk_in_use", build_desk_in_use)

    assert run(url, "SELECT name FROM desk ORDER BY name") == ["前台", "收发"]
    assert len(built) == before
    untouched = prepared_database("desk", build_desk)
    assert run(untouched, "SELECT name FROM desk") == ["前台"]


def test_recipe_whose_builder_failed_begins_anew(prepared_database: Prepared) -> None:
    tries: list[str] = []

    @upon("desk", build_desk)
    def build(url: str) -> None:
        run(url, "INSERT INTO desk VALUES ('收发')")
        tries.append(url)
        if len(tries) == 1:
            raise RuntimeError(url)

    with pytest.raises(RuntimeError):
        prepared_database("desk_at_second_try", build)
    url = prepared_database("desk_at_second_try", build)

    assert run(url, "SELECT name FROM desk ORDER BY name") == ["前台", "收发"]


def test_builder_upon_another_builds_both(database_url: str) -> None:
    build_desk_in_use(database_url)

    assert run(database_url, "SELECT count(*) FROM desk") == [2]


def test_recipe_belongs_to_one_builder(prepared_database: Prepared) -> None:
    prepared_database("desk", build_desk)

    with pytest.raises(ValueError, match="desk"):
        prepared_database("desk", lambda _url: None)


def test_database_of_a_test_is_new_and_empty(database_url: str) -> None:
    run(database_url, "CREATE TABLE desk (name TEXT)")

    assert run(database_url, "SELECT count(*) FROM desk") == [0]


@pytest.mark.databases("postgresql")
def test_server_is_the_newest_and_sees_chinese_letters(database_url: str) -> None:
    rows = run(
        database_url,
        "CREATE EXTENSION pg_trgm",
        "SELECT current_setting('server_version') LIKE '18%'"
        " AND show_trgm('投诉') <> '{}' AND '投诉升级' LIKE '%升级'",
    )

    assert rows == [True]
