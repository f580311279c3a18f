"""How each kind of value is kept: instants in UTC, money in fen, decimals scaled.

Both databases keep the same integers, so that sums are exact on both.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Integer,
    String,
    Text,
    Time,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from models.json_text import dumps, loads
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MONEY,
    REFERENCES,
    TIME,
    YES_NO,
    Field,
)

# SQLite makes a column the row id, which grows by itself, only if it says INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; kept in UTC, given back in UTC. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """Return what writes an instant; on SQLite in one step, without an offset.

        Every save writes several, an import tens of thousands.
        """
        if dialect.name == "sqlite":
            return _utc_text
        return super().bind_processor(dialect)

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn to UTC; SQLite keeps the text without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}; give it a zone first")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the decorator's signature
    ) -> datetime | None:
        """Return an aware instant in UTC."""
        return _in_utc(value)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], Any] | None:
        """Return what reads a value: at once, a page has hundreds."""
        if dialect.name == "sqlite":
            return _utc_of_text
        if self.impl_instance.result_processor(dialect, coltype) is None:
            return _in_utc
        return super().result_processor(dialect, coltype)


def _in_utc(value: datetime | None) -> datetime | None:
    """Return an aware instant in UTC."""
    return None if value is None else value.astimezone(UTC)


def _utc_of_text(text: str | None) -> datetime | None:
    """Return an instant that SQLite keeps as a text in UTC, without an offset."""
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _utc_text(value: datetime | None) -> str | None:
    """Return an instant as SQLite keeps it: in UTC, with six places, no offset."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}; give it a zone first")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:_WITHOUT_OFFSET]


def utc_texts(values: Sequence[datetime | None]) -> Sequence[str | None]:
    """Return instants as SQLite keeps them; several times faster than one by one.

    Most are in UTC and of whole seconds; where one is not, each goes by itself.
    """
    if all(value is None or value.tzinfo is UTC for value in values):
        said = dumps(values)
        if "." not in said:
            texts = said.replace("T", " ").replace('+00:00"', '.000000"')
            return cast("list[str | None]", loads(texts))
    return [_utc_text(value) for value in values]


_WITHOUT_OFFSET = len("2026-09-30 17:30:00.000000")


class Scaled(TypeDecorator[Decimal]):
    """A decimal of fixed places, kept as a whole number; rounds half up going in."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        """Keep `places` decimals: 2 for yuan in fen."""
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Return the scaled integer."""
        del dialect
        if value is None:
            return None
        shifted = Decimal(value).scaleb(self.places)
        whole = int(shifted)
        if whole == shifted:
            return whole
        return int(shifted.quantize(Decimal(1), ROUND_HALF_UP))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the exact decimal with its declared places."""
        del dialect
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class Money(Scaled):
    """Yuan in Python, whole fen in the table."""

    cache_ok = True

    def __init__(self) -> None:
        """Yuan have two places."""
        super().__init__(2)


class Seconds(TypeDecorator[timedelta]):
    """A length of time, kept as whole seconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> Any:
        """Return whole seconds."""
        del dialect
        return None if value is None else round(value.total_seconds())

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        """Return the length."""
        del dialect
        return None if value is None else timedelta(seconds=int(value))


class ChoiceSet(TypeDecorator[list[str]]):
    """Several options as ",a,b,", so that one of them is found by LIKE '%,a,%'."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the text; an empty set is NULL."""
        del dialect
        return f",{','.join(value)}," if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str] | None:
        """Return the options in their stored order."""
        del dialect
        return None if value is None else [one for one in value.split(",") if one]


_TYPES: dict[Any, Callable[[Field], TypeEngine[Any]]] = {
    LONG_TEXT: lambda _: Text(),
    INTEGER: lambda _: BigInteger(),
    DECIMAL: lambda one: Scaled(one.places),
    MONEY: lambda _: Money(),
    DATE: lambda _: Date(),
    TIME: lambda _: Time(),
    INSTANT: lambda _: UtcDateTime(),
    DURATION: lambda _: Seconds(),
    CHOICE: lambda _: String(40),
    CHOICES: lambda _: ChoiceSet(),
    YES_NO: lambda _: Boolean(name=None),
    **dict.fromkeys(REFERENCES, lambda _: BigInteger()),
}


def column_type(declared: Field) -> TypeEngine[Any]:
    """Return the column type of a field; text of its length where nothing else fits."""
    make = _TYPES.get(declared.type)
    return make(declared) if make else String(declared.max_length)
