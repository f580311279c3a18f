"""What is wrong with the entry that a target proposes; `proposals.py` says its form."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from models import catalogue, checking
from models.fields import DECIMAL, INTEGER, MONEY, PERSON, Field
from models.register import Declaration
from models.words import Label

KEYS = ("register", "person", "values", "carry")
ENTRY = "id"  # in `carry`: the entry itself


def wrong(declared: Declaration, said: Mapping[str, Any]) -> Iterator[Label]:
    """Yield what is wrong with what a target of a register proposes."""
    strange = [key for key in said if key not in KEYS]
    if strange:
        yield Label(
            f"建议里没有“{strange[0]}”这一项，可用的是 {'、'.join(KEYS)}。",
            f"A proposal has no '{strange[0]}'; it has {', '.join(KEYS)}.",
        )
    register = next(
        (one for one in catalogue.current() if one.code == said.get("register")), None
    )
    if register is None:
        yield Label(
            f"没有台账“{said.get('register')}”，请核对台账代号。",
            f"There is no register '{said.get('register')}'; check its code.",
        )
        return
    person = str(said.get("person"))
    if not _has(register, person) or register.field(person).type is not PERSON:
        yield Label(
            f"{register.title.zh}没有人员字段“{person}”。",
            f"{register.title.en} has no field '{person}' for a person.",
        )
    for name, value in said.get("values", {}).items():
        if not _has(register, name):
            yield _missing(register, name)
        elif isinstance(found := cleaned(register.field(name), value), Label):
            label = register.field(name).label
            yield Label(f"{label.zh}：{found.zh}", f"{label.en}: {found.en}")
    for name, ours in said.get("carry", {}).items():
        if not _has(register, name):
            yield _missing(register, name)
        elif ours != ENTRY and not _has(declared, ours):
            yield _missing(declared, ours)


def cleaned(one: Field, value: Any) -> Any:
    """Return a value as the register takes it, or a `Label` that says why it does not.

    Numbers are kept as texts, so that none is bent on its way through JSON.
    """
    if isinstance(value, str) and one.type in (INTEGER, DECIMAL, MONEY):
        with suppress(InvalidOperation):  # told by the field itself
            number = Decimal(value)
            if number.is_finite():
                is_whole = number == number.to_integral_value()
                value = int(number) if is_whole else number
    return checking.clean(one, value)


def _has(declared: Declaration, name: str) -> bool:
    return declared.has(name) and declared.field(name).column is not None


def _missing(declared: Declaration, name: str) -> Label:
    return Label(
        f"{declared.title.zh}没有字段“{name}”。",
        f"{declared.title.en} has no field '{name}'.",
    )
