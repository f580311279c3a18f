"""What a run of pay keeps beside its slips: changes, differences, slips set aside."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, Money, UtcDateTime
from models.database import Base
from models.words import Label


class PayChange(Base):
    """One line of one person that came out otherwise when a run was calculated again.

    An empty text is a line, or a whole slip, that was not there.
    """

    __tablename__ = "pay_change"
    __table_args__ = (Index("ix_pay_change_run", "run_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("pay_run.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the later calculation
    staff_id: Mapped[int] = mapped_column(BigId)
    staff_number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(60))  # 2026-09.calls for a difference
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    before_zh: Mapped[str] = mapped_column(Text)
    before_en: Mapped[str] = mapped_column(Text)
    after_zh: Mapped[str] = mapped_column(Text)
    after_en: Mapped[str] = mapped_column(Text)

    @property
    def label(self) -> Label:
        """The line's name."""
        return Label(self.name_zh, self.name_en)


class PayDifference(Base):
    """What one line of a locked period comes to now, more or less than was paid.

    All four amounts count as they change the pay: a deduction is below zero. `number`
    is given when the run that pays it is locked, and taken away when that is unlocked:
    the database itself refuses to pay the same one twice.
    """

    __tablename__ = "pay_difference"
    __table_args__ = (
        UniqueConstraint("run_id", "of_run_id", "staff_id", "code"),
        UniqueConstraint("of_run_id", "staff_id", "code", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("pay_run.id", ondelete="CASCADE"))
    of_run_id: Mapped[int] = mapped_column(ForeignKey("pay_run.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(10))  # the locked one
    staff_id: Mapped[int] = mapped_column(BigId)
    staff_number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(41))  # of the line
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    locked: Mapped[Decimal] = mapped_column("locked_fen", Money)
    settled: Mapped[Decimal] = mapped_column("settled_fen", Money)  # by earlier runs
    now: Mapped[Decimal] = mapped_column("now_fen", Money)
    amount: Mapped[Decimal] = mapped_column("amount_fen", Money)
    # As `pay_causes.py` writes them
    causes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    more_causes: Mapped[int] = mapped_column(Integer, default=0)  # that are not listed
    number: Mapped[int | None] = mapped_column(Integer)

    @property
    def label(self) -> Label:
        """The line's name."""
        return Label(self.name_zh, self.name_en)


class PayClosed(Base):
    """A period whose pay is locked, for one department or for all.

    Read by the triggers of `schema_hardening.py`; there as long as its run is locked.
    """

    __tablename__ = "pay_closed"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("pay_run.id", ondelete="CASCADE"), primary_key=True
    )
    department_id: Mapped[int] = mapped_column(BigId, primary_key=True)  # 0: all
    period: Mapped[str] = mapped_column(String(10))
    first_on: Mapped[date] = mapped_column(Date)
    end_on: Mapped[date] = mapped_column(Date)  # no longer in it
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PayKeptSlip(Base):
    """A slip as it was locked, kept when its run was unlocked."""

    __tablename__ = "pay_kept_slip"
    __table_args__ = (UniqueConstraint("run_id", "unlocked_at", "staff_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("pay_run.id", ondelete="CASCADE"))
    unlocked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int] = mapped_column(BigId)
    staff_number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    department_id: Mapped[int | None] = mapped_column(BigId)
    earnings: Mapped[Decimal | None] = mapped_column("earnings_fen", Money)
    deductions: Mapped[Decimal | None] = mapped_column("deductions_fen", Money)
    total: Mapped[Decimal | None] = mapped_column("total_fen", Money)
    # As `pay_signing.py` writes them
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
