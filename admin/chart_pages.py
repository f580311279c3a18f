"""数据看板: charts over registers and promises, each with its table beside it.

Nobody's chart counts a row that they may not list; what it counts is one click away.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from admin import chart_pictures, exporting, visit
from admin.chart_sheets import Cell, Sheet, sheet_of
from admin.list_page import desk
from admin.sheet_writing import (
    XLSX_TYPE,
    SheetColumn,
    Wording,
    blocks,
    content_disposition,
    xlsx_chunks,
)
from models import board_layouts, chart_figures, charts
from models.access import Action
from models.board_layouts import Place
from models.charts import Chart
from models.rules.periods import (
    Period,
    PeriodError,
    PeriodKind,
    next_period,
    parse_period,
    period_at,
    previous_period,
)

blueprint = Blueprint("charts", __name__, url_prefix="/charts")
UP, DOWN = "up", "down"


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the rows are those that the person may list."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the board as the person has laid it out."""
    month, seen = _month(), _seen()
    shown = [one for one in _places(seen) if one.shown]
    return render_template(
        "desk/charts.html",
        page_title=visit.t("数据看板", "Charts"),
        month=_month_bar(month),
        cards=[_card(seen[one.code], one, month) for one in shown],
        has_charts=bool(seen),
        layout_url=url_for(".layout"),
    )


@blueprint.route("/layout", methods=["GET", "POST"])
def layout() -> ResponseReturnValue:
    """Choose which charts stand where, and how wide."""
    seen = _seen()
    places = _places(seen)
    if request.method == "GET":
        return render_template(
            "desk/charts_layout.html",
            page_title=visit.t("调整看板", "Arrange the charts"),
            places=[
                {
                    "code": one.code,
                    "label": seen[one.code].label.text(visit.language()),
                    "is_wide": one.width > 1,
                    "shown": one.shown,
                }
                for one in places
            ],
            board_url=url_for(".index"),
        )
    done = request.form.get("do", "")
    wanted = None if done == "reset" else _moved(_read(places), done)
    with visit.house().database.write() as session:
        account = visit.person().account_id or 0
        board_layouts.keep(session, account, board_layouts.CHARTS, wanted)
    if done.partition(" ")[0] in (UP, DOWN):
        return redirect(url_for(".layout"))
    flash(visit.t("看板已保存。", "The board is saved."), "success")
    return redirect(url_for(".index"))


@blueprint.get("/<code>.xlsx")
def export(code: str) -> ResponseReturnValue:
    """Send a chart's table as a file, with what the person may export; log it."""
    chart = _seen().get(code)
    if chart is None or not _may_export(chart):
        abort(404)
    month = _month()
    sheet = sheet_of(chart, month, Action.EXPORT)
    title = f"{chart.label.text(visit.language())} {month.text}"
    with visit.house().database.write() as session:
        detail = f"{len(sheet.lines)} rows; chart {code} {month.text}"
        exporting.log(
            session, desk(), chart.register or "", detail, request.remote_addr
        )
    columns = [SheetColumn(sheet.head)]
    for one in sheet.columns:
        label = f"{one.label} %" if one.is_share else one.label
        columns.append(SheetColumn(label, one.type, one.places))
    # “合计” would be taken for the end of a table by whatever reads the file.
    everything = visit.t("全部", "All")
    named = [*zip(sheet.labels, sheet.lines, strict=True), (everything, sheet.total)]
    rows = [(label, *_filed(sheet, line)) for label, line in named]
    wording = Wording.of(visit.zone(), visit.language())
    return Response(
        xlsx_chunks(columns, blocks(rows, columns), wording, title=title[:31]),
        mimetype=XLSX_TYPE,
        headers={"Content-Disposition": content_disposition(f"{title}.xlsx")},
    )


