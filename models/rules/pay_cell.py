"""One person's stretch of a period while it is reckoned, line by line.

Each line is rounded once, half up to the fen, after its cap and floor; lines that read
it read the rounded amount. A line that cannot be reckoned is marked with its reason:
nothing here raises for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from models.rules.formula import (
    MONEY,
    Evaluation,
    Formula,
    FormulaError,
    Unit,
    Value,
    evaluate,
    parse,
)
from models.rules.formula_error import Fault
from models.rules.formula_evaluate import unit_among
from models.rules.formula_world import World
from models.rules.pay_items import Bound, Days, PayItem, settled_to_fen, to_fen
from models.rules.pay_line import LINE, LineKind, Part, PayRule
from models.rules.pay_order import is_limited
from models.rules.pay_rules import demand
from models.words import Label

_NOTHING = Decimal("0.00")


@dataclass(slots=True)
class Cell:
    """What one scheme reads and has reckoned for one person's stretch."""

    rules: Sequence[PayRule]
    values: dict[str, Value]
    world: World | None = None
    days: Days | None = None
    items: dict[str, PayItem] = field(default_factory=dict)  # by the rule's code
    failed: dict[str, PayItem] = field(default_factory=dict)  # by line.<code>

    def reckon(self, rule: PayRule) -> None:
        """Reckon one line; those it reads are known."""
        item = _Reckoning(rule, self).item()
        self.items[rule.code] = item
        name = LINE + rule.code
        if item.value is None:
            self.failed[name] = item
        else:
            self.values[name] = item.value

    @property
    def declared(self) -> tuple[PayItem, ...]:
        """The lines in the order in which the scheme declares them."""
        return tuple(self.items[rule.code] for rule in self.rules)


