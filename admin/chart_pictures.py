"""A chart's table as what the browser draws: numbers, names and addresses, no more.

static/js/charts.js turns it into a picture; the table beside it has the exact figures.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from admin import visit
from admin.chart_sheets import Cell, Sheet

Picture = dict[str, Any]
_HUNDRED = Decimal(100)


def picture(sheet: Sheet) -> Picture:
    """Return what is to be drawn."""
    kind = sheet.chart.kind
    if kind == "ranking" and sheet.has_rest:
        # All the others together would make everybody's bar a stroke.
        sheet = replace(sheet, labels=sheet.labels[:-1], lines=sheet.lines[:-1])
    made: Picture = {
        "title": sheet.chart.label.text(visit.language()),
        "labels": sheet.labels,
    }
    if kind == "heat":
        return made | _heat(sheet)
    if kind in ("share", "funnel"):
        return made | {"kind": kind, "parts": _parts(sheet)}
    series = [_series(sheet, place) for place in range(len(sheet.columns))]
    if sheet.previous:
        series.append(_line(visit.t("上月", "Month before"), sheet.previous))
    if kind == "pareto":
        series.append(
            _line(visit.t("累计占比", "Cumulative"), _piled(sheet), share=True)
        )
    mark = sheet.chart.mark
    return made | {
        "kind": "bars",
        "sideways": kind == "ranking",
        "series": series,
        "mark": mark,
    }


def _series(sheet: Sheet, place: int) -> dict[str, Any]:
    column, kind = sheet.columns[place], sheet.chart.kind
    is_bar = column.adds_up and kind != "trend"
    cells = [line[place] for line in sheet.lines]
    return {
        "name": column.label,
        "type": "bar" if is_bar else "line",
        "stack": column.group if is_bar and kind in ("stacked", "pareto") else None,
        "share": column.is_share,
        "dots": not is_bar and not sheet.by_days,
        "values": [_drawn(sheet, place, one) for one in cells],
        "urls": [one.url for one in cells],
    }


def _line(
    name: str, values: list[Decimal | None], *, share: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "stack": None,
        "share": share,
        "dashed": not share,
        "values": [None if one is None else float(round(one, 2)) for one in values],
        "urls": [],
    }


def _piled(sheet: Sheet) -> list[Decimal | None]:
    """Return the share of everything that stands up to each place, in per cent."""
    adding = [place for place, one in enumerate(sheet.columns) if one.adds_up]
    whole = sum((_sum(sheet.total, adding)), Decimal(0))
    piled, found = Decimal(0), []
    for line in sheet.lines:
        piled += sum(_sum(line, adding), Decimal(0))
        found.append(piled * _HUNDRED / whole if whole else None)
    return list(found)


def _sum(line: list[Cell], places: list[int]) -> list[Decimal]:
    return [line[place].value or Decimal(0) for place in places]


def _parts(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {"name": label, "value": _drawn(sheet, 0, line[0]), "url": line[0].url}
        for label, line in zip(sheet.labels, sheet.lines, strict=True)
    ]


def _heat(sheet: Sheet) -> Picture:
    return {
        "kind": "heat",
        "rows": [one.label for one in sheet.columns],
        "cells": [
            [x, y, _drawn(sheet, y, cell), cell.url]
            for x, line in enumerate(sheet.lines)
            for y, cell in enumerate(line)
        ],
    }


def _drawn(sheet: Sheet, place: int, cell: Cell) -> float | None:
    if cell.value is None:
        return None
    return float(sheet.columns[place].rounded(cell.value))
