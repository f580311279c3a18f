"""Imports: rehearse with the checks of a save, apply at once, undo as a whole.

A rehearsal writes nothing but its own lines. Applying saves every good row in one
transaction, in which each row's identity (its mapped key, else file and line) is taken,
so that the same file, sent twice or by two people at once, adds nothing twice.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import catalogue, entries
from models.access import Action
from models.checking import Problem
from models.entry_errors import EntryRefusedError, NotAllowedError
from models.history import Writer, plain
from models.import_cells import (
    Line,
    Missing,
    NothingToImportError,
    Reader,
    from_kept,
    kept,
)
from models.import_mapping import FileMapping, read_mapping
from models.import_tables import (
    APPLIED,
    REHEARSED,
    UNDONE,
    ImportBatch,
    ImportedKey,
    ImportLine,
)
from models.preparing import Row, prepare
from models.register import Declaration
from models.rules.sheet_headers import label_key
from models.sheets import (
    HeaderGuess,
    Sheet,
    SkippedRow,
    SkipReason,
    find_header,
    header_at,
    read_workbook,
    table_rows,
)
from models.words import Label, PersonError

GOOD, REFUSED, KNOWN = "good", "refused", "known"
CHUNK = 5_000
Progress = Callable[[str, int, int], None]  # what, done, of how many


class ImportStateError(PersonError):
    """A batch that was applied or undone already, or whose entries changed since."""


@dataclass(slots=True)
class Rehearsal:
    """What would happen: the rows as they would be saved, and those refused."""

    lines: list[Line]
    skipped: list[SkippedRow]
    known: list[Line]  # imported before
    repeated: list[Line]  # exactly as a row above; they are good all the same
    prepared: list[Row]  # one for each good line, in order

    @property
    def good(self) -> list[Line]:
        """The rows that would be saved."""
        known = {id(line) for line in self.known}
        return [
            line for line in self.lines if not line.problems and id(line) not in known
        ]

    @property
    def refused(self) -> list[Line]:
        """The rows with a problem."""
        return [line for line in self.lines if line.problems]


def read_lines(
    data: bytes, file_name: str, mapping: FileMapping
) -> tuple[list[Line], list[SkippedRow]]:
    """Return the rows of every sheet of a file that has the mapped columns.

    Raises:
        SheetError: The file cannot be read.
        NothingToImportError: No sheet has any of the columns.
    """
    wanted = {column for source in mapping.fields.values() for column in source.columns}
    lines: list[Line] = []
    skipped: list[SkippedRow] = []
    found = False
    for sheet in read_workbook(data, file_name, encoding=mapping.encoding):
        if sheet.hidden or (mapping.sheets and sheet.name not in mapping.sheets):
            continue
        header = header_of(sheet, mapping, wanted)
        if header is None:
            continue
        found = True
        lines += _sheet_lines(sheet, header, wanted, skipped)
    if not found:
        raise NothingToImportError(
            "文件里没有这些列：{columns}。请检查表头，或重新对应列。",
            "The file has none of the columns {columns}. Check the header or map anew.",
            columns="、".join(sorted(wanted)),
        )
    return lines, skipped


def header_of(
    sheet: Sheet, mapping: FileMapping, wanted: set[str]
) -> HeaderGuess | None:
    """Return a sheet's header; None if it has no mapped column at all."""
    if not sheet.height:
        return None
    if mapping.header is not None:
        header = header_at(sheet, *mapping.header, wanted)
    else:
        header = find_header(sheet, wanted)
    return header if header.matched else None


def _sheet_lines(
    sheet: Sheet, header: HeaderGuess, wanted: set[str], skipped: list[SkippedRow]
) -> Iterator[Line]:
    # The mapping's own spelling of a label stands for the sheet's.
    keys = {label_key(one): one for one in wanted}
    renamed = {
        column.label: keys.get(label_key(column.label), column.label)
        for column in header.columns
    }
    for number, cells in table_rows(sheet, header, skipped):
        yield Line(
            sheet.name,
            number,
            {renamed[label]: cell for label, cell in cells.items()},
            header.period.year,
            header.period.month,
        )


def rehearse(
    session: Session,
    register: str,
    lines: list[Line],
    skipped: list[SkippedRow],
    mapping: FileMapping,
    file_hash: str,
    writer: Writer,
    progress: Progress | None = None,
) -> Rehearsal:
    """Check every row as a save would; writes nothing.

    Raises:
        NotAllowedError: The writer may not import into this register.
    """
    if not writer.person.may(register, Action.IMPORT):
        raise NotAllowedError
    declared = catalogue.current()[register]
    tell = progress or (lambda *_: None)
    reader = Reader(declared, mapping)
    for index, line in enumerate(lines):
        reader.read(line)
        if index % 1_000 == 0:
            tell("read", index, len(lines))
    missing = reader.references(session, lines)
    known = _known(session, register, lines, mapping, file_hash)
    seen = {id(line) for line in known}
    fresh = [line for line in lines if not line.problems and id(line) not in seen]
    tell("check", 0, len(fresh))
    prepared, problems = prepare(
        session, declared, [line.values for line in fresh], writer
    )
    to_be_made = {(id(one.line), one.field.name) for one in missing}
    for problem in problems:
        line = fresh[problem.row]
        if (id(line), problem.field) not in to_be_made:
            line.problems.append(problem)
    good = [row for line, row in zip(fresh, prepared, strict=True) if not line.problems]
    return Rehearsal(lines, skipped, known, _repeated(lines), good)


