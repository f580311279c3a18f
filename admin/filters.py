"""Conditions that people put on a list, named by field and operation in the address.

`match=all&w=channel~in~phone|wechat&w=received_at~period~this_month&w=amount~min~100`:
names, not positions, so that a link that was sent means the same when the register has
grown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import eq, ge, le
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, Text, and_, func, or_, type_coerce

from admin.column_converters import read
from models.access import Person, Walked
from models.list_indexes import FEW_VALUES
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    ID_NUMBER,
    INSTANT,
    INTEGER,
    MONEY,
    PHONE,
    PLATE,
    REFERENCES,
    TEXT,
    TIME,
    YES_NO,
    Declaration,
    Field,
    FieldType,
)
from models.rules.periods import DateRange, parse_period
from models.rules.relative_dates import RELATIVE_LABELS, relative_range
from models.words import Label, PersonError

EMPTY = ("empty", Label("为空", "is empty"))
FILLED = ("filled", Label("不为空", "is filled in"))
EQUALS = ("is", Label("等于", "equals"))
CONTAINS = ("contains", Label("包含", "contains"))
AT_LEAST = ("min", Label("不小于", "at least"))
AT_MOST = ("max", Label("不大于", "at most"))
ONE_OF = ("in", Label("是其中之一", "is one of"))
PERIOD = ("period", Label("在时段", "within"))
FROM = ("from", Label("从", "from"))
TO = ("to", Label("到", "to"))

WITHOUT_VALUE = frozenset({"empty", "filled"})
_NUMBERS = (EQUALS, AT_LEAST, AT_MOST, EMPTY, FILLED)
_TEXTS = (CONTAINS, EQUALS, EMPTY, FILLED)
_DAYS = (PERIOD, FROM, TO, EMPTY, FILLED)
OPERATIONS: Mapping[FieldType, tuple[tuple[str, Label], ...]] = {
    **dict.fromkeys((INTEGER, DECIMAL, MONEY, DURATION, TIME), _NUMBERS),
    **dict.fromkeys((TEXT, PLATE), _TEXTS),
    # Personal data answers to the complete value only, else it could be guessed at.
    **dict.fromkeys((PHONE, ID_NUMBER), (EQUALS, EMPTY, FILLED)),
    **dict.fromkeys((DATE, INSTANT), _DAYS),
    **dict.fromkeys((CHOICE, CHOICES), (ONE_OF, EMPTY, FILLED)),
    **dict.fromkeys(REFERENCES, (EQUALS, EMPTY, FILLED)),
    YES_NO: (EQUALS, EMPTY),
}


# What may be asked of a value that is masked: guessing by parts would unmask it.
_WHOLE = frozenset({EQUALS, EMPTY, FILLED})


class BadFilterError(PersonError):
    """A condition in the address that the list cannot understand."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: field, operation and what was typed."""

    field: Field
    operation: str
    text: str

    @property
    def word(self) -> str:
        """Return the condition as an address carries it."""
        return f"{self.field.name}~{self.operation}~{self.text}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The options of which an entry has one; none for other conditions."""
        if self.operation != "in" or self.field.type is not CHOICE:
            return ()
        return tuple(dict.fromkeys(filter(None, self.text.split("|"))))

    @property
    def is_narrow(self) -> bool:
        """Whether few entries can meet it: those of one person, with one number."""
        return self.operation == "is" and self.field.type not in FEW_VALUES

    @property
    def label(self) -> Label:
        """Return the operation's words."""
        return dict(OPERATIONS[self.field.type])[self.operation]


def offered(person: Person, declared: Declaration) -> list[Field]:
    """Return the fields this person may put conditions on."""
    return [
        one
        for one in person.fields(declared)
        if one.filterable and one.column and one.type in OPERATIONS
    ]


def operations(
    person: Person, declared: Declaration, one: Field
) -> tuple[tuple[str, Label], ...]:
    """Return what this person may ask of a field, as (operation, its words)."""
    every = OPERATIONS[one.type]
    if one.personal and not person.is_unmasked(declared.code):
        return tuple(each for each in every if each in _WHOLE)
    return every


