"""异议: an owner's objection to a slip, and the message that slips are out."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import entry_lines, visit
from admin.pay_parts import find, gate, may_open, sees_runs
from models import catalogue, pay_objections, pay_reading, pay_telling, payroll
from models.access import Action
from models.pay_tables import PayRun, PaySlip
from models.rules.pay_run import RunState
from models.words import PersonError

blueprint = Blueprint("pay_objections", __name__, url_prefix="/slips")
blueprint.before_request(gate)
LONGEST_REASON = 2_000
OUT = (RunState.LOCKED, RunState.PAID)
TELLERS = frozenset({"pay.lock", "pay.pay"})  # whoever may close a run tells of it


@blueprint.post("/<period>/<int:staff_id>/object/")
def make(period: str, staff_id: int) -> ResponseReturnValue:
    """Write an objection down, and lead to its entry."""
    found = find(period)
    back = url_for("slips.slip", period=found.period, staff_id=staff_id)
    code = request.form.get("line", "")
    reason = request.form.get("reason", "")[:LONGEST_REASON]
    try:
        with visit.house().database.write() as session:
            slip = pay_reading.slip_of(session, visit.person(), found, staff_id)
            may_open(found, staff_id)
            entry = pay_objections.make(
                session, found, slip, code, reason, visit.writer()
            )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(back)
    flash(
        visit.t("异议已提出，处理结果会显示在这里。", "Raised; the answer comes here."),
        "success",
    )
    return redirect(
        url_for("register.details_view", register=pay_objections.REGISTER, id=entry)
    )


@blueprint.post("/<period>/tell/")
def tell(period: str) -> ResponseReturnValue:
    """Tell everybody that their slip is out, by a link."""
    if not sees_runs() or not may_tell():
        abort(403)
    found = find(period)
    try:
        with visit.house().database.write() as session:
            many = pay_telling.tell(session, found, visit.writer())
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    else:
        said = visit.t(
            f"已通知 {many} 人；消息里只有链接，没有金额。",
            f"{many} people are told; the message has a link and no figures.",
        )
        flash(said, "success")
    return redirect(url_for("pay.run", period=found.period))


def may_tell() -> bool:
    """Whether the person may tell people that slips are out."""
    return not TELLERS.isdisjoint(payroll.rights_of(visit.person()))


def is_out(run: PayRun) -> bool:
    """Whether owners may see their slips by now."""
    return RunState(run.state) in OUT


def context(run: PayRun, slip: PaySlip) -> dict[str, Any]:
    """Return what the page of a slip shows of objections; see pay/slip.html."""
    person = visit.person()
    own = slip.staff_id == person.staff_id and person.watched_by is None
    may = own and is_out(run) and person.may(pay_objections.REGISTER, Action.CREATE)
    url = url_for("pay_objections.make", period=run.period, staff_id=slip.staff_id)
    rows = pay_objections.of_slip(visit.session(), person, run, slip)
    return {
        "object_url": url if may else None,
        "objections": [_shown(row) for row in rows],
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    declared = catalogue.current()[pay_objections.REGISTER]
    state = declared.field("status")
    return {
        "number": row["number"] or f"#{row['id']}",
        "line": row["line"] or visit.t("整张工资条", "the whole slip"),
        "reason": row["reason"],
        "answer": row["answer"],
        "state": entry_lines.pill(state, row["status"], visit.language()),
        "url": url_for("register.details_view", register=declared.code, id=row["id"]),
    }
