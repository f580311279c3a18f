"""What quick entry asks: the few fields of a register that need no line to fill in."""

from datetime import datetime, timedelta
from typing import Any

from admin import menu, visit
from admin.column_converters import read
from admin.form_fields import control
from admin.form_typed import typed_fields
from models import catalogue
from models.access import Action
from models.checking import Problem
from models.entry_errors import EntryRefusedError
from models.fields import CHOICE, INSTANT, NOW, REFERENCES, Field
from models.preparing import Row
from models.register import Declaration
from models.words import PersonError

OLDEST = timedelta(days=30)  # an entry may have waited so long for its line
KINDS = frozenset({"text", "long", "phone", "integer", "date", "plate", "choice"})


def offered() -> list[Declaration]:
    """Return the registers that are entered without a line: those that take calls.

    None that demands what only a line could find.
    """
    person = visit.person()
    return [
        one
        for one in menu.in_menu_order(catalogue.current())
        if one.takes_calls is not None
        and not one.is_retired
        and person.may(one.code, Action.CREATE)
        and not _left(one)
    ]


def asked(declared: Declaration) -> list[Field]:
    """Return the usual fields, and those demanded beside, that need no line."""
    return [
        one
        for one in typed_fields(declared)
        if _is_typed(one) and (one.first or (one.required and one.default is None))
    ]


def _is_typed(one: Field) -> bool:
    simple = control(one) in KINDS or one.type is CHOICE
    return simple and one.type not in REFERENCES and one.only_if is None


def _left(declared: Declaration) -> list[Field]:
    names = {one.name for one in asked(declared)}
    return [
        one
        for one in typed_fields(declared)
        if one.required and one.default is None and one.only_if is None
        if one.name not in names
    ]


def form(declared: Declaration) -> dict[str, Any]:
    """Return a register's form for the browser to keep: labels, and nobody's data."""
    language = visit.language()
    return {
        "register": declared.code,
        "title": declared.title.text(language),
        "fields": [
            {
                "name": one.name,
                "label": one.label.text(language),
                "kind": "choice" if one.type is CHOICE else control(one),
                "required": one.required or one.name == declared.takes_calls,
                "max_length": one.max_length,
                "options": [[it.value, it.label.text(language)] for it in one.options],
            }
            for one in asked(declared)
        ],
    }


def values(declared: Declaration, typed: dict[str, Any], written_at: datetime) -> Row:
    """Return the values of what was typed, at the instant it was written.

    Raises:
        EntryRefusedError: With every text that cannot be read.
    """
    found, problems = Row(), []
    for one in asked(declared):
        try:
            found[one.name] = read(one, str(typed.get(one.name) or ""), visit.zone())
        except PersonError as error:
            problems.append(Problem(one.name, error.label))
    if problems:
        raise EntryRefusedError(problems)
    for one in typed_fields(declared):
        if one.type is INSTANT and one.default is NOW and one.name not in found:
            found[one.name] = _sound(written_at)
    # What is empty is left to its default.
    return {name: value for name, value in found.items() if value is not None}


def _sound(written_at: datetime) -> datetime:
    """Return when it was written; a browser whose clock is wrong says nothing."""
    now = visit.now()
    return written_at if now - OLDEST <= written_at <= now else now
