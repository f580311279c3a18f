"""What is looked at before a pay run is closed: lists that should be empty by then.

A template brings each as a setting of its own; an admin may change or drop it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.words import Label

PREFIX = "pay_check."
_PERIOD = "{period}"


@dataclass(frozen=True, slots=True)
class PayCheck:
    """One line of the list: what it asks, and the list that should be empty.

    `where` holds conditions as a list's address writes them.
    """

    label: Label
    register: str
    where: tuple[str, ...]
    code: str = ""
    clauses: tuple[str, ...] = ()  # what asks for it
    blocks: bool = False  # whether nothing is locked before the list is empty

    def conditions(self, period: str) -> list[str]:
        """Return the conditions for the run of a period."""
        return [one.replace(_PERIOD, period) for one in self.where]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A check whose list is not empty."""

    label: Label
    count: str  # "12", or "10,000+" where nobody counted further
    blocks: bool


def declared(settings: Mapping[str, Any]) -> list[PayCheck]:
    """Return the checks that an installation's settings hold, in their order."""
    found = [
        (name.removeprefix(PREFIX), said)
        for name, said in settings.items()
        if name.startswith(PREFIX)
    ]
    found.sort(key=lambda one: (one[1]["position"], one[1]["name_zh"]))
    return [
        PayCheck(
            Label(said["name_zh"], said["name_en"]),
            said["register"],
            tuple(said["where"]),
            code,
            # Settings kept before clauses were do not name any.
            tuple(said.get("clauses", ())),
            bool(said.get("blocks", False)),
        )
        for code, said in found
    ]
