"""Reckons a checked formula, exactly and in bounded time, and keeps the way it went.

Empty values: arithmetic with an empty value is empty; a comparison with one is no, and
`!=` and `not in` are the exact opposite of `=` and `in`; an empty yes/no counts as no.
`is_empty`, `coalesce` and `or_zero` deal with them. Where figures must be there (pay),
`refuse_empty` makes reading an empty name an error unless one of these three reads it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple, cast

from models.rules.formula_check import units_of, unknown
from models.rules.formula_error import Fault, FormulaError, Misuse
from models.rules.formula_functions import FUNCTIONS, whole
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
from models.rules.formula_units import EXACT, LARGEST, Content, Unit, Value, settle
from models.words import Label

_SMALLEST = -LARGEST
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_OF_HOUR = Decimal(3_600_000_000)
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


class Step(NamedTuple):
    """One intermediate result: the piece of the formula, and what it came to."""

    start: int
    end: int
    text: str
    value: Value


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A formula's value and the way to it.

    `inputs` are the names that were really read, with their values, in that order: a
    branch not taken leaves no trace. `value` is settled to ten places.
    """

    formula: Formula
    value: Content
    unit: Unit
    inputs: Mapping[str, Value]
    trace: tuple[tuple[Node, Content], ...]
    units: Mapping[Node, Unit]

    @property
    def result(self) -> Value:
        """The value with its unit."""
        return Value(self.value, self.unit)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The intermediate results, innermost first; the last is the whole."""
        return tuple(
            Step(
                node.start,
                node.end,
                self.formula.text_of(node),
                Value(content, self.units[node]),
            )
            for node, content in self.trace
        )

    def why(self, language: str = "zh") -> tuple[str, ...]:
        """Return one line for each input and each step: hours * 18 = 2,385.00 yuan."""
        inputs = (
            f"{name} = {value.text(language)}" for name, value in self.inputs.items()
        )
        steps = (f"{step.text} = {step.value.text(language)}" for step in self.steps)
        return (*inputs, *steps)


def evaluate(
    formula: Formula, values: Mapping[str, Value], *, refuse_empty: bool = False
) -> Evaluation:
    """Reckon a formula over the values of its names.

    Units are checked first (once for each formula and set of units), so every name of
    the formula must be in `values`, also one in a branch that is not taken.

    Raises:
        FormulaError: With the place: an unknown name, units that do not go together, a
            division by zero, a value beyond 10^15, a missing key, an empty input where
            `refuse_empty` forbids it.
    """
    try:
        used = tuple([values[name].unit for name in formula.names])
    except KeyError as missing:
        raise unknown(formula, str(missing.args[0]), values) from None
    units = units_of(formula, used)
    run = _Run(values, refuse_empty=refuse_empty)
    try:
        content = run.read(formula.tree)
    except Fault as fault:
        raise FormulaError(formula.text, fault) from None
    if isinstance(content, Decimal):
        content = settle(content)
    return Evaluation(
        formula, content, units[formula.tree], run.inputs, tuple(run.trace), units
    )


def holds(formula: Formula, values: Mapping[str, Value]) -> bool:
    """Whether a condition is met by these values; empty counts as no.

    Raises:
        FormulaError: As `evaluate`.
    """
    return evaluate(formula, values).value is True


class _Run:
    """Goes over one formula for one set of values. Trees are at most 30 deep."""

    __slots__ = ("inputs", "refuse_empty", "trace", "values")

    def __init__(self, values: Mapping[str, Value], *, refuse_empty: bool) -> None:
        self.values = values
        self.refuse_empty = refuse_empty
        self.inputs: dict[str, Value] = {}
        self.trace: list[tuple[Node, Content]] = []

    def read(self, node: Node) -> Content:
        """Return a node's value; what is more than a figure or a name is noted."""
        kind = type(node)
        if kind is Name:
            return self._name(cast("Name", node))
        if kind is Literal:
            return cast("Literal", node).value.content
        content = _HANDLERS[kind](self, node)
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
                total = _moved(node, operand, op, total, other)
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
            given = [self.read(argument) for argument in node.arguments]
            if function.apply is None or (None in given and not function.takes_empty):
                return None
            return function.apply(*given)
        except Misuse as misuse:
            place = node if misuse.index is None else node.arguments[misuse.index]
            raise Fault(place.start, place.end, misuse.problem, misuse.hint) from None
        finally:
            self.refuse_empty = refused


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


def _moved(
    node: Node, operand: Node, op: str, moment: Content, other: Content
) -> Content:
    """Return a date or instant moved, or the distance between two of them.

    Days must be whole; hours are taken to the microsecond, half up.
    """
    if isinstance(moment, datetime):
        return _moved_instant(node, op, moment, cast("datetime | Decimal", other))
    return _moved_date(node, operand, op, cast("date", moment), other)


def _moved_instant(
    node: Node, op: str, moment: datetime, other: datetime | Decimal
) -> Content:
    if isinstance(other, datetime):
        distance = Decimal((moment - other) // _MICROSECOND)
        return EXACT.divide(distance, _MICROSECONDS_OF_HOUR)
    hours = settle(other if op == "+" else EXACT.minus(other))
    microseconds = EXACT.to_integral_value(EXACT.multiply(hours, _MICROSECONDS_OF_HOUR))
    try:
        return moment + timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise _beyond_calendar(node) from None


def _moved_date(
    node: Node, operand: Node, op: str, day: date, other: Content
) -> Content:
    if isinstance(other, date):
        return Decimal((day - other).days)
    days = whole(cast("Decimal", other))
    if days is None:
        raise Fault(
            operand.start,
            operand.end,
            Label(f"{other} 天不是整天数", f"{other} is no whole number of days"),
            Label("请用 round、floor 或 ceil 取整", "Use round, floor or ceil"),
        )
    try:
        return day + timedelta(days=days if op == "+" else -days)
    except OverflowError:
        raise _beyond_calendar(node) from None


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


def _out_of_range(node: Node) -> Fault:
    return Fault(
        node.start,
        node.end,
        Label("结果超出 10 的 15 次方", "The result is beyond 10^15"),
        Label("请检查输入的数值", "Check the figures that go in"),
    )


def _beyond_calendar(node: Node) -> Fault:
    return Fault(
        node.start,
        node.end,
        Label(
            "结果早于 1 年或晚于 9999 年", "The result is outside the years 1 to 9999"
        ),
        Label("请检查输入的天数或小时数", "Check the days or hours that go in"),
    )
