"""What changed calendars moved: one row for each open clock and each move."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calendars import Calendar
from models.column_types import BigId, UtcDateTime
from models.database import Base


class CalendarMove(Base):
    """An open clock that a version of a calendar put at another instant."""

    __tablename__ = "calendar_move"
    __table_args__ = (Index("ix_calendar_move_calendar", "calendar_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    # A clock may be gone later; what was moved stays told.
    clock_id: Mapped[int] = mapped_column(BigId)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    number: Mapped[str | None] = mapped_column(String(40))
    target_code: Mapped[str] = mapped_column(String(60))
    was_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)


def moves_of(
    session: Session, versions: Sequence[Calendar], limit: int
) -> tuple[int, Sequence[CalendarMove]]:
    """Return how many moves some versions made, and the last of them, latest first."""
    ids = [one.id for one in versions]
    of_these = CalendarMove.calendar_id.in_(ids)
    count = session.scalar(select(func.count(CalendarMove.id)).where(of_these)) or 0
    query = select(CalendarMove).where(of_these).order_by(CalendarMove.id.desc())
    return count, session.scalars(query.limit(limit)).all()
