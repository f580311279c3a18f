"""The entries under a header: totals left out, merged cells and 同上 filled in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from models.rules.cell_basics import Cell, as_text, folded
from models.rules.sheet_basics import Merge, Sheet, is_blank
from models.rules.sheet_headers import HeaderGuess
from models.rules.sheet_signs import (
    FIRST_OF_DITTO,
    is_guarded_sign,
    names_total,
    says_same_as_above,
)
from models.words import Label

_SIGNED = re.compile(
    r"(?:制表|填表|制单|审核|审批|复核|批准|负责|经办|主管|统计)人?(?:签字|签名)?:"
    r"|(?:注|备注|说明)\d?:"
)
MOST_SIGNED_CELLS = 6


class SkipReason(Enum):
    """Why a row under the header is no entry."""

    TOTAL = Label("合计行", "a row of totals")
    HEADER = Label("重复的表头", "the header again")
    REMARK = Label("签名或说明行", "a signature or remark")


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that was left out, for the report of the import."""

    row: int
    reason: SkipReason
    text: str  # its first cell


def table_rows(
    sheet: Sheet,
    header: HeaderGuess,
    skipped: list[SkippedRow] | None = None,
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Yield each entry under the header: its row number and its cells by label.

    An empty cell is None; a column that the sheet lacks is not in the dictionary.
    Blank rows are passed over in silence, other rows that are no entries are noted in
    `skipped`. Cells merged downward and 同上 take the value above; behind an apostrophe
    that an export put there, 同上 is a text like any other.

    Args:
        sheet: Where to read.
        header: From `find_header` or `header_at`.
        skipped: Takes the rows that were left out.

    Raises:
        SheetError: The file turns out to be broken in the middle.
    """
    columns = [(column.index, column.label) for column in header.columns]
    width = max((index + 1 for index, _ in columns), default=0)
    fills = _Fills(sheet.merged, header)
    above: list[Cell] = []
    for number, raw in islice(sheet.rows(), header.last_row, None):
        shown = [cell for cell in raw if cell is not None and cell != ""]
        if not shown or all(map(is_blank, shown)):
            continue
        row = [*raw, *[None] * (width - len(raw))]
        fills.fill(number, row)
        if reason := _no_entry(shown, header):
            if skipped is not None:
                skipped.append(SkippedRow(number, reason, as_text(shown[0]).strip()))
            continue
        row = [None if cell == "" else cell for cell in row]
        _take_signs(row, above)
        above = row
        yield number, {label: row[index] for index, label in columns}


def _take_signs(row: list[Cell], above: list[Cell]) -> None:
    """Fill 同上 in from above and take guards away; one look a cell, for every row."""
    likely = [
        (index, cell)
        for index, cell in enumerate(row)
        if isinstance(cell, str) and cell[0] in FIRST_OF_DITTO
    ]
    for index, text in likely:
        if is_guarded_sign(text):
            row[index] = text[1:]
        elif says_same_as_above(text) and index < len(above):
            row[index] = above[index]


def _no_entry(shown: Sequence[Cell], header: HeaderGuess) -> SkipReason | None:
    """Say by its cells that are not empty why a row is no entry; None if it is one."""
    first = shown[0]
    if names_total(first) or (len(shown) > 1 and names_total(shown[1], plainly=True)):
        return SkipReason.TOTAL
    if not isinstance(first, str):
        return None
    if len(shown) > 1 and first in header.texts and header.texts.issuperset(shown):
        return SkipReason.HEADER
    signed = (":" in first or "：" in first) and len(shown) <= MOST_SIGNED_CELLS
    if signed and _SIGNED.match(folded(first)):
        return SkipReason.REMARK
    return None


class _Fills:
    """Merged cells under the header that reach downward, and what they hold.

    Cells merged sideways keep their value in the first column: it belongs to no other.
    """

    def __init__(self, merged: tuple[Merge, ...], header: HeaderGuess) -> None:
        self._starting: dict[int, list[Merge]] = {}
        self._open: list[tuple[Merge, Cell]] = []
        for merge in merged:
            if header.last_row < merge.first_row < merge.last_row:
                self._starting.setdefault(merge.first_row, []).append(merge)

    def fill(self, number: int, row: list[Cell]) -> None:
        """Put the values of open merges into the row; rows come in rising order."""
        if self._open:
            self._open = [one for one in self._open if one[0].last_row >= number]
            for merge, value in self._open:
                row[merge.first_column] = value
        for merge in self._starting.get(number, ()):
            self._open.append((merge, row[merge.first_column]))
