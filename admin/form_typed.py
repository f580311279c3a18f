"""Which fields the form of a register has for a person, and its WTForms class."""

from wtforms import Form

from admin import visit
from admin.form_fields import form_class
from models import catalogue
from models.keeping import kept
from models.register import WITHOUT_COLUMN, Declaration, Field


def form_fields(declared: Declaration) -> tuple[Field, ...]:
    """Return the fields of the form that exist for this person, in paper order.

    Never asked: what has one answer (number, branch, who entered it and when).
    """
    asked = {one.name for one in declared.fields} | {"holder", "department"}
    return tuple(one for one in visit.person().fields(declared) if one.name in asked)


def typed_fields(declared: Declaration) -> tuple[Field, ...]:
    """Return those fields of the form that people fill in."""
    return tuple(
        one
        for one in form_fields(declared)
        if not one.is_given and one.type not in WITHOUT_COLUMN
    )


def entry_form_class(declared: Declaration, language: str) -> type[Form]:
    """Return the class of the form; made once for the same fields."""
    fields = typed_fields(declared)
    zone = visit.zone()
    table = catalogue.current().table(declared.code)
    key = (language, zone.key, *(one.name for one in fields))
    return kept(table, "forms", key, lambda: form_class(fields, language, zone))
