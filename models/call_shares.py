"""Who has which call of a list today: shared out once, kept, moved on when one is away.

A row stays through the day, so that nobody's list shuffles from page to page. New calls
go to whoever has the fewest, those of somebody who is away to the others.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Date,
    Index,
    String,
    UniqueConstraint,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import access, call_people, calling, catalogue
from models.access import SYSTEM, Action, Person
from models.amid import among
from models.call_list import CallList, Round
from models.call_people import Hours
from models.calling import Asking, Key, Trying
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.history import Writer
from models.register import Declaration
from models.rules.call_sharing import Item, dealt, filled
from models.words import PersonError

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


class TakenError(PersonError):
    """A call is somebody's by now; nothing was changed."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "这条已有人领取，或不再需要拨打。请看刷新后的名单。",
            "Somebody has this call by now, or it is not needed any more. Look at the "
            "list again.",
        )


Shares: TypeAlias = dict[Key, int]
"""{what a call is about: who makes it}."""


class CallShare(Base):
    """One call of a list on one day, and who is to make it."""

    __tablename__ = "call_share"
    __table_args__ = (
        UniqueConstraint("list", "day", "register", "entry_id"),
        Index("ix_call_share_staff", "staff_id", "day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list: Mapped[str] = mapped_column(String(41))  # the register of the calls
    day: Mapped[date] = mapped_column(Date)  # of the desk's zone
    register: Mapped[str] = mapped_column(String(41))  # what the call is about
    entry_id: Mapped[int] = mapped_column(BigId)
    staff_id: Mapped[int] = mapped_column(BigId)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


def shares(session: Session, code: str, day: date) -> Shares:
    """Return all shares of a list on a day."""
    query = select(CallShare.register, CallShare.entry_id, CallShare.staff_id).where(
        CallShare.list == code, CallShare.day == day
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


@dataclass(slots=True)
class Today:
    """What a list holds just now, for everybody; read with the system's eyes."""

    session: Session
    declared: Declaration
    now: datetime
    zone: ZoneInfo
    said: CallList = field(init=False)
    hours: Hours = field(init=False)
    asking: list[Asking] = field(init=False)
    trying: list[Trying] = field(init=False)  # also what is due on a later day
    shares: Shares = field(init=False)
    callers: dict[int, Person] = field(init=False)  # at work just now

    def __post_init__(self) -> None:
        """Read what asks, what is tried again, who is there and who has what."""
        if self.declared.call_list is None:
            raise ValueError(f"{self.declared.code} has no call list")
        session, declared, now = self.session, self.declared, self.now
        self.said, self.hours = self.declared.call_list, Hours(session)
        self.asking = [
            found
            for one in self.said.asks
            for found in calling.asking(session, SYSTEM, declared, one, now)
        ]
        self.trying = calling.trying(session, SYSTEM, declared, now, self.hours)
        self.shares = shares(session, declared.code, self.day)
        people = call_people.sharers(session, declared, self.said, self.day, self.hours)
        present = call_people.there(session, people, now, self.zone, self.hours)
        self.callers = call_people.callers(session, declared, present)

    @property
    def day(self) -> date:
        """Return the desk's day."""
        return self.now.astimezone(self.zone).date()

    @property
    def due(self) -> list[Trying]:
        """Return what is tried again before the day ends."""
        end = call_people.day_of(self.now, self.zone).instants(self.zone)[1]
        return [
            one
            for one in self.trying
            if one.standing.next_at is not None and one.standing.next_at < end
        ]

    @property
    def about(self) -> set[int]:
        """Return whom of the round there is a call about for another reason."""
        found = [one.about for one in self.asking] + [one.about for one in self.trying]
        return {one for one in found if one is not None}

    def still_round(self) -> list[Key]:
        """Return the shared calls of the round that nobody has made today, in order."""
        one = self.said.round
        if one is None:
            return []
        ids = [key[1] for key in self.shares if key[0] == one.register]
        begins = call_people.day_of(self.now, self.zone).instants(self.zone)[0]
        left = calling.not_called_since(self.session, SYSTEM, one, ids, begins)
        return [(one.register, entry_id) for entry_id in left]


def proposed(today: Today) -> Shares:
    """Return what is to be given to somebody now; nothing where all is shared out."""
    if not today.callers:
        return {}
    kept = {key: it for key, it in today.shares.items() if it in today.callers}
    items = _items(today, kept)
    given: Shares = dealt(items, list(today.callers), Counter(kept.values()))
    if today.said.round is not None:
        given |= _filled(today, today.said.round, kept, given)
    return given


def _items(today: Today, kept: Mapping[Key, int]) -> list[Item[Key]]:
    """Return what nobody who is there has yet, in the order in which it is called."""
    first: dict[Key, int | None] = {one.key: None for one in today.asking}
    first |= {one.key: one.caller for one in today.due}
    # What an absent person was given of the round passes on; of others' it stays.
    absent = [key for key in today.shares if key not in kept]
    still = set(today.still_round()) if absent else set()
    first |= {key: None for key in absent if key in still}
    wanted = {key: whom for key, whom in first.items() if key not in kept}
    may = _may(today, wanted)
    return [Item(key, may[key], whom) for key, whom in wanted.items()]


def _may(today: Today, keys: Iterable[Key]) -> dict[Key, frozenset[int]]:
    """Return who of those there may list what each call is about."""
    by_register: dict[str, list[int]] = {}
    for register, entry_id in keys:
        by_register.setdefault(register, []).append(entry_id)
    found: dict[Key, set[int]] = {}
    for register, ids in by_register.items():
        for staff_id, person in today.callers.items():
            for entry_id in _visible(today.session, person, register, ids):
                found.setdefault((register, entry_id), set()).add(staff_id)
    return {key: frozenset(found.get(key, ())) for key in keys}


def _visible(
    session: Session, person: Person, register: str, ids: Collection[int]
) -> Collection[int]:
    known = catalogue.current()
    if access.sees_every_row(person, known[register], Action.LIST):
        return ids
    table = known.table(register)
    query = access.visible(person, register, Action.LIST).where(among(table.c.id, ids))
    return set(session.scalars(query.with_only_columns(table.c.id)))


def _filled(today: Today, one: Round, kept: Shares, given: Shares) -> Shares:
    """Return whom to call besides, so that everybody has as many as the list says."""
    # Retries are not what is owed each day: those are calls of another day.
    counts = Counter(
        staff_id
        for (register, _), staff_id in {**kept, **given}.items()
        if register != today.declared.code
    )
    short = [it for it in today.callers if counts[it] < today.said.a_day]
    if not short:
        return {}
    taken = {it[1] for it in (*today.shares, *given) if it[0] == one.register}
    taken |= today.about
    missing = sum(today.said.a_day - counts[it] for it in short)
    offered = {
        staff_id: [(one.register, it) for it in some]
        for staff_id, some in _rounds(today, one, short, taken, missing).items()
    }
    result: Shares = filled(offered, counts, today.said.a_day)
    return result


def _rounds(
    today: Today, one: Round, people: Iterable[int], taken: set[int], missing: int
) -> dict[int, list[int]]:
    """Return the round as each may list it; who may list all of it shares one walk."""
    declared = catalogue.current()[one.register]
    walked: dict[Any, list[int]] = {}
    found = {}
    for staff_id in people:
        person = today.callers[staff_id]
        every = access.sees_every_row(person, declared, Action.LIST)
        key = None if every else access.depends_on(person, declared, Action.LIST)
        if key not in walked:
            rows = calling.of_round(
                today.session, person, one, today.now, missing + len(taken)
            )
            walked[key] = [it for it in rows if it not in taken][:missing]
        found[staff_id] = walked[key]
    return found


def share_out(
    session: Session, declared: Declaration, now: datetime, zone: ZoneInfo
) -> int:
    """Give out what nobody has, in the open writing transaction; return how much.

    One after another on PostgreSQL too, or two would each give the same persons calls.
    """
    _wait(session, declared.code)
    today = Today(session, declared, now, zone)
    given = proposed(today)
    give(session, declared.code, today.day, given, now)
    return len(given)


def take_more(
    session: Session,
    declared: Declaration,
    staff_id: int,
    now: datetime,
    zone: ZoneInfo,
    count: int,
) -> int:
    """Give a person some more calls of the round; return how many there were."""
    _wait(session, declared.code)
    today = Today(session, declared, now, zone)
    one = today.said.round
    if one is None or staff_id not in today.callers:
        return 0
    taken = {key[1] for key in today.shares if key[0] == one.register}
    taken |= today.about
    rows = _rounds(today, one, [staff_id], taken, count)[staff_id]
    given = {(one.register, it): staff_id for it in rows}
    give(session, declared.code, today.day, given, now)
    return len(given)


def _wait(session: Session, code: str) -> None:
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_LOCK, {"key": f"calls {code}"})


def give(
    session: Session, code: str, day: date, given: Mapping[Key, int], now: datetime
) -> None:
    """Write who makes some calls; who had one before has it no more."""
    if not given:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = sqlite.insert(CallShare) if is_sqlite else postgresql.insert(CallShare)
    once = new.on_conflict_do_nothing(
        index_elements=["list", "day", "register", "entry_id"]
    )
    rows = [
        {
            "list": code,
            "day": day,
            "register": register,
            "entry_id": entry_id,
            "staff_id": staff_id,
            "given_at": now,
        }
        for (register, entry_id), staff_id in given.items()
    ]
    session.execute(once, rows)
    for staff_id in sorted(set(given.values())):
        its = [key for key, it in given.items() if it == staff_id]
        for register in sorted({key[0] for key in its}):
            ids = [key[1] for key in its if key[0] == register]
            moved = update(CallShare).where(
                CallShare.list == code,
                CallShare.day == day,
                CallShare.register == register,
                among(CallShare.entry_id, ids),
                CallShare.staff_id != staff_id,
            )
            session.execute(moved.values(staff_id=staff_id, given_at=now))


def take(session: Session, declared: Declaration, key: Key, writer: Writer) -> None:
    """Give the writer a call that nobody has.

    Raises:
        TakenError: Somebody has it, or it is not to be made any more.
    """
    _wait(session, declared.code)
    today = Today(session, declared, writer.now, writer.zone)
    wanted = {one.key for one in today.asking} | {one.key for one in today.due}
    staff_id, (register, entry_id) = writer.person.staff_id, key
    if (
        staff_id is None
        or key not in wanted
        or key in today.shares
        or not _visible(session, writer.person, register, [entry_id])
    ):
        raise TakenError
    give(session, declared.code, today.day, {key: staff_id}, writer.now)
