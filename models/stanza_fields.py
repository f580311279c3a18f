"""A field as a stanza says it: one line for each, what is as usual left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.register import (
    PERSONAL_TYPES,
    STANDARD,
    TEXT,
    Field,
    FieldType,
    Option,
)
from models.stanza_defaults import read_default, write_default
from models.stanza_keys import Key, read_keys, write_keys
from models.stanza_mistakes import Place, one_of
from models.stanza_values import (
    BETWEEN,
    clauses,
    condition,
    flag,
    number,
    text,
    whole,
    word,
    words,
    write_condition,
    write_number,
    write_words,
)
from models.words import Label

_STANDARD = {one.name: one for one in STANDARD}
_NO_WORDS = Label("", "")


def _type(value: Any, place: Place) -> FieldType | None:
    known = [one.value for one in FieldType]
    if value in known:
        return FieldType(value)
    place.wrong(one_of(value, known, Label("字段类型", "a type of field")))
    return None


def read_options(value: Any, place: Place) -> tuple[Option, ...]:
    """Read options: a list of {code, title, tone}, or {code: 中文 | English | tone}."""
    if isinstance(value, Mapping):
        found = [_short(code, said, place.at(code)) for code, said in value.items()]
    elif isinstance(value, list):
        found = [_option(one, place.at(index)) for index, one in enumerate(value)]
    else:
        place.expected(value, "一个列表", "a list")
        found = []
    return tuple(one for one in found if one is not None)


_OPTION = (
    Key("code", word, attribute="value", needed=True),
    Key("title", words, write_words, attribute="label", needed=True),
    Key("tone", text),
)


def _option(value: Any, place: Place) -> Option | None:
    said = read_keys(value, place, _OPTION) or {}
    if said.get("value") is None or said.get("label") is None:
        return None
    return Option(**said)


def _short(code: str, value: Any, place: Place) -> Option | None:
    tone = ""
    if isinstance(value, str) and value.count(BETWEEN) > 1:
        value, _, tone = (one.strip() for one in value.rpartition(BETWEEN))
    label = words(value, place)
    return None if label is None else Option(str(code), label, tone)


def write_options(value: Sequence[Option]) -> list[dict[str, Any]]:
    """Write options as a list, whose order nothing on the way can change."""
    return [write_keys(one, Option("", _NO_WORDS), _OPTION) for one in value]


FIELD_KEYS = (
    Key("name", text, needed=True),
    Key("id", text),
    Key("type", _type, lambda kind: kind.value),
    Key("title", words, write_words, attribute="label", needed=True),
    Key("required", flag),
    Key("first", flag),
    Key("listed", flag),
    Key("filterable", flag),
    Key("searchable", flag),
    Key("editable", flag),
    Key("unique", flag),
    Key("read_only", flag),
    Key("personal", flag),
    Key("secret", flag),
    Key("owner", flag),
    Key("options", read_options, write_options),
    Key("register", text, attribute="target", may_be_empty=True),
    Key("only_of", text, may_be_empty=True),
    Key("places", whole),
    Key("unit", words, write_words, may_be_empty=True),
    Key("minimum", number, write_number, may_be_empty=True),
    Key("maximum", number, write_number, may_be_empty=True),
    Key("max_length", whole),
    Key("pattern", text, may_be_empty=True),
    Key("only_if", condition, write_condition, may_be_empty=True),
    Key("required_if", condition, write_condition, may_be_empty=True),
    # Written and read by the field's type, see below.
    Key("default", lambda value, _: value, may_be_empty=True),
    Key("computed", text, may_be_empty=True),
    Key("help", words, write_words, may_be_empty=True),
    Key("clause", clauses, may_be_empty=True),
    Key("was", text, may_be_empty=True),
)


def read_field(value: Any, place: Place) -> Field | None:
    """Return a field; None, with the mistakes noted, if it cannot be made out.

    One of the names that every register has is that field in other words: what is not
    said of it stays as it is everywhere.
    """
    before = len(place.mistakes)
    said = read_keys(value, place, FIELD_KEYS)
    if said is None or len(place.mistakes) > before:
        return None
    usual = _usual(said["name"], said.get("type"))
    if said.get("default") is not None:
        kind = said.get("type") or usual.type
        said["default"] = read_default(said["default"], place.at("default"), kind)
    return None if len(place.mistakes) > before else replace(usual, **said)


def write_field(one: Field) -> dict[str, Any]:
    """Return the stanza of a field."""
    said = write_keys(one, _usual(one.name, one.type), FIELD_KEYS)
    if said.get("default") is not None:
        said["default"] = write_default(one.default, one.type)
    if one.type is not TEXT and not one.standard:
        # Said though it is where the usual values come from.
        said["type"] = one.type.value
    return {key.name: said[key.name] for key in FIELD_KEYS if key.name in said}


def _usual(name: str, kind: FieldType | None) -> Field:
    """Return a field of that name of which nothing else is said."""
    if name in _STANDARD:
        return _STANDARD[name]
    kind = kind or TEXT
    return Field(
        id=name,
        name=name,
        label=_NO_WORDS,
        type=kind,
        personal=kind in PERSONAL_TYPES,
    )


def read_fields(value: Any, place: Place) -> tuple[Field, ...]:
    """Return the fields of a list, with the mistakes of all of them noted."""
    if not isinstance(value, list):
        place.expected(value, "一个列表", "a list")
        return ()
    found: dict[str, Field] = {}
    for index, said in enumerate(value):
        one = read_field(said, place.at(index))
        if one is not None and one.name in found:
            place.at(index, "name").wrong(
                Label(
                    f"字段“{one.name}”写了两次，请改掉一个。",
                    f"The field “{one.name}” is there twice. Change one.",
                )
            )
        elif one is not None:
            found[one.name] = one
    return tuple(found.values())


def write_fields(value: Sequence[Field]) -> list[dict[str, Any]]:
    """Return the stanzas of fields, in their order."""
    return [write_field(one) for one in value]
