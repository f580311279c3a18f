"""绩效工资条: a person's slips, and why each figure is so."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import (
    behind,
    clause_links,
    entry_lines,
    pay_looking,
    pay_objection_pages,
    visit,
)
from admin.column_converters import show_instant
from admin.list_page import desk
from admin.pay_parts import find, gate, may_open, sees_runs, state_pill, yuan
from admin.pay_words import Words, shorter, words_of
from models import catalogue, pay_inputs, pay_item_words, pay_reading, references
from models.access import Action
from models.pay_tables import PayItemRow, PayRun, PayScheme, PaySlip
from models.register import Declaration
from models.rules.pay import LineKind
from models.rules.pay_run import RunState
from models.rules.periods import parse_period
from models.words import Label

blueprint = Blueprint("slips", __name__, url_prefix="/slips")
blueprint.before_request(gate)


@blueprint.route("/")
def slips() -> ResponseReturnValue:
    """Show a person's own slips, year by year; only of months that are locked."""
    person, session = visit.person(), visit.session()
    query = (
        select(PaySlip, PayRun)
        .join(PayRun, PayRun.id == PaySlip.run_id)
        .where(
            PaySlip.staff_id == (person.staff_id or 0),
            PayRun.state.in_([RunState.LOCKED.value, RunState.PAID.value]),
        )
        .order_by(PayRun.period.desc())
    )
    years: dict[str, list[tuple[PaySlip, PayRun]]] = {}
    for slip, run in session.execute(query):
        years.setdefault(run.period[:4], []).append((slip, run))
    return render(
        "pay/slips.html",
        page_title=visit.t("绩效工资条", "My slips"),
        person=None,
        years=[
            {
                "label": visit.t(f"{year}年", year),
                "total": yuan(
                    sum((one.total or Decimal(0) for one, _ in found), Decimal(0))
                ),
                "slips": [_own_line(slip, run) for slip, run in found],
            }
            for year, found in years.items()
        ],
    )


def _own_line(slip: PaySlip, run: PayRun) -> dict[str, Any]:
    month = parse_period(run.period).label.text(visit.language())
    return {
        "month": month,
        "url": url_for(".slip", period=run.period, staff_id=slip.staff_id),
        "state": state_pill(run),
        "gross": yuan(slip.earnings),
        "deductions": yuan(slip.deductions),
        "net": yuan(slip.total),
        "signed": None,
    }


@blueprint.route("/<period>/<int:staff_id>")
def slip(period: str, staff_id: int) -> ResponseReturnValue:
    """Show one slip, each line with why: formula, inputs, rows, clause."""
    found = find(period)
    one = pay_reading.slip_of(visit.session(), visit.person(), found, staff_id)
    may_open(found, staff_id)
    pay_looking.at_slips(found, [one])
    label = parse_period(found.period).label.text(visit.language())
    departments = references.labels(
        visit.session(), "department", [one.department_id] if one.department_id else []
    )
    return render(
        "pay/slip.html",
        page_title=visit.t(f"{label} 绩效工资条", f"Slip of {label}"),
        run={
            "label": label,
            "url": url_for("pay.run", period=found.period) if sees_runs() else None,
            "state": state_pill(found),
            "scheme": _scheme(one),
        },
        person={
            "name": one.name,
            "number": one.staff_number,
            "post": one.post,
            "department": departments.get(one.department_id or 0, ""),
        },
        figures={
            "gross": yuan(one.earnings) or "–",
            "deductions": yuan(one.deductions) or "–",
            "net": yuan(one.total) or "–",
        },
        groups=_groups(found, one),
        differences=[],
        excused=None,
        print_url=url_for("pay_print.one", period=found.period, staff_id=staff_id),
        **pay_objection_pages.context(found, one),
        **_neighbours(found, one),
    )


def _scheme(one: PaySlip) -> str:
    """Return the scheme's title; its code once there is none of that code."""
    words = select(PayScheme.name_zh, PayScheme.name_en)
    found = visit.session().execute(words.filter_by(code=one.scheme).limit(1)).first()
    return Label(*found).text(visit.language()) if found else one.scheme


def _neighbours(run: PayRun, one: PaySlip) -> dict[str, str | None]:
    before, after = pay_reading.beside(visit.session(), visit.person(), one)
    return {
        name: url_for(".slip", period=run.period, staff_id=staff) if staff else None
        for name, staff in (("prev_url", before), ("next_url", after))
    }


GROUPS = (
    (LineKind.EARNING, "应发", "Earned", "plus", "earnings"),
    (LineKind.DEDUCTION, "绩效扣减", "Deducted", "minus", "deductions"),
    (LineKind.INFORMATION, "说明", "For information", "info", None),
)


def _groups(run: PayRun, slip: PaySlip) -> list[dict[str, Any]]:
    groups = []
    words = words_of(visit.session(), slip, visit.language())
    clauses = clause_links.links(item.clause for item in slip.items)
    registers = _registers(slip)
    for kind, zh, en, tone, total in GROUPS:
        items = [item for item in slip.items if item.kind == kind.value]
        if items:
            groups.append(
                {
                    "label": visit.t(zh, en),
                    "total": yuan(getattr(slip, total)) if total else None,
                    "tone": tone,
                    "lines": [
                        _line(run, slip, item, words, registers)
                        | {"clauses": [clauses[code] for code in item.clause.split()]}
                        for item in items
                    ],
                }
            )
    return groups


