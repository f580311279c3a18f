"""Pay rules: what a line of a scheme is, which texts it has, and what they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from models.rules.formula import FormulaError, parse
from models.rules.formula_functions import FUNCTIONS
from models.rules.formula_tree import Call, walk
from models.words import Label, PersonError

LINE = "line."


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
    LEAVES = "leaves"

    @property
    def label(self) -> Label:
        """The word people use."""
        return _PARTS[self]


_PARTS = {
    Part.CONDITION: Label("条件", "condition"),
    Part.FORMULA: Label("公式", "formula"),
    Part.CAP: Label("上限", "cap"),
    Part.FLOOR: Label("下限", "floor"),
    Part.LEAVES: Label("至少保留", "least left"),
}


@dataclass(frozen=True)  # no slots: what is found out about it is kept in it
class PayRule:
    """One line of a scheme. All its texts are formulas over the same names.

    A rule whose condition is no comes to zero. `cap` is the most and `floor` the least
    the line may come to, both before rounding.

    A rule with `limits` bounds several deductions together: `formula` is the most they
    may come to, `leaves` the least that pay may come to after them; either may be
    empty. The line is what is not deducted, as a deduction below zero.
    """

    code: str  # [a-z][a-z0-9_]*, what others read as line.<code>
    label: Label
    kind: LineKind
    formula: str
    condition: str | None = None
    cap: str | None = None
    floor: str | None = None
    clause: str = ""  # the sentence of the regulation it stands on
    limits: tuple[str, ...] | None = None  # codes of deductions; none of them: all
    leaves: str | None = None

    @cached_property
    def parts(self) -> tuple[tuple[Part, str], ...]:
        """The texts that there are."""
        texts = (self.condition, self.formula, self.cap, self.floor, self.leaves)
        every = zip(Part, texts, strict=True)
        return tuple((part, text) for part, text in every if text)

    @cached_property
    def texts(self) -> Mapping[Part, str]:
        """The same by the part."""
        return dict(self.parts)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Every name the rule may read, each once; FormulaError for a bad text."""
        names = (name for _, text in self.parts for name in parse(text).names)
        return tuple(dict.fromkeys(names))

    @cached_property
    def borrows(self) -> tuple[tuple[str, str], ...]:
        """Every name that a function takes of others or of the past, with it."""
        pairs = (pair for _, text in self.parts for pair in parse(text).borrowed)
        return tuple(dict.fromkeys(pairs))

    @cached_property
    def needs_world(self) -> bool:
        """Whether anything is asked beyond the person's own values."""
        return any(
            isinstance(node, Call) and FUNCTIONS[node.function].needs_world
            for _, text in self.parts
            for node in walk(parse(text).tree)
        )


class SchemeError(PersonError):
    """A scheme that cannot be reckoned; `rule` is the code of the line at fault.

    Where one of the line's texts is at fault, `part` says which one and `mistake` where
    in it.
    """

    def __init__(
        self,
        rule: str,
        problem: Label,
        part: Part | None = None,
        mistake: FormulaError | None = None,
    ) -> None:
        """Keep the place beside the sentence."""
        self.rule, self.part, self.mistake = rule, part, mistake
        super().__init__(problem.zh, problem.en)


def in_part(rule: PayRule, part: Part, error: FormulaError) -> SchemeError:
    """Return a mistake in a text of a rule as one of its scheme."""
    return SchemeError(
        rule.code,
        Label(
            f"计薪项目“{rule.label.zh}”的{part.label.zh}：{error.text('zh')}",
            f"Line “{rule.label.en}”, {part.label.en}: {error.text('en')}",
        ),
        part,
        error,
    )
