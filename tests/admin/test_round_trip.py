"""What a person without masks exports comes back the same, value by value."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sqlalchemy import select

from models import catalogue, entries
from models.access import SYSTEM, Action, Role, RoleGrant, Rows, marked, visible
from models.database import Database
from models.import_mapping import importable
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    ID_NUMBER,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MONEY,
    PHONE,
    PLATE,
    TIME,
    YES_NO,
    Register,
    field,
    option,
)
from models.rules.cell_dates import YEARS
from models.rules.cell_phones import read_phone
from models.rules.sheet_signs import SAME_AS_ABOVE
from models.words import Label
from tests.company import Company, build_company, open_company, writer
from tests.databases import Builder

CODE = "key_box"
ROWS = 5  # entries of one file
BATCHES = count()


def declare() -> type[Register]:
    class KeyBox(Register):
        """A register with a field of every type that has a column of its own."""

        code = CODE
        title = Label("钥匙箱", "Key box")
        menu = Label("行政", "Office")

        tag = field("标签", "Tag", listed=True)
        text = field("文字", "Text", listed=True)
        long = field("长文", "Long text", LONG_TEXT)
        whole = field("整数", "Whole", INTEGER)
        exact = field("小数", "Exact", DECIMAL, places=4)
        money = field("金额", "Money", MONEY)
        day = field("日期", "Day", DATE)
        at = field("时刻", "At", INSTANT)
        clock = field("钟点", "Clock", TIME)
        lasts = field("时长", "Lasts", DURATION)
        sure = field("确认", "Sure", YES_NO)
        kind = field("种类", "Kind", CHOICE, choices=(option("a", "甲", "A"),))
        kinds = field(
            "多选",
            "Kinds",
            CHOICES,
            choices=(option("x", "红", "Red"), option("y", "绿", "Green")),
        )
        phone = field("电话", "Telephone", PHONE)
        identity = field("证件号", "ID number", ID_NUMBER)
        plate = field("车牌", "Plate", PLATE)

    return KeyBox


def build(url: str) -> None:
    """Make the small company, whose admin sees this register without masks."""
    build_company(url)
    database = Database(url)
    with database.write() as session:
        role = session.scalars(select(Role).where(Role.code == "admin")).one()
        line = RoleGrant(register=CODE, actions=" ".join(Action), rows=Rows.ALL)
        line.unmasked, line.secrets = True, ""
        role.grants.append(line)
    database.dispose()


@pytest.fixture
def office(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    declare()
    opened = open_company(prepared_database("company_with_key_boxes", build), tmp_path)
    yield opened
    opened.close()
    del Register.known[CODE]


# What people type ---------------------------------------------------------------------

LEADS = ["=", "+", "-", "@", "'", "'=", "''", "'''=", "\t", "＝", "１２３", ""]
SPECIAL = [
    "x",
    "1+1",
    "+8613812345678",
    "-5",
    "👩‍👩‍👧‍👦",
    "🇨🇳",
    "ﬁ",
    "\n二行",
    ' "引"',
    ",",
    ";",
]
# What in a clerk's sheet means "as above" or "a total" is a text in an entry.
SIGNS = [*sorted(SAME_AS_ABOVE), "Ditto", "＂", "合计", "本月小计：", "TOTAL"]
WORDS = (
    st.builds("".join, st.tuples(*[st.sampled_from(LEADS + SPECIAL)] * 3))
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
    | st.builds("".join, st.tuples(st.sampled_from(LEADS), st.sampled_from(SIGNS)))
)
FIRST = datetime(YEARS[0], 1, 2, tzinfo=UTC).timestamp()
LAST = datetime(YEARS[-1], 12, 30, tzinfo=UTC).timestamp()
INSTANTS = st.integers(int(FIRST), int(LAST)).map(
    lambda it: datetime.fromtimestamp(it, UTC)
) | st.sampled_from(
    # Around clock changes: of New York in 2026, and of Shanghai in 1986.
    [
        datetime(2026, 11, 1, 5, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(1986, 5, 3, 18, tzinfo=UTC),
    ]
)
VALUES: dict[str, SearchStrategy[Any]] = {
    "text": WORDS,
    "long": WORDS | WORDS.map(lambda word: ((word + "长") * 2_000)[:10_000]),
    "whole": st.integers(-(10**15) + 1, 10**15 - 1),
    "exact": st.integers(-(10**18), 10**18).map(lambda it: Decimal(it).scaleb(-4)),
    "money": st.integers(-(10**16), 10**16).map(lambda it: Decimal(it).scaleb(-2)),
    "day": st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)),
    "at": INSTANTS,
    "clock": st.times().map(lambda it: it.replace(second=0, microsecond=0)),
    "lasts": st.integers(0, 10**6).map(lambda it: timedelta(minutes=it)),
    "sure": st.booleans(),
    "kind": st.just("a"),
    "kinds": st.lists(st.sampled_from(["x", "y"]), min_size=1, unique=True),
    "phone": st.sampled_from(
        ["13812345678", "+8613812345678", "0512-88886666", "+14155550123"]
    ).map(read_phone),  # as a form keeps it
    "identity": st.sampled_from(["32050219870412001X", "320502198704120011"]),
    "plate": st.sampled_from(["苏E12345", "粤B·D12345"]),
}
ENTRY = st.fixed_dictionaries({name: st.none() | one for name, one in VALUES.items()})
HARD = {
    "text": "'=x",
    "long": "+86" + "长" * 9_990,
    "whole": 999_999_999_999_999,
    "exact": Decimal("-0.0001"),
    "money": Decimal(-5),
    "clock": time(0, 0),
}


def kept(office: Company, tags: list[str]) -> list[dict[str, Any]]:
    """Return the newest entry of each tag as it is kept."""
    table = catalogue.current().table(CODE)
    query = visible(SYSTEM, CODE).where(table.c.tag.in_(tags)).order_by(table.c.id)
    with office.database.read() as session:
        rows = entries.load(session, catalogue.current()[CODE], marked(query, CODE))
    newest = {row["tag"]: row for row in rows}
    return [{name: newest[tag][name] for name in VALUES} for tag in tags]


def bring_in(office: Company, name: str, data: bytes) -> None:
    """Import a file as people do: send it, map its columns, apply it."""
    client, base = office.client("admin"), f"/register/{CODE}/import/"
    sent = client.post(base, data={"file": (BytesIO(data), name)})
    assert sent.status_code == 302, sent.text
    fields = [
        one
        for one in importable(catalogue.current()[CODE])
        if one.name in VALUES or one.name == "tag"
    ]
    form: dict[str, Any] = {"head": [one.label.zh for one in fields]}
    form |= {f"column.{index}": one.name for index, one in enumerate(fields)}
    mapped = client.post(sent.headers["Location"], data=form)
    assert mapped.status_code == 302
    rehearsal = mapped.headers["Location"]
    assert rehearsal.rpartition("/")[2].isdecimal(), client.get(rehearsal).text[-3000:]
    refused = client.get(f"{rehearsal}/refused.csv").text
    assert refused.count("\n") == 1, refused.rpartition(",")[2]
    client.post(f"{rehearsal}/apply")


def comes_back(office: Company, rows: list[dict[str, Any]], kind: str) -> None:
    batch = next(BATCHES)
    tags = [f"t{batch}-{place}" for place in range(len(rows))]
    with office.database.write() as session:
        given = [row | {"tag": tag} for row, tag in zip(rows, tags, strict=True)]
        first = entries.create_many(session, CODE, given, writer())
    before = kept(office, tags)
    exported = office.client("admin").get(f"/register/{CODE}/export/{kind}/").data
    with office.database.write() as session:
        entries.bin_many(session, CODE, first, writer())

    bring_in(office, f"a.{kind}", exported)

    changed = [
        (name, was[name], now[name])
        for was, now in zip(before, kept(office, tags), strict=True)
        for name in VALUES
        if was[name] != now[name]
    ]
    assert changed == []
    with office.database.write() as session:
        table = catalogue.current().table(CODE)
        ids = session.scalars(visible(SYSTEM, CODE).with_only_columns(table.c.id))
        entries.bin_many(session, CODE, list(ids), writer())


FEW = settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
        HealthCheck.too_slow,
    ],
)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@FEW
@example(rows=[dict.fromkeys(VALUES), dict.fromkeys(VALUES) | HARD])
@example(
    rows=[
        dict.fromkeys(VALUES) | {"text": f"{quote}{sign}", "long": f"{quote}{sign}"}
        for sign in SIGNS
        for quote in ("", "'", "''")
    ]
)
@given(rows=st.lists(ENTRY, min_size=1, max_size=ROWS))
def test_what_is_exported_comes_back_the_same(
    office: Company, kind: str, rows: list[dict[str, Any]]
) -> None:
    comes_back(office, rows, kind)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(FEW, max_examples=400)
@given(rows=st.lists(ENTRY, min_size=1, max_size=ROWS))
def test_very_much_that_is_exported_comes_back_the_same(
    office: Company, kind: str, rows: list[dict[str, Any]]
) -> None:
    comes_back(office, rows, kind)
