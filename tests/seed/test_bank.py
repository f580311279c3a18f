"""The bank template: shares, limits of expenses, objections, grades, car subsidies."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models import catalogue, measures, stored
from models.database import Database
from models.entry_errors import (
    EntryRefusedError,
    NotAllowedError,
    StepRefusedError,
)
from models.rules.periods import parse_period
from tests.databases import Builder
from tests.seed.trade_house import ZONE, House, Worker, at, house_of

HEAD, BRANCH = "市行市场营销部", "江北支行"
ZHOU, CHEN, CHIEF, MARKET, HR, COMMITTEE, PRESIDENT, OFFICE = (
    *("Z1", "C1", "B1", "M1", "H1", "W1", "P1", "O1"),
)
WORKERS = {
    CHIEF: Worker("许行长", BRANCH, "支行长", "bank_branch_president"),
    ZHOU: Worker("周晓", BRANCH, "银行客户经理", "bank_account_manager"),
    CHEN: Worker("陈平", BRANCH, "关系经理", "bank_account_manager"),
    MARKET: Worker("马考核", HEAD, "市场营销部考核员", "bank_marketing"),
    HR: Worker("何人事", HEAD, "银行人力资源专员", "bank_hr"),
    COMMITTEE: Worker("魏评审", HEAD, "市行行长", "bank_committee"),
    PRESIDENT: Worker("卓行长", HEAD, "市行行长", "bank_president"),
    OFFICE: Worker("欧主任", HEAD, "市场营销部考核员", "bank_office"),
}
BUILD = house_of("bank", WORKERS)
QUARTER = date(2026, 7, 1)


@pytest.fixture
def house(prepared_database: Callable[[str, Builder], str]) -> Iterator[House]:
    database = Database(prepared_database("bank", BUILD))
    stored.know(database)
    yield House(database)
    database.dispose()
    catalogue.use()


def joint_loan(house: House, *shares: str) -> int:
    """Return a business won by two, with their shares in per cent."""
    values = {"name": "联合贷款", "kind": "loan", "origin": "joint"}
    business = house.create("bank_business", values, ZHOU)
    for login, share in zip((ZHOU, CHEN), shares, strict=False):
        part = {"business": business, "person": house.staff(login)}
        house.create("bank_split", {**part, "share": Decimal(share)}, ZHOU)
    return business


def average(house: House, code: str) -> dict[str, Any]:
    """Return a measure of the third quarter by login."""
    with house.database.read() as session:
        wanted = measures.by_code(session, [code])[code]
        found = measures.figures(session, wanted, parse_period("2026-Q3"), ZONE)
    logins = {house.staff(one): one for one in (ZHOU, CHEN)}
    return {logins[who]: value.content for who, value in found.items()}


def limit(house: House, yuan: str = "100000.00") -> int:
    """Return the limit of one account manager for the third quarter."""
    values = {
        "quarter_on": QUARTER,
        "person": house.staff(ZHOU),
        "computed_limit": Decimal(yuan),
    }
    return house.create("bank_expense_limit", values, MARKET, at("2026-09-30 16:00"))


def told(house: House, yuan: str = "100000.00") -> int:
    """Return a limit that its account manager was told of."""
    made = limit(house, yuan)
    house.take("bank_expense_limit", made, "send", MARKET)
    house.take("bank_expense_limit", made, "notify", MARKET)
    return made


def test_shares_count_once_the_head_office_has_confirmed_them(house: House) -> None:
    business = joint_loan(house, "60", "40")
    row = {"day": QUARTER, "account_no": "L1", "business": business, "days": 92}
    loan = {**row, "balance": Decimal(30_000_000), "rate": Decimal("4.7500")}
    house.create("bank_loan_day", loan, ZHOU)
    alone = average(house, "bank_loans")

    house.take("bank_business", business, "propose", CHIEF, {"reason": "各自贡献"})
    proposed = average(house, "bank_loans")
    house.take("bank_business", business, "confirm", MARKET)

    # 30,000,000 on each of 92 days; 60 % and 40 % of it
    assert alone == proposed == {ZHOU: 30_000_000}
    assert average(house, "bank_loans") == {ZHOU: 18_000_000, CHEN: 12_000_000}
    # the average times its rate: 18,000,000 x 4.75 and 12,000,000 x 4.75
    assert average(house, "bank_loan_interest") == {ZHOU: 85_500_000, CHEN: 57_000_000}


def test_shares_must_be_the_whole_before_they_are_sent(house: House) -> None:
    business = joint_loan(house, "60", "39.99")

    with pytest.raises(StepRefusedError):
        house.take("bank_business", business, "propose", CHIEF, {"reason": "各自贡献"})


def test_only_loans_of_the_named_grades_count(house: House) -> None:
    row = {
        "day": QUARTER,
        "account_manager": house.staff(ZHOU),
        "balance": Decimal(9_200_000),
        "rate": Decimal(5),
    }
    for account, grade, comes in (
        ("1", "normal", True),
        ("2", "special_mention", True),
        ("3", "substandard", True),
        ("4", "substandard", False),
        ("5", "doubtful", True),
        ("6", "loss", True),
    ):
        said = {"account_no": account, "grade": grade, "interest_comes": comes}
        house.create("bank_loan_day", row | said, ZHOU)

    # three of them, one day each: 3 x 9,200,000 / 92 days of the quarter
    assert average(house, "bank_loans") == {ZHOU: 300_000}


def test_limit_is_due_on_the_fifth_rolled_over_the_holiday(house: House) -> None:
    made = limit(house)

    # 5 October lies in the holiday; the 8th is the next workday.
    clock = house.clock("bank_expense_limit.sent", made)
    assert clock is not None
    assert clock.due_at == at("2026-10-08 17:30")


def test_limit_goes_from_reckoning_to_the_presidents_word(house: House) -> None:
    made = limit(house)
    house.take("bank_expense_limit", made, "send", MARKET)
    said = {"expense_limit": made, "change": Decimal("-10000.00"), "reason": "费用从紧"}
    adjustment = house.create("bank_adjustment", said, CHIEF)
    house.take("bank_expense_limit", made, "adjust", CHIEF, comment="见调整意见")
    house.take("bank_adjustment", adjustment, "take", MARKET)
    house.take("bank_expense_limit", made, "notify", MARKET)
    house.take("bank_expense_limit", made, "object", ZHOU, comment="新开三户")
    said = {"expense_limit": made, "reason": "新开三户，费用不够"}
    objection = house.create("bank_objection", said, ZHOU)
    house.take("bank_objection", objection, "submit", MARKET)
    with pytest.raises((NotAllowedError, StepRefusedError)):
        house.take("bank_objection", objection, "uphold", MARKET, {"granted": 1})
    granted = {"granted": Decimal("4000.03")}
    house.take("bank_objection", objection, "uphold", PRESIDENT, granted)
    house.take("bank_expense_limit", made, "decide", PRESIDENT, comment="同意增加")

    row = house.get("bank_expense_limit", made)
    # 100,000.00 - 10,000.00 + 4,000.03 = 94,000.03; 80 % = 75,200.024
    assert row["whole"] == Decimal("94000.03")
    assert row["own_limit"] == Decimal("75200.02")
    assert row["team_limit"] == Decimal("18800.01")
    assert row["status"] == "decided"


def test_claims_stay_within_the_own_limit_and_the_teams(house: House) -> None:
    made = told(house, "1000.00")
    house.take("bank_expense_limit", made, "accept", ZHOU)
    said = {"expense_limit": made, "purpose": "客户走访", "voucher": "F1"}
    house.create("bank_expense_claim", {**said, "amount": Decimal("800.00")}, ZHOU)

    one_fen = {**said, "amount": Decimal("0.01")}
    of_team = {**said, "purse": "team", "amount": Decimal("200.01")}
    with pytest.raises(EntryRefusedError, match="本人营销费用限额"):
        house.create("bank_expense_claim", one_fen, ZHOU)
    with pytest.raises(EntryRefusedError, match="团队营销费用"):
        house.create("bank_expense_claim", of_team, ZHOU)
    assert house.get("bank_expense_limit", made)["claimed"] == Decimal("800.00")


def test_grade_that_is_skipped_needs_a_reason(house: House) -> None:
    said = {"grade_asked": house.called("bank_grade", "客户经理一级"), "level_now": 1}
    made = house.create("bank_grade_application", said, ZHOU)
    opinion = {"initial_opinion": "同意"}

    with pytest.raises(StepRefusedError):
        house.take("bank_grade_application", made, "opine", CHIEF, opinion)
    house.change("bank_grade_application", made, {"exception": "特殊贡献"}, ZHOU)
    house.take("bank_grade_application", made, "opine", CHIEF, opinion)

    assert house.get("bank_grade_application", made)["one_step"] is False


def test_review_goes_to_the_committee_and_may_be_disputed(house: House) -> None:
    code = "bank_grade_application"
    grade = house.called("bank_grade", "客户经理二级")
    made = house.create(code, {"grade_asked": grade, "level_now": 1}, ZHOU)
    house.take(code, made, "opine", CHIEF, {"initial_opinion": "同意"})
    house.take(code, made, "assess", HR, {"joint_opinion": "同意"})
    house.take(code, made, "decide", COMMITTEE, {"grade_given": grade})
    house.take(code, made, "receive", ZHOU, when=at("2026-10-14 10:00"))
    said = {"application": made, "reason": "业绩未计入"}
    appeal = house.create("bank_appeal", said, ZHOU, at("2026-10-29 16:00"))

    # fifteen days from the day after the 14th: the 29th
    clock = house.clock("bank_appeal.asked", appeal)
    assert clock is not None
    assert clock.due_at == at("2026-10-29 17:30")
    assert clock.breached_at is None


def test_car_subsidy_stays_within_the_cap_from_the_next_month_on(house: House) -> None:
    cap = {"bank_grade": house.called("bank_grade", "高级客户经理三级")}
    house.change("staff", house.staff(ZHOU), cap, HR)
    said = {"car": "小轿车", "advertised": True, "subsidy": Decimal("300.01")}
    with pytest.raises(EntryRefusedError, match="上限"):
        house.create("bank_car", said, ZHOU)
    made = house.create("bank_car", {**said, "subsidy": Decimal("300.00")}, ZHOU)
    house.take("bank_car", made, "check", OFFICE)
    house.take("bank_car", made, "approve", PRESIDENT, when=at("2026-10-20 09:00"))

    early = {"subsidised_from": date(2026, 10, 31)}
    with pytest.raises(EntryRefusedError, match="次月"):
        house.change("bank_car", made, early, OFFICE)
    house.change("bank_car", made, {"subsidised_from": date(2026, 11, 1)}, OFFICE)


def test_account_managers_see_their_own_balances_only(house: House) -> None:
    row = {
        "day": QUARTER,
        "account_no": "C1",
        "account_manager": house.staff(ZHOU),
        "balance": Decimal(1000),
    }
    made = house.create("bank_deposit_day", row, ZHOU)

    assert house.seen("bank_deposit_day", ZHOU) == {made}
    assert house.seen("bank_deposit_day", CHEN) == set()
    assert house.seen("bank_deposit_day", CHIEF) == {made}
