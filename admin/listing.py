"""One page of a register's list: conditions, order, rows with the words of references.

Core rows and one joined statement; the row template gets finished (css, text, href)
cells, since 88 % of a stock list page goes to rendering each cell by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from admin import filters, seeking
from admin.count_memory import CountMemory
from admin.filters import Filter
from admin.seeking import Cursor, Order
from models import access, catalogue, references, search
from models.access import Action, Person
from models.list_indexes import is_sorted_by
from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MONEY,
    TIME,
    Declaration,
    Field,
)

COUNTED_TO = 10_000
SIZES = (20, 50, 100, 200)
NUMERIC = frozenset({INTEGER, DECIMAL, MONEY, DURATION})


JOINED = "joined"  # where a table keeps its joins to what it refers to
Source = tuple[list[ColumnElement[Any]], FromClause, frozenset[str]]
"""The columns of some fields, what they are selected from, and whose tables it is."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a figure, which the list is narrowed to."""

    word: str  # as the address has it
    label: str  # what the figure is, for people
    ids: Select[Any]
    marks: tuple[str, ...]  # the registers that the select reads


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks of a list."""

    text: str = ""
    filters: tuple[Filter, ...] = ()
    match: str = "all"
    sort: str = ""  # a field's name, with a minus for downwards
    size: int = 50
    after: Cursor | None = None
    before: Cursor | None = None
    page: int = 1  # of `size` rows, counted from 1; a cursor goes before it
    binned: bool = False
    behind: Behind | None = None


@dataclass(slots=True)
class Found:
    """One page: its rows by field name, with `labels` of what they refer to."""

    rows: list[dict[str, Any]]
    first: Cursor | None = None
    last: Cursor | None = None
    has_next: bool = False
    has_previous: bool = False
    labels: dict[str, dict[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks, in which language and zone, at what instant."""

    person: Person
    language: str
    zone: ZoneInfo
    now: datetime


