"""Figures that are weighed, averaged over days, or shared by several people."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from models import catalogue, entries, measure_checks, measures, stored
from models.access import SYSTEM
from models.database import Database
from models.measures import Measure
from models.rules.periods import parse_period
from tests.company import ZONE, company_with, writer
from tests.databases import Builder

MIN, ZHOU, QIAN = 2, 3, 4  # staff of the small company
OCTOBER = parse_period("2026-10")
ACCOUNT = {
    "code": "x_account",
    "title": "账户 | Accounts",
    "menu": "files",
    "numbering": "ZH{serial:03}",
    "fields": [
        {"name": "name", "title": "户名 | Name", "required": True},
        {"name": "settled", "title": "已定 | Settled", "type": "yes_no"},
    ],
}
SHARE = {
    "code": "x_account_share",
    "title": "分成 | Shares",
    "menu": "files",
    "numbering": "FC{serial:03}",
    "fields": [
        {
            "name": "account",
            "title": "账户 | Account",
            "type": "entry",
            "register": "x_account",
            "required": True,
        },
        {"name": "person", "title": "员工 | Person", "type": "person"},
        {"name": "share", "title": "比例 | Share", "type": "decimal", "required": True},
        {"name": "loose", "title": "另记 | Loose", "type": "decimal"},
        {"name": "since", "title": "起 | Since", "type": "date"},
        {"name": "until", "title": "止 | Until", "type": "date"},
        {"name": "agreed", "title": "已定 | Agreed", "type": "yes_no", "default": True},
    ],
}
BALANCE = {
    "code": "x_balance",
    "title": "余额 | Balances",
    "menu": "files",
    "numbering": "YE{serial:03}",
    "fields": [
        {
            "name": "account",
            "title": "账户 | Account",
            "type": "entry",
            "register": "x_account",
        },
        {"name": "person", "title": "员工 | Person", "type": "person"},
        {"name": "day", "title": "日期 | Day", "type": "date", "required": True},
        {"name": "noted_at", "title": "记录时间 | Noted", "type": "instant"},
        {"name": "balance", "title": "余额 | Balance", "type": "money"},
        {"name": "rate", "title": "利率 | Rate", "type": "decimal", "places": 4},
        {"name": "length", "title": "时长 | Length", "type": "duration"},
    ],
}
BUILD = company_with(ACCOUNT, SHARE, BALANCE)
SPLIT = {
    "register": "x_account_share",
    "of": "account",
    "via": "account",
    "person": "person",
    "share": "share",
}


@pytest.fixture
def database(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[Database]:
    opened = Database(prepared_database("shared_balances", BUILD))
    stored.know(opened)
    yield opened
    opened.dispose()
    catalogue.use()


def measure(**said: Any) -> Measure:
    found: dict[str, Any] = {
        "code": "balance",
        "name_zh": "余额",
        "name_en": "Balance",
        "register": "x_balance",
        "aggregate": "sum",
        "field": "balance",
        "date_field": "day",
        "person_field": "person",
        "whose": "person",
        "unit": "money",
    }
    return Measure(**found | said)


def enter(database: Database, register: str, **values: Any) -> int:
    with database.write() as session:
        return entries.create(session, register, values, writer())


def balance(database: Database, day: int, yuan: str, **more: Any) -> int:
    values = {"person": MIN, "day": date(2026, 10, day), "balance": Decimal(yuan)}
    return enter(database, "x_balance", **values | more)


def figures(database: Database, wanted: Measure) -> dict[int, Decimal]:
    with database.read() as session:
        found = measures.figures(session, wanted, OCTOBER, ZONE)
    return {who: cast("Decimal", one.content) for who, one in found.items()}


def test_days_without_a_row_count_in_a_daily_average(database: Database) -> None:
    balance(database, 1, "310.00")
    balance(database, 2, "620.00")
    balance(database, 2, "31.00")

    # (310.00 + 620.00 + 31.00) / 31 days of October = 31.00
    assert figures(database, measure(aggregate="daily")) == {MIN: Decimal(31)}


def test_each_row_counts_times_its_weight(database: Database) -> None:
    balance(database, 1, "1000.00", rate=Decimal("4.3500"))
    balance(database, 2, "1000.00", rate=Decimal("4.3500"))
    balance(database, 3, "500.50", rate=Decimal("0.2500"))
    balance(database, 4, "999.00")  # without a weight it counts nothing

    # 1000.00 x 4.35 + 1000.00 x 4.35 + 500.50 x 0.25 = 8700.00 + 125.125
    assert figures(database, measure(weight="rate")) == {MIN: Decimal("8825.125")}


def test_an_average_is_weighed(database: Database) -> None:
    balance(database, 1, "10.00", rate=Decimal(3))
    balance(database, 2, "20.00", rate=Decimal(1))

    # (10.00 x 3 + 20.00 x 1) / (3 + 1) = 12.50
    found = figures(database, measure(aggregate="average", weight="rate"))
    assert found == {MIN: Decimal("12.5")}


def test_a_length_of_time_weighs_in_hours(database: Database) -> None:
    balance(database, 1, "10.00", length=timedelta(minutes=90))

    assert figures(database, measure(weight="length")) == {MIN: Decimal(15)}


def test_shares_of_an_amount_add_up_to_it_exactly(database: Database) -> None:
    account = enter(database, "x_account", name="联合开发户")
    for person, share in ((MIN, "33.33"), (ZHOU, "33.33"), (QIAN, "33.34")):
        enter(
            database,
            "x_account_share",
            account=account,
            person=person,
            share=Decimal(share),
        )
    balance(database, 1, "100000000.01", account=account)
    balance(database, 2, "0.07", account=account)
    balance(database, 3, "5.00")  # of no account: its own person's, whole

    found = figures(database, measure(split=SPLIT))

    # 100,000,000.08 x 33.33 % = 33,330,000.026664; x 33.34 % = 33,340,000.026672
    assert found[MIN] == Decimal("33330005.026664")
    assert found[ZHOU] == Decimal("33330000.026664")
    assert found[QIAN] == Decimal("33340000.026672")
    assert sum(found.values(), Decimal(0)) == Decimal("100000005.08")


def test_money_is_conserved_when_a_split_changes(database: Database) -> None:
    account = enter(database, "x_account", name="联合开发户")
    balance(database, 1, "1234567.89", account=account)
    wanted = measure(aggregate="daily", split=SPLIT)
    alone = figures(database, wanted)
    for person, share in ((MIN, "70"), (ZHOU, "30")):
        enter(
            database,
            "x_account_share",
            account=account,
            person=person,
            share=Decimal(share),
        )

    together = figures(database, wanted)

    assert together.keys() == {MIN, ZHOU}
    whole = alone[MIN]
    # One division each, by 31 days; what is left is far below the tenth decimal.
    assert abs(sum(together.values(), -whole)) < Decimal("1e-15")


def test_a_share_holds_from_its_first_day_to_its_last(database: Database) -> None:
    account = enter(database, "x_account", name="移交户")
    for person, said in (
        (MIN, {"until": date(2026, 10, 10)}),
        (ZHOU, {"since": date(2026, 10, 11), "until": date(2026, 10, 20)}),
    ):
        enter(
            database,
            "x_account_share",
            account=account,
            person=person,
            share=Decimal(100),
            **said,
        )
    for day, yuan in ((10, "1.00"), (11, "20.00"), (20, "300.00"), (21, "4000.00")):
        balance(database, day, yuan, account=account, person=QIAN)

    split = SPLIT | {"since": "since", "until": "until"}

    assert figures(database, measure(split=split)) == {
        MIN: Decimal(1),
        ZHOU: Decimal(320),
        QIAN: Decimal(4000),  # nobody's share holds any more
    }


def test_only_shares_that_are_agreed_count_and_none_from_the_bin(
    database: Database,
) -> None:
    account = enter(database, "x_account", name="待定户")
    said = {"account": account, "person": ZHOU, "share": Decimal(40)}
    enter(database, "x_account_share", **said, agreed=False)
    thrown = enter(database, "x_account_share", **said)
    with database.write() as session:
        entries.bin_many(session, "x_account_share", [thrown], writer())
    balance(database, 1, "10.00", account=account)

    split = SPLIT | {"condition": "agreed"}

    assert figures(database, measure(split=split)) == {MIN: Decimal(10)}


def test_shares_count_while_what_is_shared_says_so(database: Database) -> None:
    account = enter(database, "x_account", name="待定户")
    said = {"account": account, "person": ZHOU, "share": Decimal(100)}
    enter(database, "x_account_share", **said)
    balance(database, 1, "10.00", account=account)
    wanted = measure(split=SPLIT | {"whole_when": "settled"})
    before = figures(database, wanted)

    with database.write() as session:
        entries.change(session, "x_account", account, {"settled": True}, writer())

    assert before == {MIN: Decimal(10)}
    assert figures(database, wanted) == {ZHOU: Decimal(10)}


def test_rows_behind_a_share_are_those_it_is_of(database: Database) -> None:
    account = enter(database, "x_account", name="联合开发户")
    for person in (MIN, ZHOU):
        enter(
            database,
            "x_account_share",
            account=account,
            person=person,
            share=Decimal(50),
        )
    shared = balance(database, 1, "10.00", account=account)
    own = balance(database, 2, "7.00")

    with database.read() as session:
        found = {
            person: [
                row["id"]
                for row in measures.rows_behind(
                    session, measure(split=SPLIT), OCTOBER, ZONE, person, SYSTEM
                )
            ]
            for person in (MIN, ZHOU)
        }

    assert found == {MIN: [shared, own], ZHOU: [shared]}


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"weight": "day"}, "weight"),
        ({"weight": "rate", "aggregate": "count"}, "weight"),
        ({"split": {"register": "x_account_share"}}, "split"),
        ({"split": SPLIT | {"color": "red"}}, "split"),
        ({"split": SPLIT | {"register": "nowhere"}}, "split"),
        ({"split": SPLIT | {"via": "balance"}}, "split"),
        ({"split": {k: v for k, v in SPLIT.items() if k != "via"}}, "split"),
        ({"split": SPLIT | {"person": "share"}}, "split"),
        ({"split": SPLIT | {"share": "loose"}}, "split"),  # may be left empty
        ({"split": SPLIT | {"condition": "nothing = 1"}}, "split"),
        ({"split": SPLIT | {"whole_when": "nothing = 1"}}, "split"),
        ({"split": SPLIT, "aggregate": "distinct"}, "split"),
        ({"split": SPLIT | {"since": "since"}, "date_field": "noted_at"}, "split"),
    ],
)
@pytest.mark.usefixtures("database")
def test_what_cannot_be_weighed_or_shared_is_told(
    said: dict[str, Any], column: str
) -> None:
    found = list(measure_checks.wrong_columns(measure(**said)))

    assert [name for name, _ in found] == [column]


@pytest.mark.usefixtures("database")
def test_what_can_be_weighed_and_shared_is_not_blamed() -> None:
    split = SPLIT | {"since": "since", "until": "until", "condition": "agreed"}

    wanted = measure(aggregate="daily", weight="rate", split=split)

    assert measure_checks.problems(wanted) == []
