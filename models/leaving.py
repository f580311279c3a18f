"""全部移交: all the open work of somebody who leaves, or is away, goes to another.

Entries still to be done and those with a running clock, approvals that are this very
person's, hand-overs left to them. One transaction: killed at any line, nothing of it
has happened. What is the person's own affair (a claim, a leave) stays theirs: such a
register hands nothing on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, open_work
from models.access import SYSTEM, Action, Person, marked
from models.accounts import Account, person_of
from models.clock_table import Clock, is_open
from models.entries import Change
from models.entry_errors import NotAllowedError
from models.fields import IMPLIED_TARGETS, PERSON
from models.first_asked import allowed
from models.flow import Transition, WhoKind
from models.flow_who import Standing
from models.handing import HOLDER
from models.handing_on import CannotHoldError, hand_on
from models.history import Writer
from models.posts import GONE
from models.register import Declaration
from models.words import PersonError

STAFF = IMPLIED_TARGETS[PERSON]  # the register that fields of persons refer to
# Where a rule finds a superior or a manager: the register, and its field.
LEADS = ((STAFF, "superior"), ("department", "manager"))


class BadTakerError(PersonError):
    """Whoever was chosen cannot take anything over."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The open entries of one register that a person answers for."""

    declared: Declaration
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """All that somebody has in hand."""

    portions: tuple[Portion, ...]
    clocks: int  # running on those entries, and theirs
    own_clocks: int  # running on what is their own affair: they stay
    approvals: tuple[tuple[Portion, str], ...]  # with the field that names them
    leads: tuple[Portion, ...]  # staff and departments that they lead
    hand_overs: tuple[Portion, ...]  # left to them and not confirmed

    @property
    def count(self) -> int:
        """How many entries would change hands."""
        parts = (*self.portions, *self.leads, *self.hand_overs)
        approvals = (one for one, _ in self.approvals)
        return sum(len(one.ids) for one in (*parts, *approvals))


def may_hand_all(session: Session, writer: Writer, staff_id: int) -> bool:
    """Whether somebody may hand over all that a member of staff has in hand.

    Who may change the staff entry, and who manages the department.
    """
    person = writer.person
    table = catalogue.current().table(STAFF)
    one = access.visible(person, STAFF, Action.CHANGE).where(table.c.id == staff_id)
    if session.execute(one.with_only_columns(table.c.id)).first() is not None:
        return True
    seen = access.visible(person, STAFF, Action.READ).where(table.c.id == staff_id)
    found = session.execute(seen.with_only_columns(table.c.department_id)).first()
    if found is None or found.department_id is None or person.staff_id is None:
        return False
    today = writer.now.astimezone(writer.zone).date()
    return Standing(session, person, today).manages(found.department_id)


def taker(session: Session, staff_id: int, from_id: int) -> Person:
    """Return whoever is to take over, with their rights.

    Raises:
        BadTakerError: It is the same person, or nobody who works here and signs in.
    """
    staff = catalogue.current().table(STAFF)
    query = select(Account).join(staff, staff.c.id == Account.staff_id)
    query = query.where(
        Account.active,
        staff.c.id == staff_id,
        staff.c.binned_at.is_(None),
        or_(staff.c.status.is_(None), staff.c.status != GONE),
    )
    account = session.scalars(marked(query, STAFF)).first()
    if staff_id == from_id:
        raise BadTakerError(
            "接手人不能是移交人自己，请另选一位。",
            "Nobody takes over from themselves. Choose another person.",
        )
    if account is None:
        raise BadTakerError(
            "所选的人已离职，或没有可登录的账号，不能接手。请另选一位。",
            "This person has left or has no account to sign in with. Choose another.",
        )
    return person_of(session, account)


def held(session: Session, staff_id: int) -> Held:
    """Return all that a person has in hand, whoever asks; see `may_hand_all`."""
    portions = tuple(
        one
        for declared in open_work.registers()
        if (one := _open(session, declared, staff_id)).ids
    )
    clocks, own_clocks = _clocks(session, staff_id, portions)
    return Held(
        portions,
        clocks,
        own_clocks,
        tuple(_approvals(session, staff_id)),
        tuple(_leads(session, staff_id)),
        tuple(_hand_overs(session, staff_id)),
    )


def _of(
    session: Session, declared: Declaration, condition: ColumnElement[bool]
) -> Portion:
    table = catalogue.current().table(declared.code)
    query = access.visible(SYSTEM, declared.code, Action.READ).where(condition)
    ids = session.scalars(query.with_only_columns(table.c.id).order_by(table.c.id))
    return Portion(declared, tuple(ids))


def _open(session: Session, declared: Declaration, staff_id: int) -> Portion:
    """Return the entries still to be done, and those on which their clock runs."""
    table = catalogue.current().table(declared.code)
    theirs = open_work.answered_for(declared, table, staff_id)
    still_open = open_work.open_criteria(declared, table)
    running = table.c.id.in_(
        select(Clock.entry_id).where(
            Clock.register == declared.code, Clock.holder_id == staff_id, is_open()
        )
    )
    wanted = running if still_open is None else or_(running, still_open)
    return _of(session, declared, and_(theirs, wanted))


