"""A line of a slip in words, made again from the formula and inputs that it keeps.

Lines that rest on others, on earlier periods or on a limit keep their words as they
were, and so do lines kept before their values were.
"""

from collections.abc import Mapping

from models.pay_kept_values import read_unit, read_value
from models.pay_tables import PayItemRow
from models.rules.formula import Value
from models.rules.pay import Bound, LineKind, PayItem, PayRule
from models.rules.pay_items import Days


def inputs(item: PayItemRow, language: str) -> dict[str, str]:
    """Return every name that a line really read, with its value in words."""
    return {name: _word(kept, language) for name, kept in item.inputs.items()}


def in_both(item: PayItemRow) -> dict[str, dict[str, str]]:
    """Return every name that a line really read, in both languages."""
    chinese, english = inputs(item, "zh"), inputs(item, "en")
    return {name: {"zh": chinese[name], "en": english[name]} for name in chinese}


def _word(kept: Mapping[str, str], language: str) -> str:
    if "unit" in kept:
        return read_value(kept).text(language)
    return kept["en" if language.startswith("en") else "zh"]


def why(item: PayItemRow, language: str) -> list[str]:
    """Return the reckoning of a line in words, the amount last."""
    kept = item.why_en if language.startswith("en") else item.why_zh
    if kept or item.result is None:
        return list(kept)
    return list(_again(item).why(language))


def _again(item: PayItemRow) -> PayItem:
    """Return a line as it was reckoned, from what is kept of it."""
    read = {
        name: read_value(kept) for name, kept in item.inputs.items() if "unit" in kept
    }
    # Their content never mattered: only the units of a formula's names must be known.
    unread = {
        name: Value(None, read_unit(unit)) for name, unit in (item.unread or {}).items()
    }
    days = None
    if item.first_on is not None and item.last_on is not None:
        days = Days(item.first_on, item.last_on, has_others=False)
    rule = PayRule(
        item.code,
        item.label,
        LineKind(item.kind),
        item.formula,
        item.condition,
        item.cap,
        item.floor,
        item.clause,
    )
    value = None if item.result is None else read_value(item.result)
    bound = None if item.bound is None else Bound(item.bound)
    return PayItem(rule, value, item.applies, bound, read, unread | read, {}, days=days)
