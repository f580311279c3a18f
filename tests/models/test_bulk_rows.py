"""Many rows by one statement end as one row at a time would, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from models.amid import among, among_those
from models.bulk_rows import insert_columns, update_columns
from models.column_types import BigId, UtcDateTime
from models.database import ConflictError, Database
from tests.databases import Databases

MANY = 12_000  # more than one statement takes, on either database
AWKWARD = [
    "",
    " ",
    "'",
    '"',
    "\\",
    "\\u0041",
    "null",
    "[1]",
    "{}",
    "，\n\t\r",
    "😀",
    "�",
]

METADATA = MetaData()
KEPT = Table(
    "kept",
    METADATA,
    Column("id", BigId, primary_key=True),
    Column("name", String(12)),
    Column("story", Text),
    Column("count", Integer),
    Column("price", Numeric(10, 2)),
    Column("day", Date),
    Column("at", UtcDateTime),
    Column("done", Boolean),
    Column("said", JSON),
    Column("never", String(5)),
)


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    opened = Database(databases.empty())
    METADATA.create_all(opened.writing)
    yield opened
    opened.dispose()
    databases.drop(opened.url)


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": key,
            "name": AWKWARD[key % len(AWKWARD)],
            "story": None if key % 3 == 0 else f"第{key}条{AWKWARD[key % 12]}",
            "count": -key,
            "price": Decimal(key) / 100,
            "day": date(2026, 1, 1 + key % 28),
            "at": datetime(2026, 9, 30, 17, 30, key % 60, 250_000, tzinfo=UTC),
            "done": (True, False, None)[key % 3],
            "said": ({"甲": ['"', None, 1.5]}, [], None, "null")[key % 4],
            "never": None,
        }
        for key in range(1, count + 1)
    ]


def columns(some: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [one[name] for one in some] for name in some[0]}


def kept(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(select(KEPT).order_by(KEPT.c.id)).mappings()
        return [dict(one) for one in found]


def test_many_rows_come_back_as_they_went_in(database: Database) -> None:
    some = rows(MANY)
    with database.write() as session:
        insert_columns(session, KEPT, columns(some))
    assert kept(database.reading) == some


def test_changed_rows_come_back_as_they_were_changed(database: Database) -> None:
    some = rows(MANY)
    changed = [dict(one) for one in some[10::2]]
    for one, other in zip(changed, reversed(some), strict=False):
        one.update({**other, "id": one["id"], "never": "再"})
    emptied = [dict.fromkeys(some[0], None) | {"id": one["id"]} for one in some[:10]]
    with database.write() as session:
        insert_columns(session, KEPT, columns(some))
        for part in (changed, emptied):
            given = columns(part)
            update_columns(session, KEPT, given.pop("id"), given)

    by_id = {one["id"]: one for one in (*some, *changed, *emptied)}
    assert kept(database.reading) == [by_id[key] for key in sorted(by_id)]
    nothing = select(func.count()).where(KEPT.c.said.is_(None), KEPT.c.id <= 10)
    with database.reading.connect() as connection:
        assert connection.scalar(nothing) == 10


def test_columns_that_are_not_named_stay(database: Database) -> None:
    some = rows(12)
    with database.write() as session:
        insert_columns(session, KEPT, columns(some))
        update_columns(session, KEPT, [3, 5], {"count": [7, None]})
        update_columns(session, KEPT, [], {"count": []})

    some[2]["count"], some[4]["count"] = 7, None
    assert kept(database.reading) == some


TRIGGER = """CREATE TRIGGER noticed AFTER INSERT ON kept WHEN NEW.count > 0
BEGIN INSERT INTO kept (name) VALUES ('noticed'); END"""


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("is_refused", [False, True])
def test_what_notices_the_rows_of_others_is_there_again_afterwards(
    database: Database, *, is_refused: bool
) -> None:
    with database.write() as session:
        session.execute(text(TRIGGER))
    before = triggers(database)
    some = rows(MANY)
    if is_refused:
        some[-1]["id"] = some[0]["id"]
        with pytest.raises(ConflictError), database.write() as session:
            insert_columns(session, KEPT, columns(some))
        assert kept(database.reading) == []
    else:
        with database.write() as session:
            insert_columns(session, KEPT, columns(some))
        assert len(kept(database.reading)) == MANY

    assert triggers(database) == before
    with database.write() as session:
        session.execute(insert(KEPT).values(count=1))
    assert kept(database.reading)[-1]["name"] == "noticed"


def triggers(database: Database) -> list[Any]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    with database.reading.connect() as connection:
        return [tuple(one) for one in connection.execute(query)]


def test_what_is_nothing_is_null_and_not_the_word_for_it(database: Database) -> None:
    with database.write() as session:
        insert_columns(session, KEPT, columns(rows(12)))
    with database.reading.connect() as connection:
        nulls = select(func.count()).where(KEPT.c.said.is_(None), KEPT.c.id % 4 == 2)
        assert connection.scalar(nulls) == 3


def test_a_text_longer_than_its_column_is_refused_and_not_cut(
    database: Database,
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite keeps no lengths; the panel's own checks come before both")
    given: dict[str, list[Any]] = {"id": [1], "name": ["十三个字的名称放不进去这一栏"]}
    with pytest.raises(DBAPIError), database.write() as session:
        insert_columns(session, KEPT, given)
    assert kept(database.reading) == []


@pytest.mark.parametrize("asked", [[], [7], list(range(5, MANY, 7))])
def test_a_column_is_compared_with_any_number_of_values(
    database: Database, asked: list[int]
) -> None:
    some = rows(MANY)
    with database.write() as session:
        insert_columns(session, KEPT, columns(some))
    with database.reading.connect() as connection:
        by_id = select(KEPT.c.id).where(among(KEPT.c.id, asked)).order_by(KEPT.c.id)
        assert list(connection.scalars(by_id)) == asked


def test_values_are_compared_as_texts_with_every_sign(database: Database) -> None:
    with database.write() as session:
        for key, name in enumerate((*AWKWARD, "01", "1")):
            session.execute(insert(KEPT).values(id=key, name=name))
    with database.reading.connect() as connection:
        for name in (*AWKWARD, "01", "1"):
            query = select(KEPT.c.name).where(among(KEPT.c.name, [name, "还有"]))
            assert list(connection.scalars(query)) == [name]


def test_kept_statement_is_asked_with_other_values_each_time(
    database: Database,
) -> None:
    names = [*AWKWARD, "01", "1"]
    by_id = select(KEPT.c.id).where(among_those(KEPT.c.id, "ids")).order_by(KEPT.c.id)
    by_name = select(KEPT.c.name).where(among_those(KEPT.c.name, "names"))
    with database.write() as session:
        for key, name in enumerate(names):
            session.execute(insert(KEPT).values(id=key, name=name))

    with database.reading.connect() as connection:
        for some in ([0], [], [3, 1], range(MANY)):
            found = list(connection.scalars(by_id, {"ids": list(some)}))
            assert found == sorted({*some} & {*range(len(names))})
        for name in names:
            found = list(connection.scalars(by_name, {"names": [name, "还有"]}))
            assert found == [name]


def test_kept_statement_finds_its_values_by_the_index() -> None:
    query = select(KEPT.c.id).where(
        among_those(KEPT.c.id, "ids"), KEPT.c.name.is_not(None)
    )
    engine = create_engine("sqlite://")

    with engine.begin() as connection:
        METADATA.create_all(connection)
        said = query.compile(engine).string
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", ("[1]",))
        steps = [row.detail for row in plan]

    engine.dispose()
    assert steps[0].startswith("SEARCH kept USING INTEGER PRIMARY KEY")
