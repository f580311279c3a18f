"""Slips as they are kept: every line with its formula, inputs and result."""

from typing import Any

from models.pay_kept_values import keep_unit, keep_value
from models.pay_people import Payee
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules import pay
from models.rules.formula import parse


def slip_row(run: PayRun, payee: Payee, slip: pay.Slip) -> PaySlip:
    """Return a slip as it is kept, with every line as it was reckoned."""
    return PaySlip(
        run_id=run.id,
        staff_id=payee.staff["id"],
        staff_number=payee.staff["staff_number"],
        name=payee.staff["name"],
        department_id=payee.staff["department"],
        post=payee.post,
        scheme=slip.scheme,
        scheme_version=slip.version,
        earnings=slip.earnings,
        deductions=slip.deductions,
        total=slip.total,
        errors=len(slip.errors),
        items=[
            PayItemRow(**item_values(position, one))
            for position, one in enumerate(slip.items)
        ],
    )


def item_values(position: int, item: pay.PayItem) -> dict[str, Any]:
    """Return the columns of a line; words only where they cannot be made again."""
    rule, error, days = item.rule, item.error, item.days
    inputs = item.inputs
    return {
        "position": position,
        "code": item.code,
        "name_zh": item.label.zh,
        "name_en": item.label.en,
        "kind": rule.kind.value,
        "formula": rule.formula,
        "condition": rule.condition,
        "cap": rule.cap,
        "floor": rule.floor,
        "first_on": None if days is None else days.first,
        "last_on": None if days is None else days.last,
        "applies": item.applies,
        "inputs": {name: keep_value(value) for name, value in inputs.items()},
        "unread": _unread(item),
        "result": None if item.value is None else keep_value(item.value),
        "why_zh": list(item.why("zh")) if item.is_answered else [],
        "why_en": list(item.why("en")) if item.is_answered else [],
        "shown_zh": item.value.text("zh") if item.value else "",
        "shown_en": item.value.text("en") if item.value else "",
        "amount": item.amount,
        "bound": item.bound.value if item.bound else None,
        "error_zh": error.label.zh if error else None,
        "error_en": error.label.en if error else None,
        "clause": rule.clause,
    }


def _unread(item: pay.PayItem) -> dict[str, Any] | None:
    """Return the units of names that the formulas have and nobody looked at."""
    if item.is_answered:
        return None
    names = [name for _, text in item.rule.parts for name in parse(text).names]
    return {
        name: keep_unit(item.values[name].unit)
        for name in names
        if name not in item.inputs and name in item.values
    } or None
