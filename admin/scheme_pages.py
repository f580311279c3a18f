"""绩效方案: the lines of pay by post, changed as a version from a day on.

What a change would have meant for a real month is shown before it is saved, to whoever
may see that pay.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from admin import (
    pay_words,
    rule_choices,
    rule_pages,
    scheme_form,
    scheme_lines,
    scheme_list,
    scheme_trial,
    visit,
)
from admin.scheme_form import SchemeForm
from models import rights, scheme_changes
from models.pay_tables import PayScheme
from models.rule_errors import RuleChangedError
from models.rules.pay import LINE
from models.scheme_changes import SchemeRefusedError
from models.words import Label

blueprint = Blueprint("schemes", __name__, url_prefix="/settings/schemes")


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let in whoever may change by which rules people are paid."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(*rights.SCHEMES):
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the schemes with their versions, and what was changed last."""
    found = scheme_changes.series(visit.session())
    return render(
        "settings/table.html",
        page_title=visit.t("绩效方案", "Pay schemes"),
        crumbs=[],
        text=visit.t(
            "谁按哪些项目计绩效。改动从选定的那天起用，已经审批或关账的月份不变。",
            "Who is paid by which lines. A change holds from a day on; months that "
            "are approved or locked stay as they are.",
        ),
        actions=[
            {
                "label": visit.t("新建方案", "New scheme"),
                "url": url_for(".new"),
                "icon": "plus",
                "primary": True,
            }
        ],
        notes=[],
        tables=scheme_list.tables(found, scheme_form.today()),
        history=rule_pages.history(scheme_changes.SETTING, None, scheme_list.changed),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a scheme."""
    form = SchemeForm(None)
    if request.method == "GET" or _is_redrawn():
        return _page(form, None)
    title = form.sheet.text("name_zh")
    code = scheme_changes.new_code(visit.session(), title)
    return _take(form, None, form.read(code))


@blueprint.route("/<int:scheme_id>/", methods=["GET", "POST"])
def scheme(scheme_id: int) -> ResponseReturnValue:
    """Show a version; what is saved is the next one of its series."""
    found = scheme_changes.find(visit.session(), scheme_id)
    form = SchemeForm(found)
    if request.method == "GET" or _is_redrawn():
        return _page(form, found)
    return _take(form, found, form.read(found.code))


def _is_redrawn() -> bool:
    """Whether lines were only added or moved."""
    action = request.form.get("action", "")
    return action.startswith((scheme_lines.ADD, scheme_lines.UP, scheme_lines.DOWN))


def _take(
    form: SchemeForm, found: PayScheme | None, wanted: PayScheme
) -> ResponseReturnValue:
    """Show what was sent: refused, as the month would have been, or saved."""
    session = visit.session()
    wrong = scheme_changes.problems(session, wanted) if form.is_right else []
    rest = form.refuse(wrong)
    if rest or not form.is_right:
        return _page(form, found, notes=_late(rest), status=422)
    if not rule_pages.is_to_be_saved():
        last = scheme_changes.last_of(session, found) if found else None
        return _page(
            form,
            found,
            preview=scheme_trial.preview(wanted, last),
            notes=_told(wanted),
        )
    known = request.form.get("basis", type=int)
    try:
        with visit.house().database.write() as writing:
            saved = scheme_changes.say(writing, wanted, known, visit.writer())
            said = (saved.version, saved.starts_on)
    except RuleChangedError as error:
        notes = rule_pages.sentence(error)
        return _page(form, found, notes=notes, status=409)
    except SchemeRefusedError as error:
        rest = form.refuse(error.problems)
        return _page(form, found, notes=_late(rest), status=422)
    flash(
        visit.t(
            f"已保存：第 {said[0]} 版，从 {said[1]} 起用。",
            f"Saved: version {said[0]}, valid from {said[1]}.",
        ),
        "success",
    )
    return redirect(url_for(".index"))


def _late(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"tone": "late", "text": one} for one in texts]


def _told(wanted: PayScheme) -> list[dict[str, str]]:
    """Return what whoever saves should know beside the figures."""
    key = (wanted.code, wanted.department_id)
    versions = next(
        (
            some
            for some in scheme_changes.series(visit.session())
            if (some[0].code, some[0].department_id) == key
        ),
        [],
    )
    said = scheme_trial.takes_over(wanted, versions)
    return [{"tone": "info", "text": said}] if said else []


def _page(
    form: SchemeForm,
    found: PayScheme | None,
    *,
    preview: dict[str, Any] | None = None,
    notes: Sequence[dict[str, str]] = (),
    status: int = 200,
) -> ResponseReturnValue:
    session = visit.session()
    told, last = [], None
    title = visit.t("新建方案", "New scheme")
    if found is not None:
        title = found.label.text(visit.language())
        last = scheme_changes.last_of(session, found)
        key = scheme_changes.key_of(session, found.code, found.department_id)
        told = rule_pages.history(scheme_changes.SETTING, key, scheme_list.changed)
    shown = form.shown()
    drawn = render(
        "settings/scheme.html",
        page_title=title,
        crumbs=rule_choices.crumbs("schemes.index", "绩效方案", "Pay schemes"),
        text=_version(found, last),
        **shown | {"lines": _worded(shown["lines"], found)},
        months=scheme_trial.periods(form.every),
        month=scheme_trial.period(form.every),
        notes=list(notes),
        preview=preview,
        cancel_url=url_for(".index"),
        basis=last.id if last else "",
        history=told,
    )
    return drawn, status


def _version(found: PayScheme | None, last: PayScheme | None) -> str | None:
    if found is None or last is None:
        return None
    every = scheme_form.EVERY[found.every].text(visit.language())
    whom = scheme_list.whom(found)
    text = visit.t(
        f"第 {found.version} 版，从 {found.starts_on} 起用；{every}；{whom}。",
        f"Version {found.version}, valid from {found.starts_on}; {every}; {whom}.",
    )
    if found.id != last.id:
        text += visit.t(
            f"这是旧版；保存后它的内容成为新的一版（现在最新是第 {last.version} 版）。",
            f" An older one; saved, it becomes the next (the last is {last.version}).",
        )
    return text


def _worded(
    lines: list[dict[str, Any]], found: PayScheme | None
) -> list[dict[str, Any]]:
    """Add to each line its formula in the words that people know, and where to try."""
    called = {
        LINE + one["code"]: Label(one["name_zh"], one["name_en"] or one["name_zh"])
        for one in lines
    }
    texts = [one[part] for one in lines for part in scheme_lines.FORMULAS]
    words = pay_words.words_among(visit.session(), texts, called, visit.language())
    return [
        line
        | {
            "said": words.said(line["formula"] or line["leaves"]),
            "try_url": url_for("formulas.index", scheme=found.id, line=line["code"])
            if found and line["code"]
            else None,
        }
        for line in lines
    ]
