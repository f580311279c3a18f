"""For tests of what passes between people: calls, orders, and who keeps the book."""

from typing import Any

from sqlalchemy import select

from models.access import Role, RoleGrant, Rows
from models.accounts import raise_stamps
from tests.company import Company

CALL = {
    "phone": "13911112222",
    "category": "repair",
    "content": "激光头不出光",
    "result": "pending",
}
ORDER = {"order_type": "support", "symptom": "机器不启动"}


def keep_shifts(company: Company, role: str = "clerk") -> None:
    """Let a role keep the book of hand-overs for its department."""
    with company.database.write() as session:
        found = session.scalars(select(Role).filter_by(code=role)).one()
        found.grants += [
            RoleGrant(
                register=register,
                actions="list read create change",
                rows=Rows.DEPARTMENT,
            )
            for register in ("handover_book", "handover_item")
        ]
        raise_stamps(session)


def staff_id(company: Company, login: str) -> int:
    """Return the staff entry behind a login."""
    found = company.person(login).staff_id
    assert found is not None
    return found


def call(company: Company, login: str = "A02", **values: Any) -> int:
    """Enter a call that is still to be answered."""
    return company.create("call_log", CALL | values, login)
