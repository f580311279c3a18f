"""A small company with duties: ten calls a day, three trainings a month."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models import calendars, duties, duty_lists, entries, stored
from models.access import SYSTEM
from models.accounts import Account
from models.database import Database
from models.duties import Duty
from models.duty_standing import Standing
from models.measures import Measure
from models.rules.periods import parse_period
from models.words import Label
from tests.company import NOON, ZONE, company_with, writer
from tests.databases import upon

HOURS: dict[str, Any] = {
    "zone": "Asia/Shanghai",
    "weekly": {
        day: [["09:00", "12:00"], ["13:30", "18:00"]]
        for day in ("mon", "tue", "wed", "thu", "fri")
    },
    "days_off": [f"2026-10-0{day}" for day in range(1, 8)],
}
WORKDAYS = 17  # of October 2026 by these hours
LEAVE = {
    "code": "x_leave",
    "title": "请假 | Leave",
    "numbering": "QX{serial:04}",
    "menu": "team",
    "absence": {"person": "who", "from": "since", "until": "until"},
    "fields": [
        {"name": "who", "title": "谁 | Who", "type": "person", "required": True},
        {"name": "since", "title": "起 | From", "type": "instant"},
        {"name": "until", "title": "止 | Until", "type": "instant"},
    ],
}
ROSTER = {
    "code": "x_roster",
    "title": "排班 | Roster",
    "numbering": "PX{serial:04}",
    "menu": "team",
    "unique_together": [["who", "day"]],
    "grid": {"rows": "who", "columns": "day", "cell": "shift", "rest": "rest"},
    "fields": [
        {"name": "who", "title": "谁 | Who", "type": "person", "required": True},
        {"name": "day", "title": "日期 | Day", "type": "date", "required": True},
        {"name": "rest", "title": "休 | Rest", "type": "yes_no", "default": False},
        {
            "name": "shift",
            "title": "班 | Shift",
            "type": "choice",
            "options": {"early": "早 | Early", "late": "晚 | Late"},
        },
    ],
}
MEASURES = (
    ("calls", "回访数", "callback_log", "count", None, "called_at", "caller"),
    ("trainings", "培训次数", "training_record", "count", None, "held_at", "organiser"),
    (
        "talks",
        "谈话人数",
        "staff_talk",
        "distinct",
        "colleague",
        "talked_at",
        "talked_by",
    ),
)
CUSTOMER: dict[str, Any] = {"name": "苏州一厂", "address": "苏州", "status": "active"}
_COMPANY = company_with(LEAVE, ROSTER)


@upon("duty_registers", _COMPANY)
def build_duty_company(url: str) -> None:
    """Fill the company with its calendar and its measures."""
    database = Database(url)
    with database.write() as session:
        calendars.save(session, "desk", Label("工作时间", "Hours"), HOURS, NOON)
        session.add_all(
            Measure(
                code=code,
                name_zh=name,
                name_en=code,
                register=register,
                aggregate=aggregate,
                field=field,
                date_field=by,
                person_field=whose,
            )
            for code, name, register, aggregate, field, by, whose in MEASURES
        )
    database.dispose()


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """Return a moment of October 2026 at the desk."""
    return datetime(2026, 10, day, hour, minute, tzinfo=ZONE)


def said(one: Standing) -> list[Any]:
    """Return figure, what is owed, and the verdict's word."""
    return [one.taken.figure, one.owed, one.verdict.value]


class DutyDesk:
    """What tests do at a desk with duties."""

    def __init__(self, database: Database) -> None:
        """Know the declared registers and the people of the company."""
        self.database = database
        stored.know(database)
        with database.read() as session:
            accounts = session.scalars(select(Account)).all()
            self.staff = {one.login: one.staff_id for one in accounts if one.staff_id}
        self.customer = self.create(
            "customer_file", CUSTOMER | {"account_manager": self.staff["A02"]}
        )

    def create(self, register: str, values: dict[str, Any]) -> int:
        """Write one entry."""
        with self.database.write() as session:
            return entries.create(session, register, values, writer())

    def get(self, register: str, entry_id: int) -> dict[str, Any]:
        """Return an entry as the system sees it."""
        with self.database.read() as session:
            return entries.get(session, SYSTEM, register, entry_id)

    def change(self, who: str, values: dict[str, Any]) -> None:
        """Change what the staff list says of a person."""
        with self.database.write() as session:
            entries.change(session, "staff", self.staff[who], values, writer())

    def duty(self, code: str, **said: Any) -> Duty:
        """Save a version of a duty: by default ten calls a day of the clerk."""
        usual: dict[str, Any] = {
            "name_zh": "每天十个回访",
            "name_en": "Ten calls a day",
            "measure": "calls",
            "period": "workday",
            "at_least": Decimal(10),
            "people": [self.staff["A02"]],
            "calendar": "desk",
            "valid_from": date(2020, 1, 1),
        }
        with self.database.write() as session:
            return duties.save(session, Duty(code=code, **(usual | said)), at(1))

    def trainings(self, **said: Any) -> Duty:
        """Save the three trainings a month of the manager."""
        usual: dict[str, Any] = {
            "name_zh": "每月培训三次",
            "name_en": "Three trainings a month",
            "measure": "trainings",
            "period": "month",
            "at_least": Decimal(3),
            "each_field": "minutes",
            "each_least": 30,
            "people": [self.staff["A01"]],
            "valid_from": date(2020, 1, 1),
            "clauses": "S0-04-04",
        }
        return self.duty("trainings", **(usual | said))

    def call(self, when: datetime, who: str = "A02", times: int = 1) -> None:
        """Write callbacks of a person."""
        for _ in range(times):
            values = {
                "kind": "daily",
                "customer": self.customer,
                "called_at": when,
                "caller": self.staff[who],
                "outcome": "no_answer",
            }
            self.create("callback_log", values)

    def train(self, day: int, minutes: int, *topics: str) -> int:
        """Write a training that the manager held."""
        return self.create(
            "training_record",
            {
                "held_at": at(day, 16),
                "minutes": minutes,
                "topics": list(topics or ("repair",)),
                "content": "故障分析",
                "organiser": self.staff["A01"],
            },
        )

    def away(self, who: str, since: datetime, until: datetime) -> None:
        """Write a leave."""
        values = {"who": self.staff[who], "since": since, "until": until}
        self.create("x_leave", values)

    def roster(self, who: str, day: int, *, rest: bool) -> None:
        """Write a day of the roster."""
        values = {"who": self.staff[who], "day": date(2026, 10, day), "rest": rest}
        self.create("x_roster", values)

    def standings(
        self, code: str, period: str, now: datetime | None = None
    ) -> list[Standing]:
        """Return how people stand with a duty, after October unless said otherwise."""
        with self.database.read() as session:
            found = duty_lists.over(
                session,
                parse_period(period),
                now or datetime(2026, 11, 2, 9, tzinfo=ZONE),
                ZONE,
                codes=[code],
            )
        return found.get(code, [])

    def standing(self, code: str, period: str, now: datetime | None = None) -> Standing:
        """Return the only one."""
        (found,) = self.standings(code, period, now)
        return found
