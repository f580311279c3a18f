"""What templates applied last: what tells a value an admin changed from an old one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base


class AppliedTemplate(Base):
    """A template that was applied to a department, or to the whole company."""

    __tablename__ = "applied_template"
    __table_args__ = (UniqueConstraint("template", "scope"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    scope: Mapped[int] = mapped_column(BigId)  # a department's id; 0: the company
    hash: Mapped[str] = mapped_column(String(64))  # of all that it said
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AppliedItem(Base):
    """One thing a template brought, with the values it said."""

    __tablename__ = "applied_item"
    __table_args__ = (UniqueConstraint("kind", "code", "scope"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))  # target, role, post ...
    code: Mapped[str] = mapped_column(String(120))
    scope: Mapped[int] = mapped_column(BigId)
    template: Mapped[str] = mapped_column(String(40))
    said: Mapped[dict[str, Any]] = mapped_column("values", JSON)
