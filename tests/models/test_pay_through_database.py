"""What holds of every month whatever was written: tried on the databases themselves."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from models import pay_people, pay_reckoning, payroll
from models.database import Database
from models.pay_tables import PayItemRow, PayRuleRow, PayRun, PayScheme, PaySlip
from models.rules import pay
from models.rules.periods import parse_period
from tests.company import ZONE
from tests.databases import Builder
from tests.models.pay_months import OCTOBER, Months
from tests.models.test_payroll import build_pay

STAFF = (2, 3, 4)
POOL = Decimal("1000.01")
RULES = (
    ("calls_pay", "measure.calls * rate.call / 3", "earning"),
    ("pool", f"share({POOL}元, measure.calls)", "earning"),
    ("weight", "measure.calls / 7", "information"),
    ("prize", "rank_award(line.weight, [150.55元, 100元])", "earning"),
    ("fine", "line.weight * 3.33元", "deduction"),
    ("joint", "subordinates(line.fine) * 30%", "deduction"),
)
SIGNS = {"earning": 1, "deduction": -1, "information": 0}


@pytest.fixture(params=[1, 2], ids="chance {}".format)
def months(
    prepared_database: Callable[[str, Builder], str], request: Any
) -> Iterator[Months]:
    """A month of calls by chance, whose rules stand in an order by chance."""
    chance = Random(request.param)  # noqa: S311 - calls for a trial, no secret
    opened = Database(prepared_database("pay", build_pay))
    found = Months(opened)
    for _ in range(chance.randrange(3, 9)):
        day = chance.randrange(1, 31)
        found.call(f"2026-10-{day:02}", chance.choice(STAFF))
    order = list(RULES)
    chance.shuffle(order)
    with opened.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules.clear()
        session.flush()
        scheme.rules = [
            PayRuleRow(
                position=place,
                code=code,
                name_zh=code,
                name_en=code,
                kind=kind,
                formula=formula,
            )
            for place, (code, formula, kind) in enumerate(order)
        ]
    yield found
    opened.dispose()


def amounts(months: Months) -> dict[tuple[int, str], Decimal | None]:
    query = select(PaySlip.staff_id, PayItemRow.code, PayItemRow.amount)
    query = query.join(PayItemRow, PayItemRow.slip_id == PaySlip.id)
    with months.database.read() as session:
        return {(row[0], row[1]): row[2] for row in session.execute(query)}


def test_slip_is_the_sum_of_its_lines_and_the_run_of_its_slips(months: Months) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")

    slips = months.slips(OCTOBER)
    for slip in slips:
        lines = [SIGNS[it.kind] * it.amount for it in slip.items if it.amount]
        assert slip.errors == 0
        assert slip.total == sum(lines, Decimal(0))
    with months.database.read() as session:
        run = session.scalars(select(PayRun)).one()
    assert run.total == sum((one.total or Decimal(0) for one in slips), Decimal(0))


def test_calculating_again_changes_nothing(months: Months) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")
    first = amounts(months)

    months.calculate(OCTOBER, "2026-11-02 10:00")

    assert amounts(months) == first
    with months.database.read() as session:
        run = payroll.find_run(session, OCTOBER)
        assert run.errors == 0


def test_order_of_people_changes_nothing(months: Months) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")
    month = parse_period(OCTOBER)

    with months.database.read() as session:
        people = pay_people.payees(session, month)[::-1]
        turned = list(pay_reckoning.reckon(session, people, month, ZONE))

    def said(slip: pay.Slip) -> dict[str, Decimal | None]:
        return {one.code: one.amount for one in slip.items}

    found = {
        (payee.staff["id"], code): amount
        for payee, slip in turned
        for code, amount in said(slip).items()
    }
    assert found == amounts(months)


def test_pool_is_given_out_whole_however_the_calls_are_split(months: Months) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")
    call = months.call("2026-10-31", 2)
    months.change("call_log", call, "2026-11-02 09:30", first_asked=4)

    months.calculate(OCTOBER, "2026-11-02 10:00")

    given = [amount for (_, code), amount in amounts(months).items() if code == "pool"]
    assert sum((one or Decimal(0) for one in given), Decimal(0)) == POOL
