"""Stamps: instants of an entry that a button fills in as the work goes on."""

from dataclasses import dataclass

from models.words import Label


@dataclass(frozen=True, slots=True)
class Stamp:
    """One instant, such as the arrival at the customer's.

    They are given in the order they are declared in: the first that is still empty
    and whose condition holds is the next. `needs` are fields to be filled in before.
    """

    field: str
    label: Label
    when: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps of a register, and the person fields of whoever gives them."""

    by: tuple[str, ...]
    given: tuple[Stamp, ...]
    when: str | None = None  # a condition on the entry
