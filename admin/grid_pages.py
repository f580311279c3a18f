"""月表: a register as a month, people by days, changed cell by cell.

Which registers have one is declared (`models.limit.Grid`); who may list the register
may see it, who may change or create entries may fill it in.
"""

from datetime import date, timedelta
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from admin import grid_month, grid_writing, visit
from admin.grid_month import MOST_ROWS, Choice, Month
from models import catalogue
from models.access import Action
from models.entry_errors import LostUpdateError
from models.limit_figures import Broken
from models.rules.periods import PeriodError, PeriodKind, parse_period, period_of
from models.words import PersonError

blueprint = Blueprint("grid", __name__, url_prefix="/grid")
LONGEST_ID = 18  # digits
UNSHOWN = "empty"


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the register's rights decide the rest."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/<register>/")
def index(register: str) -> ResponseReturnValue:
    """Show a month of a department."""
    month = _month(register)
    people = month.people()
    choices = month.choices()
    listed = dict(list(people.items())[:MOST_ROWS])
    declared, language = month.declared, visit.language()
    around = (month.period.first - timedelta(1), month.period.end)
    before, after = (period_of(PeriodKind.MONTH, one).text for one in around)
    return render_template(
        "register/grid.html",
        page_title=f"{declared.title.text(language)} · {visit.t('月表', 'Month')}",
        register={
            "code": register,
            "title": declared.title.text(language),
            "url": visit.address_of("register.index_view", register=register),
        },
        month={
            "text": month.period.text,
            "label": month.period.label.text(language),
            "before_url": _url(month, before),
            "after_url": _url(month, after),
        },
        departments=[
            {"id": key, "label": label, "active": key == month.department}
            for key, label in grid_month.departments().items()
        ],
        days=month.days(),
        sums=_heads(month),
        rows=_rows(month, listed, choices),
        people=listed,
        choices=choices,
        weeks=grid_month.weeks(month.period),
        save_url=url_for(".save", register=register) if _writes(register) else None,
        may_clear=visit.person().may(register, Action.DELETE),
        has_more=len(people) > MOST_ROWS,
    )


@blueprint.post("/<register>/")
def save(register: str) -> ResponseReturnValue:
    """Set some days of a person, or copy a week; answer a script in its own way."""
    month = _month(register)
    if not _writes(register):
        abort(403)
    asks_json = request.accept_mimetypes.best == "application/json"
    status = 200
    try:
        message = _write(month)
        tone = "success"
    except LostUpdateError:
        message, tone, status = (
            visit.t(
                "这一格刚被别人改过，已显示最新内容，请核对后再改。",
                "Somebody changed this cell meanwhile; it shows what is there now.",
            ),
            "warning",
            409,
        )
    except PersonError as error:
        message, tone, status = error.text(visit.language()), "danger", 422
    visit.close_session()
    if asks_json:
        return jsonify({"message": message} | _answer(month)), status
    flash(message, tone)
    return redirect(_url(month, month.period.text))


def _write(month: Month) -> str:
    people = month.people()
    with visit.house().database.write() as session:
        if request.form.get("action") == "week":
            monday = _date("week")
            ids = list(people)[:MOST_ROWS]
            count = grid_writing.copy_week(session, month, ids, monday)
            return visit.t(
                f"已复制上周，填入 {count} 格；已有排班的格子不变。",
                f"Copied last week into {count} cells; those that had one are kept.",
            )
        person = _person(people)
        first, last = _date("first"), _date("last", "first")
        days = [on for on in month.period.dates() if first <= on <= last]
        if not days:
            raise PersonError(
                "日期不在这个月内，或结束早于开始，请核对。",
                "The days are not of this month, or end before they begin. Check both.",
            )
        value = _value(month)
        version = request.form.get("version", type=int)
        count = grid_writing.fill(session, month, person, days, value, version)
    return visit.t(f"已保存 {count} 格。", f"Saved {count} cells.")


def _value(month: Month) -> str:
    given = request.form.get("value", "")
    known = [one.value for one in month.choices()]
    if given == UNSHOWN:
        return grid_writing.EMPTY
    if given not in known:
        raise PersonError("请选择一个班次或休息。", "Choose what the cell shall show.")
    return given


def _person(people: dict[int, str]) -> int:
    given = request.form.get("person", "")
    if not given.isdecimal() or int(given[:LONGEST_ID]) not in people:
        raise PersonError(
            "请选择本部门的一位员工。", "Choose a person of this department."
        )
    return int(given)


def _date(name: str, otherwise: str = "") -> date:
    given = request.form.get(name) or request.form.get(otherwise, "")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise PersonError(
            "日期不对，请按 2026-11-09 这样填写。", "Write the date as 2026-11-09."
        ) from None


def _answer(month: Month) -> dict[str, Any]:
    """Return one person's row as it is now, for the script."""
    given = request.form.get("person", "")
    people = month.people()
    key = int(given) if given.isdecimal() and len(given) <= LONGEST_ID else 0
    if key not in people:
        return {}
    (row,) = _rows(month, {key: people[key]}, month.choices())
    return {"row": row}


def _rows(
    month: Month, people: dict[int, str], choices: list[Choice]
) -> list[dict[str, Any]]:
    """Return the rows: cells as (text, css, value, version), sums, what is over."""
    period, language = month.period, visit.language()
    days = list(period.dates())
    found = month.entries(visit.session(), list(people), period.first, period.last)
    over = month.over(list(people))
    known = {one.value: one for one in month.shown(found.values(), choices)}
    rows = []
    for person, name in people.items():
        held = [found.get((person, day)) for day in days]
        cells = []
        for entry in held:
            value = month.value(entry)
            shown = known.get(value)
            text = shown.short if shown else "?" if entry else ""
            css = shown.css if shown else ""
            cells.append((text, css, value, entry["version"] if entry else 0))
        rows.append(
            {
                "id": person,
                "name": name,
                "cells": cells,
                "sums": month.sums([one for one in held if one is not None]),
                "over": [_said(one, language) for one in over.get(person, ())],
            }
        )
    return rows


def _said(broken: Broken, language: str) -> dict[str, str]:
    return {
        "text": broken.limit.message.text(language),
        "title": broken.label.text(language),
    }


def _heads(month: Month) -> list[str]:
    names = [*month.grid.sums, *filter(None, (month.grid.rest,))]
    return [month.declared.field(one).label.text(visit.language()) for one in names]


def _writes(register: str) -> bool:
    declared = catalogue.current()[register]
    return not declared.is_retired and grid_month.may_write(visit.person(), register)


def _month(register: str) -> Month:
    """Return what the address asks for; the present month where it says none."""
    known = catalogue.current()
    if register not in known or known[register].grid is None:
        abort(404)
    if not visit.person().may(register, Action.LIST):
        abort(403)
    declared = known[register]
    grid = declared.grid
    if grid is None:
        abort(404)
    today = visit.now().astimezone(visit.zone()).date()
    period = period_of(PeriodKind.MONTH, today)
    try:
        asked = parse_period(request.values.get("month") or period.text)
    except PeriodError:
        asked = period
    if asked.kind is PeriodKind.MONTH:
        period = asked
    return Month(declared, grid, period, _department())


def _department() -> int | None:
    """Return the department that is asked for, else one's own, else the first."""
    offered = grid_month.departments()
    asked = request.values.get("department", type=int)
    own = visit.person().department_id
    for one in (asked, own):
        if one in offered:
            return one
    return next(iter(offered), None)


def _url(month: Month, text: str) -> str:
    return url_for(
        ".index",
        register=month.declared.code,
        month=text,
        department=month.department,
    )
