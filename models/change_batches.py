"""What one person changed in one go, kept for thirty days so that it can be undone.

What was changed, from what to what, is in the history for good; a row here only says
that somebody may still take it back as a whole.
"""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.history import EVENTS, Writer

KEPT = timedelta(days=30)
TOGETHER = 1_000  # rows that are dropped in one transaction


class ChangeBatch(Base):
    """One change that can be undone: of an entry, or of many at once."""

    __tablename__ = "change_batch"
    __table_args__ = (
        Index("ix_change_batch_account", "account_id", "at"),
        Index("ix_change_batch_at", "at"),
    )

    batch: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    register: Mapped[str] = mapped_column(String(41))
    origin: Mapped[str] = mapped_column(String(12))
    action: Mapped[str] = mapped_column(String(12))  # changed, binned or restored
    # With its parts; of several entries, the first one stands for all.
    entries: Mapped[int] = mapped_column(BigId)
    entry_id: Mapped[int] = mapped_column(BigId)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


BATCHES = Base.metadata.tables[ChangeBatch.__tablename__]


def offer(
    session: Session, register: str, entry_id: int, action: str, writer: Writer
) -> bool:
    """Let the writer undo what this transaction has changed; False if nothing was.

    Counts what the history has of the writer's batch, so it comes last.
    """
    account, batch = writer.person.account_id, writer.batch
    if account is None or batch is None:
        return False
    said = {
        "batch": batch,
        "account_id": account,
        "register": register,
        "origin": writer.origin,
        "action": action,
        "entry_id": entry_id,
    }
    values = [literal(value) for value in said.values()]
    at, count = literal(writer.now, UtcDateTime), func.count()
    counted = select(*values, at, count).where(EVENTS.c.batch == batch)
    made = insert(BATCHES).from_select(
        [*said, "at", "entries"], counted.having(func.count() > 0)
    )
    # Not by the number of rows, which PostgreSQL's driver does not tell of this.
    return session.scalar(made.returning(BATCHES.c.batch)) is not None


def mine(
    session: Session, account_id: int, now: datetime, most: int
) -> list[ChangeBatch]:
    """Return what an account may still undo, or has undone, newest first."""
    query = (
        select(ChangeBatch)
        .where(ChangeBatch.account_id == account_id, ChangeBatch.at > now - KEPT)
        .order_by(ChangeBatch.at.desc(), ChangeBatch.batch)
        .limit(most)
    )
    return list(session.scalars(query))


def find(
    session: Session, account_id: int, batch: str, now: datetime
) -> ChangeBatch | None:
    """Return one change of an account; None if it is another's, or too long ago."""
    query = select(ChangeBatch).where(
        ChangeBatch.batch == batch,
        ChangeBatch.account_id == account_id,
        ChangeBatch.at > now - KEPT,
    )
    return session.scalar(query)


def mark_undone(session: Session, batch: str, now: datetime) -> None:
    """Remember that a change was taken back."""
    done = update(BATCHES).where(BATCHES.c.batch == batch).values(undone_at=now)
    session.execute(done)


def drop_next(session: Session, now: datetime) -> int:
    """Drop some of what can be undone no more; return how many there were."""
    old = select(BATCHES.c.batch).where(BATCHES.c.at <= now - KEPT).limit(TOGETHER)
    gone = delete(BATCHES).where(BATCHES.c.batch.in_(old))
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]  # of a DELETE
