"""WTForms fields for every field type: what a form's control reads and holds.

Reading goes through `column_converters.read`, so that a form, an inline edit and an
import refuse the same text in the same words.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import Form
from wtforms.fields import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import (
    Field as FormField,
)
from wtforms.widgets import (
    DateInput,
    DateTimeLocalInput,
    HiddenInput,
    TimeInput,
)

from admin.column_converters import edit_text, read
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    INSTANT,
    LONG_TEXT,
    REFERENCES,
    TIME,
    WITHOUT_COLUMN,
    YES_NO,
    Count,
    Field,
    FirstOf,
    From,
    Lookup,
)
from models.words import PersonError

RADIOS = 6  # up to so many options are shown as buttons, more as a list


class Typed(StringField):
    """A text control whose value is read as its field's type."""

    def __init__(
        self,
        label: str = "",
        *,
        declared: Field,
        language: str,
        zone: ZoneInfo,
        **more: Any,
    ) -> None:
        """Keep the declaration, the language of errors and the zone of times."""
        super().__init__(label, **more)
        self.declared, self.language, self.zone = declared, language, zone
        self.error: str | None = None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return edit_text(self.data, self.zone)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; what cannot be read stays in the control."""
        if not valuelist:
            return
        try:
            self.data = read(self.declared, valuelist[0], self.zone)
        except PersonError as error:
            self.data = None
            raise ValueError(error.text(self.language)) from error


class LongTyped(Typed):
    """The same over several lines."""

    widget = TextAreaField.widget


class DateTyped(Typed):
    """A day, by the browser's calendar or typed."""

    widget = DateInput()


class TimeTyped(Typed):
    """A time of day."""

    widget = TimeInput()


class InstantTyped(Typed):
    """Day and time in the desk's zone."""

    widget = DateTimeLocalInput()

    def __init__(self, *args: Any, **more: Any) -> None:
        """Let the browser keep seconds, so that an untouched value comes back equal."""
        super().__init__(*args, render_kw={"step": "1"}, **more)


class Reference(Typed):
    """The id of an entry, chosen in a picker that loads what is typed for."""

    widget = HiddenInput()


class YesNo(BooleanField):
    """A switch: an unticked one is no, not nothing."""

    false_values = (False, "false", "", "no", "n")


class OneChoice(SelectField):
    """One option; blank is nothing."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Take blank as None, and leave the options' check to the save."""
        super().__init__(
            *args, coerce=lambda value: value or None, validate_choice=False, **more
        )


class SomeChoices(SelectMultipleField):
    """Any number of options."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Leave the options' check to the save."""
        super().__init__(*args, validate_choice=False, **more)


_TYPED = {
    LONG_TEXT: LongTyped,
    DATE: DateTyped,
    TIME: TimeTyped,
    INSTANT: InstantTyped,
    **dict.fromkeys(REFERENCES, Reference),
}


def form_field(declared: Field, language: str, zone: ZoneInfo) -> FormField:
    """Return the (unbound) form field of a declared field."""
    label = declared.label.text(language)
    choices = [
        SelectChoice(one.value, one.label.text(language)) for one in declared.options
    ]
    if declared.type in WITHOUT_COLUMN:
        return HiddenField(label)
    if declared.type is CHOICE:
        shown_as_list = len(choices) > RADIOS or not declared.required
        return OneChoice(
            label, choices=[SelectChoice("", "")] * shown_as_list + choices
        )
    if declared.type is CHOICES:
        return SomeChoices(label, choices=choices)
    if declared.type is YES_NO:
        return YesNo(label)
    typed = _TYPED.get(declared.type, Typed)
    return typed(label, declared=declared, language=language, zone=zone)


def form_class(fields: Sequence[Field], language: str, zone: ZoneInfo) -> type[Form]:
    """Return a form with exactly these fields and no other."""
    made = {one.name: form_field(one, language, zone) for one in fields}
    return type("EntryForm", (Form,), made)


def is_looked_up(declared: Field) -> bool:
    """Whether a new entry gets its value from others, unseen by the form."""
    return isinstance(declared.default, From | Lookup | Count | FirstOf)


def control(declared: Field) -> str:
    """Return the templates' word for the control of a field."""
    if declared.is_given:
        return "computed"
    if declared.type in REFERENCES:
        return "picker"
    if declared.type is CHOICE:
        few = declared.required and len(declared.options) <= RADIOS
        return "radio" if few else "choice"
    return _WORDS.get(declared.type.value, declared.type.value)


_WORDS = {"long_text": "long", "instant": "datetime", "attachment": "file"}
EDITORS = frozenset(
    {
        "text",
        "long",
        "integer",
        "decimal",
        "money",
        "date",
        "datetime",
        "choice",
        "radio",
        "yes_no",
    }
)


def editor(declared: Field, language: str) -> dict[str, Any] | None:
    """Return what the list's inline editor needs; None if it cannot edit the field."""
    kind = control(declared)
    if not declared.editable or kind not in EDITORS:
        return None
    choices = [[one.value, one.label.text(language)] for one in declared.options]
    return {
        "kind": {"radio": "choice", "money": "decimal"}.get(kind, kind),
        "choices": choices,
    }