def _filed(sheet: Sheet, line: Sequence[Cell]) -> list[Decimal | int | None]:
    found: list[Decimal | int | None] = []
    for column, cell in zip(sheet.columns, line, strict=True):
        value = None if cell.value is None else column.rounded(cell.value)
        found.append(value if value is None or column.places else int(value))
    return found


def _may_export(chart: Chart) -> bool:
    if chart.register is None:
        return any(Action.EXPORT in one.actions for one in visit.person().grants)
    return visit.person().may(chart.register, Action.EXPORT)


def _seen() -> dict[str, Chart]:
    """Return the charts that tell the person nothing they may not read."""
    person = visit.person()
    return {
        one.code: one
        for one in charts.every(visit.session())
        if not chart_figures.hidden_from(person, one)
    }


def _places(seen: dict[str, Chart]) -> list[Place]:
    account = visit.person().account_id or 0
    codes = list(seen)
    return board_layouts.places(visit.session(), account, board_layouts.CHARTS, codes)


def _read(places: Sequence[Place]) -> list[Place]:
    """Return the places as the form has them; their order is changed by buttons."""
    shown, wide = request.form.getlist("shown"), request.form.getlist("wide")
    return [
        Place(one.code, 2 if one.code in wide else 1, one.code in shown)
        for one in places
    ]


def _moved(places: list[Place], done: str) -> list[Place]:
    """Return the places with one moved by one; `done` is such as "up calls"."""
    way, _, code = done.partition(" ")
    at = next((at for at, one in enumerate(places) if one.code == code), None)
    if way in (UP, DOWN) and at is not None:
        to = at - 1 if way == UP else at + 1
        if 0 <= to < len(places):
            places[at], places[to] = places[to], replace(places[at])
    return places


def _card(chart: Chart, place: Place, month: Period) -> dict[str, Any]:
    sheet = sheet_of(chart, month)
    return {
        "code": chart.code,
        "title": chart.label.text(visit.language()),
        "span": _span(chart, month),
        "is_wide": place.width > 1,
        "picture": None if sheet.is_empty else chart_pictures.picture(sheet),
        "head": sheet.head,
        "heads": [_head(one.label, is_share=one.is_share) for one in sheet.columns],
        "rows": [
            {"label": label, "cells": _cells(sheet, line)}
            for label, line in zip(sheet.labels, sheet.lines, strict=True)
        ],
        "total": {"label": _whole(), "cells": _cells(sheet, sheet.total)},
        "export_url": url_for(".export", code=chart.code, month=month.text)
        if _may_export(chart)
        else None,
    }


def _head(label: str, *, is_share: bool) -> str:
    return f"{label} %" if is_share and "%" not in label else label


def _cells(sheet: Sheet, line: Sequence[Cell]) -> list[dict[str, str | None]]:
    """Return figures as texts; nothing is behind a figure of nothing."""
    return [
        {
            "text": "—" if cell.value is None else f"{column.rounded(cell.value):,f}",
            "url": cell.url if cell.value else None,
        }
        for column, cell in zip(sheet.columns, line, strict=True)
    ]


def _whole() -> str:
    return visit.t("合计", "Total")


def _span(chart: Chart, month: Period) -> str:
    span = chart_figures.span_of(chart, month)
    if chart.months == 1:
        return month.label.text(visit.language())
    return f"{span.first:%Y-%m} – {span.last:%Y-%m}"


def _month() -> Period:
    """Return the month asked for; today's where none is, or it is no month."""
    now = period_at(PeriodKind.MONTH, visit.now(), visit.zone())
    try:
        found = parse_period(request.args.get("month", "") or now.text)
    except PeriodError:
        return now
    return found if found.kind is PeriodKind.MONTH else now


def _month_bar(month: Period) -> dict[str, str]:
    return {
        "text": month.text,
        "label": month.label.text(visit.language()),
        "before_url": url_for(".index", month=previous_period(month).text),
        "after_url": url_for(".index", month=next_period(month).text),
    }
