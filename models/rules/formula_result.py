"""What a reckoned formula gives: its value, what it read, and the way in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from models.rules.formula_tree import Formula, Node
from models.rules.formula_units import Content, Unit, Value
from models.words import Label


class Step(NamedTuple):
    """One intermediate result: the piece of the formula, and what it came to.

    `because` says how, for functions that do more than reckon: rank 2 of 31.
    """

    start: int
    end: int
    text: str
    value: Value
    because: Label | None = None

    @property
    def line(self) -> Label:
        """It as a line of words."""
        value, because = self.value.words, self.because
        zh, en = f"{self.text} = {value.zh}", f"{self.text} = {value.en}"
        if because is None:
            return Label(zh, en)
        return Label(f"{zh}（{because.zh}）", f"{en} ({because.en})")


@dataclass(slots=True)  # not frozen: that takes three times as long to make
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
    reasons: Mapping[Node, Callable[[], Label]]

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
                self.reasons[node]() if node in self.reasons else None,
            )
            for node, content in self.trace
        )

    @property
    def words(self) -> tuple[Label, ...]:
        """One line for each input and each step: hours * 18 = 2,385.00 yuan."""
        read = ((name, value.words) for name, value in self.inputs.items())
        inputs = (Label(f"{name} = {it.zh}", f"{name} = {it.en}") for name, it in read)
        return (*inputs, *(step.line for step in self.steps))

    def why(self, language: str = "zh") -> tuple[str, ...]:
        """Return the same lines in one language."""
        return tuple(one.text(language) for one in self.words)
