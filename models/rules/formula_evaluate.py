"""Reckons a checked formula, exactly and in bounded time, and keeps the way it went.

Empty values: arithmetic with an empty value is empty; a comparison with one is no, and
`!=` and `not in` are the exact opposite of `=` and `in`; an empty yes/no counts as no.
`is_empty`, `coalesce` and `or_zero` deal with them. Where figures must be there (pay),
`refuse_empty` makes reading an empty name an error unless one of these three reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias, cast

from models.rules.formula_check import needs_world, refuse_world, units_of, unknown
from models.rules.formula_error import Fault, FormulaError, Misuse
from models.rules.formula_function import Asked, Function, Reasoned
from models.rules.formula_functions import FUNCTIONS
from models.rules.formula_moments import moved
from models.rules.formula_result import Evaluation
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
)
from models.rules.formula_units import (
    EXACT,
    LARGEST,
    Content,
    Scalar,
    Table,
    Unit,
    Value,
    settle,
)
from models.rules.formula_world import World
from models.words import Label

Reason: TypeAlias = Callable[[Asked], Reasoned]
_SMALLEST = -LARGEST
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "/": EXACT.divide,
}


def evaluate(
    formula: Formula,
    values: Mapping[str, Value],
    *,
    refuse_empty: bool = False,
    world: World | None = None,
) -> Evaluation:
    """Reckon a formula over the values of its names, in a world where it needs one.

    Units are checked first (once for each formula and set of units), so every name of
    the formula must be in `values`, also one in a branch that is not taken.

    Raises:
        FormulaError: With the place: an unknown name, units that do not go together, a
            division by zero, a value beyond 10^15, a missing key, an empty input where
            `refuse_empty` forbids it.
    """
    units = units_of(formula, _units(formula, values, world))
    run = _Run(formula, values, units, world, refuse_empty=refuse_empty)
    try:
        content = run.read(formula.tree)
    except Fault as fault:
        raise FormulaError(formula.text, fault) from None
    if isinstance(content, Decimal):
        content = settle(content)
    return Evaluation(
        formula,
        content,
        units[formula.tree],
        run.inputs,
        tuple(run.trace),
        units,
        run.reasons,
    )


def unit_among(
    formula: Formula, values: Mapping[str, Value], world: World | None = None
) -> Unit:
    """Return the unit a formula comes to over these values, without reckoning it.

    Raises:
        FormulaError: An unknown name, units that do not go together.
    """
    return units_of(formula, _units(formula, values, world))[formula.tree]


def _units(
    formula: Formula, values: Mapping[str, Value], world: World | None
) -> tuple[Unit, ...]:
    """Return the units of all names; a borrowed one may be a name of others only."""
    try:
        used = tuple([values[name].unit for name in formula.names])
    except KeyError as missing:
        raise unknown(formula, str(missing.args[0]), values) from None
    if not formula.borrowed:
        return used
    if world is None:
        refuse_world(formula)
        raise ValueError("names are borrowed by functions that need a world")
    lent = formula.every_name[len(formula.names) :]
    try:
        return used + tuple(
            values[name].unit if name in values else world.unit(name) for name in lent
        )
    except KeyError as missing:
        raise unknown(formula, str(missing.args[0]), values) from None


def holds(formula: Formula, values: Mapping[str, Value]) -> bool:
    """Whether a condition is met by these values; empty counts as no.

    Raises:
        FormulaError: As `evaluate`.
    """
    return evaluate(formula, values).value is True


class _Run:
    """Goes over one formula for one set of values. Trees are at most 30 deep."""

    __slots__ = (
        "formula",
        "inputs",
        "reasons",
        "refuse_empty",
        "trace",
        "units",
        "values",
        "world",
    )

    def __init__(
        self,
        formula: Formula,
        values: Mapping[str, Value],
        units: Mapping[Node, Unit],
        world: World | None,
        *,
        refuse_empty: bool,
    ) -> None:
        self.formula = formula
        self.values = values
        self.units = units
        self.world = world
        self.reasons: dict[Node, Callable[[], Label]] = {}
        self.refuse_empty = refuse_empty
        self.inputs: dict[str, Value] = {}
        self.trace: list[tuple[Node, Content]] = []

    def read(self, node: Node) -> Content:
        """Return a node's value; what is more than a figure or a name is noted."""
        if type(node) is Name:
            return self._name(node)
        if type(node) is Literal:
            return node.value.content
        if type(node) is Listing:
            return self.listing(node)
        content = _HANDLERS[type(node)](self, node)
        self.trace.append((node, content))
        return content

    def _name(self, node: Name) -> Content:
        value = self.values[node.name]
        self.inputs[node.name] = value
        if value.content is None and self.refuse_empty:
            raise Fault(
                node.start,
                node.end,
                Label(f"“{node.name}”是空的", f"“{node.name}” is empty"),
                Label(
                    f"请补上它的值，或写 or_zero({node.name})",
                    f"Fill it in, or write or_zero({node.name})",
                ),
            )
        return value.content

    def unary(self, node: Unary) -> Content:
        """Turn the sign, or deny."""
        content = self.read(node.operand)
        if node.op == "not":
            return not content
        return EXACT.minus(content) if isinstance(content, Decimal) else None

    def binary(self, node: Binary) -> Content:
        """Compare."""
        left, right = self.read(node.left), self.read(node.right)
        if node.op == "!=":
            return not _compared("=", left, right)
        return _compared(node.op, left, right)

    def logic(self, node: Logic) -> Content:
        """Read terms until the answer is certain."""
        if node.op == "and":
            return all(self.read(term) for term in node.terms)
        return any(self.read(term) for term in node.terms)

    def member(self, node: Member) -> Content:
        """Look for the operand among the choices."""
        content = self.read(node.operand)
        found = any(
            _compared("=", content, self.read(choice)) for choice in node.choices
        )
        return found != node.negated

    def chain(self, node: Chain) -> Content:
        """Reckon from left to right."""
        total = self.read(node.first)
        for op, operand in node.rest:
            other = self.read(operand)
            if isinstance(total, Decimal) and isinstance(other, Decimal):
                if op == "/" and not settle(other):
                    raise division_by_zero(operand)
                total = _ARITHMETIC[op](total, other)
                if not _SMALLEST <= total <= LARGEST:
                    raise _out_of_range(node)
            elif total is None or other is None:
                total = None
            else:
                total = moved(node, operand, op, total, other)
        return total

    def call(self, node: Call) -> Content:
        """Apply a function of the registry."""
        function = FUNCTIONS[node.function]
        refused = self.refuse_empty
        self.refuse_empty = refused and not function.takes_empty
        try:
            if function.lazy is not None:
                return function.lazy(
                    len(node.arguments), lambda index: self.read(node.arguments[index])
                )
            given = self.given(node, function)
            if None in given and not function.takes_empty:
                return None
            if function.apply is not None:
                return function.apply(*given)
            return self.reasoned(node, function, given)
        except Misuse as misuse:
            place = node if misuse.index is None else node.arguments[misuse.index]
            raise Fault(place.start, place.end, misuse.problem, misuse.hint) from None
        finally:
            self.refuse_empty = refused

    def given(self, node: Call, function: Function) -> list[Content]:
        """Return what a function is given; a borrowed name as its text."""
        return [
            cast("Name", argument).name
            if index == function.borrows
            else self.read(argument)
            for index, argument in enumerate(node.arguments)
        ]

    def reasoned(
        self, node: Call, function: Function, given: Sequence[Content]
    ) -> Content:
        """Apply a function that says how it came to its value, and keep the words."""
        if function.needs_world and self.world is None:
            raise needs_world(node)
        units = tuple([self.units[argument] for argument in node.arguments])
        place = (self.formula.text, node.start)
        asked = Asked(tuple(given), units, self.world, place)
        content, because = cast("Reason", function.reason)(asked)
        if isinstance(content, Decimal) and not _SMALLEST <= content <= LARGEST:
            raise _out_of_range(node)
        if content is None and self.refuse_empty:
            raise _came_empty(node, self.formula.text_of(node), because())
        self.reasons[node] = because
        return content

    def listing(self, node: Listing) -> Content:
        """Reckon the items of a list, or the rows of a table."""
        rows = node.rows
        if rows is None:
            return tuple([cast("Scalar", self.read(item)) for item in node.items])
        found: dict[Scalar, Scalar] = {}
        for key_node, said in rows:
            key = cast("Scalar", self.read(key_node))
            key = settle(key) if isinstance(key, Decimal) else key
            if key is None or key in found:
                raise _bad_key(key_node, is_empty=key is None)
            found[key] = cast("Scalar", self.read(said))
        return Table(found)


