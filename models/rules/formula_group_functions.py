"""The functions that look beyond the person: rank, share, the reporting line, the past.

Rules they keep, whatever the figures are called:

- Only figures above zero are ranked; an empty or missing figure ranks, weighs and adds
  nothing.
- `share` divides one pool, the same for everybody, to the last fen. Where all weights
  are zero nobody gets anything. A weight below zero is an error.
- Nobody below, or nobody in the group, adds up to zero; no earlier figure is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, cast

from models.rules.formula_error import Misuse
from models.rules.formula_function import (
    Asked,
    Function,
    Reasoned,
    demand_quantity,
    differs,
    wants,
    whole,
)
from models.rules.formula_groups import (
    Place,
    award,
    award_alike,
    divided,
    ranking,
    step_of,
)
from models.rules.formula_units import (
    DATE,
    EXACT,
    LARGEST,
    NUMBER,
    ZERO,
    Content,
    Kind,
    Unit,
    Value,
)
from models.rules.formula_world import World
from models.words import Label

_NOTHING = Decimal(0)
_FURTHEST = 120  # periods back, ten years of months
_LONGEST_STRETCH = 3_660  # days, ten years
_TOLD = 5  # how many of those below are written out
SPLIT, SAME = "split", "same"
_TIES = MappingProxyType({"split": SPLIT, "平分": SPLIT, "same": SAME, "同奖": SAME})


def _unit_of_award(units: Sequence[Unit]) -> Unit:
    demand_quantity(0, units[0])
    awards = units[1]
    if awards.kind is not Kind.LIST or not awards.columns[0].is_quantity:
        problem = Label(
            f"这里是{awards.label.zh}，应是各名次的奖励",
            f"Found {awards.label.en}, expected the awards of the places",
        )
        hint = Label(
            "请写成列表，例如 [1500元, 1000元, 500元]",
            "Write a list, such as [1500 yuan, 1000 yuan, 500 yuan]",
        )
        raise Misuse(1, problem, hint)
    item = awards.columns[0]
    return NUMBER if item == ZERO else item


def _unit_of_share(units: Sequence[Unit]) -> Unit:
    pool, weight = units
    demand_quantity(0, pool)
    demand_quantity(1, weight)
    return NUMBER if pool == ZERO else pool


def _unit_of_total(units: Sequence[Unit]) -> Unit:
    return demand_quantity(0, units[0])


def _unit_of_subordinates(units: Sequence[Unit]) -> Unit:
    _wants_figure(1, units)
    return demand_quantity(0, units[0])


def _unit_of_last(units: Sequence[Unit]) -> Unit:
    _wants_figure(1, units)
    if units[0].kind in {Kind.TABLE, Kind.LIST}:
        raise Misuse(0, *differs(units[0], NUMBER))
    return units[0]


def _unit_of_working_days(units: Sequence[Unit]) -> Unit:
    if len(units) == 1:
        raise Misuse(
            None,
            Label("要写起止两个日期", "It takes a first and a last day"),
            Label(
                "请写 working_days() 或 working_days(起, 止)",
                "Write working_days() or working_days(first, last)",
            ),
        )
    for index, unit in enumerate(units):
        wants(index, unit, DATE)
    return NUMBER


def _wants_figure(index: int, units: Sequence[Unit]) -> None:
    if len(units) > index:
        wants(index, units[index], NUMBER)


def _rank_award(asked: Asked) -> Reasoned:
    world, name = _world(asked), _name(asked, 0)
    awards = cast("tuple[Decimal | None, ...]", asked.contents[1])
    if None in awards:
        problem = Label("有一个名次的奖励是空的", "The award of a place is empty")
        raise Misuse(1, problem)
    unit = asked.units[0]
    places = world.once(
        ("ranking", name), lambda: ranking(_figures(world, name, unit, 0))
    )
    place = places.get(world.me)
    if place is None:
        return Reasoned(_NOTHING, lambda: _UNRANKED)
    _, _, *said = asked.contents
    ties = _TIES[str(said[0])] if said else SPLIT
    give = award if ties == SPLIT else award_alike
    amounts = cast("tuple[Decimal, ...]", awards)
    amount = give(place, amounts, step_of(asked.units[1].columns[0]))
    return Reasoned(amount, partial(_said_place, place, ties))


_UNRANKED = Label("没有大于零的数，不排名", "There is no figure above zero, so no rank")


def _said_place(place: Place, ties: str) -> Label:
    zh = f"第 {place.rank} 名，共 {place.ranked} 人"
    en = f"rank {place.rank} of {place.ranked}"
    if place.ties > 1:
        zh += f"，{place.ties} 人并列" + ("平分" if ties == SPLIT else "同奖")
        en += f", tie of {place.ties}, "
        en += "shared" if ties == SPLIT else "the same for each"
    return Label(zh, en)


class _Shares(NamedTuple):
    """A pool that was divided, and by what."""

    parts: Mapping[int, Decimal]
    weights: Mapping[int, Decimal]
    total: Decimal


def _share(asked: Asked) -> Reasoned:
    world, name = _world(asked), _name(asked, 1)
    pool = cast("Decimal", asked.contents[0])
    one_pool = world.once(("pool", asked.place), lambda: pool)
    if pool != one_pool:
        raise Misuse(
            0,
            Label(
                "这里每人不同，分摊的总额要人人相同",
                "This differs from person to person; a pool must be the same for all",
            ),
            Label(
                "请用费率或 total 写出总额，不同的总额请分开立绩效方案",
                "Write the pool with a rate or total; use one scheme for each pool",
            ),
        )
    unit, weight = asked.units
    shares = world.once(
        ("shares", name, asked.place),
        lambda: _shares(pool, _figures(world, name, weight, 1), step_of(unit)),
    )
    part = shares.parts.get(world.me, _NOTHING)
    mine = shares.weights.get(world.me)
    return Reasoned(
        part, partial(_said_share, Value(pool, unit), mine, shares.total, weight)
    )


def _shares(pool: Decimal, weights: Mapping[int, Decimal], step: Decimal) -> _Shares:
    if any(weight < 0 for weight in weights.values()):
        problem = Label("有人的权重小于零", "Somebody's weight is below zero")
        hint = Label(
            "请用 max(0, ...) 另立一项作权重", "Weigh by a line with max(0, ...)"
        )
        raise Misuse(1, problem, hint)
    return _Shares(divided(pool, weights, step), weights, _sum(weights.values(), 1))


def _said_share(pool: Value, mine: Decimal | None, total: Decimal, unit: Unit) -> Label:
    def said(words: Label, language: str) -> str:
        return words.text(language).format(
            pool=pool.text(language),
            mine=Value(mine or _NOTHING, unit).text(language),
            total=Value(total, unit).text(language),
        )

    words = _SHARED if total else _UNSHARED
    return Label(said(words, "zh"), said(words, "en"))


_SHARED = Label(
    "总额 {pool}，权重 {mine}，权重合计 {total}",
    "pool {pool}, weight {mine} of {total}",
)
_UNSHARED = Label(
    "总额 {pool}，权重合计为零，无人可分",
    "pool {pool}; all weights are zero, so nobody gets a part",
)


def _total(asked: Asked) -> Reasoned:
    world, name, unit = _world(asked), _name(asked, 0), asked.units[0]
    count, total = world.once(("total", name), lambda: _counted(world, name, unit))
    words = Label(f"{count} 人合计", f"the sum of {count} people")
    return Reasoned(total, lambda: words)


def _counted(world: World, name: str, unit: Unit) -> tuple[int, Decimal]:
    figures = _figures(world, name, unit, 0)
    return len(figures), _sum(figures.values(), 0)


def _subordinates(asked: Asked) -> Reasoned:
    world, name, unit = _world(asked), _name(asked, 0), asked.units[0]
    levels = _count(asked, 1, 1, 100) if len(asked.contents) > 1 else None
    found = [_figure(one, unit, 0) for one in world.below(name, levels)]
    figures = [one for one in found if one is not None]
    total = _sum(figures, 0)
    return Reasoned(total, partial(_said_below, tuple(figures), unit))


def _said_below(figures: tuple[Decimal, ...], unit: Unit) -> Label:
    told = [Value(one, unit) for one in figures[:_TOLD]]
    more = " + ……" if len(figures) > _TOLD else ""
    zh = " + ".join(one.text("zh") for one in told) + more
    en = " + ".join(one.text("en") for one in told) + more
    if not told:
        return Label("没有下属的数", "nobody below has a figure")
    return Label(f"下属 {len(figures)} 人：{zh}", f"{len(figures)} below: {en}")


def _last(asked: Asked) -> Reasoned:
    world, name = _world(asked), _name(asked, 0)
    periods = _count(asked, 1, 1, _FURTHEST) if len(asked.contents) > 1 else 1
    found = world.earlier(name, periods)
    content = None if found is None else _content(found, asked.units[0], 0)
    missing = Label(f"{periods} 期前没有这一项", f"none {periods} periods before")
    there = Label(f"{periods} 期前的数", f"the figure {periods} periods before")
    return Reasoned(content, lambda: missing if content is None else there)


def _working_days(asked: Asked) -> Reasoned:
    world = _world(asked)
    days = asked.contents or (world.first, world.last)
    first, last = cast("tuple[date, date]", days)
    if (last - first).days > _LONGEST_STRETCH:
        problem = Label("起止相隔超过十年", "These days are more than ten years apart")
        raise Misuse(1, problem, Label("请检查这两个日期", "Check both days"))
    # From a day to one before it there are none.
    count = world.working_days(first, last) if first <= last else 0
    words = Label(f"{first} 至 {last}", f"{first} to {last}")
    return Reasoned(Decimal(count), lambda: words)


def _world(asked: Asked) -> World:
    """Return the world; that there is one was seen to before."""
    if asked.world is None:
        raise ValueError("a function over others was asked without a world")
    return asked.world


def _name(asked: Asked, index: int) -> str:
    return cast("str", asked.contents[index])


def _figures(world: World, name: str, unit: Unit, index: int) -> dict[int, Decimal]:
    """Return the figures of the group; empty ones are no figures."""
    found = (
        (one, _figure(value, unit, index)) for one, value in world.group(name).items()
    )
    return {one: figure for one, figure in found if figure is not None}


def _figure(value: Value, unit: Unit, index: int) -> Decimal | None:
    return cast("Decimal | None", _content(value, unit, index))


def _content(value: Value, unit: Unit, index: int) -> Content:
    """Return another's figure; one of another unit cannot stand in for it."""
    alike = value.unit == unit or (value.unit == ZERO and unit.is_quantity)
    if value.content is not None and not alike:
        raise Misuse(index, *differs(value.unit, unit))
    return value.content


