"""The rows of a file on their way to become entries, and how a batch keeps them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from models.checking import Problem
from models.history import plain
from models.rules.cell_values import Cell


@dataclass(slots=True)
class Line:
    """One row of the file on its way to become an entry."""

    sheet: str
    number: int  # as Excel counts
    cells: dict[str, Cell]
    year: int | None = None
    month: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)  # field -> its column
    is_read: bool = False  # what the cells say is in `values` and `problems`
    key: str | None = None  # of the mapped key's values; None: nothing stands there


def kept(cell: Cell) -> Any:
    """Return a cell as JSON keeps it, so that `from_kept` gives the same cell again."""
    if cell is None or type(cell) is str:
        return cell
    for kind in (datetime, date, time, timedelta):
        if isinstance(cell, kind):
            return {kind.__name__: plain(cell)}
    return plain(cell)


def from_kept(written: Any) -> Cell:
    """Return the cell that `kept` wrote.

    A cell that Excel typed as a day must not come back as text: a mapping's pattern is
    for texts only.
    """
    if not isinstance(written, dict):
        return cast("Cell", written)
    ((kind, value),) = written.items()
    return _KEPT[kind](value)


_KEPT: Mapping[str, Callable[[Any], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}
