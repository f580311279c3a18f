"""Conditions that people put on a list, named by field and operation in the address.

`match=all&w=channel~in~phone|wechat&w=received_at~period~this_month&w=amount~min~100`:
names, not positions, so that a link that was sent means the same when the register has
grown. `customer.region~in~east` asks of the customer; what is asked of clocks and flows
is in `filters_beside.py`. `g1=...&g1=...` is a group that counts as one condition: any
of them where all are asked for, all of them where any is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import eq, ge, le, ne
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, Text, and_, func, or_, type_coerce
from sqlalchemy.orm import Session

from admin import filters_beside
from admin.column_converters import read
from admin.filters_beside import is_beside
from models import access, catalogue
from models.access import Action, Person, Walked
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
    PERSON,
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
NONE_OF = ("out", Label("不是", "is none of"))
NOT = ("not", Label("不等于", "is not"))
AGO = ("ago", Label("早于几天前", "more days ago than"))
PERIOD = ("period", Label("在时段", "within"))
FROM = ("from", Label("从", "from"))
TO = ("to", Label("到", "to"))

WITHOUT_VALUE = frozenset({"empty", "filled"})
_COMPARED = {"is": eq, "not": ne, "min": ge, "max": le}
_NUMBERS = (EQUALS, AT_LEAST, AT_MOST, EMPTY, FILLED)
_TEXTS = (CONTAINS, EQUALS, EMPTY, FILLED)
_DAYS = (PERIOD, FROM, TO, AGO, EMPTY, FILLED)
OPERATIONS: Mapping[FieldType, tuple[tuple[str, Label], ...]] = {
    **dict.fromkeys((INTEGER, DECIMAL, MONEY, DURATION, TIME), _NUMBERS),
    **dict.fromkeys((TEXT, PLATE), _TEXTS),
    # Personal data answers to the complete value only, else it could be guessed at.
    **dict.fromkeys((PHONE, ID_NUMBER), (EQUALS, EMPTY, FILLED)),
    **dict.fromkeys((DATE, INSTANT), _DAYS),
    CHOICE: (ONE_OF, NONE_OF, EMPTY, FILLED),
    CHOICES: (ONE_OF, EMPTY, FILLED),
    **dict.fromkeys(REFERENCES, (EQUALS, NOT, EMPTY, FILLED)),
    YES_NO: (EQUALS, EMPTY),
}


# What may be asked of a value that is masked: guessing by parts would unmask it.
_WHOLE = frozenset({EQUALS, EMPTY, FILLED})
ME = "me"  # in place of a person: whoever looks
OTHER = "@"  # before the name of a field: what the same entry holds there
MOST_DAYS = 36_500
GROUPS = tuple(f"g{number}" for number in range(1, 10))


class Asker(Protocol):
    """Who asks, in which zone, at what instant."""

    @property
    def person(self) -> Person:
        """Name who asks."""

    @property
    def zone(self) -> ZoneInfo:
        """Say where days begin."""

    @property
    def now(self) -> datetime:
        """Say what today is counted from."""


class BadFilterError(PersonError):
    """A condition in the address that the list cannot understand."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: field, operation and what was typed."""

    field: Field
    operation: str
    text: str
    via: Field | None = None  # the reference to the entry whose field it is
    of: str = ""  # the register whose field it is

    @property
    def name(self) -> str:
        """Return the field as an address names it."""
        return f"{self.via.name}.{self.field.name}" if self.via else self.field.name

    @property
    def word(self) -> str:
        """Return the condition as an address carries it."""
        return f"{self.name}~{self.operation}~{self.text}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The options of which an entry has one; none for other conditions."""
        is_own = self.via is None and not is_beside(self.field)
        if self.operation != "in" or self.field.type is not CHOICE or not is_own:
            return ()
        return tuple(dict.fromkeys(filter(None, self.text.split("|"))))

    @property
    def is_narrow(self) -> bool:
        """Whether few entries can meet it: those of one person, with one number."""
        is_one = self.operation == "is" and self.via is None
        return is_one and self.field.type not in FEW_VALUES

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


