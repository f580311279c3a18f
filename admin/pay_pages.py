"""绩效核算: the runs of pay, what is missing, and their signatures."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import pay_looking, visit
from admin.column_converters import show_instant
from admin.pay_checklist import checklist
from admin.pay_parts import exports_runs, find, gate, sees_runs, state_pill, yuan
from models import pay_reading, payroll
from models.pay_tables import PayRun, PayScheme, PaySignature, PaySlip
from models.rules import pay_run
from models.rules.pay import LineKind
from models.rules.pay_run import RunState
from models.rules.periods import PeriodKind, parse_period, period_at, previous_period
from models.words import PersonError

blueprint = Blueprint("pay", __name__, url_prefix="/pay")
blueprint.before_request(gate)
MONTHS_OFFERED = 6
OPEN_STATES = frozenset(RunState) - {RunState.LOCKED, RunState.PAID}
ICONS = {
    "calculate": "calculator",
    "review": "checklist",
    "send_back": "arrow-back-up",
    "approve": "check",
    "lock": "lock",
    "unlock": "lock-open",
    "pay": "cash",
}


@blueprint.route("/")
def runs() -> ResponseReturnValue:
    """Show the runs to those who see more than their own slip."""
    if not sees_runs():
        return redirect(url_for("slips.slips"))
    session = visit.session()
    found = list(session.scalars(select(PayRun).order_by(PayRun.period.desc())))
    return render(
        "pay/runs.html",
        page_title=visit.t("绩效核算", "Pay runs"),
        runs=[_run_line(run) for run in found],
        create=_create() if "pay.calculate" in _rights() else None,
        can_see_amounts=True,
    )


def _run_line(run: PayRun) -> dict[str, Any]:
    slips = pay_reading.slips(visit.session(), visit.person(), run)
    return {
        "label": parse_period(run.period).label.text(visit.language()),
        "url": url_for(".run", period=run.period),
        "scheme": "、".join(sorted({one.scheme for one in slips})),
        "state": state_pill(run),
        "people": str(len(slips)),
        "gross": yuan(_sum(slips, "earnings")),
        "deductions": yuan(_sum(slips, "deductions")),
        "net": yuan(_sum(slips, "total")),
        "note": visit.t(f"{run.errors} 项有错", f"{run.errors} errors")
        if run.errors
        else None,
    }


def _sum(slips: list[PaySlip], name: str) -> Decimal | None:
    amounts = [getattr(one, name) for one in slips]
    return None if None in amounts else sum(amounts, Decimal(0))


def _create() -> dict[str, Any]:
    month = period_at(PeriodKind.MONTH, visit.now(), visit.zone())
    months = [month]
    while len(months) < MONTHS_OFFERED:
        months.append(previous_period(months[-1]))
    return {
        "url": url_for(".calculate"),
        "months": [[one.text, one.label.text(visit.language())] for one in months[1:]]
        + [[month.text, month.label.text(visit.language())]],
        "schemes": [],
    }


def _rights() -> frozenset[str]:
    return payroll.rights_of(visit.person())


@blueprint.route("/calculate", methods=["POST"])
def calculate() -> ResponseReturnValue:
    """Reckon a month anew."""
    period = request.form.get("month", "")
    return _do(period, "calculate")


@blueprint.route("/<period>/<action>", methods=["POST"])
def move(period: str, action: str) -> ResponseReturnValue:
    """Sign a run: review, approve, lock, pay out, send back, unlock."""
    return _do(period, action)


def _do(period: str, action: str) -> ResponseReturnValue:
    if not sees_runs():
        abort(403)
    try:
        with visit.house().database.write() as session:
            if action == "calculate":
                run = payroll.calculate(session, period, visit.writer())
            else:
                run = payroll.sign(session, period, action, visit.writer())
            label = RunState(run.state).label.text(visit.language())
            text = run.period
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(request.referrer or url_for(".runs"))
    flash(visit.t(f"{text}：{label}。", f"{text}: {label}."), "success")
    return redirect(url_for(".run", period=text))


@blueprint.route("/<period>")
def run(period: str) -> ResponseReturnValue:
    """Show one run: where it stands, what is missing, everybody's figures."""
    if not sees_runs():
        return redirect(url_for("slips.slips"))
    found = find(period)
    slips = pay_reading.slips(visit.session(), visit.person(), found)
    pay_looking.at_sheet(found, slips)
    codes = _lines(slips)
    label = parse_period(found.period).label.text(visit.language())
    return render(
        "pay/run.html",
        page_title=visit.t(f"{label} 绩效核算", f"Pay run of {label}"),
        run={
            "label": label,
            "list_url": url_for(".runs"),
            "scheme": _schemes(slips),
            "period": found.period,
            "calculated": show_instant(found.calculated_at, visit.zone())
            if found.calculated_at
            else None,
        },
        states=_states(found),
        checklist=checklist(found.period)
        if RunState(found.state) in OPEN_STATES
        else [],
        checklist_note=None,
        actions=_actions(found),
        exports=_files(found),
        links=_links(found),
        figures=_figures(slips),
        errors=_errors(found, slips),
        lines=[{"code": code, "label": name} for code, name in codes.items()],
        people=[_person_line(found, one, list(codes)) for one in slips],
        totals=_totals(slips, list(codes)),
        differences=[],
        history=_history(found),
    )


