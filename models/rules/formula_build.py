"""Makes the nodes of a formula while lark's parser runs, one method for each name.

Nothing here calls itself, so no text can exhaust the stack. Literals are read here:
below 10^15, at most ten decimals, a unit written behind the figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, cast

from lark import Token, Transformer

from models.rules.formula_error import Fault, nearest
from models.rules.formula_function import Function
from models.rules.formula_functions import FUNCTIONS
from models.rules.formula_tree import (
    Binary,
    Call,
    Chain,
    Listing,
    Literal,
    Logic,
    Member,
    Name,
    Node,
    Unary,
)
from models.rules.formula_units import (
    DECIMALS,
    EXACT,
    HOURS,
    LARGEST,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    PERCENT,
    TEXT,
    YES_NO,
    ZERO,
    Unit,
    Value,
)
from models.words import Label

DEEPEST = 30

_SAME_COMPARISON = MappingProxyType(
    {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">="}
)
_SUFFIXES: Mapping[str, Unit] = MappingProxyType(
    {
        "": NUMBER,
        "%": PERCENT,
        "元": MONEY,
        "yuan": MONEY,
        "小时": HOURS,
        "hour": HOURS,
        "hours": HOURS,
        "元/小时": MONEY_PER_HOUR,
        "yuan/hour": MONEY_PER_HOUR,
    }
)

_UNIT_LETTERS = " " + "".join(_SUFFIXES)


class Built(NamedTuple):
    """A node and how deep people nested it; the tree alone has lost its brackets."""

    node: Node
    depth: int


Child: TypeAlias = Token | Built | None


class Builder(Transformer[Token, Built]):
    """The methods lark calls, by the names in formula.lark."""

    def either(self, terms: list[Built]) -> Built:
        """Make `a or b or c`."""
        return _logic("or", terms)

    def both(self, terms: list[Built]) -> Built:
        """Make `a and b and c`."""
        return _logic("and", terms)

    def denial(self, children: list[Child]) -> Built:
        """Make `not a`."""
        return _unary("not", children)

    def minus(self, children: list[Child]) -> Built:
        """Make `-a`."""
        return _unary("-", children)

    def total(self, children: list[Child]) -> Built:
        """Make `a + b - c`."""
        return _chain(children)

    def product(self, children: list[Child]) -> Built:
        """Make `a * b / c`."""
        return _chain(children)

    def compare(self, children: list[Child]) -> Built:
        """Make `a >= b`."""
        left, right = _nodes(children)
        (sign,) = _tokens(children)
        op = _SAME_COMPARISON.get(sign, str(sign))
        start, end = left.node.start, right.node.end
        node = Binary(op, left.node, right.node, start=start, end=end)
        return Built(node, _above(start, end, (left, right)))

    def member(self, children: list[Child]) -> Built:
        """Make `a in (b, c)`."""
        return _member(children, negated=False)

    def not_member(self, children: list[Child]) -> Built:
        """Make `a not in (b, c)`."""
        return _member(children, negated=True)

    def call(self, children: list[Child]) -> Built:
        """Make `max(a, b)`; the function must be in the registry."""
        name, bracket = _tokens(children)
        function = FUNCTIONS.get(name.lower())
        start, end = _start(name), _end(bracket)
        if function is None:
            raise Fault(
                start,
                start + len(name),
                Label(f"没有名为“{name}”的函数", f"There is no function “{name}”"),
                nearest(name, FUNCTIONS),
            )
        arguments = _nodes(children)
        if not function.takes(len(arguments)):
            raise Fault(
                start,
                end,
                Label(
                    f"“{name}”不能用 {len(arguments)} 个参数",
                    f"“{name}” cannot take {len(arguments)} arguments",
                ),
                function.hint,
            )
        _refuse_arguments(function, name, [one.node for one in arguments])
        node = Call(
            function.name, tuple(one.node for one in arguments), start=start, end=end
        )
        return Built(node, _above(start, end, arguments))

    def listing(self, children: list[Child]) -> Built:
        """Make `[a, b]`."""
        opened, closed = _tokens(children)
        items = _nodes(children)
        start, end = _start(opened), _end(closed)
        node = Listing(tuple(one.node for one in items), start=start, end=end)
        return Built(node, _above(start, end, items))

    def group(self, children: list[Child]) -> Built:
        """Widen a node to the brackets around it."""
        opened, closed = _tokens(children)
        (inner,) = _nodes(children)
        start, end = _start(opened), _end(closed)
        node: Node = replace(inner.node, start=start, end=end)
        return Built(node, _above(start, end, (inner,)))

    def number(self, children: list[Child]) -> Built:
        """Read a figure and the unit behind it."""
        token = cast("Token", children[0])
        return _literal(token, _figure(token))

    def text(self, children: list[Child]) -> Built:
        """Read a text without its quotes."""
        (token,) = _tokens(children)
        return _literal(token, Value(token[1:-1], TEXT))

    def yes(self, children: list[Child]) -> Built:
        """Read yes."""
        return _literal(_tokens(children)[0], Value(content=True, unit=YES_NO))

    def no(self, children: list[Child]) -> Built:
        """Read no."""
        return _literal(_tokens(children)[0], Value(content=False, unit=YES_NO))

    def name(self, children: list[Child]) -> Built:
        """Read the name of an input."""
        token = cast("Token", children[0])
        return Built(Name(str(token), start=_start(token), end=_end(token)), 1)


def _refuse_arguments(
    function: Function, written: str, arguments: Sequence[Node]
) -> None:
    """Refuse a borrowed argument that is no name, and a word that is none of its."""
    if function.borrows is not None:
        given = arguments[function.borrows]
        if not isinstance(given, Name):
            raise Fault(
                given.start,
                given.end,
                Label(
                    f"“{written}”在这里要一个名称，不能是算式或数值",
                    f"“{written}” takes a name here, not a value or a sum",
                ),
                Label(
                    "请把算式另立一个计薪项目，这里写 line.代码",
                    "Make the sum a line of its own and write line.code here",
                ),
            )
    if function.chosen is not None and len(arguments) > function.chosen:
        word = arguments[function.chosen]
        if not (isinstance(word, Literal) and word.value.content in function.words):
            raise Fault(
                word.start,
                word.end,
                Label("这里只能写几个词中的一个", "Only certain words can stand here"),
                _one_of(function.words),
            )


def _one_of(words: Iterable[str]) -> Label:
    quoted = [f"'{word}'" for word in words]
    return Label(f"请写 {' 或 '.join(quoted)}", f"Write {' or '.join(quoted)}")


def _figure(token: Token) -> Value:
    value = _value(str(token))
    if value is None:
        raise Fault(
            _start(token),
            _end(token),
            Label(
                f"数字太大或小数太多：不能超过 10 的 15 次方，小数最多 {DECIMALS} 位",
                f"This figure is above 10^15 or has more than {DECIMALS} decimals",
            ),
        )
    return value


@lru_cache(maxsize=1_024)
def _value(text: str) -> Value | None:
    """Read "18.00 元/小时"; 0 without a unit is nothing of any unit.

    Kept, since the same few figures stand in most formulas. None: out of bounds.
    """
    digits = text.rstrip(_UNIT_LETTERS)
    unit = _SUFFIXES[text[len(digits) :].lstrip()]
    value = Decimal(digits)
    _, _, decimals = digits.partition(".")
    if value > LARGEST or len(decimals) > DECIMALS:
        return None
    if unit == PERCENT:
        return Value(value.scaleb(-2, EXACT), PERCENT)
    return Value(value, ZERO if unit == NUMBER and not value else unit)


def _logic(op: str, terms: Sequence[Built]) -> Built:
    start, end = terms[0].node.start, terms[-1].node.end
    node = Logic(op, tuple(one.node for one in terms), start=start, end=end)
    return Built(node, _above(start, end, terms))


def _unary(op: str, children: Sequence[Child]) -> Built:
    (sign,) = _tokens(children)
    (operand,) = _nodes(children)
    start, end = _start(sign), operand.node.end
    node = Unary(op, operand.node, start=start, end=end)
    return Built(node, _above(start, end, (operand,)))


def _chain(children: Sequence[Child]) -> Built:
    operands = _nodes(children)
    rest = zip(map(str, _tokens(children)), operands[1:], strict=True)
    start, end = operands[0].node.start, operands[-1].node.end
    node = Chain(
        operands[0].node,
        tuple((sign, operand.node) for sign, operand in rest),
        start=start,
        end=end,
    )
    return Built(node, _above(start, end, operands))


def _member(children: Sequence[Child], *, negated: bool) -> Built:
    operand, *choices = _nodes(children)
    start, end = operand.node.start, _end(_tokens(children)[-1])
    node = Member(
        operand.node,
        tuple(one.node for one in choices),
        negated,
        start=start,
        end=end,
    )
    return Built(node, _above(start, end, (operand, *choices)))


def _literal(token: Token, value: Value) -> Built:
    return Built(Literal(value, start=_start(token), end=_end(token)), 1)


def _above(start: int, end: int, below: Sequence[Built]) -> int:
    """Return the depth of what stands over these; refuse what is nested too deeply."""
    depth = 1 + max((one.depth for one in below), default=0)
    if depth > DEEPEST:
        raise Fault(
            start,
            end,
            Label(f"嵌套超过 {DEEPEST} 层", f"More than {DEEPEST} levels are nested"),
            Label("请拆成几个计薪项目", "Split it into lines that refer to each other"),
        )
    return depth


def _tokens(children: Sequence[Child]) -> list[Token]:
    return [one for one in children if isinstance(one, Token)]


def _nodes(children: Sequence[Child]) -> list[Built]:
    return [one for one in children if isinstance(one, Built)]


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return token.end_pos or 0
