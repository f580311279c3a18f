"""Who is calling: the customer's file, machines and last contacts beside a form.

Found by field types alone. A number reveals data only when it is complete, and whoever
typed it is written down.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, String, literal, or_, select, union_all

from admin import entry_lines, visit
from admin.list_page import desk
from admin.value_words import words
from models import access, catalogue, masking, references
from models.access import Action
from models.accounts import ReadEvent
from models.entries import load
from models.register import (
    CUSTOMER,
    DATE,
    IMPLIED_TARGETS,
    LONG_TEXT,
    MACHINE,
    PHONE,
    WITHOUT_COLUMN,
    YES_NO,
    Declaration,
    Field,
)
from models.register_words import MENUS
from models.rules.cell_basics import CellError
from models.rules.cell_phones import read_phone
from models.words import Label

blueprint = Blueprint("side", __name__)
CUSTOMERS = IMPLIED_TARGETS[CUSTOMER]
MACHINES = IMPLIED_TARGETS[MACHINE]
LOOKED_UP = (PHONE, CUSTOMER, MACHINE)
OTHERS = 5  # customers of one number, machines of one customer
CONTACTS = 6
FACTS = 5
FEWEST_DIGITS = 7  # of a complete number
LONGEST_ID = 18
Row = dict[str, Any]


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/call")
def call() -> ResponseReturnValue:
    """Open a new entry for a caller: the address that a softphone opens.

    Of the first register of the menu that has a phone field, makes other entries and
    may be written by the person.
    """
    order = {label: index for index, label in enumerate(MENUS)}
    registers = sorted(
        catalogue.current(), key=lambda one: order.get(one.menu, len(order))
    )
    for one in registers:
        phones = _of_types(one, PHONE)
        may = visit.person().may(one.code, Action.CREATE)
        if phones and one.makes and one.in_menu and may:
            typed: Row = {phones[0].name: request.args.get("phone", "").strip()[:40]}
            return redirect(url_for("register.create_view", register=one.code, **typed))
    return abort(403)


@blueprint.get("/register/<register>/side/")
def panel(register: str) -> ResponseReturnValue:
    """Return what is known of the number, customer or machine just typed."""
    known = catalogue.current()
    if register not in known:
        abort(404)
    person, declared = visit.person(), known[register]
    if not (person.may(register, Action.CREATE) or person.may(register, Action.CHANGE)):
        abort(403)
    side = _side(declared, request.args.to_dict(), typed=True)
    return render_template("register/side.html", side=side) if side else ""


def address(declared: Declaration) -> str | None:
    """Return the address a form asks while somebody types, if it has what to ask."""
    if not _of_types(declared, *LOOKED_UP):
        return None
    return visit.address_of("side.panel", register=declared.code)


def beside(declared: Declaration, values: Row) -> Row | None:
    """Return what stands beside a form that opens with some values."""
    said = {
        one.name: str(values[one.name])
        for one in _of_types(declared, *LOOKED_UP)
        if values.get(one.name)
    }
    typed = any(one in request.args for one in said)
    return _side(declared, said, typed=typed) if said else None


def typed_already(declared: Declaration) -> Row:
    """Return the first values of a new entry that its address gives: ?phone=...

    With the customer, where the number is one customer's alone.
    """
    given: Row = {}
    for one in _of_types(declared, PHONE):
        number = complete(request.args.get(one.name, ""))
        if number:
            given[one.name] = number
            owners = _customers({CUSTOMERS: 0, MACHINES: 0}, number)
            fields = _of_types(declared, CUSTOMER)
            if len(owners) == 1 and fields:
                given[fields[0].name] = owners[0]["id"]
    return given


def complete(text: str) -> str | None:
    """Return a complete phone number as it is kept; None for a part of one."""
    if sum(map(str.isdigit, text)) < FEWEST_DIGITS:
        return None
    try:
        return read_phone(text)
    except CellError:
        return None


def _of_types(declared: Declaration, *types: Any) -> list[Field]:
    return [
        one
        for one in visit.person().fields(declared)
        if one.type in types and one.column
    ]


def _side(declared: Declaration, said: dict[str, str], *, typed: bool) -> Row | None:
    """Return the panel's content; a customer that is named beats a number.

    What the person `typed` and what it revealed is written down.
    """
    number, ids = None, {CUSTOMERS: 0, MACHINES: 0}
    for one in _of_types(declared, *LOOKED_UP):
        text = said.get(one.name, "")
        if one.type is PHONE:
            number = number or complete(text)
        elif text.isdecimal() and len(text) <= LONGEST_ID:
            ids[one.refers_to or ""] = int(text)
    customers = _customers(ids, number)
    if not customers and number is None:
        return None
    contacts = _contacts([row["id"] for row in customers[:1]], number)
    if typed and number and (customers or contacts):
        _write_down(number, customers)
    return {
        "customer": _customer(customers[0], number) if customers else None,
        "machines": _machines(customers[0]["id"]) if customers else [],
        "contacts": contacts,
        "others": [_link(row) for row in customers[1:OTHERS]],
        "unknown": None if customers else _unknown(),
        "create_url": None if customers else _create_url(number),
    }


def _unknown() -> str:
    return visit.t("此号码没有客户档案", "No customer has this number")


def _create_url(number: str | None) -> str | None:
    known = catalogue.current()
    if CUSTOMERS not in known or not visit.person().may(CUSTOMERS, Action.CREATE):
        return None
    phones = _of_types(known[CUSTOMERS], PHONE)
    typed: Row = {phones[0].name: number} if phones and number else {}
    return url_for("register.create_view", register=CUSTOMERS, **typed)


def _customers(ids: dict[str, int], number: str | None) -> list[Row]:
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
    return load(visit.session(), known[CUSTOMERS], query.limit(OTHERS))


def _customers_of_machine(machine: int) -> list[int]:
    known = catalogue.current()
    fields = _of_types(known[MACHINES], CUSTOMER) if MACHINES in known else []
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
        phones = _of_types(declared, PHONE)
        owner = _owner_column(declared)
        if not phones or owner is None or not person.may(declared.code, Action.LIST):
            continue
        table = known.table(declared.code)
        query = access.visible(person, declared.code, Action.LIST)
        same = or_(*(table.c[one.column or ""] == number for one in phones))
        ids = query.where(same).with_only_columns(table.c[owner])
        found += visit.session().scalars(ids.limit(OTHERS))
    return list(dict.fromkeys(found))


def _owner_column(declared: Declaration) -> str | None:
    """Return the column that says whose the number is, where an entry is a person's."""
    if declared.code == CUSTOMERS:
        return "id"
    part_of = declared.part_of
    if part_of is not None and declared.field(part_of).type is CUSTOMER:
        return declared.field(part_of).column
    return None


