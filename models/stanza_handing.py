"""How entries pass from one person to another, as a stanza says it."""

from typing import Any

from models.handing import Absence, Anyone, HandsOver
from models.stanza_flow import read_sets, write_sets
from models.stanza_keys import Key, read_one, write_keys
from models.stanza_mistakes import Place
from models.stanza_values import flag, names, text, words, write_names, write_words

_ANYONE = (
    Key("title", words, write_words, needed=True),
    Key("fields", names, write_names, needed=True),
    Key("taken_by", text, needed=True),
    Key("accepted_by", text, needed=True),
    Key("accepted_at", text, needed=True),
    Key("sets", read_sets, write_sets),
)
_HANDS_OVER = (
    Key("title", words, write_words, needed=True),
    Key("by", text, needed=True),
    Key("to", text, needed=True),
    Key("confirmed_at", text, needed=True),
    Key("remark", text),
    Key("items", text, needed=True),
    Key("matter", text, needed=True),
    Key("ticked", text, needed=True),
    Key("due_at", text),
    Key("entries", names, write_names, needed=True),
)
_ABSENCE = (
    Key("person", text, needed=True),
    Key("deputy", text, may_be_empty=True),
    Key("from", text, attribute="from_at", needed=True),
    Key("until", text, attribute="until_at", needed=True),
    Key("states", names, write_names),
    Key("over", names, write_names),
    Key("on_duty", flag),
)


def read_anyone(value: Any, place: Place) -> Anyone | None:
    """Read what every employee may take down in a register."""
    return read_one(value, place, _ANYONE, Anyone)


def write_anyone(value: Anyone) -> dict[str, Any]:
    """Write what every employee may take down."""
    usual = Anyone(value.title, (), "", "", "")
    return write_keys(value, usual, _ANYONE)


def read_hands_over(value: Any, place: Place) -> HandsOver | None:
    """Read what makes a register's entries hand-overs."""
    return read_one(value, place, _HANDS_OVER, HandsOver)


def write_hands_over(value: HandsOver) -> dict[str, Any]:
    """Write what makes a register's entries hand-overs."""
    usual = HandsOver(value.title, "", "", "", "", "", "", ())
    return write_keys(value, usual, _HANDS_OVER)


def read_absence(value: Any, place: Place) -> Absence | None:
    """Read what makes a register's entries absences."""
    return read_one(value, place, _ABSENCE, Absence)


def write_absence(value: Absence) -> dict[str, Any]:
    """Write what makes a register's entries absences."""
    usual = Absence(value.person, value.from_at, value.until_at)
    return write_keys(value, usual, _ABSENCE)
