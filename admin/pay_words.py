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
from models.rules.formula_functions import FUNCTIONS
from models.words import Label

LINE = "line."
_NAME = re.compile(
    r"\b(?:measure|rate|table|staff|line|duty|period|stretch)\.[a-z][a-z0-9_]*"
)
# Where a division did not end: four places are a figure, more are a remainder.
_LONG = re.compile(r"(\d[\d,]*\.\d{5,})( (?:元|yuan))?")
_FEN = Decimal("0.01")
_OF_ONE = Decimal("0.0001")
_CALL = re.compile(r"\b[a-z_]+(?=\()")
_SIGNS = (("*", "×"), ("/", "÷"), (">=", "≥"), ("<=", "≤"), ("!=", "≠"))


def shorter(text: str) -> str:
    """Return a text whose endless decimals are cut to two, marked as about that.

    A ratio below one that is no money has four.
    """
    return _LONG.sub(_rounded, text)


def _rounded(found: re.Match[str]) -> str:
    exact, unit = Decimal(found[1].replace(",", "")), found[2] or ""
    places = _FEN if unit or exact >= 1 else _OF_ONE
    return f"≈{exact.quantize(places, ROUND_HALF_UP):,}{unit}"


@dataclass(frozen=True, slots=True)
class Words:
    """What the names in a slip's formulas are called, in one language."""

    labels: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]  # of choices of the staff file, by value
    functions: Mapping[str, str]  # by the name that formulas are kept with
    invented: frozenset[str]  # rates that no written text gives

    def label(self, name: str) -> str:
        """Return what an input is called; its name where nothing is known of it."""
        return self.labels.get(name, name)

    def said(self, text: str) -> str:
        """Return a formula, or a line of a reckoning, in words and usual signs."""
        called = _CALL.sub(lambda one: self.functions.get(one[0], one[0]), text)
        named = _NAME.sub(lambda found: self.label(found[0]), called)
        for sign, usual in _SIGNS:
            named = named.replace(f" {sign} ", f" {usual} ")
        return shorter(named).replace(" = ≈", " ≈ ")

    def shown(self, name: str, exact: str) -> dict[str, Any]:
        """Return an input's value as it is read, and exactly if that is more."""
        value = self.options.get(name, {}).get(exact) or shorter(exact)
        return {"value": value, "exact": exact if "≈" in value else None}


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
        {
            name: {value: label.text(language) for value, label in options.items()}
            for name, options in pay_inputs.options_of(names).items()
        },
        _functions(language),
        frozenset(pay_inputs.invented(session, names)),
    )


def _functions(language: str) -> dict[str, str]:
    """Return what functions are called: in Chinese by their second name."""
    if language != "zh":
        return {}
    return {one.names[0]: one.names[-1] for one in FUNCTIONS.values()}