def _customer(row: Row, number: str | None) -> Row:
    """Return the customer's card: name, what matters of the form, long text as note."""
    declared = catalogue.current()[CUSTOMERS]
    person, language, zone = visit.person(), visit.language(), visit.zone()
    facts: list[dict[str, str]] = []
    level = note = None
    for one in person.fields(declared):
        value = row.get(one.name)
        if value in (None, "") or one.name in declared.display or one.standard:
            continue
        if one.type is YES_NO and value:
            level = level or one.label.text(language)
        elif one.type is LONG_TEXT and not one.personal:
            note = str(value)
        elif one.first and one.type not in WITHOUT_COLUMN and len(facts) < FACTS:
            shown = words(visit.session(), one, value, language, zone)
            if one.personal and value != number:
                hidden = masking.masks(person, declared, one, row)
                shown = str(masking.mask(one, value)) if hidden else shown
            facts.append({"label": one.label.text(language), "text": shown})
    return {
        "name": references.called(declared, row),
        "number": row["number"],
        "url": _url(CUSTOMERS, row["id"]),
        "level": level,
        "facts": facts,
        "note": note,
    }


def _link(row: Row) -> dict[str, Any]:
    declared = catalogue.current()[CUSTOMERS]
    return {
        "label": references.called(declared, row),
        "url": _url(CUSTOMERS, row["id"]),
        "icon": None,
    }


