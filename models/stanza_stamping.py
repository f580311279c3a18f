"""Stamps as a stanza."""

from typing import Any

from models.stamping import Stamp, Stamps
from models.stanza_keys import Key, read_items, read_one, write_keys
from models.stanza_mistakes import Place
from models.stanza_values import names, text, words, write_names, write_words
from models.words import Label

_NO_WORDS = Label("", "")
STAMP_KEYS = (
    Key("field", text, needed=True),
    Key("title", words, write_words, attribute="label", needed=True),
    Key("when", text, may_be_empty=True),
    Key("needs", names, write_names),
)


def _read_given(value: Any, place: Place) -> tuple[Stamp, ...]:
    return read_items(value, place, STAMP_KEYS, Stamp)


def _write_given(value: tuple[Stamp, ...]) -> list[dict[str, Any]]:
    return [write_keys(one, Stamp("", _NO_WORDS), STAMP_KEYS) for one in value]


STAMPS_KEYS = (
    Key("by", names, write_names, needed=True),
    Key("given", _read_given, _write_given, needed=True),
    Key("when", text, may_be_empty=True),
)


def read_stamps(value: Any, place: Place) -> Stamps | None:
    """Read which instants buttons fill in."""
    return read_one(value, place, STAMPS_KEYS, Stamps)


def write_stamps(value: Stamps) -> dict[str, Any]:
    """Write which instants buttons fill in."""
    return write_keys(value, Stamps((), ()), STAMPS_KEYS)
