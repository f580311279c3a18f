"""Limits and the month grid as a stanza writes them."""

from collections.abc import Sequence
from typing import Any

from models.dispatching import Dispatch
from models.limit import PERIODS, Allowance, Grid, Limit
from models.stanza_keys import Key, read_items, read_one, write_keys
from models.stanza_mistakes import Place, one_of
from models.stanza_values import (
    flag,
    names,
    number,
    text,
    words,
    write_names,
    write_number,
    write_words,
)
from models.words import Label

_NO_WORDS = Label("", "")


def _per(value: Any, place: Place) -> str | None:
    if value in PERIODS:
        return str(value)
    what = Label("这里可用的周期", "a period")
    place.wrong(one_of(value, list(PERIODS), what))
    return None


_ALLOWANCE = (
    Key("register", text, needed=True),
    Key("of", text, needed=True),
    Key("sum", text, needed=True),
    Key("when", text, may_be_empty=True),
)


def _within(value: Any, place: Place) -> Allowance | None:
    return read_one(value, place, _ALLOWANCE, Allowance)


def _write_within(value: Allowance) -> dict[str, Any]:
    return write_keys(value, Allowance("", "", ""), _ALLOWANCE)


LIMIT_KEYS = (
    Key("name", text, needed=True),
    Key("of", text, needed=True),
    Key("by", text, may_be_empty=True),
    Key("per", _per),
    Key("sum", text, may_be_empty=True),
    Key("in_a_row", flag),
    Key("when", text, may_be_empty=True),
    Key("most", number, write_number, may_be_empty=True),
    Key("least", number, write_number, may_be_empty=True),
    Key("within", _within, _write_within, may_be_empty=True),
    Key("warns", flag),
    Key("message", words, write_words, needed=True),
)


def read_limits(value: Any, place: Place) -> tuple[Limit, ...]:
    """Read what must hold over several entries."""
    return read_items(value, place, LIMIT_KEYS, Limit)


def write_limits(value: Sequence[Limit]) -> list[dict[str, Any]]:
    """Write what must hold over several entries."""
    return [write_keys(one, Limit("", "", _NO_WORDS), LIMIT_KEYS) for one in value]


GRID_KEYS = (
    Key("rows", text, needed=True),
    Key("columns", text, needed=True),
    Key("cell", text, needed=True),
    Key("rest", text, may_be_empty=True),
    Key("short", text, may_be_empty=True),
    Key("sums", names, write_names),
)


def read_grid(value: Any, place: Place) -> Grid | None:
    """Read how a register is shown as a month."""
    return read_one(value, place, GRID_KEYS, Grid)


def write_grid(value: Grid) -> dict[str, Any]:
    """Write how a register is shown as a month."""
    return write_keys(value, Grid("", "", ""), GRID_KEYS)


DISPATCH_KEYS = (
    Key("person", text, needed=True),
    Key("at", text, needed=True),
    Key("settled", text, needed=True),
    Key("shows", names, write_names),
    Key("by", text, may_be_empty=True),
)


def read_dispatch(value: Any, place: Place) -> Dispatch | None:
    """Read how a register's entries are given out."""
    return read_one(value, place, DISPATCH_KEYS, Dispatch)


def write_dispatch(value: Dispatch) -> dict[str, Any]:
    """Write how a register's entries are given out."""
    return write_keys(value, Dispatch("", "", ""), DISPATCH_KEYS)
