"""What changes of entries come to, old and new, in the words of a page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for

from admin import visit
from admin.column_converters import show
from models import masking, references
from models.preparing import Row
from models.register import Declaration, Field
from models.words import Label

Pair = tuple[Field, Any, Any]
"""A field with what it holds and what it would hold."""
Told = tuple[Row, Sequence[Pair], Sequence[Label]]
"""An entry as it is, what becomes of it, and why it stays."""


def shown(declared: Declaration, told: Sequence[Told]) -> list[dict[str, Any]]:
    """Return the lines of a page: {number, url, pairs: [{label, old, new}], why}.

    What stands for a reference is looked up once for all lines.
    """
    language, person = visit.language(), visit.person()
    names = _names(pair for _, pairs, _ in told for pair in pairs)

    def word(row: Row, one: Field, value: Any) -> str:
        if value is None:
            return ""
        if masking.masks(person, declared, one, row):
            return str(masking.mask(one, value))
        if one.refers_to is not None:
            return names[one.refers_to].get(value, str(value))
        return show(one, value, language, visit.zone())

    return [
        {
            "number": row.get("number") or f"#{row['id']}",
            "url": url_for(
                "register.details_view", register=declared.code, id=row["id"]
            ),
            "pairs": [
                {
                    "label": one.label.text(language),
                    "old": word(row, one, old),
                    "new": word(row, one, new),
                }
                for one, old, new in pairs
            ],
            "why": " ".join(one.text(language) for one in why),
        }
        for row, pairs, why in told
    ]


def _names(pairs: Iterable[Pair]) -> dict[str, dict[int, str]]:
    held: dict[str, set[int]] = defaultdict(set)
    for one, old, new in pairs:
        if one.refers_to is not None:
            held[one.refers_to] |= {it for it in (old, new) if isinstance(it, int)}
    return references.labels_of(visit.session(), held) if held else {}
