"""Figures that other registers add up to: stock at a place, repairs of a machine.

A figure moves in the transaction of the entry that moves it, by the difference between
what the entry posted before and what it posts now, so that changing or binning an entry
takes back exactly what it had added. Figures that hold the latest are in `latest.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.orm import Session

from models import catalogue, computing, defaults, latest, references
from models.access import marked
from models.checking import Problem
from models.entry_errors import EntryRefusedError
from models.history import Writer
from models.register import INTEGER, Declaration, Posting
from models.words import Label

Row = dict[str, Any]
Key = tuple[tuple[str, Any], ...]
Figure = tuple[str, Key]  # its register and what finds it there
Moves = dict[Figure, dict[str, Decimal]]


def post(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row | None],
    afters: Sequence[Row | None],
    writer: Writer,
) -> None:
    """Move every figure these entries post to.

    Raises:
        EntryRefusedError: A figure would pass its declared minimum.
    """
    moves: Moves = defaultdict(lambda: defaultdict(Decimal))
    moved_by: dict[Figure, Posting] = {}
    last: dict[Figure, int] = {}  # the last row that moves a figure, for the message
    # All postings together: what a file brings in is there for what it takes out.
    for posting in declared.postings:
        if not posting.add:
            continue
        for rows, sign in ((befores, -1), (afters, 1)):
            alive = [row for row in rows if row is not None]
            places = [index for index, row in enumerate(rows) if row is not None]
            for place, key, amounts in _amounts(
                session, declared, posting, alive, writer
            ):
                figure = (posting.to, key)
                last[figure] = max(places[place], last.get(figure, 0))
                if posting.create or figure not in moved_by:
                    moved_by[figure] = posting
                for name, amount in amounts.items():
                    moves[figure][name] += sign * amount
    # In one order everywhere, so that two writers never wait for each other.
    for to in sorted({posting.to for posting in declared.postings}):
        for figure in sorted((one for one in moves if one[0] == to), key=_order):
            amounts = {name: one for name, one in moves[figure].items() if one}
            if amounts:
                posting, key = moved_by[figure], figure[1]
                _move(session, posting, key, amounts, writer, last[figure])
        latest.renew(session, declared, to, befores, afters, writer.zone)


def _order(figure: Figure) -> list[tuple[str, int, str]]:
    """Sort by ids as numbers, as databases do."""
    return [
        (name, value if isinstance(value, int) else 0, repr(value))
        for name, value in figure[1]
    ]


def _amounts(
    session: Session,
    declared: Declaration,
    posting: Posting,
    rows: list[Row],
    writer: Writer,
) -> Iterator[tuple[int, Key, Mapping[str, Decimal]]]:
    """Return what each row posts: its place, the figure's key, the amounts to add."""
    formulas = (*posting.add.values(), *((posting.when,) if posting.when else ()))
    contexts = computing.contexts(session, declared, rows, formulas, writer.zone)
    for place, (row, context) in enumerate(zip(rows, contexts, strict=True)):
        key = tuple((name, row.get(source)) for name, source in posting.match.items())
        if any(value is None for _, value in key):
            continue
        if posting.when and not computing.holds(posting.when, context):
            continue
        amounts = {
            name: computing.number(formula, context)
            for name, formula in posting.add.items()
        }
        yield place, key, amounts


def _move(
    session: Session,
    posting: Posting,
    key: Key,
    amounts: Mapping[str, Decimal],
    writer: Writer,
    row_moved: int,
) -> None:
    """Add the amounts to one figure row, which is made first if the posting says so."""
    known = catalogue.current()
    target, table = known[posting.to], known.table(posting.to)
    column: Callable[[str], Any] = lambda name: table.c[  # noqa: E731 - two words
        "id" if name == "id" else target.field(name).column or name
    ]
    here = and_(*(column(name) == value for name, value in key))
    figures = [column(name).label(name) for name in amounts]
    query = select(table.c.id, *figures).where(here, table.c.binned_at.is_(None))
    # Not against references, which a new entry takes before it comes here: two
    # movements of one item would wait for each other on PostgreSQL.
    locked = marked(query.with_for_update(key_share=True), posting.to)
    found = session.execute(locked).mappings().first()
    if found is None and not posting.create:
        return
    new = {}
    for name, amount in amounts.items():
        new[name] = Decimal((found[name] if found else None) or 0) + amount
        least = target.field(name).minimum
        if least is not None and new[name] < least:
            below = _below(session, target, key, name, new[name])
            raise EntryRefusedError([Problem(None, below, row_moved)])
    values: dict[Any, Any] = {
        column(name): int(value) if target.field(name).type is INTEGER else value
        for name, value in new.items()
    }
    if found is not None:
        change = update(table).where(table.c.id == found["id"]).values(values)
        session.execute(marked(change, posting.to))
        computing.recompute(session, target, [found["id"]], amounts, writer.zone)
        return
    row = defaults.blank(target, writer)() | dict(key)
    defaults.fill(session, target, [row], [dict(key)], writer)
    row |= {"created_at": writer.now, "changed_at": writer.now}
    values = {table.c[name]: row[one.name] for one, name in target.columns} | values
    values[table.c.version] = 1
    made = insert(table).values(values).returning(table.c.id)
    entry_id = session.scalars(marked(made, posting.to)).one()
    computing.recompute(session, target, [entry_id], amounts, writer.zone)


def _below(
    session: Session, target: Declaration, key: Key, name: str, new: Decimal
) -> Label:
    """Say which figure would fall too low, by the names people know."""
    words = []
    for part, value in key:
        register = target.field(part).refers_to if part != "id" else target.code
        if register is not None:
            words.append(references.labels(session, register, [value])[value])
    figure = target.field(name)
    what = " ".join(words)
    return Label(
        f"{what}的{figure.label.zh}会变成 {new:f}，不能低于 {figure.minimum}。"
        "请核对数量，或先登记入库。",
        f"{figure.label.en} of {what} would become {new:f}; it may not fall below "
        f"{figure.minimum}. Check the quantity, or enter the receipt first.",
    )
