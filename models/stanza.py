"""A register as a stanza: plain data, as YAML, JSON or the panel gives it.

A stanza means the same as a register class, and every class can be written as one:
`read_register(write_register(declared)) == declared`. `docs/registers.md` is the
handbook of the notation. Whether fields, formulas and links make sense together is the
matter of `register_checks.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.register import Check, Declaration, Field, Makes, Option, Posting
from models.register_words import MENU_CODES
from models.stanza_fields import (
    read_fields,
    read_options,
    write_fields,
    write_options,
)
from models.stanza_keys import Key, read_keys, write_keys
from models.stanza_mistakes import Place, StanzaError, one_of
from models.stanza_values import (
    flag,
    groups,
    names,
    pairs,
    text,
    words,
    write_groups,
    write_names,
    write_pairs,
    write_words,
)
from models.words import Label

Stanza = Mapping[str, Any]
_NO_WORDS = Label("", "")
_RULE = re.compile(r"(\w+)\s*(<=|>=|!=|<|>|=)\s*(\w+|-?\d+)")


def _menu(value: Any, place: Place) -> Label | None:
    if isinstance(value, str) and value in MENU_CODES:
        return MENU_CODES[value]
    if isinstance(value, Mapping) or "|" in str(value):
        return words(value, place)
    what = Label(
        "菜单分组；其他分组请写“中文 | English”",
        "a group of the menu; write “中文 | English” for another",
    )
    place.wrong(one_of(value, list(MENU_CODES), what))
    return None


def _write_menu(label: Label) -> Any:
    codes = {known: code for code, known in MENU_CODES.items()}
    return codes.get(label) or write_words(label)


def _items(value: Any, place: Place, keys: Sequence[Key], kind: Any) -> tuple[Any, ...]:
    """Read a list of stanzas of a kind; those with mistakes are left out."""
    if not isinstance(value, list):
        place.expected(value, "一个列表", "a list")
        return ()
    found = []
    for index, one in enumerate(value):
        before = len(place.mistakes)
        said = read_keys(one, place.at(index), keys)
        if said is not None and len(place.mistakes) == before:
            found.append(kind(**said))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Must:
    """A check with what it demands as one sentence."""

    name: str
    must: tuple[str, str, str | int]
    message: Label


def _must(value: Any, place: Place) -> tuple[str, str, str | int] | None:
    found = _RULE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        place.expected(
            value,
            "“字段 >= 字段”或“字段 >= 整数”",
            "“field >= field” or “field >= whole number”",
        )
        return None
    left, op, right = found.groups()
    number = right.removeprefix("-").isdecimal()
    return left, op, int(right) if number else right


_CHECK = (
    Key("name", text, needed=True),
    Key("must", _must, lambda said: " ".join(map(str, said)), needed=True),
    Key("message", words, write_words, needed=True),
)


def read_checks(value: Any, place: Place) -> tuple[Check, ...]:
    """Read what must hold between fields."""
    found: tuple[_Must, ...] = _items(value, place, _CHECK, _Must)
    return tuple(
        Check(one.name, one.must[0], one.must[1], one.must[2], one.message)  # type: ignore[arg-type]  # the pattern lets through no other sign
        for one in found
    )


def _write_checks(value: Sequence[Check]) -> list[dict[str, Any]]:
    said = [
        _Must(one.name, (one.left, one.op, one.right), one.message) for one in value
    ]
    return [write_keys(one, one, _CHECK) for one in said]


_MAKES = (
    Key("register", text, attribute="target", needed=True),
    Key("title", words, write_words, attribute="label", needed=True),
    Key("via", text, needed=True),
    Key("carry", pairs, write_pairs, needed=True),
    Key("when", text, may_be_empty=True),
)


def read_makes(value: Any, place: Place) -> tuple[Makes, ...]:
    """Read what can be made of an entry."""
    return _items(value, place, _MAKES, Makes)


def _write_makes(value: Sequence[Makes]) -> list[dict[str, Any]]:
    usual = Makes("", _NO_WORDS, "", {})
    return [write_keys(one, usual, _MAKES) for one in value]


_POSTING = (
    Key("register", text, attribute="to", needed=True),
    Key("match", pairs, write_pairs, needed=True),
    Key("add", pairs, write_pairs),
    Key("latest", pairs, write_pairs),
    Key("when", text, may_be_empty=True),
    Key("create", flag),
)


def read_postings(value: Any, place: Place) -> tuple[Posting, ...]:
    """Read which figures elsewhere the entries add up to."""
    return _items(value, place, _POSTING, Posting)


def _write_postings(value: Sequence[Posting]) -> list[dict[str, Any]]:
    return [write_keys(one, Posting("", {}), _POSTING) for one in value]


REGISTER_KEYS = (
    Key("code", text, needed=True),
    Key("title", words, write_words, needed=True),
    Key("menu", _menu, _write_menu, needed=True),
    Key("source", text),
    Key("icon", text),
    Key("numbering", text, may_be_empty=True),
    Key("display", names, write_names),
    Key("order", text),
    Key("in_menu", flag),
    Key("of_people", flag),
    Key("part_of", text, may_be_empty=True),
    Key("import_key", names, write_names),
    Key("unique_together", groups, write_groups),
    Key("clauses", names, write_names),
    Key("fields", read_fields, write_fields, needed=True),
    Key("checks", read_checks, _write_checks),
    Key("makes", read_makes, _write_makes),
    Key("postings", read_postings, _write_postings),
)


def read_register(stanza: Any) -> Declaration:
    """Return the declaration that a stanza means.

    Raises:
        StanzaError: With every mistake of the notation.
    """
    mistakes: list[Any] = []
    said = read_keys(stanza, Place((), mistakes), REGISTER_KEYS)
    if said is None or mistakes:
        raise StanzaError(mistakes)
    return Declaration(**said)


def write_register(declared: Declaration) -> dict[str, Any]:
    """Return the stanza of a declaration; JSON can keep it."""
    usual = Declaration(code="", title=_NO_WORDS, menu=_NO_WORDS, fields=())
    return write_keys(declared, usual, REGISTER_KEYS)


@dataclass(frozen=True, slots=True)
class Added:
    """What is added to a register that is declared elsewhere."""

    register: str
    after: str | None = None  # the field that the new ones follow; None: the last
    fields: tuple[Field, ...] = ()
    options: Mapping[str, tuple[Option, ...]] | None = None  # of choices there are
    checks: tuple[Check, ...] = ()
    makes: tuple[Makes, ...] = ()
    postings: tuple[Posting, ...] = ()
    clauses: tuple[str, ...] = ()


def _more_options(value: Any, place: Place) -> dict[str, tuple[Option, ...]]:
    if not isinstance(value, Mapping):
        place.expected(value, "“{字段: 选项}”", "“{field: options}”")
        return {}
    return {name: read_options(one, place.at(name)) for name, one in value.items()}


def _write_more_options(value: Mapping[str, tuple[Option, ...]]) -> dict[str, Any]:
    return {name: write_options(one) for name, one in value.items()}


ADDED_KEYS = (
    Key("register", text, needed=True),
    Key("after", text, may_be_empty=True),
    Key("fields", read_fields, write_fields),
    Key("options", _more_options, _write_more_options, may_be_empty=True),
    Key("checks", read_checks, _write_checks),
    Key("makes", read_makes, _write_makes),
    Key("postings", read_postings, _write_postings),
    Key("clauses", names, write_names),
)


def read_added(stanza: Any) -> Added:
    """Return what a stanza adds to a register.

    Raises:
        StanzaError: With every mistake of the notation.
    """
    mistakes: list[Any] = []
    said = read_keys(stanza, Place((), mistakes), ADDED_KEYS)
    if said is None or mistakes:
        raise StanzaError(mistakes)
    return Added(**said)


def write_added(added: Added) -> dict[str, Any]:
    """Return the stanza of what is added."""
    return write_keys(added, Added(""), ADDED_KEYS)


def with_added(declared: Declaration, added: Added) -> Declaration:
    """Return a register with what is added to it.

    A field that is not there to be followed is followed nowhere: the new ones come
    last, except after the number, which stands before all that a register declares.
    """
    own = list(declared.fields)
    place = next(
        (index + 1 for index, one in enumerate(own) if one.name == added.after),
        0 if added.after == "number" else len(own),
    )
    own[place:place] = added.fields
    more = added.options or {}
    return replace(
        declared,
        fields=tuple(_with_options(one, more.get(one.name, ())) for one in own),
        checks=(*declared.checks, *added.checks),
        makes=(*declared.makes, *added.makes),
        postings=(*declared.postings, *added.postings),
        clauses=tuple(dict.fromkeys((*declared.clauses, *added.clauses))),
    )


def _with_options(one: Field, more: Sequence[Option]) -> Field:
    known = {each.value for each in one.options}
    new = tuple(each for each in more if each.value not in known)
    return replace(one, options=(*one.options, *new)) if new else one
