"""Call lists as a stanza writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.call_list import Asks, Attempts, CallList, Round
from models.stanza_flow import read_sets, write_sets
from models.stanza_keys import Key, read_items, read_one, write_keys
from models.stanza_mistakes import Place
from models.stanza_values import names, text, whole, words, write_names, write_words

_ASKS = (
    Key("register", text, needed=True),
    Key("via", text, needed=True),
    Key("at", text, needed=True),
    Key("when", text, may_be_empty=True),
    Key("title", words, write_words, may_be_empty=True),
    Key("days", whole),
    Key("sets", read_sets, write_sets),
)
_ROUND = (
    Key("register", text, needed=True),
    Key("via", text, needed=True),
    Key("last", text, needed=True),
    Key("when", text, may_be_empty=True),
    Key("title", words, write_words, may_be_empty=True),
    Key("rest", whole),
    Key("sets", read_sets, write_sets),
)
_ATTEMPTS = (
    Key("register", text, needed=True),
    Key("at", text, needed=True),
    Key("outcome", text, needed=True),
    Key("caller", text, needed=True),
    Key("again_at", text, may_be_empty=True),
)


def _minutes(value: Any, place: Place) -> dict[str, int | None]:
    """Read {outcome: minutes}."""
    if not isinstance(value, Mapping):
        place.expected(value, "“{结果: 分钟}”", "“{outcome: minutes}”")
        return {}
    return {str(name): whole(one, place.at(name)) for name, one in value.items()}


def read_asks(value: Any, place: Place) -> tuple[Asks, ...]:
    """Read which entries ask for a call."""
    return read_items(value, place, _ASKS, Asks)


def write_asks(value: Sequence[Asks]) -> list[dict[str, Any]]:
    """Write which entries ask for a call."""
    return [write_keys(one, Asks("", "", ""), _ASKS) for one in value]


def _round(value: Any, place: Place) -> Round | None:
    return read_one(value, place, _ROUND, Round)


def _write_round(value: Round) -> dict[str, Any]:
    return write_keys(value, Round("", "", ""), _ROUND)


def _attempts(value: Any, place: Place) -> Attempts | None:
    return read_one(value, place, _ATTEMPTS, Attempts)


def _write_attempts(value: Attempts) -> dict[str, Any]:
    return write_keys(value, Attempts("", "", "", ""), _ATTEMPTS)


_CALL_LIST = (
    Key("title", words, write_words, needed=True),
    Key("at", text, needed=True),
    Key("outcome", text, needed=True),
    Key("caller", text, needed=True),
    Key("reached", names, write_names, needed=True),
    Key("again", _minutes, dict),
    Key("again_at", text, may_be_empty=True),
    Key("attempts", _attempts, _write_attempts, may_be_empty=True),
    Key("retries", whole),
    Key("days", whole),
    Key("closes", read_sets, write_sets),
    Key("asks", read_asks, write_asks),
    Key("round", _round, _write_round, may_be_empty=True),
    Key("a_day", whole),
    Key("posts", names, write_names),
)


def read_call_list(value: Any, place: Place) -> CallList | None:
    """Read what makes a register's entries calls of a list."""
    return read_one(value, place, _CALL_LIST, CallList)


def write_call_list(value: CallList) -> dict[str, Any]:
    """Write what makes a register's entries calls of a list."""
    usual = CallList(value.title, "", "", "", ())
    return write_keys(value, usual, _CALL_LIST)
