"""A slip and its lines, with all that explains them.

A deduction is a positive amount that the total takes away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from models.rules.formula import MONEY, Evaluation, FormulaError, Value, settle
from models.rules.pay_rules import LineKind, Part, PayRule
from models.words import Label

_FEN = Decimal("0.01")


class Bound(StrEnum):
    """Which bound a line's amount was set to."""

    CAP = "cap"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class PayItem:
    """One line of a slip, with all that explains it.

    `value` is what the slip shows and later lines read: money rounded to the fen, any
    other quantity as reckoned; None when the line is in error. `applies` is False when
    the condition was not met (the line then comes to zero). `reckoned` holds the
    evaluations of the rule's texts, with inputs and steps, as far as they were needed.
    """

    rule: PayRule
    value: Value | None
    applies: bool
    bound: Bound | None
    reckoned: Mapping[Part, Evaluation]
    error: FormulaError | None = None
    error_in: Part | None = None

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.rule.code

    @property
    def label(self) -> Label:
        """The line's name on the slip."""
        return self.rule.label

    @property
    def kind(self) -> LineKind:
        """Whether it is added, taken away or only shown."""
        return self.rule.kind

    @property
    def clause(self) -> str:
        """The clause the rule stands on."""
        return self.rule.clause

    @property
    def formula(self) -> str:
        """The formula's text."""
        return self.rule.formula

    @property
    def amount(self) -> Decimal | None:
        """Yuan to the fen; None in error and for information that is no money."""
        if self.value is None or self.value.unit != MONEY:
            return None
        content = self.value.content
        return content if isinstance(content, Decimal) else None

    @property
    def inputs(self) -> dict[str, Value]:
        """Every name that was really read, with its value."""
        return {
            name: value
            for evaluation in self.reckoned.values()
            for name, value in evaluation.inputs.items()
        }

    def why(self, language: str = "zh") -> tuple[str, ...]:
        """Return the reckoning in lines of words, the amount last."""
        return tuple(self._why(language))

    def _why(self, language: str) -> Iterator[str]:
        said = set()
        for part, evaluation in self.reckoned.items():
            if part in {Part.CAP, Part.FLOOR}:
                shown = evaluation.result.text(language)
                name = part.label.text(language)
                yield f"{name}: {evaluation.formula.text} = {shown}"
                continue
            for line in evaluation.why(language):
                if line not in said:
                    yield line
                said.add(line)
        if self.error is not None:
            yield self.error.text(language)
        elif not self.applies:
            yield _NOT_MET.text(language)
        elif self.bound is not None:
            yield _BOUNDED[self.bound].text(language)
        if self.value is not None:
            yield f"{self.label.text(language)} = {self.value.text(language)}"


_NOT_MET = Label("条件不满足，计为零", "The condition is not met: zero")
_BOUNDED = {
    Bound.CAP: Label("超过上限，按上限计", "Above the cap: the cap counts"),
    Bound.FLOOR: Label("低于下限，按下限计", "Below the floor: the floor counts"),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's lines for one period, in the order the scheme declares them."""

    scheme: str
    version: int
    items: tuple[PayItem, ...]

    @property
    def errors(self) -> tuple[PayItem, ...]:
        """The lines that could not be reckoned; a run with any cannot be reviewed."""
        return tuple(item for item in self.items if item.error is not None)

    @property
    def earnings(self) -> Decimal | None:
        """The sum of what is added; None while any line is in error."""
        return self._sum(LineKind.EARNING)

    @property
    def deductions(self) -> Decimal | None:
        """The sum of what is taken away, positive; None while a line is in error."""
        return self._sum(LineKind.DEDUCTION)

    @property
    def total(self) -> Decimal | None:
        """Earnings less deductions, to the fen; None while any line is in error.

        It may be below zero: whether it may is for the scheme's rules to say.
        """
        earnings, deductions = self.earnings, self.deductions
        if earnings is None or deductions is None:
            return None
        return earnings - deductions

    def _sum(self, kind: LineKind) -> Decimal | None:
        if self.errors:
            return None
        amounts = (item.amount for item in self.items if item.kind is kind)
        return sum((one for one in amounts if one is not None), Decimal("0.00"))


def to_fen(amount: Decimal) -> Decimal:
    """Round an amount in yuan to the fen, half up.

    Half a fen goes away from zero on both sides, so that a correction of minus an
    amount takes back exactly what the amount gave.
    """
    rounded = settle(amount).quantize(_FEN, ROUND_HALF_UP)
    # A little below zero rounds to nothing, not to minus nothing.
    return rounded or rounded.copy_abs()
