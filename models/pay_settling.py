"""Paying differences: their lines on slips, and once and never twice at locking."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from models.pay_people import Payee
from models.pay_run_tables import PayDifference
from models.pay_slips import Line, SlipRow, Unread, slip_row
from models.pay_tables import PayRun
from models.rules.formula import MONEY, Value
from models.rules.pay import LineKind, PayItem, Slip
from models.rules.pay_run import SETTLED, RunState, RunStateError
from models.words import Label

_LONGEST = 80  # signs of a line's name


def with_differences(
    found: Iterable[tuple[Payee, Slip]], compared: Iterable[Again]
) -> Iterator[SlipRow]:
    """Yield the slips as they are kept, with every difference on its person's.

    Whoever is paid nothing else by this run gets a slip of differences alone, such as
    somebody who has left.
    """
    whose: dict[int, Whom] = {}
    owed: dict[int, list[Line]] = defaultdict(list)
    for again in compared:
        for one in again.found:
            whose[one.staff_id] = again.people[one.staff_id]
            owed[one.staff_id].append(_line(one))
        for whom, item in again.failed:
            whose[whom.staff_id] = whom
            owed[whom.staff_id].append(_mistaken(again.run.period, item))
    unread = Unread()
    for payee, slip in found:
        row = slip_row(payee, slip, unread)
        yield _added(row, owed.pop(row.staff_id, ()))
    for staff_id, lines in owed.items():
        yield _added(_slip(whose[staff_id]), lines)


def _slip(whom: Whom) -> SlipRow:
    return SlipRow(
        whom.staff_id,
        whom.staff_number,
        whom.name,
        whom.department_id,
        whom.post,
        whom.scheme,
        whom.scheme_version,
        earnings=NOTHING,
        deductions=NOTHING,
        total=NOTHING,
        errors=0,
        items=[],
    )


def _added(slip: SlipRow, lines: Iterable[Line]) -> SlipRow:
    """Put lines on a slip, which comes to as much more or less."""
    for line in lines:
        slip.items.append(line._replace(position=len(slip.items)))
        amount = line.amount
        if amount is None:
            slip.errors += 1
            slip.earnings = slip.deductions = slip.total = None
        elif slip.earnings is not None and slip.deductions is not None:
            if line.kind == LineKind.EARNING.value:
                slip.earnings += amount
            else:
                slip.deductions += amount
            slip.total = slip.earnings - slip.deductions
    return slip


def _line(one: PayDifference) -> Line:
    """Return a difference as a line, which says in words what it rests on."""
    now, locked, settled = (
        _written(each) for each in (one.now, one.locked, one.settled)
    )
    if one.amount > 0:
        kind, formula = LineKind.EARNING, f"{now} - {locked} - {settled}"
    else:
        kind, formula = LineKind.DEDUCTION, f"{locked} + {settled} - {now}"
    amount = abs(one.amount)
    shown = Value(amount, MONEY)
    return _row(one.period, one.code, one.label, kind, formula)._replace(
        amount=amount,
        shown_zh=shown.text("zh"),
        shown_en=shown.text("en"),
        why_zh=[
            f"{one.period} 关账时 {one.locked} 元，此后已结 {one.settled} 元",
            f"现在核算为 {one.now} 元",
            f"{formula} = {amount} 元",
        ],
        why_en=[
            f"{one.period}: {one.locked} yuan when locked, {one.settled} settled since",
            f"It comes to {one.now} yuan now",
            f"{formula} = {amount} yuan",
        ],
    )


def _mistaken(period: str, item: PayItem) -> Line:
    """Return the line of a locked period that cannot be reckoned any more."""
    error = item.error
    return _row(period, item.code, item.label, item.kind, item.formula)._replace(
        why_zh=item.why("zh"),
        why_en=item.why("en"),
        error_zh=error.label.zh if error else None,
        error_en=error.label.en if error else None,
    )


def _row(period: str, code: str, label: Label, kind: LineKind, formula: str) -> Line:
    return Line(
        position=0,  # of its slip, which is not known yet
        code=f"{period}.{code}",
        name_zh=f"{period} 差额：{label.zh}"[:_LONGEST],
        name_en=f"{period} difference: {label.en}"[:_LONGEST],
        kind=kind.value,
        formula=formula,
        condition=None,
        cap=None,
        floor=None,
        first_on=None,
        last_on=None,
        applies=True,
        inputs={},
        unread=None,
        result=None,
        why_zh=(),
        why_en=(),
        shown_zh="",
        shown_en="",
        amount=None,
        bound=None,
        error_zh=None,
        error_en=None,
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
