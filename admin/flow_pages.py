"""流程: the states of a register and the steps between them, made in the panel.

As 台账与字段, whose right it asks for: the plan and the picture come before the deed.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import declaring_doing as doing
from admin import declaring_pages, visit
from admin import flow_form as forms
from admin.flow_form import FlowSheet, StateRow, StepRow
from admin.flow_picture import draw
from models import catalogue
from models.access import marked
from models.declaring import Edit, Proposed
from models.register import Declaration, FieldType
from models.stanza import read_register, write_register
from models.stored import Stored
from models.words import Label

blueprint = Blueprint("flows", __name__, url_prefix="/settings/fields")
blueprint.before_request(declaring_pages.gate)
_TONES = {
    "": Label("灰", "grey"),
    "busy": Label("蓝", "blue"),
    "good": Label("绿", "green"),
    "warn": Label("橙", "orange"),
    "bad": Label("红", "red"),
}
_NOTES = {
    "at": Label("时间记入", "its time goes to"),
    "by": Label("办理人记入", "who took it goes to"),
    "words": Label("意见记入", "the comment goes to"),
}


@blueprint.get("/<code>/flow")
def change(code: str) -> ResponseReturnValue:
    """Show a register's flow to be made or changed."""
    declared = doing.known(code)
    sheet = forms.sheet_of(write_register(declared))
    sheet.basis = doing.basis(declared)
    return _page(sheet, declared)


@blueprint.post("/<code>/flow")
def save(code: str) -> ResponseReturnValue:
    """Show what the flow would come to, or make it."""
    declared = doing.known(code)
    before = write_register(declared)
    sheet = forms.posted(request.form)
    if request.form.get("action") == "more":
        return _page(sheet, declared, blanks=2 * forms.BLANK)
    if sheet.basis != doing.basis(declared):
        sheet.basis = doing.basis(declared)
        sheet.wrong.append(
            visit.t(
                "这个台账刚被别人改过。您填写的都还在，请核对后再提交。",
                "Somebody has just changed this register. What you typed is still "
                "here: compare and send it again.",
            )
        )
        return _page(sheet, declared, status=409)
    done = _carried_out(sheet, code, before)
    if isinstance(done, Proposed):
        return _page(sheet, declared, plan=done)
    if not done:
        return _page(sheet, declared, status=422)
    flash(visit.t("流程已更新。", "The flow is changed."), "success")
    return redirect(url_for("register.index_view", register=code))


def _carried_out(
    sheet: FlowSheet, code: str, before: dict[str, Any]
) -> Proposed | bool:
    language = visit.language()
    for row, label in forms.look_over(sheet):
        row.wrong.append(label.text(language))
    if not sheet.is_right:
        return False
    stanza = forms.stanza_of(sheet, before)
    told = doing.Told(
        lambda mistakes: forms.tell(sheet, mistakes, language),
        lambda place, sentence: forms.tell_place(sheet, place, sentence),
        sheet.wrong.append,
    )
    return doing.carry_out(code, _edit(code, stanza), told) or sheet.is_right


def _edit(code: str, stanza: dict[str, Any]) -> Edit:
    def edit(there: Stored) -> Stored:
        return doing.changed(there, code, read_register(stanza))

    return edit


def _page(
    sheet: FlowSheet,
    declared: Declaration,
    *,
    plan: Proposed | None = None,
    blanks: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    language = visit.language()
    drawn = forms.flow_of(sheet)
    more = 0 if plan is not None else blanks
    if more is None:
        more = forms.BLANK if sheet.states else forms.AT_FIRST
    used = [way for step in sheet.steps for way in step.who]
    page = render_template(
        "settings/flow.html",
        page_title=visit.t("流程", "Flow"),
        crumbs=[
            {
                "label": visit.t("台账与字段", "Registers and fields"),
                "url": url_for("declaring.index"),
            },
            {
                "label": declared.title.text(language),
                "url": url_for("declaring.change", code=declared.code),
            },
        ],
        text=None,
        sheet=sheet,
        states=[*sheet.states, *(StateRow() for _ in range(more))],
        steps=[*sheet.steps, *(StepRow() for _ in range(more))],
        tones=[(one, label.text(language)) for one, label in _TONES.items()],
        ways=[
            (one, label.text(language))
            for one, label in forms.ways(declared, _posts(), used)
        ],
        offered=forms.WAYS,
        choices=_named(declared, (FieldType.CHOICE,)),
        asked=_asked(declared),
        notes=[
            (note, _NOTES[note].text(language), _named(declared, kinds))
            for note, _, kinds in forms.NOTES
        ],
        picture=draw(drawn, "", (), language) if drawn else None,
        plan=_told(plan),
        cancel_url=url_for("declaring.change", code=declared.code),
    )
    return page, status


def _told(plan: Proposed | None) -> list[str] | None:
    if plan is None:
        return None
    return plan.plan.summary(visit.language()).splitlines() or [
        visit.t("只改流程，不改数据表。", "The flow only; no table is changed.")
    ]


def _named(
    declared: Declaration, kinds: tuple[FieldType, ...]
) -> list[tuple[str, str]]:
    return [
        (one.name, one.label.text(visit.language()))
        for one in declared.fields
        if one.type in kinds and not one.computed
    ]


def _asked(declared: Declaration) -> list[tuple[str, str]]:
    """Return the fields that a step may ask for."""
    kept_in = declared.flow.field if declared.flow else None
    return [
        (one.name, one.label.text(visit.language()))
        for one in declared.fields
        if one.name != kept_in and not (one.computed or one.read_only or one.standard)
    ]


def _posts() -> list[str]:
    """Return the names of the posts there are."""
    table = catalogue.current().table("post")
    query = select(table.c.name).where(table.c.binned_at.is_(None)).distinct()
    found = visit.session().scalars(marked(query.order_by(table.c.name), "post"))
    return [str(one) for one in found]