class _Reckoning:
    """Reckons one line, noting how far it came."""

    __slots__ = (
        "answered",
        "bound",
        "cell",
        "inputs",
        "notes",
        "part",
        "rule",
        "texts",
        "units",
    )

    def __init__(self, rule: PayRule, cell: Cell) -> None:
        self.rule = rule
        self.cell = cell
        self.part = Part.FORMULA
        self.texts = rule.texts
        self.units: dict[Part, Unit] = {}
        self.inputs: dict[str, Value] = {}
        self.answered: dict[Part, Evaluation] = {}
        self.bound: Bound | None = None
        self.notes: list[Label] = []

    def item(self) -> PayItem:
        """Return the line, or the line marked with why it cannot be reckoned."""
        applies, error, value = True, None, None
        try:
            applies = self.applies()
            value = self.value() if applies else self.nothing()
        except FormulaError as found:
            applies, error = True, found
        return PayItem(
            self.rule,
            value,
            applies,
            self.bound if error is None else None,
            self.inputs,
            self.cell.values,
            self.answered,
            tuple(self.notes),
            error,
            None if error is None else self.part,
            self.cell.days,
        )

    def applies(self) -> bool:
        """Whether the condition is met; a rule without one always applies."""
        if Part.CONDITION not in self.texts:
            return True
        return self.evaluate(Part.CONDITION).value is True

    def nothing(self) -> Value:
        """Return the zero of a line that does not apply, in the line's unit."""
        if self.rule.limits is not None:
            return Value(_NOTHING, MONEY)
        self.part = Part.FORMULA
        formula = parse(self.rule.formula)
        self.refuse_failed(formula)
        unit = unit_among(formula, self.cell.values, self.cell.world)
        self.units[Part.FORMULA] = unit
        demand(self.rule, Part.FORMULA, formula, self.units)
        if not unit.is_quantity:
            return Value(None, unit)
        return Value(_NOTHING if unit == MONEY else Decimal(0), unit)

    def value(self) -> Value:
        """Return what the formula comes to, between its bounds and rounded."""
        if self.rule.limits is not None:
            return Value(-to_fen(self.not_deducted()) + _NOTHING, MONEY)
        found = self.evaluate(Part.FORMULA)
        content, unit = found.value, found.unit
        if not isinstance(content, Decimal):
            return Value(content, unit)
        amount = self.bounded(content)
        if unit == MONEY:
            amount = settled_to_fen(amount)
        if self.rule.kind is LineKind.DEDUCTION and amount < 0:
            self.refuse(
                Label(
                    f"扣减项目算出 {amount} 元，应不小于零",
                    f"A deduction comes to {amount} yuan, it should not be below zero",
                ),
                Label(
                    "扣减写正数；要补发请另立应发项目，或把下限设为 0元",
                    "Write deductions above zero; pay back by an earning, or set the"
                    " floor to 0 yuan",
                ),
            )
        return Value(amount, unit)

    def not_deducted(self) -> Decimal:
        """Return how much of some deductions goes beyond what may be deducted.

        Never more than is still deducted after the limits that are declared before.
        """
        rules = self.cell.rules
        earlier = rules[: [one.code for one in rules].index(self.rule.code)]
        limits = [one for one in earlier if one.limits is not None]
        deductions = [one for one in rules if is_limited(one)]
        chosen = [
            one
            for one in deductions
            if not self.rule.limits or one.code in self.rule.limits
        ]
        deducted = self.sum_of([*deductions, *limits])
        total = min(self.sum_of(chosen, shown=True), deducted)
        most = self.limit(Part.FORMULA)
        cut = _NOTHING
        if most is not None and total > max(most, _NOTHING):
            cut = total - max(most, _NOTHING)
            self.notes.append(_above(total, to_fen(most), to_fen(cut)))
        least = self.limit(Part.LEAVES)
        if least is not None:
            earned = [one for one in rules if one.kind is LineKind.EARNING]
            pay = self.sum_of(earned) - deducted + cut
            more = min(least - pay, total - cut)
            if more > 0:
                cut += more
                self.notes.append(_below(to_fen(pay), to_fen(least), to_fen(more)))
        return cut

    def sum_of(self, rules: Sequence[PayRule], *, shown: bool = False) -> Decimal:
        """Return what lines come to together; one in error is refused."""
        total = _NOTHING
        for one in rules:
            name = LINE + one.code
            if name in self.cell.failed:
                self.refuse(*_failed(self.cell.failed[name]))
            found = self.cell.values[name]
            if isinstance(found.content, Decimal):
                total += found.content
            if shown:
                self.inputs[name] = found
        return total

    def bounded(self, amount: Decimal) -> Decimal:
        """Return the amount set to its cap or floor where it is beyond it."""
        if Part.CAP not in self.texts and Part.FLOOR not in self.texts:
            return amount
        cap, floor = self.limit(Part.CAP), self.limit(Part.FLOOR)
        if cap is not None and floor is not None and floor > cap:
            self.refuse(
                Label(
                    f"下限 {floor} 高于上限 {cap}",
                    f"The floor {floor} is above the cap {cap}",
                ),
                Label("请检查上限和下限", "Check both of them"),
            )
        if cap is not None and amount > cap:
            self.bound = Bound.CAP
            return cap
        if floor is not None and amount < floor:
            self.bound = Bound.FLOOR
            return floor
        return amount

    def limit(self, part: Part) -> Decimal | None:
        """Return a cap or floor, None where there is none."""
        if part not in self.texts:
            return None
        content = self.evaluate(part).value
        return content if isinstance(content, Decimal) else None

    def evaluate(self, part: Part) -> Evaluation:
        """Reckon one text of the rule; its unit must be what the line needs."""
        self.part = part
        formula = parse(self.texts[part])
        if self.cell.failed:
            self.refuse_failed(formula)
        found = evaluate(
            formula, self.cell.values, refuse_empty=True, world=self.cell.world
        )
        if self.inputs:
            self.inputs |= found.inputs
        else:
            self.inputs = dict(found.inputs)
        if self.rule.needs_world:
            self.answered[part] = found
        self.units[part] = found.unit
        demand(self.rule, part, formula, self.units)
        if found.value is None:
            self.refuse(
                Label("结果是空的", "It comes to nothing"),
                Label("请用 coalesce 给出一个值", "Give a value with coalesce"),
            )
        return found

    def refuse_failed(self, formula: Formula) -> None:
        """Refuse to read a line that is itself in error, and mark where it is read."""
        failed = self.cell.failed
        name = next((one for one in formula.names if one in failed), None)
        if name is None:
            return
        place = formula.place_of(name)
        problem, hint = _failed(failed[name])
        raise FormulaError(formula.text, Fault(place.start, place.end, problem, hint))

    def refuse(self, problem: Label, hint: Label) -> None:
        """Put the text at hand in error as a whole."""
        text = self.texts.get(self.part, "")
        raise FormulaError(text, Fault(0, len(text), problem, hint))


def _failed(item: PayItem) -> tuple[Label, Label]:
    label = item.rule.label
    return (
        Label(
            f"计薪项目“{label.zh}”没有算出来", f"Line “{label.en}” is in error itself"
        ),
        Label("请先解决那一项", "Mend that line first"),
    )


def _above(total: Decimal, most: Decimal, cut: Decimal) -> Label:
    return Label(
        f"扣减合计 {total} 元，最多扣 {most} 元，{cut} 元不扣",
        f"Deductions of {total} yuan, {most} yuan at most: {cut} yuan not deducted",
    )


def _below(pay: Decimal, least: Decimal, more: Decimal) -> Label:
    return Label(
        f"扣减后剩 {pay} 元，至少保留 {least} 元，{more} 元不扣",
        f"{pay} yuan left, at least {least} yuan stay: {more} yuan not deducted",
    )
