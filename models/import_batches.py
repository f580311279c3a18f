"""Kept batches: staged with their rows, applied at once, undone as a whole.

Applying saves every good row in one transaction, in which each row's identity (its
mapped key, else file and line) is taken, so that the same file, sent twice or by two
people at once, adds nothing twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from models import catalogue, entries
from models.bulk_rows import insert_columns, set_column
from models.checking import Problem
from models.collecting import collector_resting
from models.entry_errors import EntryRefusedError
from models.generations import demand_current
from models.history import Writer, plain
from models.import_cells import Missing, Reader
from models.import_lines import Line, from_kept, kept
from models.import_mapping import FileMapping, read_mapping
from models.import_rehearsal import Rehearsal, identity, rehearse
from models.import_tables import (
    APPLIED,
    GOOD,
    KEYS,
    KNOWN,
    LINES,
    REFUSED,
    REHEARSED,
    UNDONE,
    ImportBatch,
)
from models.preparing import Row
from models.register import Declaration
from models.sheets import SkippedRow, SkipReason
from models.words import Label, PersonError


class ImportStateError(PersonError):
    """A batch that was applied or undone already, or whose entries changed since."""


@collector_resting()
def stage(
    session: Session,
    register: str,
    file_name: str,
    file_hash: str,
    mapping: FileMapping,
    rehearsal: Rehearsal,
    writer: Writer,
) -> ImportBatch:
    """Keep a rehearsal, with each row as it came, until it is applied or dropped."""
    good = {id(line) for line in rehearsal.good}
    repeated = {id(line) for line in rehearsal.repeated}
    batch = ImportBatch(
        register=register,
        file_name=file_name[:200],
        file_hash=file_hash,
        mapping=mapping.plain(),
        state=REHEARSED,
        staff_id=writer.person.staff_id,
        by_name=writer.person.name,
        at=writer.now,
        rows=len(rehearsal.lines),
        good=len(good),
        refused=len(rehearsal.refused),
        known=len(rehearsal.known),
        repeated=len(repeated),
        skipped=[
            {"row": one.row, "reason": one.reason.name, "text": one.text}
            for one in rehearsal.skipped
        ],
        filled=rehearsal.filled,
    )
    session.add(batch)
    session.flush()
    known = {id(line) for line in rehearsal.known}
    lines = rehearsal.lines
    columns: dict[str, Sequence[Any]] = {
        "batch_id": [batch.id] * len(lines),
        "sheet": [line.sheet[:100] for line in lines],
        "line": [line.number for line in lines],
        "year": [line.year for line in lines],
        "month": [line.month for line in lines],
        "cells": [
            {label: kept(cell) for label, cell in line.cells.items()} for line in lines
        ],
        "state": [
            REFUSED if line.problems else KNOWN if id(line) in known else GOOD
            for line in lines
        ],
        "is_repeated": [int(id(line) in repeated) for line in lines],
        "problems": [[_told(line, it) for it in line.problems] for line in lines],
    }
    insert_columns(session, LINES, columns)
    return batch


def _told(line: Line, problem: Problem) -> dict[str, Any]:
    column = line.columns.get(problem.field or "", "")
    return {
        "field": problem.field,
        "column": column,
        "value": plain(line.cells.get(column)) if column else None,
        "zh": problem.label.zh,
        "en": problem.label.en,
    }


def lines_of(batch_lines: Iterable[Any]) -> list[Line]:
    """Return staged rows as lines again, to be rehearsed or applied."""
    return [
        Line(
            one.sheet,
            one.line,
            {label: from_kept(cell) for label, cell in one.cells.items()},
            one.year,
            one.month,
        )
        for one in batch_lines
    ]


def skipped_of(batch: ImportBatch) -> list[SkippedRow]:
    """Return the rows that were left out of a batch."""
    return [
        SkippedRow(one["row"], SkipReason[one["reason"]], one["text"])
        for one in batch.skipped
    ]


def apply(
    session: Session,
    register: str,
    mapping: FileMapping,
    file_hash: str,
    lines: list[Line],
    writer: Writer,
    batch_id: int,
    rehearsal: Rehearsal | None = None,
) -> tuple[list[int], Rehearsal]:
    """Save every good row; return their ids, and the rehearsal they were saved by.

    What the cells say is not read again of lines that a rehearsal has read. The rows
    are checked again inside the transaction, for what has come in since the rehearsal
    counts; unless the rehearsal whose good lines these are is at hand, and no entry was
    written since. Referenced entries that the mapping says to make are made first.
    """
    demand_current(session)
    declared = catalogue.current()[register]
    _make_missing(session, declared, mapping, lines, writer)
    if rehearsal is not None and rehearsal.stands(session, writer):
        found = replace(
            rehearsal, lines=lines, skipped=[], known=[], repeated=[], filled={}
        )
    else:
        found = _again(session, register, lines, mapping, file_hash, writer)
    good = found.good
    try:
        ids = entries.save_prepared(session, declared, found.prepared, writer)
    except EntryRefusedError as error:
        raise _with_rows(error, good) from error
    columns: dict[str, Sequence[Any]] = {
        "register": [register] * len(ids),
        "identity": [identity(line, file_hash) for line in good],
        "entry_id": ids,
        "batch_id": [batch_id] * len(ids),
    }
    insert_columns(session, KEYS, columns)
    return ids, found


def _again(
    session: Session,
    register: str,
    lines: list[Line],
    mapping: FileMapping,
    file_hash: str,
    writer: Writer,
) -> Rehearsal:
    for line in lines:
        if line.problems:  # they may be gone by now
            line.values.clear()
            line.problems.clear()
            line.is_read = False
    return rehearse(session, register, lines, [], mapping, file_hash, writer)


def _with_rows(error: EntryRefusedError, lines: Sequence[Line]) -> EntryRefusedError:
    """Say of which row of the file a save's problem is."""
    problems = []
    for one in error.problems:
        line = lines[one.row]
        label = Label(
            f"工作表“{line.sheet}”第 {line.number} 行：{one.label.zh}"
            "整个文件都没有导入。",
            f"Sheet “{line.sheet}”, row {line.number}: {one.label.en} Nothing of the"
            " file was imported.",
        )
        problems.append(Problem(one.field, label, one.row))
    return EntryRefusedError(problems)


