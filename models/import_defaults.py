"""How many rows of a file get a field's default, since nothing is said of it there.

An empty cell begins as the form would, whether its column is mapped or not. Nothing is
looked up here: the rows were completed together, a query for each default.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from models.import_lines import Line
from models.import_mapping import FileMapping
from models.register import WITHOUT_COLUMN, Count, Declaration, Field, FirstOf, From
from models.register import Lookup as LookedUp

_SOUGHT = From | LookedUp | Count | FirstOf  # not every row finds something


def filled(
    declared: Declaration,
    mapping: FileMapping,
    lines: Sequence[Line],
    rows: Sequence[Mapping[str, Any]],
) -> dict[str, int]:
    """Return by field in how many rows its default stands; those of no row left out.

    Args:
        declared: The register.
        mapping: Which fields the file gives.
        lines: The rows of the file that are good.
        rows: The same as they would be saved.
    """
    found = {
        one.name: _count(one, mapping, lines, rows)
        for one in declared.all_fields
        if one.default is not None and one.type not in WITHOUT_COLUMN
    }
    return {name: count for name, count in found.items() if count}


def _count(
    one: Field,
    mapping: FileMapping,
    lines: Sequence[Line],
    rows: Sequence[Mapping[str, Any]],
) -> int:
    name = one.name
    if name in mapping.fields:
        return sum(
            name not in line.values and row.get(name) is not None
            for line, row in zip(lines, rows, strict=True)
        )
    if rows and not isinstance(one.default, _SOUGHT) and one.only_if is None:
        return len(rows) if rows[0].get(name) is not None else 0  # the same in all
    return sum(row.get(name) is not None for row in rows)
