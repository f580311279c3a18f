"""A slip and its lines, with all that explains them.

A deduction is a positive amount that the total takes away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

from models.rules.formula import (
    MONEY,
    Evaluation,
    FormulaError,
    Value,
    evaluate,
    parse,
    settle,
)
from models.rules.pay_line import LineKind, Part, PayRule
from models.words import Label

_FEN = Decimal("0.01")


class Bound(StrEnum):
    """Which bound a line's amount was set to."""

    CAP = "cap"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day of a stretch, and whether the slip has others."""

    first: date
    last: date
    has_others: bool

    @property
    def label(self) -> Label:
        """The days as they stand behind a line's name."""
        first, last = self.first, self.last
        return Label(
            f"{first.month}月{first.day}日至{last.month}月{last.day}日",
            f"{first.isoformat()} to {last.isoformat()}",
        )


@dataclass(slots=True)  # not frozen: that takes three times as long to make
class PayItem:
    """One line of a slip, with all that explains it.

    `value` is what the slip shows and later lines read: money rounded to the fen, any
    other quantity as reckoned; None when the line is in error. `applies` is False when
    the condition was not met (the line then comes to zero).

    The way to the value is not kept but gone once more when somebody asks: over
    `values`, all that the texts might have read. Only what was asked of others is kept
    as it was answered, in `answered`.
    """

    rule: PayRule
    value: Value | None
    applies: bool
    bound: Bound | None
    inputs: Mapping[str, Value]  # every name that was really read
    values: Mapping[str, Value] = field(repr=False, compare=False)
    answered: Mapping[Part, Evaluation] = field(repr=False, compare=False)
    notes: tuple[Label, ...] = ()
    error: FormulaError | None = None
    error_in: Part | None = None
    days: Days | None = None  # of a part of the period; None is all of it

    @property
    def code(self) -> str:
        """The rule's code, and where the slip has several stretches their first day."""
        if self.days is None or not self.days.has_others:
            return self.rule.code
        return f"{self.rule.code}.{self.days.first:%m%d}"

    @property
    def label(self) -> Label:
        """The line's name on the slip."""
        said = self.rule.label
        if self.days is None or not self.days.has_others:
            return said
        days = self.days.label
        return Label(f"{said.zh}（{days.zh}）", f"{said.en} ({days.en})")

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
    def is_answered(self) -> bool:
        """Whether it rests on others, so that its why cannot be found once more."""
        return bool(self.answered) or bool(self.notes) or self.error is not None

    def why(self, language: str = "zh") -> tuple[str, ...]:
        """Return the reckoning in lines of words, the amount last."""
        return tuple(one.text(language) for one in why(self))


def why(item: PayItem) -> Iterator[Label]:
    """Yield the reckoning of a line in words, the amount last."""
    said = set()
    for part, evaluation in evaluations(item.rule, item.values, item.answered):
        if part in {Part.CAP, Part.FLOOR, Part.LEAVES}:
            shown, text = evaluation.result.words, evaluation.formula.text
            yield _joined(part.label, ": ", Label(text, text), " = ", shown)
            continue
        for line in evaluation.words:
            if line not in said:
                yield line
            said.add(line)
    yield from item.notes
    if item.error is not None:
        yield Label(item.error.text("zh"), item.error.text("en"))
    elif not item.applies:
        yield _NOT_MET
    elif item.bound is not None:
        yield _BOUNDED[item.bound]
    if item.value is not None:
        yield _joined(item.label, " = ", item.value.words)


def _joined(*pieces: Label | str) -> Label:
    return Label(
        "".join(one if isinstance(one, str) else one.zh for one in pieces),
        "".join(one if isinstance(one, str) else one.en for one in pieces),
    )


def evaluations(
    rule: PayRule, values: Mapping[str, Value], answered: Mapping[Part, Evaluation]
) -> Iterator[tuple[Part, Evaluation]]:
    """Yield the texts of a rule reckoned again, as far as they were the first time."""
    for part, text in rule.parts:
        if part in answered:
            found = answered[part]
        else:
            try:
                found = evaluate(parse(text), values, refuse_empty=True)
            except FormulaError:
                return
        yield part, found
        if part is Part.CONDITION and found.value is not True:
            return


_NOT_MET = Label("条件不满足，计为零", "The condition is not met: zero")
_BOUNDED = {
    Bound.CAP: Label("超过上限，按上限计", "Above the cap: the cap counts"),
    Bound.FLOOR: Label("低于下限，按下限计", "Below the floor: the floor counts"),
}


@dataclass(frozen=True)  # no slots: its sums are kept in it
class Slip:
    """One person's lines for one period, in the order the scheme declares them."""

    scheme: str
    version: int
    items: tuple[PayItem, ...]

    @cached_property
    def errors(self) -> tuple[PayItem, ...]:
        """The lines that could not be reckoned; a run with any cannot be reviewed."""
        return tuple(item for item in self.items if item.error is not None)

    @cached_property
    def earnings(self) -> Decimal | None:
        """The sum of what is added; None while any line is in error."""
        return self._sum(LineKind.EARNING)

    @cached_property
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
    return settled_to_fen(settle(amount))


def settled_to_fen(amount: Decimal) -> Decimal:
    """Round an amount that is settled already, as what a formula comes to is."""
    rounded = amount.quantize(_FEN, ROUND_HALF_UP)
    # A little below zero rounds to nothing, not to minus nothing.
    return rounded or rounded.copy_abs()
