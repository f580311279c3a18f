"""What pay formulas read: measures, rates, a person's fields; their names and words.

`measure.<code>`, `rate.<code>`, `staff.<field>`; a slip's own lines are `line.<code>`.
"""

from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, computing
from models.measures import Measure
from models.pay_tables import PayRate
from models.preparing import Row
from models.rules.formula import UNITS, Value
from models.rules.periods import DateRange
from models.words import Label

MEASURE, STAFF, RATE = "measure.", "staff.", "rate."
STAFF_REGISTER = "staff"


def rates_at(session: Session, span: DateRange) -> dict[str, Value]:
    """Return the rates in force on the period's last day, by name."""
    query = (
        select(PayRate).where(PayRate.starts_on < span.end).order_by(PayRate.starts_on)
    )
    return {
        RATE + one.code: Value(Decimal(one.value), UNITS[one.unit])
        for one in session.scalars(query)
    }


def attributes(staff: Row, zone: ZoneInfo, names: Iterable[str]) -> dict[str, Value]:
    """Return what formulas read of a person: fields of the staff register."""
    declared = catalogue.current()[STAFF_REGISTER]
    found = {}
    for name in names:
        field = name.removeprefix(STAFF)
        if name.startswith(STAFF) and declared.has(field):
            unit = computing.unit_of(declared.field(field))
            found[name] = computing.value_of(unit, staff.get(field), zone)
    return found


def labels_of(session: Session, names: Iterable[str]) -> dict[str, Label]:
    """Return what people call the inputs of formulas, as far as they are known.

    A rate that has been dropped, or a field that has gone, has no words any more.
    """
    wanted = set(names)
    declared = catalogue.current()[STAFF_REGISTER]
    found = {STAFF + one.name: one.label for one in declared.all_fields}
    rates = {one.removeprefix(RATE) for one in wanted if one.startswith(RATE)}
    # In the order of their dates: what a rate is called now is what it is called.
    query = select(PayRate).where(PayRate.code.in_(rates)).order_by(PayRate.starts_on)
    if rates:
        found |= {
            RATE + one.code: Label(one.name_zh, one.name_en)
            for one in session.scalars(query)
        }
    codes = {one.removeprefix(MEASURE) for one in wanted if one.startswith(MEASURE)}
    if codes:
        measures = session.scalars(select(Measure).where(Measure.code.in_(codes)))
        found |= {MEASURE + one.code: one.label for one in measures}
    return {name: label for name, label in found.items() if name in wanted}


def invented(session: Session, names: Iterable[str]) -> set[str]:
    """Return which of these inputs are figures of ours and not of a written text."""
    codes = {one.removeprefix(RATE) for one in names if one.startswith(RATE)}
    if not codes:
        return set()
    query = select(PayRate.code).where(
        PayRate.code.in_(codes), PayRate.is_invented.is_(True)
    )
    return {RATE + code for code in session.scalars(query)}
