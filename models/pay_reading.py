"""Slips as people read them: whose one may see, and the rows behind a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, false, select, tuple_
from sqlalchemy.orm import Session

from models import catalogue, measures
from models.access import Action, Person, Rows, marked
from models.measures import Measure
from models.pay_error import PayError
from models.pay_inputs import MEASURE, STAFF_REGISTER
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.preparing import Row
from models.rules.periods import DateRange, parse_period

_ONE_DAY = timedelta(days=1)
SLIPS = "pay.slip"  # the right that says whose slips a person may read


def slips(
    session: Session, person: Person, run: PayRun, action: Action = Action.LIST
) -> list[PaySlip]:
    """Return the slips of a run that a person may read, by staff number."""
    query = readable(person, action).where(PaySlip.run_id == run.id)
    return list(session.scalars(query.order_by(*_ORDER)))


def slip_of(session: Session, person: Person, run: PayRun, staff_id: int) -> PaySlip:
    """Return one slip; PayError where there is none that the person may read."""
    query = readable(person).where(
        PaySlip.run_id == run.id, PaySlip.staff_id == staff_id
    )
    found = session.scalar(query)
    if found is None:
        raise PayError(
            "没有这张绩效工资条，或您没有查看权限。",
            "There is no such slip, or you may not read it.",
        )
    return found


def beside(
    session: Session, person: Person, slip: PaySlip
) -> tuple[int | None, int | None]:
    """Return whose slips stand before and after one, among those a person may read."""
    query = readable(person).where(PaySlip.run_id == slip.run_id)
    ids = query.with_only_columns(PaySlip.staff_id).limit(1)
    own, place = tuple_(*_ORDER), (slip.staff_number, slip.staff_id)
    before = ids.where(own < place).order_by(*(one.desc() for one in _ORDER))
    after = ids.where(own > place).order_by(*_ORDER)
    return session.scalar(before), session.scalar(after)


_ORDER = (PaySlip.staff_number, PaySlip.staff_id)


def readable(person: Person, action: Action = Action.LIST) -> Select[PaySlip]:
    """Return the select of every slip that a person may read: own, department, all."""
    query = select(PaySlip)
    rows = person.rows(SLIPS, action)
    if rows is Rows.NONE:
        return query.where(false())
    if rows is Rows.ALL:
        return query
    allowed = PaySlip.staff_id == (person.staff_id or 0)
    if rows >= Rows.DEPARTMENT:
        allowed |= PaySlip.department_id.in_(sorted(person.departments))
    return query.where(allowed)


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind one input of a line, taken again now."""

    measure: Measure
    rows: list[Row]


def registers(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Return in which register the rows of each measure among the names stand."""
    codes = [one.removeprefix(MEASURE) for one in names if one.startswith(MEASURE)]
    query = select(Measure.code, Measure.register).where(Measure.code.in_(codes))
    return {row.code: row.register for row in session.execute(query)} if codes else {}


def reader_of(slip: PaySlip, measure: str, line: str = "") -> PayItemRow | None:
    """Return the line named, else the first one, that reads a measure; None: none does.

    Of a slip with several stretches each has a figure of its own.
    """
    return next(
        (
            one
            for one in slip.items
            if MEASURE + measure in one.inputs and line in ("", one.code)
        ),
        None,
    )


def days_of(run: PayRun, item: PayItemRow) -> DateRange:
    """Return the days that a line counts: the period's, or those of its stretch."""
    if item.first_on is None or item.last_on is None:
        return parse_period(run.period)
    return DateRange(item.first_on, item.last_on + _ONE_DAY)


def behind(
    session: Session,
    run: PayRun,
    slip: PaySlip,
    item: PayItemRow,
    measure: str,
    viewer: Person,
    zone: ZoneInfo,
) -> Behind:
    """Return the rows behind one measure of a line that the viewer may see."""
    taken = measures.by_code(session, [measure])[measure]
    days = days_of(run, item)
    rows = measures.rows_behind(session, taken, days, zone, slip.staff_id, viewer)
    return Behind(taken, rows)


def why(
    session: Session,
    run: PayRun,
    slip: PaySlip,
    item: PayItemRow,
    viewer: Person,
    zone: ZoneInfo,
) -> list[Behind]:
    """Return the rows behind each measure of a line that the viewer may see."""
    return [
        behind(session, run, slip, item, code, viewer, zone)
        for code in registers(session, item.inputs)
    ]


def staff_by_number(session: Session, number: str) -> int:
    """Return the id of the person with a staff number; PayError if there is none."""
    table = catalogue.current().table(STAFF_REGISTER)
    query = select(table.c.id).where(
        table.c.staff_number == number, table.c.binned_at.is_(None)
    )
    found = session.scalar(marked(query, STAFF_REGISTER))
    if found is None:
        raise PayError(
            "没有工号“{number}”。",
            "There is no staff number “{number}”.",
            number=number,
        )
    return int(found)
