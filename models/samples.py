"""Which entries are samples, so that they can be marked and taken away again."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import amid
from models.column_types import BigId
from models.database import Base


class SampleRow(Base):
    """One entry that came with a sample department."""

    __tablename__ = "sample_row"

    register: Mapped[str] = mapped_column(String(41), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId, primary_key=True)


def mark(session: Session, register: str, ids: Iterable[int]) -> None:
    """Remember that these entries are samples."""
    rows = [{"register": register, "entry_id": one} for one in ids]
    if rows:
        session.execute(insert(SampleRow), rows)


def among(session: Session, register: str, ids: Sequence[int]) -> set[int]:
    """Return those of some entries that are samples."""
    query = select(SampleRow.entry_id).where(
        SampleRow.register == register, amid.among(SampleRow.entry_id, ids)
    )
    return set(session.scalars(query))


def marked_ids(session: Session, register: str) -> set[int]:
    """Return the ids of all sample entries of a register."""
    return set(session.scalars(sample_ids(register)))


def sample_ids(register: str) -> Select[Any]:
    """Return the select of a register's sample entries, for use within another."""
    return select(SampleRow.entry_id).where(SampleRow.register == register)


def registers(session: Session) -> list[str]:
    """Return the registers that have sample entries."""
    return list(session.scalars(select(SampleRow.register).distinct()))