def _url(register: str, entry_id: int) -> str:
    return url_for("register.details_view", register=register, id=entry_id)


def _machines(customer: int) -> list[dict[str, Any]]:
    known, person = catalogue.current(), visit.person()
    if MACHINES not in known or not person.may(MACHINES, Action.LIST):
        return []
    declared, table = known[MACHINES], known.table(MACHINES)
    owners = _of_types(declared, CUSTOMER)
    if not owners:
        return []
    query = access.visible(person, MACHINES, Action.LIST)
    query = query.where(table.c[owners[0].column or ""] == customer)
    rows = load(
        visit.session(), declared, query.order_by(table.c.id.desc()).limit(OTHERS)
    )
    return [
        {
            "label": references.called(declared, row),
            "url": _url(MACHINES, row["id"]),
            "warranty": _until(declared, row),
        }
        for row in rows
    ]


def _until(declared: Declaration, row: Row) -> dict[str, str]:
    """Return the pill of a machine: until when, by its computed day; else its state."""
    today = visit.now().astimezone(visit.zone()).date()
    for one in _of_types(declared, DATE):
        value = row.get(one.name)
        if one.computed and one.listed and isinstance(value, date):
            label = one.label.text(visit.language())
            tone = "ok" if value >= today else "warn"
            return {"text": f"{label} {value.isoformat()}", "tone": tone}
    state = entry_lines.state_field(declared)
    if state is not None and row.get(state.name):
        return entry_lines.pill(state, row[state.name], visit.language())
    return {"text": "", "tone": "plain"}


def _contacts(customers: Iterable[int], number: str | None) -> list[Row]:
    """Return the newest entries about the customer or of the number, over registers.

    All registers are asked by one statement; those that are files and parts of others
    are none that anybody calls a contact.
    """
    ids = list(customers)
    every, marks = [], set()
    for declared in catalogue.current():
        query = _contacts_in(declared, ids, number)
        if query is not None:
            every.append(query)
            marks.add(declared.code)
    if not every:
        return []
    united = union_all(*every).subquery()
    newest = select(united.c.register, united.c.id)
    newest = newest.order_by(united.c.at.desc(), united.c.id.desc()).limit(CONTACTS)
    session = visit.session()
    keys = [(one, key) for one, key in session.execute(access.marked(newest, *marks))]
    lines = entry_lines.of(session, desk(), keys)
    # Whose they are stands above them.
    return [lines[key] | {"text": lines[key]["what"]} for key in keys if key in lines]


def _contacts_in(
    declared: Declaration, customers: list[int], number: str | None
) -> Any | None:
    person = visit.person()
    is_work = declared.in_menu and declared.numbering and declared.code != MACHINES
    if not is_work or not person.may(declared.code, Action.LIST):
        return None
    table = catalogue.current().table(declared.code)
    about: list[ColumnElement[bool]] = [
        table.c[one.column or ""].in_(customers)
        for one in _of_types(declared, CUSTOMER)
        if customers
    ]
    if not about and not (number and _of_types(declared, CUSTOMER)):
        return None
    if number and not customers:
        about = [
            table.c[one.column or ""] == number for one in _of_types(declared, PHONE)
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


def _write_down(number: str, customers: list[Row]) -> None:
    """Log that a typed number revealed data, with the number masked."""
    typed = Field("phone", "phone", Label("电话", "Telephone"), PHONE)
    with visit.house().database.write() as writing:
        writing.add(
            ReadEvent(
                at=visit.now(),
                staff_id=visit.person().staff_id,
                by_name=visit.person().name,
                kind="typed",
                register=CUSTOMERS,
                entry_id=customers[0]["id"] if customers else None,
                detail=str(masking.mask(typed, number)),
            )
        )
