"""Lists of any length are walked in order, by indexes that declarations lead to."""

from typing import Any

import pytest
from sqlalchemy import Select, text

from models import access, catalogue
from models.access import Action, Grant, Person, Rows
from models.database import Database
from models.list_indexes import ordered_by
from models.register import CHOICE, Field, option
from tests.changing_registers import named, register

REGISTER = "complaint_log"


@pytest.fixture
def database(registers_database: Database) -> Database:
    if not registers_database.is_sqlite:
        pytest.skip("PostgreSQL keeps statistics, and decides by what a table holds")
    return registers_database


def person(rows: Rows) -> Person:
    return Person(
        name="客服",
        staff_id=1,
        branch_id=1,
        departments=frozenset({1, 2}),
        grants=(Grant("*", frozenset(Action), rows),),
    )


def plan(database: Database, query: Select[Any]) -> str:
    said = str(query.compile(database.reading, compile_kwargs={"literal_binds": True}))
    with database.reading.connect() as connection:
        lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")
        return "; ".join(str(line[3]) for line in lines)


@pytest.mark.parametrize("rows", [Rows.DEPARTMENT, Rows.BRANCH, Rows.ALL])
def test_keys_of_a_list_are_walked_without_fetching_an_entry(
    database: Database, rows: Rows
) -> None:
    fetching = []
    for declared in catalogue.current():
        order = ordered_by(declared)
        if order is None or declared.field(order_field(declared)).unique:
            continue
        table = catalogue.current().table(declared.code)
        seen = access.visible(person(rows), declared.code)
        keys = seen.with_only_columns(table.c[order], table.c.id)
        keys = keys.order_by(table.c[order].desc(), table.c.id.desc())
        done = plan(database, keys.offset(1_000).limit(1))
        if "COVERING INDEX" not in done or "TEMP B-TREE" in done:
            fetching.append((declared.code, done))
    assert fetching == []


def order_field(declared: Any) -> str:
    return str(declared.order).removeprefix("-")


@pytest.mark.parametrize(
    ("column", "value"), [("status", "closed"), ("received_by_id", 1)]
)
def test_filtered_list_comes_out_of_the_index_in_order(
    database: Database, column: str, value: Any
) -> None:
    table = catalogue.current().table(REGISTER)
    query = access.visible(person(Rows.ALL), REGISTER).where(table.c[column] == value)
    query = query.where(table.c.received_at >= text("'2026-05-01'"))
    query = query.order_by(table.c.received_at.desc(), table.c.id.desc()).limit(51)

    done = plan(database, query)

    assert "TEMP B-TREE" not in done, done
    assert f"{column}=? AND received_at>?" in done


def test_bin_has_an_index_that_other_entries_never_touch(database: Database) -> None:
    table = catalogue.current().table(REGISTER)
    query = access.visible(person(Rows.ALL), REGISTER, binned=True)
    query = query.where(table.c.received_at.is_not(None))
    query = query.order_by(table.c.received_at.desc(), table.c.id.desc()).limit(51)

    assert "ix_complaint_log_binned_at" in plan(database, query)


def indexes(*fields: Field, **options: Any) -> dict[str, list[str]]:
    """Return the columns of every index of a register's own fields, by its name."""
    every = (*(register(it) for it in ("branch", "department", "staff")),)
    declared = register("work", *fields, **options)
    table = catalogue.Catalogue((*every, declared)).schema_tables["work"]
    return {
        str(one.name): [column.name for column in one.columns]
        for one in table.indexes
        if not one.unique
    }


STATE = named("state", CHOICE, filterable=True, choices=(option("a", "甲", "A"),))


def test_choice_that_no_list_shows_has_one_index_in_the_order_of_the_list() -> None:
    made = indexes(named("title", listed=True), STATE, order="title")

    assert made["ix_work_state__title"] == ["state", "title", "id"]
    assert "ix_work_state" not in made


def test_register_in_the_order_of_ids_has_plain_indexes() -> None:
    made = indexes(STATE)

    assert made["ix_work_state"] == ["state", "id"]
    assert made["ix_work_holder_id"] == ["holder_id", "id"]
    assert made["ix_work_binned_at"] == ["id"]


def test_who_refers_to_an_entry_is_found_by_an_index_of_those_that_refer(
    database: Database,
) -> None:
    declared = catalogue.current().schema_tables[REGISTER]
    by_name = {str(one.name): one for one in declared.indexes}
    index = by_name[f"ix_{REGISTER}_callback_id"]
    assert str(index.dialect_options["sqlite"]["where"]) == '"callback_id" IS NOT NULL'

    table = catalogue.current().table(REGISTER)
    query = access.visible(person(Rows.ALL), REGISTER).where(table.c.callback_id == 7)
    assert f"ix_{REGISTER}_callback_id (callback_id=?" in plan(database, query)
    query = access.visible(person(Rows.ALL), REGISTER)
    query = query.where(table.c.callback_id.in_([7, 8]))
    assert f"ix_{REGISTER}_callback_id (callback_id=?" in plan(database, query)
