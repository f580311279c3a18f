"""What a chart comes to as a table: its columns, its lines, the addresses behind.

The picture (chart_pictures.py) and the file are made from the same table.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from flask import url_for

from admin import board_lines, chart_keys, visit
from admin.chart_keys import Slot
from models import chart_figures, clock_board
from models.access import Action
from models.catalogue import current
from models.chart_figures import Taken
from models.charts import Chart, Figure
from models.clock_board import By, Kept, Narrowed
from models.register import DECIMAL, INTEGER, FieldType
from models.rules.periods import Period, months_later

BEHIND = "chart"
NOT_SAID = "~"
_PERCENT_PLACES, _MEAN_PLACES, _HOUR_PLACES = 1, 2, 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures."""

    label: str
    group: str  # what stands in one stack
    is_share: bool
    adds_up: bool
    places: int

    @property
    def type(self) -> FieldType:
        """How a file keeps its figures."""
        return DECIMAL if self.places else INTEGER

    def rounded(self, value: Decimal) -> Decimal:
        """Return a figure as it is shown, rounded half up."""
        return value.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure with the address of what is behind it; None: of nothing."""

    value: Decimal | None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chart as a table; the total is of each whole column."""

    chart: Chart
    head: str
    labels: list[str]
    columns: list[Column]
    lines: list[list[Cell]]
    total: list[Cell]
    previous: list[Decimal | None]  # the month before, place by place
    has_rest: bool = False  # the last line is of all that is not told by itself
    by_days: bool = False  # its lines follow each other in time

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be drawn."""
        return not any(cell.value for line in self.lines for cell in line)


def sheet_of(chart: Chart, month: Period, action: Action = Action.LIST) -> Sheet:
    """Return a chart's table as this request's person may have it."""
    if chart.kind == "kept":
        return _promises(chart, month, action)
    found = chart_figures.take(
        visit.session(), chart, month, visit.zone(), visit.person(), action
    )
    slots, others = chart_keys.along(found), chart_keys.across(found)
    columns: list[tuple[Column, int, Slot]] = []
    for place, one in enumerate(chart.taken):
        # A share of each part would be too many lines: it is told of the whole.
        some = others if one.adds_up else [_all_of(others)]
        columns += [(_column(found, one, each), place, each) for each in some]
    lines = [
        [
            Cell(
                found.value(place, slot.keys, other.keys),
                _address(found, month, place, slot, other),
            )
            for _, place, other in columns
        ]
        for slot in slots
    ]
    everything = _all_of(slots)
    total = [
        Cell(
            found.value(place, everything.keys, other.keys),
            _address(found, month, place, everything, other),
        )
        for _, place, other in columns
    ]
    return Sheet(
        chart,
        found.axis.field.label.text(visit.language()),
        [slot.label for slot in slots],
        [column for column, _, _ in columns],
        lines,
        total,
        _previous(found, slots),
        has_rest=bool(slots) and len(slots[-1].keys) > 1,
        by_days=found.axis.part is not None,
    )


def _previous(found: Taken, slots: list[Slot]) -> list[Decimal | None]:
    """Return the days of the month before; those it has more of are left out."""
    if not found.chart.previous:
        return []
    one = found.chart.taken[0]
    end = months_later(found.span.first, -1)
    days = (found.span.first - end).days
    none = chart_figures.Sums()
    return [
        chart_figures.figure_of(one, found.previous.get(place, none))
        if place < days
        else None
        for place in range(len(slots))
    ]


def _all_of(slots: list[Slot]) -> Slot:
    return Slot("", tuple(key for one in slots for key in one.keys), NOT_SAID)


def _column(found: Taken, one: Figure, other: Slot) -> Column:
    several = len(found.chart.taken) > 1
    own = one.label.text(visit.language())
    label = " ".join(filter(None, (other.label, own if several else "")))
    is_share = one.aggregate == "share"
    group = other.label if several else "all"
    places = _places(found.chart, one)
    return Column(label or own, group, is_share, one.adds_up, places)


def _places(chart: Chart, one: Figure) -> int:
    match one.aggregate:
        case "count":
            return 0
        case "share":
            return _PERCENT_PLACES
        case "average":
            return _MEAN_PLACES
    field = current()[chart.register or ""].field(one.field or "")
    match field.type:
        case FieldType.DECIMAL:
            return field.places
        case FieldType.INTEGER:
            return 0
    return _HOUR_PLACES


def _address(
    found: Taken, month: Period, place: int, slot: Slot, other: Slot
) -> str | None:
    chart = found.chart
    if slot.word is None or (found.series is not None and other.word is None):
        return None
    across = other.word if found.series is not None else None
    parts = (chart.code, month.text, str(place), slot.word, across or NOT_SAID)
    if across == "":
        parts = (*parts[:-1], "")
    return url_for(
        "register.index_view",
        register=chart.register,
        behind=".".join((BEHIND, *parts)),
    )


def _promises(chart: Chart, month: Period, action: Action) -> Sheet:
    """Return the shares of promises kept, a line for each month."""
    days = chart_figures.span_of(chart, month)
    found = clock_board.kept(
        visit.session(),
        visit.person(),
        Narrowed(days),
        visit.zone(),
        chart.targets,
        action,
    )
    codes = [one for one in chart.targets if any(key[0] == one for key in found)]
    names = board_lines.names(By.TARGET, list(codes))
    months = [months_later(days.first, index) for index in range(chart.months)]
    columns = [
        Column(names[code], code, is_share=True, adds_up=False, places=_PERCENT_PLACES)
        for code in codes
    ]
    lines = [
        [
            Cell(
                found.get((code, first), Kept()).share,
                _clocks(code, f"{first:%Y-%m}", f"{first:%Y-%m}"),
            )
            for code in codes
        ]
        for first in months
    ]
    span = f"{days.first:%Y-%m}", f"{days.last:%Y-%m}"
    total = []
    for code in codes:
        every = [found.get((code, first), Kept()) for first in months]
        whole = Kept(sum(it.kept for it in every), sum(it.broken for it in every))
        total.append(Cell(whole.share, _clocks(code, *span)))
    head = visit.t("月份", "Month")
    labels = [f"{first:%Y-%m}" for first in months]
    return Sheet(chart, head, labels, columns, lines, total, [], by_days=True)


def _clocks(target: str, first: str, last: str) -> str:
    asked = urlencode({"target": target, "from": first, "to": last})
    return f"{url_for('board.clocks')}?{asked}"
