"""What an export has, read from the database: one statement, blocks of whole columns.

A million rows leave no time for a call per cell: what every value of a column needs is
made ready once, and then the columns of some thousand rows are turned at once.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    Label,
    Select,
    Text,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from admin import list_joins, listing
from admin.listing import Desk, Wanted
from admin.sheet_columns import MORE_ROWS, Block, Values, sizes
from models import catalogue, masking
from models.access import Action
from models.register import (
    CHOICE,
    CHOICES,
    DECIMAL,
    INSTANT,
    MONEY,
    Declaration,
    Field,
)

Read = Callable[[Block], Values]
"""Makes one column of an export of what the statement brought."""


def blocks(
    engine: Engine,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
    *,
    stored: bool,
) -> Iterator[Block]:
    """Yield the rows that are wanted and that the person may export, by columns.

    With `stored`, money, decimals and instants come as `SheetColumn.stored` says;
    otherwise they are what Python has for them. Options come as their words,
    references as what is referred to is called, masked what the person sees masked.
    """
    # The session and its cursor belong to this generator: the request's own are closed
    # before the last row is sent.
    with Session(engine, autoflush=False) as session:
        columns, query = _query(session, declared, wanted, desk, fields, stored=stored)
        at = {one.key: place for place, one in enumerate(columns)}
        reads = [_read(one, declared, desk, at) for one in fields]
        # Not `yield_per`: on SQLite it puts a second buffer over the cursor.
        query = query.execution_options(stream_results=True, max_row_buffer=MORE_ROWS)
        result = session.execute(query)
        for size in sizes():
            rows = result.fetchmany(size)
            if not rows:
                return
            block: Block = list(zip(*rows, strict=True))
            yield [read(block) for read in reads]


def is_text(one: Field) -> bool:
    """Whether an export has a text: references, choices and personal data are."""
    return bool(one.refers_to is not None or one.options or one.personal)


def _query(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
    *,
    stored: bool,
) -> tuple[list[ColumnElement[Any]], Select[*tuple[Any, ...]]]:
    """Return the columns and the ordered select of them, without what nobody reads."""
    query = listing.conditioned(session, declared, wanted, desk, Action.EXPORT)
    joined, query = list_joins.joined(declared, query, fields)
    named = {one.name: one for one in fields}
    read = named.keys() | ({"holder"} if _masks(desk, declared) else set())
    columns = []
    for column in joined:
        name, _, of_other = (column.key or "").partition(".")
        if name in read:
            plain = stored and not of_other and name in named
            columns.append(_stored(column, named[name]) if plain else column)
    order = listing.order_of(session, declared, wanted, desk.person)
    query = query.with_only_columns(*columns, maintain_column_froms=True)
    return columns, query.order_by(
        *(
            part.desc() if order.descending else part.asc()
            for part in (order.column, order.key)
        )
    )


class _UtcText(FunctionElement[str]):
    """An instant as the text 2026-09-03 00:30:15.000000 of UTC."""

    inherit_cache = True
    type = Text()


@compiles(_UtcText)
def _formatted(element: _UtcText, compiler: Any, **more: Any) -> str:
    inner = compiler.process(element.clauses, **more)
    return f"to_char(timezone('UTC', {inner}), 'YYYY-MM-DD HH24:MI:SS.US')"


@compiles(_UtcText, "sqlite")
def _as_it_is(element: _UtcText, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


def _stored(column: ColumnElement[Any], one: Field) -> ColumnElement[Any]:
    """Return a field's column without what makes Python's values of it."""
    if is_text(one) or one.type not in (MONEY, DECIMAL, INSTANT):
        return column
    inner = column.element if isinstance(column, Label) else column
    if one.type is INSTANT:
        return _UtcText(inner).label(one.name)
    return type_coerce(inner, BigInteger).label(one.name)


def _read(
    one: Field, declared: Declaration, desk: Desk, at: dict[str | None, int]
) -> Read:
    """Return what makes a field's column of a block."""
    take, language = itemgetter(at[one.name]), desk.language
    if one.refers_to is not None:
        return _called(one, at)
    if one.personal and _masks(desk, declared):
        return _masked(one, declared, desk, at)
    words = {it.value: it.label.text(language) for it in one.options}
    if one.type is CHOICE:
        return lambda block: [words.get(it, it) for it in take(block)]
    if one.type is CHOICES:
        between = ", " if language.startswith("en") else "、"
        return lambda block: [
            between.join(words.get(it, it) for it in some) if some else None
            for some in take(block)
        ]
    return take


def _masks(desk: Desk, declared: Declaration) -> bool:
    """Whether some rows are masked; then it is asked who holds each."""
    return not desk.person.is_unmasked(declared.code)


def _masked(
    one: Field, declared: Declaration, desk: Desk, at: dict[str | None, int]
) -> Read:
    value, holder = at[one.name], at["holder"]

    def read(block: Block) -> Values:
        hidden = {
            it: masking.masks(desk.person, declared, one, {"holder": it})
            for it in set(block[holder])
        }
        return [
            masking.mask(one, it) if hidden[held] else it
            for it, held in zip(block[value], block[holder], strict=True)
        ]

    return read


def _called(one: Field, at: dict[str | None, int]) -> Read:
    """Return what makes the words of what is referred to, as `references.called`."""
    target = catalogue.current()[one.refers_to or ""]
    places = [at.get(f"{one.name}.{name}") for name in target.display]
    shown = [place for place in places if place is not None]
    key, number = at[one.name], at.get(f"{one.name}.number")

    def read(block: Block) -> Values:
        ids = block[key]
        numbers = [None] * len(ids) if number is None else block[number]
        if len(shown) == 1:
            words = block[shown[0]]
        else:
            several = zip(ids, *(block[place] for place in shown), strict=True)
            words = [" ".join(str(it) for it in some if it) for _, *some in several]
        return [
            None if id_ is None else str(word or number_ or id_)
            for id_, word, number_ in zip(ids, words, numbers, strict=True)
        ]

    return read
