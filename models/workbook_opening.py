"""Has a workbook opened by a process of its own; see `workbook_child.py` for why."""

import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from models.rules.cell_basics import Cell
from models.rules.sheet_basics import Merge, Row, Sheet, SheetError, column_letters
from models.workbook_guard import OddCells, SheetLimits, broken_file, reaches_too_far

_CHILD = Path(__file__).with_name("workbook_child.py")


def open_workbook(
    data: bytes, file_name: str, odd: OddCells, limits: SheetLimits
) -> list[Sheet]:
    """Return the workbook's sheets; `odd` are cells the reader gives as empty.

    Raises:
        SheetError: Damaged, protected by a password, or more than the limits allow.
    """
    answer = _answer(data, limits)
    if isinstance(answer, dict):
        if "password" in answer:
            raise protected()
        if "too far" in answer:
            row, column = answer["too far"]
            raise reaches_too_far(f"{column_letters(column)}{row + 1}", limits)
        raise broken_file()
    return [_sheet(content, file_name, odd) for content in answer]


def protected() -> SheetError:
    """Say that a file cannot be opened without its password."""
    return SheetError(
        "文件有打开密码。请在 Excel 里打开，去掉密码另存后再试。",
        "The file is protected by a password. Open it in Excel, remove the password,"
        " save and try again.",
    )


def _gave_up() -> SheetError:
    return SheetError(
        "文件无法读取：已损坏，或内容延伸到很远的单元格。请在 Excel 里打开原文件，按"
        " Ctrl+End 检查并删去多余的行和列，另存为 .xlsx 后再试。",
        "The file cannot be read: it is damaged, or reaches to cells very far out. Open"
        " the original in Excel, press Ctrl+End, delete rows and columns that are not"
        " needed, save it as .xlsx and try again.",
    )


def _answer(data: bytes, limits: SheetLimits) -> Any:
    seconds = limits.reading_seconds
    numbers = (limits.reading_bytes, seconds, limits.sheet_cells)
    try:
        done = subprocess.run(  # noqa: S603 - our own program, numbers as arguments
            [sys.executable, "-P", str(_CHILD), *map(str, numbers)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Of a panic nobody reads the trace, and making it takes a while.
            env={**os.environ, "RUST_BACKTRACE": "0"},
            timeout=seconds + 30,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _gave_up() from error
    if done.returncode != 0:
        raise _gave_up()
    return pickle.loads(done.stdout)  # noqa: S301 - written by our own program


def _sheet(content: dict[str, Any], file_name: str, odd: OddCells) -> Sheet:
    name: str = content["name"]
    pieces: list[bytes] = content["rows"]
    height: int = content["height"]

    def read() -> Iterator[Row]:
        for piece in pieces:
            yield from pickle.loads(zlib.decompress(piece))  # noqa: S301 - as above

    cells = odd.get(name, {})
    if cells:
        height = max(height, *(row for row, _ in cells))
    return Sheet(
        name=name,
        file_name=file_name,
        height=height,
        read=_with_odd_cells(read, cells) if cells else read,
        merged=tuple(
            Merge(top + 1, left, bottom + 1, right)
            for (top, left), (bottom, right) in content["merged"]
        ),
        hidden=content["hidden"],
    )


def _with_odd_cells(
    read: Callable[[], Iterable[Row]], odd: dict[tuple[int, int], str]
) -> Callable[[], Iterable[Row]]:
    """Show #N/A and formulas without a result where the reader gives empty cells."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in odd.items():
        by_row.setdefault(row, {})[column] = text

    def read_all() -> Iterator[Row]:
        number = 0
        for number, row in enumerate(read(), start=1):
            cells = by_row.get(number)
            yield _filled(row, cells) if cells else row
        for later in range(number + 1, max(by_row) + 1):
            yield _filled([], by_row.get(later, {}))

    return read_all


def _filled(row: Row, cells: dict[int, str]) -> Row:
    width = max(len(row), max(cells, default=-1) + 1)
    filled: list[Cell] = [*row, *[""] * (width - len(row))]
    for column, text in cells.items():
        filled[column] = filled[column] or text
    return filled
