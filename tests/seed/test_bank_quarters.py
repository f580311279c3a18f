"""Two quarters of the bank, from what is entered to the slips, worked out by hand."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

import pytest

from tests.databases import Builder
from tests.seed.bank_desk import (
    CHEN,
    CHIEF,
    HELPER,
    HR,
    MARKET,
    MIDDLE,
    NEW,
    OUTSIDE,
    PART,
    PRESIDENT,
    SPRING,
    SUMMER,
    YOUNG,
    ZHOU,
    Bank,
    opened,
)


@pytest.fixture
def bank(prepared_database: Callable[[str, Builder], str]) -> Iterator[Bank]:
    with opened(prepared_database) as found:
        yield found


def spring(bank: Bank) -> tuple[int, int]:
    """Enter the second quarter, of 91 days.

    Returns:
        The business that two share, and the first one's share.
    """
    business = {"name": "联合贷款", "kind": "loan", "origin": "joint"}
    joint = bank.create("bank_business", business, ZHOU)
    first = bank.part(joint, ZHOU, 60)
    bank.part(joint, CHEN, 40)
    bank.settle(joint)
    bank.lend(joint, SPRING, 91)
    bank.deposit(ZHOU, "corporate_demand", SPRING, 91, 30_000_000)
    bank.income(ZHOU, date(2026, 5, 20), "17999.55")
    bank.deposit(CHEN, "savings_time", SPRING, 91, 8_000_000)
    deal = {"done_on": date(2026, 6, 30), "amount": Decimal(3_000_000)}
    bank.enter("bank_discount", CHEN, **deal, rate=Decimal("3.10"), days=120)
    bank.deposit(CHIEF, "corporate_time", SPRING, 91, 220_000_000)
    bank.deposit(YOUNG, "corporate_demand", SPRING, 20, 9_100_000)
    bank.deposit(PART, "corporate_demand", SPRING, 91, 1_000_000)
    bank.income(PART, date(2026, 4, 30), "0.45")
    bank.deposit(OUTSIDE, "savings_demand", SPRING, 91, 20_000_000)
    engaged = {"bank_category": "part_time", "engaged_by": bank.staff(MARKET)}
    bank.change("staff", bank.staff(PART), engaged, MARKET)
    grades = {CHEN: "客户经理二级", YOUNG: "高级客户经理三级"}
    for login, name in grades.items():
        given = {"bank_grade": bank.called("bank_grade", name)}
        bank.change("staff", bank.staff(login), given, HR)
    return joint, first


def summer(bank: Bank, joint: int, earlier: int) -> None:
    """Enter the third quarter, of 92 days: shares, costs and a grade change in it."""
    bank.take("bank_business", joint, "change", MARKET, comment="行长参与营销")
    bank.change("bank_split", earlier, {"ends_on": date(2026, 8, 15)}, MARKET)
    bank.part(joint, ZHOU, 50, starts_on=MIDDLE)
    bank.part(joint, CHIEF, 10, starts_on=MIDDLE)
    bank.settle(joint)
    bank.lend(joint, SUMMER, 46)
    bank.lend(joint, MIDDLE, 46)
    bank.deposit(ZHOU, "corporate_demand", SUMMER, 92, 30_000_000)
    bank.deposit(CHIEF, "corporate_time", SUMMER, 92, 210_000_000)
    bank.deposit(YOUNG, "corporate_demand", SUMMER, 46, 8_000_000)
    bank.deposit(NEW, "corporate_demand", MIDDLE, 46, 20_000_000)
    bank.income(PART, date(2026, 9, 30), "160000.00")
    # The head office publishes a cost of 2.30 % and a ratio of 20 % from July on.
    bank.rate("bank_cost_demand", "0.0230")
    bank.rate("bank_linking_ratio", "0.20")
    lower = bank.called("bank_grade", "客户经理一级")
    change = {"new_bank_grade": lower, "effective_on": SUMMER}
    bank.create("staff_change", {"person": bank.staff(YOUNG), **change}, HR)


def limits(bank: Bank) -> None:
    """Lower the limit of one account manager; uphold the objection of another."""
    said = {"quarter_on": SUMMER, "computed_limit": Decimal(46350)}
    made = bank.create(
        "bank_expense_limit", {**said, "person": bank.staff(ZHOU)}, MARKET
    )
    bank.take("bank_expense_limit", made, "send", MARKET)
    values = {"expense_limit": made, "change": Decimal(-1350), "reason": "费用从紧"}
    lowered = bank.create("bank_adjustment", values, CHIEF)
    bank.take("bank_adjustment", lowered, "take", MARKET)
    made = bank.create(
        "bank_expense_limit",
        {**said, "person": bank.staff(CHEN), "computed_limit": Decimal(11700)},
        MARKET,
    )
    values = {"expense_limit": made, "reason": "新开三户"}
    objection = bank.create("bank_objection", values, CHEN)
    bank.take("bank_objection", objection, "submit", MARKET)
    granted = {"granted": Decimal("300.03")}
    bank.take("bank_objection", objection, "uphold", PRESIDENT, granted)


def told(slip: Mapping[str, str], *codes: str) -> list[str]:
    """Return some lines of a slip."""
    return [slip[one] for one in codes]


def graded(slips: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return who is paid as an account manager, by login."""
    return {login for login, slip in slips.items() if "performance_grade" in slip}


