"""Staff with their accounts, a page at a time; and accounts of nobody on the staff."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import Select, or_, select

from admin import visit
from models import access, account_changes, catalogue
from models.access import Role
from models.accounts import Account, account_role

PAGE = 50
LAST_PAGE = 10_000
LONGEST = 60  # characters that are looked for
STAFF, DEPARTMENT = "staff", "department"
STATES = ("", "none", "open", "closed")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the address asks for."""

    text: str
    state: str
    page: int


def asked() -> Asked:
    """Read the address."""
    text = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST]
    state = request.args.get("state", "")
    page = request.args.get("page", 0, type=int)
    return Asked(text, state if state in STATES else "", min(max(page, 0), LAST_PAGE))


def address(now: Asked, step: int) -> str:
    """Return the address of the page before or after."""
    said = {"q": now.text, "state": now.state, "page": str(now.page + step)}
    kept = {name: value for name, value in said.items() if value not in ("", "0")}
    return f"{url_for('accounts.index')}?{urlencode(kept)}"


def states() -> list[tuple[str, str]]:
    """Return what may be asked for."""
    words = (
        visit.t("全部员工", "All staff"),
        visit.t("还没有账号", "Without account"),
        visit.t("已开通", "Open"),
        visit.t("已停用", "Closed"),
    )
    return list(zip(STATES, words, strict=True))


def staff(wanted: Asked) -> tuple[list[dict[str, Any]], bool]:
    """Return a page of the staff whose accounts the person manages; whether more."""
    table = catalogue.current().table(STAFF)
    department = catalogue.current().table(DEPARTMENT)
    query = (
        select(
            table.c.id,
            table.c.staff_number,
            table.c.name,
            department.c.name.label("department"),
            Account.id.label("account_id"),
            Account.active,
        )
        .select_from(table)
        .join(department, department.c.id == table.c.department_id, isouter=True)
        .join(Account, Account.staff_id == table.c.id, isouter=True)
        .where(table.c.binned_at.is_(None), account_changes.manageable(visit.person()))
        .order_by(table.c.staff_number, table.c.id)
        .offset(wanted.page * PAGE)
        .limit(PAGE + 1)
    )
    if wanted.text:
        columns = (table.c.staff_number, table.c.name)
        query = query.where(
            or_(*(one.icontains(wanted.text, autoescape=True) for one in columns))
        )
    narrowed = access.marked(_of_state(query, wanted.state), STAFF, DEPARTMENT)
    rows = visit.session().execute(narrowed).all()
    names = _roles([row.account_id for row in rows if row.account_id])
    return [_person(row, names) for row in rows[:PAGE]], len(rows) > PAGE


def _of_state(query: Select[Any], state: str) -> Select[Any]:
    conditions = {
        "none": Account.id.is_(None),
        "open": Account.active,
        "closed": ~Account.active,
    }
    return query.where(conditions[state]) if state else query


def _person(row: Any, names: dict[int, list[str]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.staff_number,
        "name": row.name,
        "department": row.department or "",
        "url": _url(row.account_id),
        "state": _state(row.account_id, active=bool(row.active)),
        "roles": visit.t("、", ", ").join(names.get(row.account_id, [])),
    }


def others(wanted: Asked) -> list[dict[str, Any]]:
    """Return the accounts of nobody on the staff: few, such as the first admin."""
    query = select(Account).where(Account.staff_id.is_(None)).order_by(Account.login)
    if wanted.text:
        columns = (Account.login, Account.name)
        query = query.where(
            or_(*(one.icontains(wanted.text, autoescape=True) for one in columns))
        )
    found = list(visit.session().scalars(_of_state(query.limit(PAGE), wanted.state)))
    names = _roles([one.id for one in found])
    return [
        {
            "number": one.login,
            "name": one.name,
            "url": _url(one.id),
            "state": _state(one.id, active=one.active),
            "roles": visit.t("、", ", ").join(names.get(one.id, [])),
        }
        for one in found
    ]


def _url(account_id: int | None) -> str | None:
    if account_id is None:
        return None
    return url_for("accounts.account", account_id=account_id)


def _state(account_id: int | None, *, active: bool) -> dict[str, str]:
    if account_id is None:
        return {"text": visit.t("未开通", "None"), "tone": "plain"}
    if active:
        return {"text": visit.t("已开通", "Open"), "tone": "ok"}
    return {"text": visit.t("已停用", "Closed"), "tone": "warn"}


def _roles(accounts: list[int]) -> dict[int, list[str]]:
    """Return the names of each account's roles."""
    query = (
        select(account_role.c.account_id, Role)
        .join(Role, Role.id == account_role.c.role_id)
        .where(account_role.c.account_id.in_(accounts))
        .order_by(Role.id)
    )
    found: dict[int, list[str]] = {}
    for account_id, role in visit.session().execute(query):
        found.setdefault(account_id, []).append(role.label.text(visit.language()))
    return found
