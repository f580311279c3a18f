"""Whom a list says to call: what asks for a call, what is tried again, the round.

Each is one or two statements that begin with the rows a person may list, walk an index
and stop at a bound; how a call stands is in `rules/call_attempts.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Table, exists, func, or_, select
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import Action, Person, marked
from models.amid import among
from models.call_list import Asks, CallList, Round
from models.call_people import Hours
from models.measures import condition_of
from models.register import Declaration
from models.rules.call_attempts import Attempt, CallStanding, CallState, standing

Key: TypeAlias = tuple[str, int]
"""What a call is about: a register, and an entry of it. A retry is about the call."""

MOST = 500  # entries of one kind that ask for a call


@dataclass(frozen=True, slots=True)
class Asking:
    """An entry that asks for a call, since when, and whom it is about in the round."""

    key: Key
    at: datetime
    about: int | None


@dataclass(frozen=True, slots=True)
class Trying:
    """A call that is to be tried again."""

    key: Key
    standing: CallStanding
    caller: int | None
    about: int | None
    outcome: str  # of the last attempt
    last_at: datetime


def column(declared: Declaration, table: Table, name: str) -> ColumnElement[Any]:
    """Return the column of a field."""
    found: ColumnElement[Any] = table.c[declared.field(name).column or name]
    return found


def asking(
    session: Session,
    person: Person,
    declared: Declaration,
    one: Asks,
    now: datetime,
) -> list[Asking]:
    """Return the entries that ask for a call which nobody has made, the oldest first.

    At most 500 of the rows that the person may list.
    """
    known = catalogue.current()
    there, table = known[one.register], known.table(one.register)
    calls = known.table(declared.code)
    at = column(there, table, one.at)
    made = exists().where(
        column(declared, calls, one.via) == table.c.id, calls.c.binned_at.is_(None)
    )
    query = access.visible(person, one.register, Action.LIST).where(
        at <= now, at >= now - timedelta(days=one.days), ~made
    )
    wanted = condition_of(there, table, one.when)
    if wanted is not None:
        query = query.where(wanted)
    path = _about(there, declared, one)
    about = column(there, table, path) if path else table.c.id
    query = query.with_only_columns(table.c.id, at, about).order_by(at, table.c.id)
    found: Any = session.execute(marked(query.limit(MOST), one.register, declared.code))
    return [
        Asking((one.register, key), moment, whom if path else None)
        for key, moment, whom in found
    ]


def _about(there: Declaration, declared: Declaration, one: Asks) -> str | None:
    """Return the field of who is called, if the list goes round the same people."""
    said = declared.call_list
    if said is None or said.round is None:
        return None
    made = next(
        it for it in there.makes if (it.target, it.via) == (declared.code, one.via)
    )
    path = made.carry.get(said.round.via)
    return path if path and there.has(path) else None


def trying(
    session: Session,
    person: Person,
    declared: Declaration,
    now: datetime,
    hours: Hours,
) -> list[Trying]:
    """Return the calls that are to be tried again, the first due first.

    Those of the last days that reached nobody and were not closed, of the rows that the
    person may list; also older ones whose next time was agreed for these days.
    """
    said = declared.call_list
    if said is None or said.attempts is None or not said.again:
        return []
    table = catalogue.current().table(declared.code)
    at, outcome, caller = (
        column(declared, table, name) for name in (said.at, said.outcome, said.caller)
    )
    again_at = column(declared, table, said.again_at) if said.again_at else table.c.id
    about = column(declared, table, said.round.via) if said.round else table.c.id
    query = access.visible(person, declared.code, Action.LIST).where(
        _is_recent(declared, table, said, now), outcome.in_(sorted(said.again))
    )
    query = query.where(*_still_open(declared, table, said))
    query = query.order_by(at.desc(), table.c.id.desc()).limit(MOST)
    rows = query.with_only_columns(
        table.c.id, at, outcome, again_at, caller, about, table.c.department_id
    )
    found_rows = session.execute(marked(rows, declared.code, said.attempts.register))
    calls: list[Any] = list(found_rows)
    more = _attempts(session, said, [row[0] for row in calls])
    found = []
    for key, moment, result, agreed, whose, whom, department in calls:
        first = Attempt(moment, result, agreed if said.again_at else None)
        tried = [first, *more.get(key, ())]
        stands = standing(
            tried, said.reached, said.again, said.retries, hours.of(department)
        )
        if stands.state is CallState.AGAIN:
            found.append(
                Trying(
                    (declared.code, key),
                    stands,
                    whose,
                    whom if said.round else None,
                    tried[-1].outcome,
                    tried[-1].at,
                )
            )
    return sorted(found, key=lambda one: (one.standing.next_at or now, one.key))


def _is_recent(
    declared: Declaration, table: Table, said: CallList, now: datetime
) -> ColumnElement[bool]:
    """Return the condition that a call, an attempt at it or what was agreed is recent.

    Each of its parts can be looked up in an index.
    """
    since = now - timedelta(days=said.days)
    parts = said.attempts
    found = [column(declared, table, said.at) >= since]
    if said.again_at is not None:
        found.append(column(declared, table, said.again_at) >= since)
    if parts is not None:
        known = catalogue.current()
        there, tried = known[parts.register], known.table(parts.register)
        whole = column(there, tried, there.part_of or "")
        later = [column(there, tried, parts.at) >= since]
        if parts.again_at is not None:
            later.append(column(there, tried, parts.again_at) >= since)
        found.append(table.c.id.in_(select(whole).where(or_(*later))))
    return or_(*found)


def _still_open(
    declared: Declaration, table: Table, said: CallList
) -> list[ColumnElement[bool]]:
    """Return the conditions that nobody has closed a call as unreachable."""
    columns = ((column(declared, table, name), it) for name, it in said.closes.items())
    return [or_(one.is_(None), one != value) for one, value in columns]


def _attempts(
    session: Session, said: CallList, calls: Collection[int]
) -> Mapping[int, Sequence[Attempt]]:
    """Return the further attempts of calls that were checked before, in their order."""
    parts = said.attempts
    if parts is None or not calls:
        return {}
    known = catalogue.current()
    declared, table = known[parts.register], known.table(parts.register)
    whole, at, outcome = (
        column(declared, table, name)
        for name in (declared.part_of or "", parts.at, parts.outcome)
    )
    again = column(declared, table, parts.again_at) if parts.again_at else table.c.id
    query = (
        select(whole, at, outcome, again)
        .where(table.c.binned_at.is_(None), among(whole, calls))
        .order_by(at, table.c.id)
    )
    found: dict[int, list[Attempt]] = defaultdict(list)
    for call, moment, result, agreed in session.execute(marked(query, parts.register)):
        agreed_at = agreed if parts.again_at else None
        found[call].append(Attempt(moment, result, agreed_at))
    return found


def of_round(
    session: Session,
    person: Person,
    one: Round,
    now: datetime,
    limit: int,
) -> list[int]:
    """Return whom to call besides: first who never was called, then the longest ago.

    Two seeks in the index of the last call; at most `limit` of the rows that the person
    may list.
    """
    table = catalogue.current().table(one.register)
    last = column(catalogue.current()[one.register], table, one.last)
    query = _in_round(person, one).with_only_columns(table.c.id).limit(limit)
    found = list(session.scalars(query.where(last.is_(None)).order_by(table.c.id)))
    if len(found) < limit:
        rested = query.where(last < now - timedelta(days=one.rest))
        rested = rested.order_by(last, table.c.id).limit(limit - len(found))
        found += session.scalars(rested)
    return found


def left_in_round(
    session: Session, person: Person, one: Round, now: datetime, up_to: int
) -> int:
    """Return how many the round still has; counting stops at `up_to`."""
    table = catalogue.current().table(one.register)
    last = column(catalogue.current()[one.register], table, one.last)
    count = 0
    for wanted in (last.is_(None), last < now - timedelta(days=one.rest)):
        rows = _in_round(person, one).where(wanted).with_only_columns(table.c.id)
        capped = rows.limit(up_to - count).subquery()
        counted = marked(select(func.count()).select_from(capped), one.register)
        count += session.scalar(counted) or 0
        if count >= up_to:
            break
    return count


def _in_round(person: Person, one: Round) -> Select[Any]:
    known = catalogue.current()
    query = access.visible(person, one.register, Action.LIST)
    wanted = condition_of(known[one.register], known.table(one.register), one.when)
    return query if wanted is None else query.where(wanted)


def not_called_since(
    session: Session, person: Person, one: Round, ids: Collection[int], since: datetime
) -> list[int]:
    """Return those of some people of the round whom nobody has called since.

    Whom nobody ever called first, then the longest ago.
    """
    if not ids:
        return []
    table = catalogue.current().table(one.register)
    last = column(catalogue.current()[one.register], table, one.last)
    query = access.visible(person, one.register, Action.LIST).where(
        among(table.c.id, ids), or_(last.is_(None), last < since)
    )
    query = query.with_only_columns(table.c.id)
    return list(session.scalars(query.order_by(last.is_not(None), last, table.c.id)))
