"""What triggers noticed of other programs' writes, until it has been taken over."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base


class EntryChange(Base):
    """One entry inserted, updated or deleted by plain SQL.

    Written by the triggers of `schema_triggers.py` alone, deleted in the transaction
    that gives the entry what the panel's own way of writing would have given it.
    """

    __tablename__ = "entry_change"
    __table_args__ = (Index("ix_entry_change_entry", "register", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    # created, changed, deleted, or replaced: in the way of a write, and perhaps deleted
    what: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The row as the database keeps it; `outside_values.py` reads what triggers wrote.
    before: Mapped[Any] = mapped_column(JSON, nullable=True)
    after: Mapped[Any] = mapped_column(JSON, nullable=True)
    # Of a change that could not be taken over: when to try again, how often, and why.
    wait_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    problem: Mapped[str | None] = mapped_column(Text)
