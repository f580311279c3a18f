"""Rows out of `entry_change`, as the database keeps them, turned into the panel's."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
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


def row_of(declared: Declaration, noted: Any) -> Row | None:
    """Return a noted row by field name; None where there was none."""
    if noted is None:
        return None
    raw = _by_column(noted)
    row = {one.name: _value(one, raw.get(column)) for one, column in declared.columns}
    binned_at = raw.get("binned_at")
    return row | {
        "id": raw["id"],
        "version": raw["version"],
        "binned_at": _instant(binned_at) if binned_at else None,
    }


def _by_column(noted: Any) -> Row:
    """Return the values as they are kept: SQLite notes lists, begun by their names."""
    if isinstance(noted, dict):
        return noted
    return {
        name: value
        for names, *values in noted
        for name, value in zip(names.split(","), values, strict=True)
    }


def _value(one: Field, raw: Any) -> Any:
    read = _READ.get(one.type)
    return raw if raw is None or read is None else read(one, raw)


def has_whole_seconds(declared: Declaration, noted: Any) -> bool:
    """Whether an instant came without decimals, which SQLite compares as a text."""
    if not isinstance(noted, list):
        return False
    raw = _by_column(noted)
    return any(
        len(raw.get(column) or "") == WHOLE_SECONDS
        for one, column in declared.columns
        if one.type is INSTANT
    )
