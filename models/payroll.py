"""The monthly pay run: reckon every slip, sign it step by step, lock it, explain it.

Calculating twice gives the same. Every move of a run is guarded by the state it starts
from, so that two people at once or a second start of the same job change nothing twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import access, catalogue, measures, references
from models.access import Action, Person, Rows, marked
from models.entries import load
from models.history import Writer
from models.measures import Measure
from models.pay_inputs import MEASURE, STAFF_REGISTER, attributes, rates_at
from models.pay_tables import (
    PayItemRow,
    PayRun,
    PayScheme,
    PaySignature,
    PaySlip,
)
from models.preparing import Row
from models.rules import pay, pay_run
from models.rules.pay_run import RunState, RunStateError
from models.rules.periods import DateRange, parse_period
from models.scopes import Departments
from models.words import PersonError

SLIPS = "pay.slip"  # the right that says whose slips a person may read


class PayError(PersonError):
    """There is no such run, slip or line, or nobody to pay."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A person to be paid, with what formulas read of them and their scheme."""

    staff: Row
    scheme: PayScheme
    post: str


def rights_of(person: Person) -> frozenset[str]:
    """Return the words of the rights to move runs that a person has."""
    return frozenset(
        right for right in pay_run.RIGHTS if person.may(right, Action.APPROVE)
    )


def find_run(session: Session, period: str, scope: int = 0) -> PayRun:
    """Return a period's run; PayError if it has not been begun."""
    run = session.scalar(
        select(PayRun).where(
            PayRun.period == parse_period(period).text, PayRun.scope == scope
        )
    )
    if run is None:
        raise PayError(
            "{period} 还没有开始绩效核算，请先核算。",
            "There is no pay run for {period}. Calculate it first.",
            period=period,
        )
    return run


def calculate(session: Session, period: str, writer: Writer, scope: int = 0) -> PayRun:
    """Reckon all slips of a period anew; a run that is signed already is refused.

    Raises:
        RunStateError: The run is past *calculated*, or the writer may not.
        PayError: There is nobody to pay.
    """
    span = parse_period(period)
    run = _open(session, span.text, scope)
    _move(session, run, "calculate", writer)
    found = payees(session, span, scope)
    if not found:
        raise PayError(
            "{period} 没有可核算的人员：请检查绩效方案的岗位和生效日期。",
            "Nobody is to be paid for {period}: check the schemes' posts and dates.",
            period=period,
        )
    session.execute(delete(PaySlip).where(PaySlip.run_id == run.id))
    session.flush()
    slips = [
        _slip(run, payee, slip)
        for payee, slip in _reckon(session, found, span, writer.zone)
    ]
    session.add_all(slips)
    run.calculated_at = writer.now
    run.errors = sum(one.errors for one in slips)
    totals = [one.total for one in slips]
    run.total = (
        None
        if any(one is None for one in totals)
        else sum((one for one in totals if one is not None), Decimal(0))
    )
    session.flush()
    return run


def sign(
    session: Session, period: str, action: str, writer: Writer, scope: int = 0
) -> PayRun:
    """Move a run by an action: review, approve, lock, pay, send_back, unlock."""
    run = find_run(session, period, scope)
    _move(session, run, action, writer)
    return run


def _open(session: Session, period: str, scope: int) -> PayRun:
    run = session.scalar(
        select(PayRun).where(PayRun.period == period, PayRun.scope == scope)
    )
    if run is None:
        run = PayRun(period=period, scope=scope, state=RunState.DRAFT.value, errors=0)
        session.add(run)
        session.flush()
    return run


def _move(session: Session, run: PayRun, action: str, writer: Writer) -> None:
    """Move a run and sign it; nothing is moved twice, whoever comes as well."""
    source = RunState(run.state)
    target = pay_run.move(source, action, rights_of(writer.person), run.errors)
    guarded = (
        update(PayRun)
        .where(PayRun.id == run.id, PayRun.state == source.value)
        .values(state=target.value)
    )
    if session.execute(guarded).rowcount != 1:  # type: ignore[attr-defined]  # of an UPDATE
        raise RunStateError(
            "这次核算刚被别人处理过，请刷新后再看。",
            "Somebody else has just moved this run. Reload and look again.",
        )
    session.refresh(run)
    session.add(
        PaySignature(
            run_id=run.id,
            at=writer.now,
            staff_id=writer.person.staff_id,
            by_name=writer.person.name,
            action=action,
            source=source.value,
            target=target.value,
        )
    )


