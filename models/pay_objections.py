"""Objections to slips: raised from the slip itself, kept as entries of a register."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, entries
from models.access import Action, Person, marked
from models.entries import load
from models.history import Writer
from models.pay_error import PayError
from models.pay_inputs import STAFF_REGISTER
from models.pay_tables import PayRun, PaySlip
from models.preparing import Row
from models.words import Label

REGISTER = "pay_objection"
OPEN = "raised"


def make(
    session: Session, run: PayRun, slip: PaySlip, code: str, reason: str, writer: Writer
) -> int:
    """Write down what the owner of a slip holds wrong on it, and return the entry.

    Args:
        session: A writing session.
        run: The run the slip is of.
        slip: The owner's own.
        code: Which line; "" for the whole slip.
        reason: The owner's words.
        writer: The owner.

    Raises:
        PayError: It is not their slip, there is no such line, or an objection to it
            waits already.
        EntryRefusedError: No reason was given.
        NotAllowedError: They may not create entries of the register.
    """
    if slip.staff_id != writer.person.staff_id:
        raise PayError(
            "只能对自己的工资条提出异议。", "One objects to one's own slip only."
        )
    line = _line(slip, code)
    for one in of_slip(session, writer.person, run, slip):
        if one["status"] == OPEN and (one["line"] or "") == line.zh:
            raise PayError(
                "这一项已有待处理的异议 {number}。",
                "Objection {number} to this is not decided yet.",
                number=one["number"] or one["id"],
            )
    people = {"objector": slip.staff_id, "handler": _superior(session, slip.staff_id)}
    said = {
        "period": run.period,
        "line": line.zh or None,
        "reason": reason.strip() or None,
        "asked_at": writer.now,
    }
    return entries.create(session, REGISTER, people | said, writer, vouched=people)


def of_slip(session: Session, person: Person, run: PayRun, slip: PaySlip) -> list[Row]:
    """Return the objections to a slip that a person may read, the newest first."""
    if not person.may(REGISTER, Action.LIST):
        return []
    table = catalogue.current().table(REGISTER)
    query = access.visible(person, REGISTER, Action.LIST).where(
        table.c.objector_id == slip.staff_id, table.c.period == run.period
    )
    declared = catalogue.current()[REGISTER]
    return load(session, declared, query.order_by(table.c.id.desc()))


def _line(slip: PaySlip, code: str) -> Label:
    if not code:
        return Label("", "")
    for one in slip.items:
        if one.code == code:
            return one.label
    raise PayError("工资条上没有这一项。", "There is no such line on the slip.")


def _superior(session: Session, staff_id: int) -> int | None:
    table = catalogue.current().table(STAFF_REGISTER)
    query = select(table.c.superior_id).where(table.c.id == staff_id)
    found = session.scalar(marked(query, STAFF_REGISTER))
    return None if found is None else int(found)
