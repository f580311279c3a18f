"""How a stanza says what a field begins with: a value, or where to take one from.

`now`, `today`, `me`, `my_department` and `my_branch` are bare words where no text can
stand; `{given: ...}` says them anywhere. Other sources are `{from: customer.address}`,
`{lookup: register, match: {...}, take: field}`, `{count: register, match: {...}, on:
{their instant: our day}, within: months}` and `{first_of: [...]}`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    REFERENCES,
    TEXTUAL,
    TIME,
    YES_NO,
    Count,
    FieldType,
    FirstOf,
    From,
    Given,
    Lookup,
)
from models.stanza_keys import Key, read_keys
from models.stanza_mistakes import Place, one_of
from models.stanza_values import (
    Reader,
    flag,
    names,
    number,
    pairs,
    text,
    whole,
    word,
    write_number,
)
from models.words import Label

BARE = REFERENCES | {INSTANT, DATE, TIME}  # types whose values are no words
GIVEN = [one.value for one in Given]
Parsed = TypeVar("Parsed")
_LENGTH = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")

_LOOKUP = (
    Key("lookup", text, attribute="register", needed=True),
    Key("match", pairs, needed=True),
    Key("take", text, needed=True),
    Key("empty", names),
)


def _on(value: Any, place: Place) -> tuple[str, str] | None:
    found = pairs(value, place)
    if len(found) == 1:
        [(theirs, ours)] = found.items()
        return theirs, str(ours)
    place.expected(value, "“{对方时间: 本表日期}”", "“{their instant: our day}”")
    return None


_COUNT = (
    Key("count", text, attribute="register", needed=True),
    Key("match", pairs, needed=True),
    Key("on", _on, needed=True),
    Key("within", text),
)


def read_default(value: Any, place: Place, kind: FieldType) -> Any:
    """Return a default of a field of this type; mistakes are noted at the place."""
    if isinstance(value, Mapping):
        return _source(value, place)
    if kind in BARE and isinstance(value, str) and value in GIVEN:
        return Given(value)
    return _LITERALS[kind](value, place) if kind in _LITERALS else None


def _source(value: Mapping[str, Any], place: Place) -> Any:
    for key, read in _SOURCES.items():
        if key in value:
            return read(value, place)
    place.wrong(
        one_of(
            ", ".join(map(str, value)),
            list(_SOURCES),
            Label("默认值的来源", "a source of a default"),
        )
    )
    return None


def _given(value: Mapping[str, Any], place: Place) -> Given | None:
    said = read_keys(value, place, [Key("given", text)]) or {}
    if said.get("given") in GIVEN:
        return Given(said["given"])
    what = Label("这类默认值", "such a default")
    place.at("given").wrong(one_of(value["given"], GIVEN, what))
    return None


def _from(value: Mapping[str, Any], place: Place) -> From | None:
    said = read_keys(value, place, [Key("from", text, attribute="path")])
    return From(said["path"]) if said and said.get("path") else None


def _lookup(value: Mapping[str, Any], place: Place) -> Lookup | None:
    before = len(place.mistakes)
    said = read_keys(value, place, _LOOKUP)
    return None if said is None or len(place.mistakes) > before else Lookup(**said)


def _count(value: Mapping[str, Any], place: Place) -> Count | None:
    before = len(place.mistakes)
    said = read_keys(value, place, _COUNT)
    return None if said is None or len(place.mistakes) > before else Count(**said)


def _first_of(value: Mapping[str, Any], place: Place) -> FirstOf | None:
    said = read_keys(value, place, [Key("first_of", _tried)])
    return FirstOf(said["first_of"]) if said and said.get("first_of") else None


def _tried(value: Any, place: Place) -> tuple[Any, ...]:
    if not isinstance(value, list):
        place.expected(value, "一个列表", "a list")
        return ()
    found = []
    for index, one in enumerate(value):
        here = place.at(index)
        if isinstance(one, str) and one in GIVEN:
            found.append(Given(one))
        elif isinstance(one, Mapping) and "first_of" not in one:
            found.append(_source(one, here))
        else:
            here.expected(one, "默认值的来源", "a source of a default")
    return tuple(found)


_SOURCES: dict[str, Callable[[Mapping[str, Any], Place], Any]] = {
    "given": _given,
    "from": _from,
    "lookup": _lookup,
    "count": _count,
    "first_of": _first_of,
}


def _date(value: Any, place: Place) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _parsed(value, place, date.fromisoformat, "日期，如 2026-10-01", "a day")


def _time(value: Any, place: Place) -> time | None:
    return _parsed(value, place, time.fromisoformat, "时间，如 “09:00”", "a time")


def _instant(value: Any, place: Place) -> datetime | None:
    found = _parsed(value, place, datetime.fromisoformat, "日期和时间", "an instant")
    if found is not None and found.tzinfo is None:
        place.expected(value, "带时区的时间", "an instant with its zone")
    return found


def _parsed(
    value: Any, place: Place, parse: Callable[[str], Parsed], zh: str, en: str
) -> Parsed | None:
    try:
        return parse(value)
    except (TypeError, ValueError):
        place.expected(value, zh, en)
        return None


def _length(value: Any, place: Place) -> timedelta | None:
    found = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if found is None or not value:
        place.expected(value, "时长，如 1h30m", "a length such as 1h30m")
        return None
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _several(value: Any, place: Place) -> tuple[str | None, ...]:
    return names(value, place)


_LITERALS: dict[FieldType, Reader] = {
    **dict.fromkeys(TEXTUAL, text),
    **dict.fromkeys((DECIMAL, MONEY), number),
    **dict.fromkeys(REFERENCES, whole),
    INTEGER: whole,
    CHOICE: word,
    CHOICES: _several,
    YES_NO: flag,
    DATE: _date,
    TIME: _time,
    INSTANT: _instant,
    DURATION: _length,
}


def write_default(value: Any, kind: FieldType) -> Any:
    """Return how a stanza says a default of a field of this type."""
    if isinstance(value, Given):
        return value.value if kind in BARE else {"given": value.value}
    source = _write_source(value)
    return _write_literal(value) if source is None else source


def _write_source(value: Any) -> Any:
    match value:
        case Given():
            return value.value
        case From():
            return {"from": value.path}
        case Lookup():
            said: dict[str, Any] = {
                "lookup": value.register,
                "match": dict(value.match),
                "take": value.take,
            }
            return said | ({"empty": list(value.empty)} if value.empty else {})
        case Count():
            theirs, ours = value.on
            said = {
                "count": value.register,
                "match": dict(value.match),
                "on": {theirs: ours},
            }
            return said | ({"within": value.within} if value.within else {})
        case FirstOf():
            return {"first_of": [_write_source(one) for one in value.defaults]}
    return None


def _write_literal(value: Any) -> Any:
    match value:
        case Decimal():
            return write_number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return f"{int(value.total_seconds())}s"
        case tuple() | list():
            return list(value)
    return value
