"""Pay arithmetic: one person's slip from a scheme and the values its formulas read.

Each line is rounded once, half up to the fen, after its cap and floor; lines that read
it read the rounded amount, so that every figure of a slip can be reckoned again by
hand. A deduction is a positive amount that the total takes away. A line that cannot be
reckoned is marked with its reason and so is the slip: nothing here raises for it.
"""

from collections.abc import Mapping
from decimal import Decimal

from models.rules.formula import (
    MONEY,
    Evaluation,
    Formula,
    FormulaError,
    Unit,
    Value,
    check,
    evaluate,
    parse,
)
from models.rules.formula_error import Fault
from models.rules.pay_items import Bound, PayItem, Slip, to_fen
from models.rules.pay_rules import (
    LINE,
    LineKind,
    Part,
    PayRule,
    Scheme,
    SchemeError,
    demand,
    in_order,
    scheme_problems,
)
from models.words import Label

__all__ = [
    "LINE",
    "Bound",
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


def calculate_slip(scheme: Scheme, inputs: Mapping[str, Value]) -> Slip:
    """Reckon all lines of a scheme for one person and period.

    Calculating twice gives the same. An empty input is an error of the line that reads
    it, unless its formula says what empty counts as (`or_zero`, `coalesce`).

    Args:
        scheme: Its rules, in order.
        inputs: The values of measures, staff attributes and tables by name.
    """
    values = dict(inputs)
    failed: dict[str, PayItem] = {}
    items: dict[str, PayItem] = {}
    for rule in scheme.order:
        item = _Reckoning(rule, values, failed).item()
        items[rule.code] = item
        name = LINE + rule.code
        if item.value is None:
            failed[name] = item
            values.pop(name, None)
        else:
            values[name] = item.value
    declared = tuple(items[rule.code] for rule in scheme.rules)
    return Slip(scheme.code, scheme.version, declared)


class _Reckoning:
    """Reckons one line, noting how far it came."""

    def __init__(
        self,
        rule: PayRule,
        values: Mapping[str, Value],
        failed: Mapping[str, PayItem],
    ) -> None:
        self.rule = rule
        self.values = values
        self.failed = failed
        self.part = Part.FORMULA
        self.texts = dict(rule.parts)
        self.units: dict[Part, Unit] = {}
        self.reckoned: dict[Part, Evaluation] = {}
        self.bound: Bound | None = None

    def item(self) -> PayItem:
        """Return the line, or the line marked with why it cannot be reckoned."""
        try:
            applies = self.applies()
            value = self.value() if applies else self.nothing()
        except FormulaError as error:
            return PayItem(
                self.rule,
                None,
                applies=True,
                bound=None,
                reckoned=self.reckoned,
                error=error,
                error_in=self.part,
            )
        return PayItem(self.rule, value, applies, self.bound, self.reckoned)

    def applies(self) -> bool:
        """Whether the condition is met; a rule without one always applies."""
        if Part.CONDITION not in self.texts:
            return True
        return self.evaluate(Part.CONDITION).value is True

    def nothing(self) -> Value:
        """Return the zero of a line that does not apply, in the line's unit."""
        self.part = Part.FORMULA
        formula = parse(self.rule.formula)
        self.refuse_failed(formula)
        units = {name: value.unit for name, value in self.values.items()}
        self.units[Part.FORMULA] = unit = check(formula, units)
        demand(self.rule, Part.FORMULA, formula, self.units)
        if not unit.is_quantity:
            return Value(None, unit)
        return Value(Decimal("0.00") if unit == MONEY else Decimal(0), unit)

    def value(self) -> Value:
        """Return what the formula comes to, between its bounds and rounded."""
        result = self.evaluate(Part.FORMULA).result
        if not isinstance(result.content, Decimal):
            return result
        amount = self.bounded(result.content)
        if result.unit == MONEY:
            amount = to_fen(amount)
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
        return Value(amount, result.unit)

    def bounded(self, amount: Decimal) -> Decimal:
        """Return the amount set to its cap or floor where it is beyond it."""
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
        self.refuse_failed(formula)
        found = evaluate(formula, self.values, refuse_empty=True)
        self.reckoned[part] = found
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
        failed = next((name for name in formula.names if name in self.failed), None)
        if failed is None:
            return
        place, other = formula.place_of(failed), self.failed[failed].label
        problem = Label(
            f"计薪项目“{other.zh}”没有算出来", f"Line “{other.en}” is in error itself"
        )
        hint = Label("请先解决那一项", "Mend that line first")
        raise FormulaError(formula.text, Fault(place.start, place.end, problem, hint))

    def refuse(self, problem: Label, hint: Label) -> None:
        """Put the text at hand in error as a whole."""
        text = self.texts[self.part]
        raise FormulaError(text, Fault(0, len(text), problem, hint))
