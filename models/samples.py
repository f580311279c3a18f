"""Which entries are samples, and of which, so that each can be taken away again."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Select, String, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import amid, preferences
from models.column_types import BigId
from models.database import Base


class SampleRow(Base):
    """One entry that came with a sample department; it is of one sample only."""

    __tablename__ = "sample_row"

    register: Mapped[str] = mapped_column(String(41), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sample: Mapped[str] = mapped_column(String(41), server_default=text("''"))


def mark(session: Session, register: str, ids: Iterable[int], sample: str) -> None:
    """Remember that these entries are of a sample, named by its template."""
    rows = [{"register": register, "entry_id": one, "sample": sample} for one in ids]
    if rows:
        session.execute(insert(SampleRow), rows)


def hand_over(session: Session, register: str, ids: Iterable[int], sample: str) -> None:
    """Let entries of one sample be another's from now on."""
    theirs = update(SampleRow).where(
        SampleRow.register == register, amid.among(SampleRow.entry_id, ids)
    )
    session.execute(theirs.values(sample=sample))


def among(session: Session, register: str, ids: Sequence[int]) -> set[int]:
    """Return those of some entries that are samples."""
    query = select(SampleRow.entry_id).where(
        SampleRow.register == register, amid.among(SampleRow.entry_id, ids)
    )
    return set(session.scalars(query))


def marked_ids(session: Session, register: str, sample: str | None = None) -> set[int]:
    """Return the ids of all sample entries of a register, or those of one sample."""
    return set(session.scalars(sample_ids(register, sample)))


def sample_ids(register: str, sample: str | None = None) -> Select[Any]:
    """Return the select of a register's sample entries, for use within another."""
    query = select(SampleRow.entry_id).where(SampleRow.register == register)
    return query if sample is None else query.where(SampleRow.sample == sample)


def registers(session: Session, sample: str | None = None) -> list[str]:
    """Return the registers that have sample entries."""
    query = select(SampleRow.register).distinct()
    if sample is not None:
        query = query.where(SampleRow.sample == sample)
    return list(session.scalars(query))


def names(session: Session) -> list[str]:
    """Return the samples that are loaded or have entries."""
    rows = session.scalars(select(SampleRow.sample).distinct())
    return sorted({*loaded(session), *rows})


def loaded(session: Session) -> dict[str, str | None]:
    """Return the samples that are loaded, with the company that each one named."""
    found = preferences.get(session, preferences.SAMPLE, {})
    return dict(cast("dict[str, str | None]", found))


def note_loaded(session: Session, sample: str, company: str) -> None:
    """Remember a sample; it names the company where nobody has."""
    named = None
    if not preferences.get(session, preferences.COMPANY):
        preferences.put(session, preferences.COMPANY, company)
        named = company
    there = loaded(session) | {sample: named}
    preferences.put(session, preferences.SAMPLE, there)


def note_removed(session: Session, sample: str) -> None:
    """Forget a sample; the company's name goes with the last one, if it came so."""
    there = loaded(session)
    named = there.pop(sample, None)
    if named is not None and there:
        there[next(iter(there))] = named
    elif named is not None and named == preferences.get(session, preferences.COMPANY):
        preferences.put(session, preferences.COMPANY, None)
    preferences.put(session, preferences.SAMPLE, there or None)
