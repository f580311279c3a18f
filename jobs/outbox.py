"""Messages go out to the channels an operator has set; by default there are none.

The panel's bell needs no delivery: a message is there once it is committed. Outside, a
message is sent at least once: it is marked as sent after the channel took it, so a
crash between the two sends it again, with the same key in its link. To lose a message
would be worse than to repeat it.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import apprise
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.outgoing import public_only
from jobs.work import Done, Work
from models.outbox import Message
from models.settings import Settings
from models.words import Label

log = logging.getLogger(__name__)

BATCH = 50
"""Messages sent together: a channel that limits its callers takes them as one."""

GIVEN_UP_AFTER = 12
"""Attempts; with growing delays that is about half a day."""

CLAIMED_FOR = timedelta(minutes=5)
"""How long a sender may take before another tries."""

_LONGEST_DELAY = timedelta(hours=2)
_TITLE = Label("台账提醒（{count} 条）", "Taizhang: {count} reminders")

Send = Callable[[str, str], bool]


def deliver_next(work: Work) -> Done:
    """Send the next messages to every channel that is set."""
    channels = work.settings.channel_addresses
    if not channels:
        return _skip_next(work)
    return deliver(work, _sender(channels, work.settings.internal_hosts.split()))


def deliver(work: Work, send: Send) -> Done:
    """Send the next messages by `send(title, body)`, which says whether it could.

    Nothing is locked while a channel answers: the messages are claimed for a while,
    and whoever dies in between leaves them to be sent again after it.
    """
    with work.database.write() as session:
        messages = _claim(session, work.now)
    if not messages:
        return Done(0)
    language = work.settings.language
    body = "\n\n".join(_paragraph(one, work.settings) for one in messages)
    title = _TITLE.format(count=len(messages)).text(language)
    sent = _attempt(send, title, body)
    with work.database.write() as session:
        for one in messages:
            session.execute(
                update(Message)
                .where(Message.id == one.id, Message.sent_at.is_(None))
                .values(**_outcome(one, work.now, sent=sent))
            )
    return Done(len(messages) if sent else 0, again=sent and len(messages) == BATCH)


def _claim(session: Session, now: datetime) -> Sequence[Message]:
    """Take the next messages, so that no other process sends them meanwhile."""
    waiting = (Message.next_try_at <= now, Message.sent_at.is_(None))
    ids = session.scalars(
        select(Message.id)
        .where(*waiting)
        .order_by(Message.next_try_at, Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return ()
    claimed = (
        update(Message)
        .where(Message.id.in_(ids), *waiting)
        .values(next_try_at=now + CLAIMED_FOR, attempts=Message.attempts + 1)
        .returning(Message)
    )
    return session.scalars(claimed).all()


def _attempt(send: Send, title: str, body: str) -> bool:
    try:
        return send(title, body)
    except Exception:  # noqa: BLE001 - whatever a channel does, the messages stay
        # The text of the error may hold an address with its secret.
        log.warning("outbox: a channel failed; the messages will be tried again")
        return False


def _outcome(message: Message, now: datetime, *, sent: bool) -> dict[str, object]:
    if sent:
        return {"sent_at": now, "next_try_at": None, "failure": None}
    if message.attempts >= GIVEN_UP_AFTER:
        return {"next_try_at": None, "failure": "given up"}
    delay = min(timedelta(minutes=2**message.attempts), _LONGEST_DELAY)
    return {"next_try_at": now + delay, "failure": "not taken"}


def _paragraph(message: Message, settings: Settings) -> str:
    said = message.line(settings.zone).text(settings.language)
    return f"{said}\n{settings.public_url}{_path(message)}"


def _path(message: Message) -> str:
    """Return where a message leads: its entry, which asks for the reader's rights."""
    where = "/messages/"
    if message.register is not None and message.entry_id is not None:
        where = f"/register/{message.register}/details/?id={message.entry_id}"
    return f"{where}{'&' if '?' in where else '?'}message={quote(message.key)}"


def _sender(channels: Sequence[str], internal: Sequence[str]) -> Send:
    targets = apprise.Apprise()
    for address in channels:
        targets.add(address)

    def send(title: str, body: str) -> bool:
        with public_only(internal):
            return bool(targets.notify(title=title, body=body))

    return send


def _skip_next(work: Work) -> Done:
    """Mark as done what no channel wants: one set later must not send old news."""
    with work.database.read() as session:
        waiting = select(Message.id).where(Message.next_try_at <= work.now).limit(1)
        if session.scalar(waiting) is None:
            return Done(0)
    with work.database.write() as session:
        ids = select(Message.id).where(Message.next_try_at <= work.now).limit(1_000)
        skipped = session.execute(
            update(Message)
            .where(Message.id.in_(ids), Message.next_try_at <= work.now)
            .values(next_try_at=None)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        ).all()
    return Done(len(skipped), again=bool(skipped))
