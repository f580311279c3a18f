"""Schemes: rules that are reckoned together, and what is wrong with them.

A rule's formula may read measures and staff attributes by name and earlier lines as
`line.<code>`. The order follows from that; rules that wait for each other are refused
when a scheme is made, so that a scheme at hand can always be reckoned.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.rules.formula import (
    HOURS,
    MONEY,
    NUMBER,
    PERCENT,
    YES_NO,
    Formula,
    FormulaError,
    Unit,
    check,
    parse,
)
from models.rules.formula_error import Fault
from models.rules.formula_tree import Literal
from models.rules.pay_line import LINE, LineKind, Part, PayRule, SchemeError, in_part
from models.rules.pay_order import in_order
from models.words import Label

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A dated version of a pay scheme; `order` is the order its rules are reckoned in.

    In force from `starts_on` to `ends_on`, both days included; None is without end. A
    version that ends the day before it starts pays nobody: with it the scheme stops.

    Raises:
        SchemeError: Two rules of one code, a text that is no formula, rules that wait
            for each other, an end before the start.
    """

    code: str
    version: int
    starts_on: date
    ends_on: date | None
    rules: tuple[PayRule, ...]
    order: tuple[PayRule, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check what can be checked without knowing the names, and order the rules."""
        if self.ends_on is not None and self.ends_on < self.starts_on - _ONE_DAY:
            raise SchemeError(
                "",
                Label(
                    f"绩效方案 {self.code} 的结束日期 {self.ends_on} 早于开始日期"
                    f" {self.starts_on}。请检查这两个日期。",
                    f"Scheme {self.code} ends on {self.ends_on}, before it starts on"
                    f" {self.starts_on}. Check both days.",
                ),
            )
        object.__setattr__(
            self, "order", tuple(rule for _, rule in in_order([self.rules]))
        )

    def is_in_force(self, day: date) -> bool:
        """Whether the version applies on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def scheme_problems(
    scheme: Scheme, names: Mapping[str, Unit]
) -> tuple[SchemeError, ...]:
    """Return what is wrong with one scheme that is alone; see `problems_of`."""
    return tuple(error for _, error in problems_of([scheme], names))


def problems_of(
    schemes: Sequence[Scheme], names: Mapping[str, Unit]
) -> list[tuple[int, SchemeError]]:
    """Return what is wrong with names and units of schemes that are paid together.

    Each with the place of its scheme. Earnings and deductions must come to money,
    conditions to yes or no, caps and floors to what their line comes to. A line that
    reads a wrong line is not blamed for it.

    Args:
        schemes: What is in force at the same time.
        names: The units of the measures and attributes that formulas may read.

    Raises:
        SchemeError: Lines of several schemes wait for each other.
    """
    return _units_and_problems(schemes, [names] * len(schemes))[1]


def units_of_lines(
    schemes: Sequence[Scheme], names: Sequence[Mapping[str, Unit]]
) -> list[dict[str, Unit]]:
    """Return the unit of every name and line of each scheme; wrong lines are left out.

    Raises:
        SchemeError: Lines of several schemes wait for each other.
    """
    return _units_and_problems(schemes, names)[0]


def _units_and_problems(
    schemes: Sequence[Scheme], names: Sequence[Mapping[str, Unit]]
) -> tuple[list[dict[str, Unit]], list[tuple[int, SchemeError]]]:
    known = [dict(one) for one in names]
    wrong: list[set[str]] = [set() for _ in schemes]
    # What others may borrow, whatever their scheme; what is added or taken away is
    # money before it is looked at.
    lent = {
        LINE + rule.code: MONEY
        for scheme in schemes
        for rule in scheme.rules
        if rule.kind is not LineKind.INFORMATION
    }
    problems = []
    for at, rule in in_order([one.rules for one in schemes]):
        name = LINE + rule.code
        if wrong[at].intersection(rule.reads):
            wrong[at].add(name)
            continue
        try:
            known[at][name] = _unit_of(rule, known[at], lent)
            lent.setdefault(name, known[at][name])
        except SchemeError as problem:
            problems.append((at, problem))
            wrong[at].add(name)
    return known, problems


_OF_ITSELF = (NUMBER, MONEY, HOURS, PERCENT)


def _unit_of(
    rule: PayRule, known: Mapping[str, Unit], lent: Mapping[str, Unit]
) -> Unit:
    """Return a line's unit, where it may borrow its own figure of an earlier period."""
    borrowed = {name for _, name in rule.borrows}
    names = {name: lent[name] for name in borrowed if name in lent} | dict(known)
    own = LINE + rule.code
    if own not in borrowed or own in names:
        return unit_of_line(rule, names)
    for guess in _OF_ITSELF:
        with suppress(SchemeError):
            if unit_of_line(rule, names | {own: guess}) == guess:
                return guess
    return unit_of_line(rule, names | {own: NUMBER})


def unit_of_line(rule: PayRule, names: Mapping[str, Unit]) -> Unit:
    """Return the unit a line comes to, having checked all of its texts.

    Raises:
        SchemeError: With the line, the text and the place in it.
    """
    units: dict[Part, Unit] = {}
    for part, text in rule.parts:
        try:
            units[part] = check(parse(text), names, has_world=True)
            demand(rule, part, parse(text), units)
        except FormulaError as error:
            raise in_part(rule, part, error) from None
    return MONEY if rule.limits is not None else units[Part.FORMULA]


def demand(
    rule: PayRule, part: Part, formula: Formula, units: Mapping[Part, Unit]
) -> None:
    """Refuse a text of a rule whose unit is not what the line needs.

    A bound that is a bare 0 is nothing of any unit.

    Raises:
        FormulaError: Over the whole text.
    """
    found = units[part]
    is_bound = part in {Part.CAP, Part.FLOOR}
    if is_bound and isinstance(formula.tree, Literal) and formula.tree.is_zero:
        return
    if part is Part.CONDITION:
        wanted = YES_NO
    elif part is Part.LEAVES:
        wanted = MONEY
    elif part is Part.FORMULA:
        wanted = found if rule.kind is LineKind.INFORMATION else MONEY
    else:
        wanted = units[Part.FORMULA]
    if found != wanted or (is_bound and not found.is_quantity):
        raise FormulaError(formula.text, _not_wanted(formula, found, wanted))


def _not_wanted(formula: Formula, found: Unit, wanted: Unit) -> Fault:
    problem = Label(
        f"结果是{found.label.zh}，应是{wanted.label.zh}",
        f"It comes to {found.label.en}, it should come to {wanted.label.en}",
    )
    hint = None
    if wanted == MONEY:
        hint = Label(
            "金额请带单位，例如 20元；工时请乘以单价，例如 18元/小时",
            "Write amounts as 20 yuan, and multiply hours by a rate: 18 yuan/hour",
        )
    return Fault(0, len(formula.text), problem, hint)
