"""The checks of a save: what people typed against what the register declares.

The same function serves forms, inline edits, bulk changes, imports and their rehearsal,
so that a rehearsed row is refused by exactly what would refuse it on saving.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    ID_NUMBER,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MONEY,
    PHONE,
    PLATE,
    REFERENCES,
    TEXT,
    TIME,
    YES_NO,
    Check,
    Field,
    FieldType,
    OnlyIf,
)
from models.words import Label

LONG_TEXT_LIMIT = 20_000
INTEGER_LIMIT = 10**15


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one row: in which field (None: the row), and what to do."""

    field: str | None
    label: Label
    row: int = 0


def _text(declared: Field, value: Any) -> Any:
    if not isinstance(value, str):
        return Label(f"“{value}”不是文字。", f"“{value}” is not a text.")
    if "\x00" in value:
        return Label(
            "含有不能保存的空字符，请删去后再保存。",
            "Contains a null character, which cannot be kept. Delete it.",
        )
    limit = LONG_TEXT_LIMIT if declared.type is LONG_TEXT else declared.max_length
    if len(value) > limit:
        return Label(
            f"有 {len(value)} 个字，最多 {limit} 个，请缩短。",
            f"Has {len(value)} characters, at most {limit} fit. Shorten it.",
        )
    if declared.pattern and not _compiled(declared.pattern).fullmatch(value):
        return Label(
            f"“{value}”的格式不对，请按说明填写。",
            f"“{value}” does not have the expected form; see the help.",
        )
    return value


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _number(declared: Field, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return Label(f"“{value}”不是数字。", f"“{value}” is not a number.")
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) >= INTEGER_LIMIT:
        return Label(
            f"{value} 太大，最多 15 位整数。",
            f"{value} is too large; at most 15 digits fit.",
        )
    places = 0 if declared.type is INTEGER else declared.places
    if declared.type is MONEY:
        places = 2
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded != exact:
        return Label(
            f"{value} 的小数太多，最多 {places} 位。",
            f"{value} has too many decimals; at most {places} fit.",
        )
    if declared.minimum is not None and exact < declared.minimum:
        return Label(
            f"{value} 太小，不能小于 {declared.minimum}。",
            f"{value} is too small; at least {declared.minimum} is expected.",
        )
    if declared.maximum is not None and exact > declared.maximum:
        return Label(
            f"{value} 太大，不能大于 {declared.maximum}。",
            f"{value} is too large; at most {declared.maximum} is expected.",
        )
    return int(exact) if declared.type is INTEGER else rounded


def _option(declared: Field, value: Any) -> Any:
    allowed = {one.value for one in declared.options}
    wrong = [
        one
        for one in (value if isinstance(value, list) else [value])
        if one not in allowed
    ]
    if wrong:
        zh = "、".join(one.label.zh for one in declared.options)
        en = ", ".join(one.label.en for one in declared.options)
        return Label(
            f"“{wrong[0]}”不在选项中，可选：{zh}。",
            f"“{wrong[0]}” is not one of {en}.",
        )
    return list(dict.fromkeys(value)) if isinstance(value, list) else value


def _instance(kind: type, zh: str, en: str) -> Callable[[Field, Any], Any]:
    def check(_declared: Field, value: Any) -> Any:
        exact = type(value) is kind or (kind is not date and isinstance(value, kind))
        if exact:
            return value
        return Label(f"“{value}”不是{zh}。", f"“{value}” is not {en}.")

    return check


def _instant(_declared: Field, value: Any) -> Any:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return Label(f"“{value}”不是日期和时间。", f"“{value}” is not a date and time.")
    return value


def _reference(_declared: Field, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return Label(f"“{value}”不是一条记录。", f"“{value}” is not an entry.")
    return value


_CLEANERS: dict[FieldType, Callable[[Field, Any], Any]] = {
    **dict.fromkeys((TEXT, LONG_TEXT, PHONE, ID_NUMBER, PLATE), _text),
    **dict.fromkeys((INTEGER, DECIMAL, MONEY), _number),
    **dict.fromkeys((CHOICE, CHOICES), _option),
    **dict.fromkeys(REFERENCES, _reference),
    DATE: _instance(date, "日期", "a date"),
    TIME: _instance(time, "时间", "a time of day"),
    DURATION: _instance(timedelta, "时长", "a length of time"),
    YES_NO: _instance(bool, "是或否", "yes or no"),
    INSTANT: _instant,
}


def clean(declared: Field, value: Any) -> Any:
    """Return the value as it is kept, or a `Label` that says why it is refused.

    Blank text and empty lists count as nothing. Never raises for what people type.
    """
    return cleaner(declared)(value)


def cleaner(declared: Field) -> Callable[[Any], Any]:
    """Return what cleans values of one field, for many rows."""
    check = _CLEANERS.get(declared.type)
    several = declared.type is CHOICES
    options = frozenset(one.value for one in declared.options)

    def cleaned(value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip()
            if not several and value in options:
                return value
        if value is None or value in ("", []):
            return None
        if several and not isinstance(value, list):
            value = [value]
        return check(declared, value) if check else value

    return cleaned


def applies(declared: Field, values: Mapping[str, Any]) -> bool:
    """Whether a conditional field is shown and kept for these values."""
    return _meets(declared.only_if, values)


def _meets(condition: OnlyIf | None, values: Mapping[str, Any]) -> bool:
    if condition is None:
        return True
    held = values.get(condition.field)
    if isinstance(held, bool):
        held = "yes" if held else "no"
    found = held if isinstance(held, list) else [held]
    return any(one in condition.values for one in found)


def demanded(declared: Field, values: Mapping[str, Any]) -> bool:
    """Whether the field must be filled in, given the other values."""
    if declared.required_if is not None:
        return _meets(declared.required_if, values)
    return declared.required and applies(declared, values)


def must_be_filled(declared: Field) -> Label:
    """Say that a required field is empty."""
    return Label(
        f"{declared.label.zh}必须填写。", f"{declared.label.en} must be filled in."
    )


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
}


def holds(check: Check, values: Mapping[str, Any]) -> bool:
    """Whether a declared check holds; an empty side always does."""
    left = values.get(check.left)
    right = values.get(check.right) if isinstance(check.right, str) else check.right
    if left is None or right is None:
        return True
    return _COMPARE[check.op](left, right)
