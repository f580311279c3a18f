"""Checks the names and units of a formula before anything is reckoned.

What passes here can only fail on figures: a division by zero, a value out of range, an
input that is empty where it may not be, a key that a table lacks.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from models.rules.formula_error import Fault, FormulaError, Misuse, unknown_name
from models.rules.formula_functions import FUNCTIONS, differs, is_bare, same_unit
from models.rules.formula_tree import (
    Binary,
    Call,
    Chain,
    Formula,
    Literal,
    Logic,
    Member,
    Name,
    Node,
    Unary,
)
from models.rules.formula_units import (
    DATE,
    HOURS,
    INSTANT,
    NUMBER,
    PERCENT,
    YES_NO,
    ZERO,
    Kind,
    Unit,
)
from models.words import Label

# What has no order that both databases agree on can only be the same or not.
_UNORDERED = frozenset({Kind.TEXT, Kind.YES_NO, Kind.ENTRY})
_SAME_OR_NOT = frozenset({"=", "!="})


def check(formula: Formula, names: Mapping[str, Unit]) -> Unit:
    """Return the unit of the formula's value, given the units of the names it may use.

    Raises:
        FormulaError: A name that is not there, or units that do not go together; with
            the place and a hint.
    """
    try:
        used = tuple([names[name] for name in formula.names])
    except KeyError as missing:
        raise unknown(formula, str(missing.args[0]), names) from None
    return units_of(formula, used)[formula.tree]


@lru_cache(maxsize=1_024)
def units_of(formula: Formula, used: tuple[Unit, ...]) -> Mapping[Node, Unit]:
    """Return the unit of every node for the units of `formula.names`, in their order.

    Kept for the last thousand, so that reckoning for everybody checks once.

    Raises:
        FormulaError: Units that do not go together.
    """
    checker = _Checker(dict(zip(formula.names, used, strict=True)))
    try:
        unit = checker.unit(formula.tree)
    except Fault as fault:
        raise FormulaError(formula.text, fault) from None
    if unit == ZERO:
        checker.units[formula.tree] = NUMBER
    return MappingProxyType(checker.units)


def unknown(formula: Formula, name: str, known: Iterable[str]) -> FormulaError:
    """Return the error that marks the first place where an unknown name stands."""
    node = formula.place_of(name)
    fault = Fault(node.start, node.end, *unknown_name(name, known))
    return FormulaError(formula.text, fault)


class _Checker:
    """Goes over a tree once and notes each node's unit."""

    def __init__(self, names: Mapping[str, Unit]) -> None:
        self.names = names
        self.units: dict[Node, Unit] = {}

    def unit(self, node: Node) -> Unit:
        """Return a node's unit, having checked all below it."""
        match node:
            case Literal(value=value):
                unit = value.unit
            case Name(name=name):
                unit = self.names[name]
            case Chain():
                unit = self.chain(node)
            case Call():
                unit = self.call(node)
            case Unary(op="-", operand=operand):
                unit = self.quantity(operand)
            case _:
                self.condition(node)
                unit = YES_NO
        self.units[node] = unit
        return unit

    def condition(self, node: Unary | Binary | Logic | Member) -> None:
        """Check what comes to yes or no."""
        match node:
            case Binary():
                self.comparison(node)
            case Member(operand=operand, choices=choices):
                self.alike(operand, *choices)
            case Unary(operand=operand):
                self.yes_no(operand)
            case Logic(terms=terms):
                for term in terms:
                    self.yes_no(term)

    def yes_no(self, node: Node) -> None:
        """Refuse what is not a condition."""
        unit = self.unit(node)
        if unit != YES_NO:
            problem = Label(
                f"这里是{unit.label.zh}，应是条件（是/否）",
                f"Found {unit.label.en}, expected a condition (yes/no)",
            )
            hint = Label(
                "请写成比较，例如 核定工时 > 8小时",
                "Write a comparison, such as approved_hours > 8 hours",
            )
            raise Fault(node.start, node.end, problem, hint)

    def quantity(self, node: Node) -> Unit:
        """Return the unit of a quantity, or refuse what is none."""
        unit = self.unit(node)
        if not unit.is_quantity:
            raise Fault(node.start, node.end, *differs(unit, NUMBER))
        return unit

    def alike(self, *nodes: Node) -> Unit:
        """Return the one unit of several nodes."""
        units = [self.unit(node) for node in nodes]
        try:
            unit = same_unit(units)
        except Misuse as misuse:
            place = nodes[misuse.index or 0]
            raise Fault(place.start, place.end, misuse.problem, misuse.hint) from None
        if unit.kind is Kind.TABLE:
            problem = Label(
                "对照表只能放在 lookup 里", "A table can only be used in lookup"
            )
            raise Fault(nodes[0].start, nodes[0].end, problem)
        return unit

    def comparison(self, node: Binary) -> None:
        """Both sides must be of one unit, and of one that has the order asked for."""
        unit = self.alike(node.left, node.right)
        if unit.kind in _UNORDERED and node.op not in _SAME_OR_NOT:
            problem = Label(
                f"{unit.label.zh}只能比较是否相同",
                f"Of {unit.label.en} one can only ask whether two are the same",
            )
            hint = Label("请用 = 或 !=", "Use = or !=")
            raise Fault(node.start, node.end, problem, hint)

    def chain(self, node: Chain) -> Unit:
        """Return the unit of a sum or product, one step after the other."""
        unit, before = self.unit(node.first), node.first
        for op, after in node.rest:
            unit, before = self.step(op, unit, before, after), after
        return unit

    def step(self, op: str, unit: Unit, before: Node, after: Node) -> Unit:
        """Return the unit of what came before, joined with the next operand."""
        other = self.unit(after)
        if op in {"*", "/"}:
            for found, place in ((unit, before), (other, after)):
                if not found.is_quantity:
                    raise Fault(place.start, place.end, *differs(found, NUMBER))
            return _times(unit, other) if op == "*" else _over(unit, other)
        joined = _sum(op, unit, other)
        if joined is None:
            place, found, wanted = after, other, unit
            if is_bare(unit, other):
                place, found, wanted = before, unit, other
            raise Fault(place.start, place.end, *differs(found, wanted))
        return joined

    def call(self, node: Call) -> Unit:
        """Return what the registry says of a call."""
        units = [self.unit(argument) for argument in node.arguments]
        try:
            return FUNCTIONS[node.function].unit(units)
        except Misuse as misuse:
            place = node if misuse.index is None else node.arguments[misuse.index]
            raise Fault(place.start, place.end, misuse.problem, misuse.hint) from None


