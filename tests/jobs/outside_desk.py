"""Another program on the desk's database, and what can be seen of its writes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from models import catalogue, entries, search
from models.access import SYSTEM
from models.clock_table import CLOCKS
from models.database import Database
from models.history import ChangeEvent, Writer
from models.outside import CHANGES
from tests.clock_desk import ZONE, at

REGISTER = "complaint_log"
GIVEN: dict[str, Any] = {
    "customer": 1,
    "complainant": "孙丽",
    "phone": "13812345678",
    "category": "late_visit",
    "content": "约好上午来，等到下午也没有人来",
    "demand": "当天上门并道歉",
    "received_at": at("2026-08-03 09:00").astimezone(UTC),
    "holder": 1,
    "department": 2,
    "received_by": 2,
    "external_key": "W-1001",
}
REPLY: dict[str, Any] = {
    "code": "complaint_log.first_reply",
    "name_zh": "投诉首次回复",
    "name_en": "First reply",
    "register": REGISTER,
    "start_field": "received_at",
    "stop_register": None,
    "stop_via": None,
    "stop_field": "first_reply_at",
}


class Program:
    """Another program on the same database: it knows SQL and nothing else."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def run(self, statement: str, **values: Any) -> int | None:
        """Run one statement, instants in UTC; return the one number it gives."""
        shown = {
            name: value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
            if isinstance(value, datetime)
            else value
            for name, value in values.items()
        }
        with self.database.writing.begin() as connection:
            result = connection.execute(text(statement), shown)
            return result.scalar_one() if result.returns_rows else None

    def insert(self, register: str, values: Mapping[str, Any]) -> int:
        """Insert one row by field names and return its id."""
        declared = catalogue.current()[register]
        row = {str(declared.field(name).column): one for name, one in values.items()}
        places = ", ".join(f":{column}" for column in row)
        into = f"{register} ({', '.join(row)})"
        entry_id = self.run(
            f"INSERT INTO {into} VALUES ({places}) RETURNING id",  # noqa: S608 - names of our own
            **row,
        )
        assert entry_id is not None
        return entry_id


def noticed_at(database: Database) -> datetime | None:
    """Return when the last write was noticed."""
    with database.read() as session:
        found: datetime | None = session.scalar(
            select(CHANGES.c.at).order_by(CHANGES.c.id.desc()).limit(1)
        )
        return found


def by_form(now: datetime) -> Writer:
    return Writer(SYSTEM, now, ZONE)


def entry(database: Database, entry_id: int, register: str = REGISTER) -> Any:
    with database.read() as session:
        return entries.get(session, SYSTEM, register, entry_id)


def clocks(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        found = session.execute(select(CLOCKS).order_by(CLOCKS.c.id)).mappings()
        return [dict(one) for one in found]


def hits(database: Database, words: str) -> list[int]:
    known = catalogue.current()
    table = known.table(REGISTER)
    criteria = search.criteria(
        known[REGISTER], table, words, database.dialect.name, complete=("phone",)
    )
    assert criteria is not None
    with database.read() as session:
        query = select(table.c.id).where(criteria, table.c.binned_at.is_(None))
        return list(session.scalars(query))


def history(database: Database) -> list[dict[str, Any]]:
    """Return what is remembered, without who did it and by which way."""
    columns = ("at", "entry_id", "entry_version", "action", "changes")
    query = select(*(getattr(ChangeEvent, one) for one in columns))
    query = query.where(ChangeEvent.register == REGISTER).order_by(ChangeEvent.id)
    with database.read() as session:
        return [dict(one) for one in session.execute(query).mappings()]


def waiting(database: Database) -> int:
    with database.read() as session:
        return len(session.execute(select(CHANGES)).all())
