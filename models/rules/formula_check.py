"""Checks the names and units of a formula before anything is reckoned.

What passes here can only fail on figures: a division by zero, a value out of range, an
input that is empty where it may not be, a key that a table lacks.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from models.rules.formula_error import Fault, FormulaError, Misuse, unknown_name
from models.rules.formula_function import differs, is_bare, same_unit
from models.rules.formula_functions import FUNCTIONS
from models.rules.formula_tree import (
    Binary,
    Call,
    Chain,
    Formula,
    Listing,
    Literal,
    Logic,
    Member,
    Name,
    Node,
    Unary,
    walk,
)
from models.rules.formula_units import (
    DATE,
    HOURS,
    INSTANT,
    NUMBER,
    YES_NO,
    ZERO,
    Kind,
    Unit,
    list_unit,
    over,
    table_unit,
    times,
)
from models.words import Label

# What has no order that both databases agree on can only be the same or not.
_UNORDERED = frozenset({Kind.TEXT, Kind.YES_NO, Kind.ENTRY})
_SAME_OR_NOT = frozenset({"=", "!="})
_COLUMNS = 2  # of a table: the key and what it leads to


def check(
    formula: Formula, names: Mapping[str, Unit], *, has_world: bool = False
) -> Unit:
    """Return the unit of the formula's value, given the units of the names it may use.

    Args:
        formula: Parsed.
        names: The unit of every name, those taken by reference among them.
        has_world: Whether it will be reckoned with a `World`, so that functions over
            others, the past and the calendar may stand in it.

    Raises:
        FormulaError: A name that is not there, or units that do not go together; with
            the place and a hint.
    """
    if not has_world:
        refuse_world(formula)
    try:
        used = tuple([names[name] for name in formula.every_name])
    except KeyError as missing:
        raise unknown(formula, str(missing.args[0]), names) from None
    return units_of(formula, used)[formula.tree]


def units_of(formula: Formula, used: tuple[Unit, ...]) -> Mapping[Node, Unit]:
    """Return the unit of every node for the units of `formula.every_name`, in order.

    Kept with the formula for the units it had last, so that reckoning for everybody
    checks once and then only sees that they are the same.

    Raises:
        FormulaError: Units that do not go together.
    """
    last = formula.last_checked
    if last and last[0] == used:
        found: Mapping[Node, Unit] = last[1]
        return found
    found = _checked(formula, used)
    last[:] = used, found
    return found


@lru_cache(maxsize=1_024)
def _checked(formula: Formula, used: tuple[Unit, ...]) -> Mapping[Node, Unit]:
    checker = _Checker(dict(zip(formula.every_name, used, strict=True)))
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


def refuse_world(formula: Formula) -> None:
    """Refuse a formula that asks beyond the entry or person it is reckoned for.

    Raises:
        FormulaError: At the first function that needs a world.
    """
    for node in walk(formula.tree):
        if isinstance(node, Call) and FUNCTIONS[node.function].needs_world:
            raise FormulaError(formula.text, needs_world(node))


def needs_world(node: Call) -> Fault:
    """Return the error that marks a function which only pay can reckon."""
    return Fault(
        node.start,
        node.end,
        Label(
            f"“{node.function}”只能用在绩效方案里",
            f"“{node.function}” can only be used in pay schemes",
        ),
        Label(
            "它要看其他人、以前各期或日历，这里只有一条记录",
            "It asks for other people, the past or the calendar; here is one entry",
        ),
    )


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
            case Listing():
                unit = self.listing(node)
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
        if unit.kind in {Kind.TABLE, Kind.LIST}:
            problem = Label(
                f"{unit.label.zh}只能作函数的参数，例如 lookup、tier、rank_award",
                f"A {unit.label.en} can only be given to a function, such as lookup,"
                " tier or rank_award",
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
            return times(unit, other) if op == "*" else over(unit, other)
        joined = _sum(op, unit, other)
        if joined is None:
            place, found, wanted = after, other, unit
            if is_bare(unit, other):
                place, found, wanted = before, unit, other
            raise Fault(place.start, place.end, *differs(found, wanted))
        return joined

    def listing(self, node: Listing) -> Unit:
        """Return the unit of a list, or of a table whose rows are written out."""
        rows = node.rows
        if rows is None:
            return list_unit(self.alike(*node.items))
        for item, row in zip(node.items, rows, strict=True):
            if len(row) != _COLUMNS or not isinstance(item, Listing):
                raise Fault(
                    item.start,
                    item.end,
                    Label(
                        "对照表的每一行要有两格", "Each row of a table has two cells"
                    ),
                    Label(
                        "请写成 [[0元, 1%], [1000元, 2%]]",
                        "Write [[0 yuan, 1%], [1000 yuan, 2%]]",
                    ),
                )
        self.keys([row[0] for row in rows])
        columns = (self.alike(*column) for column in zip(*rows, strict=True))
        return table_unit(*(NUMBER if unit == ZERO else unit for unit in columns))

    def keys(self, keys: Sequence[Node]) -> None:
        """Refuse a key that is written twice."""
        said = set()
        for key in keys:
            if not isinstance(key, Literal):
                continue
            if key.value.content in said:
                problem = Label("对照表里这个键写了两次", "This key is there twice")
                hint = Label("请去掉一行", "Take one row out")
                raise Fault(key.start, key.end, problem, hint)
            said.add(key.value.content)

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
