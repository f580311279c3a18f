"""What every reader of a cell shares: the values, "nothing", the mistake it reports."""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from models.words import Label, PersonError

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""A cell as a sheet gives it; an Excel number may be an int or a float."""

LONGEST_SHOWN = 40  # characters of a value repeated in a message
# Marks without width come along when dates and phones are copied from web pages and
# contact lists; nobody sees them, so nobody could remove them.
_INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF]
)


class CellError(PersonError):
    """One cell cannot be taken; says what it holds and what was expected there.

    Row and column are added by the import, which knows them.
    """


def refused(value: Cell, zh: str, en: str, /, **values: object) -> CellError:
    """Make the error for `value`; both sentences name it as {found}."""
    return CellError(zh, en, found=shown(value), **values)


def shown(value: Cell) -> str:
    """Return the value as the sheet shows it, shortened for a message."""
    text = as_text(value).strip()
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def as_text(value: Cell) -> str:
    """Return what a person sees in the cell; None is the empty text."""
    if isinstance(value, str):
        return value
    for kind, text in _TEXTS:
        if isinstance(value, kind):
            return text(value)
    return "" if value is None else str(value)


def number_text(value: float) -> str:
    """Return a float as Excel keeps it: 15 significant digits, no ".0"."""
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    # Excel too writes numbers of more than 15 digits with an exponent.
    return text.upper()


def duration_text(value: timedelta) -> str:
    """Return hours, minutes, seconds as 30:05:00; hours may exceed 24."""
    seconds = round(value.total_seconds())
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else ''}{hours}:{minute:02d}:{second:02d}"


# A bool is an int and a datetime is a date, so these come first.
_TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (float, number_text),
    (datetime, lambda value: value.isoformat(" ", "seconds")),
    (timedelta, duration_text),
)


def plain(text: str) -> str:
    """Fold widths (NFKC), drop invisible marks and blanks at the ends."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()


@lru_cache(maxsize=4_096)  # the same few words stand in thousands of cells
def folded(text: str) -> str:
    """Return the form in which two spellings of one word are equal."""
    return "".join(plain(text).casefold().split())


def nothing_words(words: Iterable[str]) -> frozenset[str]:
    """Return the set that readers take as `nothing`: words that mean "no value"."""
    return frozenset(folded(word) for word in words)


NO_WORDS: frozenset[str] = frozenset()
"""Only an empty cell means nothing."""

USUAL_NOTHING = nothing_words(
    ["N/A", "NA", "#N/A", "NULL", "None", "Unspecified", "无", "-", "--", "—", "/"]
)
"""A proposal for a mapping; a mapping may say otherwise."""


def is_nothing(value: Cell, nothing: frozenset[str]) -> bool:
    """Whether the cell is empty or holds one of the words made by `nothing_words`."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    if not value or value.isspace():
        return True
    # Folding costs more than all else here, and few cells are as short as the words.
    if len(value) > _longest(nothing) + _BLANKS_AROUND:
        return False
    if not nothing and value.isascii():
        return False
    text = folded(value)
    return not text or text in nothing


_BLANKS_AROUND = 8  # blanks that a word may have around and inside


@lru_cache(maxsize=64)
def _longest(words: frozenset[str]) -> int:
    return max(map(len, words), default=0)


def options_shown(names: Iterable[str], most: int = 12) -> Label:
    """Return a list of allowed words for a message, cut after `most`."""
    listed = list(dict.fromkeys(names))
    rest = len(listed) - most
    zh, en = "、".join(listed[:most]), ", ".join(listed[:most])
    if rest > 0:
        return Label(f"{zh} 等 {len(listed)} 项", f"{en} and {rest} more")
    return Label(zh, en)
