"""Who changed which field of which entry, from what, to what; nobody edits it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Index, String, Table
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.access import Person
from models.bulk_rows import insert_columns
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.register import Field, FieldType


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, where days begin, and by which way the values came."""

    person: Person
    now: datetime  # aware
    zone: ZoneInfo
    origin: str = "form"  # form, inline, bulk, import, job, template or outside
    batch: str | None = None  # what belongs together: one import, one bulk change


class ChangeEvent(Base):
    """One entry created, changed, binned or restored."""

    __tablename__ = "change_event"
    __table_args__ = (
        Index("ix_change_event_entry", "register", "entry_id", "id"),
        Index("ix_change_event_batch", "batch"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    entry_version: Mapped[int] = mapped_column(BigId)
    action: Mapped[str] = mapped_column(String(12))
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(12))
    batch: Mapped[str | None] = mapped_column(String(40))
    # {field name: [old, new]}, values as `plain` writes them
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)


EVENTS: Table = Base.metadata.tables[ChangeEvent.__tablename__]


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it: exact decimals and ISO times as text."""
    write = _WRITE.get(type(value))
    return value if write is None else write(value)


_WRITE: Mapping[type, Callable[[Any], Any]] = {
    Decimal: lambda value: format(value, "f"),
    timedelta: lambda value: int(value.total_seconds()),
    **dict.fromkeys((datetime, date, time), lambda value: value.isoformat()),
}


_AS_IT_IS = frozenset({str, int})  # most values of a new entry


_READ: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.DECIMAL: Decimal,
    FieldType.MONEY: Decimal,
    FieldType.DATE: date.fromisoformat,
    FieldType.TIME: time.fromisoformat,
    FieldType.INSTANT: datetime.fromisoformat,
    FieldType.DURATION: lambda seconds: timedelta(seconds=seconds),
}


def from_plain(one: Field, value: Any) -> Any:
    """Return the value that `plain` wrote for a field."""
    read = _READ.get(one.type)
    return value if value is None or read is None else read(value)


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Collection[str]
) -> dict[str, list[Any]]:
    """Return {name: [old, new]} of the named fields whose values differ."""
    if not before:  # a new entry, of whose fields most are empty
        return {
            name: [None, value if type(value) in _AS_IT_IS else plain(value)]
            for name, value in after.items()
            if value is not None and name in names
        }
    return {
        name: [plain(before.get(name)), plain(after.get(name))]
        for name in names
        if before.get(name) != after.get(name)
    }


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be remembered of one entry."""

    entry_id: int
    version: int
    action: str  # created, changed, binned or restored
    changes: dict[str, list[Any]]


def remember(
    session: Session, register: str, happened: Iterable[Happening], writer: Writer
) -> None:
    """Write the events inside the transaction that made the changes."""
    events = list(happened)
    if not events:
        return
    said = {
        "at": writer.now,
        "register": register,
        "staff_id": writer.person.staff_id,
        "by_name": writer.person.name,
        "origin": writer.origin,
        "batch": writer.batch,
    }
    columns = {name: [value] * len(events) for name, value in said.items()} | {
        "entry_id": [one.entry_id for one in events],
        "entry_version": [one.version for one in events],
        "action": [one.action for one in events],
        "changes": [one.changes for one in events],
    }
    insert_columns(session, EVENTS, columns)
