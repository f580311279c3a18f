"""A pay run's files and its comparison with the month before."""

from typing import Any

from flask import Blueprint, Response, abort, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from admin import exporting, pay_looking, pay_sheets, visit
from admin.pay_parts import exports_runs, find, gate, sees_runs, yuan
from admin.sheet_writing import Wording, content_disposition
from models import pay_comparison, pay_reading, pay_sheet
from models.access import Action
from models.pay_comparison import Changed, Difference
from models.pay_tables import PayRun
from models.rules.periods import parse_period

blueprint = Blueprint("pay_files", __name__, url_prefix="/pay")
blueprint.before_request(gate)


@blueprint.get("/<period>/export/<export_type>/")
def export(period: str, export_type: str) -> ResponseReturnValue:
    """Send the sheet for the accountant, and write down that it was sent."""
    found = _exportable(period, export_type)
    session = visit.session()
    slips = pay_reading.slips(session, visit.person(), found, Action.EXPORT)
    if export_type == "csv":
        data = pay_sheet.sheet(session, slips).encode("utf-8-sig")
    else:
        data = pay_sheets.month(session, slips, *_words())
    pay_looking.at_file(found, len(slips), "pay sheet", export_type)
    return _file(data, visit.t("绩效汇总", "pay"), found, export_type)


@blueprint.get("/<period>/compare/export/")
def export_comparison(period: str) -> ResponseReturnValue:
    """Send the comparison with the period before as a workbook."""
    found = _exportable(period, "xlsx")
    differences = _differences(found, Action.EXPORT)
    data = pay_sheets.comparison(visit.session(), differences, *_words())
    pay_looking.at_file(found, len(differences), "pay comparison", "xlsx")
    return _file(data, visit.t("绩效对比", "pay-compared"), found, "xlsx")


def _exportable(period: str, kind: str) -> PayRun:
    if not exports_runs():
        abort(403)
    if kind not in exporting.TYPES:
        abort(404)
    return find(period)


def _words() -> tuple[Wording, str]:
    language = visit.language()
    return Wording.of(visit.zone(), language), language


def _file(data: bytes, name: str, run: PayRun, kind: str) -> Response:
    disposition = content_disposition(f"{name}-{run.period}.{kind}")
    headers = {"Content-Disposition": disposition}
    return Response(data, mimetype=exporting.TYPES[kind], headers=headers)


@blueprint.get("/<period>/compare/")
def compare(period: str) -> ResponseReturnValue:
    """Show who gets more or less than in the period before, line by line."""
    if not sees_runs():
        abort(403)
    found = find(period)
    before = pay_comparison.run_before(visit.session(), found)
    differences = _differences(found)
    pay_looking.at_sheet(
        found, pay_reading.slips(visit.session(), visit.person(), found), "compare "
    )
    label = _label(found)
    return render(
        "pay/compared.html",
        page_title=visit.t(f"{label} 与上期对比", f"{label} beside the period before"),
        crumbs=[
            {
                "label": visit.t(f"{label} 绩效核算", f"Pay run of {label}"),
                "url": url_for("pay.run", period=found.period),
            }
        ],
        text=_label(before) if before else "",
        people=[person_shown(one) for one in differences],
        total=changed_shown(in_all(differences)),
        export_url=url_for(".export_comparison", period=found.period)
        if exports_runs() and before
        else None,
    )


def _label(run: PayRun) -> str:
    return parse_period(run.period).label.text(visit.language())


def _differences(run: PayRun, action: Action = Action.LIST) -> list[Difference]:
    session, person = visit.session(), visit.person()
    before = pay_comparison.run_before(session, run)
    if before is None:
        return []
    was, now = (
        pay_comparison.kept(pay_reading.slips(session, person, one, action))
        for one in (before, run)
    )
    return pay_comparison.compare(was, now)


def in_all(found: list[Difference]) -> Changed:
    """Return what all who differ get together, before and after."""
    sums = (
        sum((it for it in some if it is not None), pay_comparison.ZERO)
        for some in zip(
            *((one.total.before, one.total.after) for one in found), strict=True
        )
    )
    before, after = sums if found else (pay_comparison.ZERO, pay_comparison.ZERO)
    return Changed(pay_sheet.SUM, before, after)


def person_shown(one: Difference) -> dict[str, Any]:
    """Return a person's changes as pay/changes.html shows them."""
    return {
        "number": one.who.number,
        "name": one.who.name,
        "total": changed_shown(one.total),
        "lines": [changed_shown(line) for line in one.lines],
    }


def changed_shown(one: Changed) -> dict[str, Any]:
    """Return a line before and after, its change with a sign."""
    change = one.change
    return {
        "label": one.label.text(visit.language()),
        "before": yuan(one.before) or "–",
        "after": yuan(one.after) or "–",
        "change": f"{change:+,.2f}" if change else "0.00",
        "tone": "ok" if change > 0 else "late" if change < 0 else None,
    }
