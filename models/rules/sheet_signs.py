"""Words that stand for something else in a sheet, as above or a total; and their guard.

An entry may hold such a word as its text. An export puts one apostrophe before it, in
every kind of file; an import takes exactly one away and leaves the word as it stands.
What somebody writes into the same file by hand has none and means what it says.
"""

import re
from collections.abc import Collection
from operator import itemgetter

from models.rules.cell_basics import Cell, folded
from models.rules.formula_guard import GUARDED, unguard_text

_DITTO = ("同上", "〃", "″", "〞", "”", '"', "''", "ditto", "do.")
SAME_AS_ABOVE = frozenset(folded(mark) for mark in _DITTO)
"""What stands for the value above; compared folded."""
FIRST_OF_DITTO = frozenset({*(mark[0] for mark in _DITTO), "D", "＂", " ", "\u3000"})
"""What such a mark may begin with, as it stands in the cell."""
LONGEST_MARK = 12  # characters of a cell that may be such a mark

_TOTALS = "合计|小计|总计|共计|累计|合計|小計|總計|共計|累計"
_TOTAL = re.compile(rf".{{0,8}}?(?:{_TOTALS})(?:\(.*\))?:?|(?:sub|grand)?total:?")
_PLAIN_TOTAL = re.compile(
    rf"(?:本[页月日周年]|\d{1, 2}月)?(?:{_TOTALS}):?|(?:sub|grand)?total:?"
)
LAST_OF_TOTAL = frozenset("计計lL)）:： \u3000\xa0\t\r\n")
"""What the name of a total may end with; to look at this first saves nine tenths."""
_GUARD = "'"
_first, _last = itemgetter(0), itemgetter(-1)


def says_same_as_above(text: str) -> bool:
    """Whether a text stands for the value above it."""
    return (
        len(text) <= LONGEST_MARK
        and text[:1] in FIRST_OF_DITTO
        and folded(text) in SAME_AS_ABOVE
    )


def names_total(cell: Cell, *, plainly: bool = False) -> bool:
    """Whether a cell is the name of a row of totals.

    Args:
        cell: The cell, which a guard keeps from being one.
        plainly: Without the words before and after it that a first column may have.
    """
    return (
        isinstance(cell, str)
        and cell[-1:] in LAST_OF_TOTAL
        and not cell.startswith(_GUARD)
        and (_PLAIN_TOTAL if plainly else _TOTAL).fullmatch(folded(cell)) is not None
    )


def is_sign(text: str) -> bool:
    """Whether an import takes the text for a sign, behind any number of apostrophes."""
    word = text.lstrip(_GUARD)
    guards = len(text) - len(word)
    # Two apostrophes are a mark themselves.
    starts = range(max(0, len(text) - LONGEST_MARK), guards + 1)
    return names_total(word) or any(says_same_as_above(text[at:]) for at in starts)


def is_guarded_sign(text: str) -> bool:
    """Whether the first apostrophe of the text is one that an export put there."""
    return text[:1] == _GUARD and is_sign(text[1:])


def guard_sign(text: str) -> str:
    """Put one apostrophe before a text that an import would take for a sign."""
    return f"{_GUARD}{text}" if is_sign(text) else text


def may_be_signs(texts: Collection[str]) -> bool:
    """Whether there may be a sign among texts, none empty; mostly there is none."""
    return not (
        FIRST_OF_DITTO.isdisjoint(map(_first, texts))
        and LAST_OF_TOTAL.isdisjoint(map(_last, texts))
    )


GUARDED_FIRST = GUARDED | FIRST_OF_DITTO
"""First characters of a cell that `guard_cell` may change, beside `LAST_OF_TOTAL`."""


def guard_cell(text: str) -> str:
    """Put one apostrophe before what a spreadsheet runs or an import takes for a sign.

    For the cells of a CSV file; its head has `guard_text` alone.
    """
    return f"{_GUARD}{text}" if text[:1] in GUARDED or is_sign(text) else text


def unguard_formula(text: str) -> str:
    """Undo `guard_cell` but for signs, whose guard `table_rows` needs to see."""
    return text if is_guarded_sign(text) else unguard_text(text)
