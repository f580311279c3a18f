"""The table of steps taken: who moved which entry from where to where, and for whom."""

from datetime import datetime

from sqlalchemy import Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base


class FlowStep(Base):
    """One step of one entry; written once, in the transaction that moved the entry.

    Where a deputy acts, `staff_id` is the deputy and `for_staff_id` whom they stand in
    for. A step that another program took has no transition and nobody's id.
    """

    __tablename__ = "flow_step"
    __table_args__ = (Index("ix_flow_step_entry", "register", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    entry_version: Mapped[int] = mapped_column(BigId)  # that the step led to
    transition: Mapped[str | None] = mapped_column(String(40))
    from_state: Mapped[str] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    for_staff_id: Mapped[int | None] = mapped_column(BigId)
    for_name: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str | None] = mapped_column(Text)


STEPS: Table = Base.metadata.tables[FlowStep.__tablename__]
