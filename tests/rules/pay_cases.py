"""What the tests of pay arithmetic make rules, schemes and slips with."""

from collections.abc import Mapping
from datetime import date

from models.rules.formula import Value
from models.rules.pay import LineKind, PayItem, PayRule, Scheme, Slip, calculate_slip
from models.words import Label

OCTOBER = date(2026, 10, 1)


def rule(
    code: str,
    formula: str,
    kind: LineKind = LineKind.EARNING,
    *,
    condition: str | None = None,
    cap: str | None = None,
    floor: str | None = None,
) -> PayRule:
    return PayRule(
        code, Label(code.upper(), code), kind, formula, condition, cap, floor, "S0-04"
    )


def deduction(code: str, formula: str, *, floor: str | None = None) -> PayRule:
    return rule(code, formula, LineKind.DEDUCTION, floor=floor)


def information(code: str, formula: str) -> PayRule:
    return rule(code, formula, LineKind.INFORMATION)


def scheme(*rules: PayRule) -> Scheme:
    return Scheme("engineer", 1, OCTOBER, None, rules)


def item(slip: Slip, code: str) -> PayItem:
    return next(one for one in slip.items if one.code == code)


def only(formula: PayRule, inputs: Mapping[str, Value] | None = None) -> PayItem:
    (line,) = calculate_slip(scheme(formula), inputs or {}).items
    return line


ENGINEER = scheme(
    information(
        "coefficient",
        "if(measure.satisfied >= 95%, 1.10, if(measure.satisfied < 90%, 0.90, 1))",
    ),
    rule("hours_pay", "measure.approved_hours * rate.hour * line.coefficient"),
    deduction("complaints", "measure.valid_complaint_fines"),
    deduction("late_reports", "measure.late_reports * 20元"),
)
