"""Rows out of `entry_change`, as the database keeps them, turned into the panel's."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from models.register import (
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    MONEY,
    TIME,
    YES_NO,
    Declaration,
    Field,
    FieldType,
)

Row = dict[str, Any]
WHOLE_SECONDS = 19  # characters of an instant that came without decimals


def _instant(raw: str) -> datetime:
    """Read UTC without an offset, as SQLite has it, or with one."""
    read = datetime.fromisoformat(raw)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


_READ: Mapping[FieldType, Callable[[Field, Any], Any]] = {
    MONEY: lambda _, raw: Decimal(raw).scaleb(-2),
    DECIMAL: lambda one, raw: Decimal(raw).scaleb(-one.places),
    DATE: lambda _, raw: date.fromisoformat(raw),
    TIME: lambda _, raw: time.fromisoformat(raw),
    INSTANT: lambda _, raw: _instant(raw),
    DURATION: lambda _, raw: timedelta(seconds=raw),
    YES_NO: lambda _, raw: bool(raw),
    CHOICES: lambda _, raw: [one for one in raw.split(",") if one],
}


class NotedRows:
    """Reads what triggers noted of one register's rows; made once for many of them."""

    def __init__(self, declared: Declaration) -> None:
        """Find out what turns each column's values."""
        self._plain, self._turned = [], []
        for one, column in declared.columns:
            read = _READ.get(one.type)
            if read is None:
                self._plain.append((one.name, column))
            else:
                self._turned.append((one.name, column, one, read))
        self._instants = [it for one, it in declared.columns if one.type is INSTANT]

    def row(self, noted: Any) -> Row | None:
        """Return a noted row by field name; None where there was none."""
        if noted is None:
            return None
        raw = _by_column(noted)
        get = raw.get
        row = {name: get(column) for name, column in self._plain}
        for name, column, one, read in self._turned:
            value = get(column)
            row[name] = value if value is None else read(one, value)
        binned_at = get("binned_at")
        row["id"], row["version"] = raw["id"], raw["version"]
        row["binned_at"] = _instant(binned_at) if binned_at else None
        return row

    def has_whole_seconds(self, noted: Any) -> bool:
        """Whether an instant came without decimals, which SQLite compares as a text."""
        if not isinstance(noted, list):
            return False
        raw = _by_column(noted)
        return any(len(raw.get(one) or "") == WHOLE_SECONDS for one in self._instants)


def _by_column(noted: Any) -> Row:
    """Return the values as they are kept: SQLite notes lists, begun by their names."""
    if isinstance(noted, dict):
        return noted
    raw: Row = {}
    for names, *values in noted:
        raw.update(zip(_names(names), values, strict=True))
    return raw


@lru_cache(maxsize=1024)
def _names(joined: str) -> list[str]:
    return joined.split(",")
