"""What pay formulas read: measures, rates, tables, a person's fields; their words.

`measure.<code>`, `rate.<code>`, `table.<code>`, `staff.<field>`; a slip's own lines are
`line.<code>`, duties that were missed `duty.<code>` (`pay_duties`).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, computing, pay_duties
from models.measures import Measure
from models.pay_tables import PayRate, PayTable
from models.preparing import Row
from models.rules.formula import DATE, NUMBER, UNITS, Unit, Value
from models.rules.periods import DateRange
from models.words import Label

MEASURE, STAFF, RATE, TABLE = "measure.", "staff.", "rate.", "table."
STAFF_REGISTER = "staff"
# What every formula may ask about the period and the stretch, and its unit.
OF_THE_PERIOD: Mapping[str, Unit] = {
    "period.days": NUMBER,
    "period.first": DATE,
    "period.last": DATE,
    "stretch.days": NUMBER,
    "stretch.share": NUMBER,
}
# What people edit from a day on, by the beginning of its names.
_EDITED: Mapping[str, type[PayRate] | type[PayTable]] = {RATE: PayRate, TABLE: PayTable}


def rates_at(session: Session, span: DateRange) -> dict[str, Value]:
    """Return the rates in force on the period's last day, by name."""
    query = (
        select(PayRate).where(PayRate.starts_on < span.end).order_by(PayRate.starts_on)
    )
    return {
        RATE + one.code: Value(_figure(one.value), UNITS[one.unit])
        for one in session.scalars(query)
    }


def _figure(written: str) -> Decimal | None:
    """Return the figure of a rate; none is written where there is none yet."""
    return Decimal(written) if written else None


def tables_at(session: Session, span: DateRange) -> dict[str, Value]:
    """Return the tables in force on the period's last day, by name."""
    query = (
        select(PayTable)
        .where(PayTable.starts_on < span.end)
        .order_by(PayTable.starts_on)
    )
    newest = {one.code: one for one in session.scalars(query)}
    return {TABLE + code: one.value() for code, one in newest.items()}


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

    What has been dropped, or a field that has gone, has no words any more.
    """
    wanted = set(names)
    declared = catalogue.current()[STAFF_REGISTER]
    found = {STAFF + one.name: one.label for one in declared.all_fields}
    found |= words_of_the_period()
    # In the order of their dates: what one is called now is what it is called.
    for prefix, edited in _EDITED.items():
        codes = _codes(wanted, prefix)
        query = select(edited.code, edited.name_zh, edited.name_en).where(
            edited.code.in_(codes)
        )
        if codes:
            found |= {
                prefix + code: Label(zh, en)
                for code, zh, en in session.execute(query.order_by(edited.starts_on))
            }
    codes = _codes(wanted, MEASURE)
    if codes:
        measures = session.scalars(select(Measure).where(Measure.code.in_(codes)))
        found |= {MEASURE + one.code: one.label for one in measures}
    if any(one.startswith(pay_duties.DUTY) for one in wanted):
        found |= pay_duties.labels(session)
    return {name: label for name, label in found.items() if name in wanted}


def options_of(names: Iterable[str]) -> dict[str, dict[str, Label]]:
    """Return what people call the values of choices of the staff file, by name."""
    declared = catalogue.current()[STAFF_REGISTER]
    fields = {
        name: declared.field(name.removeprefix(STAFF))
        for name in names
        if name.startswith(STAFF) and declared.has(name.removeprefix(STAFF))
    }
    return {
        name: {option.value: option.label for option in one.options}
        for name, one in fields.items()
        if one.options
    }


def words_of_the_period() -> dict[str, Label]:
    """Return what people call the names that every formula may read."""
    return {
        "period.days": Label("本期天数", "Days of the period"),
        "period.first": Label("本期首日", "First day of the period"),
        "period.last": Label("本期末日", "Last day of the period"),
        "stretch.days": Label("本段天数", "Days of the stretch"),
        "stretch.share": Label("本段占比", "Part of the period's days"),
    }


def invented(session: Session, names: Iterable[str]) -> set[str]:
    """Return which of these inputs are figures of ours and not of a written text."""
    wanted = set(names)
    found: set[str] = set()
    for prefix, edited in _EDITED.items():
        codes = _codes(wanted, prefix)
        query = select(edited.code).where(
            edited.code.in_(codes), edited.is_invented.is_(True)
        )
        if codes:
            found |= {prefix + code for code in session.scalars(query)}
    return found


def _codes(names: Iterable[str], prefix: str) -> set[str]:
    return {one.removeprefix(prefix) for one in names if one.startswith(prefix)}
