"""What the writers of CSV and XLSX must know of a column; names of downloads."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from werkzeug.http import dump_options_header

from models.register import FieldType
from models.words import Label

Values = Sequence[Any]
"""One row, or one column of several rows: what `SheetColumn` says of each."""
Block = Sequence[Values]
"""Several rows by columns: the values of each, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of an export.

    Values are typed as the field is in Python: str, int, Decimal, date, aware
    datetime, time, timedelta, bool, or None for nothing. All types that are not listed
    in the writers are texts: give a choice's label, a person's name.
    """

    label: str
    type: FieldType = FieldType.TEXT
    places: int = 2  # of a decimal; money always has two
    # Money and decimals come as whole fen, or scaled by `places`; instants as texts
    # of UTC, 2026-09-03 00:30:15.000000. So the databases keep them.
    stored: bool = False

    @property
    def decimals(self) -> int:
        """Decimals that a number of this column shows."""
        match self.type:
            case FieldType.MONEY:
                return 2
            case FieldType.DECIMAL:
                return self.places
        return 0


@dataclass(frozen=True, slots=True)
class Wording:
    """What depends on the reader: the zone of clocks, the words for yes and no."""

    zone: ZoneInfo
    yes: str = "是"
    no: str = "否"

    @classmethod
    def of(cls, zone: ZoneInfo, language: str = "zh") -> "Wording":
        """Take the words of a language code."""
        yes, no = Label("是", "yes"), Label("否", "no")
        return cls(zone, yes.text(language), no.text(language))


FIRST_ROWS, MORE_ROWS = 100, 500
"""Rows of the first block and of every other; larger ones are no faster."""


def sizes() -> Iterator[int]:
    """Yield the rows of each block: first a few, so that a download starts at once."""
    return chain((FIRST_ROWS,), repeat(MORE_ROWS))


def blocks(rows: Iterable[Values], columns: Sequence[SheetColumn]) -> Iterator[Block]:
    """Turn rows into blocks of columns.

    Raises:
        ValueError: A row has more or fewer values than there are columns.
    """
    source = iter(rows)
    for size in sizes():
        turned: Block = list(zip(*islice(source, size), strict=True))
        if not turned:
            return
        if len(turned) != len(columns):
            raise ValueError(f"{len(turned)} values in a row of {len(columns)} columns")
        yield turned


_AS_IS_IN_HEADERS = "!#$&+-.^_`|~"  # RFC 5987, attr-char
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e]+')


def content_disposition(file_name: str) -> str:
    """Return the header that saves a download under this name, Chinese or not.

    Browsers take the second name (RFC 6266); old programs take the first, which keeps
    what of the name is ASCII.
    """
    name = _NOT_IN_FILE_NAMES.sub("_", file_name).strip()
    path = PurePath(name)
    ascii_stem = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore")
    stem = ascii_stem.decode().strip(" _-.") or "export"
    ending = path.suffix if path.suffix.isascii() else ""
    return dump_options_header(
        "attachment",
        {
            "filename": f"{stem}{ending}",
            "filename*": f"UTF-8''{quote(name, safe=_AS_IS_IN_HEADERS)}",
        },
    )
