"""The planner keeps what other programs meet: triggers that notice, views to read."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import inspect, text

from models.catalogue import Catalogue
from models.database import Database
from models.prepare import prepare
from models.register import CHOICES, DECIMAL, ENTRY, INSTANT, MONEY, PHONE, option
from models.schema_plan import compare
from models.schema_steps import SchemaRefusedError
from tests.changing_registers import catalogue_of, named, orders, register

TITLE = named("title", listed=True)


def start(url: str) -> None:
    """Fill an empty database with the engine's tables and the common registers."""
    database = Database(url)
    prepare(database, catalogue_of())
    database.dispose()


@pytest.fixture
def database(prepared_database: Callable[..., str]) -> Iterator[Database]:
    opened = Database(prepared_database("faces_start", start))
    yield opened
    opened.dispose()


def apply(database: Database, catalogue: Catalogue) -> None:
    compare(database, catalogue).run(database)
    assert compare(database, catalogue).is_empty


def run(database: Database, *statements: str) -> None:
    with database.writing.begin() as connection:
        for one in statements:
            connection.execute(text(one))


def view(database: Database, name: str = "v_work") -> list[dict[str, Any]]:
    with database.writing.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {name} ORDER BY id"))  # noqa: S608 - our own name
        return [dict(one) for one in found.mappings()]


def columns(database: Database) -> set[str]:
    return {str(one["name"]) for one in inspect(database.writing).get_columns("v_work")}


def noticed(database: Database) -> list[tuple[str, str, int]]:
    query = "SELECT register, what, entry_id FROM entry_change ORDER BY id"
    with database.writing.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def triggers(database: Database) -> set[str]:
    query = (
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'work'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'work'::regclass"
        " AND NOT tgisinternal"
    )
    with database.writing.connect() as connection:
        return set(connection.execute(text(query)).scalars())


def test_view_shows_values_in_units_that_need_no_explanation(
    database: Database,
) -> None:
    options = (option("a", "甲", "A"), option("b", "乙", "B"))
    client = register("client", named("name"), display=("name",))
    catalogue = catalogue_of(
        client,
        register(
            "work",
            named("fee", MONEY),
            named("hours", DECIMAL, places=1),
            named("kinds", CHOICES, options=options),
            named("client", ENTRY, target="client"),
        ),
    )
    apply(database, catalogue)

    run(
        database,
        "INSERT INTO client (name) VALUES ('恒越机电')",
        "INSERT INTO work (fee_fen, hours_e1, kinds, client_id)"
        " VALUES (123456, -5, ',a,b,', 1), (-7, 120, NULL, NULL)",
    )

    first, second = view(database)
    exact = str if database.is_sqlite else Decimal
    assert (first["fee"], second["fee"]) == (exact("1234.56"), exact("-0.07"))
    assert (first["hours"], second["hours"]) == (exact("-0.5"), exact("12.0"))
    assert (first["kinds"], second["kinds"]) == ("a,b", None)
    assert (first["client_id"], first["client_name"]) == (1, "恒越机电")
    assert (second["client_id"], second["client_name"]) == (None, None)


def test_view_shows_nothing_masked_secret_or_binned(database: Database) -> None:
    client = register("client", named("name", personal=True), display=("name",))
    hidden = (
        named("phone", PHONE, personal=True),
        named("pay", MONEY, secret=True),
        named("client", ENTRY, target="client"),
    )
    apply(database, catalogue_of(client, register("work", TITLE, *hidden)))

    run(
        database,
        "INSERT INTO client (name, number) VALUES ('孙丽', 'C-1')",
        "INSERT INTO work (title, client_id) VALUES ('A', 1), ('B', 1)",
        "UPDATE work SET binned_at = '2026-01-01 00:00:00' WHERE title = 'B'",
    )

    (row,) = view(database)
    assert row["title"] == "A"
    assert row["client_name"] == "C-1"
    assert row.keys().isdisjoint({"phone", "pay", "pay_fen", "version", "binned_at"})


def test_changed_declaration_replaces_view_and_triggers(database: Database) -> None:
    apply(database, orders(TITLE))

    apply(database, orders(TITLE, named("fee", MONEY)))

    assert "fee" in columns(database)
    run(database, "INSERT INTO work (fee_fen) VALUES (1)")
    run(database, "UPDATE work SET fee_fen = 2")
    assert noticed(database) == [("work", "created", 1), ("work", "changed", 1)]


def test_personal_field_leaves_the_view(database: Database) -> None:
    apply(database, orders(TITLE, named("wechat")))
    assert "wechat" in columns(database)

    apply(database, orders(TITLE, named("wechat", personal=True)))

    assert "wechat" not in columns(database)


def test_fields_that_change_names_with_each_other_do_so_in_the_view(
    database: Database,
) -> None:
    apply(database, orders(named("one", id="f1"), named("two", id="f2")))
    run(database, "INSERT INTO work (one, two) VALUES ('1', '2')")

    apply(database, orders(named("two", id="f1"), named("one", id="f2")))

    (row,) = view(database)
    assert (row["one"], row["two"]) == ("2", "1")