LINES = ("profit", "performance_grade", "quarter_bonus", "performance_pay", "total")
LIMIT = ("weighted", "limit", "whole_limit", "own_limit", "team_limit")


def test_first_quarter_is_paid_by_the_reviewed_grade(bank: Bank) -> None:
    spring(bank)
    slips = bank.slips("2026-Q2")

    assert graded(slips) == {ZHOU, CHEN, CHIEF, YOUNG, PART, OUTSIDE}
    assert slips[HELPER]["total"] == "0.00"
    # Of 60,000,000 x (4.70 % - 3.20 %) / 4 = 225,000.00 Zhou has 60 %, 135,000.00, and
    # Chen 40 %, 90,000.00. Zhou: 30,000,000 x 2.00 % / 4 = 150,000.00; with the income
    # 302,999.55, grade 3. Base 3 x 3,000: bonus x 0.4, and by level 1 pay x 0.6.
    assert told(slips[ZHOU], *LINES) == [
        *("302999.55", "3", "3600.00", "5400.00", "9000.00"),
    ]
    # Chen: 8,000,000 x 1.40 % / 4 = 28,000.00 and 3,000,000 x (3.10 % - 2.70 %) x 120
    # / 360 = 4,000.00; together 122,000.00, grade 2. Base 10,500: x 0.2; level 2: x 0.8
    assert told(slips[CHEN], *LINES) == [
        *("122000.00", "2", "2100.00", "8400.00", "10500.00"),
    ]
    # The president: 220,000,000 x 1.40 % / 4 = 770,000.00, grade 5. Base 15,000: x 0.8
    # and, with no reviewed grade, x 0.6.
    assert told(slips[CHIEF], *LINES) == [
        *("770000.00", "5", "12000.00", "9000.00", "21000.00"),
    ]
    # A new branch, left out: 9,100,000 x 20 days / 91 = 2,000,000; x 2 % / 4 =
    # 10,000.00, but level 4 of the review. Base 12,000: x 0.6 and x 1.2.
    assert told(slips[YOUNG], *LINES) == [
        *("10000.00", "4", "7200.00", "14400.00", "21600.00"),
    ]
    # Part-time: 1,000,000 x 2 % / 4 + 0.45, grade 1: no bonus, no performance pay.
    assert told(slips[PART], *LINES) == ["5000.45", "1", "0.00", "0.00", "0.00"]
    # Outside: 20,000,000 x 2 % / 4 = 100,000.00, grade 2: 6,000 x 0.2.
    assert told(slips[OUTSIDE], *LINES) == [
        *("100000.00", "2", "1200.00", "0.00", "1200.00"),
    ]


def test_limits_share_out_the_pool_by_the_profits_that_are_appraised(
    bank: Bank,
) -> None:
    spring(bank)
    slips = bank.slips("2026-Q2")

    # 302,999.55 + 122,000.00 + 770,000.00 + 5,000.45 = 1,200,000.00; the new branch and
    # who is outside are left out. 300,000.00 / 1,200,000.00 = 0.25
    ratios = {one["linking_ratio"] for one in slips.values() if "linking_ratio" in one}
    assert ratios == {"0.25"}
    # 150,000 x 1.2 + 135,000 + 17,999.55 = 332,999.55; x 0.25 = 83,249.8875, less 3,600
    # and 9,000 x 1.0 of the next quarter 70,649.8875; 80 % of 70,649.89 = 56,519.912
    assert told(slips[ZHOU], *LIMIT) == [
        *("332999.55", "70649.89", "70649.89", "56519.91", "14129.98"),
    ]
    # Savings, loans and discount count once: 30,500 - 2,100 - 8,400
    assert told(slips[CHEN], *LIMIT) == [
        *("122000.00", "20000.00", "20000.00", "16000.00", "4000.00"),
    ]
    # 200 x 1.2 + 20 x 0.6 = 252 of 220 million: 770,000 x 252 / 220 = 882,000; x 0.25 =
    # 220,500 - 12,000 - 15,000 x 1.4
    assert told(slips[CHIEF], *LIMIT) == [
        *("882000.00", "187500.00", "187500.00", "150000.00", "37500.00"),
    ]
    # 12,000 x 0.25 = 3,000 is less than 7,200 + 14,400: no limit
    assert told(slips[YOUNG], *LIMIT)[1:] == ["0.00", "0.00", "0.00", "0.00"]
    # 5,000 x 1.2 + 0.45 = 6,000.45; x 0.25 = 1,500.1125; 80 % of 1,500.11 = 1,200.088
    assert told(slips[PART], *LIMIT) == [
        *("6000.45", "1500.11", "1500.11", "1200.09", "300.02"),
    ]
    # 25,000 - 1,200
    assert told(slips[OUTSIDE], *LIMIT) == [
        *("100000.00", "23800.00", "23800.00", "19040.00", "4760.00"),
    ]


