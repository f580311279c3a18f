"""Dates and instants that are moved, and the distance between two of them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from models.rules.formula_error import Fault
from models.rules.formula_function import whole
from models.rules.formula_tree import Node
from models.rules.formula_units import EXACT, Content, settle
from models.words import Label

_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_OF_HOUR = Decimal(3_600_000_000)


def moved(
    node: Node, operand: Node, op: str, moment: Content, other: Content
) -> Content:
    """Return a date or instant moved, or the distance between two of them.

    Days must be whole; hours are taken to the microsecond, half up.
    """
    if isinstance(moment, datetime):
        return _moved_instant(node, op, moment, cast("datetime | Decimal", other))
    return _moved_date(node, operand, op, cast("date", moment), other)


def _moved_instant(
    node: Node, op: str, moment: datetime, other: datetime | Decimal
) -> Content:
    if isinstance(other, datetime):
        distance = Decimal((moment - other) // _MICROSECOND)
        return EXACT.divide(distance, _MICROSECONDS_OF_HOUR)
    hours = settle(other if op == "+" else EXACT.minus(other))
    microseconds = EXACT.to_integral_value(EXACT.multiply(hours, _MICROSECONDS_OF_HOUR))
    try:
        return moment + timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise _beyond_calendar(node) from None


def _moved_date(
    node: Node, operand: Node, op: str, day: date, other: Content
) -> Content:
    if isinstance(other, date):
        return Decimal((day - other).days)
    days = whole(cast("Decimal", other))
    if days is None:
        raise Fault(
            operand.start,
            operand.end,
            Label(f"{other} 天不是整天数", f"{other} is no whole number of days"),
            Label("请用 round、floor 或 ceil 取整", "Use round, floor or ceil"),
        )
    try:
        return day + timedelta(days=days if op == "+" else -days)
    except OverflowError:
        raise _beyond_calendar(node) from None


def _beyond_calendar(node: Node) -> Fault:
    return Fault(
        node.start,
        node.end,
        Label(
            "结果早于 1 年或晚于 9999 年", "The result is outside the years 1 to 9999"
        ),
        Label("请检查输入的天数或小时数", "Check the days or hours that go in"),
    )
