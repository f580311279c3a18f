"""Which entry was made one with which other, and all that was moved for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base


class EntryMerge(Base):
    """One entry that went into another; the way from the old number to the new."""

    __tablename__ = "entry_merge"
    __table_args__ = (
        Index("ix_entry_merge_from", "register", "from_id"),
        Index("ix_entry_merge_number", "from_number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    from_id: Mapped[int] = mapped_column(BigId)
    into_id: Mapped[int] = mapped_column(BigId)
    from_number: Mapped[str | None] = mapped_column(String(40))
    into_number: Mapped[str | None] = mapped_column(String(40))
    # {register: {field: [ids]}} of what referred to the one and now does to the other
    moved: Mapped[dict[str, dict[str, list[int]]]] = mapped_column(JSON)
    # Files and comments by the name of their table, as ids.
    beside: Mapped[dict[str, list[int]]] = mapped_column(JSON)
    # {field: [before, after]} of the entry that stays, as the history writes values
    chosen: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(80))


def into(session: Session, register: str, entry_id: int) -> int | None:
    """Return the entry that another went into; None for one that went nowhere."""
    query = select(EntryMerge.into_id).where(
        EntryMerge.register == register,
        EntryMerge.from_id == entry_id,
        EntryMerge.undone_at.is_(None),
    )
    return session.scalar(query.order_by(EntryMerge.id.desc()).limit(1))


def of_number(session: Session, number: str) -> list[EntryMerge]:
    """Return the merges by which an entry of that number went into another."""
    query = select(EntryMerge).where(
        EntryMerge.from_number == number, EntryMerge.undone_at.is_(None)
    )
    return list(session.scalars(query.order_by(EntryMerge.id.desc()).limit(20)))


def latest(session: Session, register: str, limit: int) -> list[EntryMerge]:
    """Return the last merges of a register, the newest first."""
    query = select(EntryMerge).where(EntryMerge.register == register)
    return list(session.scalars(query.order_by(EntryMerge.id.desc()).limit(limit)))