_HANDLERS: Mapping[type, Callable[[_Run, Any], Content]] = {
    Unary: _Run.unary,
    Binary: _Run.binary,
    Logic: _Run.logic,
    Member: _Run.member,
    Chain: _Run.chain,
    Call: _Run.call,
}


def _compared(op: str, left: Content, right: Content) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        left, right = settle(left), settle(right)
    return _COMPARE[op](left, right)


def division_by_zero(divisor: Node) -> Fault:
    """Return the error that marks a divisor which is zero."""
    return Fault(
        divisor.start,
        divisor.end,
        Label("除数为零", "This is zero, and something is divided by it"),
        Label(
            "请先判断，例如 if(总数 = 0, 0, 合格数 / 总数)",
            "Ask first: if(total = 0, 0, passed / total)",
        ),
    )


def _came_empty(node: Node, text: str, because: Label) -> Fault:
    return Fault(
        node.start,
        node.end,
        because,
        Label(f"请写 or_zero({text})", f"Write or_zero({text})"),
    )


def _bad_key(node: Node, *, is_empty: bool) -> Fault:
    if is_empty:
        problem = Label("对照表的这个键是空的", "This key of the table is empty")
    else:
        problem = Label("对照表里这个键有两行", "This key of the table is there twice")
    return Fault(node.start, node.end, problem)


def _out_of_range(node: Node) -> Fault:
    return Fault(
        node.start,
        node.end,
        Label("结果超出 10 的 15 次方", "The result is beyond 10^15"),
        Label("请检查输入的数值", "Check the figures that go in"),
    )
