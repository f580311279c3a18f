"""Several people calculate, sign and lock at the same moment: nothing is done twice."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import payroll
from models.database import Database
from models.pay_tables import PayRun, PaySignature, PaySlip
from models.rules.pay_run import RunState
from models.words import PersonError
from tests.databases import Builder
from tests.models.pay_months import NOVEMBER, OCTOBER, SEPTEMBER, Months, by
from tests.models.test_many_writers import all_at_once
from tests.models.test_payroll import build_pay

PEOPLE = 6


@pytest.fixture
def months(prepared_database: Callable[[str, Builder], str]) -> Iterator[Months]:
    opened = Database(prepared_database("pay", build_pay))
    yield Months(opened)
    opened.dispose()


def told(failed: list[BaseException]) -> list[PersonError]:
    """Return the failures, all of which were told to people."""
    found = [one for one in failed if isinstance(one, PersonError)]
    assert len(found) == len(failed), failed
    return found


def signed(months: Months, period: str, action: str) -> int:
    query = (
        select(func.count())
        .select_from(PaySignature)
        .join(PayRun, PayRun.id == PaySignature.run_id)
        .where(PayRun.period == period, PaySignature.action == action)
    )
    with months.database.read() as session:
        return session.scalars(query).one()


def test_month_begun_by_many_at_once_has_one_run_and_one_slip_each(
    months: Months,
) -> None:
    def calculate(_: int) -> None:
        with months.database.write() as session:
            payroll.calculate(session, OCTOBER, by("2026-11-02 09:00"))

    failed = all_at_once(PEOPLE, calculate)

    assert failed == []
    with months.database.read() as session:
        runs = session.scalars(select(PayRun)).all()
        slips = session.scalars(select(func.count()).select_from(PaySlip)).one()
    assert len(runs) == 1
    assert slips == len(months.totals(OCTOBER))
    assert months.totals(OCTOBER)["A02"] == Decimal("7.50")


def test_month_locked_by_many_at_once_is_locked_once(months: Months) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")
    months.sign(OCTOBER, "2026-11-02 10:00", "review", "approve")

    failed = all_at_once(
        PEOPLE, lambda _: months.sign(OCTOBER, "2026-11-02 11:00", "lock")
    )

    assert len(told(failed)) == PEOPLE - 1
    assert signed(months, OCTOBER, "lock") == 1


def test_month_calculated_while_it_is_locked_is_one_or_the_other(
    months: Months,
) -> None:
    months.calculate(OCTOBER, "2026-11-02 09:00")
    months.sign(OCTOBER, "2026-11-02 10:00", "review", "approve")

    def work(number: int) -> None:
        if number % 2:
            months.sign(OCTOBER, "2026-11-02 11:00", "lock")
        else:
            months.calculate(OCTOBER, "2026-11-02 11:00")

    failed = all_at_once(PEOPLE, work)

    assert len(told(failed)) == PEOPLE - 1
    assert months.state(OCTOBER) is RunState.LOCKED
    assert months.paid() == Decimal("7.50")


def test_one_difference_in_two_runs_locked_at_once_is_paid_once(
    months: Months,
) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    for period in (OCTOBER, NOVEMBER):
        months.calculate(period, "2026-12-05 09:00")
        months.sign(period, "2026-12-05 10:00", "review", "approve")

    periods = (OCTOBER, NOVEMBER)
    failed = all_at_once(
        2, lambda number: months.sign(periods[number], "2026-12-05 11:00", "lock")
    )

    (refused,) = told(failed)
    assert "重新核算" in refused.text("zh")
    # September: two calls; October: three, if October was the one that was locked.
    is_october = months.state(OCTOBER) is RunState.LOCKED
    assert months.paid() == Decimal("12.50" if is_october else "5.00")


def test_run_unlocked_by_two_at_once_is_unlocked_once(months: Months) -> None:
    months.pay(OCTOBER, "2026-11-02 09:00")

    failed = all_at_once(2, lambda _: months.unlock(OCTOBER, "2026-11-03 09:00"))

    told(failed)
    assert months.state(OCTOBER) is RunState.CALCULATED
    assert signed(months, OCTOBER, "unlock") == 1
