"""A small company for tests: two departments, a few people, their roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.create_app import create_app
from models import catalogue, declaring, entries, marks, stored
from models.access import SYSTEM, Action, Person, Role, RoleGrant, Rows
from models.accounts import Account, new_uniquifier, person_of
from models.database import Database
from models.history import Writer
from models.settings import Settings
from models.stored import PANEL, Stored
from tests.databases import Builder, upon
from tests.prepared import upon_tables

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 10, 14, 4, 0, tzinfo=UTC)  # a Wednesday, noon at the desk
EVERY = " ".join(Action)
DAILY = "list read create change export"
# Verified in a fraction of the time of a real one: argon2's least cost.
QUICK_HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$aY3bZ2Wz5dK5sV1vQd3Ckw"

# role -> lines of (register, actions, rows, unmasked, secrets)
ROLES: dict[str, list[tuple[str, str, Rows, bool, str]]] = {
    "admin": [
        ("*", EVERY, Rows.ALL, False, ""),
        ("setup.run", EVERY, Rows.ALL, False, ""),
        ("account.run", "change", Rows.ALL, False, ""),
        ("account.view_as", "read", Rows.ALL, False, ""),
        ("pay.scheme", "change", Rows.ALL, False, ""),
    ],
    "manager": [
        ("*", EVERY, Rows.DEPARTMENT, False, ""),
        ("staff", "list read", Rows.ALL, False, "base_pay performance_base"),
        ("customer_file", EVERY, Rows.ALL, True, ""),
        ("expense_claim.finance", "approve", Rows.ALL, False, ""),
        ("pay.slip", "list read export", Rows.DEPARTMENT, False, ""),
        ("pay.calculate", "approve", Rows.ALL, False, ""),
        ("pay.review", "approve", Rows.ALL, False, ""),
        ("pay.approve", "approve", Rows.ALL, False, ""),
        ("pay.lock", "approve", Rows.ALL, False, ""),
    ],
    "clerk": [
        ("call_log", DAILY, Rows.DEPARTMENT, False, ""),
        ("callback_log", DAILY, Rows.DEPARTMENT, False, ""),
        ("service_order", DAILY, Rows.DEPARTMENT, False, ""),
        ("complaint_log", "list read create change", Rows.OWN, False, ""),
        ("expense_claim", "list read", Rows.DEPARTMENT, False, ""),
        ("customer_file", "list read create change", Rows.ALL, False, ""),
        ("machine_file", "list read create change", Rows.ALL, False, ""),
        ("staff", "list read", Rows.ALL, False, ""),
        ("pay.slip", "list read", Rows.OWN, False, ""),
        ("pay_objection", "list read create change", Rows.OWN, False, ""),
    ],
    "engineer": [
        ("service_order", "list read change", Rows.OWN, False, ""),
        ("business_trip", "list read create change", Rows.OWN, False, ""),
        ("expense_claim", "list read create change", Rows.OWN, False, ""),
        ("customer_file", "list read", Rows.ALL, False, ""),
        ("machine_file", "list read", Rows.ALL, False, ""),
        ("pay.slip", "list read", Rows.OWN, False, ""),
    ],
    "nobody": [],
}
# login -> (name, department, role)
PEOPLE = {
    "A01": ("林主管", "客服部", "manager"),
    "A02": ("王敏", "客服部", "clerk"),
    "A03": ("周工", "客服部", "engineer"),
    "B01": ("赵倩", "销售部", "clerk"),
    "N01": ("陈新", "客服部", "nobody"),
    "admin": ("系统管理员", "", "admin"),
}


def writer(
    person: Person = SYSTEM, now: datetime = NOON, origin: str = "form"
) -> Writer:
    """Return who writes at the fixed noon."""
    return Writer(person, now, ZONE, origin)


def fill_company(url: str) -> None:
    """Put the company into tables that are there."""
    database = Database(url)
    with database.write() as session:
        _fill(session)
    database.dispose()


build_company = upon_tables(fill_company)
"""Makes the tables of the program, and the company in them."""
upon_company = upon("company", build_company)
"""Lets a builder begin with the company."""


def company_with(*stanzas: Mapping[str, Any]) -> Builder:
    """Return what builds the company with registers that an admin declared."""

    def edit(there: Stored) -> Stored:
        for one in stanzas:
            there = there.with_register(one, PANEL)
        return there

    @upon_company
    def build(url: str) -> None:
        database = Database(url)
        stored.know(database)
        try:
            declaring.apply(database, edit)
        finally:
            database.dispose()
            catalogue.use()

    return build


def _fill(session: Session) -> None:
    by = writer()
    branch = entries.create(session, "branch", {"name": "苏州恒越机电"}, by)
    departments = {
        name: entries.create(
            session, "department", {"name": name, "branch": branch}, by
        )
        for name in ("客服部", "销售部")
    }
    post = entries.create(session, "post", {"name": "客服"}, by)
    roles = {code: _role(code, lines) for code, lines in ROLES.items()}
    session.add_all(roles.values())
    session.flush()
    for login, (name, department, role) in PEOPLE.items():
        staff = None
        if department:
            values = {
                "staff_number": login,
                "name": name,
                "department": departments[department],
                "branch": branch,
                "post": post,
            }
            staff = entries.create(session, "staff", values, by)
        session.add(_account(login, name, staff, roles[role]))


def _role(code: str, lines: list[tuple[str, str, Rows, bool, str]]) -> Role:
    return Role(
        code=code,
        name_zh=code,
        name_en=code,
        grants=[
            RoleGrant(
                register=register,
                actions=actions,
                rows=rows,
                unmasked=unmasked,
                secrets=secrets,
            )
            for register, actions, rows, unmasked, secrets in lines
        ],
    )


def _account(login: str, name: str, staff: int | None, role: Role) -> Account:
    return Account(
        login=login,
        name=name,
        staff_id=staff,
        password=QUICK_HASH,
        fs_uniquifier=new_uniquifier(),
        must_set_password=False,
        roles=[role],
    )


@dataclass
class Company:
    """The company's database and application in one test."""

    database: Database
    app: Flask

    def person(self, login: str) -> Person:
        """Return the person behind a login, as a request would."""
        with self.database.read() as session:
            account = session.scalars(select(Account).filter_by(login=login)).one()
            return person_of(session, account)

    def client(self, login: str | None = None) -> FlaskClient:
        """Return a client, signed in as somebody; its POSTs need no token."""
        client = self.app.test_client()
        if login is not None:
            with self.database.read() as session:
                account = session.scalars(select(Account).filter_by(login=login)).one()
                key = account.fs_uniquifier
            with client.session_transaction() as kept:
                kept["_user_id"] = key
                kept["_fresh"] = True
                kept["fs_cc"] = "set"
        return client

    def create(
        self, register: str, values: dict[str, Any], login: str | None = None
    ) -> int:
        """Write one entry as somebody; as the system by default."""
        person = self.person(login) if login else SYSTEM
        with self.database.write() as session:
            return entries.create(session, register, values, writer(person))

    def get(self, register: str, entry_id: int) -> dict[str, Any]:
        """Return an entry as the system sees it."""
        with self.database.read() as session:
            return entries.get(session, SYSTEM, register, entry_id)

    def close(self) -> None:
        """Close every connection."""
        self.database.dispose()


def open_company(url: str, folder: Path, *, tokens: bool = False) -> Company:
    """Open the company; with `tokens` every POST needs its CSRF token."""
    settings = Settings(
        data_folder=folder,
        database_url=url,
        secret_key=SecretStr("test-" + "x" * 40),
    )
    database = Database(url)
    stored.know(database)
    marks.demand_marks(database.writing, catalogue.current().codes)
    if database.reading is not database.writing:
        marks.demand_marks(database.reading, catalogue.current().codes)
    app = create_app(settings, database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = tokens
    return Company(database, app)
