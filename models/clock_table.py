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
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.excuse_columns import Excusable, Said

_OPEN = text("met_at IS NULL AND voided_at IS NULL")
_AWAITED = text("next_at IS NOT NULL")
_EXPLAINED = text("explained_at IS NOT NULL")
_PROPOSED = text("proposed_at IS NOT NULL")


class Clock(Excusable, Base):
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
            "paused_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # What waits for somebody's word: few, and gone once it is said.
        Index(
            "ix_clock_explained",
            "register",
            "explained_at",
            sqlite_where=_EXPLAINED,
            postgresql_where=_EXPLAINED,
        ),
        Index(
            "ix_clock_proposed",
            "register",
            "proposed_at",
            sqlite_where=_PROPOSED,
            postgresql_where=_PROPOSED,
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
    # When the sweep must look at it next: to warn, to escalate, to breach.
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The promise no longer holds: its start is gone, its condition, or its entry.
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Since when it stands still; what it is due then is not known before it runs again.
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # [[from, to or null], ...] in ISO form; those of a pause do not count.
    paused: Mapped[list[list[str | None]]] = mapped_column(JSON)
    # [{"at", "from", "to", "why"}, ...]: each time the due instant moved.
    moves: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # How often it moved: what is told of one due instant is told once.
    turn: Mapped[int] = mapped_column(Integer)
    escalation_level: Mapped[int] = mapped_column(Integer)  # steps taken
    # When the next step is to be taken, by its calendar; None: there is none.
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The breach for which an entry is proposed; None again once that was decided.
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    number: Mapped[str | None] = mapped_column(String(40))
    holder_id: Mapped[int | None] = mapped_column(BigId)
    department_id: Mapped[int | None] = mapped_column(BigId)


class ClockNote(Said, Base):
    """What people said and did about one clock; written once, never changed."""

    __tablename__ = "clock_note"
    __table_args__ = (Index("ix_clock_note_clock", "clock_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))


# For statements over thousands of rows, which need nothing of the mapper.
CLOCKS: Table = Base.metadata.tables[Clock.__tablename__]


def is_open() -> ColumnElement[bool]:
    """Return the condition of a promise that is still to be kept."""
    return and_(Clock.met_at.is_(None), Clock.voided_at.is_(None))


def is_running() -> ColumnElement[bool]:
    """Return the condition of a promise still to be kept that does not stand still."""
    return and_(is_open(), Clock.paused_at.is_(None))
