"""The functions of the formula language; adding one is adding one entry below.

An entry says how it is written, which unit comes out for which units in, and how the
value is found. Checks of units run once when a formula is saved; `apply` may rely on
them. A function gets no empty value (its result is then empty) unless it says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import TypeAlias, cast

from models.rules.formula_error import Misuse, nearest
from models.rules.formula_units import (
    DATE,
    DECIMALS,
    EXACT,
    HOURS,
    INSTANT,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    PERCENT,
    YES_NO,
    ZERO,
    Content,
    Kind,
    Table,
    Unit,
    settle,
)
from models.rules.periods import months_later
from models.words import Label

Read: TypeAlias = Callable[[int], Content]


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its names, how it is written, its unit and its value.

    Give `apply` (all arguments, already reckoned) or `lazy` (how many there are and a
    way to reckon one by its index, for functions that leave some unread). Both may
    raise `Misuse` with the index of the argument at fault.
    """

    names: tuple[str, ...]  # the first is the one trees carry
    usage: Label
    least: int
    most: int | None  # None: any number
    unit: Callable[[Sequence[Unit]], Unit]
    apply: Callable[..., Content] | None = None
    lazy: Callable[[int, Read], Content] | None = None
    takes_empty: bool = False

    @property
    def name(self) -> str:
        """The name trees carry."""
        return self.names[0]

    @property
    def hint(self) -> Label:
        """How it is written, as a sentence."""
        return Label(f"写法：{self.usage.zh}", f"Write {self.usage.en}")

    def takes(self, count: int) -> bool:
        """Whether it can be given so many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)


def same_unit(units: Sequence[Unit], first: int = 0) -> Unit:
    """Return the one unit all have; a bare 0 fits any quantity.

    Raises:
        Misuse: One that differs, a bare figure rather than another; `first` is the
            index of the first one given.
    """
    found, at = units[0], first
    for index, unit in enumerate(units[1:], first + 1):
        if unit == found or (unit == ZERO and found.is_quantity):
            continue
        if found == ZERO and unit.is_quantity:
            found, at = unit, index
            continue
        if is_bare(found, unit):
            raise Misuse(at, *differs(found, unit))
        raise Misuse(index, *differs(unit, found))
    return found


def is_bare(unit: Unit, other: Unit) -> bool:
    """Whether it is the first of two that lacks its unit: 20 + measure.fines."""
    return unit == NUMBER and other.is_quantity


def differs(found: Unit, wanted: Unit) -> tuple[Label, Label | None]:
    """Return the problem and the hint for one unit where another is needed."""
    problem = Label(
        f"这里是{found.label.zh}，应是{wanted.label.zh}",
        f"Found {found.label.en}, expected {wanted.label.en}",
    )
    pair = {found, wanted}
    for unit, example in _EXAMPLES.items():
        if pair == {unit, NUMBER}:
            return problem, Label(
                f"数字请带上单位，例如 {example.zh}",
                f"Write the figure with its unit, such as {example.en}",
            )
    return problem, None


_EXAMPLES = {
    MONEY: Label("20元", "20 yuan"),
    HOURS: Label("8小时", "8 hours"),
    MONEY_PER_HOUR: Label("18元/小时", "18 yuan/hour"),
    PERCENT: Label("95%", "95%"),
}


def wants(index: int, found: Unit, wanted: Unit) -> None:
    """Raise Misuse unless an argument has the unit it should."""
    if found != wanted and not (found == ZERO and wanted.is_quantity):
        raise Misuse(index, *differs(found, wanted))


def _quantity(index: int, unit: Unit) -> Unit:
    if not unit.is_quantity:
        raise Misuse(index, *differs(unit, NUMBER))
    return unit


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
    return _quantity(0, units[0])


def _unit_of_or_zero(units: Sequence[Unit]) -> Unit:
    return _quantity(0, units[0])


def _unit_of_lookup(units: Sequence[Unit]) -> Unit:
    table, key = units
    if table.kind is not Kind.TABLE:
        raise Misuse(
            0,
            Label(
                f"这里是{table.label.zh}，应是对照表的名称",
                f"Found {table.label.en}, expected the name of a table",
            ),
        )
    wants(1, key, table.columns[0])
    return table.columns[1]


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


def whole(value: Decimal) -> int | None:
    """Return the integer a decimal is, or None."""
    settled = settle(value)
    return int(settled) if settled == settled.to_integral_value() else None


def _look_up(table: Table, key: Content) -> Content:
    seen = settle(key) if isinstance(key, Decimal) else key
    if seen not in table.rows:
        raise Misuse(
            1,
            Label(f"对照表里没有“{seen}”", f"The table has no “{seen}”"),
            nearest(str(seen), [str(one) for one in table.rows]),
        )
    return table.rows[seen]


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
        lambda units: _quantity(0, units[0]),
        # Not the built-in: it would round to the thread's precision.
        apply=EXACT.abs,
    ),
    Function(
        ("lookup", "查表"),
        Label("lookup(表, 键)", "lookup(table, key)"),
        2,
        2,
        _unit_of_lookup,
        apply=_look_up,
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
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: function for function in _REGISTRY for name in function.names}
)
