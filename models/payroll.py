"""Pay runs: reckon every slip of a month or quarter, and what locked ones lack.

Calculating twice gives the same, and tells what changed since the last time. Signing is
in `pay_signing.py`, comparing with locked periods in `pay_differences.py`.
"""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import (
    pay_causes,
    pay_changes,
    pay_differences,
    pay_settings,
    pay_settling,
    pay_signing,
    pay_slips,
)
from models.collecting import collector_resting
from models.history import ChangeEvent, Writer
from models.pay_checks import Unmet
from models.pay_error import PayError
from models.pay_reckoning import reckoned
from models.pay_run_tables import PayDifference
from models.pay_signing import rights_of
from models.pay_tables import PayRun, PaySlip
from models.rules.pay_run import RunState
from models.rules.periods import Period, PeriodKind, parse_period

__all__ = [
    "calculate",
    "find_run",
    "is_calculated",
    "rights_of",
    "run_period",
    "sign",
]
KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER)


def run_period(text: str) -> Period:
    """Read the period of a run; PayError for anything but a month or a quarter."""
    found = parse_period(text)
    if found.kind not in KINDS:
        raise PayError(
            "绩效按月或按季度核算，请写 2026-10 或 2026-Q4；“{text}”不是。",
            "Pay is reckoned by month or quarter: write 2026-10 or 2026-Q4, not"
            " “{text}”.",
            text=text,
        )
    return found


def find_run(session: Session, period: str, scope: int = 0) -> PayRun:
    """Return a period's run; PayError if it has not been begun."""
    run = _run(session, run_period(period).text, scope)
    if run is None:
        raise PayError(
            "{period} 还没有开始绩效核算，请先核算。",
            "There is no pay run for {period}. Calculate it first.",
            period=period,
        )
    return run


def is_calculated(session: Session, period: str, scope: int = 0) -> bool:
    """Whether a period was calculated before, so that again can be compared."""
    run = _run(session, run_period(period).text, scope)
    return run is not None and run.calculated_at is not None


def calculate(session: Session, period: str, writer: Writer, scope: int = 0) -> PayRun:
    """Reckon all slips of a period anew; a run that is signed already is refused.

    Raises:
        RunStateError: The run is past *calculated*, or the writer may not.
        PayError: There is nobody to pay.
    """
    with collector_resting():
        return _calculate(session, run_period(period), writer, scope)


def _calculate(session: Session, span: Period, writer: Writer, scope: int) -> PayRun:
    run = _open(session, span.text, scope)
    is_first = RunState(run.state) is RunState.DRAFT
    # From here on whoever calculates or signs the same run waits for the end of this.
    pay_signing.sign(session, run, "calculate", writer)
    before = pay_changes.lines(session, run)
    run.read_to = session.scalar(select(func.max(ChangeEvent.id))) or 0
    found = reckoned(session, span.text, writer.zone, scope)
    if not found:
        raise PayError(
            "{period} 没有可核算的人员：请检查绩效方案的岗位和生效日期。",
            "Nobody is to be paid for {period}: check the schemes' posts and dates.",
            period=span.text,
        )
    compared = _differences(session, run, writer)
    _clear(session, run)
    slips = pay_settling.with_differences(found, compared)
    written = pay_slips.write(session, run, slips)
    session.add_all(one for again in compared for one in again.found)
    run.errors, run.total = written.errors, written.total
    run.calculated_at = writer.now
    session.flush()
    if not is_first:
        after = pay_changes.lines(session, run)
        session.add_all(pay_changes.changes(run, writer.now, before, after))
        session.flush()
    return run


def sign(
    session: Session,
    period: str,
    action: str,
    writer: Writer,
    scope: int = 0,
    *,
    remark: str = "",
    unmet: Sequence[Unmet] = (),
) -> PayRun:
    """Move a run by an action that is not calculating; see `pay_signing.sign`."""
    run = find_run(session, period, scope)
    pay_signing.sign(session, run, action, writer, remark, unmet)
    return run


def _differences(
    session: Session, run: PayRun, writer: Writer
) -> list[pay_differences.Again]:
    """Return what locked periods come to now, each difference with what caused it."""
    back = pay_settings.read(session).periods_back
    found = pay_differences.compared(session, run, writer.zone, back)
    for again in found:
        pay_causes.explain(session, again, writer.zone)
    return found


def _clear(session: Session, run: PayRun) -> None:
    """Take away the slips and differences that were calculated before."""
    session.execute(delete(PaySlip).where(PaySlip.run_id == run.id))
    session.execute(delete(PayDifference).where(PayDifference.run_id == run.id))
    session.flush()


def _open(session: Session, period: str, scope: int) -> PayRun:
    """Return the run of a period, begun if it was not; also if others begin it too."""
    run = _run(session, period, scope)
    if run is not None:
        return run
    run = PayRun(period=period, scope=scope, state=RunState.DRAFT.value, errors=0)
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        begun = _run(session, period, scope)
        if begun is None:
            raise
        return begun
    return run


def _run(session: Session, period: str, scope: int) -> PayRun | None:
    query = select(PayRun).where(PayRun.period == period, PayRun.scope == scope)
    return session.scalar(query)
