"""What pay is made of: schemes, rules, rates, tables, runs, slips, lines, signatures.

A slip keeps every formula, input and result as it was reckoned, so that it can be read
and checked by hand after the rules have changed.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.column_types import BigId, Money, UtcDateTime
from models.database import Base
from models.rules.formula import UNITS, Value
from models.rules.pay import LineKind, PayRule, Scheme
from models.rules.pay_lookup import read_table
from models.words import Label

MONTH, QUARTER = "month", "quarter"  # how often a scheme pays


class PayScheme(Base):
    """A dated version of a scheme and whom it pays.

    Posts, grades and people narrow it, each where there are any; so does a department
    with what is below it. It pays every month, or every quarter.
    """

    __tablename__ = "pay_scheme"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    department_id: Mapped[int | None] = mapped_column(BigId)  # and below; None: all
    posts: Mapped[list[int]] = mapped_column(JSON)  # ids of posts; empty: every post
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)
    people: Mapped[list[int]] = mapped_column(JSON, default=list)  # ids of staff
    every: Mapped[str] = mapped_column(String(10), default=MONTH)
    rules: Mapped[list["PayRuleRow"]] = relationship(
        cascade="all, delete-orphan",
        order_by="PayRuleRow.position",
        lazy="selectin",
    )

    @property
    def label(self) -> Label:
        """What people call it."""
        return Label(self.name_zh, self.name_en)

    def scheme(self) -> Scheme:
        """Return it as rules reckon with it; SchemeError if it cannot be."""
        return Scheme(
            self.code,
            self.version,
            self.starts_on,
            self.ends_on,
            tuple(one.rule() for one in self.rules),
        )


class PayRuleRow(Base):
    """One line of a scheme."""

    __tablename__ = "pay_rule"
    __table_args__ = (UniqueConstraint("scheme_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scheme_id: Mapped[int] = mapped_column(
        ForeignKey("pay_scheme.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(41))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(12))
    formula: Mapped[str] = mapped_column(Text)
    condition: Mapped[str | None] = mapped_column(Text)
    cap: Mapped[str | None] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    # Of a limit: the codes of the deductions it bounds together, and what it leaves.
    limits: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    leaves: Mapped[str | None] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(Text, default="")

    def rule(self) -> PayRule:
        """Return the plain rule."""
        return PayRule(
            self.code,
            Label(self.name_zh, self.name_en),
            LineKind(self.kind),
            self.formula,
            self.condition,
            self.cap,
            self.floor,
            self.clause,
            None if self.limits is None else tuple(self.limits),
            self.leaves,
        )


class PayRate(Base):
    """A figure that people edit in a table; formulas read it as rate.<code>.

    Nothing written is a rate without a figure: points that are worth no money.
    """

    __tablename__ = "pay_rate"
    __table_args__ = (UniqueConstraint("code", "starts_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(41))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))
    # Text, so that both databases keep the decimal as it was written.
    value: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    is_invented: Mapped[bool] = mapped_column(Boolean(name=None), default=False)
    note: Mapped[str] = mapped_column(Text, default="")


class PayTable(Base):
    """A table that people edit, from a day on; formulas read it as table.<code>."""

    __tablename__ = "pay_table"
    __table_args__ = (UniqueConstraint("code", "starts_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(41))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    key_unit: Mapped[str] = mapped_column(String(20))
    value_unit: Mapped[str] = mapped_column(String(20))
    # Pairs of texts in their order; see models/rules/pay_lookup.py.
    rows: Mapped[list[list[str]]] = mapped_column(JSON)
    starts_on: Mapped[date] = mapped_column(Date)
    is_invented: Mapped[bool] = mapped_column(Boolean(name=None), default=False)
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def label(self) -> Label:
        """What people call it."""
        return Label(self.name_zh, self.name_en)

    def value(self) -> Value:
        """Return it as formulas read it; TableRowError if a row cannot be read."""
        return read_table(self.rows, UNITS[self.key_unit], UNITS[self.value_unit])


class PayRun(Base):
    """The pay of one period for a department and what is below it."""

    __tablename__ = "pay_run"
    __table_args__ = (UniqueConstraint("period", "scope"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    period: Mapped[str] = mapped_column(String(10))  # 2026-10
    scope: Mapped[int] = mapped_column(BigId)  # a department's id; 0: the company
    state: Mapped[str] = mapped_column(String(12))
    calculated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last event of the history when it was calculated: what came later is not in.
    read_to: Mapped[int | None] = mapped_column(BigId)
    errors: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[Decimal | None] = mapped_column("total_fen", Money)


class PaySlip(Base):
    """One person's slip in a run."""

    __tablename__ = "pay_slip"
    __table_args__ = (
        UniqueConstraint("run_id", "staff_id"),
        Index("ix_pay_slip_staff", "staff_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("pay_run.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(BigId)
    staff_number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    department_id: Mapped[int | None] = mapped_column(BigId)
    post: Mapped[str] = mapped_column(String(80))
    scheme: Mapped[str] = mapped_column(String(40))
    scheme_version: Mapped[int] = mapped_column(Integer)
    earnings: Mapped[Decimal | None] = mapped_column("earnings_fen", Money)
    deductions: Mapped[Decimal | None] = mapped_column("deductions_fen", Money)
    total: Mapped[Decimal | None] = mapped_column("total_fen", Money)
    errors: Mapped[int] = mapped_column(Integer)
    items: Mapped[list["PayItemRow"]] = relationship(
        cascade="all, delete-orphan",
        order_by="PayItemRow.position",
        lazy="selectin",
        passive_deletes=True,
    )


class PayItemRow(Base):
    """One line of a slip: formula, inputs, result, clause, as they were reckoned."""

    __tablename__ = "pay_item"
    __table_args__ = (UniqueConstraint("slip_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slip_id: Mapped[int] = mapped_column(ForeignKey("pay_slip.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    # The rule's code; with the first day of the stretch behind it, or the period of a
    # difference before it: calls, calls.1016, 2026-09.calls.
    code: Mapped[str] = mapped_column(String(60))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    formula: Mapped[str] = mapped_column(Text)
    condition: Mapped[str | None] = mapped_column(Text)
    cap: Mapped[str | None] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    first_on: Mapped[date | None] = mapped_column(Date)  # of a part of the period
    last_on: Mapped[date | None] = mapped_column(Date)
    applies: Mapped[bool] = mapped_column(Boolean(name=None))
    # As models/pay_kept_values.py writes them: every name really read, the units of
    # those that were not, and what the line came to.
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    unread: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Words only where they cannot be made again: read them by pay_item_words.py.
    why_zh: Mapped[list[str]] = mapped_column(JSON, default=list)
    why_en: Mapped[list[str]] = mapped_column(JSON, default=list)
    shown_zh: Mapped[str] = mapped_column(Text)  # the result with its unit
    shown_en: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column("amount_fen", Money)
    bound: Mapped[str | None] = mapped_column(String(8))
    error_zh: Mapped[str | None] = mapped_column(Text)
    error_en: Mapped[str | None] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(Text)
    # Of a difference: the locked period, and the line of it, that it puts right.
    of_period: Mapped[str | None] = mapped_column(String(10))
    of_code: Mapped[str | None] = mapped_column(String(41))

    @property
    def label(self) -> Label:
        """The line's name on the slip."""
        return Label(self.name_zh, self.name_en)


class PaySignature(Base):
    """Who moved a run to which state, and when."""

    __tablename__ = "pay_signature"
    __table_args__ = (Index("ix_pay_signature_run", "run_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("pay_run.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(12))
    remark: Mapped[str] = mapped_column(Text, default="")
