"""What the log holds: who revealed or exported what, and every try to sign in.

Two tables in one order, the newest first. A key counts both: an event's id doubled,
and one more for a try to sign in, so that what happened in one instant has an order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, null, or_, select
from sqlalchemy.orm import Session

from admin.seeking import BadCursorError, Cursor, Order, in_order, page
from models.accounts import Account, ReadEvent, SignInEvent

SIGNED_IN = "signed in"  # the outcome of a try that was none too many
READS, SIGN_INS = 0, 1
TRIES = ("sign_in", "refused")  # kinds of events that are tries to sign in


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are looked at; an empty text stands for all."""

    kind: str = ""
    who: str = ""  # a staff number, or a name in full
    register: str = ""
    begin: datetime | None = None  # aware, included
    end: datetime | None = None  # aware, no longer included


@dataclass(frozen=True, slots=True)
class Event:
    """One event of either table."""

    key: int
    at: datetime
    kind: str
    who: str | None  # None: nobody has what was typed
    typed: str  # at a sign-in
    address: str | None
    register: str
    entry_id: int | None
    detail: str

    @property
    def cursor(self) -> Cursor:
        """Where a page that begins after it begins."""
        return Cursor(self.at, self.key)


def find(
    session: Session,
    wanted: Wanted,
    size: int,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
) -> tuple[list[Event], bool]:
    """Return at most `size` events, the newest first, and whether there are more.

    `before` walks backwards from a key; "more" then means newer ones.

    Raises:
        BadCursorError: A key that no page of events gave.
    """
    for cursor in (after, before):
        if cursor is not None and not _is_instant(cursor.value):
            raise BadCursorError
    found: list[Event] = []
    more = False
    for place, query, order in _parts(wanted):
        downwards = order.descending != (before is not None)
        walk = in_order(query, order, descending=downwards).limit(size + 1)
        rows, left = page(
            session,
            [walk],
            order,
            size,
            # The first id of this table that is beyond the edge, whosever that is.
            after=Cursor(after.value, (after.entry_id - place + 1) // 2)
            if after
            else None,
            before=Cursor(before.value, (before.entry_id - place) // 2)
            if before
            else None,
        )
        found += [_event(row, place) for row in rows]
        more = more or left
    found.sort(key=lambda one: (one.at, one.key), reverse=True)
    more = more or len(found) > size
    return (found[-size:] if before else found[:size]), more


def count(session: Session, wanted: Wanted, up_to: int) -> int:
    """Return how many events there are, at most `up_to` of each table."""
    ids = [query.with_only_columns(order.key) for _, query, order in _parts(wanted)]
    counts = (
        select(func.count()).select_from(one.limit(up_to).subquery()) for one in ids
    )
    return sum(session.scalar(one) or 0 for one in counts)


def _is_instant(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _parts(wanted: Wanted) -> Iterator[tuple[int, Select[*tuple[Any, ...]], Order]]:
    """Yield the tables that may hold what is wanted: place, events, their order."""
    if wanted.kind not in TRIES:
        reads = _reads().where(*_read_criteria(wanted))
        yield READS, reads, _newest_first(ReadEvent)
    if wanted.kind in ("", *TRIES) and not wanted.register:
        tries = _tries().where(*_try_criteria(wanted))
        yield SIGN_INS, tries, _newest_first(SignInEvent)


def _newest_first(table: type[ReadEvent | SignInEvent]) -> Order:
    # `at` is never empty, so where a database puts what is does not matter.
    return Order(
        table.at.expression,
        table.id.expression,
        descending=True,
        nullable=False,
        nulls_small=False,
    )


def _reads() -> Select[*tuple[Any, ...]]:
    return select(
        ReadEvent.id.label("id"),
        ReadEvent.at.label("sort_key"),
        ReadEvent.kind.label("kind"),
        ReadEvent.by_name.label("who"),
        literal("").label("typed"),
        ReadEvent.address.label("address"),
        ReadEvent.register.label("register"),
        ReadEvent.entry_id.label("entry_id"),
        ReadEvent.detail.label("detail"),
    )


def _tries() -> Select[*tuple[Any, ...]]:
    return select(
        SignInEvent.id.label("id"),
        SignInEvent.at.label("sort_key"),
        literal(TRIES[0]).label("kind"),
        Account.name.label("who"),
        SignInEvent.login.label("typed"),
        SignInEvent.address.label("address"),
        literal("").label("register"),
        null().label("entry_id"),
        SignInEvent.outcome.label("detail"),
    ).outerjoin(Account, Account.id == SignInEvent.account_id)


def _read_criteria(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield from _span(wanted, ReadEvent)
    if wanted.kind:
        yield ReadEvent.kind == wanted.kind
    if wanted.register:
        yield ReadEvent.register == wanted.register
    if wanted.who:
        theirs = select(Account.staff_id).where(
            _is_called(wanted.who), Account.staff_id.is_not(None)
        )
        yield or_(ReadEvent.by_name == wanted.who, ReadEvent.staff_id.in_(theirs))


def _try_criteria(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield from _span(wanted, SignInEvent)
    if wanted.kind == TRIES[1]:
        yield SignInEvent.outcome != SIGNED_IN
    if wanted.who:
        theirs = select(Account.id).where(_is_called(wanted.who))
        yield SignInEvent.account_id.in_(theirs)


def _is_called(who: str) -> ColumnElement[bool]:
    return or_(Account.login == who, Account.name == who)


def _span(
    wanted: Wanted, table: type[ReadEvent | SignInEvent]
) -> Iterator[ColumnElement[bool]]:
    if wanted.begin is not None:
        yield table.at >= wanted.begin
    if wanted.end is not None:
        yield table.at < wanted.end


def _event(row: Any, place: int) -> Event:
    return Event(
        row.id * 2 + place,
        row.sort_key,
        row.kind,
        row.who,
        row.typed,
        row.address,
        row.register,
        row.entry_id,
        row.detail,
    )


def every(session: Session, wanted: Wanted, size: int) -> Iterator[Sequence[Event]]:
    """Yield all events, the newest first, so many at a time."""
    after, more = None, True
    while more:
        found, more = find(session, wanted, size, after=after)
        if found:
            after = found[-1].cursor
            yield found
