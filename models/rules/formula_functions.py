"""The functions of the formula language; adding one is adding one entry.

Those over tables and over groups of people have files of their own.

An entry says how it is written, which unit comes out for which units in, and how the
value is found. Checks of units run once when a formula is saved; `apply` may rely on
them. A function gets no empty value (its result is then empty) unless it says so.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import cast

from models.rules.formula_error import Misuse
from models.rules.formula_function import (
    Function,
    Read,
    demand_quantity,
    differs,
    same_unit,
    wants,
    whole,
)
from models.rules.formula_group_functions import GROUP_FUNCTIONS
from models.rules.formula_table_functions import TABLE_FUNCTIONS
from models.rules.formula_units import (
    DATE,
    DECIMALS,
    EXACT,
    INSTANT,
    NUMBER,
    YES_NO,
    Content,
    Kind,
    Unit,
    settle,
)
from models.rules.periods import months_later
from models.words import Label


def _unit_of_if(units: Sequence[Unit]) -> Unit:
    wants(0, units[0], YES_NO)
    return same_unit(units[1:], first=1)


def _unit_of_extreme(units: Sequence[Unit]) -> Unit:
    unit = same_unit(units)
    if not (unit.is_quantity or unit.kind in {Kind.DATE, Kind.INSTANT}):
        raise Misuse(0, *differs(unit, NUMBER))
    return unit


def _unit_of_rounding(units: Sequence[Unit]) -> Unit:
    if len(units) > 1:
        wants(1, units[1], NUMBER)
    return demand_quantity(0, units[0])


def _unit_of_or_zero(units: Sequence[Unit]) -> Unit:
    return demand_quantity(0, units[0])


def _unit_of_date(units: Sequence[Unit]) -> Unit:
    for index, unit in enumerate(units):
        wants(index, unit, NUMBER)
    return DATE


def _unit_of_day(units: Sequence[Unit]) -> Unit:
    wants(0, units[0], INSTANT)
    return DATE


def _unit_of_month_start(units: Sequence[Unit]) -> Unit:
    wants(0, units[0], DATE)
    return DATE


def _unit_of_add_months(units: Sequence[Unit]) -> Unit:
    wants(0, units[0], DATE)
    wants(1, units[1], NUMBER)
    return DATE


def _rounded(how: str) -> Callable[..., Content]:
    def apply(value: Decimal, places: Decimal = Decimal(0)) -> Content:
        count = whole(places)
        if count is None or not 0 <= count <= DECIMALS:
            raise Misuse(
                1,
                Label(
                    f"小数位数是 {places}，应是 0 到 {DECIMALS} 的整数",
                    f"{places} places; give a whole number from 0 to {DECIMALS}",
                ),
            )
        return settle(value).quantize(Decimal(1).scaleb(-count), how, EXACT)

    return apply


def _date(year: Decimal, month: Decimal, day: Decimal) -> Content:
    try:
        return date(*(cast("int", whole(one)) for one in (year, month, day)))
    except (TypeError, ValueError, OverflowError):
        problem = Label(
            f"没有 {year} 年 {month} 月 {day} 日",
            f"There is no day {day} of month {month} of the year {year}",
        )
        raise Misuse(None, problem) from None


def _add_months(on: date, months: Decimal) -> Content:
    """Return the same day so many months on, the month's last where there is none."""
    count = whole(months)
    if count is None:
        raise Misuse(
            1,
            Label(
                f"月数是 {months}，应是整数", f"{months} months; give a whole number"
            ),
        )
    try:
        return months_later(on, count)
    except (ValueError, OverflowError):
        problem = Label(
            f"{on} 加 {count} 个月，不在日历之内",
            f"{on} and {count} months is beyond the calendar",
        )
        raise Misuse(1, problem) from None


def _first_given(count: int, read: Read) -> Content:
    for index in range(count):
        found = read(index)
        if found is not None:
            return found
    return None


_REGISTRY = (
    Function(
        ("if", "如果"),
        Label("if(条件, 是时的值, 否时的值)", "if(condition, value, other value)"),
        3,
        3,
        _unit_of_if,
        lazy=lambda _, read: read(1) if read(0) else read(2),
    ),
    Function(
        ("min", "最小"),
        Label("min(甲, 乙, ...)", "min(a, b, ...)"),
        1,
        None,
        _unit_of_extreme,
        apply=lambda *values: min(values),
    ),
    Function(
        ("max", "最大"),
        Label("max(甲, 乙, ...)", "max(a, b, ...)"),
        1,
        None,
        _unit_of_extreme,
        apply=lambda *values: max(values),
    ),
    Function(
        ("round", "四舍五入"),
        Label("round(数, 小数位数)", "round(value, places)"),
        1,
        2,
        _unit_of_rounding,
        apply=_rounded(ROUND_HALF_UP),
    ),
    Function(
        ("floor", "向下取整"),
        Label("floor(数, 小数位数)", "floor(value, places)"),
        1,
        2,
        _unit_of_rounding,
        apply=_rounded(ROUND_FLOOR),
    ),
    Function(
        ("ceil", "向上取整"),
        Label("ceil(数, 小数位数)", "ceil(value, places)"),
        1,
        2,
        _unit_of_rounding,
        apply=_rounded(ROUND_CEILING),
    ),
    Function(
        ("abs", "绝对值"),
        Label("abs(数)", "abs(value)"),
        1,
        1,
        lambda units: demand_quantity(0, units[0]),
        # Not the built-in: it would round to the thread's precision.
        apply=EXACT.abs,
    ),
    Function(
        ("date", "日期"),
        Label("date(2026, 10, 1)", "date(2026, 10, 1)"),
        3,
        3,
        _unit_of_date,
        apply=_date,
    ),
    Function(
        ("day", "day_of", "当天"),
        Label("day(时刻)", "day(instant)"),
        1,
        1,
        _unit_of_day,
        # The day of the zone the instant was given in, which is the desk's.
        apply=lambda instant: instant.date(),
    ),
    Function(
        ("month_start", "月初"),
        Label("month_start(日期)", "month_start(date)"),
        1,
        1,
        _unit_of_month_start,
        apply=lambda on: on.replace(day=1),
    ),
    Function(
        ("add_months", "加月"),
        Label("add_months(日期, 月数)", "add_months(date, months)"),
        2,
        2,
        _unit_of_add_months,
        apply=_add_months,
    ),
    Function(
        ("is_empty", "为空"),
        Label("is_empty(名称)", "is_empty(name)"),
        1,
        1,
        lambda _: YES_NO,
        apply=lambda value: value is None,
        takes_empty=True,
    ),
    Function(
        ("coalesce", "首个非空"),
        Label("coalesce(甲, 乙, ...)", "coalesce(a, b, ...)"),
        1,
        None,
        same_unit,
        lazy=_first_given,
        takes_empty=True,
    ),
    Function(
        ("or_zero", "空作零"),
        Label("or_zero(数)", "or_zero(value)"),
        1,
        1,
        _unit_of_or_zero,
        apply=lambda value: Decimal(0) if value is None else value,
        takes_empty=True,
    ),
    *TABLE_FUNCTIONS,
    *GROUP_FUNCTIONS,
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: function for function in _REGISTRY for name in function.names}
)