def _files(run: PayRun) -> list[dict[str, str]]:
    if not exports_runs():
        return []
    names = {
        "xlsx": visit.t("绩效汇总表（XLSX）", "Sheet (XLSX)"),
        "csv": visit.t("绩效汇总表（CSV）", "Sheet (CSV)"),
    }
    return [
        {
            "label": label,
            "url": url_for("pay_files.export", period=run.period, export_type=kind),
            "icon": "file-spreadsheet",
        }
        for kind, label in names.items()
    ]


def _links(run: PayRun) -> list[dict[str, str]]:
    """Return the pages that show the run otherwise."""
    found = (
        ("pay_files.compare", "与上期对比", "Compare", "switch-horizontal"),
        ("pay_print.every", "打印工资条", "Print slips", "printer"),
    )
    return [
        {"label": visit.t(zh, en), "url": url_for(at, period=run.period), "icon": icon}
        for at, zh, en, icon in found
    ]


def _schemes(slips: list[PaySlip]) -> str:
    codes = {one.scheme for one in slips}
    found = visit.session().scalars(select(PayScheme).where(PayScheme.code.in_(codes)))
    return "、".join(sorted({one.label.text(visit.language()) for one in found}))


def _lines(slips: list[PaySlip]) -> dict[str, str]:
    """Return the money lines that stand on any slip, in their order."""
    return {
        item.code: item.label.text(visit.language())
        for slip in slips
        for item in slip.items
        if item.kind != LineKind.INFORMATION.value
    }


def _states(run: PayRun) -> list[dict[str, Any]]:
    order = list(RunState)
    now = order.index(RunState(run.state))
    signed = {
        one.target: one
        for one in visit.session().scalars(
            select(PaySignature).filter_by(run_id=run.id).order_by(PaySignature.id)
        )
    }
    return [
        {
            "label": state.label.text(visit.language()),
            "state": "done" if index < now else "now" if index == now else "todo",
            "by": signed[state.value].by_name
            if state.value in signed and index <= now
            else None,
            "at": signed[state.value]
            .at.astimezone(visit.zone())
            .strftime("%m-%d %H:%M")
            if state.value in signed and index <= now
            else None,
        }
        for index, state in enumerate(order)
    ]


def _actions(run: PayRun) -> list[dict[str, Any]]:
    moves = pay_run.possible(RunState(run.state), _rights())
    forward = [one for one in moves if one.action not in ("send_back", "unlock")]
    return [
        {
            "label": one.label.text(visit.language()),
            "url": url_for(".move", period=run.period, action=one.action),
            "icon": ICONS[one.action],
            "primary": bool(forward) and one is forward[-1],
            "confirm": visit.t(
                "关账后这个月的绩效不再重新核算，以后的变化计入下月。确认关账？",
                "A locked month is never reckoned again. Lock it?",
            )
            if one.action == "lock"
            else None,
            "danger": one.action in ("send_back", "unlock"),
            "disabled": visit.t("先解决有错的项目", "Mend the errors first")
            if run.errors and one.target is not RunState.CALCULATED
            else None,
        }
        for one in moves
    ]


def _figures(slips: list[PaySlip]) -> list[dict[str, Any]]:
    parts = (
        (visit.t("实发绩效合计", "Paid in all"), yuan(_sum(slips, "total")), "ok"),
        (visit.t("应发", "Earned"), yuan(_sum(slips, "earnings")), "plain"),
        (visit.t("绩效扣减", "Deducted"), yuan(_sum(slips, "deductions")), "plain"),
        (visit.t("人数", "People"), str(len(slips)), "plain"),
    )
    return [
        {"label": label, "value": value or "–", "tone": tone, "note": None}
        for label, value, tone in parts
    ]


def _errors(run: PayRun, slips: list[PaySlip]) -> list[dict[str, str]]:
    return [
        {
            "person": slip.name,
            "line": item.label.text(visit.language()),
            "message": visit.t(item.error_zh or "", item.error_en or ""),
            "url": url_for("slips.slip", period=run.period, staff_id=slip.staff_id),
        }
        for slip in slips
        for item in slip.items
        if item.error_zh
    ]


def _person_line(run: PayRun, slip: PaySlip, codes: list[str]) -> dict[str, Any]:
    by_code = {item.code: item for item in slip.items}
    values = [yuan(by_code[code].amount) if code in by_code else "" for code in codes]
    return {
        "number": slip.staff_number,
        "name": slip.name,
        "url": url_for("slips.slip", period=run.period, staff_id=slip.staff_id),
        "department": "",
        "post": slip.post,
        "values": values,
        "gross": yuan(slip.earnings),
        "deductions": yuan(slip.deductions),
        "net": yuan(slip.total) or visit.t("有错", "error"),
        "change": None,
        "change_tone": None,
        "note": None,
    }


def _totals(slips: list[PaySlip], codes: list[str]) -> dict[str, Any]:
    sums = dict.fromkeys(codes, Decimal(0))
    for slip in slips:
        for item in slip.items:
            if item.code in sums:
                sums[item.code] += item.amount or Decimal(0)
    return {
        "values": [yuan(sums[code]) for code in codes],
        "gross": yuan(_sum(slips, "earnings")),
        "deductions": yuan(_sum(slips, "deductions")),
        "net": yuan(_sum(slips, "total")),
    }


def _history(run: PayRun) -> list[dict[str, str]]:
    query = (
        select(PaySignature).filter_by(run_id=run.id).order_by(PaySignature.id.desc())
    )
    words = {one.action: one.label for one in pay_run.TRANSITIONS}
    return [
        {
            "by": one.by_name,
            "at": show_instant(one.at, visit.zone()),
            "text": words[one.action].text(visit.language()),
        }
        for one in visit.session().scalars(query)
    ]
