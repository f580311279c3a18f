"""Letters go out: what is due on one way is claimed, asked about again, sent, marked.

The panel's bell needs no delivery: a message is there once it is committed. Outside, a
message is sent at least once: it is marked as sent after the channel took it, so a
crash between the two sends it again, with the same key in its link. To lose a message
would be worse than to repeat it.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from jobs import letters
from jobs.routing import route_next
from jobs.ways import Letter, Way, send
from jobs.work import Done, Work
from models import channels, clock_lists, deliveries
from models.access import SYSTEM
from models.channels import Channel, ChannelKind
from models.clock_table import Clock
from models.deliveries import Delivery
from models.message_checks import Checks
from models.outbox import Message, Notice, enqueue
from models.words import Label

MOST = 500
"""Messages in one letter; what is left goes with the next."""

MOST_LATE = 1_000
"""How far what is overdue is counted."""

GIVEN_UP_AFTER = 12
"""Attempts; with growing delays that is about half a day."""

CLAIMED_FOR = timedelta(minutes=5)
"""How long a sender may take before another tries; longer than a letter may take."""

_LONGEST_DELAY = timedelta(hours=2)
# It was on its way when the word was lost: whoever has it knows it by its key.
_MAYBE_TAKEN = frozenset({"refused", "slow"})
# Trying again changes nothing: an admin is to look at it.
_FOR_GOOD = frozenset({"inside", "settings"})
# Of these the others that wait for the same mail server would only find the same.
_OF_THE_SERVER = frozenset({"inside", "settings", "slow", "unreachable"})

Send = Callable[[Way, Letter], str | None]


def deliver_next(work: Work) -> Done:
    """Hand on the next messages; when there are none, send what is due on one way."""
    routed = route_next(work)
    if routed.rows:
        return replace(routed, again=True)
    internal = work.settings.internal_hosts.split()
    return send_next(work, lambda way, letter: send(way, letter, internal))


def send_next(work: Work, by: Send) -> Done:
    """Send what is due on the way that has waited longest.

    Nothing is locked while a channel answers: the deliveries are claimed for a while,
    and whoever dies in between leaves them to be sent again after it.
    """
    with work.database.read() as session:
        query = select(Delivery.route).where(Delivery.next_try_at <= work.now)
        route = session.scalar(query.order_by(Delivery.next_try_at).limit(1))
    if route is None:
        return Done(0)
    with work.database.write() as session:
        load = _load(session, work, route)
    if load is None:
        return Done(0, again=True)
    failure = by(load.way, load.letter)
    with work.database.write() as session:
        _mark(session, work.now, load, failure)
    return Done(0 if failure else len(load.claimed), again=True)


@dataclass(frozen=True, slots=True)
class _Load:
    """A letter with the deliveries it is of."""

    route: str
    channel_id: int | None
    claimed: Sequence[Delivery]
    way: Way
    letter: Letter


def _load(session: Session, work: Work, route: str) -> _Load | None:
    """Claim what is due on a way and write its letter; None if nothing is left."""
    claimed = _claim(session, work.now, route)
    if not claimed:
        return None
    staff_id = claimed[0].staff_id
    found = _way(session, work, route)
    reader = channels.readers(session, [staff_id]).get(staff_id) if staff_id else None
    to = reader.mail if reader else None
    if found is None or (staff_id is not None and not to):
        _drop(session, claimed, "mail" if found else "off")
        return None
    kept = _still_true(session, work, claimed)
    if not kept:
        return None
    personal = staff_id is not None
    language = reader.language if reader else work.settings.language
    told = [message for _, message in kept]
    late = _late(session, work.now, staff_id) if staff_id is not None else 0
    is_digest = all(one.is_digest for one, _ in kept)
    letter = Letter(
        letters.title(len(told), is_digest=is_digest, language=language),
        letters.body(
            told,
            work.settings,
            language,
            personal=personal,
            late=late if is_digest else 0,
        ),
        _begin(session, route, [one for one, _ in kept]),
        to,
    )
    channel_id, way = found
    return _Load(route, channel_id, [one for one, _ in kept], way, letter)


def _late(session: Session, now: datetime, staff_id: int) -> int:
    """Return how much that one answers for is overdue, whenever it became so."""
    return clock_lists.late_count(
        session, SYSTEM, now, holder_id=staff_id, up_to=MOST_LATE
    )


def _begin(session: Session, route: str, kept: Sequence[Delivery]) -> str:
    """Return a letter's key, which its deliveries keep until its fate is known.

    A receiver that knows the key leaves the letter out. So one that may have arrived
    goes out again by its key and with no other message, whatever has come up since.
    """
    known = kept[0].letter
    if known is not None:
        return known
    ids = sorted(one.id for one in kept)
    read = hashlib.sha256(" ".join(map(str, ids)).encode())
    key = f"{route}/{read.hexdigest()[:16]}"
    session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(letter=key))
    return key


def _claim(session: Session, now: datetime, route: str) -> Sequence[Delivery]:
    """Take what is due on a way, so that no other process sends it meanwhile.

    That is one letter that may have arrived, or else what is in none.
    """
    due = (Delivery.next_try_at <= now, Delivery.route == route)
    letter = session.scalar(
        select(Delivery.letter)
        .where(*due)
        .order_by(Delivery.letter.nulls_last())
        .limit(1)
    )
    same = (*due, Delivery.letter == letter)
    if letter is None:
        same = (*due, Delivery.letter.is_(None))
    # A letter is taken whole or not at all: who comes second waits, and finds none.
    ids = session.scalars(
        select(Delivery.id)
        .where(*same)
        .order_by(Delivery.id)
        .limit(MOST)
        .with_for_update(skip_locked=letter is None)
    ).all()
    if not ids:
        return ()
    claimed = (
        update(Delivery)
        .where(Delivery.id.in_(ids), *same)
        .values(next_try_at=now + CLAIMED_FOR, attempts=Delivery.attempts + 1)
        .returning(Delivery)
    )
    return sorted(session.scalars(claimed).all(), key=lambda one: one.id)


def _way(session: Session, work: Work, route: str) -> tuple[int | None, Way] | None:
    """Return a channel as it is sent by, with its id; None where it is off."""
    kind, _, place = route.partition("/")
    if f"{kind}/" == deliveries.PLAIN:
        addresses = work.settings.channel_addresses
        if int(place) >= len(addresses):
            return None
        return None, Way(ChannelKind.PLAIN, {}, {"url": addresses[int(place)]})
    wanted: ColumnElement[bool] = Channel.kind == ChannelKind.MAIL
    if f"{kind}/" == deliveries.CHANNEL:
        wanted = Channel.id == int(place)
    query = select(Channel).where(wanted, Channel.enabled).order_by(Channel.id)
    found = session.scalar(query.limit(1))
    if found is None:
        return None
    return found.id, Way(ChannelKind(found.kind), found.address, found.secret)


def _still_true(
    session: Session, work: Work, claimed: Sequence[Delivery]
) -> list[tuple[Delivery, Message]]:
    """Drop what is no longer true or no longer theirs; return the rest."""
    checks = Checks(session, work.now)
    query = select(Message).where(Message.id.in_([one.message_id for one in claimed]))
    messages = {one.id: one for one in session.scalars(query)}
    kept = []
    for one in claimed:
        message = messages[one.message_id]
        why = checks.why_not(message, one.staff_id)
        if why is None:
            kept.append((one, message))
            continue
        _drop(session, [one], why)
        if why == "handed":
            _hand_on(session, message, work.now)
    return kept


def _drop(session: Session, some: Sequence[Delivery], why: str) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([one.id for one in some]))
        .values(next_try_at=None, dropped=why)
    )


def _hand_on(session: Session, message: Message, now: datetime) -> None:
    """Tell whoever answers for the clock by now; a second time changes nothing."""
    clock = session.get(Clock, message.clock_id)
    if clock is None or clock.holder_id is None:
        return
    first = message.key.partition("/to/")[0]
    notice = Notice(
        key=f"{first}/to/{clock.holder_id}",
        kind=message.kind,
        text=Label(message.text_zh, message.text_en),
        staff_id=clock.holder_id,
        register=message.register,
        entry_id=message.entry_id,
        number=message.number,
        about_at=message.about_at,
        clock_id=message.clock_id,
        holder_id=clock.holder_id,
    )
    enqueue(session, [notice], now)


def _mark(session: Session, now: datetime, load: _Load, failure: str | None) -> None:
    # One for all of them: a letter that may have arrived stays together.
    wait = _delay(min(one.attempts for one in load.claimed))
    for one in load.claimed:
        session.execute(
            update(Delivery)
            .where(Delivery.id == one.id, Delivery.sent_at.is_(None))
            .values(**_outcome(one, now, failure, wait))
        )
    if load.channel_id is not None:
        values = {"sent_at": now} if failure is None else {"failed_at": now}
        session.execute(
            update(Channel)
            .where(Channel.id == load.channel_id)
            .values(failure=failure, **values)
        )
    if failure in _OF_THE_SERVER and load.route.startswith(deliveries.MAIL):
        session.execute(
            update(Delivery)
            .where(
                Delivery.next_try_at <= now,
                Delivery.route.startswith(deliveries.MAIL),
            )
            .values(next_try_at=now + _delay(1))
            .execution_options(synchronize_session=False)
        )


def _outcome(
    one: Delivery, now: datetime, failure: str | None, wait: timedelta
) -> dict[str, object]:
    if failure is None:
        return {"sent_at": now, "next_try_at": None, "failure": None}
    if failure in _FOR_GOOD or one.attempts >= GIVEN_UP_AFTER:
        return {"next_try_at": None, "failure": failure, "given_up_at": now}
    again = {"next_try_at": now + wait, "failure": failure}
    return again if failure in _MAYBE_TAKEN else again | {"letter": None}


def _delay(attempts: int) -> timedelta:
    """Return how long to wait: ever longer, and not all at the same moment."""
    longer = min(timedelta(minutes=2**attempts), _LONGEST_DELAY)
    return longer * random.uniform(0.8, 1.2)  # noqa: S311 - when to try, not a secret
