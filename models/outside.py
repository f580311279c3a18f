"""Other programs' writes get what the panel's own way of writing would have given them.

The triggers of `schema_triggers.py` notice them; here the entries get their number,
computed fields, search text, figures, clocks and history, in one transaction with the
forgetting of what was noticed, so that it may be stopped and begun again at any moment.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, bindparam, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import catalogue, clocks, flow_steps, outside_history, search
from models.access import SYSTEM, marked
from models.checking import Problem
from models.database import Base
from models.history import Writer
from models.outside_completing import Chain, Noticed, complete, is_new
from models.outside_replaced import settled, without_open_end
from models.outside_tables import EntryChange
from models.outside_values import NotedRows
from models.postings import post
from models.register import INSTANT, Declaration
from models.words import PersonError

log = logging.getLogger(__name__)

Row = dict[str, Any]
CHANGES: Table = Base.metadata.tables[EntryChange.__tablename__]
OUTSIDE = replace(SYSTEM, name="外部程序")
PATIENCE = timedelta(hours=1)
"""How long a write that could not be taken over is left alone."""


def is_anything_waiting(session: Session, now: datetime) -> bool:
    """Whether there is something to take over; the cost is one probe."""
    found = session.scalar(select(CHANGES.c.id).where(_is_due(now)).limit(1))
    return found is not None


def take_over_next(session: Session, now: datetime, zone: ZoneInfo, most: int) -> int:
    """Take over the oldest writes, at most so many; return how many were looked at.

    A write that cannot be taken over is put aside for an hour with the reason, so that
    it stops no other.
    """
    query = select(CHANGES).where(_is_due(now)).order_by(CHANGES.c.id).limit(most)
    found = session.execute(query.with_for_update()).all()
    waiting = without_open_end(found, most)
    writer = Writer(OUTSIDE, now, zone, "outside")
    by_register: dict[str, dict[int, list[Any]]] = {}
    for one in waiting:
        entries = by_register.setdefault(one.register, {})
        entries.setdefault(one.entry_id, []).append(one)
    for register, entries in by_register.items():
        _attempt(session, register, list(entries.values()), writer)
    return len(waiting)


def set_aside(session: Session) -> list[tuple[str, int, str]]:
    """Return the writes that could not be taken over: register, entry and why."""
    query = select(CHANGES.c.register, CHANGES.c.entry_id, CHANGES.c.problem)
    found = session.execute(query.where(CHANGES.c.tries > 0).order_by(CHANGES.c.id))
    return [(one.register, one.entry_id, one.problem or "") for one in found]


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(CHANGES.c.wait_until.is_(None), CHANGES.c.wait_until <= now)


def _attempt(
    session: Session, register: str, entries: list[list[Any]], writer: Writer
) -> None:
    """Take over some entries' writes; of those that fail, all but the guilty ones."""
    ids = [one.id for some in entries for one in some]
    try:
        with session.begin_nested():
            _take_over(session, register, entries, writer)
            session.execute(delete(CHANGES).where(CHANGES.c.id.in_(ids)))
    except OperationalError:
        raise  # a lock or a full disk: nothing is wrong with the entries
    except Exception as error:
        if len(entries) > 1:
            middle = len(entries) // 2
            _attempt(session, register, entries[:middle], writer)
            _attempt(session, register, entries[middle:], writer)
            return
        # Whatever it is: one bad row must not stop the others.
        log.warning(
            "%s %s: written by another program and put aside",
            register,
            entries[0][0].entry_id,
            exc_info=error,
        )
        aside = update(CHANGES).where(CHANGES.c.id.in_(ids))
        values = {"wait_until": writer.now + PATIENCE, "problem": _reason(error)}
        session.execute(aside.values(values | {"tries": CHANGES.c.tries + 1}))


def _reason(error: Exception) -> str:
    if isinstance(error, PersonError):
        return f"{error.text('zh')} {error.text('en')}"
    return f"{type(error).__name__}: {error}"[:1000]


def _take_over(
    session: Session, register: str, entries: list[list[Any]], writer: Writer
) -> None:
    declared = catalogue.current()[register]
    noted = NotedRows(declared)
    noticed = {some[0].entry_id: _chain(noted, some) for some in entries}
    before = _locked(session, declared, sorted(noticed))
    chains = {
        key: chain
        for key, one in noticed.items()
        if (chain := settled(one, is_there=key in before))
    }
    for key, chain in chains.items():
        if chain[-1].what == "deleted":
            before.pop(key, None)  # inserted again since, which is noticed as well
    before = {key: row for key, row in before.items() if key in chains}
    wanting = [
        key
        for key, row in before.items()
        if row["binned_at"] is None or is_new(chains[key])
    ]
    afters, problems = complete(
        session,
        declared,
        [before[key] for key in wanting],
        [chains[key] for key in wanting],
        writer,
    )
    after = before | dict(zip(wanting, afters, strict=True))
    _write(session, declared, chains, before, after)
    outside_history.remember(session, declared, chains, before, after, writer)
    moved = [
        (one.before or {}, one.after | {"id": key}, one.at)
        for key, chain in chains.items()
        for one in chain
        if one.after is not None
    ]
    flow_steps.note_outside(session, declared, moved, writer)
    told = [Problem(one.field, one.label, wanting[one.row]) for one in problems]
    outside_history.tell(session, declared, told, writer)
    _post(session, declared, chains, before, after, writer)
    _index(session, declared, chains, after)
    clocks.follow(
        session,
        declared,
        [_alive(chain[0].before) for chain in chains.values()],
        [_alive(after.get(key)) for key in chains],
        writer,
    )


