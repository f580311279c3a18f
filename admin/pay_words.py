"""How a slip says its formulas: by the names that people know, in figures they read.

The slip itself keeps the exact texts; `taizhang pay explain` prints those.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import pay_inputs
from models.pay_tables import PaySlip
from models.words import Label

LINE = "line."
_NAME = re.compile(r"\b(?:measure|rate|table|staff|line)\.[a-z][a-z0-9_]*")
# Where a division did not end: four places are a figure, more are a remainder.
_LONG = re.compile(r"\d[\d,]*\.\d{5,}")
_FEN = Decimal("0.01")
_SIGNS = (("*", "×"), ("/", "÷"), (">=", "≥"), ("<=", "≤"), ("!=", "≠"))


def shorter(text: str) -> str:
    """Return a text whose endless decimals are cut to two, marked as about that."""
    return _LONG.sub(_rounded, text)


def _rounded(found: re.Match[str]) -> str:
    exact = Decimal(found[0].replace(",", ""))
    return f"≈{exact.quantize(_FEN, ROUND_HALF_UP):,}"


@dataclass(frozen=True, slots=True)
class Words:
    """What the names in a slip's formulas are called, in one language."""

    labels: Mapping[str, str]
    invented: frozenset[str]  # rates that no written text gives

    def label(self, name: str) -> str:
        """Return what an input is called; its name where nothing is known of it."""
        return self.labels.get(name, name)

    def said(self, text: str) -> str:
        """Return a formula, or a line of a reckoning, in words and usual signs."""
        named = _NAME.sub(lambda found: self.label(found[0]), text)
        for sign, usual in _SIGNS:
            named = named.replace(f" {sign} ", f" {usual} ")
        return shorter(named).replace(" = ≈", " ≈ ")

    def shown(self, exact: str) -> dict[str, Any]:
        """Return a value as it is read, and as it is exactly if that is more."""
        value = shorter(exact)
        return {"value": value, "exact": exact if exact != value else None}


def words_of(session: Session, slip: PaySlip, language: str) -> Words:
    """Return the words of everything that a slip's lines read, or might have read."""
    texts = (
        text
        for item in slip.items
        for text in (item.formula, item.condition or "", *item.inputs)
    )
    lines = {LINE + one.code: one.label for one in slip.items}
    return words_among(session, texts, lines, language)


def words_among(
    session: Session, texts: Iterable[str], lines: Mapping[str, Label], language: str
) -> Words:
    """Return the words of every name in some texts, and of lines by their names."""
    names = {name for text in texts for name in _NAME.findall(text)}
    known = pay_inputs.labels_of(session, names) | dict(lines)
    return Words(
        {name: label.text(language) for name, label in known.items()},
        frozenset(pay_inputs.invented(session, names)),
    )
