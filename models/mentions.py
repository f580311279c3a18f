"""@同事 in a comment: who is meant, and the message to those who may see the entry.

A name is meant by everybody who bears it and may read the entry; with the staff number
behind it in brackets, by that one alone. The message says by whom and where, never what
was written: whoever may still see the entry when it is sent reads it there.
"""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import access, catalogue, outbox
from models.access import Action, Person
from models.accounts import Account, person_of
from models.attachments import Comment
from models.history import Writer
from models.outbox import Notice
from models.words import Label

KIND = "comment.mentioned"
LONGEST = 40  # characters of a name that are looked at
MOST = 20  # people that one comment calls
OFFERED = 8
_AT = re.compile(r"[@＠]")
_NUMBER = re.compile(r"\s?[(（]([^()（）\s]{1,40})[)）]")


def offered(
    session: Session, register: str, entry_id: int, typed: str, but: int | None
) -> list[Account]:
    """Return colleagues whose name or number begins as typed, and who see the entry."""
    like = f"{_plain(typed)}%"
    begins = (one.like(like, escape="\\") for one in (Account.name, Account.login))
    query = select(Account).where(
        Account.active, Account.staff_id.is_not(None), or_(*begins)
    )
    query = query.order_by(Account.name, Account.id).limit(5 * OFFERED)
    found = _seeing(session, register, entry_id, session.scalars(query))
    return [one for one in found if one.staff_id != but][:OFFERED]


def _plain(typed: str) -> str:
    """Return what was typed without the signs that stand for others in LIKE."""
    return re.sub(r"([\\%_])", r"\\\1", typed.strip()[:LONGEST])


def _seeing(
    session: Session, register: str, entry_id: int, accounts: Iterable[Account]
) -> list[Account]:
    return [
        one
        for one in accounts
        if _sees(session, person_of(session, one), register, entry_id)
    ]


def _sees(session: Session, person: Person, register: str, entry_id: int) -> bool:
    entry = catalogue.current().table(register).c.id
    rows = access.visible(person, register, Action.READ)
    query = rows.with_only_columns(entry).where(entry == entry_id)
    return session.scalar(query) is not None


def named(session: Session, text: str) -> list[list[Account]]:
    """Return for each @ of a text whom it may mean; the longest name that fits."""
    tails = [text[at.end() : at.end() + 2 * LONGEST] for at in _AT.finditer(text)][
        :MOST
    ]
    names = {tail[:size] for tail in tails for size in range(1, LONGEST + 1)}
    if not names:
        return []
    query = select(Account).where(
        Account.active, Account.staff_id.is_not(None), Account.name.in_(sorted(names))
    )
    known: dict[str, list[Account]] = {}
    for one in session.scalars(query.order_by(Account.id)):
        known.setdefault(one.name, []).append(one)
    return [found for tail in tails if (found := _meant(known, tail))]


def _meant(known: dict[str, list[Account]], tail: str) -> list[Account]:
    name = max((one for one in known if tail.startswith(one)), key=len, default=None)
    if name is None:
        return []
    number = _NUMBER.match(tail[len(name) :])
    same = [one for one in known[name] if number and one.login == number[1]]
    return same or known[name]


def call(
    session: Session, comment: Comment, number: str | None, writer: Writer
) -> list[str]:
    """Queue a message to everybody a comment names; return the names it cannot reach.

    These are who may not see the entry. Whoever writes is not told of it.

    Args:
        session: The session that wrote the comment.
        comment: The comment.
        number: What the entry is called by.
        writer: Who wrote it, and when.
    """
    reached: dict[int, str] = {}
    missed = []
    for some in named(session, comment.text):
        seeing = _seeing(session, comment.register, comment.entry_id, some)
        reached.update({one.staff_id or 0: one.name for one in seeing})
        if not seeing:
            missed.append(some[0].name)
    reached.pop(writer.person.staff_id or 0, None)
    outbox.enqueue(session, _notices(comment, number, reached, writer), writer.now)
    return list(dict.fromkeys(missed))


def _notices(
    comment: Comment, number: str | None, staff: Iterable[int], writer: Writer
) -> Sequence[Notice]:
    by = writer.person.name
    return [
        Notice(
            key=f"comment/{comment.id}/{one}",
            kind=KIND,
            text=Label(f"{by}在讨论中提到了您。", f"{by} mentioned you in a comment."),
            staff_id=one,
            register=comment.register,
            entry_id=comment.entry_id,
            number=number,
        )
        for one in staff
    ]
