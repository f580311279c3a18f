"""What the pages of pay share: their addresses, their gate, words for figures."""

from decimal import Decimal
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from admin import visit
from models import pay_error, pay_reading, payroll
from models.access import Action, Rows
from models.pay_tables import PayRun
from models.rules.pay_run import RunState

TONES = {
    RunState.DRAFT: "plain",
    RunState.CALCULATED: "info",
    RunState.REVIEWED: "info",
    RunState.APPROVED: "violet",
    RunState.LOCKED: "ok",
    RunState.PAID: "ok",
}


def gate() -> ResponseReturnValue | None:
    """Let in whoever may read slips: their own at least."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(pay_reading.SLIPS, Action.LIST):
        abort(403)
    return None


def sees_runs() -> bool:
    """Whether the person may read more slips than their own."""
    return visit.person().rows(pay_reading.SLIPS, Action.LIST) > Rows.OWN


def exports_runs() -> bool:
    """Whether the person may take the slips of more than themselves along."""
    return visit.person().rows(pay_reading.SLIPS, Action.EXPORT) > Rows.OWN


def may_open(run: PayRun, staff_id: int) -> None:
    """Refuse one's own slip before the run is locked, unless one sees the runs.

    Raises:
        PayError: The slips are not out yet.
    """
    is_out = RunState(run.state) in (RunState.LOCKED, RunState.PAID)
    if staff_id == visit.person().staff_id and not is_out and not sees_runs():
        raise pay_error.PayError(
            "{period} 还没有关账，工资条尚未公布。",
            "{period} is not locked yet; slips are not out.",
            period=run.period,
        )


def find(period: str) -> PayRun:
    """Return a period's run; PayError if there is none."""
    session: Session = visit.session()
    return payroll.find_run(session, period)


def yuan(amount: Decimal | None) -> str:
    """Return an amount with its thousands set apart; "" for none."""
    return "" if amount is None else f"{amount:,.2f}"


def state_pill(run: PayRun) -> dict[str, Any]:
    """Return where a run stands, with its colour."""
    state = RunState(run.state)
    return {"text": state.label.text(visit.language()), "tone": TONES[state]}
