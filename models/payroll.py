"""The monthly pay run: reckon every slip, sign it step by step, lock it, explain it.

Calculating twice gives the same. Every move of a run is guarded by the state it starts
from, so that two people at once or a second start of the same job change nothing twice.
"""

from decimal import Decimal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.access import Action, Person
from models.history import Writer
from models.pay_error import PayError
from models.pay_people import payees
from models.pay_reckoning import reckon, slip_row
from models.pay_tables import PayRun, PaySignature, PaySlip
from models.rules import pay_run
from models.rules.pay_run import RunState, RunStateError
from models.rules.periods import parse_period


def rights_of(person: Person) -> frozenset[str]:
    """Return the words of the rights to move runs that a person has."""
    return frozenset(
        right for right in pay_run.RIGHTS if person.may(right, Action.APPROVE)
    )


def find_run(session: Session, period: str, scope: int = 0) -> PayRun:
    """Return a period's run; PayError if it has not been begun."""
    run = session.scalar(
        select(PayRun).where(
            PayRun.period == parse_period(period).text, PayRun.scope == scope
        )
    )
    if run is None:
        raise PayError(
            "{period} 还没有开始绩效核算，请先核算。",
            "There is no pay run for {period}. Calculate it first.",
            period=period,
        )
    return run


def calculate(session: Session, period: str, writer: Writer, scope: int = 0) -> PayRun:
    """Reckon all slips of a period anew; a run that is signed already is refused.

    Raises:
        RunStateError: The run is past *calculated*, or the writer may not.
        PayError: There is nobody to pay.
    """
    span = parse_period(period)
    run = _open(session, span.text, scope)
    _move(session, run, "calculate", writer)
    found = payees(session, span, scope)
    if not found:
        raise PayError(
            "{period} 没有可核算的人员：请检查绩效方案的岗位和生效日期。",
            "Nobody is to be paid for {period}: check the schemes' posts and dates.",
            period=period,
        )
    session.execute(delete(PaySlip).where(PaySlip.run_id == run.id))
    session.flush()
    slips = [
        slip_row(run, payee, slip)
        for payee, slip in reckon(session, found, span, writer.zone)
    ]
    session.add_all(slips)
    run.calculated_at = writer.now
    run.errors = sum(one.errors for one in slips)
    totals = [one.total for one in slips]
    run.total = (
        None
        if any(one is None for one in totals)
        else sum((one for one in totals if one is not None), Decimal(0))
    )
    session.flush()
    return run


def sign(
    session: Session, period: str, action: str, writer: Writer, scope: int = 0
) -> PayRun:
    """Move a run by an action: review, approve, lock, pay, send_back, unlock."""
    run = find_run(session, period, scope)
    _move(session, run, action, writer)
    return run


def _open(session: Session, period: str, scope: int) -> PayRun:
    run = session.scalar(
        select(PayRun).where(PayRun.period == period, PayRun.scope == scope)
    )
    if run is None:
        run = PayRun(period=period, scope=scope, state=RunState.DRAFT.value, errors=0)
        session.add(run)
        session.flush()
    return run


def _move(session: Session, run: PayRun, action: str, writer: Writer) -> None:
    """Move a run and sign it; nothing is moved twice, whoever comes as well."""
    source = RunState(run.state)
    target = pay_run.move(source, action, rights_of(writer.person), run.errors)
    guarded = (
        update(PayRun)
        .where(PayRun.id == run.id, PayRun.state == source.value)
        .values(state=target.value)
    )
    if session.execute(guarded).rowcount != 1:  # type: ignore[attr-defined]  # of an UPDATE
        raise RunStateError(
            "这次核算刚被别人处理过，请刷新后再看。",
            "Somebody else has just moved this run. Reload and look again.",
        )
    session.refresh(run)
    session.add(
        PaySignature(
            run_id=run.id,
            at=writer.now,
            staff_id=writer.person.staff_id,
            by_name=writer.person.name,
            action=action,
            source=source.value,
            target=target.value,
        )
    )
