"""Figures that hold the latest of some entries: when a machine was last called about.

Binning the latest entry must find the one before it, so nothing is added up: what was
touched is asked of the database anew, in the transaction that touched it.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, func, select, tuple_, update
from sqlalchemy.orm import Session

from models import catalogue, computing
from models.access import marked
from models.conditions import sql_column, to_sql
from models.references import CHUNK
from models.register import Declaration, Posting
from models.rules import formula as formulas

Row = dict[str, Any]
Keys = Sequence[tuple[Any, ...]]


def renew(
    session: Session,
    declared: Declaration,
    to: str,
    befores: Sequence[Row | None],
    afters: Sequence[Row | None],
    zone: ZoneInfo,
) -> None:
    """Ask anew for one register's figures that hold the latest of these entries.

    The entries are written already; `None` is one that is not there, or in the bin.
    """
    for posting in declared.postings:
        if posting.to != to or not posting.latest:
            continue
        keys = _touched(posting, befores, afters)
        for start in range(0, len(keys), CHUNK):
            _renew(session, declared, posting, keys[start : start + CHUNK], zone)


def _touched(
    posting: Posting, befores: Sequence[Row | None], afters: Sequence[Row | None]
) -> list[tuple[Any, ...]]:
    """Return what finds the figures whose latest entry may have become another."""
    asked = computing.names_of((posting.when,)) if posting.when else ()
    names = (*posting.match.values(), *posting.latest.values(), *asked)
    parts = len(posting.match)
    found = set()
    for pair in zip(befores, afters, strict=True):
        old, new = (
            None if row is None else tuple(row.get(name) for name in names)
            for row in pair
        )
        if old != new:
            found |= {one[:parts] for one in (old, new) if one is not None}
    return [key for key in found if None not in key]


def _renew(
    session: Session,
    declared: Declaration,
    posting: Posting,
    keys: Keys,
    zone: ZoneInfo,
) -> None:
    """Set the figures that some keys find, all by one statement.

    They are locked by one before it: whoever waited for another writer's entry then
    sees it on PostgreSQL, whose statements see what was there as they began.
    """
    known = catalogue.current()
    target, table = known[posting.to], known.table(posting.to)
    rows = known.table(declared.code).alias("posted")
    here = [_column(target, table, name) for name in posting.match]
    query = select(table.c.id).where(tuple_(*here).in_(keys)).order_by(table.c.id)
    locked = marked(query.with_for_update(key_share=True), posting.to)
    ids = list(session.scalars(locked))
    if not ids:
        return
    there = [_column(declared, rows, name) for name in posting.match.values()]
    alive: list[ColumnElement[bool]] = [rows.c.binned_at.is_(None)]
    alive += [theirs == ours for theirs, ours in zip(there, here, strict=True)]
    if posting.when:
        alive.append(
            to_sql(
                formulas.parse(posting.when),
                lambda name: sql_column(
                    declared.field(name), _column(declared, rows, name)
                ),
            )
        )
    values = {
        _column(target, table, name).name: select(
            func.max(_column(declared, rows, source))
        )
        .where(*alive)
        .correlate(table)
        .scalar_subquery()
        for name, source in posting.latest.items()
    }
    change = update(table).where(table.c.id.in_(ids)).values(values)
    session.execute(marked(change, posting.to, declared.code))
    computing.recompute(session, target, ids, posting.latest, zone)


def _column(declared: Declaration, rows: FromClause, name: str) -> ColumnElement[Any]:
    return rows.c["id" if name == "id" else declared.field(name).column or name]
