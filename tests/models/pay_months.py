"""A desk paid by the call, over some months: 2.50 yuan a call, people come and go."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from models import entries, pay_differences, payroll
from models.access import Person
from models.database import Database
from models.history import Writer
from models.pay_run_tables import PayDifference
from models.pay_tables import PayRate, PayRun, PaySlip
from models.rules.pay_run import RunState
from tests.company import ZONE
from tests.models.test_payroll import PAYER

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "机器报警",
    "result": "pending",
}
SEPTEMBER, OCTOBER, NOVEMBER = "2026-09", "2026-10", "2026-11"


def at(text: str) -> datetime:
    """Return an instant of the desk's zone, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def by(text: str, person: Person = PAYER) -> Writer:
    """Return somebody as whoever writes at a time of the desk's zone."""
    return Writer(person, at(text), ZONE)


def other(name: str) -> Person:
    """Return somebody else with every right to move runs."""
    return Person(name=name, grants=PAYER.grants)


def die_in(url: str, period: str, action: str, say: Callable[[str], None]) -> None:
    """Do all that a move does, but be killed before it is committed."""
    writer = by("2026-12-05 12:00", other("同意人"))
    with Database(url).write() as session:
        if action == "calculate":
            payroll.calculate(session, period, writer)
        else:
            payroll.sign(session, period, action, writer)
        session.flush()
        say("all is written")
        os.kill(os.getpid(), signal.SIGKILL)


class Months:
    """Calls, runs and what they pay."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self.database = database

    def call(self, on: str, staff: int = 2, now: str | None = None) -> int:
        """Take a call down; at a later time if one is given."""
        values = CALL | {"received_at": at(f"{on} 10:00"), "first_asked": staff}
        with self.database.write() as session:
            writer = by(now or f"{on} 10:05")
            return entries.create(session, "call_log", values, writer)

    def change(self, register: str, key: int, now: str, **values: object) -> None:
        """Change an entry in the panel."""
        with self.database.write() as session:
            entries.change(session, register, key, values, by(now))

    def calculate(self, period: str, now: str) -> dict[str, Decimal | None]:
        """Calculate a run; return {staff number: total}."""
        with self.database.write() as session:
            payroll.calculate(session, period, by(now))
        return self.totals(period)

    def sign(self, period: str, now: str, *actions: str) -> None:
        """Sign a run."""
        for action in actions:
            with self.database.write() as session:
                payroll.sign(session, period, action, by(now))

    def lock(self, period: str, now: str) -> None:
        """Sign and lock a run that is calculated."""
        self.sign(period, now, "review", "approve", "lock")

    def unlock(self, period: str, now: str) -> None:
        """Unlock a run: two people, one reason."""
        with self.database.write() as session:
            asks = by(now, other("申请人"))
            payroll.sign(session, period, "ask_unlock", asks, remark="单价录错")
        with self.database.write() as session:
            payroll.sign(session, period, "unlock", by(now, other("同意人")))

    def pay(self, period: str, now: str) -> dict[str, Decimal | None]:
        """Calculate and lock a run."""
        totals = self.calculate(period, now)
        self.lock(period, now)
        return totals

    def totals(self, period: str) -> dict[str, Decimal | None]:
        """Return what each slip of a run comes to."""
        return {one.staff_number: one.total for one in self.slips(period)}

    def slips(self, period: str) -> list[PaySlip]:
        """Return the slips of a run."""
        with self.database.read() as session:
            run = payroll.find_run(session, period)
            query = select(PaySlip).where(PaySlip.run_id == run.id)
            return list(session.scalars(query.order_by(PaySlip.staff_number)))

    def slip(self, period: str, number: str = "A02") -> PaySlip:
        """Return one person's slip."""
        return next(one for one in self.slips(period) if one.staff_number == number)

    def differences(self, period: str) -> list[PayDifference]:
        """Return the differences that a run pays."""
        with self.database.read() as session:
            return pay_differences.of_run(session, payroll.find_run(session, period))

    def state(self, period: str) -> RunState:
        """Return where a run stands."""
        with self.database.read() as session:
            return RunState(payroll.find_run(session, period).state)

    def paid(self, number: str = "A02") -> Decimal:
        """Return all that locked runs have paid somebody."""
        settled = [one.value for one in (RunState.LOCKED, RunState.PAID)]
        query = (
            select(PaySlip.total)
            .join(PayRun, PayRun.id == PaySlip.run_id)
            .where(PayRun.state.in_(settled), PaySlip.staff_number == number)
        )
        with self.database.read() as session:
            return sum(
                (one or Decimal(0) for one in session.scalars(query)), Decimal(0)
            )

    def rate(self, value: str, starts_on: date) -> None:
        """Set the rate of a call from a day on."""
        with self.database.write() as session:
            session.add(
                PayRate(
                    code="call",
                    name_zh="每个来电",
                    name_en="A call",
                    unit="money",
                    value=value,
                    starts_on=starts_on,
                )
            )
