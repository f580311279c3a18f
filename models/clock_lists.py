"""Clocks as screens show them, each within the rows that the person may see."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import Action, Person
from models.amid import among
from models.clock_table import Clock, is_running
from models.rules.wall_clock import at_time
from models.targets import SlaTarget

Edge = tuple[datetime, int]
"""A clock's place in the order of lists: due instant and id."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock with the promise it stands for."""

    clock: Clock
    target: SlaTarget

    @property
    def edge(self) -> Edge:
        """Return its place among all clocks."""
        return (self.clock.due_at, self.clock.id)


def clocks_of(
    session: Session, register: str, entry_ids: Iterable[int]
) -> dict[int, list[ClockLine]]:
    """Return the clocks of entries that may be seen, the first due first."""
    query = (
        select(Clock, SlaTarget)
        .join(SlaTarget, SlaTarget.id == Clock.target_id)
        .where(
            Clock.register == register,
            among(Clock.entry_id, set(entry_ids)),
            Clock.voided_at.is_(None),
        )
        .order_by(Clock.due_at, Clock.id)
    )
    found: dict[int, list[ClockLine]] = {}
    for clock, target in session.execute(query):
        found.setdefault(clock.entry_id, []).append(ClockLine(clock, target))
    return found


class Which(StrEnum):
    """Which clocks a list is about."""

    LATE = "late"  # overdue and still to be done
    SOON = "soon"  # warned of and not overdue
    TODAY = "today"  # due by the end of today and not overdue
    PROPOSED = "proposed"  # late, and an entry is proposed for it: it waits for a word
    EXPLAINED = "explained"  # late, done or not, and explained: it waits for an answer

    def criteria(self, now: datetime, zone: ZoneInfo) -> list[ColumnElement[bool]]:
        """Return the condition; today is a day of the zone."""
        if self is Which.LATE:
            return [is_running(), Clock.due_at < now]
        if self is Which.EXPLAINED:
            return [Clock.explained_at.is_not(None), Clock.voided_at.is_(None)]
        if self is Which.PROPOSED:
            return [Clock.proposed_at.is_not(None), Clock.voided_at.is_(None)]
        if self is Which.SOON:
            return [is_running(), Clock.due_at >= now, Clock.warn_at <= now]
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        midnight = at_time(tomorrow, time(), zone)
        return [is_running(), Clock.due_at >= now, Clock.due_at < midnight]


def late(
    session: Session,
    person: Person,
    now: datetime,
    *,
    registers: Iterable[str] | None = None,
    holder_id: int | None = None,
    limit: int = 100,
) -> list[ClockLine]:
    """Return what is overdue and still to be done, the longest overdue first.

    Args:
        session: A reading session.
        person: Whose rows count.
        now: What is due before this is late.
        registers: Only these; None for all.
        holder_id: Only what this person answers for; None for everybody's.
        limit: At most so many.
    """
    wanted = [is_running(), Clock.due_at < now, *_held_by(holder_id)]
    return _lines(session, person, wanted, registers, limit)


def due_today(
    session: Session,
    person: Person,
    now: datetime,
    zone: ZoneInfo,
    *,
    registers: Iterable[str] | None = None,
    holder_id: int | None = None,
    limit: int = 100,
) -> list[ClockLine]:
    """Return what is to be done by the end of today, the first due first.

    Today is a day of the zone; what is late already is left to `late`.
    """
    wanted = [*Which.TODAY.criteria(now, zone), *_held_by(holder_id)]
    return _lines(session, person, wanted, registers, limit)


def page(
    session: Session,
    person: Person,
    wanted: Sequence[ColumnElement[bool]],
    *,
    holder_id: int | None = None,
    limit: int,
    after: Edge | None = None,
    before: Edge | None = None,
    action: Action = Action.LIST,
) -> list[ClockLine]:
    """Return a page of clocks, the first due first.

    Args:
        session: A reading session.
        person: Whose rows count.
        wanted: Which clocks, as `Which.criteria` says.
        holder_id: Only what this person answers for; None for everybody's.
        limit: At most so many.
        after: Begin behind this clock.
        before: End in front of this clock; the page nearest to it.
        action: What the person must be allowed to do with the entries.
    """
    conditions = [*wanted, *_held_by(holder_id), *_beyond(after, before)]
    backwards = before is not None
    return _lines(
        session, person, conditions, None, limit, backwards=backwards, action=action
    )


