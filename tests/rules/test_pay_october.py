"""October of the sample department, each slip with its arithmetic written out."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from models.rules.formula import MONEY_PER_HOUR, Value, hours, money, number, percent
from models.rules.pay import Scheme, calculate_slip
from tests.rules.pay_cases import ENGINEER, deduction, item, rule, scheme

MANAGER = scheme(
    rule("appraisal", "staff.performance * measure.score * 1%"),
    deduction("joint", "measure.subordinate_fines * 30%"),
)
DESK = scheme(
    rule("appraisal", "staff.performance * measure.score"),
    deduction("short_days", "measure.days_under_ten * 10元"),
)
SUPERVISION = scheme(
    rule("appraisal", "staff.performance * measure.score"),
    deduction("late_callbacks", "measure.late_callbacks * 5元"),
)


@dataclass(frozen=True)
class Case:
    """One person's month: what goes in, some lines, the slip's total."""

    who: str
    scheme: Scheme
    inputs: dict[str, Value]
    lines: dict[str, str]
    total: str


def engineer(
    approved: str, satisfied: str, fines: str = "0", late_reports: int = 0
) -> dict[str, Value]:
    return {
        "rate.hour": Value(Decimal("18.00"), MONEY_PER_HOUR),
        "measure.approved_hours": hours(approved),
        "measure.satisfied": percent(satisfied),
        "measure.valid_complaint_fines": money(fines),
        "measure.late_reports": number(late_reports),
    }


def appraised(base: int, score: Value, **counts: int) -> dict[str, Value]:
    return {
        "staff.performance": money(base),
        "measure.score": score,
        **{f"measure.{name}": number(count) for name, count in counts.items()},
    }


TWELVE = [
    Case(
        "engineer Zhou: a valid complaint and a late report",
        ENGINEER,
        engineer("132.5", "0.93", fines="500", late_reports=1),
        # 132.5 x 18.00 x 1 = 2,385.00 - 500.00 - 1 x 20.00
        {"hours_pay": "2385.00", "complaints": "500.00", "late_reports": "20.00"},
        "1865.00",
    ),
    Case(
        "engineer Wu: satisfied 95 % exactly",
        ENGINEER,
        engineer("118", "0.95"),
        {"hours_pay": "2336.40"},  # 118 x 18 = 2,124.00 x 1.10
        "2336.40",
    ),
    Case(
        "engineer Zheng: just under 95 %",
        ENGINEER,
        engineer("121.5", "0.9499"),
        {"hours_pay": "2187.00"},  # 121.5 x 18 x 1
        "2187.00",
    ),
    Case(
        "engineer Chen: 90 % exactly is not under 90 %",
        ENGINEER,
        engineer("96", "0.90"),
        {"hours_pay": "1728.00"},  # 96 x 18 x 1
        "1728.00",
    ),
    Case(
        "engineer Feng: under 90 %",
        ENGINEER,
        engineer("88", "0.8999"),
        {"hours_pay": "1425.60"},  # 88 x 18 = 1,584.00 x 0.90
        "1425.60",
    ),
    Case(
        "manager: 34 + 18 + 33 + 2 points, joint liability (S0-04-20)",
        MANAGER,
        appraised(3000, number(87)) | {"measure.subordinate_fines": money(500)},
        # 3,000 x 87 % = 2,610.00 - 500.00 x 30 % = 150.00
        {"appraisal": "2610.00", "joint": "150.00"},
        "2460.00",
    ),
    Case(
        "supervision: three late callbacks",
        SUPERVISION,
        appraised(1500, percent("0.88"), late_callbacks=3),
        # 1,500 x 88 % = 1,320.00 - 3 x 5.00
        {"appraisal": "1320.00", "late_callbacks": "15.00"},
        "1305.00",
    ),
    Case(
        "clerk A: one day under ten calls",
        DESK,
        appraised(1200, percent("0.92"), days_under_ten=1),
        # 1,200 x 92 % = 1,104.00 - 1 x 10.00
        {"appraisal": "1104.00", "short_days": "10.00"},
        "1094.00",
    ),
    Case(
        "clerk B: three days under ten calls",
        DESK,
        appraised(1200, percent("0.85"), days_under_ten=3),
        # 1,200 x 85 % = 1,020.00 - 3 x 10.00
        {"appraisal": "1020.00", "short_days": "30.00"},
        "990.00",
    ),
    Case(
        "hotline",
        DESK,
        appraised(1000, percent("0.90"), days_under_ten=0),
        {"appraisal": "900.00", "short_days": "0.00"},  # 1,000 x 90 %
        "900.00",
    ),
    Case(
        "storekeeper",
        DESK,
        appraised(800, percent("0.95"), days_under_ten=0),
        {"appraisal": "760.00"},  # 800 x 95 %
        "760.00",
    ),
    Case(
        "technical support",
        DESK,
        appraised(1200, percent("0.93"), days_under_ten=0),
        {"appraisal": "1116.00"},  # 1,200 x 93 %
        "1116.00",
    ),
]


@pytest.mark.parametrize("case", TWELVE, ids=lambda case: case.who)
def test_the_sample_october_comes_out_to_the_fen(case: Case) -> None:
    slip = calculate_slip(case.scheme, case.inputs)

    amounts = {code: str(item(slip, code).amount) for code in case.lines}
    assert amounts == case.lines
    assert str(slip.total) == case.total
    assert slip.errors == ()


def test_the_twelve_slips_come_to_the_departments_sum() -> None:
    slips = [calculate_slip(case.scheme, case.inputs) for case in TWELVE]

    totals = [slip.total for slip in slips if slip.total is not None]
    assert len(totals) == 12
    assert sum(totals) == Decimal("18167.00")
