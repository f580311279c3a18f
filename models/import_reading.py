"""The sheets of a file -> the rows that an import looks at."""

import hashlib
from collections.abc import Iterable, Iterator

from models.collecting import collector_resting
from models.import_lines import Line
from models.import_mapping import FileMapping
from models.rules.sheet_headers import label_key
from models.sheets import (
    HeaderGuess,
    Sheet,
    SkippedRow,
    find_header,
    header_at,
    read_workbook,
    table_rows,
)
from models.words import PersonError


class NothingToImportError(PersonError):
    """No sheet of the file has a column that the mapping names."""


def file_hash_of(data: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(data).hexdigest()


def read_lines(
    data: bytes, file_name: str, mapping: FileMapping
) -> tuple[list[Line], list[SkippedRow]]:
    """Return the rows of every sheet of a file that has the mapped columns.

    Raises:
        SheetError: The file cannot be read.
        NothingToImportError: No sheet has any of the columns.
    """
    sheets = read_workbook(data, file_name, encoding=mapping.encoding)
    return lines_on(sheets, mapping)


@collector_resting()
def lines_on(
    sheets: Iterable[Sheet], mapping: FileMapping
) -> tuple[list[Line], list[SkippedRow]]:
    """Do `read_lines` for a file that is open already."""
    wanted = {column for source in mapping.fields.values() for column in source.columns}
    lines: list[Line] = []
    skipped: list[SkippedRow] = []
    found = False
    for sheet in sheets:
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