def payees(session: Session, span: DateRange, scope: int = 0) -> list[Payee]:
    """Return who is employed in the period and has a scheme, by staff number."""
    schemes = list(
        session.scalars(
            select(PayScheme).where(
                PayScheme.starts_on < span.end,
                (PayScheme.ends_on.is_(None)) | (PayScheme.ends_on >= span.first),
            )
        )
    )
    departments = Departments(session)
    staff = _employed(session, span)
    posts = references.labels(
        session, "post", {row["post"] for row in staff if row["post"]}
    )
    found = []
    for row in staff:
        if scope and scope not in set(departments.upwards(row["department"])):
            continue
        fitting = [one for one in schemes if not one.posts or row["post"] in one.posts]
        nearest = departments.nearest(
            fitting, lambda one: one.department_id, row["department"]
        )
        if nearest:
            scheme = max(nearest, key=lambda one: (one.starts_on, one.version))
            found.append(Payee(row, scheme, posts.get(row["post"], "")))
    return found


def _employed(session: Session, span: DateRange) -> list[Row]:
    known = catalogue.current()
    table = known.table(STAFF_REGISTER)
    query = access.visible(access.SYSTEM, STAFF_REGISTER).where(
        (table.c.hired_on.is_(None)) | (table.c.hired_on < span.end),
        (table.c.left_on.is_(None)) | (table.c.left_on >= span.first),
    )
    return load(session, known[STAFF_REGISTER], query.order_by(table.c.staff_number))


def _reckon(
    session: Session, people: Sequence[Payee], span: DateRange, zone: ZoneInfo
) -> Iterable[tuple[Payee, pay.Slip]]:
    """Reckon each person's slip; every measure is taken once for all of them."""
    schemes = {one.scheme.id: one.scheme.scheme() for one in people}
    names = {
        name for one in schemes.values() for rule in one.rules for name in rule.reads
    }
    codes = sorted(
        name.removeprefix(MEASURE) for name in names if name.startswith(MEASURE)
    )
    wanted = measures.by_code(session, codes)
    ids = [one.staff["id"] for one in people]
    figures = measures.for_people(session, wanted, span, zone, ids)
    rates = rates_at(session, span)
    for one in people:
        inputs = dict(rates)
        inputs |= {
            MEASURE + code: value for code, value in figures[one.staff["id"]].items()
        }
        inputs |= attributes(one.staff, zone, names)
        yield one, pay.calculate_slip(schemes[one.scheme.id], inputs)


def _slip(run: PayRun, payee: Payee, slip: pay.Slip) -> PaySlip:
    return PaySlip(
        run_id=run.id,
        staff_id=payee.staff["id"],
        staff_number=payee.staff["staff_number"],
        name=payee.staff["name"],
        department_id=payee.staff["department"],
        post=payee.post,
        scheme=slip.scheme,
        scheme_version=slip.version,
        earnings=slip.earnings,
        deductions=slip.deductions,
        total=slip.total,
        errors=len(slip.errors),
        items=[_item(position, one) for position, one in enumerate(slip.items)],
    )


def _item(position: int, item: pay.PayItem) -> PayItemRow:
    error = item.error
    return PayItemRow(
        position=position,
        code=item.code,
        name_zh=item.label.zh,
        name_en=item.label.en,
        kind=item.kind.value,
        formula=item.formula,
        condition=item.rule.condition,
        applies=item.applies,
        inputs={
            name: {"zh": value.text("zh"), "en": value.text("en")}
            for name, value in item.inputs.items()
        },
        why_zh=list(item.why("zh")),
        why_en=list(item.why("en")),
        shown_zh=item.value.text("zh") if item.value else "",
        shown_en=item.value.text("en") if item.value else "",
        amount=item.amount,
        bound=item.bound.value if item.bound else None,
        error_zh=error.label.zh if error else None,
        error_en=error.label.en if error else None,
        clause=item.clause,
    )


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
