"""What may not be edited where it stands: entries of locked states, and their parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models import catalogue, references
from models.entry_errors import EntryLockedError
from models.flow import Flow
from models.register import Declaration
from models.words import Label

Row = Mapping[str, Any]


def demand_open(session: Session, declared: Declaration, rows: Sequence[Row]) -> None:
    """Refuse to write entries that are locked, or parts of an entry that is.

    Raises:
        EntryLockedError: Naming the state of the first that is found.
    """
    for state in closed(session, declared, rows).values():
        raise EntryLockedError(state)


def closed(
    session: Session, declared: Declaration, rows: Sequence[Row]
) -> dict[int, Label]:
    """Return {place: its state} of the rows that are locked, or whose whole is."""
    found = {}
    if declared.flow is not None:
        # A new entry is in its first state, which is for filling it in.
        found = _closed(
            declared.flow,
            {at: row for at, row in enumerate(rows) if row.get("id") is not None},
        )
    if declared.part_of is None:
        return found
    whole = catalogue.current()[declared.field(declared.part_of).refers_to or ""]
    if whole.flow is None or not any(one.locked for one in whole.flow.states):
        return found
    ids = {row[declared.part_of] for row in rows if row.get(declared.part_of)}
    wholes = references.fetch(session, whole.code, ids, (whole.flow.field,))
    parts = {at: wholes.get(row[declared.part_of] or 0) for at, row in enumerate(rows)}
    return found | _closed(whole.flow, {at: row for at, row in parts.items() if row})


def _closed(flow: Flow, rows: Mapping[int, Row]) -> dict[int, Label]:
    return {
        at: flow.state(flow.state_of(row)).label
        for at, row in rows.items()
        if flow.is_locked(row)
    }
