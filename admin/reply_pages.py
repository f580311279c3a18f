"""常用话术: the texts a form offers by `/`, and the pages on which they are written.

Everybody writes their own; those of everybody are for whoever sets the house up.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import start_page, visit
from admin.asked import Asked, Sheet
from admin.rule_pages import cell
from models import reply_texts
from models.reply_texts import SHARED, ReplyText, Wanted
from models.words import PersonError

blueprint = Blueprint("replies", __name__, url_prefix="/replies")
WHOSE = {"own": False, "shared": True}  # in addresses; whether they are everybody's
BEGINNING = 40  # characters of a text that the table shows


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; what is everybody's is for admins."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    whose = (request.view_args or {}).get("whose")
    if whose is not None and whose not in WHOSE:
        abort(404)
    if whose == "shared" and not _may_share():
        abort(403)
    return None


def _may_share() -> bool:
    return visit.person().may(*start_page.RIGHT)


def _account() -> int:
    return visit.person().account_id or SHARED


def _owner(whose: str) -> int:
    return SHARED if WHOSE[whose] else _account()


@blueprint.get("/")
def offered() -> ResponseReturnValue:
    """Return the texts that the person's forms offer."""
    return {
        "texts": [
            {"code": one.code, "title": one.title, "text": one.text}
            for one in reply_texts.offered_to(visit.session(), _account())
        ]
    }


@blueprint.get("/texts/")
def index() -> ResponseReturnValue:
    """Show one's own texts and those of everybody."""
    t = visit.t
    add = [_add("own", t("新建我的话术", "New text of mine"), primary=True)]
    if _may_share():
        add.append(_add("shared", t("新建公用话术", "New text for all"), primary=False))
    return render_template(
        "settings/table.html",
        page_title=t("常用话术", "Reply texts"),
        crumbs=[],
        text=t(
            "填写长文字时输入 / 加代码就能插入。{客户} 这样的占位会换成表单里"
            "该字段的内容，{今天}、{现在}、{我} 也可以用。",
            "Type / and the code in a long field. {Customer} becomes what that field "
            "of the form holds; {today}, {now} and {me} work as well.",
        ),
        actions=add,
        notes=[],
        tables=[
            _table("own", t("我的话术", "Mine"), _account(), may_write=True),
            _table(
                "shared",
                t("公用话术", "Everybody's"),
                SHARED,
                may_write=_may_share(),
            ),
        ],
    )


def _add(whose: str, label: str, *, primary: bool) -> dict[str, Any]:
    url = url_for(".new", whose=whose)
    return {"label": label, "url": url, "icon": "plus", "primary": primary}


def _table(whose: str, label: str, owner: int, *, may_write: bool) -> dict[str, Any]:
    t = visit.t
    heads = [t("代码", "Code"), t("标题", "Title"), t("正文", "Text")]
    return {
        "label": label,
        "heads": [{"label": it, "css": ""} for it in heads],
        "empty": t(
            "还没有话术。把常写的几句话存下来，下次输入代码就行。",
            "No text yet. Keep what you often write, and type its code instead.",
        ),
        "rows": [
            _row(one, whose, may_write=may_write)
            for one in reply_texts.of(visit.session(), owner)
        ],
    }


def _row(one: ReplyText, whose: str, *, may_write: bool) -> dict[str, Any]:
    at: dict[str, Any] = {"whose": whose, "key": one.id}
    short = one.text[:BEGINNING] + ("…" if len(one.text) > BEGINNING else "")
    gone = visit.t(f"删除话术“{one.title}”？", f"Delete “{one.title}”?")
    delete = {
        "label": visit.t("删除", "Delete"),
        "url": url_for(".remove", **at),
        "confirm": gone,
        "danger": True,
        "method": "post",
    }
    url = url_for(".change", **at) if may_write else None
    return {
        "off": False,
        "cells": [cell(f"/{one.code}"), cell(one.title, url=url), cell(short)],
        "buttons": [delete] if may_write else [],
    }


@blueprint.route("/texts/<whose>/new", methods=["GET", "POST"])
def new(whose: str) -> ResponseReturnValue:
    """Write a new text."""
    return _form(whose, None)


@blueprint.route("/texts/<whose>/<int:key>", methods=["GET", "POST"])
def change(whose: str, key: int) -> ResponseReturnValue:
    """Change a text."""
    return _form(whose, _found(whose, key))


def _found(whose: str, key: int) -> ReplyText:
    try:
        return reply_texts.find(visit.session(), _owner(whose), key)
    except PersonError:
        abort(404)


def _form(whose: str, found: ReplyText | None) -> ResponseReturnValue:
    first = {} if found is None else _first(found)
    sheet = Sheet(_asked(), first)
    if request.method == "GET":
        return _page(sheet, found, [], 200)
    wanted = Wanted(sheet.text("code"), sheet.text("title"), sheet.text("text"))
    for name, said in reply_texts.mistakes(wanted).items():
        sheet.refuse(name, said)
    if not sheet.is_right:
        return _page(sheet, found, [], 422)
    key = found.id if found is not None else None
    try:
        with visit.house().database.write() as session:
            reply_texts.save(session, _owner(whose), key, wanted, visit.writer())
    except PersonError as error:
        told = [{"tone": "late", "text": error.text(visit.language())}]
        return _page(sheet, found, told, 409)
    flash(visit.t("已保存。", "Saved."), "success")
    return redirect(url_for(".index"))


def _first(found: ReplyText) -> dict[str, str]:
    return {"code": found.code, "title": found.title, "text": found.text}


def _asked() -> list[Asked]:
    t = visit.t
    return [
        Asked(
            "code",
            t("代码", "Code"),
            required=True,
            max_length=reply_texts.LONGEST_CODE,
            help=t("输入 / 后跟着打的几个字，如 yq。", "What follows /, such as hi."),
        ),
        Asked(
            "title",
            t("标题", "Title"),
            required=True,
            max_length=reply_texts.LONGEST_TITLE,
        ),
        Asked(
            "text",
            t("正文", "Text"),
            "long",
            required=True,
            help=t(
                "{客户}、{来电号码} 这样写字段名，插入时换成表单里的内容。",
                "Fields as {Customer} become what the form holds.",
            ),
        ),
    ]


def _page(
    sheet: Sheet,
    found: ReplyText | None,
    notes: list[dict[str, str]],
    status: int,
) -> ResponseReturnValue:
    title = visit.t("常用话术", "Reply texts")
    page = render_template(
        "settings/form.html",
        page_title=found.title if found else visit.t("新建话术", "New text"),
        crumbs=[{"label": title, "url": url_for(".index")}],
        text=None,
        form=sheet.form,
        meta=sheet.meta,
        sections=[
            {
                "label": None,
                "help": None,
                "names": [one.name for one in sheet.asked],
                "advanced": False,
            }
        ],
        notes=notes,
        preview=None,
        plain=True,
        cancel_url=url_for(".index"),
        history=[],
        basis="",
    )
    return page, status


@blueprint.post("/texts/<whose>/<int:key>/remove")
def remove(whose: str, key: int) -> ResponseReturnValue:
    """Delete a text."""
    _found(whose, key)
    with visit.house().database.write() as session:
        reply_texts.remove(session, _owner(whose), key, visit.writer())
    flash(visit.t("已删除。", "Deleted."), "success")
    return redirect(url_for(".index"))
