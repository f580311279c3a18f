"""What a breach proposes: an entry of a register that somebody may then make, or not.

Nothing is entered by itself. The target says the register, which of its fields names
the person, and what its other fields hold; whoever is above the holder and may enter
such entries does so with one click, and it is theirs as if they had typed it.

    {"register": "reward_penalty", "person": "person",
     "values": {"kind": "deduction", "reason": "{target}逾期：{number}"},
     "carry": {"trip": "id"}}

In texts {target}, {number} and {due} stand for the promise, the entry and the day it
was due. `carry` takes fields from the entry; `id` is the entry itself.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, entries
from models.access import marked
from models.clock_table import Clock
from models.fields import Field
from models.history import Writer
from models.proposal_checks import ENTRY, cleaned
from models.register import Declaration
from models.rules.wall_clock import day_label
from models.targets import SlaTarget


def register_of(target: SlaTarget) -> Declaration | None:
    """Return the register of what a target proposes; None where it proposes nothing."""
    code = (target.proposes or {}).get("register")
    return next((one for one in catalogue.current() if one.code == code), None)


def values_of(
    session: Session, clock: Clock, target: SlaTarget, writer: Writer
) -> dict[str, Any]:
    """Return the values of the entry that a breach proposes; nothing is written."""
    said, register = target.proposes or {}, register_of(target)
    if register is None:
        return {}
    places = {
        "target": target.name_zh,
        "number": clock.number or str(clock.entry_id),
        "due": day_label(clock.due_at.astimezone(writer.zone).date()).zh,
    }
    values = {
        name: _value(register.field(name), value, places)
        for name, value in said.get("values", {}).items()
    }
    values |= _carried(session, clock, said.get("carry", {}))
    return values | {said["person"]: clock.holder_id}


def enter(session: Session, clock: Clock, target: SlaTarget, writer: Writer) -> int:
    """Make the entry that a breach proposes, as if the writer had typed it.

    Raises as a new entry does: whoever may not enter one there enters none here.
    """
    values = values_of(session, clock, target, writer)
    code = str((target.proposes or {})["register"])
    return entries.create(session, code, values, writer)


def _value(one: Field, value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in places.items():
            value = value.replace(f"{{{name}}}", text)
    return cleaned(one, value)


def _carried(
    session: Session, clock: Clock, carry: Mapping[str, str]
) -> dict[str, Any]:
    """Return what goes over from the entry whose promise was broken."""
    if not carry:
        return {}
    declared = catalogue.current()[clock.register]
    table = catalogue.current().table(clock.register)
    query = select(table).where(table.c.id == clock.entry_id)
    row = session.execute(marked(query, clock.register)).mappings().one()
    return {
        name: row["id" if ours == ENTRY else declared.field(ours).column or ours]
        for name, ours in carry.items()
    }
