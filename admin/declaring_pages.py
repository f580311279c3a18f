"""台账与字段: make a register, add fields to any, change words and order, retire.

Nothing is changed before the plan was shown. What is typed here means a stanza, as in
a template, and is declared by `models/declaring.py`.
"""

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import declaring_doing as doing
from admin import declaring_form as forms
from admin import menu, start_page, visit
from admin.declaring_form import Sheet
from models import (
    accounts,
    catalogue,
    declaring,
    menu_registers,
    preferences,
    stored,
)
from models.access import Action, Role, RoleGrant, Rows
from models.declaring import Edit, Proposed
from models.made_names import made_name
from models.register import Declaration
from models.register_words import MENU_CODES
from models.stanza import read_register, write_register
from models.stored import PANEL, Stored

blueprint = Blueprint("declaring", __name__, url_prefix="/settings/fields")
DAILY = (Action.LIST, Action.READ, Action.CREATE, Action.CHANGE, Action.EXPORT)


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through only whoever may set the installation up."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(*start_page.RIGHT):
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show every register, by the groups of the menu."""
    there = stored.of(visit.house().database)
    known = menu.in_menu_order(catalogue.current())
    return render_template(
        "settings/table.html",
        page_title=visit.t("台账与字段", "Registers and fields"),
        crumbs=[],
        text=visit.t(
            "新建台账，或给已有的台账加字段、改名称和顺序。停用只是隐藏，内容都保留。",
            "Make a register, or add fields to one, reword and reorder them. Retiring "
            "hides; what was entered stays.",
        ),
        actions=[
            {
                "label": visit.t("新建台账", "New register"),
                "url": url_for(".new"),
                "icon": "plus",
                "primary": True,
            }
        ],
        notes=[],
        tables=[
            {
                "label": label.text(visit.language()),
                "heads": [
                    {"label": visit.t("台账", "Register"), "css": ""},
                    {"label": visit.t("字段", "Fields"), "css": "end"},
                    {"label": visit.t("来自", "From"), "css": ""},
                ],
                "empty": "",
                "rows": [_line(one, there) for one in some],
            }
            for label, some in groupby(known, key=lambda one: one.menu)
        ],
    )


def _line(declared: Declaration, there: Stored) -> dict[str, Any]:
    code = declared.code
    kept = there.registers.get(code)
    buttons: list[dict[str, Any]] = []
    if kept is not None:
        label = (
            visit.t("恢复", "Bring back")
            if declared.is_retired
            else visit.t("停用", "Retire")
        )
        buttons.append(
            {
                "label": label,
                "url": url_for(".retire", code=code),
                "confirm": None,
                "danger": False,
                "method": "post",
            }
        )
    blank = {"url": None, "pill": None, "css": "", "clause": None, "small": None}
    return {
        "off": declared.is_retired,
        "cells": [
            blank
            | {
                "text": declared.title.text(visit.language()),
                "url": url_for(".change", code=code),
                "small": code,
            },
            blank | {"text": str(len(declared.fields)), "css": "num end"},
            blank | {"text": _from(kept.origin if kept else "")},
        ],
        "buttons": buttons,
    }


def _from(origin: str) -> str:
    if not origin:
        return visit.t("系统", "the program")
    return visit.t("面板", "the panel") if origin == PANEL else origin


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show the empty form of a register."""
    return _page(Sheet(), None, rows=forms.AT_FIRST)


@blueprint.post("/new")
def make() -> ResponseReturnValue:
    """Show what the new register would come to, or make it."""
    sheet = forms.posted(request.form, ())
    if request.form.get("action") == "more":
        return _page(sheet, None, rows=2 * forms.BLANK)
    code = made_name(sheet.zh, catalogue.current().codes)
    forms.named(sheet, ())
    stanza = forms.stanza_of(sheet, code, None)

    def edit(there: Stored) -> Stored:
        return there.with_register(write_register(read_register(stanza)), PANEL)

    done = _carried_out(sheet, code, edit)
    if isinstance(done, Proposed):
        return _page(sheet, None, plan=done)
    if not done:
        return _page(sheet, None, status=422)
    _let_in(code, sheet.roles)
    flash(visit.t("台账已建好。", "The register is made."), "success")
    return redirect(url_for("register.index_view", register=code))


@blueprint.get("/<code>")
def change(code: str) -> ResponseReturnValue:
    """Show a register's fields to be changed."""
    declared = doing.known(code)
    return _page(_sheet(declared), declared)