def _clocks(
    session: Session, staff_id: int, portions: Sequence[Portion]
) -> tuple[int, int]:
    query = select(Clock.register, Clock.entry_id)
    query = query.where(Clock.holder_id == staff_id, is_open())
    moved = {(one.declared.code, it) for one in portions for it in one.ids}
    running = [(register, entry_id) for register, entry_id in session.execute(query)]
    going = sum(1 for one in running if one in moved)
    return going, len(running) - going


def _approvals(session: Session, staff_id: int) -> Iterator[tuple[Portion, str]]:
    """Yield entries that wait for this very person's approval, by the field."""
    for declared in catalogue.current():
        flow = declared.flow
        for name in dict.fromkeys(_approvers(declared)):
            table = catalogue.current().table(declared.code)
            sources = {
                source
                for one in (flow.transitions if flow else ())
                if name in _named(one)
                for source in one.sources
            }
            kept = table.c[declared.field(flow.field).column or ""] if flow else None
            named = table.c[declared.field(name).column or ""] == staff_id
            if kept is not None:
                portion = _of(session, declared, and_(named, kept.in_(sources)))
                if portion.ids:
                    yield portion, name


def _approvers(declared: Declaration) -> Iterator[str]:
    for one in declared.flow.transitions if declared.flow else ():
        yield from (name for name in _named(one) if name not in declared.handed_on)


def _named(one: Transition) -> list[str]:
    """Return the fields whose person approves by a step."""
    if not one.approves:
        return []
    return [
        who.of for who in one.allowed if who.kind is WhoKind.PERSON and who.of != HOLDER
    ]


def _leads(session: Session, staff_id: int) -> Iterator[Portion]:
    known = catalogue.current()
    for register, name in LEADS:
        declared, table = known[register], known.table(register)
        column = table.c[declared.field(name).column or ""]
        portion = _of(session, declared, column == staff_id)
        if portion.ids:
            yield portion


def _hand_overs(session: Session, staff_id: int) -> Iterator[Portion]:
    known = catalogue.current()
    for declared in known:
        said = declared.hands_over
        if said is None:
            continue
        table = known.table(declared.code)
        to, at = (
            table.c[declared.field(name).column or ""]
            for name in (said.to, said.confirmed_at)
        )
        portion = _of(session, declared, and_(to == staff_id, at.is_(None)))
        if portion.ids:
            yield portion


def hand_all(
    session: Session,
    staff_id: int,
    to: Person,
    writer: Writer,
    *,
    leads: bool = True,
    as_far_as_may: bool = False,
) -> Held:
    """Hand over all that a person has in hand, and return what was moved.

    Args:
        session: A writing session; rolled back by the caller on any error.
        staff_id: Whose work it is.
        to: Who takes it over, with their rights.
        writer: Who does it; the right to was found out (`may_hand_all`).
        leads: Approvals by name, the staff they lead and their departments as well:
            for good. A short absence has a deputy for these.
        as_far_as_may: Leave a register's entries where the taker may not change them,
            instead of refusing all.

    Raises:
        CannotHoldError: The taker may not change an entry, even as its holder.
    """
    if to.staff_id is None or to.staff_id == staff_id:
        raise NotAllowedError
    found = held(session, staff_id)
    moved = []
    for one in found.portions:
        try:
            with session.begin_nested():
                hand_on(session, one.declared, one.ids, staff_id, to, writer)
        except CannotHoldError:
            if not as_far_as_may:
                raise
        else:
            moved.append(one)
    if leads:
        for one, name in found.approvals:
            _put(session, one, {name: to.staff_id}, writer)
        _hand_leads(session, found.leads, staff_id, to.staff_id, writer)
    for one in found.hand_overs:
        _hand_hand_over(session, one, to.staff_id, writer)
    return replace(
        found,
        portions=tuple(moved),
        approvals=found.approvals if leads else (),
        leads=found.leads if leads else (),
    )


def _hand_leads(
    session: Session,
    portions: Sequence[Portion],
    from_id: int,
    to_id: int,
    writer: Writer,
) -> None:
    """Put the taker over those led; whoever takes over themselves goes one up."""
    fields = dict(LEADS)
    for one in portions:
        code = one.declared.code
        name = fields[code]
        others = replace(one, ids=tuple(it for it in one.ids if it != to_id))
        if code != STAFF:
            others = one
        _put(session, others, {name: to_id}, writer)
        if code == STAFF and to_id in one.ids:
            above = entries.get(session, SYSTEM, STAFF, from_id)[name]
            _put(session, replace(one, ids=(to_id,)), {name: above}, writer)


def _hand_hand_over(
    session: Session, portion: Portion, to_id: int, writer: Writer
) -> None:
    """Leave a hand-over to the taker; to whoever comes next, if it is the taker's."""
    said = portion.declared.hands_over
    if said is None:
        return
    for entry_id in portion.ids:
        row = entries.get(session, SYSTEM, portion.declared.code, entry_id)
        value = None if row[said.by] == to_id else to_id
        _put(session, replace(portion, ids=(entry_id,)), {said.to: value}, writer)


def _put(
    session: Session, portion: Portion, values: dict[str, Any], writer: Writer
) -> None:
    code = portion.declared.code
    by = replace(writer, person=allowed(writer.person, code, Action.READ))
    changes = [Change(entry_id, values) for entry_id in portion.ids]
    entries.change_many(session, code, changes, by, by_flow=True)
