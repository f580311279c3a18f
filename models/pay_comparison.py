"""Two states of many people's pay beside each other: who has what more or less.

A deduction counts below zero here, so that the changes of a person's lines add up to
the change of what is paid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pay_people import Payee
from models.pay_tables import PayRun, PaySlip
from models.rules import pay
from models.rules.pay import LineKind
from models.rules.periods import parse_period, previous_period
from models.words import Label

ZERO = Decimal("0.00")
Line = tuple[str, Label]
"""A line's code and what it is called; two schemes may call different things alike."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What one person gets; `total` is None while a line is in error."""

    staff_id: int
    number: str
    name: str
    department_id: int | None
    total: Decimal | None
    lines: Mapping[Line, Decimal | None]


@dataclass(frozen=True, slots=True)
class Changed:
    """A line before and after; None where there is none, or it is in error."""

    label: Label
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal:
        """After less before; what is not there counts as nothing."""
        return (self.after or ZERO) - (self.before or ZERO)


@dataclass(frozen=True, slots=True)
class Difference:
    """One person before and after, with the lines that are not the same."""

    who: Paid
    total: Changed
    lines: tuple[Changed, ...]


_TOTAL = Label("实发绩效", "paid")


def kept(slips: Iterable[PaySlip]) -> list[Paid]:
    """Return what slips of a run say."""
    return [
        Paid(
            one.staff_id,
            one.staff_number,
            one.name,
            one.department_id,
            one.total,
            {
                (item.code, item.label): _signed(LineKind(item.kind), item.amount)
                for item in one.items
                if item.kind != LineKind.INFORMATION.value
            },
        )
        for one in slips
    ]


def reckoned(slips: Iterable[tuple[Payee, pay.Slip]]) -> list[Paid]:
    """Return what slips say that were reckoned and not kept."""
    return [
        Paid(
            payee.staff["id"],
            payee.staff["staff_number"],
            payee.staff["name"],
            payee.staff["department"],
            one.total,
            {
                (item.code, item.label): _signed(item.kind, item.amount)
                for item in one.items
                if item.kind is not LineKind.INFORMATION
            },
        )
        for payee, one in slips
    ]


def _signed(kind: LineKind, amount: Decimal | None) -> Decimal | None:
    if amount is None:
        return None
    return -amount if kind is LineKind.DEDUCTION and amount else amount


def compare(before: Iterable[Paid], after: Iterable[Paid]) -> list[Difference]:
    """Return whoever differs, by staff number; who is on one side only as well."""
    was = {one.staff_id: one for one in before}
    now = {one.staff_id: one for one in after}
    people = sorted(
        (now | {key: it for key, it in was.items() if key not in now}).values(),
        key=lambda one: (one.number, one.staff_id),
    )
    found = (_difference(was.get(it.staff_id), now.get(it.staff_id)) for it in people)
    return [one for one in found if one is not None]


def _difference(was: Paid | None, now: Paid | None) -> Difference | None:
    who = now or was
    if who is None:
        return None
    old: Mapping[Line, Decimal | None] = was.lines if was else {}
    new: Mapping[Line, Decimal | None] = now.lines if now else {}
    lines = tuple(
        Changed(line[1], old.get(line), new.get(line))
        for line in dict.fromkeys((*old, *new))
        if (old.get(line) or ZERO) != (new.get(line) or ZERO)
        or (line in old and line in new and old[line] != new[line])
    )
    total = Changed(_TOTAL, was.total if was else None, now.total if now else None)
    if not lines and total.before == total.after:
        return None
    return Difference(who, total, lines)


def run_before(session: Session, run: PayRun) -> PayRun | None:
    """Return the run of the period before, of the same people; None without one."""
    period = previous_period(parse_period(run.period)).text
    query = select(PayRun).where(PayRun.period == period, PayRun.scope == run.scope)
    return session.scalar(query)
