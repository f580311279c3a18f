"""What one function of the formula language is, and what it may demand of units.

Checks of units run once when a formula is saved; what reckons may rely on them.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from models.rules.formula_error import Misuse
from models.rules.formula_units import (
    HOURS,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    PERCENT,
    ZERO,
    Content,
    Unit,
    settle,
)
from models.rules.formula_world import World
from models.words import Label

Read: TypeAlias = Callable[[int], Content]


class Asked(NamedTuple):
    """What a function that says how it came to its value is given.

    A name taken by reference is given as its text. `place` is the same for everybody
    for whom the same piece of the same formula is reckoned.
    """

    contents: tuple[Content, ...]
    units: tuple[Unit, ...]
    world: World | None
    place: Hashable


class Reasoned(NamedTuple):
    """A value and the words for how it came about, written only when they are read."""

    content: Content
    because: Callable[[], Label]


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its names, how it is written, its unit and its value.

    Give `apply` (all arguments, already reckoned), `lazy` (how many there are and a way
    to reckon one by its index, for functions that leave some unread) or `reason` (as
    `apply`, and tells how the value came about). All may raise `Misuse` with the index
    of the argument at fault.
    """

    names: tuple[str, ...]  # the first is the one trees carry
    usage: Label
    least: int
    most: int | None  # None: any number
    unit: Callable[[Sequence[Unit]], Unit]
    apply: Callable[..., Content] | None = None
    lazy: Callable[[int, Read], Content] | None = None
    reason: Callable[[Asked], Reasoned] | None = None
    takes_empty: bool = False
    needs_world: bool = False  # asks the world: only where one is, in pay
    borrows: int | None = None  # which argument is a name that is not read itself
    chosen: int | None = None  # which argument is one of `words`, written out
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name trees carry."""
        return self.names[0]

    @property
    def hint(self) -> Label:
        """How it is written, as a sentence."""
        return Label(f"写法：{self.usage.zh}", f"Write {self.usage.en}")

    def takes(self, count: int) -> bool:
        """Whether it can be given so many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)


def same_unit(units: Sequence[Unit], first: int = 0) -> Unit:
    """Return the one unit all have; a bare 0 fits any quantity.

    Raises:
        Misuse: One that differs, a bare figure rather than another; `first` is the
            index of the first one given.
    """
    found, at = units[0], first
    for index, unit in enumerate(units[1:], first + 1):
        if unit == found or (unit == ZERO and found.is_quantity):
            continue
        if found == ZERO and unit.is_quantity:
            found, at = unit, index
            continue
        if is_bare(found, unit):
            raise Misuse(at, *differs(found, unit))
        raise Misuse(index, *differs(unit, found))
    return found


def is_bare(unit: Unit, other: Unit) -> bool:
    """Whether it is the first of two that lacks its unit: 20 + measure.fines."""
    return unit == NUMBER and other.is_quantity


def differs(found: Unit, wanted: Unit) -> tuple[Label, Label | None]:
    """Return the problem and the hint for one unit where another is needed."""
    problem = Label(
        f"这里是{found.label.zh}，应是{wanted.label.zh}",
        f"Found {found.label.en}, expected {wanted.label.en}",
    )
    pair = {found, wanted}
    for unit, example in _EXAMPLES.items():
        if pair == {unit, NUMBER}:
            return problem, Label(
                f"数字请带上单位，例如 {example.zh}",
                f"Write the figure with its unit, such as {example.en}",
            )
    return problem, None


_EXAMPLES = {
    MONEY: Label("20元", "20 yuan"),
    HOURS: Label("8小时", "8 hours"),
    MONEY_PER_HOUR: Label("18元/小时", "18 yuan/hour"),
    PERCENT: Label("95%", "95%"),
}


def wants(index: int, found: Unit, wanted: Unit) -> None:
    """Raise Misuse unless an argument has the unit it should."""
    if found != wanted and not (found == ZERO and wanted.is_quantity):
        raise Misuse(index, *differs(found, wanted))


def demand_quantity(index: int, unit: Unit) -> Unit:
    """Return the unit of a quantity; Misuse for anything else."""
    if not unit.is_quantity:
        raise Misuse(index, *differs(unit, NUMBER))
    return unit


def whole(value: Decimal) -> int | None:
    """Return the integer a decimal is, or None."""
    settled = settle(value)
    return int(settled) if settled == settled.to_integral_value() else None
