"""Writing entries: one way for forms, inline edits, bulk changes, imports and jobs.

Everything a save does happens in the caller's one transaction: the checks, the number,
the row, its history, its search text, the figures it posts to and its clocks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from models import (
    access,
    catalogue,
    choosing,
    clocks,
    limits,
    pay_hardening,
    references,
    search,
)
from models.access import Action, Person, marked
from models.amid import among
from models.bulk_rows import take_ids
from models.entry_errors import (
    EntryRefusedError,
    LostUpdateError,
    NotAllowedError,
    RetiredRegisterError,
)
from models.entry_rows import insert_rows, update_rows
from models.flow_locks import demand_open
from models.generations import demand_current
from models.history import Happening, Writer, difference, remember
from models.keeping import kept
from models.numbering import free_numbers
from models.postings import post
from models.preparing import Row, duplicates, prepare
from models.register import Declaration


@dataclass(frozen=True, slots=True)
class Change:
    """New values for some fields of an entry, and the version they were made on."""

    entry_id: int
    values: Mapping[str, Any]
    version: int | None = None  # None: whatever is there now (bulk changes)


def load(
    session: Session,
    declared: Declaration,
    query: Select[Any],
    asked: Mapping[str, Any] | None = None,
) -> list[Row]:
    """Run a select of a register's whole rows and return them by field name.

    `asked` are the values of the select's parameters, if it has any by name.
    """
    renamed = {column: one.name for one, column in declared.columns}
    found = session.execute(query, asked)
    names = [renamed.get(key, key) for key in found.keys()]  # noqa: SIM118 - no mapping, a result
    return [dict(zip(names, row, strict=True)) for row in found]


def get(
    session: Session,
    person: Person,
    register: str,
    entry_id: int,
    action: Action = Action.READ,
) -> Row:
    """Return one entry that the person may act on, else raise NotAllowedError."""
    known = catalogue.current()
    declared, table = known[register], known.table(register)

    def one() -> Select[Any]:
        query = access.visible(person, register, action)
        return query.where(table.c.id == bindparam("entry_id"))

    # An entry is opened all the time: its select is built once for the same rights.
    rights = access.depends_on(person, declared, action)
    query = kept(table, "one", rights, one)
    found = load(session, declared, query, {"entry_id": entry_id})
    if not found:
        raise NotAllowedError
    return found[0]


def create(
    session: Session,
    register: str,
    values: Mapping[str, Any],
    writer: Writer,
    *,
    vouched: Mapping[str, Any] | None = None,
) -> int:
    """Write one new entry and return its id; see `create_many`."""
    return create_many(session, register, [values], writer, vouched=vouched)[0]


def create_many(
    session: Session,
    register: str,
    rows: Sequence[Mapping[str, Any]],
    writer: Writer,
    *,
    vouched: Mapping[str, Any] | None = None,
) -> list[int]:
    """Write new entries, all or none, and return their ids in order.

    References must be to entries that the writer may list, or be `vouched` for: taken
    from an entry that the writer may read.

    Raises:
        NotAllowedError: The writer may not create such entries.
        EntryRefusedError: With every problem of every row.
        RetiredRegisterError: Nobody begins an entry of the register any more.
        StaleDeclarationsError: The fields were changed meanwhile.
    """
    if not rows:
        return []
    demand_current(session)
    declared = catalogue.current()[register]
    if not writer.person.may(register, Action.CREATE):
        raise NotAllowedError
    if declared.is_retired:
        raise RetiredRegisterError(declared.title)
    afters, problems = prepare(session, declared, rows, writer)
    problems += choosing.refused(
        session, declared, rows, writer.person, problems, vouched=vouched
    )
    if problems:
        raise EntryRefusedError(problems)
    return save_prepared(session, declared, afters, writer)


def save_prepared(
    session: Session, declared: Declaration, afters: Sequence[Row], writer: Writer
) -> list[int]:
    """Write new rows that `prepare` found nothing wrong with, in the same transaction.

    Raises:
        NotAllowedError: The writer may not create such entries.
        EntryRefusedError: They would break a limit over several entries.
    """
    if not afters:
        return []
    register = declared.code
    demand_open(session, declared, afters)
    pay_hardening.keep(session, declared, [None] * len(afters), afters, writer.zone)
    limits.keep(session, declared, None, afters, writer.zone)
    _number(session, declared, afters, writer)
    table = catalogue.current().table(register)
    ids = take_ids(session, table, len(afters))
    for row, entry_id in zip(afters, ids, strict=True):
        row["id"] = entry_id
    insert_rows(session, declared, table, afters)
    _still_allowed(session, declared, table, ids, writer, Action.CREATE)
    _follow(session, declared, [None] * len(afters), afters, writer, "created")
    return ids


def change(
    session: Session,
    register: str,
    entry_id: int,
    values: Mapping[str, Any],
    writer: Writer,
    *,
    version: int | None = None,
) -> int:
    """Change one entry and return its new version."""
    changed = change_many(
        session, register, [Change(entry_id, values, version)], writer
    )
    return int(changed[0]["version"])


def change_many(
    session: Session,
    register: str,
    changes: Sequence[Change],
    writer: Writer,
    *,
    by_flow: bool = False,
    locked: Sequence[Row] | None = None,
) -> list[Row]:
    """Change entries, all or none, and return them as they are afterwards.

    An entry whose values do not really change is left alone, its version too. A step of
    the flow has found out itself who may take it: it asks for the right to read only,
    and writes what nobody types; and it hands on the entries, which it has `locked`.

    Raises:
        NotAllowedError: An entry is not there or not the writer's to change.
        EntryLockedError: An entry stands where nothing of it may be edited.
        LostUpdateError: An entry has another version than the change was made on.
        EntryRefusedError: With every problem of every row.
        StaleDeclarationsError: The fields were changed meanwhile.
    """
    demand_current(session)
    declared = catalogue.current()[register]
    table = catalogue.current().table(register)
    ids = [one.entry_id for one in changes]
    action = Action.READ if by_flow else Action.CHANGE
    befores = locked or lock(session, declared, table, ids, writer, action)
    for one, before in zip(changes, befores, strict=True):
        if one.version is not None and one.version != before["version"]:
            raise LostUpdateError(before)
    given = [one.values for one in changes]
    afters, problems = prepare(
        session, declared, given, writer, befores, by_flow=by_flow
    )
    if not by_flow:
        demand_open(session, declared, [*befores, *afters])
        problems += choosing.refused(
            session, declared, given, writer.person, problems, befores=befores
        )
    if problems:
        raise EntryRefusedError(problems)
    pay_hardening.keep(session, declared, befores, afters, writer.zone)
    limits.keep(session, declared, befores, afters, writer.zone)
    names = _names(declared)
    pairs = [
        (before, after)
        for before, after in zip(befores, afters, strict=True)
        if any(before.get(name) != after.get(name) for name in names)
    ]
    for before, after in pairs:
        after.update(
            version=before["version"] + 1,
            changed_at=writer.now,
            changed_by=writer.person.staff_id,
        )
    update_rows(session, declared, table, pairs)
    touched = [after["id"] for _, after in pairs]
    if not by_flow:
        _still_allowed(session, declared, table, touched, writer, action)
    _follow(
        session,
        declared,
        [before for before, _ in pairs],
        [after for _, after in pairs],
        writer,
        "changed",
    )
    return afters


def changed_since(session: Session, register: str, ids: Sequence[int]) -> list[int]:
    """Return those of some entries that were changed after they were made."""
    table = catalogue.current().table(register)
    query = select(table.c.id).where(among(table.c.id, ids), table.c.version > 1)
    return list(session.scalars(marked(query, register)))


def bin_many(
    session: Session, register: str, ids: Sequence[int], writer: Writer
) -> None:
    """Put entries into the bin: hidden everywhere, kept with number and history."""
    _move(session, register, ids, writer, into_bin=True)


def restore_many(
    session: Session, register: str, ids: Sequence[int], writer: Writer
) -> None:
    """Take entries out of the bin."""
    _move(session, register, ids, writer, into_bin=False)


def _names(declared: Declaration) -> Collection[str]:
    """Return the fields that make a change, in their order."""
    names = dict.fromkeys(one.name for one, _ in declared.columns)
    del names["changed_at"], names["changed_by"]
    return names.keys()


def _number(
    session: Session, declared: Declaration, rows: Sequence[Row], writer: Writer
) -> None:
    """Give a number to each row that has none, dated by the writing."""
    without = [row for row in rows if row.get("number") is None]
    if not declared.numbering or not without:
        return
    numbers = free_numbers(
        session,
        catalogue.current().table(declared.code),
        declared.numbering,
        [writer.now] * len(without),
        writer.zone,
        branches=references.branch_codes(session, declared.numbering, without),
    )
    for row, number in zip(without, numbers, strict=True):
        row["number"] = number


def lock(
    session: Session,
    declared: Declaration,
    table: Table,
    ids: Sequence[int],
    writer: Writer,
    action: Action,
    *,
    binned: bool = False,
) -> list[Row]:
    """Return entries the writer may act on, in the order asked, locked.

    Ids never change, so the lock lets others go on referring to the entries: on
    PostgreSQL a new reference holds a lock that a full one would wait for, and two
    writers of each other's references for ever.
    """
    query = access.visible(writer.person, declared.code, action, binned=binned)
    query = query.where(among(table.c.id, set(ids))).order_by(table.c.id)
    found = {
        row["id"]: row
        for row in load(
            session, declared, query.with_for_update(of=table, key_share=True)
        )
    }
    if set(ids) - set(found):
        raise NotAllowedError
    return [found[one] for one in ids]


def _still_allowed(
    session: Session,
    declared: Declaration,
    table: Table,
    ids: Sequence[int],
    writer: Writer,
    action: Action,
) -> None:
    """Refuse a write that would put a row where the writer may not write it."""
    if not ids or access.sees_every_row(writer.person, declared, action):
        return
    query = access.visible(writer.person, declared.code, action)
    counted = query.where(among(table.c.id, ids)).with_only_columns(
        func.count(), maintain_column_froms=True
    )
    if session.scalar(counted) != len(set(ids)):
        raise NotAllowedError


def _move(
    session: Session,
    register: str,
    ids: Sequence[int],
    writer: Writer,
    *,
    into_bin: bool,
) -> None:
    demand_current(session)
    declared = catalogue.current()[register]
    table = catalogue.current().table(register)
    befores = lock(
        session, declared, table, ids, writer, Action.DELETE, binned=not into_bin
    )
    demand_open(session, declared, befores)
    afters = [
        row
        | {"version": row["version"] + 1, "binned_at": writer.now if into_bin else None}
        for row in befores
    ]
    pay_hardening.keep(session, declared, befores, afters, writer.zone)
    if not into_bin:
        problems = duplicates(session, declared, afters)
        if problems:
            raise EntryRefusedError(problems)
        limits.keep(session, declared, None, afters, writer.zone)
    moved = (
        update(table)
        .where(among(table.c.id, ids))
        .values(binned_at=writer.now if into_bin else None, version=table.c.version + 1)
    )
    session.execute(marked(moved, register))
    _follow(
        session, declared, befores, afters, writer, "binned" if into_bin else "restored"
    )


def _follow(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row | None],
    afters: Sequence[Row],
    writer: Writer,
    action: str,
) -> None:
    """Do all that follows from written rows, inside their transaction."""
    names = _names(declared)
    remember(
        session,
        declared.code,
        (
            Happening(
                after["id"],
                after["version"],
                action,
                difference(before or {}, after, names),
            )
            for before, after in zip(befores, afters, strict=True)
        ),
        writer,
    )
    alive_before = [None if _binned(row) else row for row in befores]
    alive_after = [None if _binned(row) else row for row in afters]
    post(session, declared, alive_before, alive_after, writer)
    gone = [row["id"] for row in afters if _binned(row)]
    if gone:
        search.drop_entries(session, declared, gone)
    search.index_entries(session, declared, [row for row in alive_after if row])
    clocks.follow(session, declared, alive_before, alive_after, writer)


def _binned(row: Row | None) -> bool:
    return row is None or row.get("binned_at") is not None
