"""What an import keeps: the batch, its rows as they came, what each became."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base

REHEARSED, APPLIED, UNDONE = "rehearsed", "applied", "undone"  # of a batch
GOOD, REFUSED, KNOWN = "good", "refused", "known"  # of a line


class ImportBatch(Base):
    """One file for one register: rehearsed, then applied, perhaps undone later."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_register", "register", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column(Integer, default=0)
    good: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    known: Mapped[int] = mapped_column(Integer, default=0)  # imported before
    repeated: Mapped[int] = mapped_column(Integer, default=0)  # same as a row above
    skipped: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # totals, headers
    imported: Mapped[int] = mapped_column(Integer, default=0)
    # In how many of the good rows each field gets its default: {field: count}. None in
    # a batch from before this was kept.
    filled: Mapped[dict[str, int] | None] = mapped_column(JSON)


class ImportLine(Base):
    """A row of a batch as it came; the rehearsal's problems stand beside it."""

    __tablename__ = "import_line"
    __table_args__ = (Index("ix_import_line_batch", "batch_id", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE")
    )
    sheet: Mapped[str] = mapped_column(String(100))
    line: Mapped[int] = mapped_column(Integer)
    # What the sheet's name or title tells of dates that lack it.
    year: Mapped[int | None] = mapped_column(Integer)
    month: Mapped[int | None] = mapped_column(Integer)
    cells: Mapped[dict[str, Any]] = mapped_column(JSON)  # {column: text as it came}
    # good, refused, known (imported before); repeated rows are good and marked
    state: Mapped[str] = mapped_column(String(10))
    is_repeated: Mapped[int] = mapped_column(Integer, default=0)
    # For each problem its field, column and value, and the sentence as zh and en.
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    entry_id: Mapped[int | None] = mapped_column(BigId)


class ImportedKey(Base):
    """Which row of which source became which entry, so that it comes only once."""

    __tablename__ = "imported_key"
    __table_args__ = (
        UniqueConstraint("register", "identity"),
        Index("ix_imported_key_batch", "batch_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    identity: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[int] = mapped_column(BigId)
    batch_id: Mapped[int] = mapped_column(BigId)


class ImportMapping(Base):
    """The mapping last used for a file of these columns, offered the next time."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("register", "columns"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    columns: Mapped[str] = mapped_column(Text)  # the labels, sorted and joined
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


# For statements over thousands of rows, which need nothing of the mapper.
LINES: Table = Base.metadata.tables[ImportLine.__tablename__]
KEYS: Table = Base.metadata.tables[ImportedKey.__tablename__]
