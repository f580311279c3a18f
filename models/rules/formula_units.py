"""Units and values of the formula language: what a figure is, and the figure itself.

A quantity is so many yuan to some power times so many hours to some power: a number is
neither, money is yuan, a rate is yuan per hour. Multiplying adds the powers, dividing
subtracts them, adding and comparing demand the same ones. That is all there is to the
unit system, and it makes hours * (yuan / hour) = yuan without a table of cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from models.words import Label

LARGEST = Decimal(10) ** 15
DECIMALS = 10
# One context for all arithmetic: 50 digits, so that two values of 15 + 10 digits
# multiply exactly. Its methods are called directly; the thread's context is not used.
EXACT = Context(
    prec=50, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero]
)
_LAST_PLACE = Decimal(1).scaleb(-DECIMALS)
_NOTHING = Decimal(0)


class Kind(StrEnum):
    """What can be done with a value."""

    QUANTITY = "quantity"
    ZERO = "zero"  # the literal 0, which is nothing of any unit
    PERCENT = "percent"  # a number that people write and read times 100
    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    YES_NO = "yes_no"
    ENTRY = "entry"  # an entry of a register: the same one or another, or none
    TABLE = "table"
    LIST = "list"


class Unit(NamedTuple):
    """A kind, and for a quantity its powers of yuan and of hours.

    A tuple, since units are hashed at every evaluation. `columns` is for tables (the
    unit of the key and the unit of what it leads to) and lists (the unit of the items).
    """

    kind: Kind
    money: int = 0
    hours: int = 0
    columns: "tuple[Unit, ...]" = ()

    @property
    def is_number(self) -> bool:
        """Whether it has no dimension: a number, a percentage, the literal 0."""
        return self in {NUMBER, PERCENT, ZERO}

    @property
    def is_quantity(self) -> bool:
        """Whether its values are decimals."""
        return self.kind in _DECIMAL_KINDS

    @property
    def label(self) -> Label:
        """What a person calls it: money, yuan/hour."""
        plain = _LABELS.get(self)
        if plain is not None:
            return plain
        if self.kind is Kind.TABLE:
            key, value = (one.label for one in self.columns)
            return Label(
                f"对照表（{key.zh} → {value.zh}）", f"table ({key.en} → {value.en})"
            )
        if self.kind is Kind.LIST:
            item = self.columns[0].label
            return Label(f"列表（{item.zh}）", f"list ({item.en})")
        return Label(
            self._powers("元", "小时", "数值"), self._powers("yuan", "hour", "1")
        )

    def _powers(self, money: str, hours: str, one: str) -> str:
        above = [money] * self.money + [hours] * self.hours
        below = [money] * -self.money + [hours] * -self.hours
        return "/".join(["×".join(above) or one, *below])


NUMBER = Unit(Kind.QUANTITY)
MONEY = Unit(Kind.QUANTITY, money=1)
HOURS = Unit(Kind.QUANTITY, hours=1)
MONEY_PER_HOUR = Unit(Kind.QUANTITY, money=1, hours=-1)
PERCENT = Unit(Kind.PERCENT)
ZERO = Unit(Kind.ZERO)
TEXT = Unit(Kind.TEXT)
DATE = Unit(Kind.DATE)
INSTANT = Unit(Kind.INSTANT)
YES_NO = Unit(Kind.YES_NO)
ENTRY = Unit(Kind.ENTRY)

# How a declaration, a template or a table names a unit.
UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "number": NUMBER,
        "money": MONEY,
        "hours": HOURS,
        "money_per_hour": MONEY_PER_HOUR,
        "percent": PERCENT,
        "text": TEXT,
        "date": DATE,
        "instant": INSTANT,
        "yes_no": YES_NO,
        "entry": ENTRY,
    }
)
_DECIMAL_KINDS = frozenset({Kind.QUANTITY, Kind.PERCENT, Kind.ZERO})
_LABELS = {
    NUMBER: Label("数值", "number"),
    MONEY: Label("金额（元）", "money (yuan)"),
    HOURS: Label("工时（小时）", "hours"),
    MONEY_PER_HOUR: Label("每小时金额（元/小时）", "money per hour"),
    PERCENT: Label("百分比", "percent"),
    ZERO: Label("数值", "number"),
    TEXT: Label("文字", "text"),
    DATE: Label("日期", "date"),
    INSTANT: Label("时刻", "instant"),
    YES_NO: Label("是/否", "yes/no"),
    ENTRY: Label("台账记录", "entry"),
}


def table_unit(key: Unit, value: Unit) -> Unit:
    """Return the unit of a table that leads from a key to a value."""
    return Unit(Kind.TABLE, columns=(key, value))


def list_unit(item: Unit) -> Unit:
    """Return the unit of a list of items of one unit."""
    return Unit(Kind.LIST, columns=(item,))


def times(unit: Unit, other: Unit) -> Unit:
    """Return the unit of a product; both are quantities."""
    if unit == other == PERCENT:
        return PERCENT
    return Unit(Kind.QUANTITY, unit.money + other.money, unit.hours + other.hours)


def over(unit: Unit, other: Unit) -> Unit:
    """Return the unit of a quotient; both are quantities."""
    if unit == PERCENT and other == NUMBER:
        return PERCENT
    return Unit(Kind.QUANTITY, unit.money - other.money, unit.hours - other.hours)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table people edit: rates by grade, pay by post. Order is kept."""

    rows: "Mapping[Scalar, Scalar]"

    def __post_init__(self) -> None:
        """Keep a copy that nobody can change."""
        object.__setattr__(self, "rows", MappingProxyType(dict(self.rows)))

    def __hash__(self) -> int:
        """Hash by the keys."""
        return hash(tuple(self.rows))

    def settled(self, columns: "tuple[Unit, ...]") -> "Table":
        """Return it with each cell checked against its column's unit, keys settled."""
        key, value = columns
        rows = {}
        for one, found in self.rows.items():
            Value(one, key)
            Value(found, value)
            rows[settle(one) if isinstance(one, Decimal) else one] = found
        return Table(rows)


