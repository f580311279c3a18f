"""Slips as people read them: whose one may see, and the rows behind a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, measures
from models.access import Action, Person, Rows, marked
from models.measures import Measure
from models.pay_error import PayError
from models.pay_inputs import MEASURE, STAFF_REGISTER
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.preparing import Row
from models.rules.periods import parse_period

SLIPS = "pay.slip"  # the right that says whose slips a person may read


def slips(session: Session, person: Person, run: PayRun) -> list[PaySlip]:
    """Return the slips of a run that a person may read, by staff number."""
    query = select(PaySlip).where(PaySlip.run_id == run.id)
    rows = person.rows(SLIPS, Action.LIST)
    if rows < Rows.ALL:
        allowed = PaySlip.staff_id == (person.staff_id or 0)
        if rows >= Rows.DEPARTMENT:
            allowed |= PaySlip.department_id.in_(sorted(person.departments))
        query = query.where(allowed)
    if rows is Rows.NONE:
        return []
    return list(session.scalars(query.order_by(PaySlip.staff_number)))


def slip_of(session: Session, person: Person, run: PayRun, staff_id: int) -> PaySlip:
    """Return one slip; PayError where there is none that the person may read."""
    for one in slips(session, person, run):
        if one.staff_id == staff_id:
            return one
    raise PayError(
        "没有这张绩效工资条，或您没有查看权限。",
        "There is no such slip, or you may not read it.",
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind one input of a line, taken again now."""

    measure: Measure
    rows: list[Row]


def why(
    session: Session,
    run: PayRun,
    slip: PaySlip,
    item: PayItemRow,
    viewer: Person,
    zone: ZoneInfo,
) -> list[Behind]:
    """Return the rows behind each measure of a line that the viewer may see."""
    codes = [
        name.removeprefix(MEASURE) for name in item.inputs if name.startswith(MEASURE)
    ]
    wanted: Mapping[str, Measure] = measures.by_code(session, codes)
    span = parse_period(run.period)
    return [
        Behind(
            measure,
            measures.rows_behind(session, measure, span, zone, slip.staff_id, viewer),
        )
        for measure in wanted.values()
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
