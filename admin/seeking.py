"""Pages by seeking: each page starts at a key, never at a count of rows to skip.

The key is (sort value, id), so that pages neither repeat nor lose rows while others
write, and the five-hundred-thousandth row costs what the first does.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import Session

from models.words import PersonError

_LARGEST_ID = 2**63 - 1


def _instant(text: str) -> datetime:
    """Return an instant in UTC; OverflowError at the ends of the calendar."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is None else read.astimezone(UTC)


_KINDS: Mapping[str, Callable[[str], Any]] = {
    "d": Decimal,
    "i": _instant,
    "o": date.fromisoformat,
    "t": time.fromisoformat,
}


class BadCursorError(PersonError):
    """An address with a page key that this list never gave."""

    def __init__(self) -> None:
        """Say where to go on."""
        super().__init__(
            "这个翻页地址已失效，请从第一页开始。",
            "This page address is not valid any more. Start from the first page.",
        )


class NoSuchPageError(PersonError):
    """A page number beyond the end of the list."""

    def __init__(self) -> None:
        """Say where to go on."""
        super().__init__(
            "列表没有这么多页，请输入小一些的页码。",
            "The list does not have so many pages. Type a smaller number.",
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort value and id of the row at an edge of a page."""

    value: Any
    entry_id: int

    def encode(self) -> str:
        """Return the key as one short word for an address."""
        kept: Any = self.value
        if isinstance(kept, Decimal):
            kept = {"d": str(kept)}
        elif isinstance(kept, datetime):
            kept = {"i": kept.isoformat()}
        elif isinstance(kept, date):
            kept = {"o": kept.isoformat()}
        elif isinstance(kept, time):
            kept = {"t": kept.isoformat()}
        packed = json.dumps([kept, self.entry_id], ensure_ascii=False)
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str) -> "Cursor":
        """Read a key; BadCursorError for anything else."""
        try:
            padded = word + "=" * (-len(word) % 4)
            value, entry_id = json.loads(base64.urlsafe_b64decode(padded))
            if isinstance(value, dict):
                ((kind, text),) = value.items()
                value = _KINDS[kind](text)
            if not 0 <= int(entry_id) <= _LARGEST_ID:
                raise BadCursorError
            return cls(value, int(entry_id))
        except (ValueError, TypeError, KeyError, ArithmeticError):
            raise BadCursorError from None


@dataclass(frozen=True, slots=True)
class Order:
    """By which column, in which direction, and where the database puts its NULLs."""

    column: ColumnElement[Any]
    key: ColumnElement[Any]  # the id that breaks ties
    descending: bool
    nullable: bool
    nulls_small: bool  # SQLite sorts NULL below everything, PostgreSQL above


def page(
    session: Session,
    parts: Sequence[Select[*tuple[Any, ...]]],
    order: Order,
    size: int,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
) -> tuple[Sequence[Any], bool]:
    """Return at most `size` rows of one page, in order, and whether more follow.

    `before` walks backwards from a key; "more" then means rows before these. The parts
    have no row in common. Each is `in_order` of the walk, ends after `size + 1` rows,
    and labels the sort column `sort_key` and the id `id`.
    """
    backwards = before is not None
    descending = order.descending != backwards
    cursor = before or after
    rows: list[Any] = []
    # From its end on, a single part in the database's own order is all of them at once.
    whole = cursor is None and len(parts) == 1
    left = [()] if whole else _stretches(order, cursor, descending=descending)
    for condition in left:
        wanted = size + 1 - len(rows)
        if wanted <= 0:
            break
        found: list[Any] = []
        for part in parts:
            # As it came, a select is known to the caches by itself.
            walked = part.where(*condition) if condition else part
            walked = walked.limit(wanted) if rows else walked
            found += session.execute(walked).all()
        if len(parts) > 1:
            found = sorted(found, key=_place, reverse=descending)[:wanted]
        rows += found
    more = len(rows) > size
    rows = rows[:size]
    return (rows[::-1] if backwards else rows), more


def in_order(
    query: Select[*tuple[Any, ...]], order: Order, *, descending: bool
) -> Select[*tuple[Any, ...]]:
    """Return a select with its rows in an order, or with `descending` turned round."""
    for column in (order.column, order.key):
        query = query.order_by(column.desc() if descending else column.asc())
    return query


def _place(row: Any) -> tuple[Any, ...]:
    """Return where a row stands; those of one stretch all have a value, or none."""
    return (row.id,) if row.sort_key is None else (row.sort_key, row.id)


def edge(
    session: Session, query: Select[*tuple[Any, ...]], order: Order, rows: int
) -> Cursor:
    """Return the key of the last of so many rows: where a typed page number begins.

    Only keys are walked, without what rows refer to; this is the one way into a list
    whose time grows with the number.

    Raises:
        NoSuchPageError: The list has no more rows than that.
    """
    keys = query.with_only_columns(
        order.column.label("sort_key"), order.key, maintain_column_froms=True
    )
    keys = in_order(keys, order, descending=order.descending)
    found = session.execute(keys.offset(rows - 1).limit(1)).first()
    if found is None:
        raise NoSuchPageError
    return Cursor(found[0], found[1])


def _stretches(
    order: Order, cursor: Cursor | None, *, descending: bool
) -> list[tuple[ColumnElement[bool], ...]]:
    """Return the conditions whose rows, one after the other, are what is left.

    A NULL compares with nothing, so the rows without a sort value are a stretch of
    their own; each stretch alone can walk the index (column, id).
    """
    column, key = order.column, order.key
    beyond = None
    if cursor is not None and cursor.value is not None:
        pair, edge = tuple_(column, key), tuple_(cursor.value, cursor.entry_id)
        beyond = pair < edge if descending else pair > edge
    if not order.nullable:
        return [(beyond,)] if beyond is not None else [()]
    nulls_first = order.nulls_small != descending
    filled, empty = column.is_not(None), column.is_(None)
    if cursor is None:
        both: list[tuple[ColumnElement[bool], ...]] = [(filled,), (empty,)]
        return both[::-1] if nulls_first else both
    if beyond is not None:
        return [(beyond,)] if nulls_first else [(beyond,), (empty,)]
    left = (empty, key < cursor.entry_id if descending else key > cursor.entry_id)
    return [left, (filled,)] if nulls_first else [left]