def conditioned(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    action: Action = Action.LIST,
    *,
    for_page: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return the select of every row that is wanted and may be seen, unordered.

    With `for_page` a search takes the form that is fastest for one page of it.
    """
    query = access.visible(desk.person, declared.code, action, binned=wanted.binned)
    table = catalogue.current().table(declared.code)
    sort = (wanted.sort or declared.order).removeprefix("-")
    elsewise = for_page and sort != declared.order.removeprefix("-")
    walked = elsewise or any(one.is_narrow for one in wanted.filters)
    conditions = [
        filters.criterion(one, table, desk.zone, desk.now, walked=walked)
        for one in wanted.filters
    ]
    if conditions:
        query = query.where(
            or_(*conditions) if wanted.match == "any" else and_(*conditions)
        )
    if wanted.behind is not None:
        query = query.where(table.c.id.in_(wanted.behind.ids))
        query = access.marked(query, declared.code, *wanted.behind.marks)
    if wanted.text.strip():
        found = searching(
            session, desk.person, declared, wanted.text, for_page=for_page
        )
        if found is not None:
            query = query.where(found)
    return query


def searching(
    session: Session,
    person: Person,
    declared: Declaration,
    text: str,
    *,
    for_page: bool,
) -> ColumnElement[bool] | None:
    """Return the condition that a searched text stands for; None for an empty one.

    Personal data is found by its complete value alone, so that it cannot be guessed.
    """
    table = catalogue.current().table(declared.code)
    complete = [one.name for one in person.fields(declared) if one.personal]
    if for_page:
        return search.first_page_criteria(
            session, declared, table, text, complete=complete
        )
    dialect = session.get_bind().dialect.name
    return search.criteria(declared, table, text, dialect, complete=complete)


def sortable(person: Person, declared: Declaration) -> list[Field]:
    """Return the fields a list may be sorted by: those with an index of their own."""
    return [
        one for one in person.fields(declared) if is_sorted_by(one) and not one.personal
    ]


def order_of(
    session: Session, declared: Declaration, wanted: Wanted, person: Person
) -> Order:
    """Return the order asked for, or the register's own."""
    table = catalogue.current().table(declared.code)
    small = session.get_bind().dialect.name == "sqlite"
    names = {one.name: one for one in sortable(person, declared)}
    for asked in (wanted.sort, declared.order):
        name, descending = asked.removeprefix("-"), asked.startswith("-")
        one = names.get(name)
        if one is not None and one.column is not None:
            column = table.c[one.column]
            return Order(
                column, table.c.id, descending, nullable=True, nulls_small=small
            )
        if asked and name == "id":
            break
    return Order(
        table.c.id, table.c.id, descending=True, nullable=False, nulls_small=small
    )


def find(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
) -> Found:
    """Return one page of the list with the given fields and what they refer to."""
    order = order_of(session, declared, wanted, desk.person)
    query = conditioned(session, declared, wanted, desk, for_page=True)
    after = wanted.after
    if wanted.page > 1 and after is None and wanted.before is None:
        skipped = (wanted.page - 1) * wanted.size
        after = seeking.edge(session, query, order, skipped)
    columns, _ = joined(declared, query, fields)
    parts = [
        joined(declared, part, fields)[1].with_only_columns(
            *columns, order.column.label("sort_key"), maintain_column_froms=True
        )
        for part in _parts(session, declared, wanted, desk, query)
    ]
    rows, more = seeking.page(
        session, parts, order, wanted.size, after=after, before=wanted.before
    )
    found = Found([dict(row._mapping) for row in rows])  # noqa: SLF001 - SQLAlchemy's public name
    if rows:
        found.first = Cursor(rows[0].sort_key, rows[0].id)
        found.last = Cursor(rows[-1].sort_key, rows[-1].id)
    backwards = wanted.before is not None
    found.has_next = bool(rows) if backwards else more
    found.has_previous = more if backwards else after is not None
    return found


def _parts(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    query: Select[*tuple[Any, ...]],
) -> list[Select[*tuple[Any, ...]]]:
    """Return selects without common rows whose rows together are the query's.

    SQLite walks an index in the order of the list for one value of a choice, and sorts
    all entries with any of them for several.
    """
    several = next((one for one in wanted.filters if len(one.choices) > 1), None)
    is_small = session.get_bind().dialect.name == "sqlite"
    searched = bool(wanted.text.strip())
    if not is_small or several is None or wanted.match == "any" or searched:
        return [query]
    others = tuple(one for one in wanted.filters if one is not several)
    return [
        conditioned(
            session,
            declared,
            replace(wanted, filters=(*others, replace(several, text=value))),
            desk,
            for_page=True,
        )
        for value in several.choices
    ]


def joined(
    declared: Declaration, query: Select[*tuple[Any, ...]], fields: Sequence[Field]
) -> tuple[list[ColumnElement[Any]], Select[*tuple[Any, ...]]]:
    """Return the columns of the fields, and the select joined to what they refer to.

    Each reference brings its display fields as `<field>.<display field>`.
    """
    columns, source, marks = _source(declared, tuple(fields))
    marks |= query.get_execution_options().get("access", frozenset())
    return columns, access.marked(query.select_from(source), *marks)


def _source(declared: Declaration, fields: tuple[Field, ...]) -> Source:
    """Return the joined tables; made once for the same fields of the same table."""
    table = catalogue.current().table(declared.code)
    made: dict[Any, Source] = table.info.setdefault(JOINED, {})
    key = tuple(one.name for one in fields)
    found = made.get(key)
    if found is None:
        if len(made) >= access.MOST_KEPT:
            made.clear()
        found = made[key] = _joined(declared, fields)
    return found


def _joined(declared: Declaration, fields: tuple[Field, ...]) -> Source:
    known = catalogue.current()
    table = known.table(declared.code)
    columns: list[ColumnElement[Any]] = [table.c.id, table.c.version]
    columns.append(table.c.holder_id.label("holder"))
    marks = {declared.code}
    source: Any = table
    for one in fields:
        if one.column is None:
            continue
        if one.name != "holder":
            columns.append(table.c[one.column].label(one.name))
        if one.refers_to is None:
            continue
        marks.add(one.refers_to)
        other = known.table(one.refers_to).alias(f"of_{one.name}")
        source = source.outerjoin(other, other.c.id == table.c[one.column])
        target = known[one.refers_to]
        for name in dict.fromkeys((*target.display, "number")):
            column = target.field(name).column
            if column is not None:
                columns.append(other.c[column].label(f"{one.name}.{name}"))
    return columns, source, frozenset(marks)


def called(one: Field, row: dict[str, Any]) -> str:
    """Return the words of what a row's field refers to, from the joined columns."""
    if row.get(one.name) is None or one.refers_to is None:
        return ""
    target = catalogue.current()[one.refers_to]
    values = {
        name: row.get(f"{one.name}.{name}") for name in (*target.display, "number")
    }
    values["id"] = row[one.name]
    return references.called(target, values)


def count(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    *,
    exact: bool = False,
    shown: Found | None = None,
) -> tuple[int, bool]:
    """Return how many rows there are, to 10,000 unless exactly, and whether all.

    A list says "10,000+" at once; the exact figure is counted when somebody asks. With
    `shown`, the page that was found, a list of a single page is not counted again.
    """
    is_first = shown is not None and wanted.before is None and not shown.has_previous
    if shown is not None and is_first and not shown.has_next:
        return len(shown.rows), True
    table = catalogue.current().table(declared.code)
    key = _counted_key(session, declared, wanted, desk)
    if not exact and _OVER.holds(key):
        return COUNTED_TO, False
    query = conditioned(session, declared, wanted, desk)
    if exact:
        counted = query.with_only_columns(func.count(), maintain_column_froms=True)
        return int(session.scalar(counted) or 0), True
    ids = query.with_only_columns(table.c.id, maintain_column_froms=True)
    capped = select(func.count()).select_from(ids.limit(COUNTED_TO + 1).subquery())
    marks = wanted.behind.marks if wanted.behind else ()
    found = int(session.scalar(access.marked(capped, declared.code, *marks)) or 0)
    if found > COUNTED_TO:
        _OVER.keep(key)
    return min(found, COUNTED_TO), found <= COUNTED_TO


_OVER = CountMemory()


def _counted_key(
    session: Session, declared: Declaration, wanted: Wanted, desk: Desk
) -> tuple[Any, ...]:
    """Return all that the number of rows depends on, but for the rows themselves."""
    return (
        str(session.get_bind().engine.url),
        declared.code,
        access.depends_on(desk.person, declared, Action.LIST),
        wanted.text,
        wanted.match,
        wanted.binned,
        wanted.behind and wanted.behind.word,
        *(one.word for one in wanted.filters),
    )


_CSS = {
    **dict.fromkeys(NUMERIC, "num"),
    **dict.fromkeys((DATE, INSTANT, TIME), "date"),
    LONG_TEXT: "wide",
}
TONES = {"good": "ok", "warn": "warn", "bad": "late", "busy": "info"}


def css_of(one: Field, value: Any = None) -> str:
    """Return the classes of a field's cell."""
    if one.type is CHOICE and value is not None:
        tone = next((seen.tone for seen in one.options if seen.value == value), "")
        return f"pill {TONES[tone]}" if tone in TONES else ""
    return _CSS.get(one.type, "")
