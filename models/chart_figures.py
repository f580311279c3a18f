"""What a chart comes to: one statement over the rows that somebody may list.

Sums are taken by the database in whole steps; dividing is Python's, so that both
databases agree to the last digit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func
from sqlalchemy.orm import Session

from models import access, catalogue, unread_names
from models.access import Action, Person, marked
from models.chart_axes import Axis, axis_of
from models.charts import Chart, Figure
from models.measures import condition_of
from models.register import INSTANT, Declaration
from models.rules.formula_units import EXACT
from models.rules.periods import DateRange, months_later

Cell = tuple[Any, Any, int]
"""A key of the axis, one of the series (None without), the place of a figure."""
_TWO = 2  # sums of each figure: its total, and what that may be divided by


@dataclass(frozen=True, slots=True)
class Sums:
    """What some rows come to, before it is divided."""

    total: Decimal = Decimal(0)
    count: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Return the sums of both."""
        total = EXACT.add(self.total, other.total)
        return Sums(total, self.count + other.count)


@dataclass(frozen=True, slots=True)
class Taken:
    """A chart's figures in some months.

    `previous` has those of the month before, under the days of this one: by a day's
    place in its month.
    """

    chart: Chart
    span: DateRange
    axis: Axis
    series: Axis | None
    cells: Mapping[Cell, Sums]
    previous: Mapping[int, Sums]

    def value(
        self, place: int, keys: Iterable[Any], series: Iterable[Any]
    ) -> Decimal | None:
        """Return a figure over some keys of the axis and of the series together.

        None: a mean or a share of nothing.
        """
        wanted = list(series)
        added = Sums()
        for key in keys:
            for other in wanted:
                added = added.plus(self.cells.get((key, other, place), Sums()))
        return figure_of(self.chart.taken[place], added)

    def keys(self) -> set[Any]:
        """Return the keys of the axis at which there are rows."""
        return {key for key, _, _ in self.cells}

    def series_keys(self) -> set[Any]:
        """Return the keys of the series that there are rows of."""
        return {other for _, other, _ in self.cells}


def hidden_from(person: Person, chart: Chart) -> bool:
    """Whether a chart would tell somebody what they may not read.

    A chart of promises is for everybody: it counts the clocks that one may see.
    """
    if chart.register is None:
        return False
    known = catalogue.current()
    if chart.register not in known or not person.may(chart.register, Action.LIST):
        return True
    declared = known[chart.register]
    axes = (text.partition(".")[0] for text in (chart.axis, chart.series) if text)
    names = [*axes, chart.date_field, *(one.field for one in chart.taken)]
    conditions = [chart.condition]
    for one in chart.taken:
        conditions += [one.condition, one.share_of]
    return unread_names.unread(person, declared, conditions, names) is not None


def span_of(chart: Chart, month: DateRange) -> DateRange:
    """Return the months that a chart is about when it is looked at for one."""
    return DateRange(months_later(month.first, 1 - chart.months), month.end)


def take(
    session: Session,
    chart: Chart,
    month: DateRange,
    zone: ZoneInfo,
    viewer: Person,
    action: Action = Action.LIST,
) -> Taken:
    """Return what a chart of rows comes to.

    Args:
        session: Any session.
        chart: One that counts rows, not promises.
        month: The last of the months that are looked at.
        zone: Whose days and hours count.
        viewer: Only the rows count on which this person may do `action`.
        action: What the figures are wanted for.
    """
    span = span_of(chart, month)
    whole = span
    if chart.previous:
        whole = DateRange(months_later(span.first, -1), span.end)
    declared, table = _of(chart)
    axis = axis_of(declared, chart.axis or "", whole, zone)
    series = axis_of(declared, chart.series, whole, zone) if chart.series else None
    groups = [axis.column(table).label("key")]
    if series is not None:
        groups.append(series.column(table).label("other"))
    sums = [it for one in chart.taken for it in _sums(one, declared, table)]
    rows = _rows(chart, whole, zone, viewer, action)
    query = rows.with_only_columns(*groups, *sums, maintain_column_froms=True)
    cells: dict[Cell, Sums] = {}
    previous: dict[int, Sums] = {}
    for row in session.execute(query.group_by(*groups)).all():
        key = axis.key(row[0])
        other = series.key(row[1]) if series is not None else None
        for place in range(len(chart.taken)):
            at = len(groups) + place * _TWO
            found = Sums(_number(row[at]), int(row[at + 1] or 0))
            if chart.previous and key is not None and key < span.first:
                if place == 0:
                    day = (key - whole.first).days
                    previous[day] = previous.get(day, Sums()).plus(found)
                continue
            cell = (key, other, place)
            cells[cell] = cells.get(cell, Sums()).plus(found)
    return Taken(chart, span, axis, series, cells, previous)


