"""What may not be edited where it stands: entries of locked states, and their parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models import catalogue, references
from models.entry_errors import EntryLockedError
from models.flow import Flow
from models.register import Declaration

Row = Mapping[str, Any]


def demand_open(session: Session, declared: Declaration, rows: Sequence[Row]) -> None:
    """Refuse to write entries that are locked, or parts of an entry that is.

    Raises:
        EntryLockedError: Naming the state of the first that is found.
    """
    if declared.flow is not None:
        # A new entry is in its first state, which is for filling it in.
        _demand(declared.flow, [row for row in rows if row.get("id") is not None])
    if declared.part_of is None:
        return
    whole = catalogue.current()[declared.field(declared.part_of).refers_to or ""]
    if whole.flow is None or not any(one.locked for one in whole.flow.states):
        return
    ids = {row[declared.part_of] for row in rows if row.get(declared.part_of)}
    found = references.fetch(session, whole.code, ids, (whole.flow.field,))
    _demand(whole.flow, list(found.values()))


def _demand(flow: Flow, rows: Sequence[Row]) -> None:
    for row in rows:
        if flow.is_locked(row):
            raise EntryLockedError(flow.state(flow.state_of(row)).label)
