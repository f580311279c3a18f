"""What locked periods come to now, against what was paid for them.

A run reckons the locked periods before it once more, with the schemes, rates and tables
of that time, and pays what came out otherwise. What was paid for a line is its amount
as it was locked and every difference that a locked run has paid since. Amounts count as
they change the pay: a deduction is below zero.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.pay_people import Payee
from models.pay_reckoning import reckoned
from models.pay_retention import is_cleared
from models.pay_run_tables import PayDifference
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules.pay import LineKind, PayItem
from models.rules.pay_run import SETTLED
from models.rules.periods import parse_period, previous_period

Key = tuple[int, str]
"""A person's id and the code of a line."""
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose slip it is, in the words that stand on it."""

    staff_id: int
    staff_number: str
    name: str
    department_id: int | None
    post: str
    scheme: str
    scheme_version: int


@dataclass(slots=True)
class Again:
    """One locked period as it was paid, and as it comes out now."""

    run: PayRun
    people: dict[int, Whom] = field(default_factory=dict)
    items: dict[Key, PayItem] = field(default_factory=dict)  # as they are now
    failed: list[tuple[Whom, PayItem]] = field(default_factory=list)
    found: list[PayDifference] = field(default_factory=list)


def compared(
    session: Session, run: PayRun, zone: ZoneInfo, periods_back: int
) -> list[Again]:
    """Reckon the locked periods before a run again; the earliest comes first.

    The differences found belong to the run and are not saved here. Those that it found
    before do not count: they are found anew.
    """
    return [
        _compared(session, run, locked, zone)
        for locked in locked_before(session, run, periods_back)
    ]


def locked_before(session: Session, run: PayRun, periods_back: int) -> list[PayRun]:
    """Return the locked runs of so many periods before one, the earliest first.

    Without those whose slips are not kept any more: nobody knows what they paid.
    """
    period = parse_period(run.period)
    texts = []
    for _ in range(periods_back):
        period = previous_period(period)
        texts.append(period.text)
    query = select(PayRun).where(
        PayRun.scope == run.scope,
        PayRun.period.in_(texts),
        PayRun.state.in_([one.value for one in SETTLED]),
    )
    found = session.scalars(query.order_by(PayRun.period))
    return [one for one in found if not is_cleared(session, one)]


def _compared(session: Session, run: PayRun, locked: PayRun, zone: ZoneInfo) -> Again:
    again = Again(locked, _people(session, locked))
    now: dict[Key, Decimal] = {}
    for payee, slip in reckoned(session, locked.period, zone, locked.scope):
        whom = again.people.setdefault(payee.staff["id"], _whom(payee))
        for item in slip.items:
            key = (whom.staff_id, item.code)
            again.items[key] = item
            if item.error is not None:
                again.failed.append((whom, item))
            else:
                now[key] = signed(item.kind, item.amount)
    paid = paid_lines(session, locked)
    settled = settled_lines(session, locked, run)
    mistaken = {(whom.staff_id, item.code) for whom, item in again.failed}
    names = _names(session, locked)
    for key in sorted((now.keys() | paid.keys() | settled.keys()) - mistaken):
        before, since = paid.get(key, NOTHING), settled.get(key, NOTHING)
        is_now = now.get(key, NOTHING)
        if is_now != before + since:
            label = again.items[key].label if key in again.items else None
            zh, en = (label.zh, label.en) if label else names[key]
            whom = again.people[key[0]]
            again.found.append(
                PayDifference(
                    run_id=run.id,
                    of_run_id=locked.id,
                    period=locked.period,
                    staff_id=whom.staff_id,
                    staff_number=whom.staff_number,
                    name=whom.name,
                    code=key[1],
                    name_zh=zh,
                    name_en=en,
                    locked=before,
                    settled=since,
                    now=is_now,
                    amount=is_now - before - since,
                    causes=[],
                    more_causes=0,
                )
            )
    return again


def signed(kind: LineKind, amount: Decimal | None) -> Decimal:
    """Return what a line adds to the pay: nothing for information."""
    if amount is None or kind is LineKind.INFORMATION:
        return NOTHING
    return -amount if kind is LineKind.DEDUCTION else amount


def paid_lines(
    session: Session, run: PayRun, people: Collection[int] | None = None
) -> dict[Key, Decimal]:
    """Return what each line of a run's own period added to each person's pay.

    The differences it paid for other periods are not among them.
    """
    query = (
        select(PaySlip.staff_id, PayItemRow.code, PayItemRow.kind, PayItemRow.amount)
        .join(PayItemRow, PayItemRow.slip_id == PaySlip.id)
        .where(
            PaySlip.run_id == run.id,
            PayItemRow.of_period.is_(None),
            PayItemRow.kind != LineKind.INFORMATION.value,
        )
    )
    if people is not None:
        query = query.where(PaySlip.staff_id.in_(people))
    return {
        (staff, code): signed(LineKind(kind), amount)
        for staff, code, kind, amount in session.execute(query)
    }


def settled_lines(session: Session, locked: PayRun, but: PayRun) -> dict[Key, Decimal]:
    """Return what other locked runs have paid since for each line of a period."""
    amount = func.sum(PayDifference.amount)
    query = (
        select(PayDifference.staff_id, PayDifference.code, amount)
        .where(
            PayDifference.of_run_id == locked.id,
            PayDifference.run_id != but.id,
            PayDifference.number.is_not(None),
        )
        .group_by(PayDifference.staff_id, PayDifference.code)
    )
    return {(staff, code): total for staff, code, total in session.execute(query)}


def of_run(session: Session, run: PayRun) -> list[PayDifference]:
    """Return the differences that a run pays, by period and person."""
    query = select(PayDifference).where(PayDifference.run_id == run.id)
    order = (PayDifference.period, PayDifference.staff_number, PayDifference.code)
    return list(session.scalars(query.order_by(*order, PayDifference.id)))


def _people(session: Session, run: PayRun) -> dict[int, Whom]:
    columns = (
        PaySlip.staff_id,
        PaySlip.staff_number,
        PaySlip.name,
        PaySlip.department_id,
        PaySlip.post,
        PaySlip.scheme,
        PaySlip.scheme_version,
    )
    query = select(*columns).where(PaySlip.run_id == run.id)
    return {row[0]: Whom(*row) for row in session.execute(query)}


def _whom(payee: Payee) -> Whom:
    staff = payee.staff
    return Whom(
        staff["id"],
        staff["staff_number"],
        staff["name"],
        staff["department"],
        payee.post,
        payee.scheme.code,
        payee.scheme.version,
    )


def _names(session: Session, run: PayRun) -> dict[Key, tuple[str, str]]:
    """Return what the lines are called of which something was paid."""
    columns = (
        PaySlip.staff_id,
        PayItemRow.code,
        PayItemRow.name_zh,
        PayItemRow.name_en,
    )
    kept = (
        select(*columns)
        .join(PayItemRow, PayItemRow.slip_id == PaySlip.id)
        .where(PaySlip.run_id == run.id, PayItemRow.of_period.is_(None))
    )
    settled = select(
        PayDifference.staff_id,
        PayDifference.code,
        PayDifference.name_zh,
        PayDifference.name_en,
    ).where(PayDifference.of_run_id == run.id)
    return {
        (staff, code): (zh, en)
        for query in (settled, kept)
        for staff, code, zh, en in session.execute(query)
    }
