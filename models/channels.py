"""Channels: where messages go besides the panel's bell, and what each person wants.

What would let others write in the house's name (passwords, the addresses of robots)
stands in one column of its own, `secret`, which no page and no log ever shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import catalogue
from models.access import marked
from models.accounts import Account
from models.amid import among
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.mail_address import LONGEST
from models.working_hours import NINE


class ChannelKind(StrEnum):
    """What a channel is."""

    MAIL = "mail"  # the server by which each person gets their own mail
    WECOM = "wecom"  # the robot of a group
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"
    PLAIN = "plain"  # an address of the settings; never a row


class Gets(StrEnum):
    """How the robot of a group, or a person, is told."""

    DIGEST = "digest"  # once each workday
    EACH = "each"  # each by itself, in working hours
    OFF = "off"


class Channel(Base):
    """One way out, of the company or of a department and those below it."""

    __tablename__ = "channel"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    department_id: Mapped[int | None] = mapped_column(BigId)
    # What may be shown: host, port, sender, safety.
    address: Mapped[dict[str, Any]] = mapped_column(JSON)
    secret: Mapped[dict[str, Any]] = mapped_column(JSON)
    gets: Mapped[str] = mapped_column(String(10))
    digest_minute: Mapped[int] = mapped_column(Integer)  # of the day
    enabled: Mapped[bool] = mapped_column(Boolean(name=None))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last time
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(60))  # a word of `deliveries`


class Wish(Base):
    """How one person wants to be told; without a row as `WishOf` has it."""

    __tablename__ = "message_wish"

    staff_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mail: Mapped[str | None] = mapped_column(String(LONGEST))
    gets: Mapped[str] = mapped_column(String(10))
    digest_minute: Mapped[int] = mapped_column(Integer)
    warnings: Mapped[bool] = mapped_column(Boolean(name=None))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever a message is for: where they work, their mail, what they want."""

    staff_id: int
    department_id: int | None
    language: str
    mail: str | None
    gets: Gets = Gets.DIGEST
    digest_minute: int = NINE
    warnings: bool = True  # what is about to be overdue at once, beside the digest


def enabled(session: Session) -> list[Channel]:
    """Return the channels that are switched on."""
    query = select(Channel).where(Channel.enabled).order_by(Channel.id)
    return list(session.scalars(query))


def readers(session: Session, staff_ids: Iterable[int]) -> dict[int, Reader]:
    """Return people by staff id; the mail is their own, else the one in their file."""
    wanted = set(staff_ids)
    staff = catalogue.current().table("staff")
    query = (
        select(
            staff.c.id,
            staff.c.department_id,
            staff.c.email,
            Account.language,
            Wish.mail,
            Wish.gets,
            Wish.digest_minute,
            Wish.warnings,
        )
        .join_from(staff, Account, Account.staff_id == staff.c.id, isouter=True)
        .join(Wish, Wish.staff_id == staff.c.id, isouter=True)
        .where(among(staff.c.id, wanted))
    )
    found = {}
    for row in session.execute(marked(query, "staff")):
        own = row.mail or row.email or None
        language = row.language or "zh_Hans_CN"
        if row.gets is None:
            reader = Reader(row.id, row.department_id, language, own)
        else:
            reader = Reader(
                row.id,
                row.department_id,
                language,
                own,
                Gets(row.gets),
                row.digest_minute,
                row.warnings,
            )
        found[row.id] = reader
    return found