def _chain(noted: NotedRows, some: Iterable[Any]) -> Chain:
    return [
        Noticed(
            one.what,
            one.at,
            noted.row(one.before),
            noted.row(one.after),
            noted.has_whole_seconds(one.after),
        )
        for one in some
    ]


def _locked(
    session: Session, declared: Declaration, ids: Sequence[int]
) -> dict[int, Row]:
    """Return the entries as they are by now, those in the bin too."""
    table = catalogue.current().table(declared.code)
    names = {column: one.name for one, column in declared.columns}
    query = select(table).where(table.c.id.in_(ids)).order_by(table.c.id)
    found = session.execute(marked(query.with_for_update(), declared.code))
    return {
        row["id"]: {names.get(key, key): value for key, value in row.items()}
        for row in found.mappings()
    }


def _write(
    session: Session,
    declared: Declaration,
    chains: dict[int, Chain],
    before: dict[int, Row],
    after: dict[int, Row],
) -> None:
    """Write what was completed, under a new version."""
    different: set[str] = set()
    raised = []
    columns = [(one.name, column) for one, column in declared.columns]
    instants = {column for one, column in declared.columns if one.type is INSTANT}
    for key, row in after.items():
        old = before[key]
        found = {column for name, column in columns if row[name] != old[name]}
        if any(one.has_whole_seconds for one in chains[key]):
            found |= instants
        if found or is_new(chains[key]):
            different |= found
            row["version"] = _highest(before[key], chains[key]) + 1
            raised.append(key)
    if raised:
        table = catalogue.current().table(declared.code)
        _pass_versions(session, declared, table, chains, before, raised)
        fields = [one for one in columns if one[1] in different]
        values: Row = {column: bindparam(f"new_{column}") for _, column in fields}
        statement = (
            update(table)
            .where(table.c.id == bindparam("entry_id"))
            .values({**values, "version": bindparam("new_version")})
        )
        session.connection().execute(
            marked(statement, declared.code),
            [
                {f"new_{column}": after[key].get(name) for name, column in fields}
                | {"entry_id": key, "new_version": after[key]["version"]}
                for key in raised
            ],
        )


def _pass_versions(
    session: Session,
    declared: Declaration,
    table: Table,
    chains: dict[int, Chain],
    before: dict[int, Row],
    ids: Iterable[int],
) -> None:
    """Raise the versions of replaced entries to what forms opened before may know.

    By a statement of its own, since what raises a version by more than one and writes
    more than it would be noticed as another program's.
    """
    seen = {key: _highest(before[key], chains[key]) for key in ids}
    behind = [
        {"entry_id": key, "seen": version}
        for key, version in seen.items()
        if version > before[key]["version"]
    ]
    if behind:
        statement = update(table).where(table.c.id == bindparam("entry_id"))
        statement = statement.values(version=bindparam("seen"))
        session.connection().execute(marked(statement, declared.code), behind)


def _highest(row: Row, chain: Chain) -> int:
    """Return the highest version that this entry or one before it had."""
    seen = (one.before["version"] for one in chain if one.before is not None)
    return int(max([row["version"], *seen]))


def _post(
    session: Session,
    declared: Declaration,
    chains: dict[int, Chain],
    before: dict[int, Row],
    after: dict[int, Row],
    writer: Writer,
) -> None:
    """Move figures by each write and by the completion; together they add up.

    The panel may have changed an entry between two writes, and has then moved the
    figures by its own part.
    """
    pairs = [(one.before, one.after) for chain in chains.values() for one in chain]
    pairs += [(before[key], after[key]) for key in after]
    post(
        session,
        declared,
        [_alive(old) for old, _ in pairs],
        [_alive(new) for _, new in pairs],
        writer,
    )


def _index(
    session: Session,
    declared: Declaration,
    chains: Iterable[int],
    after: dict[int, Row],
) -> None:
    gone = [key for key in chains if _alive(after.get(key)) is None]
    if gone:
        search.drop_entries(session, declared, gone)
    alive = [row for row in after.values() if _alive(row)]
    search.index_entries(session, declared, alive)


def _alive(row: Row | None) -> Row | None:
    return None if row is None or row["binned_at"] is not None else row
