"""Pay arithmetic: one person's slip from a scheme and the values its formulas read.

How a line is reckoned is told in pay_cell.py; every figure of a slip can be reckoned
again by hand. A deduction is a positive amount that the total takes away.
"""

from collections.abc import Mapping

from models.rules.formula import Value
from models.rules.formula_world import World
from models.rules.pay_cell import Cell
from models.rules.pay_items import Bound, PayItem, Slip, to_fen
from models.rules.pay_line import LINE, LineKind, Part, PayRule, SchemeError
from models.rules.pay_order import in_order
from models.rules.pay_rules import Scheme, scheme_problems

__all__ = [
    "LINE",
    "Bound",
    "Cell",
    "LineKind",
    "Part",
    "PayItem",
    "PayRule",
    "Scheme",
    "SchemeError",
    "Slip",
    "calculate_slip",
    "in_order",
    "scheme_problems",
    "to_fen",
]


def calculate_slip(
    scheme: Scheme, inputs: Mapping[str, Value], world: World | None = None
) -> Slip:
    """Reckon all lines of a scheme for one person and period.

    Calculating twice gives the same. An empty input is an error of the line that reads
    it, unless its formula says what empty counts as (`or_zero`, `coalesce`).

    Args:
        scheme: Its rules, in order.
        inputs: The values of measures, staff attributes and tables by name.
        world: The others and the past, for formulas that ask about them.
    """
    cell = Cell(scheme.rules, dict(inputs), world)
    for rule in scheme.order:
        cell.reckon(rule)
    return Slip(scheme.code, scheme.version, cell.declared)
