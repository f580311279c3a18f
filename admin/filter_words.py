"""Conditions of a list in people's words, and what their builder on the page needs."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from admin import filters, filters_beside, listing, visit
from admin.addresses import fixed
from admin.listing import Wanted
from admin.register_reach import LONGEST_ID
from models import catalogue, choosing
from models.access import Person
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    INSTANT,
    PERSON,
    REFERENCES,
    Declaration,
    Field,
)
from models.rules.relative_dates import RELATIVE_LABELS, relative_label
from models.words import Label

FILTER_FIELDS = "filter_fields"  # where a table keeps what its builder needs
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
    label = one.field.label.text(language)
    if one.via is not None:
        label = _of(one.via, one.field)
    if one.operation == "ago":
        return visit.t(f"{label} 早于 {text} 天前", f"{label} over {text} days ago")
    if one.operation in ("in", "period"):
        return f"{label}{visit.t('：', ': ')}{_value(one, person)}"
    return f"{label} {one.label.text(language)} {_value(one, person)}".rstrip()


def _of(via: Field, one: Field) -> str:
    """Return what a field is called of the entry that is referred to."""
    language = visit.language()
    return f"{via.label.text(language)}{visit.t('的', ' ')}{one.label.text(language)}"


def group_chip(group: Sequence[filters.Filter], person: Person, match: str) -> str:
    """Return a group in words: its conditions are joined the other way."""
    between = visit.t(" 且 ", " and ") if match == "any" else visit.t(" 或 ", " or ")
    return between.join(chip(one, person) for one in group)


def _value(one: filters.Filter, person: Person) -> str:
    text, language = one.text, visit.language()
    if one.field.options:
        labels = [one.field.option_label(word) for word in text.split("|")]
        return visit.t("、", ", ").join(it.text(language) for it in labels)
    if one.operation == "period":
        return period_words(text)
    if one.field.type is PERSON and text == filters.ME:
        return visit.t("本人", "me")
    if text.startswith(filters.OTHER):
        name = text.removeprefix(filters.OTHER)
        known = catalogue.current()[one.of]
        label = known.field(name).label.text(language) if known.has(name) else name
        return f"“{label}”"
    if one.field.refers_to is not None and text.isdecimal():
        return _called(one.field.refers_to, text, person)
    return text


def period_words(text: str) -> str:
    """Return a period as people say it: 本月, 近 7 天, 2026-10-01 至 2026-10-08."""
    for key, zh, en in PERIODS:
        if key == text:
            return visit.t(zh, en)
    if text in RELATIVE_LABELS or "_days" in text:
        with suppress(KeyError):
            return relative_label(text).text(visit.language())
    return text.replace("..", visit.t(" 至 ", " to "))


def _called(register: str, text: str, person: Person) -> str:
    if len(text) > LONGEST_ID:
        return text
    known = choosing.labels(visit.session(), person, register, [int(text)])
    return known.get(int(text), text)


def current(wanted: Wanted) -> dict[str, Any]:
    """Return the conditions there are now, as the builder takes them."""
    return {
        "conditions": [_condition(one) for one in wanted.filters],
        "groups": [[_condition(one) for one in group] for group in wanted.groups],
        "match": wanted.match,
    }


def _condition(one: filters.Filter) -> dict[str, str]:
    return {"field": one.name, "operator": one.operation, "value": one.text}


def builder(
    declared: Declaration, person: Person, named: Iterable[filters.Filter]
) -> dict[str, Any]:
    """Return what conditions may be put on, and what those that are now refer to.

    A field of what an entry refers to stands in the group of that reference.
    """
    own = [*filters_beside.fields(declared), *filters.offered(person, declared)]
    found = [_filter_field(declared, person, one, None) for one in own]
    known = catalogue.current()
    found += [
        _filter_field(known[via.refers_to or ""], person, one, via)
        for via, one in filters.related(person, declared)
    ]
    return {
        "fields": found,
        "called": {
            f"{one.name}~{one.text}": _value(one, person)
            for one in named
            if one.field.refers_to is not None
        },
    }


def _filter_field(
    declared: Declaration, person: Person, one: Field, via: Field | None
) -> dict[str, Any]:
    """Return what the filter builder needs of a field; made once, it is long."""
    operations = filters.operations(person, declared, one)
    lookup_url = fixed("register.ajax_lookup", register=declared.code)
    via_name = via.name if via else ""
    key = (
        via_name,
        one.name,
        visit.language(),
        lookup_url,
        *(it for it, _ in operations),
    )
    table = catalogue.current().table(declared.code)
    made: dict[Any, dict[str, Any]] = table.info.setdefault(FILTER_FIELDS, {})
    if key not in made:
        made[key] = _new_filter_field(one, operations, lookup_url)
    if via is None:
        return made[key]
    return made[key] | {
        "key": f"{via.name}.{one.name}",
        "label": _of(via, one),
        "group": via.label.text(visit.language()),
    }


def _new_filter_field(
    one: Field, operations: Iterable[tuple[str, Label]], lookup_url: str
) -> dict[str, Any]:
    language = visit.language()
    presets = [[key, visit.t(zh, en)] for key, zh, en in PERIODS]
    presets += [
        ["last_days", visit.t("最近…天", "the last … days")],
        ["next_days", visit.t("未来…天", "the next … days")],
        ["between", visit.t("从…到…", "from … to …")],
    ]
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
                "days": key == "ago",
            }
            for key, label in operations
        ],
        "choices": [[each.value, each.label.text(language)] for each in one.options],
        "picker_url": f"{lookup_url}?name={one.name}" if one.refers_to else None,
    }


def _filter_kind(one: Field) -> str:
    if one.type is PERSON:
        return "person"
    if one.type in REFERENCES:
        return "picker"
    if one.type in (CHOICE, CHOICES):
        return "choice"
    if one.type in (DATE, INSTANT):
        return "date"
    if one.type.value == "yes_no":
        return "yes_no"
    return "number" if one.type in listing.NUMERIC else "text"
