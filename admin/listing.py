"""One page of a register's list: conditions, order, rows with the words of references.

Core rows and one joined statement; the row template gets finished (css, text, href)
cells, since 88 % of a stock list page goes to rendering each cell by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from admin import filters, seeking
from admin.count_memory import CountMemory
from admin.filters import Filter
from admin.filters_beside import rests_beside
from admin.list_joins import joined
from admin.seeking import Cursor, Order
from models import access, catalogue, search
from models.access import Action, Person
from models.database import address_of
from models.keeping import kept
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
    groups: tuple[tuple[Filter, ...], ...] = ()  # each counts as one condition

    @property
    def every(self) -> list[Filter]:
        """Every condition, those in groups too."""
        return [*self.filters, *(one for group in self.groups for one in group)]


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


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What narrows a register's rows to those that are wanted."""

    criteria: tuple[ColumnElement[bool], ...]
    marks: tuple[str, ...]  # the registers that the criteria read besides

    def of(self, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Return the query narrowed; the very same one where nothing narrows it."""
        if self.criteria:
            query = query.where(*self.criteria)
        if self.marks:
            marks = query.get_execution_options().get("access", frozenset())
            query = access.marked(query, *marks, *self.marks)
        return query


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
    return narrowed(session, declared, wanted, desk, for_page=for_page).of(query)


def narrowed(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    *,
    for_page: bool = False,
) -> Narrowed:
    """Return what an address asks for beyond what the person may see."""
    table = catalogue.current().table(declared.code)
    sort = (wanted.sort or declared.order).removeprefix("-")
    elsewise = for_page and sort != declared.order.removeprefix("-")
    walked = elsewise or any(one.is_narrow for one in wanted.filters)

    def one(asked: Filter) -> ColumnElement[bool]:
        return filters.criterion(session, declared, asked, desk, walked=walked)

    is_any = wanted.match == "any"
    inner = and_ if is_any else or_  # the conditions of a group
    criteria = [*map(one, wanted.filters)]
    criteria += [inner(*map(one, group)) for group in wanted.groups]
    if criteria and is_any:
        criteria = [or_(*criteria)]
    marks = filters.marks(wanted.every)
    if wanted.behind is not None:
        marks.update(wanted.behind.marks)
        criteria.append(table.c.id.in_(wanted.behind.ids))
    if wanted.text.strip():
        found = searching(
            session, desk.person, declared, wanted.text, for_page=for_page
        )
        if found is not None:
            criteria.append(found)
    return Narrowed(tuple(criteria), tuple(sorted(marks)))


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


def is_sortable(person: Person, declared: Declaration, one: Field) -> bool:
    """Whether a list may be sorted by a field: it has an index of its own."""
    return is_sorted_by(one) and not one.personal and person.sees(declared, one)


def order_of(
    session: Session, declared: Declaration, wanted: Wanted, person: Person
) -> Order:
    """Return the order asked for, or the register's own."""
    table = catalogue.current().table(declared.code)
    small = session.get_bind().dialect.name == "sqlite"
    for asked in (wanted.sort, declared.order):
        name, descending = asked.removeprefix("-"), asked.startswith("-")
        one = declared.field(name) if declared.has(name) else None
        if one is not None and one.column and is_sortable(person, declared, one):
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
    after = wanted.after
    if wanted.page > 1 and after is None and wanted.before is None:
        query = conditioned(session, declared, wanted, desk, for_page=True)
        after = seeking.edge(session, query, order, (wanted.page - 1) * wanted.size)
    backwards = wanted.before is not None
    parts = [
        _page(session, declared, part, desk, fields, order)
        for part in _parts(session, wanted)
    ]
    rows, more = seeking.page(
        session, parts, order, wanted.size, after=after, before=wanted.before
    )
    names = rows[0]._fields if rows else ()
    found = Found([dict(zip(names, row, strict=True)) for row in rows])
    if rows:
        found.first = Cursor(rows[0].sort_key, rows[0].id)
        found.last = Cursor(rows[-1].sort_key, rows[-1].id)
    found.has_next = bool(rows) if backwards else more
    found.has_previous = more if backwards else after is not None
    return found


def _page(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
    order: Order,
) -> Select[*tuple[Any, ...]]:
    """Return the select of a page before its cursor, made once for the same question.

    Building one takes longer than asking it, and a list is asked the same again: page
    by page, after each entry, by each person of a role.
    """
    table, person = catalogue.current().table(declared.code), desk.person
    descending = order.descending != (wanted.before is not None)
    rights = access.depends_on(person, declared, Action.LIST)
    names = tuple(one.name for one in fields)
    key = (rights, wanted.binned, names, order.column.key, descending, wanted.size)

    def walk() -> Select[*tuple[Any, ...]]:
        query = access.visible(person, declared.code, binned=wanted.binned)
        columns, query = joined(declared, query, fields)
        query = query.with_only_columns(
            *columns, order.column.label("sort_key"), maintain_column_froms=True
        )
        query = seeking.in_order(query, order, descending=descending)
        return query.limit(wanted.size + 1)

    def page() -> Select[*tuple[Any, ...]]:
        query = kept(table, "walks", key, walk)
        return narrowed(session, declared, wanted, desk, for_page=True).of(query)

    asked = _asked(wanted, desk)
    return page() if asked is None else kept(table, "pages", (key, asked), page)


def _asked(wanted: Wanted, desk: Desk) -> tuple[Any, ...] | None:
    """Return all that the criteria depend on; None if on more than can be told."""
    if wanted.text.strip() or wanted.behind is not None or rests_beside(wanted.every):
        return None
    words = _words(wanted)
    today = desk.now.astimezone(desk.zone).date() if words else None
    return (words, wanted.match, wanted.sort, desk.zone.key, today)


def _words(wanted: Wanted) -> tuple[tuple[str, ...], ...]:
    """Return the conditions as an address has them, then those of each group."""
    some = (wanted.filters, *wanted.groups) if wanted.every else ()
    return tuple(tuple(one.word for one in each) for each in some)


def _parts(session: Session, wanted: Wanted) -> list[Wanted]:
    """Return what has no rows in common and together has all that is wanted.

    SQLite walks an index in the order of the list for one value of a choice, and sorts
    all entries with any of them for several.
    """
    several = next((one for one in wanted.filters if len(one.choices) > 1), None)
    is_small = session.get_bind().dialect.name == "sqlite"
    searched = bool(wanted.text.strip())
    if not is_small or several is None or wanted.match == "any" or searched:
        return [wanted]
    others = tuple(one for one in wanted.filters if one is not several)
    return [
        replace(wanted, filters=(*others, replace(several, text=value)))
        for value in several.choices
    ]


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
    key = _counted_key(session, declared, wanted, desk)
    if not exact and _OVER.holds(key):
        return COUNTED_TO, False
    if exact:
        query = conditioned(session, declared, wanted, desk)
        counted = query.with_only_columns(func.count(), maintain_column_froms=True)
        return int(session.scalar(counted) or 0), True
    found = int(session.scalar(_capped(session, declared, wanted, desk)) or 0)
    if found > COUNTED_TO:
        _OVER.keep(key)
    return min(found, COUNTED_TO), found <= COUNTED_TO


def _capped(
    session: Session, declared: Declaration, wanted: Wanted, desk: Desk
) -> Select[Any]:
    """Return the select that counts to 10,000 and one; made once for the same."""
    table = catalogue.current().table(declared.code)

    def capped() -> Select[Any]:
        query = conditioned(session, declared, wanted, desk)
        ids = query.with_only_columns(table.c.id, maintain_column_froms=True)
        counted = select(func.count()).select_from(ids.limit(COUNTED_TO + 1).subquery())
        return access.marked(counted, *query.get_execution_options()["access"])

    asked = _asked(wanted, desk)
    if asked is None:
        return capped()
    rights = access.depends_on(desk.person, declared, Action.LIST)
    return kept(table, "counts", (rights, wanted.binned, asked), capped)


_OVER = CountMemory()


def _counted_key(
    session: Session, declared: Declaration, wanted: Wanted, desk: Desk
) -> tuple[Any, ...]:
    """Return all that the number of rows depends on, but for the rows themselves."""
    return (
        address_of(session),
        declared.code,
        access.depends_on(desk.person, declared, Action.LIST),
        wanted.text,
        wanted.match,
        wanted.binned,
        wanted.behind and wanted.behind.word,
        _words(wanted),
        desk.person.account_id if rests_beside(wanted.every) else None,
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
