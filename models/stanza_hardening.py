"""What of a register hardens with the pay, as a stanza says it."""

from typing import Any

from models.hardens import Hardens
from models.stanza_keys import Key, read_one, write_keys
from models.stanza_mistakes import Place
from models.stanza_values import names, text, write_names

_HARDENS = (
    Key("fields", names, write_names, needed=True),
    Key("by", text, needed=True),
)


def read_hardens(value: Any, place: Place) -> Hardens | None:
    """Read which fields harden, and what tells an entry's period."""
    return read_one(value, place, _HARDENS, Hardens)


def write_hardens(value: Hardens) -> dict[str, Any]:
    """Write which fields harden."""
    return write_keys(value, value, _HARDENS)
