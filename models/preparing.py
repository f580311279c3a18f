"""Rows as they would be saved: cleaned, completed, computed, checked; not written.

This is the whole check of a save, and a rehearsal of an import is nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, checking, computing, defaults, references
from models.access import marked
from models.checking import Problem
from models.entry_errors import NotAllowedError
from models.history import Writer
from models.register import Declaration, Field
from models.words import Label

Row = dict[str, Any]


def prepare(
    session: Session,
    declared: Declaration,
    rows: Sequence[Mapping[str, Any]],
    writer: Writer,
    befores: Sequence[Row] | None = None,
) -> tuple[list[Row], list[Problem]]:
    """Return the rows as they would be saved, and all problems; writes nothing.

    With `befores` the rows change those entries; without, they are new ones.
    """
    problems: list[Problem] = []
    afters: list[Row] = []
    for index, given in enumerate(rows):
        before = befores[index] if befores is not None else None
        after, found = _cleaned(declared, given, writer, before)
        problems += [Problem(one.field, one.label, index) for one in found]
        afters.append(after)
    if befores is None:
        defaults.fill(session, declared, afters, rows, writer)
    for after in afters:
        _completed(declared, after, writer, new=befores is None)
    problems += computing.compute(session, declared, afters, writer.zone)
    # A value that could not be read is not also reported as missing.
    wrong = {(one.row, one.field) for one in problems}
    for index, after in enumerate(afters):
        found = checking.missing(declared, after) + checking.broken(declared, after)
        problems += [
            Problem(one.field, one.label, index)
            for one in found
            if (index, one.field) not in wrong
        ]
    problems += _unknown_references(session, declared, afters, befores)
    problems += duplicates(session, declared, afters)
    return afters, sorted(problems, key=lambda one: one.row)


def _cleaned(
    declared: Declaration, given: Mapping[str, Any], writer: Writer, before: Row | None
) -> tuple[Row, list[Problem]]:
    """Return one row with what was given, cleaned."""
    row: Row = dict(before) if before is not None else {}
    problems = []
    for name, raw in given.items():
        one = declared.field(name)
        if not _may_give(declared, one, writer):
            raise NotAllowedError
        value = checking.clean(one, raw)
        if isinstance(value, Label):
            problems.append(Problem(name, value))
        else:
            row[name] = value
    return row, problems


def _completed(declared: Declaration, row: Row, writer: Writer, *, new: bool) -> None:
    """Set what the panel itself keeps, and empty the fields that do not apply."""
    if new:
        row.update(
            version=1,
            created_at=row.get("created_at") or writer.now,
            created_by=writer.person.staff_id,
            changed_at=writer.now,
            changed_by=writer.person.staff_id,
        )
    for one in declared.fields:
        if one.only_if and not checking.applies(one, row):
            row[one.name] = None


def _may_give(declared: Declaration, one: Field, writer: Writer) -> bool:
    """Whether a value for this field may come from outside at all."""
    if not writer.person.sees(declared, one):
        return False
    if one.name in ("number", "created_at") and writer.origin != "form":
        return True  # rows of other systems bring theirs
    return not one.is_given


def _unknown_references(
    session: Session,
    declared: Declaration,
    afters: Sequence[Row],
    befores: Sequence[Row] | None,
) -> list[Problem]:
    problems = []
    for one in declared.all_fields:
        if one.refers_to is None:
            continue
        ids = {row[one.name] for row in afters if row.get(one.name) is not None}
        kept = {row[one.name] for row in befores or () if row.get(one.name)}
        wrong = references.unknown(session, one, ids, binned_ok=kept)
        problems += [
            Problem(
                one.name,
                Label(
                    f"{one.label.zh}：没有这条记录（{row[one.name]}），请重新选择。",
                    f"{one.label.en}: no such entry ({row[one.name]}). Choose again.",
                ),
                index,
            )
            for index, row in enumerate(afters)
            if row.get(one.name) in wrong
        ]
    return problems


def duplicates(
    session: Session,
    declared: Declaration,
    afters: Sequence[Row],
) -> list[Problem]:
    """Return a problem for each value that must be unique and is not."""
    keys: list[tuple[str, ...]] = [
        (one.name,) for one, _ in declared.columns if one.unique
    ]
    keys += declared.unique_together
    problems = []
    for key in keys:
        taken = _taken(session, declared, key, afters)
        for index, row in enumerate(afters):
            held = tuple(row.get(name) for name in key)
            if any(value is None for value in held):
                continue
            own = row.get("id", f"new {index}")
            if taken.setdefault(held, own) != own:
                problems.append(_duplicate(declared, key, held, index))
    return problems


def _taken(
    session: Session, declared: Declaration, key: tuple[str, ...], rows: Sequence[Row]
) -> dict[tuple[Any, ...], Any]:
    table = catalogue.current().table(declared.code)
    columns = [table.c[declared.field(name).column or name] for name in key]
    values = [row[key[0]] for row in rows if row.get(key[0]) is not None]
    taken: dict[tuple[Any, ...], Any] = {}
    for start in range(0, len(values), references.CHUNK):
        query = select(table.c.id, *columns).where(
            table.c.binned_at.is_(None),
            columns[0].in_(values[start : start + references.CHUNK]),
        )
        for found in session.execute(marked(query, declared.code)):
            taken[tuple(found[1:])] = found[0]
    return taken


def _duplicate(
    declared: Declaration, key: tuple[str, ...], held: tuple[Any, ...], index: int
) -> Problem:
    names = [declared.field(name).label for name in key]
    shown = "、".join(str(value) for value in held)
    return Problem(
        key[0],
        Label(
            f"{'、'.join(one.zh for one in names)}“{shown}”已经登记过，请核对。",
            f"{', '.join(one.en for one in names)} “{shown}” is already there. Check.",
        ),
        index,
    )
