"""A register that changes between two plans, beside a small one it refers to."""

from dataclasses import replace
from typing import Any

from models.catalogue import Catalogue
from models.register import Declaration, Field, FieldType, field
from models.words import Label

PAPER = Label("登记", "Paper")


def named(name: str, type_: FieldType = FieldType.TEXT, **options: Any) -> Field:
    """Return a field whose id is its name unless said otherwise."""
    declared: Field = field(f"{name}栏", name.capitalize(), type_, **options)
    return replace(declared, id=declared.id or name, name=name)


def register(code: str, *fields: Field, **options: Any) -> Declaration:
    """Return a declaration with these fields of its own."""
    return Declaration(
        code=code,
        title=Label(f"{code}登记", code.capitalize()),
        menu=PAPER,
        fields=fields,
        **options,
    )


# Every register refers to these three by its standard fields, and they to each other.
COMMON = tuple(register(code) for code in ("branch", "department", "staff"))


def catalogue_of(*declared: Declaration) -> Catalogue:
    """Return a catalogue of these registers and of those that all registers need."""
    return Catalogue((*COMMON, *declared))


def orders(*fields: Field, **options: Any) -> Catalogue:
    """Return a catalogue with the register that the tests change."""
    return catalogue_of(register("work", *fields, **options))
