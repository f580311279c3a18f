"""Values -> the XML of .xlsx cells, as it stands after a cell's name."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from admin.csv_writing import instant_text, scaled_text
from admin.sheet_columns import SheetColumn, Values, Wording
from admin.sheet_instants import HOUR_END, SECONDS_END, WHOLE, LocalHours, moment
from models.register import FieldType
from models.rules.cell_basics import duration_text
from models.rules.sheet_signs import guard_sign, may_be_signs

LONGEST_TEXT = 32_767
"""Characters of a cell, counted in UTF-16; Excel calls a file with more damaged."""
MOST_DIGITS = 15
"""Digits of a number that Excel keeps; longer ones are written as texts."""

Rest = Callable[[Any], str]
"""Makes the XML of a cell after its name: style, type and value."""
Rests = Callable[[Values], list[str]]
"""Makes that of a whole column of a block; nothing at all for None."""


def cells_writer(column: SheetColumn, style: int, wording: Wording) -> Rests:
    """Return what makes the cells of one column."""
    if column.type is FieldType.INSTANT and column.stored:
        return _stored_instants(_styled(style), wording.zone)
    rest = _cell_writer(column, style, wording)
    if rest is text_cell:
        return text_cells
    return lambda values: ["" if it is None else rest(it) for it in values]


def _styled(style: int) -> str:
    return f' s="{style}"><v>'


def _cell_writer(column: SheetColumn, style: int, wording: Wording) -> Rest:
    styled = _styled(style)
    zone, places = wording.zone, column.decimals
    yes, no = text_cell(wording.yes), text_cell(wording.no)

    def decimal(value: Any) -> str:
        stored = column.stored
        shown = scaled_text(int(value), places) if stored else format(value, "f")
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


# What XML cannot hold. Odd is also what its readers would change, and what Excel would
# take for its own spelling of such characters, _x000D_.
_UNSAFE = re.compile("[&<\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_OWN_SPELLING = "_x"
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CUT = "…"


def text_cell(value: Any) -> str:
    """Return a cell that is a text, never a formula; too long ones are cut."""
    text = value if isinstance(value, str) else str(value)
    if len(text) * 2 > LONGEST_TEXT:
        text = _cut(text)
    if not (_may_be_odd(text) or text.strip() != text):
        return f"{_PLAIN}{text}{_TEXT_END}"
    text = _NO_CHARACTER.sub("\ufffd", text)
    text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = escape(text, quote=False)
    return f' t="inlineStr"><is><t xml:space="preserve">{text}{_TEXT_END}'


_PLAIN, _TEXT_END = ' t="inlineStr"><is><t>', "</t></is></c>"


def text_cells(values: Values) -> list[str]:
    """Return the cells of a column of texts: `text_cell` of each, sooner.

    What an import would take for a sign, such as 同上, gets an apostrophe.
    """
    texts = [it if it is None or type(it) is str else str(it) for it in values]
    different = set(texts)
    if len(different) * 2 <= len(texts):  # options, people: each is made once
        made = {it: _guarded(it) for it in different}
        return [made[it] for it in texts]
    # One look at all of them; most columns have nothing odd at all.
    given = list(filter(None, texts))
    longest = max(map(len, given), default=0)
    plain = longest * 2 <= LONGEST_TEXT and not _may_be_odd("\n".join(given))
    if not plain or may_be_signs(given):
        return [_guarded(it) for it in texts]
    return [
        ""
        if it is None
        else f"{_PLAIN}{it}{_TEXT_END}"
        if it.strip() == it
        else text_cell(it)
        for it in texts
    ]


def _guarded(text: str | None) -> str:
    return "" if text is None else text_cell(guard_sign(text))


def _may_be_odd(text: str) -> bool:
    return _OWN_SPELLING in text or _UNSAFE.search(text) is not None


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


def _stored_instants(styled: str, zone: ZoneInfo) -> Rests:
    hours = LocalHours(zone, _seconds_of)

    def exact(text: str | None) -> str:
        return "" if text is None else _instant(styled, moment(text), zone)

    return lambda values: [
        f"{styled}{(start + int(it[14:16]) * 60 + int(it[17:19])) / 86_400!r}</v></c>"
        if it
        and it[SECONDS_END:] == WHOLE
        and (start := hours[it[:HOUR_END]]) is not None
        else exact(it)
        for it in values
    ]


def _seconds_of(local: datetime) -> int | None:
    """Return whole seconds of Excel's count; None before it can be trusted."""
    if local.date() < _FIRST_DAY:
        return None
    return (local - _DAY_ZERO) // timedelta(seconds=1)


def _day_part(value: time) -> float:
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return seconds / 86_400


def _duration(styled: str, value: timedelta) -> str:
    if value < timedelta(0):
        return text_cell(
            duration_text(value)
        )  # Excel shows lengths below zero as ####.
    return f"{styled}{value / _DAY!r}</v></c>"
