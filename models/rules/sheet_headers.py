"""Where a sheet's header is and which known label each column has."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice, pairwise

from models.rules.cell_basics import Cell, as_text, folded, plain
from models.rules.sheet_basics import Row, Sheet, SheetError, is_blank
from models.rules.sheet_periods import Period, period_of_name, period_of_text

ROWS_LOOKED_AT = 30
"""A header stands among the first rows, under a title and a line or two."""
WIDE_ENOUGH = 0.6
"""Part of the widest row's cells that a header without known labels must fill."""
LONGEST_LABEL = 40

_DATA = re.compile(r"[\d\s.,:/%+\-年月日]*")
_MARKS = re.compile(r"^[*＊]+|[*＊:：]+$")
_NOTE = re.compile(r"[(（\[【].*[)）\]】]$")
_BREAK_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """One labelled column; `known` is the caller's label that it matches, if any."""

    index: int  # from 0
    label: str  # as on the sheet; of a header of two rows both, with a blank between
    known: str | None = None


@dataclass(frozen=True, slots=True)
class HeaderGuess:
    """Where the header is taken to be; a person may choose other rows."""

    first_row: int
    last_row: int
    columns: tuple[HeaderColumn, ...]
    title: str  # texts above the header
    period: Period  # year and month that the sheet's name, title or file tell
    texts: frozenset[Cell]  # the header's cells as they stand, to know it again

    @property
    def matched(self) -> int:
        """How many columns have a known label."""
        return sum(column.known is not None for column in self.columns)


def find_header(sheet: Sheet, known_labels: Iterable[str]) -> HeaderGuess:
    """Guess the header: the rows with most known labels, else the first full row.

    A header may take two rows, with groups above (merged cells) and fields below.

    Raises:
        SheetError: The sheet is empty.
    """
    known = _known(known_labels)
    top = list(islice(sheet.rows(), ROWS_LOOKED_AT))
    widest = max((_filled(row) for _, row in top), default=0)
    if not widest:
        raise SheetError(
            "工作表“{name}”是空的。请选有内容的工作表，或检查文件。",
            "The sheet '{name}' is empty. Choose one with content, or check the file.",
            name=sheet.name,
        )
    spans = _candidates(top, widest)
    best = _guess(sheet, top, *max(spans, key=partial(_rank, top, known)), known)
    # One word alone may be a value that is also a label (电话), not the header.
    if best.matched > 1 or best.matched * 2 >= len(best.columns) > 0:
        return best
    return _first_full_row(sheet, top, known, widest)


def header_at(
    sheet: Sheet, first_row: int, last_row: int, known_labels: Iterable[str]
) -> HeaderGuess:
    """Take the header from the rows that a person or a mapping names.

    Raises:
        SheetError: There are no such rows.
    """
    top = list(islice(sheet.rows(), last_row))
    if not 1 <= first_row <= last_row <= len(top):
        raise SheetError(
            "工作表“{name}”只有 {height} 行，没有第 {row} 行。请重新选择表头所在的行。",
            "The sheet '{name}' has {height} rows, row {row} does not exist. Choose"
            " the header's rows anew.",
            name=sheet.name,
            height=sheet.height,
            row=last_row,
        )
    return _guess(sheet, top, first_row, last_row, _known(known_labels))


@lru_cache(maxsize=10_000)  # the values of the first rows are looked at several times
def label_key(label: str) -> str:
    """Return what two spellings of a header label have in common."""
    return folded(_MARKS.sub("", plain(label)))


