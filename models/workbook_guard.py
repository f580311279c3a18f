"""What is checked of a zipped workbook before it is opened: size, extent, odd cells."""

import copy
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from models.rules.sheet_basics import SheetError, column_letters
from models.sheet_extents import Extent, exact_xlsx_extent, xlsx_extent

MEGABYTE = 1024**2
CHUNK = MEGABYTE


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How large a file may be; an admin may set other limits."""

    file_bytes: int = 50 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    ratio: int = 300  # unpacked to packed, of files that unpack to 50 MB and more
    sheet_cells: int = 10_000_000  # rows times columns up to the last cell
    reading_bytes: int = 1_024 * MEGABYTE  # memory of the process that reads it
    reading_seconds: int = 120  # of that process's work


LIMITS = SheetLimits()
RATIO_FROM = 50 * MEGABYTE
MOST_PARTS = 5_000

OddCells = dict[str, dict[tuple[int, int], str]]
"""For each sheet's name: (row from 1, column from 0) -> what the cell shows."""

_WORKBOOKS = ("workbook.xml", "workbook.bin", "content.xml")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def check_archive(data: bytes, limits: SheetLimits) -> OddCells:
    """Check a zipped workbook (.xlsx, .xlsb, .ods) and return its odd cells.

    What a part claims to unpack to is not believed: it is unpacked here, in pieces.

    Raises:
        SheetError: Broken, no workbook, larger unpacked than allowed, or with a cell
            so far out that the sheet could not be laid out.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.lower() for name in archive.namelist()]
            if not any(name.endswith(_WORKBOOKS) for name in names):
                raise SheetError(
                    "这是压缩包或其他文档，不是 Excel 表格。请解压后上传里面的 .xlsx、"
                    ".xls 或 .csv 文件。",
                    "This is an archive or another document, not a workbook. Unpack it"
                    " and give the .xlsx, .xls or .csv file inside.",
                )
            return _check_parts(archive, len(data), limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        KeyError,
        ET.ParseError,
    ) as error:
        raise broken_file() from error


def broken_file() -> SheetError:
    """Say that a file is damaged."""
    return SheetError(
        "文件已损坏或不完整，无法打开。请在 Excel 里打开原文件，另存为 .xlsx 后再试。",
        "The file is damaged or incomplete and cannot be opened. Open the original in"
        " Excel, save it as .xlsx and try again.",
    )


def too_large_unpacked(limit: int) -> SheetError:
    """Say that a file unpacks to more than the limit, in bytes."""
    return SheetError(
        "文件解压后超过 {limit} MB，已拒绝。请删去不用的工作表和图片，或分成几个文件。",
        "The file unpacks to more than {limit} MB and is refused. Remove sheets and"
        " pictures that are not needed, or split it.",
        limit=limit // MEGABYTE,
    )


def _check_parts(
    archive: zipfile.ZipFile, packed: int, limits: SheetLimits
) -> OddCells:
    parts = archive.infolist()
    claimed = sum(part.file_size for part in parts)
    allowed = limits.unpacked_bytes
    if claimed > RATIO_FROM:
        allowed = min(allowed, packed * limits.ratio)
    if claimed > allowed or len(parts) > MOST_PARTS:
        raise too_large_unpacked(allowed)
    reader = _Parts(archive, allowed)
    odd: OddCells = {}  # for now by the part's path
    for part in parts:
        extent = reader.extent(part)
        if extent.cells > limits.sheet_cells:
            letters = column_letters(extent.last_column)
            raise reaches_too_far(f"{letters}{extent.last_row}", limits)
        if extent.odd:
            odd[part.filename] = extent.odd
    if not odd:
        return {}
    names = _sheet_names(archive)
    return {names[path]: cells for path, cells in odd.items() if path in names}


class _Parts:
    """Reads each part once, counting what it really unpacks to."""

    def __init__(self, archive: zipfile.ZipFile, allowed: int) -> None:
        self._archive = archive
        self._allowed = allowed
        self._left = allowed

    def extent(self, part: zipfile.ZipInfo) -> Extent:
        """Read one part; what is no sheet of an .xlsx has an empty extent."""
        left = self._left
        extent = xlsx_extent(self._chunks(part))
        if extent.far and part.filename.endswith(".xml"):
            self._left = left  # The same part again is not counted twice.
            exact = exact_xlsx_extent(self._chunks(part))
            exact.odd = extent.odd
            return exact
        return extent

    def _chunks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        # A copy that claims more than allowed, so that reading goes on past what the
        # part claims itself, and over the limit before it ends.
        believed = copy.copy(part)
        believed.file_size = self._left + 2 * CHUNK
        with self._archive.open(believed) as stream:
            while chunk := stream.read(CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise too_large_unpacked(self._allowed)
                yield chunk


def reaches_too_far(cell: str, limits: SheetLimits) -> SheetError:
    """Say that a sheet reaches to a cell so far out that it cannot be laid out."""
    return SheetError(
        "表格一直延伸到单元格 {cell}，超过 {cells} 个单元格，已拒绝。请按 Ctrl+End 找到"
        "多余的内容，删去那些行和列，保存后再试。",
        "The sheet reaches to cell {cell}, more than {cells} cells, and is refused."
        " Press Ctrl+End to find what is out there, delete those rows and columns, save"
        " and try again.",
        cell=cell,
        cells=limits.sheet_cells,
    )


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the sheet's name for the path of each sheet's part in an .xlsx."""
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in _xml(archive, "xl/_rels/workbook.xml.rels")
    }
    names: dict[str, str] = {}
    for element in _xml(archive, "xl/workbook.xml").iter():
        target = targets.get(element.get(_RELATION))
        if element.tag.endswith("}sheet") and target:
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            names[path] = element.get("name", "")
    return names


def _xml(archive: zipfile.ZipFile, path: str) -> ET.Element:
    text = archive.read(path)
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", text):
        # No workbook declares entities; they serve only to make a file explode.
        raise ET.ParseError(path)
    return ET.fromstring(text)  # noqa: S314 - unpacked size is limited and entities are refused above
