"""Who is calling, by field types alone: the customers of a number, what was spoken of.

Rows are those the person may list, and a number finds something only when complete.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    bindparam,
    literal,
    or_,
    select,
    union_all,
)

from admin import entry_lines, visit
from admin.list_page import desk
from models import access, catalogue
from models.access import Action
from models.entries import load
from models.keeping import kept
from models.register import (
    CUSTOMER,
    IMPLIED_TARGETS,
    MACHINE,
    PHONE,
    Declaration,
    Field,
)
from models.rules.cell_basics import CellError
from models.rules.cell_phones import read_phone

CUSTOMERS = IMPLIED_TARGETS[CUSTOMER]
MACHINES = IMPLIED_TARGETS[MACHINE]
MOST = 5  # customers of one number, machines of one customer
CONTACTS = 6
FEWEST_DIGITS = 7  # of a complete number
Row = dict[str, Any]


def complete(text: str) -> str | None:
    """Return a complete phone number as it is kept; None for a part of one."""
    if sum(map(str.isdigit, text)) < FEWEST_DIGITS:
        return None
    try:
        return read_phone(text)
    except CellError:
        return None


def of_types(declared: Declaration, *types: Any) -> list[Field]:
    """Return the fields of some types that exist for the person."""
    return [
        one
        for one in visit.person().fields(declared)
        if one.type in types and one.column
    ]


def customers_of(ids: dict[str, int], number: str | None) -> list[Row]:
    """Return the customers meant: the one named, else by machine, else by number."""
    known = catalogue.current()
    if CUSTOMERS not in known or not visit.person().may(CUSTOMERS, Action.READ):
        return []
    wanted = [ids[CUSTOMERS]] if ids[CUSTOMERS] else []
    if not wanted and ids[MACHINES]:
        wanted = _customers_of_machine(ids[MACHINES])
    if not wanted and number:
        wanted = _customers_of_number(number)
    if not wanted:
        return []
    table = known.table(CUSTOMERS)
    query = access.visible(visit.person(), CUSTOMERS, Action.READ)
    query = query.where(table.c.id.in_(wanted)).order_by(table.c.id.desc())
    return load(visit.session(), known[CUSTOMERS], query.limit(MOST))


def _customers_of_machine(machine: int) -> list[int]:
    known = catalogue.current()
    fields = of_types(known[MACHINES], CUSTOMER) if MACHINES in known else []
    if not fields or not visit.person().may(MACHINES, Action.LIST):
        return []
    table = known.table(MACHINES)
    query = access.visible(visit.person(), MACHINES, Action.LIST)
    column = table.c[fields[0].column or ""]
    found = query.where(table.c.id == machine).with_only_columns(column)
    return [one for one in visit.session().scalars(found) if one is not None]


def _customers_of_number(number: str) -> list[int]:
    """Return the customers with the number, of their own or of one who is theirs."""
    known, person = catalogue.current(), visit.person()
    found: list[int] = []
    for declared in known:
        phones = of_types(declared, PHONE)
        owner = _owner_column(declared)
        if not phones or owner is None or not person.may(declared.code, Action.LIST):
            continue
        table = known.table(declared.code)
        query = access.visible(person, declared.code, Action.LIST)
        same = or_(*(table.c[one.column or ""] == number for one in phones))
        ids = query.where(same).with_only_columns(table.c[owner])
        found += visit.session().scalars(ids.limit(MOST))
    return list(dict.fromkeys(found))


def _owner_column(declared: Declaration) -> str | None:
    """Return the column that says whose the number is, where an entry is a person's."""
    if declared.code == CUSTOMERS:
        return "id"
    part_of = declared.part_of
    if part_of is not None and declared.field(part_of).type is CUSTOMER:
        return declared.field(part_of).column
    return None


def contacts_of(customers: Iterable[int], number: str | None) -> list[Row]:
    """Return the newest entries about the customer or of the number, over registers.

    All registers are asked by one statement; those that are files and parts of others
    are none that anybody calls a contact.
    """
    ids = list(customers)
    newest = _newest(by_customer=bool(ids), by_number=number is not None)
    if newest is None:
        return []
    session = visit.session()
    asked = {"customers": ids, "number": number}
    keys = [(one, key) for one, key in session.execute(newest, asked)]
    lines = entry_lines.of(session, desk(), keys)
    # Whose they are stands above them.
    return [lines[key] | {"text": lines[key]["what"]} for key in keys if key in lines]


def _newest(*, by_customer: bool, by_number: bool) -> Any | None:
    """Return the statement over all registers; made once for the same rights.

    Building it takes longer than asking it, and every form that opens asks.
    """
    person = visit.person()
    key = (
        person.grants,
        person.staff_id,
        person.departments,
        person.branch_id,
        person.watched_by,
        by_customer,
        by_number,
    )
    make = partial(_new_newest, by_customer=by_customer, by_number=by_number)
    return kept(catalogue.current().metadata, "newest", key, make)


def _new_newest(*, by_customer: bool, by_number: bool) -> Any | None:
    every, marks = [], set()
    for declared in catalogue.current():
        query = _contacts_in(declared, by_customer=by_customer, by_number=by_number)
        if query is not None:
            every.append(query)
            marks.add(declared.code)
    if not every:
        return None
    united = union_all(*every).subquery()
    newest = select(united.c.register, united.c.id)
    newest = newest.order_by(united.c.at.desc(), united.c.id.desc()).limit(CONTACTS)
    return access.marked(newest, *marks)


def _contacts_in(
    declared: Declaration, *, by_customer: bool, by_number: bool
) -> Any | None:
    person = visit.person()
    is_work = declared.in_menu and declared.numbering and declared.code != MACHINES
    if not is_work or not person.may(declared.code, Action.LIST):
        return None
    table = catalogue.current().table(declared.code)
    about: list[ColumnElement[bool]] = [
        table.c[one.column or ""].in_(bindparam("customers", expanding=True))
        for one in of_types(declared, CUSTOMER)
        if by_customer
    ]
    if not about and not (by_number and of_types(declared, CUSTOMER)):
        return None
    if by_number and not by_customer:
        about = [
            table.c[one.column or ""] == bindparam("number")
            for one in of_types(declared, PHONE)
        ]
    if not about:
        return None
    query = access.visible(person, declared.code, Action.LIST).where(or_(*about))
    columns = (
        literal(declared.code, String).label("register"),
        table.c.id,
        table.c[entry_lines.moment_name(declared)].label("at"),
    )
    newest = query.with_only_columns(*columns).order_by(columns[2].desc())
    return select(newest.limit(CONTACTS).subquery())
