"""The cells of a list: what can be known of a column is worked out once a page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from admin.column_converters import show
from admin.listing import TONES, Desk, css_of
from models import catalogue, masking
from models.register import CHOICE, Declaration, Field

Row = Mapping[str, Any]
Cell = tuple[str, str, str | None]
"""A cell's css classes, text, and address or None."""
Maker = Callable[[Row], Cell]

NUMBER = "number"


def makers(
    declared: Declaration,
    fields: Sequence[Field],
    desk: Desk,
    entry_url: str,
    editable: frozenset[str] = frozenset(),
) -> list[Maker]:
    """Return for each column what makes its cell of a row of `listing.find`.

    Args:
        declared: The register.
        fields: The columns, in their order.
        desk: Who looks, in which language, zone and moment.
        entry_url: The address of an entry without its id.
        editable: The fields whose cells may be changed in the list.
    """
    return [
        _linked(entry_url)
        if one.name == NUMBER
        else _maker(declared, one, desk, " edit" if one.name in editable else "")
        for one in fields
    ]


def _linked(entry_url: str) -> Maker:
    def make(row: Row) -> Cell:
        key = row["id"]
        return NUMBER, row[NUMBER] or f"#{key}", f"{entry_url}{key}"

    return make


def _maker(declared: Declaration, one: Field, desk: Desk, edit: str) -> Maker:
    if one.refers_to is not None:
        return _reference(one, edit)
    if one.personal:
        return _personal(declared, one, desk, edit)
    if one.type is CHOICE:
        return _choice(one, desk.language, edit)
    css = f"{css_of(one)}{edit}".lstrip()
    name, language, zone = one.name, desk.language, desk.zone

    def make(row: Row) -> Cell:
        value = row[name]
        return css, "" if value is None else show(one, value, language, zone), None

    return make


def _reference(one: Field, edit: str) -> Maker:
    css = f"{css_of(one)}{edit}".lstrip()
    target = catalogue.current()[one.refers_to or ""]
    name, display = one.name, [f"{one.name}.{part}" for part in target.display]
    number = f"{one.name}.{NUMBER}"

    def make(row: Row) -> Cell:
        if row[name] is None:
            return css, "", None
        words = " ".join([str(row[part]) for part in display if row.get(part)])
        return css, words or str(row.get(number) or row[name]), None

    return make


def _choice(one: Field, language: str, edit: str) -> Maker:
    cells: dict[Any, Cell] = {None: (edit.lstrip(), "", None)}
    for option in one.options:
        pill = f"pill {TONES[option.tone]}" if option.tone in TONES else ""
        cells[option.value] = (
            f"{pill}{edit}".lstrip(),
            option.label.text(language),
            None,
        )
    name = one.name

    def make(row: Row) -> Cell:
        value = row[name]
        found = cells.get(value)
        if found is None:  # what another program wrote
            label = one.option_label(value).text(language)
            found = cells[value] = (edit.lstrip(), label, None)
        return found

    return make


def _personal(declared: Declaration, one: Field, desk: Desk, edit: str) -> Maker:
    css, name = f"{css_of(one)}{edit}".lstrip(), one.name
    masked = f"masked{edit}"

    def make(row: Row) -> Cell:
        value = row[name]
        if value is None:
            return css, "", None
        if masking.masks(desk.person, declared, one, dict(row)):
            return masked, str(masking.mask(one, value)), None
        return css, show(one, value, desk.language, desk.zone), None

    return make
