"""The states an entry has passed through, and when: from its steps and its birth."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amid import among
from models.flow_table import STEPS
from models.register import Declaration
from models.rules.pauses import Pause

Row = Mapping[str, Any]
Passage = Sequence[tuple[str, datetime]]
"""Each state and when it was entered, the first one first."""


def passages(
    session: Session, declared: Declaration, rows: Iterable[Row]
) -> Mapping[int, Passage]:
    """Return {entry: its passage}; nothing where the register has no flow.

    A row whose state no step tells of is just being moved: since it was changed. That
    also serves entries that were there before their register had a flow.
    """
    flow = declared.flow
    if flow is None:
        return {}
    kept = {row["id"]: row for row in rows}
    query = (
        select(STEPS.c.entry_id, STEPS.c.from_state, STEPS.c.to_state, STEPS.c.at)
        .where(STEPS.c.register == declared.code, among(STEPS.c.entry_id, kept))
        .order_by(STEPS.c.id)
    )
    found: dict[int, list[tuple[str, datetime]]] = {}
    for entry_id, before, after, at in session.execute(query):
        first = (before, kept[entry_id]["created_at"] or at)
        found.setdefault(entry_id, [first]).append((after, at))
    for entry_id, row in kept.items():
        now, state = row["changed_at"], flow.state_of(row)
        if entry_id not in found:
            # Never moved, or being moved for the first time.
            is_new = state == flow.first or row["version"] == 1
            begun = [] if is_new else [(flow.first, row["created_at"] or now)]
            since = (row["created_at"] or now) if is_new else now
            found[entry_id] = [*begun, (state, since)]
        elif found[entry_id][-1][0] != state:
            found[entry_id].append((state, now))
    return found


def entered(passage: Passage, states: Collection[str]) -> list[datetime]:
    """Return when any of some states was entered from outside them."""
    return [passage[at][1] for at in _entering(passage, states)]


def ended(
    passage: Passage,
    begun: Collection[str],
    states: Collection[str],
    started_at: datetime,
) -> datetime | None:
    """Return when some states were entered after a start, for good.

    To go back into a state that starts the clock takes the end back; without such
    states the first entering after the start counts.
    """
    starts = _entering(passage, begun)
    after = starts[-1] if starts else -1
    for at in _entering(passage, states):
        if at > after and passage[at][1] >= started_at:
            return passage[at][1]
    return None


def spells(
    passage: Passage, states: Collection[str], until: datetime | None
) -> tuple[Pause, ...]:
    """Return the spells in some states that began before an instant, cut off there."""
    found: list[Pause] = []
    for at in _entering(passage, states):
        begin = passage[at][1]
        end = next((to for one, to in passage[at + 1 :] if one not in states), None)
        if until is not None:
            if begin >= until:
                break
            end = until if end is None else min(end, until)
        if end is None or end > begin:
            found.append((begin, end))
    return tuple(found)


def _entering(passage: Passage, states: Collection[str]) -> list[int]:
    inside = [state in states for state, _ in passage]
    return [
        at for at, here in enumerate(inside) if here and not (at and inside[at - 1])
    ]