def given(person: Person, declared: Declaration, words: Iterable[str]) -> list[Filter]:
    """Read the conditions of an address; BadFilterError for what does not exist.

    A field that this person may not see does not exist for them, nor does a filter
    on it.
    """
    allowed = {one.name: one for one in offered(person, declared)}
    found = []
    for word in words:
        name, _, rest = word.partition("~")
        operation, _, text = rest.partition("~")
        one = allowed.get(name)
        if one is None or operation not in dict(operations(person, declared, one)):
            raise BadFilterError(
                "这个列表没有“{word}”这个筛选条件，请重新选择。",
                "This list has no condition “{word}”. Choose again.",
                word=word,
            )
        if text.strip() or operation in WITHOUT_VALUE:
            found.append(Filter(one, operation, text.strip()))
    return found


def criterion(
    one: Filter, table: Table, zone: ZoneInfo, now: datetime, *, walked: bool = False
) -> ColumnElement[bool]:
    """Return one condition as SQL; BadFilterError if its value cannot be read.

    With `walked` there is a better way than the index of a choice: a narrower index,
    or one in the order of the list. SQLite is kept from that of the choice, since it
    does not know that half of all entries may have the value.
    """
    if one.field.column is None:
        raise ValueError(f"{one.field.name} has no column to compare")
    column: ColumnElement[Any] = table.c[one.field.column]
    if walked and one.field.type in FEW_VALUES:
        column = Walked(column)
    if one.operation in WITHOUT_VALUE:
        return column.is_(None) if one.operation == "empty" else column.is_not(None)
    match one.operation:
        case "contains":
            pattern = one.text.lower().replace("\\", "\\\\")
            pattern = pattern.replace("%", "\\%").replace("_", "\\_")
            return func.lower(column).like(f"%{pattern}%", escape="\\")
        case "in":
            return _one_of(one, column)
        case "period" | "from" | "to":
            return _within(one, column, zone, now)
        case _:
            return _compared(one, column, zone)


def _compared(
    one: Filter, column: ColumnElement[Any], zone: ZoneInfo
) -> ColumnElement[bool]:
    value = _value(one, zone)
    compare = {"min": ge, "max": le}.get(one.operation, eq)
    compared: ColumnElement[bool] = compare(column, value)
    return compared


def _value(one: Filter, zone: ZoneInfo) -> Any:
    try:
        return read(one.field, one.text, zone)
    except PersonError as error:
        raise _unreadable(one, error.label) from error


def _unreadable(one: Filter, why: Label) -> BadFilterError:
    name = one.field.label
    return BadFilterError(f"筛选“{name.zh}”：{why.zh}", f"Filter {name.en}: {why.en}")


def _one_of(one: Filter, column: ColumnElement[Any]) -> ColumnElement[bool]:
    wanted = [word for word in one.text.split("|") if word]
    known = {choice.value for choice in one.field.options}
    for word in wanted:
        if word not in known:
            why = Label(f"没有选项“{word}”。", f"there is no option “{word}”.")
            raise _unreadable(one, why)
    if one.field.type is CHOICES:
        return or_(*(type_coerce(column, Text).like(f"%,{word},%") for word in wanted))
    return column.in_(wanted)


def _within(
    one: Filter, column: ColumnElement[Any], zone: ZoneInfo, now: datetime
) -> ColumnElement[bool]:
    today = now.astimezone(zone).date()
    try:
        first, after = _days(one, today)
    except PersonError as error:
        raise _unreadable(one, error.label) from error
    if one.field.type is DATE:
        return and_(*_bounds(column, first, after))
    return and_(
        *_bounds(
            column,
            None if first is None else _midnight(first, zone),
            None if after is None else _midnight(after, zone),
        )
    )


def _bounds(column: ColumnElement[Any], low: Any, high: Any) -> list[Any]:
    found = []
    if low is not None:
        found.append(column >= low)
    if high is not None:
        found.append(column < high)
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _days(one: Filter, today: date) -> tuple[date | None, date | None]:
    """Return the first day and the day after the last; None leaves an end open."""
    span = days_of(one.text, today)
    if one.operation == "from":
        return span.first, None
    if one.operation == "to":
        return None, span.end
    return span.first, span.end


def days_of(text: str, today: date) -> DateRange:
    """Return the days that a person means: today, 2026-10, 2026-10-01..2026-10-08.

    Raises:
        PersonError: It is none of these.
    """
    if text in RELATIVE_LABELS or "_days" in text:
        return relative_range(text, today)
    first, between, last = text.partition("..")
    begin = parse_period(first.strip())
    end = parse_period(last.strip()) if between else begin
    return DateRange(begin.first, max(end.end, begin.first))
