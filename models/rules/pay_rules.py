"""Pay rules and the schemes they make up: what a line is, and in which order.

A rule's formula may read measures and staff attributes by name and earlier lines as
`line.<code>`. The order follows from that; rules that wait for each other are refused
when a scheme is made, so that a scheme at hand can always be reckoned.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

from models.rules.formula import (
    MONEY,
    YES_NO,
    Formula,
    FormulaError,
    Kind,
    Unit,
    check,
    parse,
)
from models.rules.formula_error import Fault
from models.rules.formula_tree import Literal
from models.words import Label, PersonError

LINE = "line."
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


class LineKind(StrEnum):
    """What a line does to the slip's total."""

    EARNING = "earning"  # is added
    DEDUCTION = "deduction"  # is a positive amount and taken away
    INFORMATION = "information"  # is only shown, and read by other lines

    @property
    def label(self) -> Label:
        """The word on the slip."""
        return _KINDS[self]


_KINDS = {
    LineKind.EARNING: Label("绩效应发", "earning"),
    LineKind.DEDUCTION: Label("绩效扣减", "deduction"),
    LineKind.INFORMATION: Label("参考", "information"),
}


class Part(StrEnum):
    """The texts of a rule that are formulas, in the order they are reckoned."""

    CONDITION = "condition"
    FORMULA = "formula"
    CAP = "cap"
    FLOOR = "floor"

    @property
    def label(self) -> Label:
        """The word people use."""
        return _PARTS[self]


_PARTS = {
    Part.CONDITION: Label("条件", "condition"),
    Part.FORMULA: Label("公式", "formula"),
    Part.CAP: Label("上限", "cap"),
    Part.FLOOR: Label("下限", "floor"),
}