def _sum(op: str, unit: Unit, other: Unit) -> Unit | None:
    """Return the unit of a + b or a - b, None where they do not go together.

    The difference of two dates is days, of two instants hours; a percentage beside a
    plain number is a number (1 - 20%).
    """
    if unit.is_quantity and other.is_quantity:
        return _sum_of_quantities(unit, other)
    if op == "-" and unit == other == DATE:
        return NUMBER
    if op == "-" and unit == other == INSTANT:
        return HOURS
    if unit == DATE and other in {NUMBER, ZERO}:
        return DATE
    if unit == INSTANT and other in {HOURS, ZERO}:
        return INSTANT
    return None


def _sum_of_quantities(unit: Unit, other: Unit) -> Unit | None:
    if unit == ZERO:
        return other
    if other in {unit, ZERO}:
        return unit
    return NUMBER if unit.is_number and other.is_number else None


def _times(unit: Unit, other: Unit) -> Unit:
    if unit == other == PERCENT:
        return PERCENT
    return _quantity(unit.money + other.money, unit.hours + other.hours)


def _over(unit: Unit, other: Unit) -> Unit:
    if unit == PERCENT and other == NUMBER:
        return PERCENT
    return _quantity(unit.money - other.money, unit.hours - other.hours)


def _quantity(money: int, hours: int) -> Unit:
    return Unit(Kind.QUANTITY, money, hours)