def test_type_of_a_column_changes_under_the_views_that_show_it(
    database: Database,
) -> None:
    link = named("client", ENTRY, target="client")

    def catalogue(length: int) -> Catalogue:
        name = named("name", max_length=length)
        client = register("client", name, display=("name",))
        return catalogue_of(client, register("work", link))

    apply(database, catalogue(10))
    apply(database, catalogue(60))

    run(database, "INSERT INTO client (name) VALUES ('长长长长长长长长长长长长')")
    run(database, "INSERT INTO work (client_id) VALUES (1)")
    assert view(database)[0]["client_name"] == "长" * 12


def test_values_turned_by_the_planner_are_not_taken_for_another_program(
    database: Database,
) -> None:
    apply(database, orders(named("fee", DECIMAL, places=1)))
    run(database, "INSERT INTO work (fee_e1, version) VALUES (15, 7)")
    before = noticed(database)

    apply(database, orders(named("fee", MONEY)))

    assert noticed(database) == before
    assert Decimal(view(database)[0]["fee"]) == Decimal("1.50")


def test_retired_register_loses_view_and_triggers_and_keeps_its_rows(
    database: Database,
) -> None:
    apply(database, orders(TITLE))
    run(database, "INSERT INTO work (title) VALUES ('A')")

    apply(database, catalogue_of())

    seen = inspect(database.writing)
    assert "v_work" not in seen.get_view_names()
    assert triggers(database) == set()
    assert "work" in seen.get_table_names()

    apply(database, orders(TITLE))
    assert [row["title"] for row in view(database)] == ["A"]


def test_views_and_triggers_of_others_are_left_alone(database: Database) -> None:
    apply(database, orders(TITLE))
    run(database, "CREATE VIEW v_theirs AS SELECT 1 AS one")

    apply(database, catalogue_of())

    assert inspect(database.writing).get_view_names() == sorted(
        ("v_branch", "v_department", "v_staff", "v_theirs")
    )


def test_trigger_that_somebody_dropped_is_made_again(database: Database) -> None:
    apply(database, orders(TITLE))
    everything = triggers(database)
    drop = (
        'DROP TRIGGER "outside$work$delete"'
        if database.is_sqlite
        else 'DROP TRIGGER "outside$delete" ON work'
    )
    run(database, drop)

    apply(database, orders(TITLE))

    assert triggers(database) == everything


def test_table_copied_on_sqlite_keeps_its_triggers(database: Database) -> None:
    apply(database, orders(TITLE, named("hours", DECIMAL, places=1)))

    apply(database, orders(TITLE, named("hours", DECIMAL, places=2)))

    run(database, "INSERT INTO work (title) VALUES ('A')")
    assert noticed(database) == [("work", "created", 1)]


@pytest.mark.databases("postgresql")
def test_rights_on_a_view_outlive_its_replacement(database: Database) -> None:
    role = "reader_of_v_work"
    apply(database, orders(TITLE))
    run(
        database,
        f"DROP ROLE IF EXISTS {role}",
        f"CREATE ROLE {role}",
        f"GRANT SELECT ON v_work TO {role}",
    )
    may = text(f"SELECT has_table_privilege('{role}', 'v_work', 'SELECT')")

    for fields in ((TITLE, named("fee", MONEY)), (named("title", max_length=300),)):
        apply(database, orders(*fields))
        with database.writing.connect() as connection:
            assert connection.scalar(may)

    run(database, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


@pytest.mark.databases("postgresql")
def test_view_that_others_built_upon_is_not_torn_away(database: Database) -> None:
    apply(database, orders(TITLE))
    run(database, "CREATE VIEW theirs AS SELECT title FROM v_work")

    with pytest.raises(SchemaRefusedError, match="v_work 要按新的声明重建"):
        apply(database, orders(TITLE, named("fee", MONEY)))

    run(database, "DROP VIEW theirs")
    apply(database, orders(TITLE, named("fee", MONEY)))


@pytest.mark.databases("postgresql")
def test_program_needs_rights_on_the_register_alone(database: Database) -> None:
    role = "writer_of_work"
    apply(database, orders(TITLE))
    run(
        database,
        f"DROP ROLE IF EXISTS {role}",
        f"CREATE ROLE {role}",
        f"GRANT SELECT, INSERT, UPDATE ON work TO {role}",
        f"GRANT USAGE ON SEQUENCE work_id_seq TO {role}",
    )

    with database.writing.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(text("INSERT INTO work (title) VALUES ('A')"))
        connection.execute(text("UPDATE work SET title = 'B'"))

    assert noticed(database) == [("work", "created", 1), ("work", "changed", 1)]
    run(database, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_instants_are_in_utc(database: Database) -> None:
    apply(database, orders(named("begin", INSTANT)))

    run(database, "INSERT INTO work (begin) VALUES ('2026-08-03 01:00:00')")

    assert str(view(database)[0]["begin"]).startswith("2026-08-03 01:00:00")
