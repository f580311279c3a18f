"""A department in which a trade's template was applied, its people and their roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models import catalogue, entries, flow_steps, stored
from models.access import SYSTEM, Person, Role, visible
from models.accounts import Account, new_uniquifier, person_of
from models.clock_table import Clock
from models.database import Database
from models.history import Writer
from models.opening import ready
from seed.apply import plan_template
from seed.roles import ensure_roles
from seed.template import read_template
from tests.databases import Builder
from tests.seed.declared_templates import upon_template

ZONE = ZoneInfo("Asia/Shanghai")
Values = Mapping[str, Any]


def at(text: str) -> datetime:
    """Return an instant of the desk's zone, such as 2026-10-14 09:30."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def by(person: Person, now: str) -> Writer:
    """Return who writes, and when."""
    return Writer(person, at(now), ZONE, "form")


def desk_of(name: str) -> Builder:
    """Return what applies a template, as the command does."""
    return upon_template(name)(partial(_apply, name=name))


def _apply(url: str, name: str) -> None:
    database = ready(Database(url))
    with database.write() as session:
        ensure_roles(session)
    template = read_template(name)
    with database.write() as session:
        for step in plan_template(template, session, None).steps:
            step.run(session, by(SYSTEM, "2026-09-01 09:00"))
    database.dispose()
    catalogue.use()


@dataclass
class TradeDesk:
    """The department; people are known by their post's short name."""

    database: Database
    staff: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know what the database declares."""
        stored.know(self.database)

    def hire(
        self, name: str, role: str, department: str, post: str, **values: Any
    ) -> int:
        """Let somebody work here, in a department that is made when it is missing."""
        if department not in self.departments:
            made = self.system("department", {"name": department})
            self.departments[department] = made
        said = {
            "staff_number": f"T{len(self.staff):02}",
            "name": name,
            "department": self.departments[department],
            "post": self.post(post),
        }
        self.staff[name] = self.system("staff", said | values)
        with self.database.write() as session:
            account = Account(
                login=name,
                name=name,
                staff_id=self.staff[name],
                password="-",
                fs_uniquifier=new_uniquifier(),
                must_set_password=False,
                roles=[session.scalars(select(Role).filter_by(code=role)).one()],
            )
            session.add(account)
        return self.staff[name]

    def post(self, name: str) -> int:
        """Return a post that the template brought."""
        known = catalogue.current()
        query = visible(SYSTEM, "post").where(known.table("post").c.name == name)
        with self.database.read() as session:
            (found,) = entries.load(session, known["post"], query)
        return int(found["id"])

    def person(self, name: str) -> Person:
        """Return somebody with all rights of their role."""
        with self.database.read() as session:
            account = session.scalars(select(Account).filter_by(login=name)).one()
            return person_of(session, account)

    def write(self, register: str, values: Values, name: str, now: str) -> int:
        """Write an entry as somebody."""
        with self.database.write() as session:
            return entries.create(
                session, register, dict(values), by(self.person(name), now)
            )

    def system(self, register: str, values: Values) -> int:
        """Write an entry that is there before the test begins."""
        with self.database.write() as session:
            writer = by(SYSTEM, "2026-09-01 09:00")
            return entries.create(session, register, dict(values), writer)

    def change(
        self, register: str, key: int, values: Values, name: str, now: str
    ) -> None:
        """Change an entry as somebody."""
        with self.database.write() as session:
            writer = by(self.person(name), now)
            entries.change(session, register, key, dict(values), writer)

    def take(
        self,
        register: str,
        key: int,
        step: str,
        name: str,
        now: str,
        values: Values | None = None,
        *,
        comment: str = "",
    ) -> dict[str, Any]:
        """Take a step as somebody."""
        version = self.get(register, key)["version"]
        writer = by(self.person(name), now)
        with self.database.write() as session:
            return flow_steps.take(
                session,
                register,
                key,
                step,
                writer,
                version=version,
                values=values,
                comment=comment,
            )

    def get(self, register: str, key: int) -> dict[str, Any]:
        """Return an entry as the system sees it."""
        with self.database.read() as session:
            return entries.get(session, SYSTEM, register, key)

    def due(self, register: str, key: int) -> dict[str, str]:
        """Return when each promise on an entry is due, by the desk's clocks."""
        with self.database.read() as session:
            query = select(Clock).filter_by(
                register=register, entry_id=key, voided_at=None
            )
            return {
                one.target_code: f"{one.due_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
                for one in session.scalars(query)
            }

    def is_met(self, register: str, key: int, target: str) -> bool:
        """Whether a promise was kept."""
        with self.database.read() as session:
            query = select(Clock).filter_by(
                register=register, entry_id=key, target_code=target
            )
            clock = session.scalars(query).one()
            return clock.met_at is not None and clock.breached_at is None
