"""What a sheet is to the import, whatever file it came from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.rules.cell_basics import Cell
from models.words import PersonError


class SheetError(PersonError):
    """A file, or a sheet of it, cannot be read; says what to do with it."""


Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells; rows from 1 as people count, columns from 0."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or a CSV file."""

    name: str  # of a CSV file: the file's, without its ending
    file_name: str
    height: int  # number of the last row, blank ones counted
    read: Callable[[], Iterable[Row]]  # all rows from row 1 on, afresh each time
    merged: tuple[Merge, ...] = ()
    hidden: bool = False

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield each row with its number, from 1 as Excel counts, blank ones too.

        Raises:
            SheetError: The file turns out to be broken in the middle.
        """
        return enumerate(self.read(), start=1)


def is_blank(cell: Cell) -> bool:
    """Whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def column_letters(index: int) -> str:
    """Return a column's name in Excel for its number from 0: A, Z, AA."""
    letters = ""
    number = index + 1
    while number:
        number, last = divmod(number - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


@lru_cache(maxsize=1024)
def column_index(letters: str) -> int:
    """Return a column's number from 0 for its name in Excel."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
