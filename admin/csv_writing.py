"""Rows -> a CSV download that Excel opens with its Chinese and without running it."""

import codecs
import csv
import io
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from admin.sheet_columns import Block, SheetColumn, Values, Wording
from admin.sheet_instants import HOUR_END, SECONDS_END, WHOLE, LocalHours, moment
from models.register import FieldType
from models.rules.cell_basics import duration_text
from models.rules.formula_guard import guard_text
from models.rules.sheet_signs import GUARDED_FIRST, LAST_OF_TOTAL, guard_cell

Texts = Callable[[Values], Iterable[Any]]
"""Turns one column's values into what the CSV writer takes."""


def csv_chunks(
    columns: Sequence[SheetColumn], blocks: Iterable[Block], wording: Wording
) -> Generator[bytes, None, None]:
    """Yield a CSV file: UTF-8 with its mark, CRLF, a header row of labels.

    Instants are the zone's local time, 2026-09-03 08:30:00; nothing is an empty field.
    Texts that start like a formula, or that an import would take for a sign such as
    同上, get an apostrophe (`guard_cell`), numbers never.
    Holds one block of rows at a time, and the first piece comes before the first row.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guard_text(column.label) for column in columns])
    yield codecs.BOM_UTF8 + _taken(out)
    instants = _stored_instants(wording.zone)
    texts = [_texts(column, wording, instants) for column in columns]
    for block in blocks:
        written = [text(values) for text, values in zip(texts, block, strict=True)]
        writer.writerows(zip(*written, strict=True))
        yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    # Half of a character outside Unicode's plane cannot be written; nothing that
    # came in as UTF-8 has one.
    data = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return data


def _texts(column: SheetColumn, wording: Wording, stored_instants: Texts) -> Texts:
    zone, places = wording.zone, column.decimals
    decimal = _each(lambda value: format(value, "f"))
    instant = _each(lambda value: instant_text(value, zone))
    if column.stored:
        decimal = _each(lambda value: scaled_text(int(value), places))
        instant = stored_instants
    writers: dict[FieldType, Texts] = {
        FieldType.INTEGER: _as_they_are,
        FieldType.DATE: _as_they_are,
        FieldType.TIME: _as_they_are,
        FieldType.MONEY: decimal,
        FieldType.DECIMAL: decimal,
        FieldType.INSTANT: instant,
        FieldType.DURATION: _each(duration_text),
        FieldType.YES_NO: _each(lambda value: wording.yes if value else wording.no),
    }
    return writers.get(column.type, _guarded)


def _as_they_are(values: Values) -> Iterable[Any]:
    return values  # str() of a whole number, day or time is what a CSV file shows.


def _each(text: Callable[[Any], str]) -> Texts:
    return lambda values: [None if value is None else text(value) for value in values]


def _guarded(values: Values) -> Iterable[Any]:
    try:
        # Few cells are worth a closer look.
        return [
            guard_cell(it)
            if it and (it[0] in GUARDED_FIRST or it[-1] in LAST_OF_TOTAL)
            else it
            for it in values
        ]
    except TypeError:  # a number or a day that is written as a text
        return [it if it is None else guard_cell(str(it)) for it in values]


def _stored_instants(zone: ZoneInfo) -> Texts:
    hours = LocalHours(zone, lambda start: start.isoformat(" ")[:HOUR_END])

    def exact(text: str | None) -> str | None:
        return None if text is None else instant_text(moment(text), zone)

    return lambda values: [
        f"{hour}{text[HOUR_END:SECONDS_END]}"
        if text and text[SECONDS_END:] == WHOLE and (hour := hours[text[:HOUR_END]])
        else exact(text)
        for text in values
    ]


def scaled_text(value: int, places: int) -> str:
    """Write an integer scaled by 10^places as a decimal: 1250 fen are 12.50."""
    if not places:
        return str(value)
    digits = f"{abs(value):0{places + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def instant_text(value: datetime, zone: ZoneInfo) -> str:
    """Write an aware moment in local time of `zone`.

    The second of two equal local times, when clocks go back, gets its offset, so that
    it can be read back.
    """
    local = value.astimezone(zone)
    return (local if local.fold else local.replace(tzinfo=None)).isoformat(" ")
