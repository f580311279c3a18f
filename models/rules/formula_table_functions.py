"""The functions that read a table: by an exact key, or by the band a figure falls in.

`tier` pays every part of a figure at its own rate (分段累进), `tier_whole` the whole
figure at the rate of its band (全额分档), `band` gives what the table says of the band.
A table's keys are lower bounds, included. Below the first bound `tier` and `tier_whole`
come to nothing, and `band` is an error.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import cast

from models.rules.formula_bands import Band, Piece, band_of, bands, pieces, worth
from models.rules.formula_error import Misuse, nearest
from models.rules.formula_function import (
    Asked,
    Function,
    Reasoned,
    differs,
    wants,
)
from models.rules.formula_units import (
    EXACT,
    NUMBER,
    Content,
    Kind,
    Table,
    Unit,
    Value,
    settle,
    times,
)
from models.words import Label

_NOTHING = Decimal(0)
_BELOW_ALL = Label(
    "低于对照表最低的一档，计为零", "Below the lowest band of the table: nothing"
)
# How many pieces of a sum are written out.
_TOLD = 8


def _wants_table(index: int, unit: Unit) -> None:
    if unit.kind is not Kind.TABLE:
        problem = Label(
            f"这里是{unit.label.zh}，应是对照表的名称",
            f"Found {unit.label.en}, expected the name of a table",
        )
        hint = Label(
            "也可以直接写出各行：[[0元, 1%], [1000元, 2%]]",
            "Or write its rows: [[0 yuan, 1%], [1000 yuan, 2%]]",
        )
        raise Misuse(index, problem, hint)


def _unit_of_lookup(units: Sequence[Unit]) -> Unit:
    table, key = units
    _wants_table(0, table)
    wants(1, key, table.columns[0])
    return table.columns[1]


def _unit_of_band(units: Sequence[Unit]) -> Unit:
    figure, table = units
    _wants_table(1, table)
    bound, said = table.columns
    if not bound.is_quantity:
        problem = Label(
            f"对照表的键是{bound.label.zh}，分档要用数量作下限",
            f"The table's keys are {bound.label.en}; bands begin at a figure",
        )
        hint = Label("按文字取值请用 lookup", "Use lookup for other keys")
        raise Misuse(1, problem, hint)
    wants(0, figure, bound)
    return said


def _unit_of_tier(units: Sequence[Unit]) -> Unit:
    rate = _unit_of_band(units)
    if not rate.is_quantity:
        raise Misuse(1, *differs(rate, NUMBER))
    return times(units[0], rate)


def _look_up(table: Table, key: Content) -> Content:
    seen = settle(key) if isinstance(key, Decimal) else key
    if isinstance(seen, (Table, tuple)) or seen not in table.rows:
        raise Misuse(
            1,
            Label(f"对照表里没有“{seen}”", f"The table has no “{seen}”"),
            nearest(str(seen), [str(one) for one in table.rows]),
        )
    return table.rows[seen]


def _tier(asked: Asked) -> Reasoned:
    figure, all_bands = _banded(asked)
    cut = pieces(figure, all_bands)
    return Reasoned(worth(cut), partial(_said_pieces, cut, asked.units))


def _tier_whole(asked: Asked) -> Reasoned:
    figure, all_bands = _banded(asked)
    band = band_of(figure, all_bands)
    if band is None:
        return Reasoned(_NOTHING, lambda: _BELOW_ALL)
    rate = cast("Decimal", band.says)
    because = partial(_said_whole, Piece(figure, rate), band, asked.units)
    return Reasoned(EXACT.multiply(figure, rate), because)


def _band(asked: Asked) -> Reasoned:
    figure, all_bands = _banded(asked)
    band = band_of(figure, all_bands)
    if band is None:
        least = Value(all_bands[0].begins, asked.units[1].columns[0])
        raise Misuse(
            0,
            Label(
                f"低于对照表最低的一档（{least.text('zh')}）",
                f"This is below the table's lowest band ({least.text('en')})",
            ),
            Label("请给对照表补上更低的一档", "Give the table a lower band"),
        )
    return Reasoned(band.says, partial(_said_band, band, asked.units))


def _banded(asked: Asked) -> tuple[Decimal, tuple[Band, ...]]:
    """Return the figure and the bands; a table without rows or rates is an error."""
    figure, table = cast("tuple[Decimal, Table]", asked.contents)
    all_bands = bands(table.rows)
    if not all_bands:
        raise Misuse(1, Label("对照表没有行", "The table has no rows"))
    gap = next((one for one in all_bands if one.says is None), None)
    if gap is not None:
        begins = Value(gap.begins, asked.units[1].columns[0])
        raise Misuse(
            1,
            Label(
                f"对照表“{begins.text('zh')}”一档没有值",
                f"The table says nothing from {begins.text('en')} on",
            ),
            Label("请补上这一档的值", "Fill in that row"),
        )
    return figure, all_bands


def _said_pieces(cut: tuple[Piece, ...], units: tuple[Unit, ...]) -> Label:
    if not cut:
        return _BELOW_ALL

    def said(language: str) -> str:
        terms = [_product(piece, units, language) for piece in cut[:_TOLD]]
        return " + ".join([*terms, *(["……"] if len(cut) > _TOLD else [])])

    return _both(said)


def _said_whole(piece: Piece, band: Band, units: tuple[Unit, ...]) -> Label:
    begins = _said_band(band, units)
    return Label(
        f"{_product(piece, units, 'zh')}（{begins.zh}）",
        f"{_product(piece, units, 'en')} ({begins.en})",
    )


def _said_band(band: Band, units: tuple[Unit, ...]) -> Label:
    begins = Value(band.begins, units[1].columns[0])
    return Label(f"{begins.text('zh')}起的一档", f"the band from {begins.text('en')}")


def _product(piece: Piece, units: tuple[Unit, ...], language: str) -> str:
    amount, rate = Value(piece.amount, units[0]), Value(piece.rate, units[1].columns[1])
    return f"{amount.text(language)} × {rate.text(language)}"


def _both(said: Callable[[str], str]) -> Label:
    return Label(said("zh"), said("en"))


TABLE_FUNCTIONS = (
    Function(
        ("lookup", "查表"),
        Label("lookup(表, 键)", "lookup(table, key)"),
        2,
        2,
        _unit_of_lookup,
        apply=_look_up,
    ),
    Function(
        ("tier", "分段累进"),
        Label("tier(数, 表)", "tier(value, table)"),
        2,
        2,
        _unit_of_tier,
        reason=_tier,
    ),
    Function(
        ("tier_whole", "全额分档"),
        Label("tier_whole(数, 表)", "tier_whole(value, table)"),
        2,
        2,
        _unit_of_tier,
        reason=_tier_whole,
    ),
    Function(
        ("band", "所在档"),
        Label("band(数, 表)", "band(value, table)"),
        2,
        2,
        _unit_of_band,
        reason=_band,
    ),
)
