"""Cells of a mapped file -> values of fields, with a problem for each cell refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, masking
from models.access import marked
from models.checking import Problem
from models.history import plain
from models.import_mapping import FileMapping, Source
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    ID_NUMBER,
    INSTANT,
    INTEGER,
    MONEY,
    PHONE,
    PLATE,
    TIME,
    YES_NO,
    Declaration,
    Field,
    FieldType,
)
from models.rules import cell_values
from models.rules.cell_values import Cell, CellError
from models.words import Label, PersonError

CHUNK = 5_000


@dataclass(slots=True)
class Line:
    """One row of the file on its way to become an entry."""

    sheet: str
    number: int  # as Excel counts
    cells: dict[str, Cell]
    year: int | None = None
    month: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # field -> its column


@dataclass(frozen=True, slots=True)
class Missing:
    """A referenced entry that is not there and that the mapping says to make."""

    field: Field
    source: Source
    word: str
    line: Line


def kept(cell: Cell) -> Any:
    """Return a cell as JSON keeps it, so that `from_kept` gives the same cell again."""
    for kind in (datetime, date, time, timedelta):
        if isinstance(cell, kind):
            return {kind.__name__: plain(cell)}
    return plain(cell)


def from_kept(written: Any) -> Cell:
    """Return the cell that `kept` wrote.

    A cell that Excel typed as a day must not come back as text: a mapping's pattern is
    for texts only.
    """
    if not isinstance(written, dict):
        return cast("Cell", written)
    ((kind, value),) = written.items()
    return _KEPT[kind](value)


_KEPT: Mapping[str, Callable[[Any], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


class Reader:
    """Reads the lines of one file by one mapping."""

    def __init__(self, declared: Declaration, mapping: FileMapping) -> None:
        """Prepare what is the same for all lines."""
        self.declared, self.mapping = declared, mapping
        self.zone = ZoneInfo(mapping.zone)
        self.nothing = cell_values.nothing_words(mapping.nothing)
        self.sources = [
            (declared.field(name), source) for name, source in mapping.fields.items()
        ]
        self.options = {
            one.name: cell_values.Options.of(
                (
                    (word, choice.value)
                    for choice in one.options
                    for word in (choice.value, choice.label.zh, choice.label.en)
                ),
                [choice.label.zh for choice in one.options],
            )
            for one, _ in self.sources
            if one.options
        }

    def read(self, line: Line) -> None:
        """Fill the values of all fields but references."""
        for one, source in self.sources:
            line.columns[one.name] = source.column or ""
            cell = self._cell(line, source)
            if one.refers_to is not None:
                continue
            try:
                value = self._value(one, source, cell, line)
            except CellError as error:
                line.problems.append(Problem(one.name, error.label))
                continue
            if value is not None:
                line.values[one.name] = value

    def _cell(self, line: Line, source: Source) -> Cell:
        if source.constant is not None:
            return source.constant
        cell = line.cells.get(source.column or "")
        for column in source.or_columns:
            if not cell_values.is_nothing(cell, self.nothing):
                break
            cell = line.cells.get(column)
        if source.values and cell is not None:
            cell = source.values.get(str(cell).strip(), cell)
        return cell

    def _value(self, one: Field, source: Source, cell: Cell, line: Line) -> Any:
        if one.personal and masking.is_masked(cell):
            raise CellError(
                "“{found}”是脱敏后的内容，不能导入，请换成完整的内容。",
                "“{found}” is masked and cannot be imported. Give the full value.",
                found=cell,
            )
        if one.type is INSTANT:
            return cell_values.read_instant(
                cell,
                zone=self.zone,
                pattern=source.pattern,
                time_of_day=line.cells.get(source.time_column or ""),
                repeated_hour="first",
                year=line.year,
                month=line.month,
                nothing=self.nothing,
            )
        if one.type is DATE:
            return cell_values.read_date(
                cell,
                year=line.year,
                month=line.month,
                pattern=source.pattern,
                nothing=self.nothing,
            )
        reader = _READERS.get(one.type, _text)
        return reader(self, one, source, cell)

    def references(self, session: Session, lines: Sequence[Line]) -> list[Missing]:
        """Fill the reference fields of all lines, one query a field; say what lacks."""
        missing: list[Missing] = []
        for one, source in self.sources:
            if one.refers_to is None:
                continue
            words = {}
            for line in lines:
                cell = self._cell(line, source)
                if not cell_values.is_nothing(cell, self.nothing):
                    words[id(line)] = _word(cell)
            found = find_entries(session, one, source.by, set(words.values()))
            for line in lines:
                word = words.get(id(line))
                if word is None:
                    continue
                if word in found:
                    line.values[one.name] = found[word]
                elif source.create:
                    missing.append(Missing(one, source, word, line))
                else:
                    line.problems.append(Problem(one.name, _not_found(one, word)))
        return missing


def _not_found(one: Field, word: str) -> Label:
    title = catalogue.current()[one.refers_to or ""].title
    return Label(
        f"“{word}”在{title.zh}中没有找到或不止一条，请先登记或改正。",
        f"“{word}” is not one entry of {title.en}. Enter it first, or mend the cell.",
    )


def _word(cell: Cell) -> str:
    return cell_values.read_text(cell) or ""


def find_entries(
    session: Session, one: Field, by: str | None, words: set[str]
) -> dict[str, int]:
    """Return {word: id} for the words that exactly one entry is known by.

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
            and each.refers_to is None
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
        for start in range(0, len(left), CHUNK):
            query = select(column, table.c.id).where(
                table.c.binned_at.is_(None), column.in_(left[start : start + CHUNK])
            )
            for word, key in session.execute(marked(query, target.code)):
                if word in here:
                    twice.add(word)
                here[str(word)] = key
        found |= {word: key for word, key in here.items() if word not in twice}
    return found


def _text(reader: Reader, one: Field, _source: Source, cell: Cell) -> Any:
    del one  # its length is checked with the save
    return cell_values.read_text(cell, nothing=reader.nothing)


_READERS: Mapping[FieldType, Callable[[Reader, Field, Source, Cell], Any]] = {
    INTEGER: lambda it, _, __, cell: cell_values.read_integer(cell, nothing=it.nothing),
    DECIMAL: lambda it, one, source, cell: cell_values.read_decimal(
        cell, one.places, rounding=source.rounding, nothing=it.nothing
    ),
    MONEY: lambda it, _, source, cell: cell_values.read_money(
        cell, it.mapping.currency, rounding=source.rounding, nothing=it.nothing
    ),
    TIME: lambda it, _, __, cell: cell_values.read_time(cell, nothing=it.nothing),
    DURATION: lambda it, _, __, cell: cell_values.read_duration(
        cell, nothing=it.nothing
    ),
    YES_NO: lambda it, _, __, cell: cell_values.read_yes_no(cell, nothing=it.nothing),
    PHONE: lambda it, _, __, cell: cell_values.read_phone(cell, nothing=it.nothing),
    ID_NUMBER: lambda it, _, __, cell: cell_values.read_identifier(
        cell, nothing=it.nothing
    ),
    PLATE: lambda it, _, __, cell: cell_values.read_identifier(
        cell, nothing=it.nothing
    ),
    CHOICE: lambda it, one, _, cell: cell_values.read_choice(
        cell, it.options[one.name], nothing=it.nothing
    ),
    CHOICES: lambda it, one, _, cell: list(
        cell_values.read_choices(cell, it.options[one.name], nothing=it.nothing) or ()
    ),
}


class NothingToImportError(PersonError):
    """No sheet of the file has a column that the mapping names."""
