"""How the clocks of a page of entries stand, in the few columns that a list shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.amid import among_those
from models.clock_table import CLOCKS

# Built once: every list page asks it, and building costs more than asking.
_STANDINGS = (
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
        among_those(CLOCKS.c.entry_id, "ids"),
        CLOCKS.c.voided_at.is_(None),
    )
    .order_by(CLOCKS.c.due_at, CLOCKS.c.id)
)


def standings(
    session: Session, register: str, entry_ids: Sequence[int]
) -> dict[int, list[Any]]:
    """Return the clocks of a page of entries that may be seen, the first due first.

    Each has `due_at`, `warn_at`, `met_at`, `breached_at` and `paused_at`; at most a
    page of ids.
    """
    found: dict[int, list[Any]] = {}
    asked = {"register": register, "ids": list(entry_ids)}
    for row in session.execute(_STANDINGS, asked):
        found.setdefault(row[0], []).append(row)
    return found
