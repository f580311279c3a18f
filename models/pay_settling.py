"""Paying differences: their lines on slips, and once and never twice at locking."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.pay_differences import (
    NOTHING,
    Again,
    Key,
    Whom,
    of_run,
    paid_lines,
    settled_lines,
)
from models.pay_run_tables import PayDifference
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules.formula import MONEY, Value
from models.rules.pay import LineKind, PayItem
from models.rules.pay_run import SETTLED, RunState, RunStateError
from models.words import Label

_LONGEST = 80  # signs of a line's name


def add_lines(run: PayRun, slips: list[PaySlip], compared: Iterable[Again]) -> None:
    """Put every difference on its person's slip.

    Whoever is paid nothing else by this run gets a slip of differences alone, such as
    somebody who has left.
    """
    by_person = {one.staff_id: one for one in slips}
    for again in compared:
        for one in again.found:
            slip = _slip(run, again.people[one.staff_id], by_person, slips)
            _add(slip, _line(slip, one))
        for whom, item in again.failed:
            slip = _slip(run, whom, by_person, slips)
            _add(slip, _mistaken(slip, again.run.period, item))


def _slip(
    run: PayRun, whom: Whom, by_person: dict[int, PaySlip], slips: list[PaySlip]
) -> PaySlip:
    found = by_person.get(whom.staff_id)
    if found is None:
        found = PaySlip(
            run_id=run.id,
            staff_id=whom.staff_id,
            staff_number=whom.staff_number,
            name=whom.name,
            department_id=whom.department_id,
            post=whom.post,
            scheme=whom.scheme,
            scheme_version=whom.scheme_version,
            earnings=NOTHING,
            deductions=NOTHING,
            total=NOTHING,
            errors=0,
            items=[],
        )
        by_person[whom.staff_id] = found
        slips.append(found)
    return found


def _add(slip: PaySlip, line: PayItemRow) -> None:
    slip.items.append(line)
    if line.amount is None:
        slip.errors += 1
        slip.earnings = slip.deductions = slip.total = None
    elif slip.earnings is not None and slip.deductions is not None:
        if line.kind == LineKind.EARNING.value:
            slip.earnings += line.amount
        else:
            slip.deductions += line.amount
        slip.total = slip.earnings - slip.deductions


def _line(slip: PaySlip, one: PayDifference) -> PayItemRow:
    """Return a difference as a line, which says in words what it rests on."""
    now, locked, settled = (
        _written(each) for each in (one.now, one.locked, one.settled)
    )
    if one.amount > 0:
        kind, formula = LineKind.EARNING, f"{now} - {locked} - {settled}"
    else:
        kind, formula = LineKind.DEDUCTION, f"{locked} + {settled} - {now}"
    row = _row(slip, one.period, one.code, one.label, kind, formula)
    row.amount = abs(one.amount)
    shown = Value(row.amount, MONEY)
    row.shown_zh, row.shown_en = shown.text("zh"), shown.text("en")
    row.why_zh = [
        f"{one.period} 关账时 {one.locked} 元，此后已结 {one.settled} 元",
        f"现在核算为 {one.now} 元",
        f"{formula} = {row.amount} 元",
    ]
    row.why_en = [
        f"{one.period}: {one.locked} yuan when locked, {one.settled} settled since",
        f"It comes to {one.now} yuan now",
        f"{formula} = {row.amount} yuan",
    ]
    return row


def _mistaken(slip: PaySlip, period: str, item: PayItem) -> PayItemRow:
    """Return the line of a locked period that cannot be reckoned any more."""
    row = _row(slip, period, item.code, item.label, item.kind, item.formula)
    row.why_zh, row.why_en = list(item.why("zh")), list(item.why("en"))
    error = item.error
    row.error_zh = error.label.zh if error else None
    row.error_en = error.label.en if error else None
    return row


def _row(
    slip: PaySlip, period: str, code: str, label: Label, kind: LineKind, formula: str
) -> PayItemRow:
    return PayItemRow(
        position=len(slip.items),
        code=f"{period}.{code}",
        name_zh=f"{period} 差额：{label.zh}"[:_LONGEST],
        name_en=f"{period} difference: {label.en}"[:_LONGEST],
        kind=kind.value,
        formula=formula,
        applies=True,
        inputs={},
        why_zh=[],
        why_en=[],
        shown_zh="",
        shown_en="",
        clause="",
        of_period=period,
        of_code=code,
    )


def _written(amount: Decimal) -> str:
    """Return an amount as formulas have it."""
    return f"{amount}元" if amount >= 0 else f"(-{-amount}元)"


def settle(session: Session, run: PayRun) -> None:
    """Count the differences of a run as paid, in the transaction that locks it.

    Whoever locks another run that pays the same ones waits here, and is then refused:
    what was paid meanwhile is not what this run was calculated with.

    Raises:
        RunStateError: A locked period, or what was paid for it, is not any more as it
            was when the run was calculated.
    """
    found = of_run(session, run)
    for locked in _held(session, {one.of_run_id for one in found}):
        mine = [one for one in found if one.of_run_id == locked.id]
        people = {one.staff_id for one in mine}
        paid = paid_lines(session, locked, people)
        settled = settled_lines(session, locked, run)
        numbers = _numbers(session, locked)
        for one in mine:
            key = (one.staff_id, one.code)
            is_same = (
                RunState(locked.state) in SETTLED
                and paid.get(key, NOTHING) == one.locked
                and settled.get(key, NOTHING) == one.settled
            )
            if not is_same:
                raise _stale(locked, one)
            one.number = numbers.get(key, 0) + 1
    session.flush()


def release(session: Session, run: PayRun) -> None:
    """Count the differences of a run as not paid, when it is unlocked."""
    session.execute(
        update(PayDifference).where(PayDifference.run_id == run.id).values(number=None)
    )


def _held(session: Session, ids: Iterable[int]) -> Sequence[PayRun]:
    """Return runs as they are now, held until the transaction ends."""
    query = (
        select(PayRun)
        .where(PayRun.id.in_(sorted(ids)))
        .order_by(PayRun.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _numbers(session: Session, locked: PayRun) -> Mapping[Key, int]:
    """Return how many differences of each line have been paid, in the last's number."""
    highest = func.max(PayDifference.number)
    query = (
        select(PayDifference.staff_id, PayDifference.code, highest)
        .where(PayDifference.of_run_id == locked.id)
        .group_by(PayDifference.staff_id, PayDifference.code)
    )
    return {(staff, code): last or 0 for staff, code, last in session.execute(query)}


def _stale(locked: PayRun, one: PayDifference) -> RunStateError:
    return RunStateError(
        f"{locked.period} 的差额（{one.name}，{one.name_zh}）在核算之后已有变动，"
        "可能已由另一次核算结清。请退回后重新核算。",
        f"The difference of {locked.period} ({one.name}, {one.name_en}) has moved since"
        " this run was calculated; another run may have paid it. Send the run back and"
        " calculate again.",
    )
