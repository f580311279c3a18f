"""What the jobs keep: who may run them now, and every run there was."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base

_FAILED = text("failure IS NOT NULL")


class Lease(Base):
    """Which process may do something that one at a time should do."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    # Grows with every change of holder; what an earlier holder still does is refused.
    fence: Mapped[int] = mapped_column(BigInteger)
    # Seconds since 1970 by the database's own clock, the only one all hosts share.
    until: Mapped[int] = mapped_column(BigInteger)


class JobRun(Base):
    """One run of one job for the moment it was due."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "due_at"),
        Index("ix_job_run_started_at", "started_at"),
        Index(
            "ix_job_run_failed",
            "job",
            "due_at",
            sqlite_where=_FAILED,
            postgresql_where=_FAILED,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fence: Mapped[int | None] = mapped_column(BigInteger)  # None: on a command line
    asked_by: Mapped[str | None] = mapped_column(String(80))  # None: it was due
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column(Integer)
    milliseconds: Mapped[int] = mapped_column(Integer)
    failure: Mapped[str | None] = mapped_column(Text)


class JobRequest(Base):
    """Somebody wants a job to run now; whoever holds the lease runs it and takes it."""

    __tablename__ = "job_request"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)  # one at a time
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(80))
