"""首问负责: what any employee takes down, and the desk accepting it from 待认领.

Whoever is asked first takes it down without any right on the register, and holds the
entry, its clocks and warnings, until somebody who keeps the register accepts it. Which
registers can be written so is declared (`handing.Anyone`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from models import access, catalogue, defaults, entries, references
from models.access import (
    EVERYTHING,
    MOST_SECRET,
    Action,
    Grant,
    Person,
    Role,
    Rows,
    marked,
)
from models.accounts import Account, account_role
from models.anyone_fields import asked
from models.defaults import given_value
from models.entries import Change
from models.entry_errors import (
    EntryRefusedError,
    NotAllowedError,
    RetiredRegisterError,
)
from models.fields import Given
from models.generations import demand_current
from models.handing import Anyone
from models.history import Writer
from models.posts import GONE
from models.preparing import Row, prepare
from models.register import Declaration

# Who accepts keeps the register: sees what others took down, and enters entries too.
ACCEPTS = (Action.LIST, Action.READ, Action.CREATE, Action.CHANGE)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry that somebody took down: all that they may see of it."""

    entry_id: int
    number: str
    at: datetime
    state: str | None  # the value of the register's field of states
    accepted_by: str | None  # a name
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The entries that were accepted, and those that somebody had accepted before."""

    done: tuple[Row, ...]
    before: tuple[Row, ...]


def registers() -> list[Declaration]:
    """Return the registers in which anyone may take something down."""
    return [
        one
        for one in catalogue.current()
        if one.anyone is not None and not one.is_retired
    ]


def page_of(declared: Declaration) -> Anyone:
    """Return what a register says of it; NotAllowedError where it says nothing."""
    if declared.anyone is None or declared.is_retired:
        raise NotAllowedError
    return declared.anyone


def desks(
    session: Session, person: Person, declared: Declaration
) -> list[tuple[int, str]]:
    """Return the departments to which something can be left, as (id, name).

    Those in which somebody keeps the register for more than themselves; a role that
    names the register counts before one that names them all. Where the person's own is
    one of them, it is the only answer.
    """
    roles = session.scalars(select(Role).options(selectinload(Role.grants))).all()
    grants = {one.id: [it.grant() for it in one.grants] for one in roles}
    keeping = _keeping(grants, declared.code) or _keeping(grants, EVERYTHING)
    if not keeping:
        return []
    staff = catalogue.current().table("staff")
    query = (
        select(staff.c.department_id)
        .join(Account, Account.staff_id == staff.c.id)
        .join(account_role, account_role.c.account_id == Account.id)
        .where(
            Account.active,
            account_role.c.role_id.in_(keeping),
            staff.c.department_id.is_not(None),
            staff.c.binned_at.is_(None),
            or_(staff.c.status.is_(None), staff.c.status != GONE),
        )
        .distinct()
    )
    found = set(session.scalars(marked(query, "staff")))
    if person.department_id in found:
        found = {person.department_id}
    labels = references.labels(session, "department", found)
    return sorted(labels.items(), key=lambda one: (one[1], one[0]))


def _keeping(grants: Mapping[int, Collection[Grant]], register: str) -> list[int]:
    """Return the roles by which somebody accepts what others took down."""
    found = []
    for role, some in grants.items():
        own = [one for one in some if one.register == register]
        actions = frozenset().union(*(one.actions for one in own))
        widest = max(
            (one.rows for one in own if Action.LIST in one.actions), default=Rows.NONE
        )
        if widest > Rows.OWN and actions >= set(ACCEPTS):
            found.append(role)
    return found


def take_down(
    session: Session,
    register: str,
    typed: Mapping[str, Any],
    writer: Writer,
    *,
    desk: int | None = None,
) -> Row:
    """Write what somebody took down and return it; no right on the register is needed.

    Args:
        session: A writing session.
        register: A register that anyone may write to.
        typed: What was filled in, of the fields that the page asks for.
        writer: Who took it down; must be an employee.
        desk: The department it is left to; needed where there are several.

    Raises:
        NotAllowedError: The register has no such page, or a field is not on it.
        EntryRefusedError: With every problem of what was typed.
        StaleDeclarationsError: The declaration was changed meanwhile.
    """
    demand_current(session)
    declared = catalogue.current()[register]
    if declared.is_retired:
        raise RetiredRegisterError(declared.title)
    said, staff_id = page_of(declared), writer.person.staff_id
    if staff_id is None or set(typed) - {one.name for one in asked(declared)}:
        raise NotAllowedError
    department = _department(session, declared, writer.person, desk)
    values = {
        name: given_value(value, writer) if isinstance(value, Given) else value
        for name, value in said.sets.items()
    }
    values |= {**typed, said.taken_by: staff_id, **_place(session, department)}
    by = replace(writer, person=allowed(writer.person, register, Action.CREATE))
    rows, problems = prepare(session, declared, [values], by, by_flow=True)
    if problems:
        raise EntryRefusedError(problems)
    entries.save_prepared(session, declared, rows, by)
    return rows[0]


def _department(
    session: Session, declared: Declaration, person: Person, desk: int | None
) -> int | None:
    """Return the department that an entry is left to; the own one where there is none.

    Nobody chooses where there is one answer.
    """
    offered = [key for key, _ in desks(session, person, declared)]
    if not offered:
        return person.department_id
    if len(offered) == 1:
        return offered[0]
    if desk not in offered:
        raise NotAllowedError
    return desk


def _place(session: Session, department: int | None) -> Row:
    """Return the department and its branch, as an entry has them."""
    if department is None:
        return {}
    found = references.fetch(session, "department", {department}, ("branch",))
    branch = found.get(department, {}).get("branch")
    return {"department": department} | ({"branch": branch} if branch else {})


def allowed(person: Person, register: str, *actions: Action) -> Person:
    """Return a person who may do just this, by a rule and not by a grant of theirs.

    For writes whose right was found out otherwise; nothing is shown to this person.
    """
    grant = Grant(register, frozenset(actions), Rows.ALL, secrecy=MOST_SECRET)
    others = [one for one in person.grants if one.register != register]
    return replace(person, grants=(*others, grant))


def taken_by(
    session: Session, declared: Declaration, staff_id: int, limit: int
) -> list[Taken]:
    """Return what a person took down, the latest first, with what became of it.

    Their own entries only, and of these nothing but number and state: whoever takes
    something down need not be somebody who may read the register.
    """
    said = page_of(declared)
    known = catalogue.current()
    table, staff = known.table(declared.code), known.table("staff")
    state = declared.state_field
    columns = {name: table.c[declared.field(name).column or ""] for name in said.notes}
    query = (
        select(
            table.c.id,
            table.c.number,
            table.c.created_at,
            (table.c[state.column or ""] if state else table.c.number).label("state"),
            staff.c.name.label("accepted_by"),
            columns[said.accepted_at].label("accepted_at"),
        )
        .outerjoin(staff, staff.c.id == columns[said.accepted_by])
        .where(table.c.binned_at.is_(None), columns[said.taken_by] == staff_id)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [
        Taken(
            row.id,
            row.number or f"#{row.id}",
            row.created_at,
            row.state if state else None,
            row.accepted_by,
            row.accepted_at,
        )
        for row in session.execute(marked(query, declared.code, "staff"))
    ]


def may_accept(person: Person, declared: Declaration) -> bool:
    """Whether a person accepts what others took down, of the rows that they see."""
    if declared.anyone is None or person.staff_id is None:
        return False
    return all(person.may(declared.code, one) for one in ACCEPTS)


def waiting(person: Person, declared: Declaration) -> Select[Any]:
    """Return the select of what waits to be accepted, of the rows the person lists."""
    said = page_of(declared)
    table = catalogue.current().table(declared.code)
    taken, _, accepted = (table.c[declared.field(n).column or n] for n in said.notes)
    query = access.visible(person, declared.code, Action.LIST)
    return query.where(and_(taken.is_not(None), accepted.is_(None)))


def accept(
    session: Session, register: str, ids: Sequence[int], writer: Writer
) -> Accepted:
    """Make a person the holder of what others took down, in the open transaction.

    What somebody else accepted a moment before is left to them and told. What can be
    found by the register's look-ups, and the taker could not see, is filled in now.

    Raises:
        NotAllowedError: The person does not keep the register, or sees no such entry.
        StaleDeclarationsError: The declaration was changed meanwhile.
    """
    demand_current(session)
    declared = catalogue.current()[register]
    said, person = page_of(declared), writer.person
    if not may_accept(person, declared):
        raise NotAllowedError
    table = catalogue.current().table(register)
    rows = entries.lock(session, declared, table, ids, writer, Action.READ)
    if any(row[said.taken_by] is None for row in rows):
        raise NotAllowedError
    open_ = [row for row in rows if row[said.accepted_at] is None]
    noted: Row = {said.accepted_by: person.staff_id, said.accepted_at: writer.now}
    noted |= dict.fromkeys(declared.handed_on, person.staff_id)
    changes = [
        Change(row["id"], _found(session, declared, row, writer) | noted)
        for row in open_
    ]
    done = entries.change_many(session, register, changes, writer, by_flow=True)
    gone = [row for row in rows if row[said.accepted_at] is not None]
    return Accepted(tuple(done), tuple(gone))


def _found(session: Session, declared: Declaration, row: Row, writer: Writer) -> Row:
    """Return what the accepting person's rights find for what is still empty."""
    filled = dict(row)
    defaults.fill(session, declared, [filled], [{}], writer)
    return {name: value for name, value in filled.items() if value != row.get(name)}
