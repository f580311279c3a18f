"""The form of a settings page: what is asked, what was typed, what is wrong with it.

Everything stays the text that was typed until the page reads it, so that nothing is
lost when something is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import Form
from wtforms.fields import SelectChoice, StringField

from admin import visit
from admin.form_fields import OneChoice
from models.words import Label

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the form."""

    name: str
    label: str
    kind: str = "text"  # a word of register/fields.html
    help: str | None = None
    more: str | None = None  # help that is folded, for it is long
    required: bool = False
    choices: Choices = ()
    wide: bool = False
    unit: str | None = None
    max_length: int | None = None
    shown_if: tuple[str, Sequence[str]] | None = None  # another field, its values
    kept: bool = False  # of a secret: there is one

    @property
    def meta(self) -> dict[str, Any]:
        """Return what register/fields.html asks of a field."""
        shown = self.shown_if
        return {
            "kind": self.kind,
            "help": self.help,
            "more": self.more,
            "required": self.required,
            "wide": self.wide,
            "unit": self.unit,
            "max_length": self.max_length,
            "kept": self.kept,
            "shown_if": {"field": shown[0], "values": list(shown[1])}
            if shown
            else None,
        }


class Sheet:
    """A form as it was drawn or sent, with what is wrong beside its fields."""

    def __init__(self, asked: Iterable[Asked], first: Mapping[str, str]) -> None:
        """Take what was sent, else the first values."""
        self.asked = list(asked)
        made = {one.name: _field(one) for one in self.asked}
        sent = request.form if request.method == "POST" else None
        self.form = type("SettingsForm", (Form,), made)(formdata=sent, data=dict(first))

    @property
    def meta(self) -> dict[str, dict[str, Any]]:
        """What register/fields.html asks, by field."""
        return {one.name: one.meta for one in self.asked}

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.form.errors

    def text(self, name: str) -> str:
        """Return what was typed, without blanks around it; "" for nothing."""
        return str(self.form[name].data or "").strip()

    def refuse(self, name: str, said: Label) -> None:
        """Put a sentence beside a field."""
        field = self.form[name]
        field.errors = [*field.errors, said.text(visit.language())]

    def look_over(self) -> None:
        """Refuse what is missing, too long, or not one of the choices."""
        for one in self.asked:
            said = self.text(one.name)
            if one.required and not said:
                self.refuse(one.name, _missing(one))
            if one.max_length is not None and len(said) > one.max_length:
                self.refuse(one.name, _long(len(said), one.max_length))
            allowed = [code for code, _ in one.choices]
            if said and allowed and said not in allowed:
                self.refuse(one.name, _strange(said))


def _field(one: Asked) -> Any:
    if not one.choices:
        return StringField(one.label)
    return OneChoice(
        one.label, choices=[SelectChoice(code, label) for code, label in one.choices]
    )


def _missing(one: Asked) -> Label:
    if one.choices:
        return Label("请选择一项。", "Choose one.")
    return Label("请填写。", "Fill this in.")


def _long(found: int, most: int) -> Label:
    return Label(
        f"有 {found} 个字符，最多 {most} 个。",
        f"It has {found} characters; at most {most} may be.",
    )


def _strange(found: str) -> Label:
    return Label(
        f"“{found}”不在选项中，请从列表中选择。",
        f"“{found}” is not offered. Choose one of the list.",
    )
