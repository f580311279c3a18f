"""How the clocks of a page of entries stand, in the few columns that a list shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.clock_table import CLOCKS

# Built once: every list page asks it, and building costs more than asking.
_STANDING = (
    select(
        CLOCKS.c.entry_id,
        CLOCKS.c.due_at,
        CLOCKS.c.warn_at,
        CLOCKS.c.met_at,
        CLOCKS.c.breached_at,
    )
    .where(
        CLOCKS.c.register == bindparam("register"),
        CLOCKS.c.entry_id.in_(bindparam("ids", expanding=True)),
        CLOCKS.c.voided_at.is_(None),
    )
    .order_by(CLOCKS.c.due_at, CLOCKS.c.id)
)


def standings(
    session: Session, register: str, entry_ids: Sequence[int]
) -> dict[int, list[Any]]:
    """Return the clocks of a page of entries that may be seen, the first due first.

    Each has `due_at`, `warn_at`, `met_at` and `breached_at`; at most a page of ids.
    """
    found: dict[int, list[Any]] = {}
    asked = {"register": register, "ids": list(entry_ids)}
    for row in session.connection().execute(_STANDING, asked):
        found.setdefault(row.entry_id, []).append(row)
    return found
