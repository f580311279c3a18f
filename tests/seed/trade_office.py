"""An office of one trade: its template applied, one person for each of some roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, entries, flow_steps, measures
from models.access import SYSTEM, Person, Role, visible
from models.accounts import Account, new_uniquifier, person_of
from models.clock_table import Clock
from models.database import Database
from models.history import Writer
from models.opening import ready
from models.rules.periods import DateRange
from seed.apply import plan_template
from seed.template import read_template
from tests.databases import Builder
from tests.seed.declared_templates import upon_template

ZONE = ZoneInfo("Asia/Shanghai")
DEPARTMENT = "服务部"
WEDNESDAY = "2026-10-14 "  # of a week without official days off


def at(text: str) -> datetime:
    """Return an instant as the office's clock shows it; a time alone is Wednesday's."""
    said = text if "-" in text else WEDNESDAY + text
    return datetime.fromisoformat(said).replace(tzinfo=ZONE)


def office_of(template: str, people: tuple[tuple[str, str], ...]) -> Builder:
    """Return what applies a template and fills the office; people are (role, post)."""
    return upon_template(template)(OfficeBuilder(template, people))


@dataclass(frozen=True)
class OfficeBuilder:
    """Fills a database, where all of the template is declared, with the office."""

    template: str
    people: tuple[tuple[str, str], ...]

    def __call__(self, url: str) -> None:
        """Build it, and leave no connection open."""
        database = ready(Database(url))
        template = read_template(self.template)
        by = Writer(SYSTEM, at("2026-01-05 09:00"), ZONE, "template")
        with database.write() as session:
            plan = plan_template(template, session, DEPARTMENT)
            for step in plan.steps:
                step.run(session, by)
        self._hire(database, by)
        database.dispose()
        catalogue.use()

    def _hire(self, database: Database, by: Writer) -> None:
        with database.write() as session:
            for role, post in self.people:
                values = {
                    "staff_number": role,
                    "name": role,
                    "department": _named(session, "department", DEPARTMENT),
                    "post": _named(session, "post", post),
                }
                staff = entries.create(session, "staff", values, by)
                known = select(Role).where(Role.code == role)
                account = Account(
                    login=role,
                    name=role,
                    staff_id=staff,
                    password="-",
                    fs_uniquifier=new_uniquifier(),
                    roles=[session.scalars(known).one()],
                )
                session.add(account)


def _named(session: Session, register: str, name: str) -> int:
    """Return the entry of a register that is called so."""
    rows = entries.load(
        session, catalogue.current()[register], visible(SYSTEM, register)
    )
    return next(int(row["id"]) for row in rows if row["name"] == name)


class Office:
    """The office's database in one test."""

    def __init__(self, url: str) -> None:
        """Open it, and learn who works there."""
        self.database = ready(Database(url))
        with self.database.read() as session:
            accounts = session.scalars(select(Account)).all()
            self.people = {one.login: person_of(session, one) for one in accounts}

    def close(self) -> None:
        """Close every connection."""
        self.database.dispose()

    def id(self, role: str) -> int:
        """Return the staff entry of whoever has a role."""
        staff_id = self.people[role].staff_id
        assert staff_id is not None
        return staff_id

    def _writer(self, role: str | None, time: str) -> Writer:
        person: Person = self.people[role] if role else SYSTEM
        return Writer(person, at(time), ZONE)

    def create(
        self,
        register: str,
        values: Mapping[str, Any],
        by: str | None = None,
        time: str = "09:00",
    ) -> int:
        """Write an entry; as the system unless somebody is named."""
        with self.database.write() as session:
            return entries.create(
                session, register, dict(values), self._writer(by, time)
            )

    def change(
        self, register: str, entry_id: int, values: Mapping[str, Any], by: str
    ) -> None:
        """Change an entry as somebody."""
        with self.database.write() as session:
            writer = self._writer(by, "09:30")
            entries.change(session, register, entry_id, dict(values), writer)

    def take(
        self,
        register: str,
        entry_id: int,
        steps: str,
        by: str,
        time: str = "10:00",
        **values: Any,
    ) -> str:
        """Take steps one after the other, all as one person; return the last state."""
        flow = flow_steps.flow_of(catalogue.current()[register])
        asked = {one.code: one.asks for one in flow.transitions}
        row: dict[str, Any] = {}
        for code in steps.split():
            version = self.get(register, entry_id)["version"]
            with self.database.write() as session:
                row = flow_steps.take(
                    session,
                    register,
                    entry_id,
                    code,
                    self._writer(by, time),
                    version=version,
                    values={
                        name: values[name] for name in asked[code] if name in values
                    },
                    comment=values.get("comment", ""),
                )
        return str(row[flow.field])

    def may(self, register: str, entry_id: int, by: str) -> set[str]:
        """Return the steps that are open to somebody on an entry."""
        declared = catalogue.current()[register]
        with self.database.read() as session:
            found = flow_steps.may_take(
                session,
                self.people[by],
                declared,
                self.get(register, entry_id),
                date(2026, 10, 14),
            )
        return {one.transition.code for one in found}

    def get(self, register: str, entry_id: int) -> dict[str, Any]:
        """Return an entry as the system sees it."""
        with self.database.read() as session:
            return entries.get(session, SYSTEM, register, entry_id)

    def clock(self, register: str, entry_id: int, target: str) -> Clock:
        """Return the clock of a promise on an entry."""
        query = select(Clock).filter_by(
            register=register, entry_id=entry_id, target_code=target
        )
        with self.database.read() as session:
            return session.scalars(query).one()

    def due(self, register: str, entry_id: int, target: str) -> str:
        """Return when a promise is due, as the office's clock shows it."""
        due_at = self.clock(register, entry_id, target).due_at
        return due_at.astimezone(ZONE).strftime("%m-%d %H:%M")

    def figure(self, measure: str, role: str) -> Any:
        """Return what a measure comes to in October for whoever has a role."""
        month = DateRange(date(2026, 10, 1), date(2026, 11, 1))
        with self.database.read() as session:
            one = measures.by_code(session, [measure])[measure]
            found = measures.figures(session, one, month, ZONE)
        return found[self.id(role)].content if self.id(role) in found else 0
