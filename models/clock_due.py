"""How the clocks of a page of entries stand, in the few columns that a list shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from models.clock_table import CLOCKS


def _standing(ids: ColumnElement[bool]) -> Select[Any]:
    """Return the select of what a list shows, of the entries that `ids` lets pass."""
    return (
        select(
            CLOCKS.c.entry_id,
            CLOCKS.c.due_at,
            CLOCKS.c.warn_at,
            CLOCKS.c.met_at,
            CLOCKS.c.breached_at,
            CLOCKS.c.paused_at,
        )
        .where(
            CLOCKS.c.register == bindparam("register"),
            ids,
            CLOCKS.c.voided_at.is_(None),
        )
        .order_by(CLOCKS.c.due_at, CLOCKS.c.id)
    )


# Built once: every list page asks it, and building costs more than asking. PostgreSQL
# takes the ids as one value, so that the statement stays short and is prepared once.
_STANDING_OF = {
    "postgresql": _standing(
        CLOCKS.c.entry_id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
    ),
    "sqlite": _standing(CLOCKS.c.entry_id.in_(bindparam("ids", expanding=True))),
}


def standings(
    session: Session, register: str, entry_ids: Sequence[int]
) -> dict[int, list[Any]]:
    """Return the clocks of a page of entries that may be seen, the first due first.

    Each has `due_at`, `warn_at`, `met_at`, `breached_at` and `paused_at`; at most a
    page of ids.
    """
    found: dict[int, list[Any]] = {}
    asked = {"register": register, "ids": list(entry_ids)}
    connection = session.connection()
    for row in connection.execute(_STANDING_OF[connection.dialect.name], asked):
        found.setdefault(row.entry_id, []).append(row)
    return found
