"""A process killed in the middle of a move of a run: it was made whole or not at all.

Killed at any moment, hundreds of times, it is in tests/soak/test_pay_months.py.
"""

import signal
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import payroll
from models.database import Database
from models.pay_run_tables import PayDifference, PayKeptSlip
from models.pay_tables import PayRun, PaySlip
from models.rules.pay_run import RunState
from tests.databases import Builder
from tests.models.pay_months import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    Months,
    by,
    die_in,
    other,
)
from tests.models.test_payroll import build_pay
from tests.soak.killing import Life


@pytest.fixture
def months(prepared_database: Callable[[str, Builder], str]) -> Iterator[Months]:
    """September is locked and has a late call since; October is about to be paid."""
    opened = Database(prepared_database("pay", build_pay))
    found = Months(opened)
    found.call("2026-09-10")
    found.pay(SEPTEMBER, "2026-10-05 09:00")
    found.call("2026-09-11", now="2026-10-06 09:00")
    yield found
    opened.dispose()


def killed_in(months: Months, action: str) -> None:
    life = Life(die_in, months.database.url, OCTOBER, action)
    said = list(life.words())
    life.process.join()
    assert said == ["all is written"]
    assert life.process.exitcode == -signal.SIGKILL
    life.forget()


def numbered(months: Months) -> int:
    """Return how many differences count as paid."""
    with months.database.read() as session:
        return session.scalars(select(func.count(PayDifference.number))).one()


def test_killed_while_calculating_leaves_what_was_calculated_before(
    months: Months,
) -> None:
    before = months.calculate(OCTOBER, "2026-11-02 09:00")
    months.call("2026-10-20", now="2026-11-02 10:00")

    killed_in(months, "calculate")

    assert months.totals(OCTOBER) == before
    assert months.pay(OCTOBER, "2026-11-03 09:00")["A02"] == Decimal("12.50")
    assert months.paid() == Decimal("15.00")


def test_killed_in_the_first_calculation_leaves_nothing_begun(months: Months) -> None:
    killed_in(months, "calculate")

    with months.database.read() as session:
        runs = {one.id: one.period for one in session.scalars(select(PayRun))}
        slips = set(session.scalars(select(PaySlip.run_id)))
    assert list(runs.values()) == [SEPTEMBER]
    assert slips == set(runs)
    assert months.pay(OCTOBER, "2026-11-03 09:00")["A02"] == Decimal("10.00")


def test_killed_while_locking_has_paid_nothing(months: Months) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")
    months.sign(OCTOBER, "2026-11-02 10:00", "review", "approve")

    killed_in(months, "lock")

    assert months.state(OCTOBER) is RunState.APPROVED
    assert numbered(months) == 0
    months.sign(OCTOBER, "2026-11-02 11:00", "lock")
    assert numbered(months) == 1
    months.pay(NOVEMBER, "2026-12-05 09:00")
    assert months.differences(NOVEMBER) == []
    assert months.paid() == Decimal("12.50")


def test_killed_while_unlocking_leaves_the_month_locked(months: Months) -> None:
    months.pay(OCTOBER, "2026-11-02 09:00")
    asks = by("2026-11-03 09:00", other("申请人"))
    with months.database.write() as session:
        payroll.sign(session, OCTOBER, "ask_unlock", asks, remark="单价录错")

    killed_in(months, "unlock")

    assert months.state(OCTOBER) is RunState.LOCKED
    assert numbered(months) == 1
    with months.database.read() as session:
        assert session.scalars(select(PayKeptSlip)).all() == []
    months.unlock(OCTOBER, "2026-11-04 09:00")
    months.pay(OCTOBER, "2026-11-05 09:00")
    months.pay(NOVEMBER, "2026-12-05 09:00")
    assert months.paid() == Decimal("12.50")
