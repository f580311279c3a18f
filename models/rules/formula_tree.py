"""The syntax tree of a formula: small frozen nodes that others may match on.

The shape, for whoever translates a formula to something else (SQL, words):

    match node:
        case Literal(value): ...            # a Value with its unit
        case Name(name): ...                # an input, by its dotted name
        case Unary(op, operand): ...        # "-" or "not"
        case Binary(op, left, right): ...   # = != < <= > >=
        case Chain(first, rest): ...        # a + b - c, or a * b / c: (op, node) pairs
        case Logic(op, terms): ...          # "and" or "or" of two terms or more
        case Member(operand, choices, negated): ...  # x in (...), x not in (...)
        case Call(function, arguments): ... # function as the registry names it
        case Listing(items): ...            # [a, b], or the rows of a table [[a, b]]

Chains are flat, so the tree is only as deep as people nest, whatever its length.
Nodes are compared by identity: each is one place in one text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from models.rules.formula_units import ZERO, Value


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where in the text a node stands, brackets around it included."""

    start: int = field(kw_only=True)
    end: int = field(kw_only=True)

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Literal(_Place):
    """A value written in the formula."""

    value: Value

    @property
    def is_zero(self) -> bool:
        """Whether it is a bare 0, which is nothing of any unit."""
        return self.value.unit == ZERO


@dataclass(frozen=True, slots=True, eq=False)
class Name(_Place):
    """An input: a measure, a staff attribute, a field, an earlier line."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Unary(_Place):
    """A sign or a denial."""

    op: str
    operand: "Node"

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return (self.operand,)


@dataclass(frozen=True, slots=True, eq=False)
class Binary(_Place):
    """A comparison; `op` is one of = != < <= > >=."""

    op: str
    left: "Node"
    right: "Node"

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Chain(_Place):
    """Additions and subtractions, or multiplications and divisions, left to right."""

    first: "Node"
    rest: "tuple[tuple[str, Node], ...]"

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return (self.first, *(operand for _, operand in self.rest))


@dataclass(frozen=True, slots=True, eq=False)
class Logic(_Place):
    """All of the terms, or any of them; later terms are read only where they matter."""

    op: str
    terms: "tuple[Node, ...]"

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return self.terms


@dataclass(frozen=True, slots=True, eq=False)
class Member(_Place):
    """Whether the operand is one of the choices."""

    operand: "Node"
    choices: "tuple[Node, ...]"
    negated: bool

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return (self.operand, *self.choices)


@dataclass(frozen=True, slots=True, eq=False)
class Call(_Place):
    """A function of the registry, by its first name, and what it is given."""

    function: str
    arguments: "tuple[Node, ...]"

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return self.arguments


@dataclass(frozen=True, slots=True, eq=False)
class Listing(_Place):
    """Items in square brackets; items that are pairs themselves are a table's rows."""

    items: "tuple[Node, ...]"

    @property
    def parts(self) -> "tuple[Node, ...]":
        """The nodes directly below, left to right."""
        return self.items

    @property
    def rows(self) -> "tuple[tuple[Node, ...], ...] | None":
        """The rows of a table; None for a list of plain items."""
        if not any(isinstance(item, Listing) for item in self.items):
            return None
        return tuple(
            item.items if isinstance(item, Listing) else (item,) for item in self.items
        )


Node: TypeAlias = (
    Literal | Name | Unary | Binary | Chain | Logic | Member | Call | Listing
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula, the same as another only if it is one and the same tree.

    Not by text alone: what is kept for a formula is kept by its nodes, and a text that
    was forgotten and read again has other nodes.
    """

    text: str
    tree: Node = field(repr=False)
    # In order of first appearance: the names that are read for the person, and those
    # that a function takes by reference, each as (function, name).
    names: tuple[str, ...] = field(compare=False)
    borrowed: tuple[tuple[str, str], ...] = field(compare=False, default=())
    # Every name of which the unit must be known: those read first, then the others.
    every_name: tuple[str, ...] = field(compare=False, init=False)
    # The units of its names when it was last checked, and those of its nodes then.
    last_checked: list[Any] = field(
        compare=False, init=False, repr=False, default_factory=list
    )

    def __post_init__(self) -> None:
        """Gather all names once, since a formula is reckoned often."""
        every = (*self.names, *(name for _, name in self.borrowed))
        object.__setattr__(self, "every_name", tuple(dict.fromkeys(every)))

    def text_of(self, node: Node) -> str:
        """Return the piece of the text a node was read from."""
        return self.text[node.start : node.end]

    def place_of(self, name: str) -> Name:
        """Return the first place where a name stands."""
        return next(
            node
            for node in walk(self.tree)
            if isinstance(node, Name) and node.name == name
        )


def walk(node: Node) -> Iterator[Node]:
    """Return a node and all below it, left to right."""
    yield node
    for part in node.parts:
        yield from walk(part)
