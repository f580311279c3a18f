"""Values as a slip keeps them: exact, with their unit, as JSON.

{"unit": [kind, yuan, hours], "content": ...}; figures are texts, days and instants ISO,
a table its rows. What was kept before values were has only its words: {"zh", "en"}.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from models.history import plain
from models.rules.formula import Content, Kind, Table, Unit, Value
from models.rules.formula_units import Scalar

Kept = Mapping[str, Any]


def keep_value(value: Value) -> dict[str, Any]:
    """Return a value as JSON keeps it."""
    content = value.content
    written = f"{content:f}" if type(content) is Decimal else _written(content)
    return {"unit": keep_unit(value.unit), "content": written}


def read_value(kept: Kept) -> Value:
    """Return a value as it was kept."""
    unit = read_unit(kept["unit"])
    return Value(_read(kept["content"], unit), unit)


@lru_cache(maxsize=256)  # every value has one, and there are few
def keep_unit(unit: Unit) -> list[Any]:
    """Return a unit as JSON keeps it; the same list each time, so leave it as it is."""
    columns = [keep_unit(one) for one in unit.columns]
    return [unit.kind.value, unit.money, unit.hours, *([columns] if columns else [])]


def read_unit(kept: list[Any]) -> Unit:
    """Return a unit as it was kept."""
    kind, money, hours, *columns = kept
    below = tuple(read_unit(one) for one in (columns[0] if columns else ()))
    return Unit(Kind(kind), money, hours, below)


def _written(content: Content) -> Any:
    if isinstance(content, Table):
        return [[plain(key), plain(value)] for key, value in content.rows.items()]
    return plain(content)


def _read(kept: Any, unit: Unit) -> Content:
    if kept is None:
        return None
    if unit.kind is Kind.TABLE:
        key, value = unit.columns
        return Table({_cell(one, key): _cell(other, value) for one, other in kept})
    read = _READ.get(unit.kind)
    found: Content = kept if read is None else read(kept)
    return found


def _cell(kept: Any, unit: Unit) -> Scalar:
    return cast("Scalar", _read(kept, unit))


_READ: Mapping[Kind, Callable[[str], Content]] = {
    **dict.fromkeys((Kind.QUANTITY, Kind.PERCENT, Kind.ZERO), Decimal),
    Kind.DATE: date.fromisoformat,
    Kind.INSTANT: datetime.fromisoformat,
}