def _registers(slip: PaySlip) -> dict[str, str]:
    """Return of each measure the register that its rows stand in, if one may see it.

    The rows themselves are asked for when one opens them.
    """
    names = {name for item in slip.items for name in item.inputs}
    known, person = catalogue.current(), visit.person()
    return {
        pay_inputs.MEASURE + code: known[register].title.text(visit.language())
        for code, register in pay_reading.registers(visit.session(), names).items()
        if register in known and person.may(register, Action.LIST)
    }


def _line(
    run: PayRun,
    slip: PaySlip,
    item: PayItemRow,
    words: Words,
    registers: dict[str, str],
) -> dict[str, Any]:
    language = visit.language()
    inputs = [
        words.shown(name, shown)
        | {
            "label": words.label(name),
            "url": _rows_url(run, slip, item, name) if name in registers else None,
            "note": registers.get(name),
        }
        for name, shown in pay_item_words.inputs(item, language).items()
    ]
    result = item.shown_zh if language == "zh" else item.shown_en
    return {
        "code": item.code,
        "label": item.label.text(language),
        "amount": yuan(item.amount) or shorter(result),
        "error": visit.t(item.error_zh or "", item.error_en or "") or None,
        "invented": not words.invented.isdisjoint(item.inputs),
        "short": " · ".join(f"{one['label']} {one['value']}" for one in inputs),
        "formula": words.said(item.formula),
        "inputs": inputs,
        "criteria": [words.said(item.condition)] if item.condition else [],
        "steps": [words.said(one) for one in _steps(item, language)],
        "rows_url": None,
        "open": bool(item.error_zh),
    }


def _steps(item: PayItemRow, language: str) -> list[str]:
    """Return the reckoning without the inputs, which stand in a table above it."""
    read = pay_item_words.inputs(item, language)
    inputs = {f"{name} = {shown}" for name, shown in read.items()}
    return [one for one in pay_item_words.why(item, language) if one not in inputs]


def _rows_url(run: PayRun, slip: PaySlip, item: PayItemRow, name: str) -> str:
    return url_for(
        ".rows",
        period=run.period,
        staff_id=slip.staff_id,
        measure=name.removeprefix(pay_inputs.MEASURE),
        line=item.code,
    )


@blueprint.route("/<period>/<int:staff_id>/rows/<measure>")
def rows(period: str, staff_id: int, measure: str) -> ResponseReturnValue:
    """Show the rows behind one figure of a slip, as far as the viewer may see them."""
    found = find(period)
    one = pay_reading.slip_of(visit.session(), visit.person(), found, staff_id)
    name = pay_inputs.MEASURE + measure
    item = pay_reading.reader_of(one, measure, request.args.get("line", ""))
    if item is None:
        abort(404)
    may_open(found, staff_id)
    pay_looking.at_slips(found, [one])
    taken = pay_reading.behind(
        visit.session(), found, one, item, measure, visit.person(), visit.zone()
    )
    declared = catalogue.current()[taken.measure.register]
    keys = [(declared.code, row["id"]) for row in taken.rows]
    lines = entry_lines.of(visit.session(), desk(), keys)
    words = references.labels(visit.session(), declared.code, [key for _, key in keys])
    return render(
        "pay/rows.html",
        page_title=taken.measure.label.text(visit.language()),
        slip={
            "label": visit.t(
                f"{one.name} {found.period}", f"{one.name} {found.period}"
            ),
            "url": url_for(".slip", period=period, staff_id=staff_id),
        },
        figure=shorter(pay_item_words.inputs(item, visit.language())[name]),
        register=declared.title.text(visit.language()),
        list_url=url_for(
            "register.index_view",
            register=declared.code,
            behind=behind.word(found.period, staff_id, measure, item.code),
        )
        if visit.person().may(declared.code, Action.LIST)
        else None,
        clauses=list(clause_links.links([taken.measure.clause]).values()),
        rows=[
            {
                "number": row["number"] or f"#{row['id']}",
                "text": _text(lines.get((declared.code, row["id"])), words, row["id"]),
                "at": show_instant(row["created_at"], visit.zone()),
                "value": _value(declared, taken.measure.field, row),
                "url": url_for(
                    "register.details_view", register=declared.code, id=row["id"]
                ),
            }
            for row in taken.rows
        ],
    )


def _text(line: dict[str, Any] | None, words: dict[int, str], entry_id: int) -> str:
    """Return what an entry is about; its name where the viewer has no list of them."""
    return str(line["text"]) if line else words.get(entry_id, "")


def _value(declared: Declaration, name: str | None, row: dict[str, Any]) -> str:
    """Return what a row adds to the figure, where that field exists for the viewer."""
    seen = {one.name for one in visit.person().fields(declared) if not one.personal}
    value = row.get(name) if name in seen else None
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