def test_second_quarter_pays_the_first_ones_grade(bank: Bank) -> None:
    joint, first = spring(bank)
    bank.slips("2026-Q2")
    bank.lock("2026-Q2")
    summer(bank, joint, first)
    slips = bank.slips("2026-Q3")

    assert graded(slips) == {ZHOU, CHEN, CHIEF, NEW, YOUNG, PART, OUTSIDE}
    # The loan: Zhou 60 % and 50 % of 46 days each, 33,000,000 x 1.5 % / 4 = 123,750.00;
    # 30,000,000 x (2.30 % - 0.40 %) / 4 = 142,500.00. The spring's grade 3: 9,000 x 1.0
    assert told(slips[ZHOU], *LINES) == [
        *("266250.00", "3", "3600.00", "9000.00", "12600.00"),
    ]
    # 40 % all along, 90,000.00: grade 1 now; grade 2 of the spring: 10,500 x 0.8
    assert told(slips[CHEN], *LINES) == [
        *("90000.00", "1", "0.00", "8400.00", "8400.00"),
    ]
    # 10 % of 46 days: 3,000,000 x 1.5 % / 4 = 11,250.00; 210,000,000 x 1.4 % / 4 =
    # 735,000.00; grade 5 both times: 15,000 x 0.8 and x 1.4
    assert told(slips[CHIEF], *LINES) == [
        *("746250.00", "5", "12000.00", "21000.00", "33000.00"),
    ]
    # 46 of 92 days: 20,000,000 x 1.9 % / 4 / 2 = 47,500.00, at the pace of a quarter
    # 95,000.00: grade 1. Base 4,500; no earlier quarter and no reviewed grade: x 0.6
    assert told(slips[NEW], *LINES) == [
        *("47500.00", "1", "0.00", "2700.00", "2700.00"),
    ]
    # 8,000,000 of 46 days: 4,000,000 x 1.9 % / 4 = 19,000.00. Lowered to level 3 from
    # July on: 12,000 x 0.4; the spring's level 4 is still paid: 12,000 x 1.2
    assert told(slips[YOUNG], *LINES) == [
        *("19000.00", "3", "4800.00", "14400.00", "19200.00"),
    ]
    assert told(slips[PART], *LINES) == [
        *("160000.00", "2", "1800.00", "0.00", "1800.00"),
    ]
    assert told(slips[OUTSIDE], *LINES) == ["0.00", "1", "0.00", "0.00", "0.00"]
    # Nothing that was entered in the summer moves a line of the spring, and the staff
    # file may follow the change of the grade whenever it does.
    assert not [code for one in slips.values() for code in one if "2026-Q2" in code]
    lower = {"bank_grade": bank.called("bank_grade", "客户经理一级")}
    bank.change("staff", bank.staff(YOUNG), lower, HR)
    assert bank.slips("2026-Q3") == slips


def test_limits_follow_what_was_lowered_and_granted(bank: Bank) -> None:
    joint, first = spring(bank)
    bank.slips("2026-Q2")
    summer(bank, joint, first)
    before = bank.slips("2026-Q3")
    limits(bank)
    slips = bank.slips("2026-Q3")

    # 142,500 x 1.2 + 123,750 = 294,750 x 20 % = 58,950 - 3,600 - 9,000 = 46,350
    assert told(before[ZHOU], "limit", "whole_limit") == ["46350.00", "46350.00"]
    # 46,350 - 1,350 = 45,000
    assert told(slips[ZHOU], *LIMIT) == [
        *("294750.00", "46350.00", "45000.00", "36000.00", "9000.00"),
    ]
    # 90,000 x 20 % - 10,500 x 0.6 = 11,700; + 300.03 = 12,000.03; 80 % = 9,600.024
    assert told(slips[CHEN], *LIMIT) == [
        *("90000.00", "11700.00", "12000.03", "9600.02", "2400.01"),
    ]
    # 735,000 x (240 + 6) / 210 = 861,000 + 11,250 = 872,250 x 20 % - 12,000 - 21,000
    assert told(slips[CHIEF], *LIMIT) == [
        *("872250.00", "141450.00", "141450.00", "113160.00", "28290.00"),
    ]
    # 47,500 x 1.2 = 57,000 x 20 % = 11,400 - 4,500 x 0.6
    assert told(slips[NEW], *LIMIT) == [
        *("57000.00", "8700.00", "8700.00", "6960.00", "1740.00"),
    ]
    # 160,000 x 20 % - 1,800
    assert told(slips[PART], *LIMIT) == [
        *("160000.00", "30200.00", "30200.00", "24160.00", "6040.00"),
    ]
