"""Values -> the XML of .xlsx cells, as it stands after a cell's name."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from admin.csv_writing import instant_text, scaled_text
from admin.sheet_columns import SheetColumn, Wording
from models.register import FieldType
from models.rules.cell_basics import duration_text

LONGEST_TEXT = 32_767
"""Characters of a cell, counted in UTF-16; Excel calls a file with more damaged."""
MOST_DIGITS = 15
"""Digits of a number that Excel keeps; longer ones are written as texts."""

Rest = Callable[[Any], str]
"""Makes the XML of a cell after its name: style, type and value."""


def cell_writer(column: SheetColumn, style: int, wording: Wording) -> Rest:
    """Return what makes the cells of one column; None is never given to it."""
    styled = f' s="{style}"><v>'
    zone, places = wording.zone, column.decimals
    yes, no = text_cell(wording.yes), text_cell(wording.no)

    def decimal(value: Any) -> str:
        shown = scaled_text(value, places) if column.scaled else format(value, "f")
        return _number(styled, shown)

    writers: dict[FieldType, Rest] = {
        FieldType.INTEGER: lambda value: _number(styled, str(value)),
        FieldType.MONEY: decimal,
        FieldType.DECIMAL: decimal,
        FieldType.DATE: lambda value: _day(styled, value),
        FieldType.INSTANT: lambda value: _instant(styled, value, zone),
        FieldType.TIME: lambda value: f"{styled}{_day_part(value)}</v></c>",
        FieldType.DURATION: lambda value: _duration(styled, value),
        FieldType.YES_NO: lambda value: yes if value else no,
    }
    return writers.get(column.type, text_cell)


# What XML cannot hold, what its readers would change, and what Excel would take for
# its own spelling of such characters, _x000D_.
_ODD = re.compile("[&<\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x|^\\s|\\s$")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CUT = "…"


def text_cell(value: Any) -> str:
    """Return a cell that is a text, never a formula; too long ones are cut."""
    text = value if isinstance(value, str) else str(value)
    if len(text) * 2 > LONGEST_TEXT:
        text = _cut(text)
    if not _ODD.search(text):
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    text = _NO_CHARACTER.sub("\ufffd", text)
    text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = escape(text, quote=False)
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _cut(text: str) -> str:
    """Cut a text that Excel would not open, and show by … that it goes on."""
    wide = text.encode("utf-16-le", "replace")
    if len(wide) <= 2 * LONGEST_TEXT:
        return text
    return wide[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + _CUT


def _number(styled: str, digits: str) -> str:
    if len(digits) > MOST_DIGITS and sum(map(str.isdigit, digits)) > MOST_DIGITS:
        return text_cell(digits)
    return f"{styled}{digits}</v></c>"


_DAY = timedelta(1)
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a point of Excel's local count
_FIRST_DAY = date(1900, 3, 1)
"""Excel takes 1900 for a leap year; days before are written as texts."""


def _day(styled: str, value: date) -> str:
    if value < _FIRST_DAY:
        return text_cell(value.isoformat())
    return f"{styled}{value.toordinal() - _DAY_ZERO.toordinal()}</v></c>"


def _instant(styled: str, value: datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone).replace(tzinfo=None)
    if local.date() < _FIRST_DAY:
        return text_cell(instant_text(value, zone))
    return f"{styled}{(local - _DAY_ZERO) / _DAY!r}</v></c>"


def _day_part(value: time) -> float:
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return seconds / 86_400


def _duration(styled: str, value: timedelta) -> str:
    if value < timedelta(0):
        return text_cell(
            duration_text(value)
        )  # Excel shows lengths below zero as ####.
    return f"{styled}{value / _DAY!r}</v></c>"
