"""What a pay formula may ask beyond its own person: the others, the past, the calendar.

Only pay has a world; a computed field, a target or a condition has none, and functions
that need one are refused there when they are saved.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from models.rules.formula_units import Unit, Value

Made = TypeVar("Made")


class World(Protocol):
    """One person's place among those who are reckoned together.

    The group is everybody reckoned by the same scheme in the same run.
    """

    @property
    def me(self) -> int:
        """The id of the person in the staff register."""

    @property
    def first(self) -> date:
        """The first day of the stretch reckoned."""

    @property
    def last(self) -> date:
        """The last day of the stretch reckoned, included."""

    def unit(self, name: str) -> Unit:
        """Return the unit of a name that is borrowed from others.

        Raises:
            KeyError: Nobody has such a name.
        """

    def group(self, name: str) -> Mapping[int, Value]:
        """Return the figures of everybody in the group by staff id.

        People whose figure is empty are left out.
        """

    def below(self, name: str, levels: int | None) -> Sequence[Value]:
        """Return the figures of those below `me` in the reporting line.

        Whatever their scheme; whoever has no such line is left out. `levels` says how
        far down, None all the way.
        """

    def earlier(self, name: str, periods: int) -> Value | None:
        """Return the same person's figure so many periods of the same kind before.

        As that slip keeps it, without differences paid later; None where there is none.
        """

    def working_days(self, first: date, last: date) -> int:
        """Return how many working days there are from the first to the last, included.

        By the calendar of the person's department.
        """

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made once for the whole group and run."""
