"""What pay reads beyond the period: slips kept before, and who reports to whom."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked
from models.pay_inputs import STAFF_REGISTER
from models.pay_kept_values import read_value
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules.formula import Value
from models.rules.formula_units import EXACT
from models.rules.pay import LINE
from models.rules.periods import DateRange, Period, previous_period


def figures(
    session: Session, span: DateRange, name: str, back: int
) -> Mapping[int, Value]:
    """Return everybody's line of the run so many periods before, by one statement.

    As the slips keep it: what was paid later as a difference is not in. Of a slip with
    several stretches the quantities are added up. Nothing for what is no line.
    """
    if not isinstance(span, Period) or not name.startswith(LINE) or back < 1:
        return {}
    code = name.removeprefix(LINE)
    period = span
    for _ in range(back):
        period = previous_period(period)
    query = (
        select(PaySlip.staff_id, PayItemRow.result)
        .join(PayItemRow, PayItemRow.slip_id == PaySlip.id)
        .join(PayRun, PayRun.id == PaySlip.run_id)
        .where(
            PayRun.period == period.text,
            PayItemRow.result.is_not(None),
            or_(
                PayItemRow.code == code,
                PayItemRow.code.startswith(f"{code}.", autoescape=True),
            ),
        )
        .order_by(PayRun.scope.desc(), PayItemRow.position)
    )
    found: dict[int, Value] = {}
    for person, kept in session.execute(query):
        found[person] = _added(found.get(person), read_value(kept))
    return found


def _added(before: Value | None, value: Value) -> Value:
    if (
        before is None
        or before.unit != value.unit
        or not isinstance(before.content, Decimal)
        or not isinstance(value.content, Decimal)
    ):
        return value
    return Value(EXACT.add(before.content, value.content), value.unit)


def superiors(session: Session) -> Mapping[int, int | None]:
    """Return to whom everybody reports by name."""
    table = catalogue.current().table(STAFF_REGISTER)
    query = select(table.c.id, table.c.superior_id).where(table.c.binned_at.is_(None))
    found = session.execute(marked(query, STAFF_REGISTER))
    return {one.id: one.superior_id for one in found}
