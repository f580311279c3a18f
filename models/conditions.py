"""Conditions of the formula language as SQL, for measures, targets and lists.

A figure in a table is a whole number of steps: fen, tenths, seconds. Here each is kept
as an SQL integer and the exact size of its step, so that both databases reckon in
integers and agree with `models.rules.formula.evaluate` to the last digit. What has no
names is reckoned in Python and bound as a parameter.

Only the part of the language that both databases do alike is taken: names, literals,
+ - and * of quantities, division by a figure, comparison, `in`, and, or, not,
`is_empty`, `coalesce`, `or_zero`. The rest is refused with the place marked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple, TypeAlias, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    String,
    and_,
    false,
    func,
    not_,
    or_,
    true,
    type_coerce,
)

from models.computing import unit_of
from models.register import Field, FieldType
from models.rules.formula import (
    TEXT,
    YES_NO,
    Content,
    Formula,
    FormulaError,
    Unit,
    check,
    evaluate,
    parse,
)
from models.rules.formula_check import units_of, unknown
from models.rules.formula_error import Fault
from models.rules.formula_evaluate import division_by_zero
from models.rules.formula_tree import (
    Binary,
    Call,
    Chain,
    Logic,
    Member,
    Name,
    Node,
    Unary,
    walk,
)
from models.words import Label

_SECOND = Fraction(1, 3600)  # of an hour
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column as a formula sees it.

    `step` is what one stored unit is worth in the formula's unit: 1/100 for fen, 1/3600
    for seconds as hours, 1 for what is kept as it is; it matters for quantities only.
    """

    expression: ColumnElement[Any]
    unit: Unit
    step: Fraction = Fraction(1)


Lookup: TypeAlias = Callable[[str], SqlColumn]


def sql_column(declared: Field, expression: ColumnElement[Any]) -> SqlColumn:
    """Return the column of a register's field as formulas see it."""
    steps = {
        FieldType.DECIMAL: Fraction(1, 10**declared.places),
        FieldType.MONEY: Fraction(1, 100),
        FieldType.DURATION: _SECOND,
    }
    step = steps.get(declared.type, Fraction(1))
    return SqlColumn(expression, unit_of(declared), step)


def to_sql(formula: Formula, column_lookup: Lookup) -> ColumnElement[bool]:
    """Return a condition as SQL, for a WHERE or a CASE.

    It is true for exactly the rows for which the formula holds; elsewhere it is false
    or NULL, which both databases leave out. Empty values count as in
    `models.rules.formula_evaluate`.

    Args:
        formula: A parsed condition.
        column_lookup: Gives the column of a name; KeyError for what is not there.

    Raises:
        FormulaError: An unknown name, wrong units, no condition, or a part that the
            databases cannot do alike; with the place.
    """
    columns = {name: _column(formula, name, column_lookup) for name in formula.names}
    unit = check(formula, {name: one.unit for name, one in columns.items()})
    translation = _Translation(formula, columns)
    try:
        if unit != YES_NO:
            raise _refused(
                formula.tree,
                Label(
                    f"这里是{unit.label.zh}，应是条件（是/否）",
                    f"Found {unit.label.en}, expected a condition (yes/no)",
                ),
            )
        return translation.condition(formula.tree)
    except Fault as fault:
        raise FormulaError(formula.text, fault) from None


def _column(formula: Formula, name: str, lookup: Lookup) -> SqlColumn:
    try:
        return lookup(name)
    except KeyError:
        raise unknown(formula, name, ()) from None


class _Quantity(NamedTuple):
    """A whole number, in SQL or already known, of steps of an exact size."""

    whole: ColumnElement[int] | int
    step: Fraction

    def over(self, step: Fraction) -> ColumnElement[int] | int:
        """Return how many of a finer step it is."""
        factor = int(self.step / step)
        return self.whole if factor == 1 else self.whole * factor


