"""How entries pass from one person to another, as a stanza says it."""

from collections.abc import Sequence
from typing import Any

from models.handing import Anyone
from models.stanza_flow import read_sets, write_sets
from models.stanza_keys import Key, read_keys, write_keys
from models.stanza_mistakes import Place
from models.stanza_values import names, text, words, write_names, write_words

_ANYONE = (
    Key("title", words, write_words, needed=True),
    Key("fields", names, write_names, needed=True),
    Key("taken_by", text, needed=True),
    Key("accepted_by", text, needed=True),
    Key("accepted_at", text, needed=True),
    Key("sets", read_sets, write_sets),
)


def _whole(value: Any, place: Place, keys: Sequence[Key], kind: Any) -> Any:
    """Read one stanza of a kind; None, with the mistakes noted, if it has some."""
    before = len(place.mistakes)
    said = read_keys(value, place, keys)
    return None if said is None or len(place.mistakes) > before else kind(**said)


def read_anyone(value: Any, place: Place) -> Anyone | None:
    """Read what every employee may take down in a register."""
    found: Anyone | None = _whole(value, place, _ANYONE, Anyone)
    return found


def write_anyone(value: Anyone) -> dict[str, Any]:
    """Write what every employee may take down."""
    usual = Anyone(value.title, (), "", "", "")
    return write_keys(value, usual, _ANYONE)
