"""Values as people write and read them, for every field type, in one place.

Forms, inline edits, filters, imports and bulk changes read by `read`; lists, entry
pages, exports and histories show by `show`. No screen has a way of its own.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    ID_NUMBER,
    INSTANT,
    INTEGER,
    MONEY,
    PHONE,
    REFERENCES,
    TIME,
    YES_NO,
    Field,
    FieldType,
)
from models.rules import cell_values
from models.rules.cell_basics import duration_text
from models.words import Label, PersonError

YES = Label("是", "Yes")
NO = Label("否", "No")


class UnreadableError(PersonError):
    """A text that cannot be a value of its field."""


def read(declared: Field, text: str, zone: ZoneInfo) -> Any:
    """Return the value of what a person typed; None for blank.

    Raises:
        PersonError: Says what was found and what is expected.
    """
    if not text.strip():
        return None
    reader = _READERS.get(declared.type)
    return reader(declared, text, zone) if reader else text.strip()


def _choice(declared: Field, text: str, _zone: ZoneInfo) -> str:
    wanted = text.strip()
    for one in declared.options:
        if wanted in (one.value, *one.label.every):
            return one.value
    zh = "、".join(one.label.zh for one in declared.options)
    en = ", ".join(one.label.en for one in declared.options)
    raise UnreadableError(
        "“{found}”不在选项中，可选：{zh}。",
        "“{found}” is not one of {en}.",
        found=wanted,
        zh=zh,
        en=en,
    )


def _choices(declared: Field, text: str, zone: ZoneInfo) -> list[str]:
    words = text.replace("、", ",").replace("，", ",").replace(";", ",").split(",")
    return [_choice(declared, word, zone) for word in words if word.strip()]


def _entry_id(_declared: Field, text: str, _zone: ZoneInfo) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 18:  # noqa: PLR2004 - an id's longest
        raise UnreadableError(
            "“{found}”不是一条记录，请从列表中选择。",
            "“{found}” is not an entry. Choose one from the list.",
            found=text,
        )
    return int(text)


_READERS: Mapping[FieldType, Callable[[Field, str, ZoneInfo], Any]] = {
    INTEGER: lambda _, text, __: cell_values.read_integer(text),
    DECIMAL: lambda one, text, _: cell_values.read_decimal(text, one.places),
    MONEY: lambda _, text, __: cell_values.read_money(text),
    DATE: lambda _, text, __: cell_values.read_date(text),
    TIME: lambda _, text, __: cell_values.read_time(text),
    INSTANT: lambda _, text, zone: cell_values.read_instant(text, zone=zone),
    DURATION: lambda _, text, __: cell_values.read_duration(text),
    YES_NO: lambda _, text, __: cell_values.read_yes_no(text),
    PHONE: lambda _, text, __: cell_values.read_phone(text),
    ID_NUMBER: lambda _, text, __: text.strip().upper(),
    CHOICE: _choice,
    CHOICES: _choices,
    **dict.fromkeys(REFERENCES, _entry_id),
}


def show(declared: Field, value: Any, language: str, zone: ZoneInfo) -> str:
    """Return a value as people read it; "" for nothing. References give their id."""
    if value is None:
        return ""
    shower = _SHOWERS.get(declared.type)
    return shower(declared, value, language, zone) if shower else str(value)


def show_instant(value: datetime, zone: ZoneInfo) -> str:
    """Return an instant to the minute in a zone: 2026-10-08 17:30."""
    local = value.astimezone(zone).replace(tzinfo=None)
    return local.isoformat(" ", "minutes")


def show_duration(value: timedelta, language: str) -> str:
    """Return a length of time as 1天3小时20分 or "1 d 3 h 20 min"."""
    minutes, sign = (
        int(abs(value).total_seconds()) // 60,
        "-" if value < timedelta() else "",
    )
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    zh, en = ("天", "小时", "分"), (" d", " h", " min")
    units = en if language.startswith("en") else zh
    parts = [
        f"{count}{unit}"
        for count, unit in zip((days, hours, minutes), units, strict=True)
        if count
    ]
    between = " " if units is en else ""
    return sign + (between.join(parts) or f"0{units[2]}")


def _labels(declared: Field, value: Any, language: str) -> str:
    words = [declared.option_label(one).text(language) for one in value]
    return (", " if language.startswith("en") else "、").join(words)


_SHOWERS: Mapping[FieldType, Callable[[Field, Any, str, ZoneInfo], str]] = {
    DECIMAL: lambda _, value, __, ___: f"{_trimmed(value):f}",
    MONEY: lambda _, value, __, ___: f"{value:,.2f}",
    DATE: lambda _, value, __, ___: str(value.isoformat()),
    TIME: lambda _, value, __, ___: str(value.strftime("%H:%M")),
    INSTANT: lambda _, value, __, zone: show_instant(value, zone),
    DURATION: lambda _, value, language, __: show_duration(value, language),
    YES_NO: lambda _, value, language, __: (YES if value else NO).text(language),
    CHOICE: lambda one, value, language, _: one.option_label(value).text(language),
    CHOICES: lambda one, value, language, _: _labels(one, value, language),
}


def _trimmed(value: Decimal) -> Decimal:
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value()
        else value.normalize()
    )


def edit_text(value: Any, zone: ZoneInfo) -> str:
    """Return a value as a form's control holds it, so that `read` gives it back."""
    match value:
        case None:
            text = ""
        case datetime():
            text = value.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
        case date() | time():
            text = value.isoformat()
        case bool():
            text = "yes" if value else "no"
        case Decimal():
            text = f"{value:f}"
        case list():
            text = ",".join(value)
        case timedelta():
            text = duration_text(value)
        case _:
            text = str(value)
    return text
