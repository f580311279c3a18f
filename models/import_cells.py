"""Cells of a mapped file -> values of fields, with a problem for each cell refused."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, choosing, references
from models.access import Person, marked
from models.amid import among
from models.checking import Problem
from models.import_lines import Line
from models.import_mapping import FileMapping, Source
from models.import_readers import finder, reader, text_reader
from models.register import TEXT, TEXTUAL, Declaration, Field
from models.rules import cell_values
from models.rules.cell_values import Cell, CellError
from models.words import Label

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Missing:
    """A referenced entry that is not there and that the mapping says to make."""

    field: Field
    source: Source
    word: str
    line: Line


class Reader:
    """Reads the lines of one file by one mapping, each field by a reader made once."""

    def __init__(self, declared: Declaration, mapping: FileMapping) -> None:
        """Prepare what is the same for all lines."""
        nothing = cell_values.nothing_words(mapping.nothing)
        self._columns = {
            name: source.column or "" for name, source in mapping.fields.items()
        }
        sources = [
            (declared.field(name), source) for name, source in mapping.fields.items()
        ]
        self._plain = [
            (one.name, finder(source, nothing), reader(one, source, mapping, nothing))
            for one, source in sources
            if one.refers_to is None
        ]
        self._text = text_reader(nothing)
        self._references = [
            (one, source, finder(source, nothing))
            for one, source in sources
            if one.refers_to is not None
        ]

    def read(self, line: Line) -> None:
        """Fill the values of all fields but references; a read line stays as it is."""
        if line.is_read:
            return
        line.is_read = True
        line.columns = self._columns
        for name, find, read in self._plain:
            cell = find(line.cells)
            try:
                value = read(cell, line)
            except CellError as error:
                line.problems.append(Problem(name, error.label))
                continue
            if value is not None:
                line.values[name] = value

    def references(
        self, session: Session, lines: Sequence[Line], person: Person
    ) -> list[Missing]:
        """Fill the reference fields of all lines, one query a field; say what lacks.

        Only entries that the person may list are found.
        """
        missing: list[Missing] = []
        for one, source, find in self._references:
            words = [self._word(find(line.cells), one, line) for line in lines]
            wanted = {word for word in words if word}
            found = find_entries(session, one, source.by, wanted, person)
            for line, word in zip(lines, words, strict=True):
                line.values.pop(one.name, None)  # of an earlier look
                if not word:
                    continue
                if word in found:
                    line.values[one.name] = found[word]
                elif source.create:
                    missing.append(Missing(one, source, word, line))
                else:
                    line.problems.append(Problem(one.name, _not_found(one, word)))
        return missing

    def _word(self, cell: Cell, one: Field, line: Line) -> str:
        if cell is None:
            return ""
        try:
            return self._text(cell) or ""
        except CellError as error:
            line.problems.append(Problem(one.name, error.label))
            return ""


def _not_found(one: Field, word: str) -> Label:
    title = catalogue.current()[one.refers_to or ""].title
    return Label(
        f"“{word}”在{title.zh}中没有找到或不止一条，请先登记或改正。",
        f"“{word}” is not one entry of {title.en}. Enter it first, or mend the cell.",
    )


def find_entries(
    session: Session, one: Field, by: str | None, words: set[str], person: Person
) -> dict[str, int]:
    """Return {word: id} for words that exactly one entry the person lists is known by.

    Tried in order: the field the mapping names, else number, unique fields and what the
    entry is called by.
    """
    known = catalogue.current()
    target, table = known[one.refers_to or ""], known.table(one.refers_to or "")
    named = by if by and by != "display" else None
    fields = (
        [target.field(named)]
        if named
        else [
            each
            for each in target.all_fields
            if each.column
            and each.type in TEXTUAL
            and not each.personal
            and (each.unique or each.name in target.display)
        ]
    )
    found: dict[str, int] = {}
    for each in fields:
        left = sorted(words - set(found))
        column = table.c[each.column or ""]
        twice: set[str] = set()
        here: dict[str, int] = {}
        query = select(column, table.c.id).where(
            table.c.binned_at.is_(None), among(column, left)
        )
        rows = session.execute(marked(query, target.code)).all() if left else []
        fine = choosing.reached(session, person, target.code, (key for _, key in rows))
        for word, key in rows:
            if key not in fine:
                continue
            if word in here:
                twice.add(word)
            here[str(word)] = key
        found |= {word: key for word, key in here.items() if word not in twice}
    if not named:
        found |= _by_whole_name(session, target, words - set(found), person)
    return found


def _by_whole_name(
    session: Session, target: Declaration, words: set[str], person: Person
) -> dict[str, int]:
    """Return {word: id} where several fields together are what an entry is called by.

    As exports write it: "SB20260001 钻机". The first of the fields narrows the search.
    """
    first = target.field(target.display[0])
    if len(target.display) == 1 or first.type is not TEXT or first.personal:
        return {}
    column = catalogue.current().table(target.code).c[first.column or ""]
    starts = {
        word[:at] for word in words for at, sign in enumerate(word) if sign == " "
    }
    query = select(column.table.c.id).where(
        column.table.c.binned_at.is_(None), among(column, starts)
    )
    ids = session.scalars(marked(query, target.code)).all() if starts else []
    fine = choosing.reached(session, person, target.code, ids)
    found: dict[str, list[int]] = defaultdict(list)
    for key, word in references.labels(session, target.code, fine).items():
        found[word].append(key)
    return {
        word: keys[0]
        for word, keys in found.items()
        if word in words and len(keys) == 1
    }
