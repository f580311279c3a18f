"""A register as a stanza: plain data, as YAML, JSON or the panel gives it.

A stanza means the same as a register class, and every class can be written as one:
`read_register(write_register(declared)) == declared`. `docs/registers.md` is the
handbook of the notation. Whether fields, formulas and links make sense together is the
matter of `register_checks.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.register import BeginsWith, Check, Declaration, Makes, Posting
from models.register_words import MENU_CODES
from models.stanza_calling import read_call_list, write_call_list
from models.stanza_fields import read_fields, write_fields
from models.stanza_flow import read_flow, write_flow
from models.stanza_handing import (
    read_absence,
    read_anyone,
    read_hands_over,
    write_absence,
    write_anyone,
    write_hands_over,
)
from models.stanza_hardening import read_hardens, write_hardens
from models.stanza_keys import (
    AsWritten,
    Key,
    read_items,
    read_keys,
    read_one,
    write_keys,
)
from models.stanza_limits import (
    read_dispatch,
    read_grid,
    read_limits,
    write_dispatch,
    write_grid,
    write_limits,
)
from models.stanza_mistakes import Place, StanzaError, one_of
from models.stanza_stamping import read_stamps, write_stamps
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


def read_menu(value: Any, place: Place) -> Label | None:
    """Read a group of the menu: its code, or its words."""
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


def write_menu(label: Label) -> Any:
    """Write a group of the menu by its code, if it has one."""
    codes = {known: code for code, known in MENU_CODES.items()}
    return codes.get(label) or write_words(label)


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
    found: tuple[_Must, ...] = read_items(value, place, _CHECK, _Must)
    return tuple(
        Check(one.name, one.must[0], one.must[1], one.must[2], one.message)  # type: ignore[arg-type]  # the pattern lets through no other sign
        for one in found
    )


def write_checks(value: Sequence[Check]) -> list[dict[str, Any]]:
    """Write checks, each with what must hold as one sentence."""
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
    return read_items(value, place, _MAKES, Makes)


def write_makes(value: Sequence[Makes]) -> list[dict[str, Any]]:
    """Write what can be made of an entry."""
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
    return read_items(value, place, _POSTING, Posting)


def write_postings(value: Sequence[Posting]) -> list[dict[str, Any]]:
    """Write which figures elsewhere the entries add up to."""
    return [write_keys(one, Posting("", {}), _POSTING) for one in value]


_BEGINS = (
    Key("by", text, needed=True),
    Key("register", text, needed=True),
    Key("carry", pairs, write_pairs, needed=True),
)


def _begins_with(value: Any, place: Place) -> BeginsWith | None:
    return read_one(value, place, _BEGINS, BeginsWith)


def _write_begins_with(value: BeginsWith) -> dict[str, Any]:
    return write_keys(value, value, _BEGINS)


REGISTER_KEYS = (
    Key("code", text, needed=True),
    Key("title", words, write_words, needed=True),
    Key("menu", read_menu, write_menu, needed=True),
    Key("source", text),
    Key("icon", text),
    Key("numbering", text, may_be_empty=True),
    Key("display", names, write_names),
    Key("order", text),
    Key("in_menu", flag),
    Key("of_people", flag),
    Key("part_of", text, may_be_empty=True),
    Key("secrecy", text, may_be_empty=True),
    Key("in_whole", flag),
    Key("begins_with", _begins_with, _write_begins_with, may_be_empty=True),
    Key("import_key", names, write_names),
    Key("unique_together", groups, write_groups),
    Key("clauses", names, write_names),
    Key("retired", flag, attribute="is_retired"),
    Key("fields", read_fields, write_fields, needed=True),
    Key("retired_fields", read_fields, write_fields),
    Key("checks", read_checks, write_checks),
    Key("makes", read_makes, write_makes),
    Key("postings", read_postings, write_postings),
    Key("limits", read_limits, write_limits),
    Key("grid", read_grid, write_grid, may_be_empty=True),
    Key(
        "dispatch",
        read_dispatch,
        write_dispatch,
        attribute="dispatch_board",
        may_be_empty=True,
    ),
    Key("stamps", read_stamps, write_stamps, may_be_empty=True),
    Key("flow", read_flow, write_flow, may_be_empty=True),
    Key("stands_in", text, may_be_empty=True),
    Key("open_in", names, write_names),
    Key("handed_on", names, write_names),
    Key("anyone", read_anyone, write_anyone, may_be_empty=True),
    Key("hands_over", read_hands_over, write_hands_over, may_be_empty=True),
    Key("absence", read_absence, write_absence, may_be_empty=True),
    Key("call_list", read_call_list, write_call_list, may_be_empty=True),
    Key("hardens", read_hardens, write_hardens, may_be_empty=True),
    Key("takes_calls", text, may_be_empty=True),
    Key("alike", names, write_names),
    Key("merges", flag),
)


def read_register(stanza: Any) -> Declaration:
    """Return the declaration that a stanza means.

    Raises:
        StanzaError: With every mistake of the notation.
    """
    return _read_register(AsWritten(stanza))


@lru_cache(maxsize=1024)
def _read_register(written: AsWritten) -> Declaration:
    mistakes: list[Any] = []
    said = read_keys(written.stanza, Place((), mistakes), REGISTER_KEYS)
    if said is None or mistakes:
        raise StanzaError(mistakes)
    return Declaration(**said)


def write_register(declared: Declaration) -> dict[str, Any]:
    """Return the stanza of a declaration; JSON can keep it."""
    usual = Declaration(code="", title=_NO_WORDS, menu=_NO_WORDS, fields=())
    return write_keys(declared, usual, REGISTER_KEYS)
