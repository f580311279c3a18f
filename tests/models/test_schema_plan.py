"""The planner brings tables to their declarations and keeps every value on the way."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import inspect, text

from models.database import ConflictError, Database
from models.register import Check, FieldType
from models.schema_plan import compare
from models.schema_steps import SchemaRefusedError
from models.words import Label
from tests.changing_registers import catalogue_of, named, orders, register
from tests.models.planner_desk import add, apply, indexes, rows, start

TITLE = named("title", listed=True)
END_AFTER_BEGIN = Check("end_after_begin", "end", ">=", "begin", Label("先后", "Order"))


@pytest.fixture
def database(prepared_database: Callable[..., str]) -> Iterator[Database]:
    opened = Database(prepared_database("planner_start", start))
    yield opened
    opened.dispose()


def test_longest_names_fit_on_both_databases(database: Database) -> None:
    code, first, second = "a" * 41, "b" * 41, "c" * 41
    bounds = {"minimum": Decimal(0), "listed": True}
    catalogue = catalogue_of(
        register(
            code,
            named(first, FieldType.DECIMAL, **bounds),
            named(second, FieldType.ENTRY, target=code, listed=True),
            unique_together=((first, second),),
            checks=(Check("d" * 41, first, ">", 1, Label("大于", "More")),),
        )
    )

    compare(database, catalogue).run(database)

    assert compare(database, catalogue).is_empty


def test_plan_says_what_it_will_do_and_is_empty_once_run(database: Database) -> None:
    catalogue = orders(TITLE)
    plan = compare(database, catalogue)

    assert plan.summary("en").splitlines()[0] == "Work: create the table"
    assert plan.summary().splitlines()[0] == "work登记：新建表"

    plan.run(database)

    assert compare(database, catalogue).is_empty


def test_comparing_changes_nothing(database: Database) -> None:
    compare(database, orders(TITLE))

    assert "work" not in inspect(database.writing).get_table_names()


def test_registers_that_refer_to_each_other_are_made_together(
    database: Database,
) -> None:
    one = register("one", named("other", FieldType.ENTRY, target="two"))
    two = register("two", named("other", FieldType.ENTRY, target="one"))

    compare(database, catalogue_of(one, two)).run(database)

    keys = inspect(database.writing).get_foreign_keys("one")
    assert "two" in {key["referred_table"] for key in keys}


def test_foreign_key_is_enforced(database: Database) -> None:
    table = apply(database, orders(TITLE))

    with pytest.raises(ConflictError):
        add(database, table, title="A", department_id=4711)


def test_new_field_gets_its_column_index_and_constraint(database: Database) -> None:
    table = apply(database, orders(TITLE))
    add(database, table, title="A")

    hours = named("hours", FieldType.INTEGER, listed=True, minimum=Decimal(0))
    table = apply(database, orders(TITLE, hours))

    assert rows(database, table, "title", "hours") == [("A", None)]
    assert "ix_work_hours" in indexes(database)
    with pytest.raises(ConflictError):
        add(database, table, hours=-1)


def test_new_reference_refuses_what_does_not_exist(database: Database) -> None:
    apply(database, orders(TITLE))

    helper = named("helper", FieldType.PERSON)
    table = apply(database, orders(TITLE, helper))

    with pytest.raises(ConflictError):
        add(database, table, helper_id=4711)


def test_check_between_an_old_and_a_new_field_holds(database: Database) -> None:
    begin, end = named("begin", FieldType.INTEGER), named("end", FieldType.INTEGER)
    apply(database, orders(begin))

    table = apply(database, orders(begin, end, checks=(END_AFTER_BEGIN,)))

    add(database, table, begin=1, end=1)
    with pytest.raises(ConflictError):
        add(database, table, begin=2, end=1)


def test_check_is_added_to_columns_there_already_are(database: Database) -> None:
    fields = named("begin", FieldType.INTEGER), named("end", FieldType.INTEGER)
    table = apply(database, orders(*fields))
    add(database, table, begin=1, end=2)

    catalogue = orders(*fields, checks=(END_AFTER_BEGIN,))
    table = apply(database, catalogue)

    assert compare(database, catalogue).is_empty
    assert rows(database, table, "begin", "end") == [(1, 2)]
    with pytest.raises(ConflictError):
        add(database, table, begin=2, end=1)


def test_check_that_entries_break_is_refused_with_their_count(
    database: Database,
) -> None:
    fields = named("begin", FieldType.INTEGER), named("end", FieldType.INTEGER)
    table = apply(database, orders(*fields))
    add(database, table, begin=2, end=1)

    with pytest.raises(SchemaRefusedError, match="1 条记录不满足"):
        apply(database, orders(*fields, checks=(END_AFTER_BEGIN,)))

    assert rows(database, table, "begin", "end") == [(2, 1)]


def test_check_that_is_no_longer_declared_lets_entries_in(database: Database) -> None:
    fields = named("begin", FieldType.INTEGER), named("end", FieldType.INTEGER)
    apply(database, orders(*fields, checks=(END_AFTER_BEGIN,)))

    table = apply(database, orders(*fields))

    add(database, table, begin=2, end=1)


def test_lower_minimum_takes_the_place_of_the_old_one(database: Database) -> None:
    apply(database, orders(named("hours", FieldType.INTEGER, minimum=Decimal(5))))

    catalogue = orders(named("hours", FieldType.INTEGER, minimum=Decimal(3)))
    table = apply(database, catalogue)

    add(database, table, hours=3)
    with pytest.raises(ConflictError):
        add(database, table, hours=2)
    assert compare(database, catalogue).is_empty


def test_unique_field_is_refused_while_entries_are_alike(database: Database) -> None:
    table = apply(database, orders(named("code")))
    for code in ("A", "A", "B"):
        add(database, table, code=code)

    with pytest.raises(SchemaRefusedError, match="1 组记录在“code栏”上重复"):
        apply(database, orders(named("code", unique=True)))


def test_unique_field_lets_an_entry_in_the_bin_be_alike(database: Database) -> None:
    table = apply(database, orders(named("code", unique=True)))
    add(database, table, code="A")

    with pytest.raises(ConflictError):
        add(database, table, code="A")
    with database.write() as session:
        session.execute(text("UPDATE work SET binned_at = '2026-01-01 00:00:00'"))
    add(database, table, code="A")


def test_field_renamed_by_was_keeps_its_values(database: Database) -> None:
    hours = named("hours", FieldType.INTEGER, listed=True, minimum=Decimal(0))
    add(database, apply(database, orders(hours)), hours=7)

    renamed = named(
        "time", FieldType.INTEGER, listed=True, minimum=Decimal(0), was="hours"
    )
    catalogue = orders(renamed)
    table = apply(database, catalogue)

    assert rows(database, table, "time") == [(7,)]
    assert indexes(database) >= {"ix_work_time"}
    assert "ix_work_hours" not in indexes(database)
    assert compare(database, catalogue).is_empty
    with pytest.raises(ConflictError):
        add(database, table, time=-1)


def test_field_renamed_under_one_id_keeps_its_values(database: Database) -> None:
    add(database, apply(database, orders(named("hours", id="f1"))), hours="7")

    table = apply(database, orders(named("time", id="f1")))

    assert rows(database, table, "time") == [("7",)]


def test_two_fields_may_change_names_with_each_other(database: Database) -> None:
    first, second = named("first", id="f1"), named("second", id="f2")
    add(database, apply(database, orders(first, second)), first="A", second="B")

    table = apply(database, orders(named("second", id="f1"), named("first", id="f2")))

    assert rows(database, table, "first", "second") == [("B", "A")]


def test_new_field_may_take_the_name_that_a_rename_leaves(database: Database) -> None:
    old = named("hours", id="f1", listed=True)
    add(database, apply(database, orders(old)), hours="7")

    catalogue = orders(
        named("time", id="f1", listed=True), named("hours", id="f2", listed=True)
    )
    table = apply(database, catalogue)

    assert rows(database, table, "time", "hours") == [("7", None)]
    assert indexes(database) >= {"ix_work_time", "ix_work_hours"}
    assert compare(database, catalogue).is_empty


def test_name_alone_is_never_taken_for_a_rename(database: Database) -> None:
    add(database, apply(database, orders(named("hours"))), hours="7")

    table = apply(database, orders(named("time")))

    assert rows(database, table, "time") == [(None,)]
    with database.read() as session:
        assert session.scalar(text("SELECT hours FROM work")) == "7"


def test_retired_field_keeps_its_values_until_it_is_declared_again(
    database: Database,
) -> None:
    catalogue = orders(TITLE, named("hours", unique=True))
    add(database, apply(database, catalogue), title="A", hours="7")

    apply(database, orders(TITLE))
    table = apply(database, catalogue)

    assert rows(database, table, "hours") == [("7",)]


def test_column_of_a_retired_field_is_not_given_to_another(database: Database) -> None:
    apply(database, orders(named("hours", id="f1")))

    with pytest.raises(SchemaRefusedError, match="hours 里还保存着一个已停用字段"):
        compare(database, orders(named("hours", id="f2")))


def test_column_that_others_made_is_taken_over(database: Database) -> None:
    apply(database, orders(TITLE))
    with database.write() as session:
        session.execute(text("ALTER TABLE work ADD COLUMN hours BIGINT"))
        session.execute(text("INSERT INTO work (hours) VALUES (7)"))

    table = apply(database, orders(TITLE, named("hours", FieldType.INTEGER)))

    assert rows(database, table, "hours") == [(7,)]


def test_column_of_another_type_is_not_taken_over(database: Database) -> None:
    apply(database, orders(TITLE))
    with database.write() as session:
        session.execute(text("ALTER TABLE work ADD COLUMN hours BIGINT"))

    with pytest.raises(SchemaRefusedError, match="已有一列 hours"):
        compare(database, orders(TITLE, named("hours")))


def test_decimal_may_get_more_places(database: Database) -> None:
    one = named("fee", FieldType.DECIMAL, places=1, minimum=Decimal("0.5"))
    add(database, apply(database, orders(one)), fee_e1=Decimal("1.5"))

    more = named("fee", FieldType.DECIMAL, places=3, minimum=Decimal("0.5"))
    catalogue = orders(more)
    table = apply(database, catalogue)

    assert rows(database, table, "fee_e3") == [(Decimal("1.500"),)]
    assert compare(database, catalogue).is_empty
    with pytest.raises(ConflictError):
        add(database, table, fee_e3=Decimal("0.499"))


def test_decimal_may_become_money(database: Database) -> None:
    one = named("fee", FieldType.DECIMAL, places=1)
    add(database, apply(database, orders(one)), fee_e1=Decimal("-1.5"))

    table = apply(database, orders(named("fee", FieldType.MONEY)))

    assert rows(database, table, "fee_fen") == [(Decimal("-1.50"),)]


def test_fewer_places_are_refused_while_digits_would_be_lost(
    database: Database,
) -> None:
    three = named("fee", FieldType.DECIMAL, places=3)
    table = apply(database, orders(three))
    add(database, table, fee_e3=Decimal("-1.505"))

    with pytest.raises(SchemaRefusedError, match="已有 1 条的小数更长"):
        apply(database, orders(named("fee", FieldType.DECIMAL, places=2)))
    with database.write() as session:
        session.execute(text("UPDATE work SET fee_e3 = -1500 WHERE fee_e3 IS NOT NULL"))

    table = apply(database, orders(named("fee", FieldType.DECIMAL, places=2)))

    assert rows(database, table, "fee_e2") == [(Decimal("-1.50"),)]


def test_text_may_grow_and_shrink_where_nothing_is_longer(database: Database) -> None:
    add(database, apply(database, orders(named("note", max_length=5))), note="五个字以")

    table = apply(database, orders(named("note", FieldType.LONG_TEXT)))
    add(database, table, note="比五个字长得多")
    with pytest.raises(SchemaRefusedError, match="已有 1 条更长"):
        apply(database, orders(named("note", max_length=5)))

    assert rows(database, table, "note") == [("五个字以",), ("比五个字长得多",)]


def test_change_that_would_lose_values_says_what_to_do(database: Database) -> None:
    add(database, apply(database, orders(named("note"))), note="A")

    with pytest.raises(SchemaRefusedError, match="请另建一个新字段并停用旧字段"):
        compare(database, orders(named("note", FieldType.DATE)))


def test_reference_to_another_register_is_refused(database: Database) -> None:
    apply(database, orders(named("who", FieldType.PERSON)))

    with pytest.raises(SchemaRefusedError, match="staff"):
        compare(database, orders(named("who", FieldType.ENTRY, target="branch")))


def test_refused_plan_names_every_reason_and_does_nothing(database: Database) -> None:
    fields = named("code"), named("fee", FieldType.DECIMAL, places=3)
    table = apply(database, orders(*fields))
    for _ in range(2):
        add(database, table, code="A", fee_e3=Decimal("0.001"))
    wanted = orders(
        named("code", unique=True), named("fee", FieldType.DECIMAL, places=0), TITLE
    )

    with pytest.raises(SchemaRefusedError) as refused:
        apply(database, wanted)

    assert refused.value.text("en").count("\n") == 1
    assert rows(database, table, "fee_e3") == [(Decimal("0.001"),)] * 2
    columns = inspect(database.writing).get_columns("work")
    assert "title" not in {one["name"] for one in columns}
