"""What keeps a chart from being drawn, found when a template is read."""

from collections.abc import Collection, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from models import catalogue
from models.chart_axes import axis_of
from models.charts import AGGREGATES, KINDS, LONGEST, Chart
from models.measure_checks import FIGURES, condition_problem
from models.register import CHOICE, DATE, INSTANT, Declaration
from models.rules.periods import DateRange
from models.words import Label

_NEED_FIELD = ("sum", "average")
_SOME = DateRange(date(2026, 1, 1), date(2026, 2, 1))  # axes are read for some days
_ADDING = ("pareto", "share", "funnel")  # kinds whose parts come to a whole


def wrong_keys(chart: Chart, targets: Collection[str]) -> Iterator[tuple[str, Label]]:
    """Yield what is wrong with a chart, each with the key it is about."""
    if chart.kind not in KINDS:
        yield "kind", Label(f"没有图形“{chart.kind}”。", f"No kind “{chart.kind}”.")
        return
    if not 1 <= chart.months <= LONGEST:
        yield (
            "months",
            Label(f"月数应在 1 到 {LONGEST} 之间。", f"Months are 1 to {LONGEST}."),
        )
    if chart.kind == "kept":
        yield from _wrong_targets(chart, targets)
        return
    known = catalogue.current()
    text = chart.register or ""
    if text not in known:
        yield "register", Label(f"没有台账“{text}”。", f"No register “{text}”.")
        return
    declared = known[text]
    yield from _wrong_axes(chart, declared)
    yield from _wrong_figures(chart, declared)


def _wrong_targets(
    chart: Chart, targets: Collection[str]
) -> Iterator[tuple[str, Label]]:
    if not chart.targets:
        yield "targets", Label("请写明哪些时限。", "Say which time limits.")
    for code in chart.targets:
        if code not in targets:
            yield "targets", Label(f"没有时限“{code}”。", f"No time limit “{code}”.")
    if chart.register or chart.axis or chart.series:
        yield (
            "register",
            Label(
                "及时率按时限和月份，不按台账。",
                "Shares kept go by time limits and months, not by a register.",
            ),
        )


def _wrong_axes(chart: Chart, declared: Declaration) -> Iterator[tuple[str, Label]]:
    name = chart.date_field or ""
    if not declared.has(name) or declared.field(name).type not in (DATE, INSTANT):
        yield "date_field", Label(f"“{name}”不是日期。", f"“{name}” is no date.")
    utc = ZoneInfo("UTC")
    for key, text in (("axis", chart.axis), ("series", chart.series)):
        if text is None:
            continue
        try:
            axis_of(declared, text, _SOME, utc)
        except ValueError:
            yield key, Label(f"不能按“{text}”分组。", f"Nothing goes by “{text}”.")
    if chart.axis is None:
        yield "axis", Label("请写明按什么分。", "Say what the chart goes by.")
        return
    if chart.kind == "heat" and chart.series is None:
        yield "series", Label("热力图要两个方向。", "A heat map needs a series too.")
    field, _, part = chart.axis.partition(".")
    is_choice = declared.has(field) and declared.field(field).type is CHOICE
    if chart.kind == "funnel" and not is_choice:
        yield "axis", Label("漏斗按环节分。", "A funnel goes by a choice of states.")
    by_days = part == "day" and chart.months == 1 and field == chart.date_field
    if chart.previous and not by_days:
        yield (
            "previous",
            Label(
                "和上月比，要按一个月里的日子分。",
                "The month before is drawn beside the days of one month.",
            ),
        )


def _wrong_figures(chart: Chart, declared: Declaration) -> Iterator[tuple[str, Label]]:
    texts = [("condition", chart.condition)]
    for one in chart.taken:
        texts += [("figures", one.condition), ("figures", one.share_of)]
        if one.aggregate not in AGGREGATES:
            yield "figures", Label(f"没有“{one.aggregate}”。", f"No “{one.aggregate}”.")
        if one.aggregate == "share" and not one.share_of:
            yield "figures", Label("占比要写明条件。", "A share needs its condition.")
        if one.aggregate in _NEED_FIELD:
            name = one.field or ""
            if not declared.has(name) or declared.field(name).type not in FIGURES:
                yield (
                    "figures",
                    Label(f"“{name}”不能相加。", f"“{name}” is nothing to add up."),
                )
    if chart.kind in _ADDING and not chart.taken[0].adds_up:
        yield (
            "figures",
            Label("这种图要能相加的数。", "This kind needs a figure that adds up."),
        )
    for key, text in texts:
        problem = condition_problem(declared, text)
        if problem is not None:
            yield key, problem
