"""Entries of any register, made with all that they need, for tests of templates."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from models import catalogue, checking
from models.register import REFERENCES, Field, FieldType
from tests.company import NOON, Company

SAMPLES: dict[FieldType, Any] = {
    FieldType.TEXT: "甲",
    FieldType.LONG_TEXT: "甲乙",
    FieldType.MONEY: Decimal("12.50"),
    FieldType.DATE: date(2026, 10, 14),
    FieldType.INSTANT: NOON,
    FieldType.TIME: time(9, 30),
    FieldType.DURATION: timedelta(hours=2),
    FieldType.YES_NO: True,
    FieldType.PHONE: "13812341234",
    FieldType.PLATE: "苏E12345",
}


def value_of(company: Company, one: Field, made: dict[str, int]) -> Any:
    """Return something that a field takes; of a choice, what comes first."""
    if one.type in REFERENCES:
        return entry_of(company, one.refers_to or "", made)
    if one.type in (FieldType.CHOICE, FieldType.CHOICES):
        first = one.options[0].value
        return first if one.type is FieldType.CHOICE else [first]
    if one.type in (FieldType.INTEGER, FieldType.DECIMAL):
        return max(Decimal(1), Decimal(one.minimum or 0))
    return SAMPLES.get(one.type)


def entry_of(company: Company, code: str, made: dict[str, int]) -> int:
    """Return an entry of a register, which is made with all that it refers to."""
    if code not in made:
        declared = catalogue.current()[code]
        values: dict[str, Any] = {}
        for one in declared.fields:
            # What is masked in the export is refused by the import.
            if one.is_given or one.personal or one.refers_to == code:
                continue
            needed = one.required or one.required_if or one.refers_to is None
            if needed and checking.applies(one, values):
                values[one.name] = value_of(company, one, made)
        made[code] = company.create(code, values)
    return made[code]


def completed(
    company: Company, code: str, said: Mapping[str, Any], made: dict[str, int]
) -> dict[str, Any]:
    """Return an entry that says this, with no more than the register demands."""
    declared = catalogue.current()[code]
    values = dict(said)
    begun = {
        one.name: one.default
        for one in declared.fields
        if one.default is not None and not is_dataclass(one.default)
    }
    for name in said:
        shown = declared.field(name).only_if
        if shown is not None and shown.field not in values:
            wanted = min(shown.values)
            is_switch = declared.field(shown.field).type is FieldType.YES_NO
            values[shown.field] = wanted == "yes" if is_switch else wanted
    for one in declared.fields:
        # What is looked up elsewhere finds nothing, and "me" is nobody of the staff.
        is_found = one.type in REFERENCES or is_dataclass(one.default)
        begins = one.default is not None and not is_found
        if one.is_given or one.name in values or begins:
            continue
        if checking.demanded(one, begun | values):
            value = value_of(company, one, made)
            # What is referred to was made as well, and says the same otherwise.
            is_taken = one.unique and isinstance(value, str)
            values[one.name] = f"{value}乙" if is_taken else value
    return values
