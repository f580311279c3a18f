"""Messages are handed to the channels: to whom each goes, by which way, and when.

A person gets one digest a workday and a personal warning before something is overdue,
unless they chose otherwise; the robot of a group gets a digest of what is overdue. Who
has no way out keeps the bell. Nothing leaves outside working hours but what is urgent.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.work import Done, Work
from models import channels, deliveries
from models.channels import Channel, ChannelKind, Gets, Reader
from models.message_kinds import MessageKind, kind_of
from models.outbox import Message
from models.rules.business_calendar import BusinessCalendar
from models.working_hours import WorkingHours, next_digest, next_open

log = logging.getLogger(__name__)

BATCH = 500
"""Messages in one transaction."""

AT_ONCE = 5_000
"""Messages that are let go together where there is no channel at all."""

PUT_ASIDE = timedelta(hours=1)
"""How long a message waits that could not be handed on, so that it stops no other."""


def route_next(work: Work) -> Done:
    """Hand the next messages on: a delivery for each way, in one transaction.

    Safe in several processes at once and safe to kill: deliveries and mark are one
    transaction, and a delivery is unique for message and way.
    """
    with work.database.read() as session:
        waiting = select(Message.id).where(Message.next_try_at <= work.now).limit(1)
        if session.scalar(waiting) is None:
            return Done(0)
    with work.database.write() as session:
        routes = _Routes(session, work)
        if not routes.are_there:
            count = _let_go(session, work.now)
            return Done(count, again=count == AT_ONCE)
        found = _take(session, work.now)
        rows = [row for one in found for row in _rows(session, routes, one, work.now)]
        deliveries.insert_new(session, rows)
    return Done(len(found), again=len(found) == BATCH)


def _let_go(session: Session, now: datetime) -> int:
    """Mark what no channel wants: one that is set later must not send old news."""
    ids = select(Message.id).where(Message.next_try_at <= now).limit(AT_ONCE)
    gone = (
        update(Message)
        .where(Message.id.in_(ids))
        .values(next_try_at=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(gone).all())


def _take(session: Session, now: datetime) -> Sequence[Message]:
    ids = session.scalars(
        select(Message.id)
        .where(Message.next_try_at <= now)
        .order_by(Message.next_try_at, Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    taken = (
        update(Message)
        .where(Message.id.in_(ids), Message.next_try_at <= now)
        .values(next_try_at=None)
        .returning(Message)
    )
    return session.scalars(taken).all() if ids else ()


def _rows(
    session: Session, routes: "_Routes", message: Message, now: datetime
) -> list[dict[str, Any]]:
    """Return a message's deliveries; none, and later again, where it cannot be done."""
    try:
        return [_row(message, one) for one in routes.of(message)]
    except Exception:
        log.exception("outbox: message %d is put aside for an hour", message.id)
        session.execute(
            update(Message)
            .where(Message.id == message.id)
            .values(next_try_at=now + PUT_ASIDE, attempts=Message.attempts + 1)
        )
        return []


@dataclass(frozen=True, slots=True)
class _Route:
    route: str
    at: datetime
    staff_id: int | None = None  # None: a group
    is_digest: bool = False


def _row(message: Message, one: _Route) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "route": one.route,
        "staff_id": one.staff_id,
        "is_digest": one.is_digest,
        "next_try_at": one.at,
        "attempts": 0,
    }


class _Routes:
    """The ways of some messages; channels and people are read as they are needed."""

    def __init__(self, session: Session, work: Work) -> None:
        """Read which channels there are."""
        self._session = session
        self._now = work.now
        there = channels.enabled(session)
        self._has_mail = any(one.kind == ChannelKind.MAIL for one in there)
        self._groups = [one for one in there if one.kind != ChannelKind.MAIL]
        self._plain = len(work.settings.channel_addresses)
        self._hours = WorkingHours(session, work.settings.zone)
        self._readers: dict[int, Reader | None] = {}

    @property
    def are_there(self) -> bool:
        """Whether there is any way out."""
        return bool(self._has_mail or self._groups or self._plain)

    def of(self, message: Message) -> Iterator[_Route]:
        """Yield the ways of a message."""
        kind = kind_of(message.kind)
        reader = self._reader(message.staff_id)
        department = reader.department_id if reader else None
        calendar = self._hours.of(department, self._now.year)
        if reader is not None and reader.mail and self._has_mail:
            yield from self._personal(kind, reader, calendar)
        if kind.for_groups or message.staff_id is None:
            above = set(self._hours.upwards(department))
            for one in self._groups:
                if one.department_id is None or one.department_id in above:
                    yield self._group(kind, one)
        for place in range(self._plain):
            yield _Route(f"{deliveries.PLAIN}{place}", self._soon(kind, calendar))

    def _reader(self, staff_id: int | None) -> Reader | None:
        if staff_id is None:
            return None
        if staff_id not in self._readers:
            found = channels.readers(self._session, [staff_id])
            self._readers[staff_id] = found.get(staff_id)
        return self._readers[staff_id]

    def _personal(
        self, kind: MessageKind, reader: Reader, calendar: BusinessCalendar
    ) -> Iterator[_Route]:
        if reader.gets is Gets.OFF:
            return
        route = f"{deliveries.MAIL}{reader.staff_id}"
        warns = kind.at_once and reader.warnings
        if kind.urgent or warns or reader.gets is Gets.EACH:
            at = self._soon(kind, calendar)
            yield _Route(route, at, reader.staff_id)
        else:
            at = next_digest(calendar, reader.digest_minute, self._now)
            yield _Route(route, at, reader.staff_id, is_digest=True)

    def _group(self, kind: MessageKind, channel: Channel) -> _Route:
        calendar = self._hours.of(channel.department_id, self._now.year)
        route = f"{deliveries.CHANNEL}{channel.id}"
        if kind.urgent or channel.gets == Gets.EACH:
            return _Route(route, self._soon(kind, calendar))
        at = next_digest(calendar, channel.digest_minute, self._now)
        return _Route(route, at, is_digest=True)

    def _soon(self, kind: MessageKind, calendar: BusinessCalendar) -> datetime:
        return self._now if kind.urgent else next_open(calendar, self._now)