def _sum(figures: Iterable[Decimal], index: int) -> Decimal:
    total = _NOTHING
    for figure in figures:
        total = EXACT.add(total, figure)
    if abs(total) > LARGEST:
        raise Misuse(index, Label("合计超出 10 的 15 次方", "The sum is beyond 10^15"))
    return total


def _count(asked: Asked, index: int, least: int, most: int) -> int:
    """Return an argument that counts something; Misuse for anything else."""
    given = cast("Decimal", asked.contents[index])
    count = whole(given)
    if count is None or not least <= count <= most:
        raise Misuse(
            index,
            Label(
                f"这里是 {given}，应是 {least} 到 {most} 的整数",
                f"Found {given}, expected a whole number from {least} to {most}",
            ),
        )
    return count


GROUP_FUNCTIONS = (
    Function(
        ("rank_award", "名次奖"),
        Label(
            "rank_award(名称, [第一名, 第二名, ...], '平分'或'同奖')",
            "rank_award(name, [first, second, ...], 'split' or 'same')",
        ),
        2,
        3,
        _unit_of_award,
        reason=_rank_award,
        needs_world=True,
        borrows=0,
        chosen=2,
        words=_TIES,
    ),
    Function(
        ("share", "分摊"),
        Label("share(总额, 权重的名称)", "share(pool, name of the weight)"),
        2,
        2,
        _unit_of_share,
        reason=_share,
        needs_world=True,
        borrows=1,
    ),
    Function(
        ("total", "合计"),
        Label("total(名称)", "total(name)"),
        1,
        1,
        _unit_of_total,
        reason=_total,
        needs_world=True,
        borrows=0,
    ),
    Function(
        ("subordinates", "下属合计"),
        Label("subordinates(名称, 层数)", "subordinates(name, levels)"),
        1,
        2,
        _unit_of_subordinates,
        reason=_subordinates,
        needs_world=True,
        borrows=0,
    ),
    Function(
        ("last", "上期"),
        Label("last(名称, 期数)", "last(name, periods)"),
        1,
        2,
        _unit_of_last,
        reason=_last,
        needs_world=True,
        borrows=0,
    ),
    Function(
        ("working_days", "工作日"),
        Label("working_days() 或 working_days(起, 止)", "working_days(first, last)"),
        0,
        2,
        _unit_of_working_days,
        reason=_working_days,
        needs_world=True,
    ),
)
