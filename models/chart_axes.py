"""What a chart goes by: a field's values, or days, weeks, months, weekdays and hours.

The databases know no zones. An instant is counted into hours or days by whole numbers,
moved by the zone's distance from UTC; where that distance changes within the time
asked about, into quarters of an hour, which Python then puts into their day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    false,
    literal_column,
    or_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from models.register import (
    CHOICE,
    DATE,
    INSTANT,
    REFERENCES,
    YES_NO,
    Declaration,
    Field,
)
from models.rules.periods import DateRange, months_later

PARTS = ("day", "week", "month", "weekday", "hour")
GROUPED = frozenset({CHOICE, YES_NO, *REFERENCES})
_DAY, _HOUR, _QUARTER = 86_400, 3_600, 900  # seconds
_WEEKDAYS, _HOURS = 7, 24
_LONGEST_ID = 18  # digits
_ONE_DAY = timedelta(1)


@dataclass(frozen=True)
class Axis:
    """A field by whose values, or by a part of whose days, rows are grouped."""

    field: Field
    part: str | None
    span: DateRange
    zone: ZoneInfo

    @cached_property
    def _step(self) -> tuple[int, int]:
        """The seconds an instant is moved by, and those it is then counted in."""
        offsets = {
            datetime(day.year, day.month, day.day, hour, tzinfo=self.zone).utcoffset()
            for day in DateRange(self.span.first, self.span.end + _ONE_DAY).dates()
            for hour in (0, 12)
        }
        if len(offsets) > 1:
            return 0, _QUARTER
        moved = next(iter(offsets)) or timedelta()
        size = _HOUR if self.part == "hour" else _DAY
        return moved // timedelta(seconds=1), size

    def column(self, table: FromClause) -> ColumnElement[Any]:
        """Return what rows are grouped by."""
        column: ColumnElement[Any] = table.c[self.field.column or ""]
        if self.part is None or self.field.type is DATE:
            return column
        moved, size = self._step
        return _Bucket(column, literal_column(str(moved)), literal_column(str(size)))

    def key(self, raw: Any) -> Any:
        """Return the key that a group of the database belongs to."""
        if self.part is None or raw is None:
            return raw
        if self.field.type is DATE:
            return _part(self.part, raw, 0)
        size = self._step[1]
        # What was moved already is read as UTC and so told by the zone's clocks.
        zone = self.zone if size == _QUARTER else UTC
        local = datetime.fromtimestamp(int(raw) * size, zone)
        return _part(self.part, local.date(), local.hour)

    def keys(self) -> list[Any]:
        """Return every key of the span, whether anything is there or not."""
        match self.part:
            case "weekday":
                return list(range(_WEEKDAYS))
            case "hour":
                return list(range(_HOURS))
            case None:
                return [option.value for option in self.field.options]
        part = self.part
        return list(dict.fromkeys(_part(part, day, 0) for day in self.span.dates()))

    def only(self, table: FromClause, key: Any) -> ColumnElement[bool]:
        """Return the condition that a row belongs to a key."""
        column: ColumnElement[Any] = table.c[self.field.column or ""]
        if key is None:
            return column.is_(None)
        if self.part is None:
            same: ColumnElement[bool] = column == key
            return same
        wanted: Iterator[tuple[Any, Any]]
        if self.field.type is DATE:
            days = [(day, day + _ONE_DAY) for day in self.span.dates()]
            wanted = (it for it in days if _part(self.part or "", it[0], 0) == key)
        else:
            wanted = self._instants(lambda day, hour: self._is(key, day, hour))
        ranges = [
            (column >= first) & (column < after) for first, after in _joined(wanted)
        ]
        return or_(false(), *ranges)

    def _is(self, key: Any, day: date, hour: int) -> bool:
        return bool(_part(self.part or "", day, hour) == key)

    def _instants(
        self, wanted: Callable[[date, int], bool]
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield the quarters of an hour, in UTC, of the span's wanted local hours."""
        at, end = self.span.instants(self.zone)
        step = timedelta(seconds=_HOUR if self._step[1] != _QUARTER else _QUARTER)
        while at < end:
            local = at.astimezone(self.zone)
            if wanted(local.date(), local.hour):
                yield at, at + step
            at += step

    def text(self, key: Any) -> str:
        """Return a key as an address carries it."""
        if key is None:
            return ""
        if isinstance(key, bool):
            return "1" if key else "0"
        return str(key)

    def read(self, text: str) -> Any:
        """Read a key from an address; ValueError for what is none."""
        if not text:
            return None
        if self.part in ("weekday", "hour") or self.field.type in REFERENCES:
            if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
                raise ValueError(text)
            return int(text)
        if self.part is not None:
            return date.fromisoformat(text)
        if self.field.type is YES_NO:
            return text == "1"
        if "\x00" in text:
            raise ValueError(text)
        return text


def axis_of(declared: Declaration, text: str, span: DateRange, zone: ZoneInfo) -> Axis:
    """Read an axis such as `category` or `received_at.day`; ValueError for none."""
    name, _, part = text.partition(".")
    if not declared.has(name):
        raise ValueError(text)
    field = declared.field(name)
    if field.column is None or (field.personal and not part):
        raise ValueError(text)
    is_day = field.type in (DATE, INSTANT)
    fits = part in PARTS if is_day else not part and field.type in GROUPED
    if not fits or (part == "hour" and field.type is DATE):
        raise ValueError(text)
    return Axis(field, part or None, span, zone)


def _part(part: str, day: date, hour: int) -> Any:
    match part:
        case "hour":
            return hour
        case "weekday":
            return day.weekday()
        case "week":
            return day - timedelta(day.weekday())
        case "month":
            return day.replace(day=1)
    return day


def after(part: str, key: date) -> date:
    """Return the day after those of a key: a day, a week's or a month's first day."""
    if part == "month":
        return months_later(key, 1)
    return key + timedelta(7 if part == "week" else 1)


def _joined(ranges: Any) -> Iterator[tuple[Any, Any]]:
    """Yield ranges, those that touch as one."""
    first = last = None
    for begin, end in ranges:
        if last is not None and begin == last:
            last = end
            continue
        if last is not None:
            yield first, last
        first, last = begin, end
    if last is not None:
        yield first, last


class _Bucket(FunctionElement[int]):
    """How many steps of so many seconds an instant, moved, is after 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Bucket, "sqlite")
def _of_sqlite(element: _Bucket, compiler: Any, **more: Any) -> str:
    column, moved, size = (compiler.process(one, **more) for one in element.clauses)
    return f"((CAST(strftime('%s', {column}) AS INTEGER) + {moved}) / {size})"


@compiles(_Bucket, "postgresql")
def _of_postgres(element: _Bucket, compiler: Any, **more: Any) -> str:
    column, moved, size = (compiler.process(one, **more) for one in element.clauses)
    seconds = f"CAST(floor(EXTRACT(epoch FROM {column})) AS bigint)"
    return f"(({seconds} + {moved}) / {size})"
