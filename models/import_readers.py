"""What reads one field of every row of a file, made once for each file and mapping."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from models import masking
from models.import_lines import Line
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
    Field,
    FieldType,
)
from models.rules import cell_values
from models.rules.cell_values import Cell, CellError

BLANKS_AROUND = 8
"""Blanks that a word for nothing may have around and inside."""

Find = Callable[[Mapping[str, Cell]], Cell]
Read = Callable[[Cell, Line], Any]


def finder(source: Source, nothing: frozenset[str]) -> Find:
    """Return what finds the cell of a field among those of a row."""
    if source.constant is not None:
        return lambda _: source.constant
    column = source.column or ""
    if not source.or_columns and not source.values:
        return lambda cells: cells.get(column)

    def find(cells: Mapping[str, Cell]) -> Cell:
        cell = cells.get(column)
        for other in source.or_columns:
            if not cell_values.is_nothing(cell, nothing):
                break
            cell = cells.get(other)
        if source.values and cell is not None:
            cell = source.values.get(str(cell).strip(), cell)
        return cell

    return find


def reader(
    one: Field, source: Source, mapping: FileMapping, nothing: frozenset[str]
) -> Read:
    """Return what reads the cells of one field, refusing masked personal data."""
    read = _MAKERS.get(one.type, _texts)(one, source, mapping, nothing)
    if not one.personal:
        return read

    def read_whole(cell: Cell, line: Line) -> Any:
        if masking.is_masked(cell):
            raise CellError(
                "“{found}”是脱敏后的内容，不能导入，请换成完整的内容。",
                "“{found}” is masked and cannot be imported. Give the full value.",
                found=cell,
            )
        return read(cell, line)

    return read_whole


Make = Callable[[Field, Source, FileMapping, frozenset[str]], Read]


def text_reader(nothing: frozenset[str]) -> Callable[[Cell], str | None]:
    """Return what reads a cell as text; its length is checked with the save."""
    # Most cells are texts that are longer than any word for nothing.
    longest = max(map(len, nothing), default=0) + BLANKS_AROUND

    def read(cell: Cell) -> str | None:
        if type(cell) is str and len(cell) > longest and "\x00" not in cell:
            said = cell.strip()
            if said:
                return said
        return cell_values.read_text(cell, nothing=nothing)

    return read


def _texts(_: Field, __: Source, ___: FileMapping, nothing: frozenset[str]) -> Read:
    read = text_reader(nothing)
    return lambda cell, _: read(cell)


def _by(read: Callable[..., Any]) -> Make:
    """Return the maker of a reader that needs nothing but the cell."""
    return lambda _, __, ___, nothing: lambda cell, _: read(cell, nothing=nothing)


def _instants(
    _: Field, source: Source, mapping: FileMapping, nothing: frozenset[str]
) -> Read:
    zone, time_column = ZoneInfo(mapping.zone), source.time_column
    return lambda cell, line: cell_values.read_instant(
        cell,
        zone=zone,
        pattern=source.pattern,
        time_of_day=line.cells.get(time_column) if time_column else None,
        repeated_hour="first",
        year=line.year,
        month=line.month,
        nothing=nothing,
    )


def _dates(_: Field, source: Source, __: FileMapping, nothing: frozenset[str]) -> Read:
    return lambda cell, line: cell_values.read_date(
        cell,
        year=line.year,
        month=line.month,
        pattern=source.pattern,
        nothing=nothing,
    )


def _decimals(
    one: Field, source: Source, _: FileMapping, nothing: frozenset[str]
) -> Read:
    return lambda cell, _: cell_values.read_decimal(
        cell, one.places, rounding=source.rounding, nothing=nothing
    )


def _money(
    _: Field, source: Source, mapping: FileMapping, nothing: frozenset[str]
) -> Read:
    return lambda cell, _: cell_values.read_money(
        cell, mapping.currency, rounding=source.rounding, nothing=nothing
    )


def _options(one: Field) -> cell_values.Options[str]:
    words = (
        (word, choice.value)
        for choice in one.options
        for word in (choice.value, *choice.label.every)
    )
    return cell_values.Options.of(words, [choice.label.zh for choice in one.options])


def _choice(one: Field, _: Source, __: FileMapping, nothing: frozenset[str]) -> Read:
    options = _options(one)
    known: dict[str, str | None] = {}  # a column of a thousand rows has a few words

    def read(cell: Cell, _: Line) -> str | None:
        if type(cell) is not str:
            return cell_values.read_choice(cell, options, nothing=nothing)
        if cell not in known:
            known[cell] = cell_values.read_choice(cell, options, nothing=nothing)
        return known[cell]

    return read


def _choices(one: Field, _: Source, __: FileMapping, nothing: frozenset[str]) -> Read:
    options = _options(one)
    return lambda cell, _: list(
        cell_values.read_choices(cell, options, nothing=nothing) or ()
    )


_MAKERS: Mapping[FieldType, Make] = {
    INTEGER: _by(cell_values.read_integer),
    DECIMAL: _decimals,
    MONEY: _money,
    DATE: _dates,
    TIME: _by(cell_values.read_time),
    INSTANT: _instants,
    DURATION: _by(cell_values.read_duration),
    YES_NO: _by(cell_values.read_yes_no),
    PHONE: _by(cell_values.read_phone),
    ID_NUMBER: _by(cell_values.read_identifier),
    PLATE: _by(cell_values.read_identifier),
    CHOICE: _choice,
    CHOICES: _choices,
}
