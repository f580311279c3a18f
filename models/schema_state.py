"""What the planner remembers having done: fields and constraints by stable ids.

Renames are told from new columns by these rows, never by a guess, and constraints are
compared with what was asked for last time, since databases word them anew.
"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import UtcDateTime
from models.database import Base

IDENTIFIER = 63  # the longest name PostgreSQL keeps


class CatalogueState(Base):
    """The one row that says which declarations the tables were last made from."""

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    generation: Mapped[int]  # raised whenever the tables or what they mean change
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of what was applied
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AppliedField(Base):
    """A field as it stands in the database; its id never changes."""

    __tablename__ = "applied_field"

    register: Mapped[str] = mapped_column(String(IDENTIFIER), primary_key=True)
    field_id: Mapped[str] = mapped_column(String(IDENTIFIER), primary_key=True)
    name: Mapped[str] = mapped_column(String(IDENTIFIER))
    column_name: Mapped[str] = mapped_column(String(IDENTIFIER))
    type: Mapped[str] = mapped_column(String(20))  # a FieldType
    size: Mapped[int | None]  # characters of a text, places of a decimal
    refers_to: Mapped[str | None] = mapped_column(String(IDENTIFIER))


class AppliedConstraint(Base):
    """An index or constraint that the planner made, by what it demands."""

    __tablename__ = "applied_constraint"

    register: Mapped[str] = mapped_column(String(IDENTIFIER), primary_key=True)
    # What it demands in terms of field ids, so that a rename leaves it as it is.
    signature: Mapped[str] = mapped_column(String(500), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # index, check or foreign_key
    name: Mapped[str] = mapped_column(String(IDENTIFIER))
    field_ids: Mapped[str] = mapped_column(String(500))  # "a,b"
