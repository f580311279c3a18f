"""Canaries: texts found nowhere else, one for every field of every declared register.

They are plain letters and digits, which look the same in HTML, JSON, CSV, addresses and
sheets, so that a search for the text finds a leak in any answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models import catalogue
from models.register import (
    DATE,
    DECIMAL,
    ID_NUMBER,
    INTEGER,
    LONG_TEXT,
    MONEY,
    PHONE,
    PLATE,
    TEXT,
    Declaration,
    Field,
)

COLLEAGUE, FOREIGN = "colleague", "foreign"  # of one's department, of another branch
# What is of an entry and of none of its fields: its comment and file, the import of a
# file, a message to its holder, a slip.
BESIDE, IMPORTED, TOLD, PAID = "*entry", "*import", "*message", "*slip"
SHORTEST = 10  # characters that a canary needs
_FIRST_DAY = date(2061, 1, 1)


@dataclass(frozen=True, slots=True)
class Canary:
    """A text, and whose secret it is."""

    text: str
    register: str
    whose: str
    field: str  # a field's name, or BESIDE and its like
    like: str = ""  # a text of the same form that is nobody's


def serial(declared: Declaration, whose: str, name: str) -> int:
    """Return a number that no other field of any entry has."""
    place = list(catalogue.current().codes).index(declared.code)
    names = [one.name for one in declared.all_fields]
    names += [BESIDE, IMPORTED, TOLD, PAID]
    return 10_000 + place * 400 + names.index(name) * 2 + (whose == FOREIGN)


def word(declared: Declaration, whose: str, name: str = BESIDE) -> str:
    """Return the canary of what is a text."""
    return f"Qz{serial(declared, whose, name):05}Kx"


def value_of(declared: Declaration, one: Field, whose: str) -> Any:
    """Return what is planted in a field; None where no canary fits."""
    number = serial(declared, whose, one.name)
    if one.type in (TEXT, LONG_TEXT, PLATE):
        fits = one.type is not TEXT or one.max_length >= SHORTEST
        return word(declared, whose, one.name) if fits else None
    return {
        PHONE: f"139{60_000_000 + number * 1_117}",
        ID_NUMBER: f"3205{19_870_000 + number * 117}0{number:05}"[:17] + "X",
        INTEGER: 7_310_000 + number * 7,
        MONEY: Decimal(8_230_000 + number * 7),
        DECIMAL: Decimal(8_230_000 + number * 7),
        DATE: _FIRST_DAY + timedelta(days=number % 9_000),
    }.get(one.type)


CANARIED = frozenset(
    {TEXT, LONG_TEXT, PLATE, PHONE, ID_NUMBER, INTEGER, MONEY, DECIMAL, DATE}
)


def past_of(declared: Declaration, one: Field, whose: str) -> str | None:
    """Return what a field held before, by its history; another text than now."""
    if one.standard or one.type not in (TEXT, LONG_TEXT, PLATE, PHONE, ID_NUMBER):
        return None
    return f"Qp{serial(declared, whose, one.name):05}Kx"


def canaries(
    declared: Declaration, one: Field, whose: str, held: Any
) -> Iterator[Canary]:
    """Return the texts by which a field's value, or its past, would be seen."""
    if held is not None:
        number = serial(declared, whose, one.name)
        for text, like in _texts(one, held, number):
            yield Canary(text, declared.code, whose, one.name, like)
    past = past_of(declared, one, whose)
    if past is not None:
        yield Canary(past, declared.code, whose, one.name)


def _texts(one: Field, held: Any, number: int) -> Iterator[tuple[str, str]]:
    if one.type in (PHONE, ID_NUMBER):
        # A mask leaves three or four signs at either end, and never what is between.
        yield held, f"138{held[3:-1]}" + ("9" if held[-1] != "9" else "8")
        yield held[3:], ""
    elif one.type in (INTEGER, MONEY, DECIMAL):
        yield str(held), str(held + 1)
        yield f"{held:,}", ""
    elif one.type in (TEXT, LONG_TEXT, PLATE):
        yield held, f"Qz{number:05}Wy"
