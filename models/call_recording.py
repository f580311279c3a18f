"""What came of an attempt to call: a new call, or one more attempt at one.

A call that nobody reached is closed in the same transaction once its retries are used
up, or once an outcome says that trying again is of no use.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import call_people, calling, catalogue, entries, making
from models.access import SYSTEM
from models.call_list import Asks, CallList, Round
from models.defaults import given_value
from models.history import Writer
from models.preparing import Row
from models.register import Declaration, Given, Makes
from models.rules.call_attempts import CallState
from models.words import PersonError


class CalledError(PersonError):
    """Somebody has called meanwhile; nothing was written."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "这位客户已有人联系过，或不再需要拨打，没有重复登记。请看刷新后的名单。",
            "Somebody has called meanwhile, or no call is needed any more; nothing was "
            "entered twice. Look at the list again.",
        )


def made_of(declared: Declaration, source: Asks | Round) -> Makes:
    """Return how a call is made of what a list says to call."""
    return next(
        one
        for one in catalogue.current()[source.register].makes
        if (one.target, one.via) == (declared.code, source.via)
    )


def sets(source: Asks | Round, writer: Writer) -> Row:
    """Return the first values of a call beside what is carried over."""
    return {
        name: given_value(value, writer) if isinstance(value, Given) else value
        for name, value in source.sets.items()
    }


def first(
    session: Session,
    declared: Declaration,
    source: Asks | Round,
    entry_id: int,
    outcome: str,
    again_at: datetime | None,
    writer: Writer,
) -> int:
    """Write the first attempt, which is the call's own entry; return its id.

    Raises:
        NotAllowedError: The writer may not read what it is about, or enter no calls.
        CalledError: It was made meanwhile.
        EntryRefusedError: With every problem of the call.
    """
    said = _said(declared)
    known = catalogue.current()[source.register]
    entry = entries.get(session, writer.person, source.register, entry_id)
    if not _is_wanted(session, declared, source, entry_id, writer):
        raise CalledError
    carried = making.prefill(session, known, entry, made_of(declared, source))
    values: dict[str, Any] = carried | sets(source, writer) | {said.outcome: outcome}
    if again_at is not None and said.again_at is not None:
        values[said.again_at] = again_at
    if outcome not in said.again and outcome not in said.reached:
        values |= said.closes
    return entries.create(session, declared.code, values, writer, vouched=carried)


def _is_wanted(
    session: Session,
    declared: Declaration,
    source: Asks | Round,
    entry_id: int,
    writer: Writer,
) -> bool:
    """Whether a call is still to be made."""
    if isinstance(source, Asks):
        left = calling.asking(session, SYSTEM, declared, source, writer.now)
        return entry_id in {one.key[1] for one in left}
    begins = call_people.day_of(writer.now, writer.zone).instants(writer.zone)[0]
    return entry_id in calling.not_called_since(
        session, SYSTEM, source, [entry_id], begins
    )


def again(
    session: Session,
    declared: Declaration,
    call_id: int,
    outcome: str,
    again_at: datetime | None,
    writer: Writer,
) -> CallState:
    """Write one more attempt at a call; return how the call stands now.

    Raises:
        NotAllowedError: The writer may not read the call, or enter no attempts.
        CalledError: It is not to be tried again any more.
        EntryRefusedError: With every problem of the attempt.
    """
    said = _said(declared)
    parts = said.attempts
    call = entries.get(session, writer.person, declared.code, call_id)
    hours = call_people.Hours(session)
    if parts is None or _try(session, declared, call_id, writer, hours) is None:
        raise CalledError
    whole = catalogue.current()[parts.register].part_of or ""
    values: dict[str, Any] = {whole: call_id, parts.outcome: outcome}
    if again_at is not None and parts.again_at is not None:
        values[parts.again_at] = again_at
    entries.create(session, parts.register, values, writer, vouched={whole: call_id})
    if outcome in said.reached:
        return CallState.REACHED
    if _try(session, declared, call_id, writer, hours) is not None:
        return CallState.AGAIN
    if said.closes:
        # By nobody: it follows from the attempts, whoever may change the call.
        by = replace(writer, person=SYSTEM)
        entries.change(session, declared.code, call["id"], said.closes, by)
    return CallState.UNREACHABLE


def _try(
    session: Session,
    declared: Declaration,
    call_id: int,
    writer: Writer,
    hours: call_people.Hours,
) -> calling.Trying | None:
    tried = calling.trying(session, SYSTEM, declared, writer.now, hours)
    return next((one for one in tried if one.key[1] == call_id), None)


def _said(declared: Declaration) -> CallList:
    if declared.call_list is None:
        raise ValueError(f"{declared.code} has no call list")
    return declared.call_list
