"""Who is calling: the customer's file, machines and last contacts beside a form.

Found by field types alone. A number reveals data only when it is complete, and whoever
typed it is written down.
"""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import entry_lines, menu, visit
from admin.caller import (
    CUSTOMERS,
    MACHINES,
    MOST,
    Row,
    complete,
    contacts_of,
    customers_of,
    of_types,
)
from admin.value_words import words
from models import access, catalogue, masking, preferences, references
from models.access import Action
from models.accounts import ReadEvent
from models.entries import get, load
from models.entry_errors import NotAllowedError
from models.masking import masks
from models.register import (
    CUSTOMER,
    DATE,
    LONG_TEXT,
    MACHINE,
    PHONE,
    WITHOUT_COLUMN,
    YES_NO,
    Declaration,
    Field,
)
from models.words import Label

blueprint = Blueprint("side", __name__)
LOOKED_UP = (PHONE, CUSTOMER, MACHINE)
FACTS = 5
LONGEST_ID = 18
LONGEST_NUMBER = 40  # characters of a softphone's number that are taken
LARGEST_ID = 2**63 - 1


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/call")
def call() -> ResponseReturnValue:
    """Open a new entry for a caller: the address that a softphone opens.

    Of the first register of the menu that takes calls and may be written by the person.
    """
    number = request.args.get("phone", "").strip()[:LONGEST_NUMBER]
    for one in _taking_calls():
        if visit.person().may(one.code, Action.CREATE):
            typed: Row = {one.takes_calls or "": number} if number else {}
            return redirect(url_for("register.create_view", register=one.code, **typed))
    return abort(403)


def _taking_calls() -> list[Declaration]:
    """Return the registers that take calls, in the menu's order; those off come last.

    An admin may have switched off the only one that takes them.
    """
    on = preferences.shown(visit.session()).get(preferences.REGISTERS_ON)
    there = [
        one
        for one in menu.in_menu_order(catalogue.current())
        if one.takes_calls is not None and not one.is_retired
    ]
    return sorted(there, key=lambda one: on is not None and one.code not in on)


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


@blueprint.get(f"/register/<register>/side/<int(max={LARGEST_ID}):entry_id>/")
def panel_of(register: str, entry_id: int) -> ResponseReturnValue:
    """Return what stands beside the form of an entry that somebody is to change."""
    known, person = catalogue.current(), visit.person()
    if register not in known:
        abort(404)
    if not person.may(register, Action.CHANGE):
        abort(403)
    try:
        entry = get(visit.session(), person, register, entry_id, Action.CHANGE)
    except NotAllowedError:
        abort(404)
    declared = known[register]
    read = {
        one.name: entry[one.name]
        for one in of_types(declared, *LOOKED_UP)
        if person.sees(declared, one) and not masks(person, declared, one, entry)
    }
    side = beside(declared, read)
    return render_template("register/side.html", side=side) if side else ""


def later(declared: Declaration, entry: Row) -> str | None:
    """Return where the form of an entry finds what stands beside it.

    It comes after the form, which people wait for.
    """
    if not any(entry.get(one.name) for one in of_types(declared, *LOOKED_UP)):
        return None
    return url_for("side.panel_of", register=declared.code, entry_id=entry["id"])


def address(declared: Declaration) -> str | None:
    """Return the address a form asks while somebody types, if it has what to ask."""
    if not of_types(declared, *LOOKED_UP):
        return None
    return visit.address_of("side.panel", register=declared.code)


def beside(declared: Declaration, values: Row) -> Row | None:
    """Return what stands beside a form that opens with some values."""
    said = {
        one.name: str(values[one.name])
        for one in of_types(declared, *LOOKED_UP)
        if values.get(one.name)
    }
    typed = any(one in request.args for one in said)
    return _side(declared, said, typed=typed) if said else None


def typed_already(declared: Declaration) -> Row:
    """Return the first values of a new entry that its address gives: ?phone=...

    With the customer, where the number is one customer's alone.
    """
    given: Row = {}
    for one in of_types(declared, PHONE):
        number = complete(request.args.get(one.name, ""))
        if number:
            given[one.name] = number
            owners = customers_of({CUSTOMERS: 0, MACHINES: 0}, number)
            fields = of_types(declared, CUSTOMER)
            if len(owners) == 1 and fields:
                given[fields[0].name] = owners[0]["id"]
    return given


def _side(declared: Declaration, said: dict[str, str], *, typed: bool) -> Row | None:
    """Return the panel's content; a customer that is named beats a number.

    What the person `typed` and what it revealed is written down.
    """
    number, ids = None, {CUSTOMERS: 0, MACHINES: 0}
    for one in of_types(declared, *LOOKED_UP):
        text = said.get(one.name, "")
        if one.type is PHONE:
            number = number or complete(text)
        elif text.isdecimal() and len(text) <= LONGEST_ID:
            ids[one.refers_to or ""] = int(text)
    customers = customers_of(ids, number)
    if not customers and number is None:
        return None
    contacts = contacts_of([row["id"] for row in customers[:1]], number)
    if typed and number and (customers or contacts):
        _write_down(number, customers)
    return {
        "customer": _customer(customers[0], number) if customers else None,
        "machines": _machines(customers[0]["id"]) if customers else [],
        "contacts": contacts,
        "others": [_link(row) for row in customers[1:MOST]],
        "unknown": None if customers else _unknown(),
        "create_url": None if customers else _create_url(number),
    }


def _unknown() -> str:
    return visit.t("此号码没有客户档案", "No customer has this number")


def _create_url(number: str | None) -> str | None:
    known = catalogue.current()
    if CUSTOMERS not in known or not visit.person().may(CUSTOMERS, Action.CREATE):
        return None
    phones = of_types(known[CUSTOMERS], PHONE)
    typed: Row = {phones[0].name: number} if phones and number else {}
    return url_for("register.create_view", register=CUSTOMERS, **typed)


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
    owners = of_types(declared, CUSTOMER)
    if not owners:
        return []
    query = access.visible(person, MACHINES, Action.LIST)
    query = query.where(table.c[owners[0].column or ""] == customer)
    rows = load(
        visit.session(), declared, query.order_by(table.c.id.desc()).limit(MOST)
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
    for one in of_types(declared, DATE):
        value = row.get(one.name)
        if one.computed and one.listed and isinstance(value, date):
            label = one.label.text(visit.language())
            tone = "ok" if value >= today else "warn"
            return {"text": f"{label} {value.isoformat()}", "tone": tone}
    state = declared.state_field
    if state is not None and row.get(state.name):
        return entry_lines.pill(state, row[state.name], visit.language())
    return {"text": "", "tone": "plain"}


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
                address=request.remote_addr,
            )
        )
