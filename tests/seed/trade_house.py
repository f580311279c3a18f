"""A department of one trade for tests: its template applied, people in its posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    access,
    accounts,
    catalogue,
    entries,
    flow_steps,
    pay_reading,
    payroll,
)
from models.access import SYSTEM, Action, Grant, Person, Role, Rows
from models.accounts import Account, new_uniquifier
from models.clock_table import Clock
from models.database import Database
from models.history import Writer
from models.opening import ready
from models.pay_tables import PayItemRow, PaySlip
from models.rules import pay_run
from seed.apply import plan_template
from seed.template import read_template
from tests.databases import Builder
from tests.seed.declared_templates import upon_template

ZONE = ZoneInfo("Asia/Shanghai")
PAYER = Person(
    name="算薪人",
    grants=(
        *SYSTEM.grants,
        *(
            Grant(right, frozenset(Action), Rows.ALL)
            for right in (*pay_run.RIGHTS, pay_reading.SLIPS)
        ),
    ),
)


@dataclass(frozen=True)
class Worker:
    """Somebody of the department: post and role by name and code of the template."""

    name: str
    department: str
    post: str
    role: str
    more: Mapping[str, Any] | None = None  # other fields of the staff file
    manages: bool = False  # the department
    superior: str | None = None  # by login


def at(text: str) -> datetime:
    """Return a moment at the desk, such as 2026-10-14 12:00."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


NOON = at("2026-10-14 12:00")  # a Wednesday


def house_of(template: str, workers: Mapping[str, Worker]) -> Builder:
    """Return what applies a template and puts people to work."""
    return upon_template(template)(partial(_build, template=template, workers=workers))


def _build(url: str, template: str, workers: Mapping[str, Worker]) -> None:
    database = ready(Database(url))
    read = read_template(template)
    writer = Writer(SYSTEM, NOON, ZONE, "template")
    with database.write() as session:
        for step in plan_template(read, session).steps:
            step.run(session, writer)
    with database.write() as session:
        _people(session, workers, Writer(SYSTEM, NOON, ZONE))
    database.dispose()
    catalogue.use()


def _people(session: Session, workers: Mapping[str, Worker], by: Writer) -> None:
    branch = entries.create(session, "branch", {"name": "总公司"}, by)
    departments = {
        name: entries.create(
            session, "department", {"name": name, "branch": branch}, by
        )
        for name in dict.fromkeys(one.department for one in workers.values())
    }
    table = catalogue.current().table("post")
    query = select(table.c.name, table.c.id)
    posts = {one.name: one.id for one in session.execute(access.marked(query, "post"))}
    roles = {one.code: one for one in session.scalars(select(Role))}
    staff: dict[str, int] = {}
    for login, one in workers.items():
        values = {
            "staff_number": login,
            "name": one.name,
            "department": departments[one.department],
            "branch": branch,
            "post": posts[one.post],
            "superior": staff[one.superior] if one.superior else None,
            **(one.more or {}),
        }
        staff[login] = entries.create(session, "staff", values, by)
        if one.manages:
            headed = {"manager": staff[login]}
            entries.change(
                session, "department", departments[one.department], headed, by
            )
        account = Account(
            login=login,
            name=one.name,
            staff_id=staff[login],
            password="",
            fs_uniquifier=new_uniquifier(),
            must_set_password=False,
            roles=[roles[one.role]],
        )
        session.add(account)


@dataclass
class House:
    """The department's database, and what people do in it."""

    database: Database

    def person(self, login: str | None) -> Person:
        """Return the person behind a login; None is the system."""
        if login is None:
            return SYSTEM
        with self.database.read() as session:
            account = session.scalars(select(Account).filter_by(login=login)).one()
            return accounts.person_of(session, account)

    def called(self, register: str, name: str) -> int:
        """Return the id of what the template brought by a name."""
        table = catalogue.current().table(register)
        query = select(table.c.id).where(table.c.name == name)
        with self.database.read() as session:
            return int(session.scalars(access.marked(query, register)).one())

    def staff(self, login: str) -> int:
        """Return the id of somebody's staff file."""
        return self.person(login).staff_id or 0

    def writer(self, login: str | None, when: datetime = NOON) -> Writer:
        """Return who writes, and when."""
        return Writer(self.person(login), when, ZONE)

    def create(
        self,
        register: str,
        values: Mapping[str, Any],
        login: str | None = None,
        when: datetime = NOON,
    ) -> int:
        """Write one entry as somebody."""
        with self.database.write() as session:
            return entries.create(session, register, values, self.writer(login, when))

    def change(
        self,
        register: str,
        entry_id: int,
        values: Mapping[str, Any],
        login: str | None = None,
        when: datetime = NOON,
    ) -> None:
        """Change one entry as somebody."""
        with self.database.write() as session:
            entries.change(
                session, register, entry_id, values, self.writer(login, when)
            )

    def get(self, register: str, entry_id: int) -> dict[str, Any]:
        """Return an entry as the system sees it."""
        with self.database.read() as session:
            return entries.get(session, SYSTEM, register, entry_id)

    def take(
        self,
        register: str,
        entry_id: int,
        step: str,
        login: str,
        values: Mapping[str, Any] | None = None,
        comment: str = "",
        when: datetime = NOON,
    ) -> dict[str, Any]:
        """Take one step as somebody and return the entry as it is then."""
        version = self.get(register, entry_id)["version"]
        with self.database.write() as session:
            return flow_steps.take(
                session,
                register,
                entry_id,
                step,
                self.writer(login, when),
                version=version,
                values=values,
                comment=comment,
            )

    def clock(self, target: str, entry_id: int) -> Clock | None:
        """Return the clock of a promise on an entry."""
        with self.database.read() as session:
            query = select(Clock).filter_by(target_code=target, entry_id=entry_id)
            return session.scalar(query)

    def seen(self, register: str, login: str) -> set[int]:
        """Return the entries of a register that somebody sees in its list."""
        declared = catalogue.current()[register]
        with self.database.read() as session:
            query = access.visible(self.person(login), register, Action.LIST)
            return {row["id"] for row in entries.load(session, declared, query)}

    def slip(self, period: str, login: str) -> dict[str, Decimal]:
        """Reckon a month and return the lines of somebody's slip, and its total."""
        with self.database.write() as session:
            payroll.calculate(session, period, Writer(PAYER, NOON, ZONE))
        with self.database.read() as session:
            slip = session.scalars(
                select(PaySlip).where(PaySlip.staff_id == self.staff(login))
            ).one()
            rows = session.scalars(select(PayItemRow).filter_by(slip_id=slip.id))
            lines = {one.code: one.amount or Decimal(0) for one in rows}
            return lines | {"total": slip.total or Decimal(0)}