@blueprint.post("/<code>")
def save(code: str) -> ResponseReturnValue:
    """Show what the changes would come to, or make them."""
    declared = doing.known(code)
    before = write_register(declared)
    every = (*declared.fields, *declared.retired_fields)
    sheet = forms.posted(request.form, [one.name for one in every])
    if request.form.get("action") == "more":
        return _page(sheet, declared, rows=2 * forms.BLANK)
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
    forms.named(sheet, [one.name for one in declared.all_fields])
    stanza = forms.stanza_of(sheet, code, before)

    def edit(there: Stored) -> Stored:
        return doing.changed(there, code, read_register(stanza))

    done = _carried_out(sheet, code, edit)
    if isinstance(done, Proposed):
        return _page(sheet, declared, plan=done)
    if not done:
        return _page(sheet, declared, status=422)
    flash(visit.t("已更新。", "It is changed."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<code>/retire")
def retire(code: str) -> ResponseReturnValue:
    """Hide a register from the menu, or bring it back; what was entered stays."""
    kept = stored.of(visit.house().database).registers.get(code)
    if kept is None:
        abort(404)
    off = not kept.stanza.get("retired", False)

    def edit(there: Stored) -> Stored:
        held = there.registers[code]
        stanza = {key: it for key, it in held.stanza.items() if key != "retired"}
        more = {"retired": True} if off else {}
        return there.with_register(stanza | more, held.origin)

    visit.close_session()  # an index made concurrently waits for its snapshot to end
    declaring.apply(visit.house().database, edit)
    flash(
        visit.t("已停用，内容都保留。", "Retired; what was entered stays.")
        if off
        else visit.t("已恢复。", "It is back."),
        "success",
    )
    return redirect(url_for(".index"))


def _carried_out(sheet: Sheet, code: str, edit: Edit) -> Proposed | bool:
    """Return the plan, if it was asked for; else whether the change was made."""
    language = visit.language()
    for row, label in forms.look_over(sheet):
        wrong = sheet.wrong if row is None else row.wrong
        wrong.append(label.text(language))
    if not sheet.is_right:
        return False
    told = doing.Told(
        lambda mistakes: forms.tell(sheet, mistakes, language),
        lambda place, sentence: forms.tell_place(sheet, place, sentence),
        sheet.wrong.append,
    )
    return doing.carry_out(code, edit, told) or sheet.is_right


def _let_in(code: str, roles: tuple[str, ...]) -> None:
    """Let some roles keep a new register, and put it into the menu."""
    with visit.house().database.write() as session:
        for role in session.scalars(select(Role).where(Role.code.in_(roles))):
            role.grants.append(
                RoleGrant(
                    register=code,
                    actions=" ".join(DAILY),
                    rows=Rows.DEPARTMENT.value,
                    unmasked=False,
                    secrets="",
                )
            )
            session.flush()
            accounts.raise_stamps(session, [role.id])
        known = [one.code for one in catalogue.current() if one.in_menu]
        on = menu_registers.split(
            catalogue.current(), preferences.get(session, preferences.REGISTERS_ON)
        )[0]
        chosen = {code, *(one.code for one in on)}
        menu_registers.switch(session, known, chosen, visit.writer())


def _sheet(declared: Declaration) -> Sheet:
    codes = {label: code for code, label in MENU_CODES.items()}
    found = forms.sheet_of(write_register(declared), codes.get(declared.menu, ""))
    found.basis = doing.basis(declared)
    return found


def _page(
    sheet: Sheet,
    declared: Declaration | None,
    *,
    plan: Proposed | None = None,
    rows: int = forms.BLANK,
    status: int = 200,
) -> ResponseReturnValue:
    language = visit.language()
    title = visit.t("新建台账", "New register")
    if declared is not None:
        title = declared.title.text(language)
    blanks = 0 if plan is not None else rows
    lines = None
    if plan is not None:
        lines = plan.plan.summary(language).splitlines() or [
            visit.t("只改文字和显示，不改数据表。", "Words only; no table is changed.")
        ]
    page = render_template(
        "settings/declare.html",
        page_title=title,
        crumbs=[
            {
                "label": visit.t("台账与字段", "Registers and fields"),
                "url": url_for(".index"),
            }
        ],
        text=None,
        sheet=sheet,
        is_new=declared is None,
        rows=forms.with_blanks(sheet, blanks),
        types=[(one, label.text(language)) for one, label in forms.TYPES.items()],
        type_labels={one: label.text(language) for one, label in forms.TYPES.items()},
        choices=forms.CHOICES,
        flags=_flags(),
        menus=[(one, label.text(language)) for one, label in MENU_CODES.items()],
        registers=[
            (one.code, one.title.text(language))
            for one in menu.in_menu_order(catalogue.current())
        ],
        roles=_roles() if declared is None else [],
        plan=lines,
        flow_url=url_for("flows.change", code=declared.code) if declared else None,
        field_url=url_for(".change", code=declared.code) + "/field"
        if declared
        else None,
        cancel_url=url_for(".index"),
        actions=_rules(declared),
    )
    return page, status


def _rules(declared: Declaration | None) -> list[dict[str, Any]]:
    """Return the links to a register's time limits and measures."""
    if declared is None:
        return []
    pages = (
        ("targets.index", visit.t("时限要求", "Time limits"), "clock-hour-4"),
        ("measures.index", visit.t("指标", "Measures"), "chart-bar"),
    )
    return [
        {"label": label, "url": url_for(endpoint, register=declared.code), "icon": icon}
        for endpoint, label, icon in pages
    ]


def _flags() -> list[tuple[str, str]]:
    return [
        ("required", visit.t("必填", "required")),
        ("listed", visit.t("列表显示", "in the list")),
        ("first", visit.t("常用", "comes first")),
        ("filterable", visit.t("可筛选", "filters")),
        ("searchable", visit.t("可搜索", "searched")),
    ]


def _roles() -> list[tuple[str, str]]:
    """Return the roles that do not see every register anyway."""
    found = visit.session().scalars(select(Role).order_by(Role.id))
    return [(one.code, one.label.text(visit.language())) for one in found]
