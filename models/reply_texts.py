"""常用话术: texts that people put into long fields by a short code.

Those of nobody in particular are everybody's and set by admins; a person's own are seen
by nobody else, and come before a shared one of the same code. `{客户}` stands for what
the form at hand holds; the page puts it in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import setting_history
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.history import Writer
from models.words import Label, PersonError

SHARED = 0  # the account of those that are everybody's
SETTING = "reply.texts"
LONGEST_CODE, LONGEST_TITLE, LONGEST_TEXT = 20, 60, 2_000
MOST = 200  # texts of one person, and as many of everybody
_CODE = re.compile(r"[^\s/{}]+")


class ReplyText(Base):
    """One text, under a code that is its owner's once."""

    __tablename__ = "reply_text"
    __table_args__ = (UniqueConstraint("account_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId)  # SHARED: everybody's
    code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text as somebody wants it."""

    code: str
    title: str
    text: str


def of(session: Session, account_id: int) -> Sequence[ReplyText]:
    """Return the texts of one account, or of `SHARED`, by their codes."""
    query = select(ReplyText).where(ReplyText.account_id == account_id)
    return session.scalars(query.order_by(ReplyText.code)).all()


def offered_to(session: Session, account_id: int) -> list[ReplyText]:
    """Return what a person is offered: their own, then everybody's of other codes."""
    own = list(of(session, account_id))
    codes = {one.code for one in own}
    return own + [one for one in of(session, SHARED) if one.code not in codes]


def mistakes(wanted: Wanted) -> dict[str, Label]:
    """Return what is wrong with a text, by its parts."""
    found = {}
    if not _CODE.fullmatch(wanted.code) or len(wanted.code) > LONGEST_CODE:
        found["code"] = Label(
            f"代码是 1 到 {LONGEST_CODE} 个字，不含空格和 / {{ }}，如 yq、道歉。",
            f"A code has 1 to {LONGEST_CODE} characters without blanks and / {{ }}.",
        )
    if not wanted.title or len(wanted.title) > LONGEST_TITLE:
        found["title"] = Label(
            f"标题是 1 到 {LONGEST_TITLE} 个字。",
            f"A title has 1 to {LONGEST_TITLE} characters.",
        )
    if not wanted.text or len(wanted.text) > LONGEST_TEXT:
        found["text"] = Label(
            f"正文是 1 到 {LONGEST_TEXT} 个字。",
            f"A text has 1 to {LONGEST_TEXT} characters.",
        )
    return found


def save(
    session: Session,
    account_id: int,
    key: int | None,
    wanted: Wanted,
    writer: Writer,
) -> int:
    """Keep a text of an account, a new one where there is no key; return its id.

    Raises:
        PersonError: The code is taken by another one, there are too many, or it is
            gone.
    """
    others = [one for one in of(session, account_id) if one.id != key]
    if any(one.code == wanted.code for one in others):
        raise PersonError(
            "代码“{code}”已经用过，请换一个。",
            "The code “{code}” is taken. Choose another.",
            code=wanted.code,
        )
    if len(others) >= MOST:
        raise PersonError(
            "已有 {most} 条，请先删除不用的。",
            "There are {most} already. Delete what is not used first.",
            most=MOST,
        )
    one = find(session, account_id, key) if key is not None else None
    if one is None:
        one = ReplyText(account_id=account_id)
        session.add(one)
    before = one.text
    one.code, one.title, one.text = wanted.code, wanted.title, wanted.text
    one.saved_at = writer.now
    session.flush()
    _remember(session, one, [before, one.text], writer)
    return one.id


def find(session: Session, account_id: int, key: int) -> ReplyText:
    """Return a text of an account.

    Raises:
        PersonError: There is none, or it is another's.
    """
    one = session.get(ReplyText, key)
    if one is None or one.account_id != account_id:
        raise PersonError(
            "这条话术已经删除，或不是您的。", "This text is gone, or is not yours."
        )
    return one


def remove(session: Session, account_id: int, key: int, writer: Writer) -> None:
    """Delete a text of an account.

    Raises:
        PersonError: There is none, or it is another's.
    """
    one = find(session, account_id, key)
    _remember(session, one, [one.text, None], writer)
    session.execute(delete(ReplyText).where(ReplyText.id == one.id))


def _remember(
    session: Session, one: ReplyText, change: list[str | None], writer: Writer
) -> None:
    # A person's own are nobody else's business.
    if one.account_id == SHARED and change[0] != change[1]:
        changes = {"of": [None, one.code], "text": change}
        setting_history.keep(session, SETTING, one.id, changes, writer)
