"""Conditions of a list in people's words, and what their builder on the page needs."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from admin import filters, listing, visit
from admin.addresses import fixed
from admin.listing import Wanted
from admin.register_reach import LONGEST_ID
from models import catalogue, choosing
from models.access import Person
from models.keeping import kept
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    INSTANT,
    REFERENCES,
    Declaration,
    Field,
)
from models.words import Label

PERIODS = (
    ("today", "今天", "Today"),
    ("yesterday", "昨天", "Yesterday"),
    ("this_week", "本周", "This week"),
    ("last_week", "上周", "Last week"),
    ("this_month", "本月", "This month"),
    ("last_month", "上月", "Last month"),
    ("this_quarter", "本季", "This quarter"),
    ("this_year", "今年", "This year"),
)


def chip(one: filters.Filter, person: Person) -> str:
    """Return a condition in words: field, operation, value.

    An entry that the value refers to is named only if the person may choose it.
    """
    language = visit.language()
    text = one.text
    if one.field.options:
        labels = [one.field.option_label(word) for word in text.split("|")]
        text = "、".join(it.text(language) for it in labels)
    elif one.operation == "period":
        text = next((visit.t(zh, en) for key, zh, en in PERIODS if key == text), text)
    elif one.field.refers_to is not None and text.isdecimal():
        text = _called(one.field.refers_to, text, person)
    label = one.field.label.text(language)
    return f"{label} {one.label.text(language)} {text}".rstrip()


def _called(register: str, text: str, person: Person) -> str:
    if len(text) > LONGEST_ID:
        return text
    known = choosing.labels(visit.session(), person, register, [int(text)])
    return known.get(int(text), text)


def builder(declared: Declaration, person: Person, wanted: Wanted) -> dict[str, Any]:
    """Return the fields that conditions may be put on, and those that are now.

    The fields are JSON already, empty where there are none.
    """
    return {
        "fields": _fields(declared, person),
        "current": [
            {"field": one.field.name, "operator": one.operation, "value": one.text}
            for one in wanted.filters
        ],
        "match": wanted.match,
    }


def _fields(declared: Declaration, person: Person) -> Markup:
    """Return what the filter builder needs of each field; made once, it is long."""
    offered = filters.offered(person, declared)
    if not offered:
        return Markup()
    lookup_url = fixed("register.ajax_lookup", register=declared.code)
    names = tuple(one.name for one in offered)
    # All of a person that decides about the operations of the fields they may see.
    unmasked = person.is_unmasked(declared.code)
    key = (visit.language(), lookup_url, unmasked, names)
    table = catalogue.current().table(declared.code)

    def fields() -> Markup:
        operations = partial(filters.operations, person, declared)
        return htmlsafe_json_dumps(
            [_field(one, operations(one), lookup_url) for one in offered]
        )

    return kept(table, "builders", key, fields)


def _field(
    one: Field, operations: Iterable[tuple[str, Label]], lookup_url: str
) -> dict[str, Any]:
    language = visit.language()
    presets = [[key, visit.t(zh, en)] for key, zh, en in PERIODS]
    return {
        "key": one.name,
        "label": one.label.text(language),
        "group": None,
        "kind": _filter_kind(one),
        "operators": [
            {
                "key": key,
                "label": label.text(language),
                "values": 0 if key in filters.WITHOUT_VALUE else 1,
                "preset": presets if key == "period" else None,
            }
            for key, label in operations
        ],
        "choices": [[each.value, each.label.text(language)] for each in one.options],
        "picker_url": f"{lookup_url}?name={one.name}" if one.refers_to else None,
    }


def _filter_kind(one: Field) -> str:
    if one.type in REFERENCES:
        return "picker"
    if one.type in (CHOICE, CHOICES):
        return "choice"
    if one.type in (DATE, INSTANT):
        return "date"
    if one.type.value == "yes_no":
        return "yes_no"
    return "number" if one.type in listing.NUMERIC else "text"
