"""角色与权限: what each role may do, by a preset for each group of registers.

The matrix of a group is on a page of its own (`role_matrix.py`), under "advanced".
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from admin import role_groups, role_words, visit
from admin.role_groups import CUSTOM, Group
from models import rights, role_changes, setting_history
from models.access import Role, Rows
from models.accounts import account_role
from models.rights import Preset
from models.words import PersonError
from seed import roles as shipped

blueprint = Blueprint("roles", __name__, url_prefix="/settings/roles")
LAST = 10  # changes that are told


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through only whoever may set up the whole system."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if visit.person().rows(*rights.SETUP) is not Rows.ALL:
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show every role, how many have it, and what was changed last."""
    session = visit.session()
    people = _people()
    by_hand = shipped.changed_by_hand(session)
    heads = (visit.t("角色", "Role"), visit.t("账号", "Accounts"), "")
    return render_template(
        "settings/table.html",
        page_title=visit.t("角色与权限", "Roles and rights"),
        crumbs=[],
        text=visit.t(
            "每个账号可以有几个角色，权限合在一起。改动从下一次打开页面起生效。",
            "An account may have several roles, whose rights add up. A change holds "
            "from the next page on.",
        ),
        actions=[],
        notes=[],
        tables=[
            {
                "label": None,
                "heads": [{"label": one, "css": ""} for one in heads],
                "empty": "",
                "rows": [
                    _row(one, people.get(one.id, 0), by_hand=one.code in by_hand)
                    for one in session.scalars(select(Role).order_by(Role.id))
                ],
            }
        ],
        history=_history(None),
    )


def _row(role: Role, people: int, *, by_hand: bool) -> dict[str, Any]:
    pill = {"text": visit.t("手动改过", "Changed by hand"), "tone": "plain"}
    cells = [
        {
            "text": role.label.text(visit.language()),
            "url": url_for(".role", role_id=role.id),
        },
        {"text": f"{people}", "css": "num"},
        {"text": "", "pill": pill if by_hand else None},
    ]
    buttons = [
        {
            "label": visit.t("复制", "Copy"),
            "url": url_for(".new", of=role.id),
            "method": "get",
        }
    ]
    if not people:
        name = role.label.text(visit.language())
        buttons.append(
            {
                "label": visit.t("删除", "Delete"),
                "url": url_for(".delete", role_id=role.id),
                "method": "post",
                "confirm": visit.t(f"删除角色“{name}”？", f"Delete the role “{name}”?"),
                "danger": "1",
            }
        )
    return {"off": False, "cells": cells, "buttons": buttons}


def _people() -> dict[int, int]:
    counted = select(account_role.c.role_id, func.count()).group_by(
        account_role.c.role_id
    )
    return {role: many for role, many in visit.session().execute(counted)}  # noqa: C416 - rows are no pairs for mypy


def _history(role_id: int | None) -> list[dict[str, str]]:
    told = setting_history.told(visit.session(), role_changes.SETTING, role_id, LAST)
    return [role_words.happened(one) for one in told]


