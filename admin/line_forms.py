"""The controls of a row in the form of a whole: one of each kind, small enough for it.

They read as the form's own controls do. A switch and few options are lists here: a row
must also be able to say nothing.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import Form
from wtforms.fields import Field as FormField
from wtforms.fields import SelectChoice, SelectField

from admin import visit
from admin.column_converters import NO, YES
from admin.form_fields import OneChoice, SomeChoices, control, form_field
from models import catalogue
from models.keeping import kept
from models.register import (
    CHOICE,
    CHOICES,
    STANDARD_NAMES,
    WITHOUT_COLUMN,
    YES_NO,
    Declaration,
    Field,
)
from models.wholes import place_of

USUAL = 6  # columns of a register that does not say which fields come first
_YES_NO = {"yes": True, "no": False, True: True, False: False}


class YesNoChoice(SelectField):
    """Yes, no, or nothing."""

    def __init__(self, label: str, language: str, **more: Any) -> None:
        """Offer nothing first."""
        words = (("", ""), ("yes", YES.text(language)), ("no", NO.text(language)))
        choices = [SelectChoice(*one) for one in words]
        super().__init__(label, choices=choices, coerce=_YES_NO.get, **more)

    def pre_validate(self, form: Any) -> None:
        """Take what is none of the options for nothing."""


class SomeInList(SomeChoices):
    """Any number of options; the blank one only tells that the list was sent."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Leave the blank out."""
        super().process_formdata([one for one in valuelist if one])


def columns(declared: Declaration) -> tuple[Field, ...]:
    """Return the fields that a row shows to this person, in paper order.

    Those that come first in the part's own form, and what a part cannot be without.
    Never the whole itself, the row's place, and what is kept beside an entry.
    """
    place = place_of(declared)
    never = {declared.part_of, place.name if place else None}
    may = [
        one
        for one in visit.person().fields(declared)
        if one.type not in WITHOUT_COLUMN and one.name not in never
    ]
    own = {one.name for one in declared.fields}
    chosen = [one for one in may if one.name in own and (one.first or _needed(one))]
    if not any(one.first for one in chosen):
        chosen = [one for one in may if one.name not in STANDARD_NAMES][:USUAL]
    return tuple(chosen)


def carried(declared: Declaration) -> frozenset[str]:
    """Return the fields that are filled from what the whole is made of."""
    begins = declared.begins_with
    return frozenset(begins.carry) if begins else frozenset()


def typed(declared: Declaration) -> tuple[Field, ...]:
    """Return the fields that a row sends: what is typed, and what was carried."""
    shown = columns(declared)
    place = place_of(declared)
    more = [
        declared.field(name)
        for name in sorted(carried(declared) - {one.name for one in shown})
        if place is None or name != place.name
    ]
    return tuple(one for one in (*shown, *more) if not one.is_given)


def _needed(one: Field) -> bool:
    return one.required and one.default is None and not one.is_given


def line_form(declared: Declaration, fields: Sequence[Field]) -> type[Form]:
    """Return the class of a row's form; made once for the same fields."""
    language, zone = visit.language(), visit.zone()
    table = catalogue.current().table(declared.code)
    key = (language, zone.key, *(one.name for one in fields))

    def form() -> type[Form]:
        controls = {one.name: _line_field(one, language, zone) for one in fields}
        return type("LineForm", (Form,), controls)

    return kept(table, "line_forms", key, form)


def _line_field(declared: Field, language: str, zone: ZoneInfo) -> FormField:
    label = declared.label.text(language)
    options = [
        SelectChoice(one.value, one.label.text(language)) for one in declared.options
    ]
    if declared.type is CHOICE:
        return OneChoice(label, choices=[SelectChoice("", ""), *options])
    if declared.type is CHOICES:
        return SomeInList(label, choices=options)
    if declared.type is YES_NO:
        return YesNoChoice(label, language)
    return form_field(declared, language, zone)


def kind_of(declared: Field) -> str:
    """Return the templates' word for the control of a field in a row."""
    kind = control(declared)
    return "choice" if kind == "radio" else kind