Scalar: TypeAlias = Decimal | str | date | datetime | bool | int | None
Content: TypeAlias = Scalar | Table | tuple[Scalar, ...]
_CONTENT: Mapping[Kind, type] = {
    Kind.QUANTITY: Decimal,
    Kind.ZERO: Decimal,
    Kind.PERCENT: Decimal,
    Kind.TEXT: str,
    Kind.DATE: date,
    Kind.INSTANT: datetime,
    Kind.YES_NO: bool,
    Kind.ENTRY: int,
    Kind.TABLE: Table,
    Kind.LIST: tuple,
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its unit; content None is an empty field.

    A decimal comes in with as many places as it has (20 minutes are a third of an
    hour, and three times that is one). A percentage is kept as a fraction: 0.87.
    """

    content: Content
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse a content that is not of the unit's type: a programming error."""
        content = self.content
        if content is None:
            return
        kind = self.unit.kind
        # The exact type: a bool is an int and a datetime a date to isinstance.
        if type(content) is not _CONTENT[kind]:
            raise TypeError(f"{content!r} is no content of a {kind.value}")
        if isinstance(content, Decimal):
            if not content.is_finite() or content.copy_abs() > LARGEST:
                raise ValueError(f"{content} is outside what formulas reckon with")
        elif isinstance(content, datetime):
            if content.tzinfo is None:
                raise ValueError(f"naive instant {content!r}; give it a zone first")
        elif isinstance(content, Table):
            object.__setattr__(self, "content", content.settled(self.unit.columns))
        elif isinstance(content, tuple):
            for item in content:
                Value(item, self.unit.columns[0])

    def text(self, language: str = "zh") -> str:
        """Write it as people read it: 2,385.00 元, 87%, 132.5 小时.

        Plain text for reasons and the command line; screens format by themselves. An
        instant is written in the zone it came in.
        """
        return _written(self, english=language.startswith("en"))

    @property
    def words(self) -> Label:
        """Write it in both languages."""
        content, unit = self.content, self.unit
        if not isinstance(content, Decimal):
            return Label(self.text("zh"), self.text("en"))
        figure, zh, en = _figure(content, unit)
        return Label(figure + zh, figure + en)


def settle(value: Decimal) -> Decimal:
    """Set a decimal to at most ten places, half up.

    Between operations 50 digits are carried. Wherever a value is looked at (compared,
    rounded, returned) it is settled first, which takes away the trace of a division
    that does not end: 0.01 / 3 * 4.5 is 0.015 and rounds to 0.02, not to 0.01.
    """
    # Adding zero takes away a sign before zero and an exponent above it: 1E+3, -0.
    plain = EXACT.add(value, _NOTHING)
    short = EXACT.quantize(plain, _LAST_PLACE)
    return plain if short == plain else EXACT.add(short, _NOTHING)


def number(value: Decimal | int | str) -> Value:
    """Return a plain number."""
    return Value(Decimal(value), NUMBER)


def money(value: Decimal | int | str) -> Value:
    """Return an amount in yuan."""
    return Value(Decimal(value), MONEY)


def hours(value: Decimal | int | str) -> Value:
    """Return a length of work in hours."""
    return Value(Decimal(value), HOURS)


def percent(fraction: Decimal | int | str) -> Value:
    """Return a percentage from its fraction: "0.87" is 87 %."""
    return Value(Decimal(fraction), PERCENT)


def table(rows: Mapping[Scalar, Scalar], key: Unit, value: Unit) -> Value:
    """Return a table for `lookup`, `tier`, `band`."""
    return Value(Table(rows), table_unit(key, value))


def _written(value: Value, *, english: bool) -> str:
    content, unit = value.content, value.unit
    if content is None:
        return "(empty)" if english else "（空）"
    if isinstance(content, bool):
        words = ("no", "yes") if english else ("否", "是")
        return words[content]
    if isinstance(content, Decimal):
        figure, zh, en = _figure(content, unit)
        return figure + (en if english else zh)
    if isinstance(content, (Table, tuple)):
        return _written_rows(content, unit, english=english)
    if isinstance(content, datetime):
        return f"{content:%Y-%m-%d %H:%M}"
    return str(content)


def _written_rows(
    content: Table | tuple[Scalar, ...], unit: Unit, *, english: bool
) -> str:
    if isinstance(content, Table):
        return f"{len(content.rows)} rows" if english else f"{len(content.rows)} 行"
    item = unit.columns[0]
    return ("; " if english else "；").join(
        _written(Value(one, item), english=english) for one in content
    )


def _figure(content: Decimal, unit: Unit) -> tuple[str, str, str]:
    """Return a decimal without its unit, and what follows it in both languages."""
    if unit.kind is Kind.PERCENT:
        return _short(EXACT.multiply(content, Decimal(100))), "%", "%"
    following = _FOLLOWING.get(unit)
    if following is None:
        label = unit.label
        following = f" {label.zh}", f" {label.en}"
    return _short(content, least=2 if unit.money else 0), *following


_FOLLOWING = {
    NUMBER: ("", ""),
    ZERO: ("", ""),
    HOURS: (" 小时", " hours"),
    MONEY: (" 元", " yuan"),
    MONEY_PER_HOUR: (" 元/小时", " yuan/hour"),
}


def _short(value: Decimal, least: int = 0) -> str:
    """Write without exponent or trailing zeros, but with `least` places."""
    whole, _, rest = f"{value:,f}".partition(".")
    if (
        len(rest) > DECIMALS or not value
    ):  # a trace of a division, or a sign before zero
        whole, _, rest = f"{settle(value):,f}".partition(".")
    rest = rest.rstrip("0").ljust(least, "0")
    return f"{whole}.{rest}" if rest else whole
