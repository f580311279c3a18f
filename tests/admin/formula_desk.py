"""A small scheme over calls, and who may write its formulas."""

from datetime import date

from sqlalchemy import select

from models.access import Role, RoleGrant, Rows
from models.accounts import raise_stamps
from models.measures import Measure
from models.pay_tables import PayRate, PayRuleRow, PayScheme
from tests.company import NOON, Company

CALL = {
    "phone": "13911112222",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
    "first_asked": 2,
    "received_at": NOON,
}


def line(position: int, code: str, name: str, formula: str) -> PayRuleRow:
    return PayRuleRow(
        position=position,
        code=code,
        name_zh=name,
        name_en=code,
        kind="earning",
        formula=formula,
    )


def put_scheme(company: Company) -> int:
    """Pay 2.50 yuan for each call; staff 2 took two calls. Return the scheme's id."""
    for _ in range(2):
        company.create("call_log", CALL)
    with company.database.write() as session:
        session.add(
            Measure(
                code="calls",
                name_zh="来电数",
                name_en="Calls",
                register="call_log",
                aggregate="count",
                date_field="received_at",
                person_field="first_asked",
                whose="person",
                unit="number",
            )
        )
        session.add(
            PayRate(
                code="call",
                name_zh="每个来电",
                name_en="A call",
                unit="money",
                value="2.50",
                starts_on=date(2026, 1, 1),
            )
        )
        scheme = PayScheme(
            code="desk",
            version=1,
            name_zh="热线绩效",
            name_en="Desk",
            starts_on=date(2026, 1, 1),
            posts=[],
            rules=[
                line(0, "calls_pay", "来电绩效", "measure.calls * rate.call"),
                line(1, "extra", "加成", "line.calls_pay * 10%"),
            ],
        )
        session.add(scheme)
        session.flush()
        return scheme.id


def give(company: Company, role: str, right: str, actions: str) -> None:
    """Give a role a right over everybody."""
    with company.database.write() as session:
        found = session.scalars(select(Role).filter_by(code=role)).one()
        grant = RoleGrant(register=right, actions=actions, rows=Rows.ALL)
        found.grants = [one for one in found.grants if one.register != right]
        found.grants.append(grant)
        raise_stamps(session)
