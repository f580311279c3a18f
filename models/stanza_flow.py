"""A flow as a stanza says it: its states, its steps, and who takes them.

`sets` says `now`, `today`, `me` and `comment` by bare words, `{from: field}` for
another field, and other values as they are: texts, whole numbers, yes and no, nothing;
`{number: "0.50"}` for a figure with a point, `{text: now}` for one of the bare words.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.fields import From, Given
from models.flow import COMMENT, Flow, State, Transition, Who, WhoKind
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

BARE: Mapping[str, Any] = {
    "now": Given.NOW,
    "today": Given.TODAY,
    "me": Given.ME,
    "comment": COMMENT,
}
_NO_WORDS = Label("", "")
_KINDS = [one.value for one in WhoKind]
_HOLDER = "holder"

STATE_KEYS = (
    Key("code", text, needed=True),
    Key("title", words, write_words, attribute="label", needed=True),
    Key("tone", text),
    Key("final", flag),
    Key("locked", flag),
)


def _who(value: Any, place: Place) -> tuple[Who, ...]:
    found = []
    for index, one in enumerate(value if isinstance(value, list) else [value]):
        here = place.at(index)
        said = {"person": _HOLDER} if one == _HOLDER else one
        kinds = [key for key in said if key != "on"] if isinstance(said, dict) else []
        if len(kinds) != 1 or kinds[0] not in _KINDS:
            what = Label("办理人的写法", "a way to say who")
            here.wrong(one_of(one, [_HOLDER, *_KINDS], what))
            continue
        of = text(said[kinds[0]], here.at(kinds[0]))
        on = text(said["on"], here.at("on")) if "on" in said else None
        if of is not None:
            found.append(Who(WhoKind(kinds[0]), of, on))
    return tuple(found)


def _write_who(value: Sequence[Who]) -> list[dict[str, str]]:
    return [
        {one.kind.value: one.of} | ({"on": one.on} if one.on else {}) for one in value
    ]


def read_sets(value: Any, place: Place) -> dict[str, Any]:
    """Read what is filled in by itself: {field: value}."""
    if not isinstance(value, Mapping):
        place.expected(value, "“{字段: 值}”", "“{field: value}”")
        return {}
    return {str(name): _value(one, place.at(name)) for name, one in value.items()}


def _value(value: Any, place: Place) -> Any:
    if isinstance(value, str) and value in BARE:
        return BARE[value]
    if not isinstance(value, Mapping):
        return value
    readers = {"from": _from, "number": number, "text": text}
    if len(value) == 1:
        [(key, said)] = value.items()
        if key in readers:
            return readers[key](said, place.at(key))
    what = Label("值的写法", "a way to say a value")
    place.wrong(one_of(", ".join(map(str, value)), list(readers), what))
    return None


def _from(value: Any, place: Place) -> From | None:
    path = text(value, place)
    return From(path) if path else None


def write_sets(value: Mapping[str, Any]) -> dict[str, Any]:
    """Write what is filled in by itself."""
    return {name: _write_value(one) for name, one in value.items()}


def _write_value(value: Any) -> Any:
    bare = next((word for word, one in BARE.items() if one is value), None)
    if bare is not None:
        return bare
    if isinstance(value, From):
        return {"from": value.path}
    if isinstance(value, Decimal):
        return {"number": write_number(value)}
    return {"text": value} if isinstance(value, str) and value in BARE else value


STEP_KEYS = (
    Key("code", text, needed=True),
    Key("title", words, write_words, attribute="label", needed=True),
    Key("from", names, write_names, attribute="sources", needed=True),
    Key("to", text, needed=True),
    Key("who", _who, _write_who),
    Key("when", text, may_be_empty=True),
    Key("asks", names, write_names),
    Key("sets", read_sets, write_sets),
    Key("comment", flag),
    Key("approves", flag),
    Key("sends_back", flag),
    Key("own_too", flag),
    Key("clauses", names, write_names),
)


def _states(value: Any, place: Place) -> tuple[State, ...]:
    return read_items(value, place, STATE_KEYS, State)


def _write_states(value: Sequence[State]) -> list[dict[str, Any]]:
    return [write_keys(one, State("", _NO_WORDS), STATE_KEYS) for one in value]


def _steps(value: Any, place: Place) -> tuple[Transition, ...]:
    return read_items(value, place, STEP_KEYS, Transition)


def _write_steps(value: Sequence[Transition]) -> list[dict[str, Any]]:
    usual = Transition("", _NO_WORDS, (), "")
    return [write_keys(one, usual, STEP_KEYS) for one in value]


_FLOW = (
    Key("field", text, needed=True),
    Key("states", _states, _write_states, needed=True),
    Key("steps", _steps, _write_steps, attribute="transitions", needed=True),
)


def read_flow(value: Any, place: Place) -> Flow | None:
    """Return the flow of a stanza; None, with the mistakes noted, if it has some."""
    return read_one(value, place, _FLOW, Flow)


def write_flow(flow: Flow) -> dict[str, Any]:
    """Return the stanza of a flow."""
    return write_keys(flow, Flow("", (), ()), _FLOW)
