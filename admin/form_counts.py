"""Numbers that a new entry's form suggests by counting: calls of a day and a person.

When the day or the person is changed, the page asks here for the number anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for

from admin import visit
from admin.column_converters import read
from models import choosing
from models.default_counts import counted
from models.register import Count, Declaration, Field
from models.words import PersonError

Row = dict[str, Any]


def suggested(
    declared: Declaration, fields: Iterable[Field], values: Mapping[str, Any]
) -> Row:
    """Return by name what can be counted already, whatever the fields hold now."""
    return counted(visit.session(), declared, fields, dict(values), visit.zone())


def context(
    declared: Declaration, fields: Sequence[Field], numbers: Mapping[str, int]
) -> Row | None:
    """Return what the page must know to ask anew; None where nothing is counted."""
    basis = _basis(fields)
    if not basis:
        return None
    return {
        "url": url_for("register.counts_view", register=declared.code),
        "of": basis,
        "said": _texts(fields, numbers),
    }


def answer(
    declared: Declaration, fields: Sequence[Field], typed: Mapping[str, str]
) -> dict[str, str]:
    """Return {name: number as text, "" for none yet} for what the form holds now."""
    by_name = {one.name: one for one in fields}
    values = {
        name: _value(by_name[name], typed.get(name, ""))
        for name in _basis(fields)
        if name in by_name
    }
    return _texts(fields, suggested(declared, fields, values))


def _basis(fields: Iterable[Field]) -> list[str]:
    """Return the fields that the numbers depend on."""
    counts = [one.default for one in fields if isinstance(one.default, Count)]
    paths = [
        path
        for it in counts
        for path in (*it.match.values(), it.on[1], it.within)
        if path is not None
    ]
    return list(dict.fromkeys(path.partition(".")[0] for path in paths))


def _texts(fields: Iterable[Field], numbers: Mapping[str, int]) -> dict[str, str]:
    return {
        one.name: str(numbers.get(one.name, ""))
        for one in fields
        if isinstance(one.default, Count)
    }


def _value(one: Field, text: str) -> Any:
    """Return what was typed or chosen; None for what cannot be read or chosen."""
    if not text.strip():
        return None
    try:
        value = read(one, text, visit.zone())
    except PersonError:
        return None
    if one.refers_to is None:
        return value
    fine = choosing.reached(visit.session(), visit.person(), one.refers_to, [value])
    return value if value in fine else None
