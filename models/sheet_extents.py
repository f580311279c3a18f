"""How far the cells of an .xlsx sheet reach, told without opening it.

The reader lays a sheet out as one rectangle up to its last cell. One stray blank typed
into the last cell that Excel has makes that rectangle larger than any memory; known
before, the cell can be named. On the way cells are found whose value the reader passes
over in silence: errors such as #N/A, and formulas that were never computed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from models.rules.sheet_basics import column_index

# Any cell but those named A1 to Z299999 in Excel's own way of writing. Few sheets have
# one, and looking for it is much cheaper than reading the name of every cell.
_FAR = re.compile(rb"""<c (?!r="[A-Z][12]?[0-9]{1,5}")""")
_NAMELESS, _PREFIXED = b"<c>", re.compile(rb":c[ >]")
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*)?>")
_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
LONGEST_CELL = 512 * 1024
"""Bytes of a cell; Excel keeps 32,767 characters, escaped ones take more bytes."""

_ERROR = re.compile(
    rb"""<c r="([A-Z]+)([0-9]+)"[^>]*\st="e"[^>]*>"""
    rb"""(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>"""
)
_NOT_COMPUTED = re.compile(
    rb"""<c r="([A-Z]+)([0-9]+)"(?:\ss="[0-9]+")?>"""
    rb"""<f[^>]*?(?:/>|>([^<]*)</f>)(?:<v\s*/>|<v></v>)?</c>"""
)


@dataclass(slots=True)
class Extent:
    """The last row (from 1) and column (from 0) with a value, and odd cells."""

    last_row: int = 0
    last_column: int = -1
    odd: dict[tuple[int, int], str] = field(default_factory=dict)  # (row, column)
    far: bool = False  # only of `xlsx_extent`: may reach beyond Z299999

    @property
    def cells(self) -> int:
        """Cells of the rectangle that the reader would lay out."""
        return self.last_row * (self.last_column + 1)

    def reach(self, row: int, column: int) -> None:
        """Take note of a cell with a value."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)


def xlsx_extent(chunks: Iterable[bytes]) -> Extent:
    """Find the odd cells of a sheet's XML (.xlsx), and whether it may reach far.

    Only `exact_xlsx_extent` tells how far; it takes longer and is seldom needed.
    """
    extent = Extent()
    for part in _whole_cells(chunks, b"</c>"):
        extent.far = (
            extent.far
            or _FAR.search(part) is not None
            or _NAMELESS in part
            or _PREFIXED.search(part) is not None
        )
        if b't="e"' in part:
            for found in _ERROR.finditer(part):
                _note(extent, found, "")
        if b"<f" in part:
            for found in _NOT_COMPUTED.finditer(part):
                _note(extent, found, "=")
    return extent


def exact_xlsx_extent(chunks: Iterable[bytes]) -> Extent:
    """Read the place of every cell with a value in a sheet's XML (.xlsx).

    Rows and cells without a name follow the one before.
    """
    extent = Extent()
    row = column = 0
    for part in _whole_cells(chunks, b"</c>"):
        for tag, attributes in _ROW_OR_CELL.findall(part):
            name = _NAME.search(attributes)
            if tag == b"row":
                row, column = int(name[2]) if name else row + 1, 0
                continue
            if name:
                row, column = int(name[2]), column_index(name[1].decode())
            if not attributes.endswith(b"/"):
                extent.reach(row, column)
            column += 1
    return extent


def _note(extent: Extent, found: re.Match[bytes], before: str) -> None:
    text = (found[3] or b"").decode("utf-8", "replace")
    cell = int(found[2]), column_index(found[1].decode())
    extent.odd[cell] = f"{before}{text}"


def _whole_cells(chunks: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    """Cut the stream where a cell ends, so that none is seen in two halves."""
    rest = b""
    for chunk in chunks:
        part = rest + chunk
        cut = part.rfind(end)
        cut = cut + len(end) if cut >= 0 else part.rfind(b"<")
        cut = max(cut, len(part) - LONGEST_CELL)
        yield part[:cut]
        rest = part[cut:]
    yield rest
