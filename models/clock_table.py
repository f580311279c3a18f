"""The clock: one promise running on one entry, with what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base

_OPEN = text("met_at IS NULL AND voided_at IS NULL")
_AWAITED = text("next_at IS NOT NULL")


class Clock(Base):
    """One row for each promise on each entry; written by saves and by the sweep.

    `due_at` is the last instant at which the promise is kept. `breached_at` is that
    instant too, or None; it is the verdict, whether the work was done later or not at
    all. Number, holder and department are copies of the entry's, for lists and messages
    that must not join its table.
    """

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("register", "entry_id", "target_code"),
        # The sweep asks this one alone; a clock that awaits nothing is not in it.
        Index(
            "ix_clock_next",
            "next_at",
            sqlite_where=_AWAITED,
            postgresql_where=_AWAITED,
        ),
        # What is still to be done, by when: lists ask one register after the other,
        # and tell whose it is and whether it was warned of without reading the row.
        Index(
            "ix_clock_open",
            "register",
            "due_at",
            "holder_id",
            "warn_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # Shares kept, by target and month.
        Index("ix_clock_verdicts", "register", "target_code", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    target_code: Mapped[str] = mapped_column(String(60))
    # The very versions it was reckoned with.
    target_id: Mapped[int] = mapped_column(ForeignKey("sla_target.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))

    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the sweep must look at it next: to warn, to breach, later to escalate.
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The promise no longer holds: its start is gone, its condition, or its entry.
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # [[from, to or null], ...] in ISO form; those of a pause do not count.
    paused: Mapped[list[list[str | None]]] = mapped_column(JSON)
    # [{"at", "from", "to", "why"}, ...]: each time the due instant moved.
    moves: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # How often it moved: what is told of one due instant is told once.
    turn: Mapped[int] = mapped_column(Integer)
    escalation_level: Mapped[int] = mapped_column(Integer)
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_by_id: Mapped[int | None] = mapped_column(BigId)
    excused_because: Mapped[str | None] = mapped_column(Text)

    number: Mapped[str | None] = mapped_column(String(40))
    holder_id: Mapped[int | None] = mapped_column(BigId)
    department_id: Mapped[int | None] = mapped_column(BigId)


# For statements over thousands of rows, which need nothing of the mapper.
CLOCKS: Table = Base.metadata.tables[Clock.__tablename__]


def is_open() -> ColumnElement[bool]:
    """Return the condition of a promise that is still to be kept."""
    return and_(Clock.met_at.is_(None), Clock.voided_at.is_(None))
