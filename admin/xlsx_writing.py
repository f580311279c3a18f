"""Rows -> an .xlsx download, written while it is sent, in constant memory.

Written by hand, since every library keeps the file until it is whole, or takes several
times as long: one string is made for each column of a batch and one for each row.
"""

import io
import zipfile
from collections.abc import Generator, Iterable, Sequence
from itertools import repeat
from typing import IO, Any, Self

from admin import xlsx_parts
from admin.sheet_columns import Block, SheetColumn, Wording
from admin.xlsx_cells import cells_writer, text_cell
from models.register import FieldType
from models.rules.sheet_basics import column_letters

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header among them; what is more goes to a next sheet."""
MOST_SHEET_BYTES = 1_500_000_000
"""Unpacked size at which a next sheet begins; the format's limit is 2 GiB."""


def xlsx_chunks(
    columns: Sequence[SheetColumn],
    blocks: Iterable[Block],
    wording: Wording,
    *,
    title: str = "Sheet",
    most_rows: int = MOST_ROWS,
) -> Generator[bytes, None, None]:
    """Yield an .xlsx file with typed cells and a bold header that stays in view.

    Instants are the zone's local time; texts are texts whatever they start with. If
    `blocks` raises, the file ends without its directory, and no program takes the part
    of it for the whole.

    Args:
        columns: What each value of a row is.
        blocks: The entries by columns, consumed as they are sent.
        wording: Zone and words.
        title: The sheet's name; made one that Excel takes.
        most_rows: Rows of a sheet, with its header; more go to a next sheet.
    """
    sink = _Sink()
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        _Sheets(archive, columns, wording, title, most_rows) as sheets,
    ):
        yield sink.taken()
        for block in blocks:
            sheets.write(block)
            yield sink.taken()
        sheets.finish()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what the archive writes and hands it on; it cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


class _Sheets:
    """The sheets of one file, one after another; each has the header."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        columns: Sequence[SheetColumn],
        wording: Wording,
        title: str,
        most_rows: int,
    ) -> None:
        self._archive = archive
        self._columns = columns
        self._title = title
        self._most_rows = most_rows
        self._count = 0
        self._part: IO[bytes] | None = None
        self._next_row = 0
        self._bytes = 0
        self._start = ""
        self._letters = [column_letters(index) for index in range(len(columns))]
        styles, style_of = xlsx_parts.styles(columns)
        self._rests = [
            cells_writer(column, style, wording)
            for column, style in zip(columns, style_of, strict=True)
        ]
        archive.writestr("_rels/.rels", xlsx_parts.PACKAGE_RELATIONS)
        archive.writestr("xl/styles.xml", styles)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Also when the reader of the download went away: an archive cannot be closed
        # over an open part.
        if self._part is not None:
            self._part.close()

    def write(self, block: Block) -> None:
        """Write rows, beginning a next sheet where the last is full."""
        if not self._start:
            widths = column_widths(self._columns, block)
            self._start = xlsx_parts.sheet_start(widths)
        while block and block[0]:
            room = self._most_rows - self._next_row + 1
            if self._part is None or room <= 0 or self._bytes > MOST_SHEET_BYTES:
                self._begin()
                room = self._most_rows - self._next_row + 1
            self._put(self._rows([values[:room] for values in block]))
            block = [values[room:] for values in block]

    def finish(self) -> None:
        """End the last sheet and write what lists them all."""
        if self._part is None:
            widths = column_widths(self._columns, [()] * len(self._columns))
            self._start = xlsx_parts.sheet_start(widths)
            self._begin()
        self._end()
        numbers = range(1, self._count + 1)
        names = [xlsx_parts.sheet_name(self._title, number) for number in numbers]
        relations = xlsx_parts.workbook_relations(self._count)
        self._archive.writestr("xl/workbook.xml", xlsx_parts.workbook(names))
        self._archive.writestr("xl/_rels/workbook.xml.rels", relations)
        types = xlsx_parts.content_types(self._count)
        self._archive.writestr("[Content_Types].xml", types)

    def _begin(self) -> None:
        self._end()
        self._count += 1
        name = f"xl/worksheets/sheet{self._count}.xml"
        self._part = self._archive.open(name, "w")
        self._bytes = 0
        self._put(self._start)
        style = f' s="{xlsx_parts.HEADER_STYLE}"'
        header = "".join(
            f'<c r="{letters}1"{style}{text_cell(column.label)}'
            for letters, column in zip(self._letters, self._columns, strict=True)
        )
        self._put(f'<row r="1">{header}</row>')
        self._next_row = 2

    def _end(self) -> None:
        if self._part is not None:
            self._put(xlsx_parts.SHEET_END)
            self._part.close()

    def _put(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self._bytes += len(data)
        if self._part is not None:
            self._part.write(data)

    def _rows(self, block: Block) -> str:
        first = self._next_row
        self._next_row += len(block[0])
        # With the quote that ends an attribute: so they stand in cells and in rows.
        numbers = [f'{number}"' for number in range(first, self._next_row)]
        pieces: list[Iterable[str]] = []
        for letters, rests, values in zip(
            self._letters, self._rests, block, strict=True
        ):
            made = rests(values)
            name = f'<c r="{letters}'
            if all(made):
                pieces += (repeat(name, len(made)), numbers, made)
            else:
                cells = zip(numbers, made, strict=True)
                pieces.append([f"{name}{n}{it}" if it else "" for n, it in cells])
        rows = map("".join, zip(*pieces, strict=True))
        return "".join(
            f'<row r="{number}>{row}</row>'
            for number, row in zip(numbers, rows, strict=True)
        )


_WIDTHS: dict[FieldType, int] = {
    FieldType.INTEGER: 8,
    FieldType.DECIMAL: 10,
    FieldType.MONEY: 13,
    FieldType.DATE: 12,
    FieldType.INSTANT: 20,
    FieldType.TIME: 10,
    FieldType.DURATION: 11,
    FieldType.YES_NO: 6,
}
NARROWEST, WIDEST = 8, 50


def column_widths(columns: Sequence[SheetColumn], first_rows: Block) -> list[int]:
    """Return each column's width in digits; texts have that of their first rows."""
    widths = []
    for column, values in zip(columns, first_rows, strict=True):
        shown = [_width(column.label) + 2, _WIDTHS.get(column.type, NARROWEST)]
        if column.type not in _WIDTHS:
            shown += [_width(value) + 2 for value in values]
        widths.append(min(max(shown), WIDEST))
    return widths


def _width(value: Any) -> int:
    """Count a text's first line; a Chinese character is as wide as two digits."""
    text = "" if value is None else str(value).partition("\n")[0][:WIDEST]
    return len(text) + sum(not character.isascii() for character in text)
