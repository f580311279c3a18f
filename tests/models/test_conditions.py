"""A condition in SQL picks the very rows that the formula holds for in Python."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
)
from sqlalchemy.engine import Connection

from models.column_types import Money, Scaled, Seconds, UtcDateTime
from models.computing import unit_of, value_of
from models.conditions import SqlColumn, sql_column, to_sql
from models.register import (
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    TEXT,
    YES_NO,
    Field,
    FieldType,
)
from models.rules.formula import MONEY_PER_HOUR, FormulaError, holds, parse
from models.words import Label

DESK = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 10, 9, 12, tzinfo=UTC)


def field_of(name: str, type_: FieldType, places: int = 2) -> Field:
    return Field(id=name, name=name, label=Label(name, name), type=type_, places=places)


FIELDS = {
    one.name: one
    for one in (
        field_of("category", TEXT),
        field_of("kind", TEXT),
        field_of("urgent", YES_NO),
        field_of("fee", MONEY),
        field_of("price", MONEY),
        field_of("quantity", DECIMAL, places=3),
        field_of("count", INTEGER),
        field_of("spent", DURATION),
        field_of("installed_on", DATE),
        field_of("warranty_until", DATE),
        field_of("closed_at", INSTANT),
    )
}
ENTRIES = Table(
    "entry",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("category", String(40)),
    Column("kind", String(40)),
    Column("urgent", Boolean(name="urgent")),
    Column("fee", Money()),
    Column("price", Money()),
    Column("quantity", Scaled(3)),
    Column("count", Integer),
    Column("spent", Seconds()),
    Column("installed_on", Date),
    Column("warranty_until", Date),
    Column("closed_at", UtcDateTime()),
)

ROWS: list[dict[str, Any]] = [
    {},
    {"category": "complaint", "urgent": True, "fee": Decimal("500.00")},
    {"category": "complaint", "urgent": False, "fee": Decimal("0.10"), "count": 3},
    {"category": "repair", "kind": "complaint", "price": Decimal("18.00")},
    {"quantity": Decimal("0.333"), "price": Decimal("0.03"), "fee": Decimal("0.01")},
    {"spent": timedelta(hours=8), "installed_on": date(2026, 10, 1), "count": 0},
    {"spent": timedelta(minutes=20), "warranty_until": date(2026, 10, 1)},
    {
        "installed_on": date(2025, 10, 1),
        "warranty_until": date(2026, 9, 30),
        "closed_at": NOON,
        "category": "it's",
        "count": -7,
    },
]
CONDITIONS = [
    'category = "complaint"',
    'category = "complaint" and urgent',
    'category != "complaint"',
    'not (category = "complaint")',
    'category in ("complaint", "repair")',
    'category not in ("complaint", "repair")',
    "category = kind or category != kind",
    'kind in (category, "complaint")',
    'category = "it\'s"',
    "not urgent",
    "urgent = no",
    "urgent != yes",
    "urgent = (fee > 1元)",
    "not (not urgent or fee > 1000元)",
    "is_empty(category) and is_empty(urgent)",
    "not is_empty(closed_at)",
    "is_empty(fee + price)",
    "is_empty(fee > 1元)",
    "fee >= 500元",
    "fee > 0.005元",
    "not (fee > 0.05元)",
    "fee + 20元 > price * 2",
    "-fee < -1元",
    "quantity * price = 0.00999元",
    "quantity / 3 = 0.111",
    "fee / 0.3 > 1元",
    "count / -2 > 1",
    "count - 1 > 1.5",
    "count * 0.1 = 0.3",
    "spent > 30% * 1小时",
    "spent >= 8小时 and spent <= 8小时",
    "spent * 3 = 1小时",
    "warranty_until >= installed_on",
    "installed_on = date(2026, 10, 1)",
    "date(2026, 10, 1) <= warranty_until",
    "coalesce(fee, price, 0) > 10元",
    "or_zero(count) = 0",
    'coalesce(category, kind, "none") = "none"',
    "coalesce(urgent, yes)",
    "1 + 1 = 2 and count > 0",
    "是",
    "1 > 2",
    "fee in (500元, 0.1元)",
    "count in (3, 0)",
]


def fill(connection: Connection) -> None:
    ENTRIES.create(connection)
    names = [column.name for column in ENTRIES.columns if column.name != "id"]
    rows = [
        {"id": number} | {name: row.get(name) for name in names}
        for number, row in enumerate(ROWS, 1)
    ]
    connection.execute(insert(ENTRIES), rows)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        fill(connection)
        yield connection
    engine.dispose()


def lookup(name: str) -> SqlColumn:
    return sql_column(FIELDS[name], ENTRIES.c[name])


def picked_by_sql(connection: Connection, text: str) -> list[int]:
    query = select(ENTRIES.c.id).where(to_sql(parse(text), lookup))
    return list(connection.scalars(query.order_by(ENTRIES.c.id)))


def picked_by_formula(text: str) -> list[int]:
    found = []
    for number, row in enumerate(ROWS, 1):
        values = {
            name: value_of(unit_of(one), row.get(name), DESK)
            for name, one in FIELDS.items()
        }
        if holds(parse(text), values):
            found.append(number)
    return found


@pytest.mark.parametrize("text", CONDITIONS)
def test_sql_picks_the_rows_the_formula_holds_for(
    connection: Connection, text: str
) -> None:
    expected = picked_by_formula(text)

    assert picked_by_sql(connection, text) == expected


def test_each_kind_of_database_picks_the_same_rows(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        fill(connection)
        picked = {text: picked_by_sql(connection, text) for text in CONDITIONS}
    engine.dispose()

    assert picked == {text: picked_by_formula(text) for text in CONDITIONS}


def test_the_cases_pick_some_rows_and_leave_some() -> None:
    picked = {text: len(picked_by_formula(text)) for text in CONDITIONS}

    assert [text for text, count in picked.items() if count == 0] == [
        "is_empty(fee > 1元)",
        "1 > 2",
    ]


ATOMS = st.sampled_from(
    [
        'category = "complaint"',
        'kind != "complaint"',
        "urgent",
        "fee > price",
        "fee * quantity >= 0.01元",
        "warranty_until < installed_on",
        "count in (3, 0)",
        "is_empty(count)",
        "spent != 8小时",
    ]
)
SENTENCES = st.recursive(
    ATOMS,
    lambda below: st.one_of(
        below.map("not ({})".format),
        st.tuples(below, st.sampled_from(["and", "or", "=", "!="]), below).map(
            lambda parts: "({}) {} ({})".format(*parts)
        ),
    ),
    max_leaves=8,
)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=SENTENCES)
def test_sql_and_formula_agree_however_conditions_are_nested(
    connection: Connection, text: str
) -> None:
    assert picked_by_sql(connection, text) == picked_by_formula(text)


def test_a_plain_comparison_leaves_the_column_alone_for_its_index() -> None:
    condition = to_sql(parse("fee >= 500元 and category = 'complaint'"), lookup)

    text = str(condition.compile(compile_kwargs={"literal_binds": True}))

    assert text == "entry.fee >= 50000 AND entry.category = 'complaint'"


def test_values_never_become_part_of_the_statement() -> None:
    condition = to_sql(parse('category = "x\' OR 1=1 --"'), lookup)

    assert "1=1" not in str(condition)
    assert list(condition.compile().params.values()) == ["x' OR 1=1 --"]


def test_a_measure_of_its_own_unit_can_be_given_as_a_column() -> None:
    def rates(name: str) -> SqlColumn:
        assert name == "rate"
        return SqlColumn(ENTRIES.c.price, MONEY_PER_HOUR, Fraction(1, 100))

    condition = to_sql(parse("rate * 2小时 > 30元"), rates)

    assert list(condition.compile().params.values()) == [2, 3000]


@pytest.mark.parametrize(
    ("text", "marked", "problem"),
    [
        ("fee > 1元 and fees > 2元", "fees", "There is nothing by the name"),
        ("fee > 20", "20", "Found number, expected money"),
        ("fee + 1元", "fee + 1元", "expected a condition"),
        ("count / count > 1", "count", "cannot contain this"),
        ("count > 1 / 0", "0", "This is zero"),
        ("count / (1 - 1) > 1", "(1 - 1)", "This is zero"),
        ("round(fee) > 1元", "round(fee)", "cannot contain this"),
        (
            "warranty_until - installed_on > 365",
            "warranty_until - installed_on",
            "cannot contain this",
        ),
        (
            "fee > 999999999999999.0000000001元",
            "999999999999999.0000000001元",
            "digits",
        ),
    ],
)
def test_what_sql_cannot_do_alike_is_refused_with_its_place(
    text: str, marked: str, problem: str
) -> None:
    with pytest.raises(FormulaError) as caught:
        to_sql(parse(text), lookup)

    place = text[caught.value.position :][: caught.value.length]
    assert place == marked
    assert problem in caught.value.text("en")