def _beyond(after: Edge | None, before: Edge | None) -> list[ColumnElement[bool]]:
    """Return the condition of what lies on one side of a clock.

    The due instant alone comes first: it is what the index can be entered by.
    """
    if before is not None:
        due, key = before
        return [Clock.due_at <= due, or_(Clock.due_at < due, Clock.id < key)]
    if after is not None:
        due, key = after
        return [Clock.due_at >= due, or_(Clock.due_at > due, Clock.id > key)]
    return []


def late_count(
    session: Session,
    person: Person,
    now: datetime,
    *,
    holder_id: int | None = None,
    up_to: int = 1_000,
) -> int:
    """Return how much is overdue and still to be done; counting stops at `up_to`."""
    wanted = [is_running(), Clock.due_at < now]
    return count(session, person, wanted, holder_id=holder_id, up_to=up_to)


def count(
    session: Session,
    person: Person,
    wanted: Sequence[ColumnElement[bool]],
    *,
    holder_id: int | None = None,
    up_to: int,
    action: Action = Action.LIST,
) -> int:
    """Return how many clocks there are of a kind; counting stops at `up_to`."""
    found = 0
    for register in registers_with_targets(session, None):
        query = seen(select(Clock.id), person, register, action)
        query = query.where(*wanted, *_held_by(holder_id))
        capped = query.limit(up_to - found).subquery()
        counted = access.marked(select(func.count()).select_from(capped), register)
        found += session.scalar(counted) or 0
        if found >= up_to:
            break
    return found


def _held_by(holder_id: int | None) -> list[ColumnElement[bool]]:
    return [] if holder_id is None else [Clock.holder_id == holder_id]


def _lines(
    session: Session,
    person: Person,
    wanted: Sequence[ColumnElement[bool]],
    registers: Iterable[str] | None,
    limit: int,
    *,
    backwards: bool = False,
    action: Action = Action.LIST,
) -> list[ClockLine]:
    """Return clocks of all registers, those nearest to the edge that is begun from."""
    order: list[ColumnElement[Any]] = [Clock.due_at.asc(), Clock.id.asc()]
    if backwards:
        order = [Clock.due_at.desc(), Clock.id.desc()]
    lines: list[ClockLine] = []
    for register in registers_with_targets(session, registers):
        query = (
            seen(select(Clock, SlaTarget), person, register, action)
            .join(SlaTarget, SlaTarget.id == Clock.target_id)
            .where(*wanted)
            .order_by(*order)
            .limit(limit)
        )
        lines += [ClockLine(*found) for found in session.execute(query)]
    lines.sort(key=lambda one: one.edge)
    return lines[-limit:] if backwards else lines[:limit]


def registers_with_targets(
    session: Session, wanted: Iterable[str] | None = None
) -> Iterator[str]:
    """Yield the registers that have targets and are declared, or the wanted of them."""
    known = catalogue.current()
    query = select(SlaTarget.register).distinct().order_by(SlaTarget.register)
    among = None if wanted is None else set(wanted)
    for register in session.scalars(query):
        if register in known and (among is None or register in among):
            yield register


def seen(
    query: Any, person: Person, register: str, action: Action = Action.LIST
) -> Any:
    """Keep a select of clocks to entries of a register that the person may list."""
    rows = access.visible(person, register, action)
    entry = catalogue.current().table(register).c.id
    # Asked of each clock by its entry's key: the clocks that are late are few, the
    # entries that may be listed are many.
    its = rows.with_only_columns(entry).where(entry == Clock.entry_id)
    kept = query.where(Clock.register == register, its.exists())
    return access.marked(kept, register)