def related(person: Person, declared: Declaration) -> list[tuple[Field, Field]]:
    """Return fields of what entries refer to: (the reference, the field there)."""
    known = catalogue.current()
    return [
        (via, one)
        for via in offered(person, declared)
        if via.refers_to is not None and person.may(via.refers_to, Action.LIST)
        for one in offered(person, known[via.refers_to])
        if not one.standard or one.refers_to is not None
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
    found = []
    for word in words:
        name, _, rest = word.partition("~")
        operation, _, text = rest.partition("~")
        place = _place(person, declared, name)
        if place is None or operation not in dict(operations(person, *place[:2])):
            raise BadFilterError(
                "这个列表没有“{word}”这个筛选条件，请重新选择。",
                "This list has no condition “{word}”. Choose again.",
                word=word,
            )
        if text.strip() or operation in WITHOUT_VALUE:
            whose, one, via = place
            found.append(Filter(one, operation, text.strip(), via, whose.code))
    return found


def _place(
    person: Person, declared: Declaration, name: str
) -> tuple[Declaration, Field, Field | None] | None:
    """Return whose field a name means, the field, and the reference to it."""
    head, dot, tail = name.partition(".")
    if not dot:
        beside = filters_beside.fields(declared)
        own = [*offered(person, declared), *beside]
        return next(((declared, one, None) for one in own if one.name == name), None)
    for via, one in related(person, declared):
        if (via.name, one.name) == (head, tail):
            return catalogue.current()[via.refers_to or ""], one, via
    return None


def criterion(
    session: Session,
    declared: Declaration,
    one: Filter,
    asker: Asker,
    *,
    walked: bool = False,
) -> ColumnElement[bool]:
    """Return one condition as SQL; BadFilterError if its value cannot be read.

    With `walked` there is a better way than the index of a choice: a narrower index,
    or one in the order of the list. SQLite is kept from that of the choice, since it
    does not know that half of all entries may have the value.
    """
    known = catalogue.current()
    table = known.table(declared.code)
    if one.via is not None:
        # Only what may be listed there can be asked about.
        code = one.via.refers_to or ""
        there = criterion(session, known[code], replace(one, via=None), asker)
        ids = access.visible(asker.person, code, Action.LIST).where(there)
        ids = ids.with_only_columns(known.table(code).c.id).correlate(None)
        return table.c[one.via.column or ""].in_(ids)
    if is_beside(one.field):
        return filters_beside.criterion(session, declared, one, asker)
    column: ColumnElement[Any] = table.c[one.field.column or one.field.name]
    if walked and one.field.type in FEW_VALUES:
        column = Walked(column)
    if one.operation in _COMPARED:
        return _compared(one, column, _value(one, declared, table, asker))
    return _of_column(one, column, asker)


def _of_column(
    one: Filter, column: ColumnElement[Any], asker: Asker
) -> ColumnElement[bool]:
    if one.operation in WITHOUT_VALUE:
        return column.is_(None) if one.operation == "empty" else column.is_not(None)
    match one.operation:
        case "contains":
            pattern = one.text.lower().replace("\\", "\\\\")
            pattern = pattern.replace("%", "\\%").replace("_", "\\_")
            return func.lower(column).like(f"%{pattern}%", escape="\\")
        case "in":
            return _one_of(one, column)
        case "out":
            return or_(column.is_(None), ~_one_of(one, column))
        case _:
            return _within(one, column, asker.zone, asker.now)


def marks(filters: Iterable[Filter]) -> set[str]:
    """Return the registers that conditions read beside the list's own."""
    found: set[str] = set()
    for one in filters:
        if one.via is not None:
            found.add(one.via.refers_to or "")
        if is_beside(one.field):
            found |= filters_beside.marks(one)
    return found


def _compared(
    one: Filter, column: ColumnElement[Any], value: Any
) -> ColumnElement[bool]:
    compared: ColumnElement[bool] = _COMPARED[one.operation](column, value)
    return or_(column.is_(None), compared) if one.operation == "not" else compared


def _value(one: Filter, declared: Declaration, table: Table, asker: Asker) -> Any:
    """Return what a column is compared with: a value, or another column."""
    if one.field.type is PERSON and one.text == ME:
        return asker.person.staff_id or 0
    if one.text.startswith(OTHER):
        return _other(one, declared, table, asker.person)
    try:
        return read(one.field, one.text, asker.zone)
    except PersonError as error:
        raise _unreadable(one, error.label) from error


def _other(one: Filter, declared: Declaration, table: Table, person: Person) -> Any:
    """Return the column of another field of the same kind."""
    name = one.text.removeprefix(OTHER)
    for other in person.fields(declared):
        same = (other.type, other.places) == (one.field.type, one.field.places)
        if other.name == name and same and other.column and not other.personal:
            return table.c[other.column]
    why = Label(f"没有可比较的字段“{name}”。", f"there is no such field “{name}”.")
    raise _unreadable(one, why)


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
    if one.operation == "ago":
        return None, today - timedelta(days=_count(one))
    span = days_of(one.text, today)
    if one.operation == "from":
        return span.first, None
    if one.operation == "to":
        return None, span.end
    return span.first, span.end


def _count(one: Filter) -> int:
    if one.text.isdecimal() and int(one.text[:6]) <= MOST_DAYS:
        return int(one.text)
    why = Label("请填写天数。", "give a number of days.")
    raise _unreadable(one, why)


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
