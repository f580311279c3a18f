"""Tables people edit, from the texts of their cells to what formulas look up.

A cell is written as its column's unit asks: figures in plain decimals (percentages as
fractions, as rates have them), days as 2026-10-01, yes and no in words.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from models.rules.formula_units import (
    DATE,
    TEXT,
    YES_NO,
    Scalar,
    Unit,
    Value,
    settle,
    table,
)
from models.words import Label, PersonError

_YES_NO: Mapping[str, bool] = {"yes": True, "no": False, "是": True, "否": False}


class TableRowError(PersonError):
    """A row that cannot be read or a key given twice; `index` counts from 0."""

    def __init__(self, index: int, problem: Label) -> None:
        """Keep which row it is beside the sentence."""
        self.index = index
        super().__init__(problem.zh, problem.en)


def read_table(rows: Sequence[Sequence[str]], key: Unit, value: Unit) -> Value:
    """Return a table from the texts of its rows, in their order.

    Raises:
        TableRowError: The first row that is wrong, with what it should be.
    """
    found: dict[Scalar, Scalar] = {}
    for index, row in enumerate(rows):
        written = [
            _cell(index, text, unit)
            for text, unit in zip(row, (key, value), strict=True)
        ]
        if written[0] in found:
            raise TableRowError(
                index,
                Label(
                    f"对照表第 {index + 1} 行：“{row[0]}”前面已经有了，请删去一行。",
                    f"Row {index + 1}: “{row[0]}” is there already. Take one away.",
                ),
            )
        found[written[0]] = written[1]
    return table(found, key, value)


def _cell(index: int, text: str, unit: Unit) -> Scalar:
    try:
        content = _read(text.strip(), unit)
        Value(content, unit)
    except (InvalidOperation, ValueError, KeyError):
        raise TableRowError(
            index,
            Label(
                f"对照表第 {index + 1} 行：“{text}”应是{unit.label.zh}。",
                f"Row {index + 1}: “{text}” should be {unit.label.en}.",
            ),
        ) from None
    return content


def _read(text: str, unit: Unit) -> Scalar:
    if unit.is_quantity:
        return settle(Decimal(text))
    if unit == DATE:
        return date.fromisoformat(text)
    if unit == YES_NO:
        return _YES_NO[text]
    if unit != TEXT or not text:
        raise ValueError("an empty cell, or a unit that no cell has")
    return text
