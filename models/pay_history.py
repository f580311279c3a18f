"""What departments were paid, period by period, as far as a person may read slips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from models import pay_reading, references
from models.access import Person
from models.pay_tables import PayRun, PaySlip
from models.rules.periods import parse_period, previous_period
from models.words import Label

NOWHERE = Label("没有部门", "No department")
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Paid:
    """Sums of slips: `amounts` has one for each period and department there is."""

    periods: Sequence[str]  # the earliest first
    departments: Mapping[int, Label]  # 0: slips that name none
    amounts: Mapping[tuple[str, int], Decimal]

    def of_period(self, period: str) -> Decimal:
        """Return what all departments got in a period."""
        found = (self.amounts.get((period, one)) for one in self.departments)
        return sum((one for one in found if one is not None), _NOTHING)


def by_department(session: Session, person: Person, run: PayRun, count: int) -> Paid:
    """Return the sums of a run and of as many runs before it as were calculated.

    Slips in error have no sum and are left out. A department is the one that stands on
    the slip, wherever its owner works by now.

    Args:
        session: Any session; reading is enough.
        person: Whose slips they may read are counted.
        run: The last run.
        count: How many periods to look at, this one included.
    """
    texts = [run.period]
    while len(texts) < count:
        texts.append(previous_period(parse_period(texts[-1])).text)
    query = pay_reading.readable(person).join(PayRun, PayRun.id == PaySlip.run_id)
    query = query.where(PayRun.period.in_(texts), PayRun.scope == run.scope)
    columns = (PayRun.period, PaySlip.department_id, PaySlip.total)
    amounts: dict[tuple[str, int], Decimal] = {}
    for period, department, total in session.execute(
        query.with_only_columns(*columns, maintain_column_froms=True)
    ):
        key = (period, department or 0)
        if total is not None:
            amounts[key] = amounts.get(key, _NOTHING) + total
    names = references.labels(session, "department", {key for _, key in amounts if key})
    departments = {
        key: Label(names[key], names[key]) if key in names else NOWHERE
        for key in sorted({key for _, key in amounts}, key=lambda one: (not one, one))
    }
    found = {period for period, _ in amounts}
    return Paid([one for one in reversed(texts) if one in found], departments, amounts)
