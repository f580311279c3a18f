"""The rows of a register's table, from and to entries by the names of their fields."""

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import Table
from sqlalchemy.orm import Session

from models.bulk_rows import insert_columns, update_columns
from models.preparing import Row
from models.register import Declaration


def insert_rows(
    session: Session, declared: Declaration, table: Table, rows: Sequence[Row]
) -> None:
    """Write new entries, which have their ids and all their fields."""
    named = {column: one.name for one, column in declared.columns}
    named |= {name: name for name in ("id", "version")}
    columns = zip(*map(itemgetter(*named.values()), rows), strict=True)
    insert_columns(session, table, dict(zip(named, columns, strict=True)))


def update_rows(
    session: Session,
    declared: Declaration,
    table: Table,
    pairs: Sequence[tuple[Row, Row]],
) -> None:
    """Write what became another in any of some entries, each before and after."""
    afters = {after["id"]: after for _, after in pairs}
    columns = {
        column: [row.get(one.name) for row in afters.values()]
        for one, column in declared.columns
        if any(before.get(one.name) != after.get(one.name) for before, after in pairs)
    }
    columns["version"] = [row["version"] for row in afters.values()]
    update_columns(session, table, list(afters), columns)
