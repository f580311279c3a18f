"""What a form was drawn from: its fields as they stood, sent back with what is typed.

A form may be open while an admin renames, retypes or retires its fields. It carries
what it needs to tell people afterwards what they had typed into which of them, so that
no process has to remember the fields of yesterday.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from flask import request
from pydantic import TypeAdapter, ValidationError

from admin import visit
from admin.column_converters import edit_text
from models import catalogue
from models.keeping import kept
from models.register import Declaration, Field

NAME = "drawn"  # the hidden control
BEGAN = "began"  # another: marks of the values that the form opened with
_MOST = 200_000  # characters of what a form may say of itself
Form = tuple[Declaration, Sequence[Field]]
"""The fields that a form asks of one register: the entry's own, or those of a part."""


class Was(NamedTuple):
    """A field as the form showed it."""

    title: str
    type: str
    of: str = ""  # the register whose entry it holds
    options: Mapping[str, str] = {}
    only_if: tuple[str, tuple[str, ...]] | None = None


Drawn = Mapping[str, Mapping[str, Was]]
"""By register, then by the field's name; the register of the entry comes first."""
_DRAWN = TypeAdapter(dict[str, dict[str, Was]])
_MARKS = TypeAdapter(dict[str, int])


def text_of(forms: Sequence[Form]) -> str:
    """Return what a form that asks for these fields sends back of itself."""
    language = visit.language()
    code = forms[0][0].code
    table = catalogue.current().table(code)
    key = (language, *((it.code, *(one.name for one in some)) for it, some in forms))

    def text() -> str:
        said = {
            it.code: {one.name: _shortest(_was(one, language)) for one in some}
            for it, some in forms
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    return kept(table, "drawn", key, text)


def _was(one: Field, language: str) -> Was:
    condition = one.only_if
    return Was(
        one.label.text(language),
        one.type.value,
        one.refers_to or "",
        {it.value: it.label.text(language) for it in one.options},
        (condition.field, tuple(sorted(condition.values))) if condition else None,
    )


def _shortest(was: Was) -> list[Any]:
    """Return it without what is as usual at the end."""
    said = list(was)
    usual = list(Was("", ""))
    while len(said) > 2 and said[-1] == usual[len(said) - 1]:  # noqa: PLR2004 - title and type are always said
        said.pop()
    return said


def sent() -> Drawn | None:
    """Return what the form that was sent says of itself; None where it says nothing."""
    said = request.form.get(NAME, "")
    if not said or len(said) > _MOST:
        return None
    try:
        return _DRAWN.validate_json(said)
    except ValidationError:
        return None  # no form of ours; it is read as it comes


def marks_of(fields: Iterable[Field], values: Mapping[str, Any]) -> str:
    """Return marks of the values that a form opens with, to know what was typed."""
    found = {
        one.name: _mark([edit_text(values[one.name], visit.zone())])
        for one in fields
        if values.get(one.name) is not None
    }
    return json.dumps(found, separators=(",", ":"))


def is_untouched(name: str, values: Sequence[str]) -> bool:
    """Whether a control came back with what it had been opened with."""
    try:
        marks = _MARKS.validate_json(request.form.get(BEGAN, "{}"))
    except ValidationError:
        return False
    return marks.get(name) == _mark(values)


def _mark(values: Sequence[str]) -> int:
    """Return a mark of a value, however the browser writes it."""
    text = ",".join(values).replace("\r\n", "\n").strip()
    # A switch sends "y", and browsers leave the seconds of a round time out.
    text = {"y": "yes"}.get(text, text)
    if "T" in text:
        text = text.removesuffix(":00") if text.count(":") > 1 else text
    return crc32(text.encode())
