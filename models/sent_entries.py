"""Entries that a browser sends when its line is back: each is written once.

The browser gives every entry a key before it sends it for the first time. The key is
taken in the transaction that writes the entry, so that an answer that got lost, a
second tab or a second process adds nothing twice, and no key is without its entry.
"""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.words import PersonError

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # as crypto makes them


class SentEntry(Base):
    """The key of one entry that was sent, and what became of it."""

    __tablename__ = "sent_entry"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int | None] = mapped_column(BigId)  # None within its transaction
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeyTakenError(PersonError):
    """A key that another account or register used: nothing is written or told."""


def once(
    session: Session,
    key: str,
    account_id: int,
    register: str,
    now: datetime,
    write: Callable[[], int],
) -> tuple[int, bool]:
    """Write an entry unless its key was taken already, in the open transaction.

    Two at once wait for each other: the second finds what the first has committed.

    Args:
        session: A writing session.
        key: Of this entry, made by whoever sends it.
        account_id: Whose it is.
        register: Where it is written.
        now: The instant of this request.
        write: Writes the entry in the session and returns its id.

    Returns:
        The entry's id, and whether it was written now.

    Raises:
        KeyTakenError: The key is another account's or register's.
    """
    insert = sqlite.insert if _is_sqlite(session) else postgresql.insert
    row = {"key": key, "account_id": account_id, "register": register, "at": now}
    taken = insert(SentEntry).values(**row).on_conflict_do_nothing()
    if session.scalar(taken.returning(SentEntry.key)) is None:
        return _found(session, key, account_id, register), False
    entry_id = write()
    mine = update(SentEntry).where(SentEntry.key == key)
    session.execute(mine.values(entry_id=entry_id))
    return entry_id, True


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _found(session: Session, key: str, account_id: int, register: str) -> int:
    query = select(SentEntry.entry_id).where(
        SentEntry.key == key,
        SentEntry.account_id == account_id,
        SentEntry.register == register,
    )
    found = session.scalar(query)
    if found is None:
        raise KeyTakenError(
            "这条记录的标识已被使用，请重新填写。",
            "The mark of this entry is taken. Write it anew.",
        )
    return found
