"""Months closed by two processes at once and killed anywhere: every call paid once."""

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import pay_settings
from models.database import Database
from models.pay_run_tables import PayDifference
from models.pay_settings import MOST_BACK, PaySettings
from models.pay_tables import PayRun, PaySignature, PaySlip
from models.rules.pay_run import SETTLED, RunState
from models.rules.periods import Period
from tests.databases import Builder
from tests.models.pay_months import Months
from tests.models.test_payroll import build_pay
from tests.soak.killing import until_killed
from tests.soak.labour import first_open

pytestmark = pytest.mark.soak
KILLS = 60  # of each of the two
CALL = Decimal("2.50")
OUTSIDE = "outside"


def killed_again_and_again(url: str, name: str, said: list[str]) -> None:
    chance = Random(name)  # noqa: S311 - when to kill, not a secret
    for _ in range(KILLS):
        said += until_killed("close months", url, chance.uniform(0.05, 0.8))


def test_months_closed_by_two_and_killed_anywhere_pay_every_call_once(
    prepared_database: Callable[[str, Builder], str],
) -> None:
    url = prepared_database("pay", build_pay)
    look_far_back(url)
    said: list[str] = []
    workers = [
        Thread(target=killed_again_and_again, args=(url, name, said))
        for name in ("甲", "乙")
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    database = Database(url)
    last = closed(Months(database))
    with database.read() as session:
        calls, paid = taken_by(session, last), paid_to(session)
        signed = Counter(session.scalars(select(PaySignature.action)))
        runs = session.scalars(select(func.count()).select_from(PayRun)).one()
        found = session.scalars(select(PayDifference)).all()
    database.dispose()

    outside = [one for one in found if OUTSIDE in map(origin, one.causes)]
    sys.stdout.write(
        f"\n{2 * KILLS} kills, {len(said)} moves, {runs} months, {calls} calls,"
        f" {signed['unlock']} unlocked, {len(found)} differences,"
        f" {len(outside)} by another program\n"
    )
    assert len(said) >= 2 * KILLS
    assert signed["lock"] == runs + signed["unlock"]
    assert signed["unlock"]
    assert outside
    assert paid == {staff: CALL * count for staff, count in calls.items()}


def origin(cause: dict[str, Any]) -> str | None:
    found: str | None = cause.get("origin")
    return found


def taken_by(session: Session, last: Period) -> dict[int, int]:
    """Return who took how many calls of the months that are paid."""
    query = (
        "SELECT first_asked_id, count(*) FROM call_log"
        " WHERE received_at BETWEEN :first AND :end GROUP BY first_asked_id"
    )
    span = {"first": "2026-01-01 00:00:00", "end": f"{last.end} 00:00:00"}
    return {row[0]: row[1] for row in session.execute(text(query), span)}


def paid_to(session: Session) -> dict[int, Decimal]:
    """Return what all locked runs together paid to whom."""
    query = (
        select(PaySlip.staff_id, func.sum(PaySlip.total))
        .join(PayRun, PayRun.id == PaySlip.run_id)
        .where(PayRun.state.in_([one.value for one in SETTLED]))
        .group_by(PaySlip.staff_id)
    )
    return {staff: total for staff, total in session.execute(query) if total}


def look_far_back(url: str) -> None:
    """Let runs look at a year: one process may close many months while another waits.

    What it then takes down is as late as that.
    """
    database = Database(url)
    with database.write() as session:
        pay_settings.put(session, PaySettings(periods_back=MOST_BACK))
    database.dispose()


def closed(months: Months) -> Period:
    """Lock the months that were begun, and on until nothing more is owed."""
    while True:
        with months.database.read() as session:
            period, state = first_open(session)
        now = f"{period.end} 09:00"
        if state in (RunState.REVIEWED, RunState.APPROVED):
            months.sign(period.text, now, "send_back")
        months.pay(period.text, now)
        if state is RunState.DRAFT and not months.differences(period.text):
            return period
