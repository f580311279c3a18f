"""Messages: written in the transaction that found the fact, delivered afterwards.

The panel's bell shows a message from the moment its transaction is committed; channels
outside get it by `jobs/routing.py`, which hands it on, and `jobs/outbox.py`. A message
carries register, number and a plain sentence, never personal data: whoever may see the
entry follows the link.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Index,
    Integer,
    Select,
    String,
    Text,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import catalogue
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.rules.wall_clock import moment_label
from models.words import Label

_UNREAD = text("read_at IS NULL")
_WAITING = text("next_try_at IS NOT NULL")


class Message(Base):
    """One thing that one person, or a channel of everybody, is to be told."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_unread",
            "staff_id",
            "id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
        Index(
            "ix_message_waiting",
            "next_try_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Says which fact it tells; a fact is told once, however often it is found.
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    register: Mapped[str | None] = mapped_column(String(41))
    entry_id: Mapped[int | None] = mapped_column(BigId)
    number: Mapped[str | None] = mapped_column(String(40))
    # The clock it tells of, which is asked again when it is sent.
    clock_id: Mapped[int | None] = mapped_column(BigId)
    holder_id: Mapped[int | None] = mapped_column(BigId)  # who answered for it then
    staff_id: Mapped[int | None] = mapped_column(BigId)  # None: nobody in particular
    # A sentence each; "{at}" in it is the instant below, in the reader's zone.
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    about_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When it is to be handed to the channels outside; None: it was. One that cannot be
    # handed on is put aside, `attempts` says how often.
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer)

    def line(self, zone: ZoneInfo) -> Label:
        """Return the whole message: the entry it is about, then the sentence."""
        entry, zh, en = self._entry(), self.text_zh, self.text_en
        if self.about_at is not None:
            at = moment_label(self.about_at, zone)
            zh, en = zh.replace("{at}", f" {at.zh} "), en.replace("{at}", at.en)
        return Label(f"{entry.zh}{zh}", f"{entry.en}{en}")

    def _entry(self) -> Label:
        known = catalogue.current()
        if self.register is None or self.register not in known:
            return Label("", "")
        title = known[self.register].title
        number = f" {self.number}" if self.number else ""
        return Label(f"{title.zh}{number}：", f"{title.en}{number}: ")


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told, and to whom."""

    key: str
    kind: str
    text: Label
    staff_id: int | None = None
    register: str | None = None
    entry_id: int | None = None
    number: str | None = None
    about_at: datetime | None = None
    clock_id: int | None = None
    holder_id: int | None = None


def enqueue(session: Session, notices: Iterable[Notice], now: datetime) -> None:
    """Queue messages in the open transaction; a key that is there already is left."""
    rows = [
        {
            "key": one.key,
            "kind": one.kind,
            "register": one.register,
            "entry_id": one.entry_id,
            "number": one.number,
            "clock_id": one.clock_id,
            "holder_id": one.holder_id,
            "staff_id": one.staff_id,
            "text_zh": one.text.zh,
            "text_en": one.text.en,
            "about_at": one.about_at,
            "created_at": now,
            "next_try_at": now,
            "attempts": 0,
        }
        for one in notices
    ]
    if rows:
        session.execute(_new_keys_only(_insert(session)), rows)


def enqueue_selected(
    session: Session, query: Select[*tuple[Any, ...]], names: Sequence[str]
) -> None:
    """Queue what a select gives, column by column, without fetching it.

    The select must have a WHERE: SQLite would else take ON CONFLICT for a join.
    """
    session.execute(_new_keys_only(_insert(session).from_select(names, query)))


def _insert(session: Session) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(Message)
    return postgresql.insert(Message)


def _new_keys_only(insert: Any) -> Any:
    return insert.on_conflict_do_nothing(index_elements=["key"])


def unread(session: Session, staff_id: int, limit: int = 50) -> list[Message]:
    """Return what a person has not read yet, the newest first."""
    query = (
        select(Message)
        .where(Message.staff_id == staff_id, Message.read_at.is_(None))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def mark_read(
    session: Session, staff_id: int, now: datetime, ids: Sequence[int] | None = None
) -> int:
    """Mark messages of a person as read, all without `ids`; return how many were not.

    Messages of others are left alone, whatever ids are given.
    """
    marked = update(Message).where(
        Message.staff_id == staff_id, Message.read_at.is_(None)
    )
    if ids is not None:
        marked = marked.where(Message.id.in_(ids))
    done = session.execute(marked.values(read_at=now).returning(Message.id))
    return len(done.all())
