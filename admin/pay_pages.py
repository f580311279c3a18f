"""绩效核算: the runs of pay, what is missing, and their signatures."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import (
    pay_looking,
    pay_objection_pages,
    pay_run_changes,
    pay_run_steps,
    visit,
)
from admin.column_converters import show_instant
from admin.pay_checklist import checklist, unmet
from admin.pay_parts import exports_runs, find, gate, sees_runs, state_pill, yuan
from admin.pay_run_steps import LONGEST_REMARK
from models import (
    catalogue,
    pay_comparison,
    pay_objections,
    pay_reading,
    pay_retention,
    pay_settings,
    payroll,
)
from models.access import Action
from models.pay_checks import Unmet
from models.pay_closing import closing_day
from models.pay_differences import signed
from models.pay_tables import PayRun, PayScheme, PaySlip
from models.rules.pay import LineKind
from models.rules.pay_run import SETTLED, RunState
from models.rules.periods import (
    Period,
    PeriodKind,
    parse_period,
    period_at,
    previous_period,
)
from models.words import PersonError

blueprint = Blueprint("pay", __name__, url_prefix="/pay")
blueprint.before_request(gate)
MONTHS_OFFERED = 6
QUARTERS_OFFERED = 2
DIFFERENCES = "differences"  # the column of what other periods' lines come to


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
        "scheme": _schemes(slips),
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
    months = _lately(PeriodKind.MONTH, MONTHS_OFFERED)
    quarters = _lately(PeriodKind.QUARTER, QUARTERS_OFFERED)
    # The last month that is over stands first: it is the one that is usually paid.
    offered = [*months[1:], months[0], *quarters]
    return {
        "url": url_for(".calculate"),
        "months": [[one.text, one.label.text(visit.language())] for one in offered],
        "schemes": [],
    }


def _lately(kind: PeriodKind, count: int) -> list[Period]:
    """Return so many periods, the present one first."""
    found = [period_at(kind, visit.now(), visit.zone())]
    while len(found) < count:
        found.append(previous_period(found[-1]))
    return found


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
                run = _sign(session, period, action)
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
    is_open = RunState(found.state) not in SETTLED
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
        states=pay_run_steps.states(found),
        checklist=checklist(found.period) if is_open else [],
        checklist_note=_closing(found) if is_open else None,
        actions=pay_run_steps.actions(found, _unmet(found)),
        exports=_files(found),
        links=_links(found),
        tell_url=url_for("pay_objections.tell", period=found.period)
        if pay_objection_pages.is_out(found) and pay_objection_pages.may_tell()
        else None,
        figures=_figures(slips),
        errors=_errors(found, slips),
        lines=[{"code": code, "label": name} for code, name in codes.items()],
        people=_people(found, slips, list(codes)),
        cleared=pay_retention.is_cleared(visit.session(), found),
        totals=_totals(slips, list(codes)),
        changes=pay_run_changes.changes(found, slips) if is_open else None,
        differences=pay_run_changes.differences(found, slips),
        kept=pay_run_changes.kept(found, slips),
        history=pay_run_steps.history(found),
    )


def _sign(session: Session, period: str, action: str) -> PayRun:
    writer, remark = visit.writer(), request.form.get("remark", "")[:LONGEST_REMARK]
    missing = (
        unmet(
            session, payroll.find_run(session, period).period, writer.zone, writer.now
        )
        if action == "lock"
        else []
    )
    return payroll.sign(session, period, action, writer, remark=remark, unmet=missing)


def _unmet(run: PayRun) -> list[Unmet]:
    """Return what is missing where the run could be locked next."""
    if RunState(run.state) is not RunState.APPROVED:
        return []
    return unmet(visit.session(), run.period, visit.zone(), visit.now())


def _closing(run: PayRun) -> str:
    on = closing_day(visit.session(), run, pay_settings.read(visit.session()))
    late = visit.now().astimezone(visit.zone()).date() > on
    passed = visit.t("（已过）", " (passed)") if late else ""
    return visit.t(f"关账日 {on}", f"Closing day {on}") + passed


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
        ("pay_charts.charts", "图表", "Charts", "chart-bar"),
        ("pay_print.every", "打印工资条", "Print slips", "printer"),
    )
    links = [
        {"label": visit.t(zh, en), "url": url_for(at, period=run.period), "icon": icon}
        for at, zh, en, icon in found
    ]
    register = pay_objections.REGISTER
    if visit.person().may(register, Action.LIST):
        only = [f"period~is~{run.period}"]
        url = url_for("register.index_view", register=register, w=only)
        label = catalogue.current()[register].title.text(visit.language())
        links.append({"label": label, "url": url, "icon": "message-2"})
    return links


def _schemes(slips: list[PaySlip]) -> str:
    codes = {one.scheme for one in slips}
    found = visit.session().scalars(select(PayScheme).where(PayScheme.code.in_(codes)))
    return "、".join(sorted({one.label.text(visit.language()) for one in found}))


def _lines(slips: list[PaySlip]) -> dict[str, str]:
    """Return the money lines that stand on any slip, in their order."""
    found = {
        item.code: item.label.text(visit.language())
        for slip in slips
        for item in slip.items
        if item.kind != LineKind.INFORMATION.value and item.of_period is None
    }
    if any(item.of_period for slip in slips for item in slip.items):
        found[DIFFERENCES] = visit.t("前期差额", "Differences")
    return found


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


def _people(
    run: PayRun, slips: list[PaySlip], codes: list[str]
) -> list[dict[str, Any]]:
    """Return a line a slip, each beside what the person had the period before."""
    session, person = visit.session(), visit.person()
    earlier = pay_comparison.run_before(session, run)
    before = pay_reading.slips(session, person, earlier) if earlier else []
    had = {one.staff_id: one.total for one in before}
    return [
        _person_line(run, one, codes) | _change(one.total, had.get(one.staff_id))
        for one in slips
    ]


def _change(total: Decimal | None, before: Decimal | None) -> dict[str, str | None]:
    if total is None or before is None:
        return {"change": None, "change_tone": None}
    change = total - before
    tone = "late" if change < 0 else "ok" if change else None
    return {"change": f"{change:+,.2f}" if change else "0.00", "change_tone": tone}


def _person_line(run: PayRun, slip: PaySlip, codes: list[str]) -> dict[str, Any]:
    amounts = _amounts(slip)
    values = [yuan(amounts.get(code)) for code in codes]
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
        "note": None,
    }


def _amounts(slip: PaySlip) -> dict[str, Decimal | None]:
    """Return the amount of each line; those of other periods are one, with its sign."""
    found = {item.code: item.amount for item in slip.items if item.of_period is None}
    others = [item for item in slip.items if item.of_period is not None]
    if others:
        found[DIFFERENCES] = sum(
            (signed(LineKind(item.kind), item.amount) for item in others), Decimal(0)
        )
    return found


def _totals(slips: list[PaySlip], codes: list[str]) -> dict[str, Any]:
    sums = dict.fromkeys(codes, Decimal(0))
    for slip in slips:
        for code, amount in _amounts(slip).items():
            if code in sums:
                sums[code] += amount or Decimal(0)
    return {
        "values": [yuan(sums[code]) for code in codes],
        "gross": yuan(_sum(slips, "earnings")),
        "deductions": yuan(_sum(slips, "deductions")),
        "net": yuan(_sum(slips, "total")),
    }
