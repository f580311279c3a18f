"""Rows -> a CSV download that Excel opens with its Chinese and without running it."""

import codecs
import csv
import io
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from admin.sheet_columns import SheetColumn, Values, Wording, batches, by_column
from models.register import FieldType
from models.rules.cell_basics import duration_text
from models.rules.formula_guard import GUARDED, guard_text

Texts = Callable[[Values], Iterable[Any]]
"""Turns one column's values into what the CSV writer takes."""


def csv_chunks(
    columns: Sequence[SheetColumn], rows: Iterable[Values], wording: Wording
) -> Generator[bytes, None, None]:
    """Yield a CSV file: UTF-8 with its mark, CRLF, a header row of labels.

    Instants are the zone's local time, 2026-09-03 08:30:00; nothing is an empty field.
    Texts that start like a formula get an apostrophe (`guard_text`), numbers never.
    Holds one batch of rows at a time, and the first piece comes before the first row.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guard_text(column.label) for column in columns])
    yield codecs.BOM_UTF8 + _taken(out)
    texts = [_texts(column, wording) for column in columns]
    for batch in batches(rows):
        turned = by_column(batch, columns)
        written = [text(values) for text, values in zip(texts, turned, strict=True)]
        writer.writerows(zip(*written, strict=True))
        yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    # Half of a character outside Unicode's plane cannot be written; nothing that
    # came in as UTF-8 has one.
    data = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return data


def _texts(column: SheetColumn, wording: Wording) -> Texts:
    decimal = _each(lambda value: format(value, "f"))
    if column.scaled:
        decimal = _each(lambda value: scaled_text(value, column.decimals))
    writers: dict[FieldType, Texts] = {
        FieldType.INTEGER: _as_they_are,
        FieldType.DATE: _as_they_are,
        FieldType.TIME: _as_they_are,
        FieldType.MONEY: decimal,
        FieldType.DECIMAL: decimal,
        FieldType.INSTANT: _each(lambda value: instant_text(value, wording.zone)),
        FieldType.DURATION: _each(duration_text),
        FieldType.YES_NO: _each(lambda value: wording.yes if value else wording.no),
    }
    return writers.get(column.type, _guarded)


def _as_they_are(values: Values) -> Iterable[Any]:
    return values  # str() of a whole number, day or time is what a CSV file shows.


def _each(text: Callable[[Any], str]) -> Texts:
    return lambda values: [None if value is None else text(value) for value in values]


def _guarded(values: Values) -> Iterable[Any]:
    return [f"'{text}" if text and str(text)[0] in GUARDED else text for text in values]


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