def _known(labels: Iterable[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for label in labels:
        known.setdefault(label_key(label), label)
    return known


def _filled(row: Row) -> int:
    return sum(not is_blank(cell) for cell in row)


def _rank(
    top: Sequence[tuple[int, Row]], known: dict[str, str], span: tuple[int, int]
) -> tuple[int, int, int]:
    first, last = span
    columns = _matched(_labels([row for _, row in top[first - 1 : last]]), known)
    matched = sum(column.known is not None for column in columns)
    # Of equals the one with fewer rows, then the upper one.
    return matched, first - last, -first


def _candidates(
    top: Sequence[tuple[int, Row]], widest: int
) -> Iterable[tuple[int, int]]:
    """Yield the first and the last row of what may be a header."""
    for number, row in top:
        # A single text above a wide table is its title, even if a field is called so.
        if _filled(row) > 1 or widest == 1:
            yield number, number
    for (number, upper), (_, lower) in pairwise(top):
        if _filled(upper) > 1 and all(map(_is_label, filter(_shows, lower))):
            yield number, number + 1


def _shows(cell: Cell) -> bool:
    return not is_blank(cell)


def _is_label(cell: Cell) -> bool:
    return (
        isinstance(cell, str)
        and len(cell) <= LONGEST_LABEL
        and not _DATA.fullmatch(plain(cell))
    )


def _first_full_row(
    sheet: Sheet, top: Sequence[tuple[int, Row]], known: dict[str, str], widest: int
) -> HeaderGuess:
    full = [(n, row) for n, row in top if _filled(row) >= widest * WIDE_ENOUGH]
    number = next(
        (n for n, row in full if all(map(_is_label, filter(_shows, row)))), full[0][0]
    )
    last = number + 1 if _groups_below(sheet, top, number) else number
    return _guess(sheet, top, number, last, known)


def _groups_below(sheet: Sheet, top: Sequence[tuple[int, Row]], number: int) -> bool:
    """Whether merged cells say that the header's fields stand in the next row."""
    groups = {
        column
        for merge in sheet.merged
        if merge.first_row == merge.last_row == number
        for column in range(merge.first_column, merge.last_column + 1)
    }
    if not groups or number >= len(top):
        return False
    below = {i: cell for i, cell in enumerate(top[number][1]) if not is_blank(cell)}
    return (
        groups >= below.keys() and all(map(_is_label, below.values())) and bool(below)
    )


def _guess(
    sheet: Sheet,
    top: Sequence[tuple[int, Row]],
    first_row: int,
    last_row: int,
    known: dict[str, str],
) -> HeaderGuess:
    title = " ".join(
        as_text(cell).strip()
        for _, row in top[: first_row - 1]
        for cell in row
        if not is_blank(cell)
    )
    period = period_of_name(sheet.name)
    for text in (title, sheet.file_name):
        period = period.filled_from(period_of_text(text))
    labels = _labels([row for _, row in top[first_row - 1 : last_row]])
    texts = frozenset(
        cell
        for _, row in top[first_row - 1 : last_row]
        for cell in row
        if isinstance(cell, str)
    )
    return HeaderGuess(
        first_row, last_row, tuple(_matched(labels, known)), title, period, texts
    )


def _labels(rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    """Return the texts above each column; a group stands over the columns after it."""
    width = max(map(len, rows), default=0)
    texts = [
        [_label_text(row[i]) if i < len(row) else "" for i in range(width)]
        for row in rows
    ]
    for upper, lower in pairwise(texts):
        for i in range(1, width):
            upper[i] = upper[i] or (upper[i - 1] if lower[i] else "")
    found = {i: tuple(filter(None, (row[i] for row in texts))) for i in range(width)}
    return {i: parts for i, parts in found.items() if parts}


def _label_text(cell: Cell) -> str:
    text = " ".join(plain(as_text(cell)).split())
    return _BREAK_IN_CHINESE.sub("", text)


def _matched(
    labels: dict[int, tuple[str, ...]], known: dict[str, str]
) -> Iterable[HeaderColumn]:
    taken: set[str] = set()
    counted: dict[str, int] = {}
    for index, parts in labels.items():
        label = " ".join(dict.fromkeys(parts))
        match = _match(parts, known)
        if match in taken:
            match = None
        elif match is not None:
            taken.add(match)
        counted[label] = counted.get(label, 0) + 1
        if counted[label] > 1:
            # A second column of the same name must not overwrite the first.
            label = f"{label} ({counted[label]})"
        yield HeaderColumn(index, label, match)


def _match(parts: tuple[str, ...], known: dict[str, str]) -> str | None:
    """Find both texts together, the lower, then each without a note like (元)."""
    for text in ("".join(parts), parts[-1]):
        for spelling in (text, _NOTE.sub("", text)):
            if found := known.get(label_key(spelling)):
                return found
    return None
