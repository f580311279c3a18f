"""Slips on paper: one person's, or everybody's of a run, each a sheet of A4."""

from typing import Any

from flask import Blueprint, abort, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from admin import pay_looking, visit
from admin.column_converters import show_instant
from admin.pay_parts import find, gate, may_open, sees_runs, yuan
from admin.pay_words import shorter
from models import pay_reading, references
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules.pay import LineKind
from models.rules.periods import parse_period

blueprint = Blueprint("pay_print", __name__, url_prefix="/slips")
blueprint.before_request(gate)


@blueprint.get("/<period>/<int:staff_id>/print/")
def one(period: str, staff_id: int) -> ResponseReturnValue:
    """Show one slip as it is printed."""
    found = find(period)
    slip = pay_reading.slip_of(visit.session(), visit.person(), found, staff_id)
    may_open(found, staff_id)
    back = url_for("slips.slip", period=found.period, staff_id=staff_id)
    return _page(found, [slip], back)


@blueprint.get("/<period>/print/")
def every(period: str) -> ResponseReturnValue:
    """Show all slips of a run that the person may read, a sheet each."""
    if not sees_runs():
        abort(403)
    found = find(period)
    slips = pay_reading.slips(visit.session(), visit.person(), found)
    return _page(found, slips, url_for("pay.run", period=found.period))


def _page(run: PayRun, slips: list[PaySlip], back: str) -> str:
    pay_looking.at_slips(run, slips)
    month = parse_period(run.period).label.text(visit.language())
    departments = references.labels(
        visit.session(),
        "department",
        {slip.department_id for slip in slips if slip.department_id},
    )
    return render(
        "pay/print.html",
        page_title=visit.t(f"{month} 绩效工资条", f"Slips of {month}"),
        company=visit.company(),
        month=month,
        back_url=back,
        slips=[_paper(slip, departments) for slip in slips],
        printed_at=show_instant(visit.now(), visit.zone()),
        by=visit.oneself().name,
        signatures=[
            visit.t("制表", "Made"),
            visit.t("审核", "Reviewed"),
            visit.t("审批", "Approved"),
            visit.t("本人签字", "Signed"),
        ],
    )


def _paper(slip: PaySlip, departments: dict[int, str]) -> dict[str, Any]:
    return {
        "number": slip.staff_number,
        "name": slip.name,
        "department": departments.get(slip.department_id or 0, ""),
        "post": slip.post,
        "lines": [_line(item) for item in slip.items],
        "earnings": yuan(slip.earnings) or "–",
        "deductions": yuan(slip.deductions) or "–",
        "total": yuan(slip.total) or visit.t("有错", "error"),
    }


def _line(item: PayItemRow) -> dict[str, str]:
    """Return a line of the paper: its figure stands where it counts."""
    language = visit.language()
    result = shorter(item.shown_zh if language == "zh" else item.shown_en)
    amount = yuan(item.amount) if item.amount is not None else result
    wrong = visit.t(item.error_zh or "", item.error_en or "")
    places = {
        LineKind.INFORMATION.value: "shown",
        LineKind.EARNING.value: "plus",
        LineKind.DEDUCTION.value: "minus",
    }
    figures = {"shown": "", "plus": "", "minus": ""}
    figures[places[item.kind]] = "" if wrong else amount
    return {"label": item.label.text(language), "wrong": wrong, **figures}
