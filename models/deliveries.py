"""Deliveries: one message on its way to one person or group, until it has arrived.

A row is written when the message is handed to the channels, claimed while it is being
sent, and marked after the channel took it: a crash in between sends it again, with the
same key in its link.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.words import Label

_WAITING = text("next_try_at IS NOT NULL")
_DEAD = text("given_up_at IS NOT NULL AND closed_at IS NULL")

MAIL = "mail/"  # before the staff id: the route of somebody's own mail
CHANNEL = "channel/"  # before the channel's id
PLAIN = "plain/"  # before the place of an address among those of the settings

DROPPED: dict[str, Label] = {
    "done": Label("已办结", "it was done"),
    "moved": Label("时限已改", "its due time moved"),
    "handed": Label("已转给他人", "it is another's now"),
    "overdue": Label("已逾期，另行提醒", "it is overdue, which is told by itself"),
    "gone": Label("登记已删除", "the entry is gone"),
    "hidden": Label("对方已无权查看", "they may no longer see it"),
    "account": Label("对方没有可用的登录账号", "they have no account that is open"),
    "off": Label("渠道已停用", "the channel is off"),
    "mail": Label("对方没有邮箱", "they have no mail address"),
}
"""Why a message was not sent after all."""

FAILED: dict[str, Label] = {
    "inside": Label(
        "地址在内网而没有列入 TAIZHANG_INTERNAL_HOSTS",
        "the address is inside the house and TAIZHANG_INTERNAL_HOSTS does not name it",
    ),
    "slow": Label("对方太久没有回应", "it took too long to answer"),
    "unreachable": Label("连接不上", "it cannot be reached"),
    "settings": Label("渠道设置不能用", "the channel's settings cannot be used"),
    "refused": Label("对方没有接收", "it was not taken"),
    "status": Label("对方回答出错代码 {code}", "it answered with error {code}"),
}
"""Why a channel did not take a message; "status 500" carries its figure."""


class Delivery(Base):
    """One message to one reader by one route."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "route"),
        Index(
            "ix_delivery_waiting",
            "next_try_at",
            "route",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_delivery_dead",
            "given_up_at",
            sqlite_where=_DEAD,
            postgresql_where=_DEAD,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE")
    )
    route: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int | None] = mapped_column(BigId)  # None: a group
    is_digest: Mapped[bool] = mapped_column(Boolean(name=None))
    # None: it has arrived, was dropped or given up.
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer)
    # The key of the letter that it was put into and that may have arrived: until that
    # is known it goes out again in that letter alone.
    letter: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped: Mapped[str | None] = mapped_column(String(20))  # a word of DROPPED
    failure: Mapped[str | None] = mapped_column(String(60))  # one of FAILED
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by an admin


# For thousands of rows at once, which need nothing of the mapper.
DELIVERIES: Table = Base.metadata.tables[Delivery.__tablename__]


def insert_new(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write deliveries in the open transaction; those that are there are left."""
    if not rows:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = (sqlite if is_sqlite else postgresql).insert(DELIVERIES)
    once = new.on_conflict_do_nothing(index_elements=["message_id", "route"])
    session.execute(once, list(rows))


def is_dead() -> Any:
    """Return the condition of a delivery that was given up and not looked at yet."""
    return Delivery.given_up_at.is_not(None) & Delivery.closed_at.is_(None)


def dead_count(session: Session, up_to: int = 1_000) -> int:
    """Return how many were given up; counting stops at `up_to`."""
    some = select(Delivery.id).where(is_dead()).limit(up_to).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def send_again(session: Session, ids: Sequence[int] | None, now: datetime) -> int:
    """Let dead deliveries be tried anew, all without `ids`; return how many."""
    values = {"next_try_at": now, "attempts": 0, "given_up_at": None, "letter": None}
    return _dead(session, ids, values)


def close(session: Session, ids: Sequence[int] | None, now: datetime) -> int:
    """Take dead deliveries off the list for good, all without `ids`."""
    return _dead(session, ids, {"closed_at": now})


def _dead(session: Session, ids: Sequence[int] | None, values: dict[str, Any]) -> int:
    changed = update(Delivery).where(is_dead())
    if ids is not None:
        changed = changed.where(Delivery.id.in_(ids))
    done = session.execute(
        changed.values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


def failure_label(failure: str | None) -> Label:
    """Return why a channel did not take it, in words."""
    word, _, code = (failure or "refused").partition(" ")
    return FAILED.get(word, FAILED["refused"]).format(code=code)