def _identity(line: Line, mapping: FileMapping, file_hash: str) -> str:
    if mapping.key:
        return "key:" + "|".join(
            str(plain(line.values.get(one))) for one in mapping.key
        )
    return f"line:{file_hash}:{line.sheet}:{line.number}"


def _known(
    session: Session,
    register: str,
    lines: Sequence[Line],
    mapping: FileMapping,
    file_hash: str,
) -> list[Line]:
    """Return the lines that came in before, by their identity."""
    by_identity = {_identity(line, mapping, file_hash): line for line in lines}
    identities = list(by_identity)
    found = []
    for start in range(0, len(identities), CHUNK):
        query = select(ImportedKey.identity).where(
            ImportedKey.register == register,
            ImportedKey.identity.in_(identities[start : start + CHUNK]),
        )
        found += [by_identity[one] for one in session.scalars(query)]
    return found


def _repeated(lines: Sequence[Line]) -> list[Line]:
    seen: set[tuple[tuple[str, str], ...]] = set()
    repeated = []
    for line in lines:
        key = tuple((label, str(cell)) for label, cell in line.cells.items())
        if key in seen:
            repeated.append(line)
        seen.add(key)
    return repeated


def file_hash_of(data: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(data).hexdigest()


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
    )
    session.add(batch)
    session.flush()
    known = {id(line) for line in rehearsal.known}
    rows = [
        {
            "batch_id": batch.id,
            "sheet": line.sheet[:100],
            "line": line.number,
            "year": line.year,
            "month": line.month,
            "cells": {label: kept(cell) for label, cell in line.cells.items()},
            "state": REFUSED if line.problems else KNOWN if id(line) in known else GOOD,
            "is_repeated": int(id(line) in repeated),
            "problems": [_told(line, problem) for problem in line.problems],
            "entry_id": None,
        }
        for line in rehearsal.lines
    ]
    if rows:
        session.execute(insert(ImportLine), rows)
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


def lines_of(batch_lines: Sequence[ImportLine]) -> list[Line]:
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
) -> tuple[int, Rehearsal]:
    """Save every good row; return how many, and the rehearsal they were saved by.

    The rows are checked again inside the transaction: what has come in since the
    rehearsal counts. Referenced entries that the mapping says to make are made first.
    """
    declared = catalogue.current()[register]
    _make_missing(session, declared, mapping, lines, writer)
    for line in lines:
        line.values.clear()
        line.problems.clear()
    found = rehearse(session, register, lines, [], mapping, file_hash, writer)
    good = found.good
    try:
        ids = entries.save_prepared(session, declared, found.prepared, writer)
    except EntryRefusedError as error:
        raise _with_rows(error, good) from error
    keys = [
        {
            "register": register,
            "identity": _identity(line, mapping, file_hash),
            "entry_id": entry_id,
            "batch_id": batch_id,
        }
        for line, entry_id in zip(good, ids, strict=True)
    ]
    if keys:
        session.execute(insert(ImportedKey), keys)
    return len(ids), found


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
    for one in reader.references(session, lines):
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


def apply_batch(session: Session, batch: ImportBatch, writer: Writer) -> int:
    """Apply a staged batch; a second start of it finds it applied and changes nothing.

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
    declared = catalogue.current()[batch.register]
    mapping = read_mapping(batch.mapping, declared)
    staged = list(
        session.scalars(
            select(ImportLine)
            .where(ImportLine.batch_id == batch.id, ImportLine.state == GOOD)
            .order_by(ImportLine.id)
        )
    )
    lines = lines_of(staged)
    count, found = apply(
        session, batch.register, mapping, batch.file_hash, lines, writer, batch.id
    )
    # What was good at the rehearsal may have been taken by another entry since.
    for row, line in zip(staged, lines, strict=True):
        if line.problems:
            row.state, row.problems = REFUSED, [_told(line, it) for it in line.problems]
    late = len(found.refused)
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch.id)
        .values(imported=count, good=count, refused=ImportBatch.refused + late)
    )
    return count


def undo_batch(session: Session, batch: ImportBatch, writer: Writer) -> int:
    """Put every entry of a batch into the bin, as a whole, and free their identities.

    Raises:
        ImportStateError: The batch is not applied, or entries were changed since.
    """
    ids = list(
        session.scalars(
            select(ImportedKey.entry_id).where(ImportedKey.batch_id == batch.id)
        )
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
    session.execute(delete(ImportedKey).where(ImportedKey.batch_id == batch.id))
    session.execute(
        update(ImportBatch).where(ImportBatch.id == batch.id).values(state=UNDONE)
    )
    return len(ids)