class _Translation:
    """Goes over one condition; trees are at most 30 deep."""

    def __init__(self, formula: Formula, columns: Mapping[str, SqlColumn]) -> None:
        self.formula = formula
        self.columns = columns
        used = tuple(columns[name].unit for name in formula.names)
        self.units = units_of(formula, used)

    def condition(self, node: Node) -> ColumnElement[bool]:
        """Return what comes to yes or no; NULL stands for no."""
        found: ColumnElement[Any]
        match node:
            case _ if _is_constant(node):
                found = true() if self.constant(node) is True else false()
            case Logic(op=op, terms=terms):
                join = and_ if op == "and" else or_
                found = join(*(self.condition(term) for term in terms))
            case Unary(operand=operand):
                found = not_(_certain(self.condition(operand)))
            case Binary(op="!=", left=left, right=right):
                found = not_(_certain(self.comparison("=", left, right)))
            case Binary(op=op, left=left, right=right):
                found = self.comparison(op, left, right)
            case Member(operand=operand, choices=choices, negated=negated):
                found = or_(*(self.comparison("=", operand, one) for one in choices))
                found = not_(_certain(found)) if negated else found
            case Call(function="is_empty", arguments=(argument,)):
                found = self.is_empty(argument)
            case _:
                found = type_coerce(self.plain(node), Boolean())
        return found

    def is_empty(self, node: Node) -> ColumnElement[bool]:
        """Return whether a part has no value."""
        if self.units[node].is_quantity:
            whole = self.quantity(node).whole
            return false() if isinstance(whole, int) else whole.is_(None)
        part: ColumnElement[Any] = self.plain(node)
        return part.is_(None)

    def comparison(self, op: str, left: Node, right: Node) -> ColumnElement[bool]:
        """Compare two sides of one unit; NULL where one is empty."""
        compare = _COMPARE[op]
        if not self.units[left].is_quantity:
            return compare(self.plain(left), self.plain(right))
        sides = self.quantity(left), self.quantity(right)
        step = _common_step(sides)
        return compare(*(_bounded(left, one.over(step)) for one in sides))

    def plain(self, node: Node) -> Any:
        """Return a text, date, instant, entry or yes/no; NULL where it is empty."""
        if _is_constant(node):
            return self.constant(node)
        match node:
            case Name(name=name):
                column = self.columns[name]
                # As text, whatever the column's own type makes of it in Python.
                as_text = column.unit == TEXT
                return (
                    type_coerce(column.expression, String)
                    if as_text
                    else (column.expression)
                )
            case Call(function="coalesce", arguments=arguments):
                return func.coalesce(*(self.plain(one) for one in arguments))
            case Call(function="is_empty") | Binary() | Logic() | Member() | Unary():
                return _certain(self.condition(node))
        raise _refused(node)

    def quantity(self, node: Node) -> _Quantity:
        """Return a quantity as a whole number of steps."""
        if _is_constant(node):
            whole, parts = cast("Decimal", self.constant(node)).as_integer_ratio()
            return _Quantity(_bounded(node, whole), Fraction(1, parts))
        match node:
            case Name(name=name):
                column = self.columns[name]
                return _Quantity(
                    type_coerce(column.expression, BigInteger), column.step
                )
            case Unary(operand=operand):
                inner = self.quantity(operand)
                return _Quantity(-inner.whole, inner.step)
            case Chain():
                return self.chain(node)
            case Call(function="coalesce", arguments=arguments):
                return _first([self.quantity(one) for one in arguments])
            case Call(function="or_zero", arguments=(argument,)):
                return _first([self.quantity(argument), _ZERO])
        raise _refused(node)

    def chain(self, node: Chain) -> _Quantity:
        """Return a sum or product; days between dates are left to Python."""
        operands = (node.first, *(operand for _, operand in node.rest))
        for operand in operands:
            if not self.units[operand].is_quantity:
                raise _refused(node)
        total = self.quantity(node.first)
        for op, operand in node.rest:
            if op == "/":
                total = self.divided(total, operand)
            else:
                total = _JOINED[op](total, self.quantity(operand))
        return total

    def divided(self, total: _Quantity, divisor: Node) -> _Quantity:
        """Return a quantity in steps so many times finer; integers stay exact."""
        if not _is_constant(divisor):
            raise _refused(
                divisor,
                hint=Label("请改成乘另一边", "Multiply the other side instead"),
            )
        by = Fraction(cast("Decimal", self.constant(divisor)))
        if not by:
            raise division_by_zero(divisor)
        whole = total.whole if by > 0 else -total.whole
        return _Quantity(whole, total.step / abs(by))

    def constant(self, node: Node) -> Content:
        """Reckon a part that reads nothing from the table."""
        try:
            return evaluate(parse(self.formula.text_of(node)), {}).value
        except FormulaError as error:
            start = node.start + error.position
            raise Fault(
                start, start + error.length, error.problem, error.hint
            ) from None


_ZERO = _Quantity(0, Fraction(1))
_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": eq,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def _sum(left: _Quantity, right: _Quantity) -> _Quantity:
    step = _common_step((left, right))
    return _Quantity(left.over(step) + right.over(step), step)


def _difference(left: _Quantity, right: _Quantity) -> _Quantity:
    return _sum(left, _Quantity(-right.whole, right.step))


def _product(left: _Quantity, right: _Quantity) -> _Quantity:
    return _Quantity(left.whole * right.whole, left.step * right.step)


_JOINED = {"+": _sum, "-": _difference, "*": _product}


def _first(quantities: Sequence[_Quantity]) -> _Quantity:
    step = _common_step(quantities)
    wholes: list[Any] = [one.over(step) for one in quantities]
    return _Quantity(func.coalesce(*wholes), step)


def _common_step(quantities: Sequence[_Quantity]) -> Fraction:
    """Return the largest step of which each of theirs is a whole number."""
    steps = [one.step for one in quantities]
    return Fraction(
        gcd(*(one.numerator for one in steps)),
        lcm(*(one.denominator for one in steps)),
    )


def _bounded(node: Node, whole: Any) -> Any:
    """Refuse a known figure that no database keeps as an integer."""
    if isinstance(whole, int) and abs(whole) > _LARGEST:
        raise _refused(
            node,
            Label(
                "这个数值太大或小数太多，数据库无法比较",
                "This figure has too many digits for the database to compare",
            ),
        )
    return whole


def _certain(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is no instead of NULL, so that it can be denied."""
    return func.coalesce(condition, false(), type_=Boolean)


def _is_constant(node: Node) -> bool:
    return not any(isinstance(one, Name) for one in walk(node))


def _refused(
    node: Node, problem: Label | None = None, hint: Label | None = None
) -> Fault:
    plain = Label(
        "查询条件里不能用这种写法", "A condition on a register cannot contain this"
    )
    known = Label(
        "可用：名称、数值、文字、+ - *、除以数字、比较、in、and、or、not、"
        "is_empty、coalesce、or_zero",
        "Use names, figures, texts, + - *, division by a figure, comparisons, in, and, "
        "or, not, is_empty, coalesce, or_zero",
    )
    return Fault(node.start, node.end, problem or plain, hint or known)
