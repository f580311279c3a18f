"""台账开关: which registers stand in everybody's menu; the others are one click away.

Turning a register off hides nothing from those who may see it: its pages, links, pay
and time limits stay as they are.
"""

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import menu, start_page, visit
from admin.column_converters import show_instant
from models import catalogue, menu_registers, preferences
from models.menu_registers import Switched
from models.register import Declaration

blueprint = Blueprint("switches", __name__, url_prefix="/settings/registers")
LAST = 10  # changes that are told


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
    """Show every register with its switch, and who switched last."""
    on = preferences.get(visit.session(), preferences.REGISTERS_ON)
    known = _known()
    shown, _ = menu_registers.split(known, on)
    codes = {one.code for one in shown}
    return render_template(
        "settings/registers.html",
        page_title=visit.t("台账开关", "Registers on and off"),
        crumbs=[],
        text=visit.t(
            "打开的台账直接列在菜单里，其余的收在「更多台账」下面，内容和权限都不变。",
            "What is on stands in the menu, the rest under “More registers”; "
            "entries and rights stay as they are.",
        ),
        groups=[
            {
                "label": label.text(visit.language()),
                "items": [_line(one, on=one.code in codes) for one in some],
            }
            for label, some in groupby(known, key=lambda one: one.menu)
        ],
        count=len(shown),
        save_url=url_for(".save"),
        history=[
            _happened(one) for one in menu_registers.switched(visit.session(), LAST)
        ],
    )


@blueprint.post("/")
def save() -> ResponseReturnValue:
    """Turn on what is ticked, and off what is not."""
    chosen = set(request.form.getlist("on"))
    codes = [one.code for one in _known()]
    with visit.house().database.write() as session:
        changed = menu_registers.switch(session, codes, chosen, visit.writer())
    if changed:
        flash(visit.t("菜单已更新。", "The menu is changed."), "success")
    else:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
    return redirect(url_for(".index"))


def _known() -> list[Declaration]:
    return [one for one in menu.in_menu_order(catalogue.current()) if one.in_menu]


def _line(declared: Declaration, *, on: bool) -> dict[str, Any]:
    return {
        "code": declared.code,
        "label": declared.title.text(visit.language()),
        "icon": declared.icon,
        "on": on,
    }


def _happened(one: Switched) -> dict[str, str]:
    parts = (
        (visit.t("打开", "on: "), one.on),
        (visit.t("收起", "off: "), one.off),
    )
    between = visit.t("、", ", ")
    said = [word + between.join(map(_title, codes)) for word, codes in parts if codes]
    return {
        "at": show_instant(one.at, visit.zone()),
        "by": one.by_name,
        "text": visit.t("；", "; ").join(said),
    }


def _title(code: str) -> str:
    known = catalogue.current()
    if code not in known:
        return code
    title = known[code].title.text(visit.language())
    return visit.t(f"「{title}」", title)
