"""Formulas of a template that call names by their Chinese words, put into codes.

A template may write 核定工时 for the measure `hours` it brings; what is checked,
compared and applied are codes, as if they had been written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.pay_inputs import MEASURE, RATE, TABLE
from models.rules.formula import FormulaError, parse
from models.rules.formula_names import Words
from models.rules.pay import LINE
from models.words import Label
from seed.pay_stanzas import RuleStanza, SchemeStanza
from seed.template_error import Fault, TemplateError

if TYPE_CHECKING:
    from seed.template import Placed

_PREFIXES = {"measures": MEASURE, "rates": RATE, "tables": TABLE}
_TEXTS = ("formula", "condition", "cap", "floor")


def in_codes(
    found: Mapping[str, "tuple[Placed[Any], ...]"],
) -> "tuple[Placed[SchemeStanza], ...]":
    """Return a template's schemes with codes for words.

    A text that is no formula stays as it is: the check of the template tells of it.

    Args:
        found: What the template brings, by kind.

    Raises:
        TemplateError: With every word that means several names.
    """
    labels = {
        prefix + placed.stanza.code: placed.stanza.title.label
        for kind, prefix in _PREFIXES.items()
        for placed in found[kind]
    }
    faults = [one for scheme in found["schemes"] for one in _faults(scheme, labels)]
    if faults:
        raise TemplateError(faults)
    return tuple(_put(scheme, labels) for scheme in found["schemes"])


def _words(stanza: SchemeStanza, labels: Mapping[str, Label]) -> Words:
    lines = {LINE + one.code: one.title.label for one in stanza.rules}
    return Words({**labels, **lines})


def _faults(
    placed: "Placed[SchemeStanza]", labels: Mapping[str, Label]
) -> Iterator[Fault]:
    words = _words(placed.stanza, labels)
    for index, rule in enumerate(placed.stanza.rules):
        for name, formula in _formulas(rule):
            try:
                words.refuse_ambiguous(parse(formula))
            except FormulaError as error:
                yield placed.fault(error.label, "rules", index, name)


def _put(
    placed: "Placed[SchemeStanza]", labels: Mapping[str, Label]
) -> "Placed[SchemeStanza]":
    words = _words(placed.stanza, labels)
    rules = tuple(
        one.model_copy(
            update={name: words.canonical(text) for name, text in _formulas(one)}
        )
        for one in placed.stanza.rules
    )
    return replace(placed, stanza=placed.stanza.model_copy(update={"rules": rules}))


def _formulas(rule: RuleStanza) -> Iterator[tuple[str, str]]:
    """Yield the texts of a rule that can be read as formulas, by their keys."""
    for name in _TEXTS:
        text = getattr(rule, name)
        try:
            if text is not None:
                parse(text)
                yield name, text
        except FormulaError:
            continue
