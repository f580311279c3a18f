"""Files as clerks have them -> sheets of rows: .xlsx, .xls, .xlsb, .ods and CSV.

The content decides what a file is, not its name. Everything that can be wrong with a
file raises `SheetError`, a sentence for the person who chose it.
"""

from pathlib import Path

from models.csv_files import csv_sheet
from models.rules.sheet_basics import Merge, Sheet, SheetError, column_letters
from models.rules.sheet_headers import HeaderColumn, HeaderGuess, find_header, header_at
from models.rules.sheet_periods import Period
from models.rules.sheet_tables import SkippedRow, SkipReason, table_rows
from models.workbook_guard import LIMITS, MEGABYTE, SheetLimits, check_archive
from models.workbook_opening import open_workbook, protected

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
        return open_workbook(data, file_name, odd, limits)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise protected()
        return open_workbook(data, file_name, {}, limits)
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
