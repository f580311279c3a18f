"""The slips of a period: every measure taken once, every line reckoned and kept."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import measures, pay_duties
from models.pay_inputs import MEASURE, attributes, rates_at, tables_at
from models.pay_people import Payee, payees
from models.pay_tables import PayItemRow, PayRun, PayScheme, PaySlip
from models.rules import pay
from models.rules.periods import DateRange, parse_period


def reckon(
    session: Session, people: Sequence[Payee], span: DateRange, zone: ZoneInfo
) -> Iterable[tuple[Payee, pay.Slip]]:
    """Reckon each person's slip; every measure is taken once for all of them."""
    # By code and version: a scheme that is only tried has no id.
    schemes = {_key(one.scheme): one.scheme.scheme() for one in people}
    names = {
        name for one in schemes.values() for rule in one.rules for name in rule.reads
    }
    codes = sorted(
        name.removeprefix(MEASURE) for name in names if name.startswith(MEASURE)
    )
    wanted = measures.by_code(session, codes)
    ids = [one.staff["id"] for one in people]
    figures = measures.for_people(session, wanted, span, zone, ids)
    missed = pay_duties.missed(session, names, span, zone, ids)
    edited = rates_at(session, span) | tables_at(session, span)
    for one in people:
        inputs = dict(edited)
        inputs |= {
            MEASURE + code: value for code, value in figures[one.staff["id"]].items()
        }
        inputs |= missed[one.staff["id"]]
        inputs |= attributes(one.staff, zone, names)
        yield one, pay.calculate_slip(schemes[_key(one.scheme)], inputs)


def reckoned(
    session: Session,
    period: str,
    zone: ZoneInfo,
    scope: int = 0,
    schemes: Sequence[PayScheme] | None = None,
) -> list[tuple[Payee, pay.Slip]]:
    """Return what everybody's slip of a period comes to now; nothing is written.

    Args:
        session: Any session; reading is enough.
        period: As `parse_period` reads it.
        zone: Where the period's days begin and end.
        scope: A department and what is below it; 0 is the company.
        schemes: To be reckoned by, in place of those kept; they need not be kept.
    """
    span = parse_period(period)
    people = payees(session, span, scope, schemes)
    return list(reckon(session, people, span, zone))


def _key(scheme: PayScheme) -> tuple[str, int]:
    return scheme.code, scheme.version


def slip_row(run: PayRun, payee: Payee, slip: pay.Slip) -> PaySlip:
    """Return a slip as it is kept, with every line as it was reckoned."""
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