@dataclass(frozen=True, slots=True)
class PayRule:
    """One line of a scheme. All four texts are formulas over the same names.

    A rule whose condition is no comes to zero. `cap` is the most and `floor` the least
    the line may come to, both before rounding.
    """

    code: str  # [a-z][a-z0-9_]*, what others read as line.<code>
    label: Label
    kind: LineKind
    formula: str
    condition: str | None = None
    cap: str | None = None
    floor: str | None = None
    clause: str = ""  # the sentence of the regulation it stands on

    @property
    def parts(self) -> Iterator[tuple[Part, str]]:
        """The texts that there are."""
        texts = (self.condition, self.formula, self.cap, self.floor)
        return ((part, text) for part, text in zip(Part, texts, strict=True) if text)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every name the rule may read, each once; FormulaError for a bad text."""
        names = (name for _, text in self.parts for name in parse(text).names)
        return tuple(dict.fromkeys(names))


class SchemeError(PersonError):
    """A scheme that cannot be reckoned; `rule` is the code of the line at fault."""

    def __init__(self, rule: str, problem: Label) -> None:
        """Keep the line beside the sentence."""
        self.rule = rule
        super().__init__(problem.zh, problem.en)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A dated version of a pay scheme; `order` is the order its rules are reckoned in.

    In force from `starts_on` to `ends_on`, both days included; None is without end.

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
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise SchemeError(
                "",
                Label(
                    f"绩效方案 {self.code} 的结束日期 {self.ends_on} 早于开始日期"
                    f" {self.starts_on}。请检查这两个日期。",
                    f"Scheme {self.code} ends on {self.ends_on}, before it starts on"
                    f" {self.starts_on}. Check both days.",
                ),
            )
        object.__setattr__(self, "order", in_order(self.rules))

    def is_in_force(self, day: date) -> bool:
        """Whether the version applies on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def in_order(rules: Sequence[PayRule]) -> tuple[PayRule, ...]:
    """Return the rules so that each comes after those it reads.

    Among those that are ready the one declared first comes first, so that the order is
    as declared wherever nothing forbids it, and the same every time.

    Raises:
        SchemeError: As for `Scheme`; a circle is told with its path.
    """
    places = _places(rules)
    sorter = TopologicalSorter(
        {place: _waits_for(rule, places) for place, rule in enumerate(rules)}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        raise _circle([rules[place] for place in error.args[1]]) from None
    ready = list(sorter.get_ready())
    heapify(ready)
    ordered = []
    while ready:
        place = heappop(ready)
        ordered.append(rules[place])
        sorter.done(place)
        for one in sorter.get_ready():
            heappush(ready, one)
    return tuple(ordered)


def _places(rules: Sequence[PayRule]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if not _CODE.fullmatch(rule.code):
            raise SchemeError(
                rule.code,
                Label(
                    f"计薪项目的代码“{rule.code}”不合规则：请用小写字母开头，"
                    "只含小写字母、数字和下划线，最多 41 个字符。",
                    f"“{rule.code}” cannot be the code of a line: start with a small"
                    " letter, use small letters, digits and _, at most 41.",
                ),
            )
        if rule.code in places:
            raise SchemeError(
                rule.code,
                Label(
                    f"有两个计薪项目的代码都是“{rule.code}”。请改掉其中一个。",
                    f"Two lines have the code “{rule.code}”. Change one of them.",
                ),
            )
        places[rule.code] = place
    return places


def _waits_for(rule: PayRule, places: Mapping[str, int]) -> set[int]:
    """Return the places of the lines a rule reads; others are left to the check."""
    for part, text in rule.parts:
        try:
            parse(text)
        except FormulaError as error:
            raise _in_part(rule, part, error) from None
    codes = (name.removeprefix(LINE) for name in rule.reads if name.startswith(LINE))
    return {places[code] for code in codes if code in places}


def _circle(path: Sequence[PayRule]) -> SchemeError:
    # graphlib tells who is waited for first; people read who waits for whom.
    waiting = list(reversed(path))
    return SchemeError(
        waiting[0].code,
        Label(
            "计薪项目互相引用，无法计算："
            f"{' → '.join(rule.label.zh for rule in waiting)}。请去掉其中一处引用。",
            "These lines wait for each other: "
            f"{' → '.join(rule.label.en for rule in waiting)}. Take out one of the"
            " references.",
        ),
    )


def scheme_problems(
    scheme: Scheme, names: Mapping[str, Unit]
) -> tuple[SchemeError, ...]:
    """Return what is wrong with a scheme's names and units, all at once.

    Earnings and deductions must come to money, conditions to yes or no, caps and floors
    to what their line comes to. A line that reads a wrong line is not blamed for it.

    Args:
        scheme: A scheme, its order known.
        names: The units of the measures and attributes that formulas may read.
    """
    known = dict(names)
    wrong: set[str] = set()
    problems = []
    for rule in scheme.order:
        name = LINE + rule.code
        if wrong.intersection(rule.reads):
            wrong.add(name)
            continue
        try:
            known[name] = unit_of_line(rule, known)
        except SchemeError as problem:
            problems.append(problem)
            wrong.add(name)
    return tuple(problems)


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
            raise _in_part(rule, part, error) from None
    return units[Part.FORMULA]


def demand(
    rule: PayRule, part: Part, formula: Formula, units: Mapping[Part, Unit]
) -> None:
    """Refuse a text of a rule whose unit is not what the line needs.

    A bound that is a bare 0 is nothing of any unit.

    Raises:
        FormulaError: Over the whole text.
    """
    found = units[part]
    if found.kind in {Kind.TABLE, Kind.LIST}:
        raise FormulaError(formula.text, _rows_alone(formula, found))
    is_bound = part in {Part.CAP, Part.FLOOR}
    if is_bound and isinstance(formula.tree, Literal) and formula.tree.is_zero:
        return
    if part is Part.CONDITION:
        wanted = YES_NO
    elif part is Part.FORMULA:
        wanted = found if rule.kind is LineKind.INFORMATION else MONEY
    else:
        wanted = units[Part.FORMULA]
    if found != wanted or (is_bound and not found.is_quantity):
        raise FormulaError(formula.text, _not_wanted(formula, found, wanted))


def _rows_alone(formula: Formula, found: Unit) -> Fault:
    return Fault(
        0,
        len(formula.text),
        Label(
            f"结果是{found.label.zh}，不是一个值",
            f"It comes to a {found.label.en}, not to one value",
        ),
        Label("请用 lookup、tier 等函数取值", "Take a value by lookup, tier and such"),
    )


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


def _in_part(rule: PayRule, part: Part, error: FormulaError) -> SchemeError:
    return SchemeError(
        rule.code,
        Label(
            f"计薪项目“{rule.label.zh}”的{part.label.zh}：{error.text('zh')}",
            f"Line “{rule.label.en}”, {part.label.en}: {error.text('en')}",
        ),
    )