def _make_missing(
    session: Session,
    declared: Declaration,
    mapping: FileMapping,
    lines: list[Line],
    writer: Writer,
) -> None:
    """Make the referenced entries that are not there, each once."""
    if not any(source.create for source in mapping.fields.values()):
        return
    reader = Reader(declared, mapping)
    for line in lines:
        reader.read(line)
    wanted: dict[tuple[str, str], Missing] = {}
    for one in reader.references(session, lines, writer.person):
        if not one.line.problems:
            wanted.setdefault((one.field.name, one.word), one)
    by_register: dict[str, list[Row]] = {}
    for one in wanted.values():
        by_register.setdefault(one.field.refers_to or "", []).append(_made(one))
    for register, rows in by_register.items():
        entries.create_many(session, register, rows, writer)


def _made(one: Missing) -> Row:
    target = catalogue.current()[one.field.refers_to or ""]
    row: Row = {one.source.by or target.display[0]: one.word}
    for name, column in one.source.create.items():
        cell = one.line.cells.get(column)
        row[name] = str(cell).strip() if cell not in (None, "") else one.word
    return row


_STAGED = (
    LINES.c.sheet,
    LINES.c.line,
    LINES.c.cells,
    LINES.c.year,
    LINES.c.month,
)


@collector_resting()
def apply_batch(
    session: Session,
    batch: ImportBatch,
    writer: Writer,
    rehearsal: Rehearsal | None = None,
) -> int:
    """Apply a staged batch; a second start of it finds it applied and changes nothing.

    Args:
        session: The writing transaction.
        batch: The staged batch.
        writer: Who applies it, and when.
        rehearsal: The one it was staged from, if it is still at hand: its cells need
            not be read again, nor its rows checked if no entry was written since.

    Raises:
        ImportStateError: It was applied or undone already.
    """
    taken = (
        update(ImportBatch)
        .where(ImportBatch.id == batch.id, ImportBatch.state == REHEARSED)
        .values(state=APPLIED, applied_at=writer.now)
    )
    if session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]  # of an UPDATE
        raise ImportStateError(
            "这次导入已经处理过了，没有重复导入。",
            "This import has been dealt with already; nothing was imported twice.",
        )
    mapping = read_mapping(batch.mapping, catalogue.current()[batch.register])
    good = (LINES.c.batch_id == batch.id, LINES.c.state == GOOD)
    columns = _STAGED if rehearsal is None else ()
    query = select(LINES.c.id, *columns).where(*good).order_by(LINES.c.id)
    staged = session.execute(query).all()
    lines = lines_of(staged) if rehearsal is None else rehearsal.good
    ids, found = apply(
        session,
        batch.register,
        mapping,
        batch.file_hash,
        lines,
        writer,
        batch.id,
        rehearsal,
    )
    staged_as = {id(line): row.id for line, row in zip(lines, staged, strict=True)}
    made = {
        staged_as[id(line)]: entry_id
        for line, entry_id in zip(found.good, ids, strict=True)
    }
    set_column(session, LINES, "entry_id", made)
    late = _mark_late(session, found, staged_as)
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch.id)
        .values(
            imported=len(ids),
            good=len(ids),
            refused=ImportBatch.refused + late[REFUSED],
            known=ImportBatch.known + late[KNOWN],
        )
    )
    return len(ids)


def _mark_late(
    session: Session, found: Rehearsal, staged_as: Mapping[int, int]
) -> Mapping[str, int]:
    """Mark lines that others' entries, made since the rehearsal, have kept out."""
    late = {REFUSED: found.refused, KNOWN: found.known}
    marked = [
        {
            "line_id": staged_as[id(line)],
            "now": state,
            "why": [_told(line, one) for one in line.problems],
        }
        for state, lines in late.items()
        for line in lines
    ]
    if marked:
        change = update(LINES).where(LINES.c.id == bindparam("line_id"))
        change = change.values(state=bindparam("now"), problems=bindparam("why"))
        session.connection().execute(change, marked)
    return {state: len(lines) for state, lines in late.items()}


def undo_batch(session: Session, batch: ImportBatch, writer: Writer) -> int:
    """Put every entry of a batch into the bin, as a whole, and free their identities.

    Raises:
        ImportStateError: The batch is not applied, or entries were changed since.
    """
    ids = list(
        session.scalars(select(KEYS.c.entry_id).where(KEYS.c.batch_id == batch.id))
    )
    if batch.state != APPLIED:
        raise ImportStateError(
            "只有已导入的批次才能撤销。",
            "Only an import that was applied can be undone.",
        )
    changed = entries.changed_since(session, batch.register, ids)
    if changed:
        raise ImportStateError(
            "其中 {count} 条导入后又被修改过，不能整批撤销。请先处理这些记录。",
            "{count} of the entries were changed since; deal with these first.",
            count=len(changed),
        )
    entries.bin_many(session, batch.register, ids, writer)
    session.execute(delete(KEYS).where(KEYS.c.batch_id == batch.id))
    session.execute(
        update(ImportBatch).where(ImportBatch.id == batch.id).values(state=UNDONE)
    )
    return len(ids)
