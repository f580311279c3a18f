"""Files as clerks have them -> sheets of rows: .xlsx, .xls, .xlsb, .ods and CSV.

The content decides what a file is, not its name. Everything that can be wrong with a
file raises `SheetError`, a sentence for the person who chose it.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import python_calamine as calamine

from models.csv_files import csv_sheet
from models.rules.cell_basics import Cell
from models.rules.sheet_basics import Merge, Row, Sheet, SheetError, column_letters
from models.rules.sheet_headers import HeaderColumn, HeaderGuess, find_header, header_at
from models.rules.sheet_periods import Period
from models.rules.sheet_tables import SkippedRow, SkipReason, table_rows
from models.workbook_guard import (
    LIMITS,
    MEGABYTE,
    SheetLimits,
    broken_file,
    check_archive,
)

__all__ = [
    "LIMITS",
    "HeaderColumn",
    "HeaderGuess",
    "Merge",
    "Period",
    "Sheet",
    "SheetError",
    "SheetLimits",
    "SkipReason",
    "SkippedRow",
    "column_letters",
    "find_header",
    "header_at",
    "read_workbook",
    "table_rows",
]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(
    source: Path | str | bytes,
    file_name: str | None = None,
    *,
    limits: SheetLimits = LIMITS,
    encoding: str | None = None,
) -> list[Sheet]:
    """Open a file and return its sheets, hidden and empty ones too.

    A sheet's rows can be read as often as one likes; they are made one at a time.

    Args:
        source: The file's path, or its content.
        file_name: What the person calls it; a path's own name by default.
        limits: How large it may be, packed and unpacked.
        encoding: Of a CSV file, where a person knows it; None finds out.

    Raises:
        SheetError: Too large, damaged, protected by a password, or no table at all.
    """
    data, file_name = _content(source, file_name, limits)
    if not data:
        raise SheetError(
            "文件是空的（0 字节）。请重新选择文件。",
            "The file is empty (0 bytes). Choose another one.",
        )
    if data.startswith(_ZIP):
        odd = check_archive(data, limits)
        return _sheets(data, file_name, odd)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise _protected()
        return _sheets(data, file_name, {})
    return [csv_sheet(data, file_name, encoding)]


def _content(
    source: Path | str | bytes, file_name: str | None, limits: SheetLimits
) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        size = len(source)
    else:
        source = Path(source)
        file_name = file_name or source.name
        size = source.stat().st_size
    if size > limits.file_bytes:
        raise SheetError(
            "文件有 {size} MB，最多 {limit} MB。请删去不用的工作表和图片，或分成"
            "几个文件。",
            "The file has {size} MB, at most {limit} MB are taken. Remove sheets and"
            " pictures that are not needed, or split it.",
            size=-(-size // MEGABYTE),
            limit=limits.file_bytes // MEGABYTE,
        )
    data = source if isinstance(source, bytes) else source.read_bytes()
    return data, file_name or ""


def _sheets(
    data: bytes, file_name: str, odd: dict[str, dict[tuple[int, int], str]]
) -> list[Sheet]:
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        return [
            _sheet(book.get_sheet_by_name(about.name), file_name, about, odd)
            for about in book.sheets_metadata
            if about.typ is calamine.SheetTypeEnum.WorkSheet
        ]
    except calamine.PasswordError as error:
        raise _protected() from error
    except BaseException as error:
        # A panic of the reader's Rust is no Exception, and its class has no name to
        # import; every other BaseException is none of our business.
        panic = type(error).__name__ == "PanicException"
        if panic or isinstance(error, calamine.CalamineError | OSError | ValueError):
            raise broken_file() from error
        raise


def _sheet(
    content: calamine.CalamineSheet,
    file_name: str,
    about: calamine.SheetMetadata,
    odd: dict[str, dict[tuple[int, int], str]],
) -> Sheet:
    # Empty sheets have no end, and formats without merged cells give None.
    height = content.end[0] + 1 if content.end else 0
    merged = tuple(
        Merge(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in content.merged_cell_ranges or ()
    )
    read: Callable[[], Iterable[Row]] = content.iter_rows
    if cells := odd.get(about.name):
        read = _with_odd_cells(content, cells)
        height = max(height, *(row for row, _ in cells))
    hidden = about.visible is not calamine.SheetVisibleEnum.Visible
    return Sheet(about.name, file_name, height, read, merged, hidden)


def _with_odd_cells(
    content: calamine.CalamineSheet, odd: dict[tuple[int, int], str]
) -> Callable[[], Iterable[Row]]:
    """Show #N/A and formulas without a result where the reader gives empty cells."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in odd.items():
        by_row.setdefault(row, {})[column] = text

    def read() -> Iterator[Row]:
        number = 0
        for number, row in enumerate(content.iter_rows(), start=1):
            cells = by_row.get(number)
            yield _filled(row, cells) if cells else row
        for later in range(number + 1, max(by_row) + 1):
            yield _filled([], by_row.get(later, {}))

    return read


def _filled(row: list[Cell] | Row, cells: dict[int, str]) -> Row:
    width = max(len(row), max(cells, default=-1) + 1)
    filled: list[Cell] = [*row, *[""] * (width - len(row))]
    for column, text in cells.items():
        filled[column] = filled[column] or text
    return filled


def _protected() -> SheetError:
    return SheetError(
        "文件有打开密码。请在 Excel 里打开，去掉密码另存后再试。",
        "The file is protected by a password. Open it in Excel, remove the password,"
        " save and try again.",
    )
