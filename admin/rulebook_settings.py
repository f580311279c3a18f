"""制度启停: which regulations are in use; before one goes, what cites it is told."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin import start_page, visit
from admin.column_converters import show_instant
from models import citations, setting_history
from models.citations import Citation
from models.setting_history import Told
from seed import rulebook_packs
from seed.rulebook_packs import Pack, UnknownPackError

blueprint = Blueprint("packs", __name__, url_prefix="/settings/rulebook")
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
    """Show every regulation with its switch, and who switched last."""
    session = visit.session()
    citing = citations.citations(session)
    found = rulebook_packs.packs(session)
    on = [one for one in found if one.on]
    off = [one for one in found if not one.on]
    return render_template(
        "settings/packs.html",
        page_title=visit.t("制度启用与停用", "Regulations on and off"),
        crumbs=_crumbs(),
        text=visit.t(
            "启用的制度可以在制度库里阅读和搜索。行业模板会启用它依据的制度，其余的由您决定。",
            "Regulations in use can be read and searched. A template switches on those "
            "it rests on; the others are up to you.",
        ),
        groups=[
            {"label": label, "items": [_line(one, citing) for one in some]}
            for label, some in (
                (visit.t("已启用", "In use"), on),
                (visit.t("未启用", "Not in use"), off),
            )
            if some
        ],
        history=[
            _happened(one)
            for one in setting_history.told(session, rulebook_packs.SETTING, 0, LAST)
        ],
    )


@blueprint.post("/<code>/on/")
def switch_on(code: str) -> ResponseReturnValue:
    """Load a regulation, or its newer words."""
    with visit.house().database.write() as session:
        rulebook_packs.switch_on(session, code, visit.writer())
    flash(visit.t(f"{code} 已启用。", f"{code} is in use."), "success")
    return redirect(url_for(".index"))


@blueprint.get("/<code>/off/")
def ask_off(code: str) -> ResponseReturnValue:
    """Say what cites a regulation before it is switched off."""
    one = _pack(code)
    return render_template(
        "settings/pack_off.html",
        page_title=visit.t(f"停用 {code}", f"Switch {code} off"),
        crumbs=[
            *_crumbs(),
            {
                "label": visit.t("启用与停用", "On and off"),
                "url": url_for(".index"),
            },
        ],
        text=one.title.text(visit.language()),
        citing=[
            {
                "kind": it.kind.label.text(visit.language()),
                "icon": it.kind.icon,
                "label": it.label.text(visit.language()),
                "clauses": " ".join(_of(one, it)),
            }
            for it in _citing(one, citations.citations(visit.session()))
        ],
        clauses=one.clauses,
        save_url=url_for(".switch_off", code=code),
        cancel_url=url_for(".index"),
    )


@blueprint.post("/<code>/off/")
def switch_off(code: str) -> ResponseReturnValue:
    """Take a regulation out; what cites it stays and names its code alone."""
    _pack(code)
    with visit.house().database.write() as session:
        rulebook_packs.switch_off(session, code, visit.writer())
    flash(visit.t(f"{code} 已停用。", f"{code} is switched off."), "success")
    return redirect(url_for(".index"))


def _pack(code: str) -> Pack:
    for one in rulebook_packs.packs(visit.session()):
        if one.code == code and one.on:
            return one
    raise UnknownPackError("“{code}”没有启用。", "“{code}” is not in use.", code=code)


def _crumbs() -> list[dict[str, str]]:
    label = visit.t("制度库", "Rulebook")
    return [{"label": label, "url": url_for("rulebook.index")}]


def _of(pack: Pack, one: Citation) -> list[str]:
    return [code for code in one.clauses if code.startswith(f"{pack.code}-")]


def _citing(pack: Pack, found: list[Citation]) -> list[Citation]:
    return list(filter(citations.cites(pack.code), found))


def _line(one: Pack, citing: list[Citation]) -> dict[str, Any]:
    read = url_for("rulebook.regulation", code=one.code) if one.on else None
    return {
        "code": one.code,
        "title": one.title.text(visit.language()),
        "text": one.summary.text(visit.language()),
        "url": read,
        "clauses": one.clauses,
        "rules": len(_citing(one, citing)),
        "newer": one.newer,
        "on_url": url_for(".switch_on", code=one.code),
        "off_url": url_for(".ask_off", code=one.code) if one.on else None,
    }


def _happened(one: Told) -> dict[str, str]:
    words = {
        (False, True): visit.t("启用", "on: "),
        (True, False): visit.t("停用", "off: "),
        (True, True): visit.t("更新", "newer text: "),
    }
    said = [words[was, now] + code for code, (was, now) in one.changes.items()]
    return {
        "at": show_instant(one.at, visit.zone()),
        "by": one.by_name,
        "text": visit.t("；", "; ").join(said),
    }