def ids_behind(
    chart: Chart,
    month: DateRange,
    zone: ZoneInfo,
    viewer: Person,
    place: int,
    asked: Mapping[str, str],
) -> Select[Any]:
    """Return the select of the ids of the rows that a figure counts.

    Args:
        chart: One that counts rows.
        month: The last of its months.
        zone: As for `take`.
        viewer: Whose rows.
        place: Which of its figures.
        asked: The keys under "axis" and "series" as an address has them; a key that
            is not said counts all.

    Raises:
        ValueError: A key that cannot be read.
    """
    span = span_of(chart, month)
    declared, table = _of(chart)
    query = _rows(chart, span, zone, viewer, Action.LIST)
    one = chart.taken[place]
    for text in (one.condition, one.share_of):
        condition = condition_of(declared, table, text)
        if condition is not None:
            query = query.where(condition)
    for name, said in (("axis", chart.axis), ("series", chart.series)):
        if name in asked and said:
            axis = axis_of(declared, said, span, zone)
            query = query.where(axis.only(table, axis.read(asked[name])))
    ids = query.with_only_columns(table.c.id, maintain_column_froms=True)
    return ids.correlate(None)


def figure_of(one: Figure, sums: Sums) -> Decimal | None:
    """Return a figure exactly; shares are per cent, None is a part of nothing."""
    if one.adds_up:
        return sums.total
    if not sums.count:
        return None
    total = sums.total
    if one.aggregate == "share":
        total = EXACT.multiply(total, Decimal(100))
    return EXACT.divide(total, Decimal(sums.count))


def _of(chart: Chart) -> tuple[Declaration, FromClause]:
    known = catalogue.current()
    code = chart.register or ""
    return known[code], known.table(code)


def _rows(
    chart: Chart, span: DateRange, zone: ZoneInfo, viewer: Person, action: Action
) -> Select[Any]:
    declared, table = _of(chart)
    day = declared.field(chart.date_field or "")
    column = table.c[day.column or ""]
    first, after = (
        span.instants(zone) if day.type is INSTANT else (span.first, span.end)
    )
    query = access.visible(viewer, declared.code, action)
    query = query.where(column >= first, column < after)
    condition = condition_of(declared, table, chart.condition)
    if condition is not None:
        query = query.where(condition)
    return marked(query, declared.code)


def _sums(
    one: Figure, declared: Declaration, table: FromClause
) -> list[ColumnElement[Any]]:
    """Return two columns: what is added up, and what that may be divided by."""
    condition = condition_of(declared, table, one.condition)
    if one.aggregate in ("count", "share"):
        held = _counted(condition)
        if one.aggregate == "count":
            return [held, held]
        met = condition_of(declared, table, one.share_of)
        both = met if condition is None or met is None else and_(condition, met)
        return [_counted(both), held]
    column = table.c[declared.field(one.field or "").column or ""]
    counted: ColumnElement[Any] = column
    if condition is not None:
        counted = case((condition, column), else_=None)
    return [func.sum(counted), func.count(counted)]


def _counted(condition: ColumnElement[bool] | None) -> ColumnElement[Any]:
    if condition is None:
        return func.count()
    return func.sum(case((condition, 1), else_=0))


def _number(raw: Any) -> Decimal:
    """Return a total; a length of time is told in hours."""
    if isinstance(raw, timedelta):
        return Decimal(raw // timedelta(seconds=1)) / Decimal(3600)
    return Decimal(raw or 0)
