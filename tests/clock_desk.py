"""A small desk for tests of clocks: its people, calendar, orders and callbacks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models import calendars, entries, targets
from models.access import SYSTEM, Person
from models.clock_table import Clock
from models.database import Database
from models.history import Writer
from models.rules.calendar_object import read_calendar, write_calendar
from models.rules.official_days import with_official_days
from models.targets import SlaTarget
from models.words import Label
from tests.prepared import upon_tables

ZONE = ZoneInfo("Asia/Shanghai")
HOURS: Mapping[str, Any] = {
    "zone": "Asia/Shanghai",
    "weekly": {
        day: [["09:00", "12:00"], ["13:30", "18:00"]]
        for day in ("mon", "tue", "wed", "thu", "fri")
    },
}
CALENDAR = write_calendar(with_official_days(read_calendar(HOURS), (2025, 2026)))


def at(text: str) -> datetime:
    """Return an instant written as the desk's wall clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


SET_UP = at("2026-01-02 09:00")


@upon_tables
def prepare_desk(url: str) -> None:
    """Fill the tables of the program: people, a customer, the calendar."""
    database = Database(url)
    by = Writer(SYSTEM, SET_UP, ZONE)
    with database.write() as session:
        top = entries.create(session, "department", {"name": "售后部"}, by)
        values = {"name": "客服组", "parent": top}
        team = entries.create(session, "department", values, by)
        post = entries.create(session, "post", {"name": "内勤"}, by)
        people = [
            entries.create(
                session,
                "staff",
                {
                    "staff_number": f"A{n}",
                    "name": name,
                    "department": team,
                    "post": post,
                },
                by,
            )
            for n, name in enumerate(("周工", "吴内勤"), 1)
        ]
        customer = {"name": "恒越", "address": "苏州", "account_manager": people[1]}
        entries.create(session, "customer_file", customer, by)
        calendars.save(session, "desk", CALENDAR_NAME, CALENDAR, SET_UP)
    database.dispose()


CALENDAR_NAME = Label("客服部", "Service desk")


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's database, with the ids of what stands in it."""

    database: Database
    top: int = 1
    team: int = 2
    engineer: int = 1
    clerk: int = 2
    customer: int = 1

    def by(self, now: str, origin: str = "form", person: int | None = None) -> Writer:
        """Return who writes at a moment: the clerk, who may do everything."""
        someone = replace(
            SYSTEM,
            name="吴内勤",
            staff_id=person or self.clerk,
            department_id=self.team,
            departments=frozenset({self.team}),
        )
        return Writer(someone, at(now), ZONE, origin)

    def person(self, staff_id: int, grants: Any) -> Person:
        """Return somebody with these grants only."""
        return Person(
            name="某人",
            staff_id=staff_id,
            department_id=self.team,
            departments=frozenset({self.team}),
            grants=tuple(grants),
        )

    def promise(self, **values: Any) -> None:
        """Save a target; what is not said is that of the callback after a service."""
        with self.database.write() as session:
            targets.save(session, SlaTarget(**(CALLBACK | values)), SET_UP)

    def order(self, now: str, origin: str = "form", **values: Any) -> int:
        """Enter a service order; instants are written as text."""
        given = {
            "order_type": "support",
            "symptom": "机器不启动",
            "reported_at": at("2026-08-01 09:00"),
            **_instants(values),
        }
        with self.database.write() as session:
            return entries.create(session, "service_order", given, self.by(now, origin))

    def callback(self, now: str, order: int | None, called: str, **values: Any) -> int:
        """Enter a callback of an order."""
        given = {
            "kind": "after_service" if order else "daily",
            "service_order": order,
            "customer": self.customer,
            "called_at": at(called),
            "outcome": "connected",
            **_instants(values),
        }
        with self.database.write() as session:
            return entries.create(session, "callback_log", given, self.by(now))

    def change(self, register: str, entry_id: int, now: str, **values: Any) -> None:
        """Change an entry."""
        with self.database.write() as session:
            entries.change(session, register, entry_id, _instants(values), self.by(now))

    def clocks(self) -> list[Clock]:
        """Return every clock, in the order they were opened."""
        with self.database.read() as session:
            return list(session.scalars(select(Clock).order_by(Clock.id)))

    def clock(self) -> Clock:
        """Return the one clock there is."""
        (found,) = self.clocks()
        return found


# S0-04-22: called within 24 hours after a service, rolled over rest days.
CALLBACK: dict[str, Any] = {
    "code": "service_order.callback",
    "name_zh": "服务后回访",
    "name_en": "Callback after service",
    "register": "service_order",
    "start_field": "finished_at",
    "stop_register": "callback_log",
    "stop_via": "service_order",
    "stop_field": "called_at",
    "how_long": "24h",
    "calendar": "desk",
    "warn_before": timedelta(hours=2),
    "valid_from": date(2026, 1, 1),
    "clauses": "S0-04-22",
}


def _instants(values: Mapping[str, Any]) -> dict[str, Any]:
    """Read the instants among some values, which are written as text."""
    return {
        name: at(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in values.items()
    }
