"""What the forms of time limits and measures offer: fields, registers, departments."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import func, select

from admin import menu, visit
from admin.asked import Choices
from models import access, catalogue, references
from models.calendars import Calendar
from models.register import CHOICE, CHOICES, STANDARD_NAMES, Declaration, FieldType

BLANK = ("", "")
MOST_OPTIONS = 6


def fields(
    declared: Declaration,
    types: Collection[FieldType] | None = None,
    held: str | None = None,
) -> Choices:
    """Return the fields of some types that have a column, the register's own first.

    `held` is what the rule names now, which stays on offer also if it is retired.
    """
    language = visit.language()
    found = [
        (one.name, one.label.text(language))
        for one in sorted(
            (one for one, _ in declared.columns),
            key=lambda one: one.name in STANDARD_NAMES,
        )
        if types is None or one.type in types
    ]
    if held and held not in dict(found):
        found.append((held, held))
    return found


def registers() -> Choices:
    """Return the registers that are in use, in the order of the menu."""
    return [
        (one.code, one.title.text(visit.language()))
        for one in menu.in_menu_order(catalogue.current())
        if not one.is_retired
    ]


def calendars() -> Choices:
    """Return the business calendars, each by its newest name."""
    newest = select(func.max(Calendar.id)).group_by(Calendar.code)
    query = select(Calendar).where(Calendar.id.in_(newest)).order_by(Calendar.id)
    return [
        (one.code, one.label.text(visit.language()))
        for one in visit.session().scalars(query)
    ]


def departments() -> Choices:
    """Return the departments, by the ids under which rules keep them."""
    return _entries("department")


def branches() -> Choices:
    """Return the branches, by the ids under which calendars keep them."""
    return _entries("branch")


def _entries(register: str) -> Choices:
    table = catalogue.current().table(register)
    query = access.visible(access.SYSTEM, register).order_by(table.c.id)
    ids = visit.session().scalars(query.with_only_columns(table.c.id)).all()
    found = references.labels(visit.session(), register, ids)
    return [(str(one), found[one]) for one in ids if one in found]


def condition_help() -> str:
    """Return how a condition is written."""
    return visit.t(
        "不填就是全部。写法如 urgency = 'urgent' and fee > 100 元。",
        "Left empty: all. Write for example urgency = 'urgent' and fee > 100 yuan.",
    )


def names(declared: Declaration) -> str:
    """Return the names by which a condition calls a register's fields."""
    language = visit.language()
    return visit.t("、", ", ").join(
        f"{one.label.text(language)} {one.name}{_options(one.options, one.type)}"
        for one, _ in declared.columns
    )


def _options(options: Iterable[object], type_: FieldType) -> str:
    if type_ not in (CHOICE, CHOICES):
        return ""
    codes = [f"'{getattr(one, 'value', '')}'" for one in options]
    more = "…" if len(codes) > MOST_OPTIONS else ""
    return f"（{' '.join(codes[:MOST_OPTIONS])}{more}）"


def crumbs(endpoint: str, zh: str, en: str) -> list[dict[str, str]]:
    """Return the way back to a list of rules."""
    return [{"label": visit.t(zh, en), "url": url_for(endpoint)}]
