"""Plain values of a plan as a field keeps them."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from models import checking
from models.fields import (
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    TIME,
    YES_NO,
    Field,
    FieldType,
)
from models.words import Label
from seed.sample.desk_hours import minutes

TICKED = {"yes": True, "no": False}


def literal(one: Field, said: Any) -> Any:
    """Return a value as the field keeps it; a `Label` says why it cannot be."""
    try:
        value = _read(one, said)
    except (ValueError, InvalidOperation, KeyError):
        return Label(
            f"“{said}”不是“{one.label.zh}”的值。",
            f"“{said}” is no value of “{one.label.en}”.",
        )
    return checking.clean(one, value)


def _read(one: Field, said: Any) -> Any:
    if not isinstance(said, str):
        return Decimal(said) if one.type in (MONEY, DECIMAL) and _whole(said) else said
    read = _READ.get(one.type)
    return said if read is None else read(said)


_READ: Mapping[FieldType, Callable[[str], Any]] = {
    MONEY: Decimal,
    DECIMAL: Decimal,
    INTEGER: int,
    YES_NO: TICKED.__getitem__,
    CHOICES: lambda said: [said],
    TIME: time.fromisoformat,
    DATE: date.fromisoformat,
    DURATION: lambda said: timedelta(minutes=minutes(said)),
}


def _whole(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)