@blueprint.route("/new/", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a role that says what another says."""
    of = request.values.get("of", 0, type=int)
    source = role_changes.find(visit.session(), of)
    zh, en = request.form.get("name", ""), request.form.get("name_en", "")
    error = None
    if request.method == "POST":
        try:
            with visit.house().database.write() as session:
                made = role_changes.copy(session, of, zh, en, visit.writer()).id
        except PersonError as problem:
            error = problem.text(visit.language())
        else:
            return redirect(url_for(".role", role_id=made))
    page = render_template(
        "settings/role_name.html",
        page_title=visit.t(
            f"复制“{source.name_zh}”", f"Copy “{source.label.text(visit.language())}”"
        ),
        crumbs=_crumbs(),
        text=visit.t(
            "新角色的权限先与它一样，再逐项修改。",
            "The new role begins with the same rights.",
        ),
        names={"zh": zh, "en": en},
        error=error,
        of=of,
        save_url=url_for(".new"),
        cancel_url=url_for(".index"),
    )
    return page, 422 if error else 200


@blueprint.get("/<int:role_id>/")
def role(role_id: int) -> ResponseReturnValue:
    """Show what a role says, a preset for each group."""
    return _page(role_id)


@blueprint.post("/<int:role_id>/")
def save(role_id: int) -> ResponseReturnValue:
    """Put the chosen presets into force."""
    one = role_changes.find(visit.session(), role_id)
    after = dict(rights.matrix(one))
    for group in role_groups.groups(after):
        _choose(group, after)
    return say(role_id, after) or _page(role_id, 422)


def _choose(group: Group, after: rights.Matrix) -> None:
    """Put a group's chosen preset into a matrix, if it is another than it has."""
    word = request.form.get(f"preset.{group.key}", CUSTOM)
    preset = next((it for it in group.presets if it.word == word), None)
    if preset is None or preset is group.preset(after):
        return
    for code in group.codes:
        line = rights.with_preset(after.get(code), preset)
        if line is None:
            after.pop(code, None)
        else:
            after[code] = line


def say(role_id: int, after: rights.Matrix) -> ResponseReturnValue | None:
    """Save a matrix and lead to the role; None, with a message, where it is refused."""
    known = request.form.get("basis", "")
    try:
        with visit.house().database.write() as session:
            changed = role_changes.say(session, role_id, after, known, visit.writer())
    except PersonError as problem:
        flash(problem.text(visit.language()), "danger")
        return None
    if changed:
        flash(visit.t("权限已保存，立即生效。", "Saved; it holds at once."), "success")
    else:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
    return redirect(url_for("roles.role", role_id=role_id))


def _page(role_id: int, status: int = 200) -> ResponseReturnValue:
    one, language = role_changes.find(visit.session(), role_id), visit.language()
    said = rights.matrix(one)
    people = _people().get(one.id, 0)
    page = render_template(
        "settings/role.html",
        page_title=one.label.text(language),
        crumbs=_crumbs(),
        text=visit.t(
            f"{people} 个账号有这个角色。", f"{people} accounts have this role."
        ),
        basis=role_changes.basis(one),
        groups=[_group(one.id, group, said) for group in role_groups.groups(said)],
        names={"zh": one.name_zh, "en": one.name_en},
        save_url=url_for(".save", role_id=one.id),
        name_url=url_for(".rename", role_id=one.id),
        copy_url=url_for(".new", of=one.id),
        history=_history(one.id),
    )
    return page, status


def _group(role_id: int, group: Group, said: rights.Matrix) -> dict[str, Any]:
    chosen = group.preset(said)
    presets = [(it.word, it.label.text(visit.language())) for it in group.presets]
    if chosen is None and presets:
        presets.append((CUSTOM, visit.t("自定义", "Custom")))
    own = [code for code in group.codes if code in said]
    apart = [
        f"{role_words.title(code)}：{role_words.said(said[code], code)}" for code in own
    ]
    return {
        "key": group.key,
        "label": group.label.text(visit.language()),
        "presets": presets,
        "chosen": CUSTOM if chosen is None else chosen.word,
        "apart": apart if chosen is None or chosen is not Preset.INHERIT else [],
        "url": url_for("role_matrix.matrix", role_id=role_id, group=group.key),
    }


@blueprint.post("/<int:role_id>/name/")
def rename(role_id: int) -> ResponseReturnValue:
    """Call a role something else."""
    zh, en = request.form.get("name", ""), request.form.get("name_en", "")
    try:
        with visit.house().database.write() as session:
            role_changes.rename(session, role_id, zh, en, visit.writer())
    except PersonError as problem:
        flash(problem.text(visit.language()), "danger")
        return _page(role_id, 422)
    flash(visit.t("名称已保存。", "The name is saved."), "success")
    return redirect(url_for(".role", role_id=role_id))


@blueprint.post("/<int:role_id>/delete/")
def delete(role_id: int) -> ResponseReturnValue:
    """Delete a role that nobody has."""
    try:
        with visit.house().database.write() as session:
            role_changes.delete(session, role_id, visit.writer())
    except PersonError as problem:
        flash(problem.text(visit.language()), "danger")
    else:
        flash(visit.t("角色已删除。", "The role is deleted."), "success")
    return redirect(url_for(".index"))


def _crumbs() -> list[dict[str, str]]:
    label = visit.t("角色与权限", "Roles and rights")
    return [{"label": label, "url": url_for("roles.index")}]
