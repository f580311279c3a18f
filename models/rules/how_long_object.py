"""How long, as a plain JSON object: what tables keep and forms exchange.

{"kind": "hours", "seconds": 86400, "count": "rolled"}
{"kind": "day_of_month", "day": 5, "minute": 1020, "roll": "later", "months": 0}
{"kind": "before", "lead": {"kind": "days", "days": 1}, "field": "shift_start"}

A key that has a default may be left out. A text in place of the object is the
one-line form of `how_long_notation`.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any

from models.rules.how_long import (
    Before,
    Count,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    HowLongError,
    Roll,
    ValueOf,
    WeekdayTime,
    Workdays,
)
from models.rules.how_long_notation import parse_how_long

KINDS: Mapping[str, type[HowLong]] = {
    "hours": Hours,
    "days": Days,
    "workdays": Workdays,
    "day_of_month": DayOfMonth,
    "weekday": WeekdayTime,
    "before": Before,
    "value": ValueOf,
}
# A timedelta is no JSON value, so it is written in seconds, under that name.
_WRITTEN_AS = {"length": "seconds"}


def how_long_object(how_long: HowLong) -> dict[str, object]:
    """Write as plain values that `read_how_long` reads back the same."""
    kind = next(name for name, each in KINDS.items() if each is type(how_long))
    written: dict[str, object] = {"kind": kind}
    for field in fields(how_long):
        value = getattr(how_long, field.name)
        key = _WRITTEN_AS.get(field.name, field.name)
        written[key] = _plain(value)
    return written


def read_how_long(written: object) -> HowLong:
    """Read an object or a one-line text.

    Raises:
        HowLongError: A key is missing, unknown or holds what it cannot mean.
    """
    if isinstance(written, str):
        return parse_how_long(written)
    if not isinstance(written, Mapping) or written.get("kind") not in [*KINDS]:
        raise _wrong("kind", written, "、".join(KINDS), ", ".join(KINDS))
    made = KINDS[written["kind"]]
    keys = {_WRITTEN_AS.get(each.name, each.name): each for each in fields(made)}
    for key in written:
        if key != "kind" and key not in keys:
            raise _wrong(str(key), key, "、".join(keys), ", ".join(keys))
    values: dict[str, Any] = {}
    for key, field in keys.items():
        if key in written:
            values[field.name] = _READ.get(key, _number)(key, written[key])
        elif field.default is MISSING:
            raise _wrong(key, None, "一个值", "a value")
    return made(**values)


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, Hours | Days | Workdays):
        return how_long_object(value)
    return str(value) if isinstance(value, Count | Roll) else value


def _number(key: str, found: object) -> int:
    if type(found) is not int:
        raise _wrong(key, found, "整数", "a whole number")
    return found


def _seconds(key: str, found: object) -> timedelta:
    # Larger ones overflow a timedelta; a length checks its own range.
    return timedelta(seconds=min(_number(key, found), 10**11))


def _text(key: str, found: object) -> str:
    if not isinstance(found, str):
        raise _wrong(key, found, "字段名", "the id of a field")
    return found


def _lead(key: str, found: object) -> HowLong:
    lead = read_how_long(found)
    if not isinstance(lead, Hours | Days | Workdays):
        raise _wrong(key, found, "hours、days、workdays", "hours, days or workdays")
    return lead


def _one_of(choices: type[Count | Roll]) -> Callable[[str, object], Count | Roll]:
    def read(key: str, found: object) -> Count | Roll:
        if not isinstance(found, str) or found not in list(choices):
            raise _wrong(key, found, "、".join(choices), ", ".join(choices))
        return choices(found)

    return read


_READ: Mapping[str, Callable[[str, object], object]] = {
    "seconds": _seconds,
    "count": _one_of(Count),
    "roll": _one_of(Roll),
    "minute": lambda key, found: None if found is None else _number(key, found),
    "lead": _lead,
    "field": _text,
}


def _wrong(key: str, found: object, zh: str, en: str) -> HowLongError:
    return HowLongError(
        f"时限的 {key}：「{found}」不对，应为 {zh}。",
        f"How long, {key}: '{found}' is wrong; expected {en}.",
    )
