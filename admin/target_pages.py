"""时限要求: what is promised on the entries of each register, made and changed here.

A change is the next version, valid from a day that is chosen; what was judged before
stays.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import (
    rule_choices,
    rule_pages,
    target_form,
    target_list,
    target_words,
    visit,
)
from admin.asked import Sheet
from models import (
    access,
    catalogue,
    clock_refresh,
    target_changes,
    target_preview,
    targets,
    unread_names,
)
from models.access import Action
from models.history import Writer
from models.register import Declaration
from models.rule_errors import RuleChangedError, RuleThereError
from models.targets import SlaTarget
from models.words import Label, PersonError

blueprint = Blueprint("targets", __name__, url_prefix="/settings/targets")
blueprint.before_request(rule_pages.gate)
MOST_AT_ONCE = 20_000  # entries that were there before, which get their clocks at once


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the time limits by register, or those of one register."""
    return rule_pages.index_page(
        blueprint.name,
        (visit.t("时限要求", "Time limits"), visit.t("新建时限要求", "New time limit")),
        visit.t(
            "什么时候起算、多长时间、做完的标志是什么。改动只管起用日以后的，以前的结论不变。",
            "When a clock starts, how long it runs, what stops it. A change counts "
            "from its day on; earlier verdicts stay.",
        ),
        target_list.tables(rule_pages.register_asked_for(), _today()),
        rule_pages.history(target_changes.SETTING, None, target_words.changed),
    )


def _crumbs() -> list[dict[str, str]]:
    return rule_choices.crumbs("targets.index", "时限要求", "Time limits")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a time limit: its register first, then the rest."""
    declared = rule_pages.register_asked_for()
    title = visit.t("新建时限要求", "New time limit")
    if declared is None:
        return rule_pages.choose_register(title, "targets.index", _crumbs())
    sheet = target_form.sheet_of(declared, None)
    if request.method == "GET":
        return _page(sheet, declared, None)
    code = target_changes.new_code(
        visit.session(), declared.code, sheet.text("name_zh")
    )
    return _take(sheet, declared, None, target_form.read(sheet, declared, code))


@blueprint.route("/<int:target_id>/", methods=["GET", "POST"])
def target(target_id: int) -> ResponseReturnValue:
    """Change a time limit: what is saved is its next version."""
    found = target_changes.last_of(visit.session(), target_id)
    if found.register not in catalogue.current():
        abort(404)
    declared = catalogue.current()[found.register]
    sheet = target_form.sheet_of(declared, found)
    if request.method == "GET":
        return _page(sheet, declared, found)
    wanted = target_form.read(sheet, declared, found.code, found)
    return _take(sheet, declared, found, wanted)


@blueprint.post("/<int:target_id>/switch")
def switch(target_id: int) -> ResponseReturnValue:
    """Switch a time limit off from today on, or on again."""
    try:
        with visit.house().database.write() as session:
            saved = target_changes.switch(session, target_id, _today(), visit.writer())
            said = (saved.enabled, saved.register, _dated(saved), saved.valid_from)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    if said[0]:
        _start_clocks(*said[1:])
        flash(visit.t("已启用。", "Switched on."), "success")
    else:
        flash(visit.t("从今天起停用。", "Switched off from today on."), "success")
    return redirect(url_for(".index"))


def _take(
    sheet: Sheet,
    declared: Declaration,
    found: SlaTarget | None,
    wanted: SlaTarget,
) -> ResponseReturnValue:
    """Show what was sent: refused, as it would have been last month, or saved."""
    target_form.refuse_wrong(sheet, wanted)
    if not sheet.is_right:
        return _page(sheet, declared, found, status=422)
    if not rule_pages.is_to_be_saved():
        return _previewed(sheet, declared, found, wanted)
    known = None if found is None else request.form.get("basis", 0, type=int)
    before = None if found is None else found.version
    try:
        with visit.house().database.write() as session:
            saved = target_changes.say(session, wanted, known, visit.writer())
            at = (saved.register, _dated(saved), saved.valid_from)
            is_new = saved.version != before
    except targets.TargetRefusedError as error:
        return _refused(sheet, declared, found, error, 422)
    except (RuleChangedError, RuleThereError) as error:
        return _refused(sheet, declared, found, error, 409)
    if not is_new:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
        return redirect(url_for(".index"))
    left = _start_clocks(*at)
    flash(
        visit.t("已保存，新记录马上按它计时。", "Saved; it holds at once."), "success"
    )
    if left:
        said = visit.t(
            f"这一天以来的记录太多，先给最早的 {MOST_AT_ONCE} 条计时；"
            "其余的在下次保存时计时。",
            f"The first {MOST_AT_ONCE} entries since that day have clocks now; the "
            "others get theirs when they are saved next.",
        )
        flash(said, "warning")
    return redirect(url_for(".index", register=declared.code))


def _refused(
    sheet: Sheet,
    declared: Declaration,
    found: SlaTarget | None,
    error: PersonError,
    status: int,
) -> ResponseReturnValue:
    notes = rule_pages.sentence(error)
    return _page(sheet, declared, found, status=status, notes=notes)


def _previewed(
    sheet: Sheet, declared: Declaration, found: SlaTarget | None, wanted: SlaTarget
) -> ResponseReturnValue:
    hidden = _hidden(declared, wanted)
    if hidden is not None:
        preview = {"label": visit.t("不能预览", "No preview"), "rows": [], "heads": []}
        preview["note"] = rule_pages.unread_note(hidden)["text"]
        return _page(sheet, declared, found, preview=preview)
    try:
        outlook = target_preview.outlook(
            visit.session(), wanted, visit.person(), visit.now(), visit.zone()
        )
    except PersonError as error:
        return _refused(sheet, declared, found, error, 422)
    shown = target_words.preview(outlook, declared)
    return _page(sheet, declared, found, preview=shown)


def _hidden(declared: Declaration, wanted: SlaTarget) -> Label | None:
    """Return what the person may not read and the preview would tell of."""
    person = visit.person()
    own = [wanted.start_field, wanted.needed_field]
    if wanted.stop_register is None:
        own.append(wanted.stop_field)
    else:
        stopping = catalogue.current()[wanted.stop_register]
        if not access.sees_every_row(person, stopping, Action.LIST):
            return stopping.title
        found = unread_names.unread(person, stopping, (), [wanted.stop_field])
        if found is not None:
            return found
    return unread_names.unread(person, declared, [wanted.condition], own)


def _start_clocks(register: str, field: str, since: date) -> bool:
    """Open the clocks of entries that began since a day; whether some are left."""
    # As of a file: what is late by now has its verdict, and nobody is woken by it.
    by = Writer(access.SYSTEM, visit.now(), visit.zone(), "template")
    after: int | None = 0
    for _ in range(0, MOST_AT_ONCE, clock_refresh.BATCH):
        with visit.house().database.write() as session:
            after = clock_refresh.refresh_next(
                session, register, after or 0, by, began=(field, since)
            )
        if after is None:
            return False
    return True


def _dated(target: SlaTarget) -> str:
    """Return the field by which entries that a target concerns are found."""
    # Whoever entered a state since a day was changed since it.
    return "changed_at" if target.start_states else target.start_field


def _today() -> date:
    return visit.now().astimezone(visit.zone()).date()


def _page(
    sheet: Sheet,
    declared: Declaration,
    found: SlaTarget | None,
    *,
    preview: dict[str, Any] | None = None,
    notes: Sequence[dict[str, str]] = (),
    status: int = 200,
) -> ResponseReturnValue:
    t, language = visit.t, visit.language()
    told: list[dict[str, str]] = []
    title = t("新建时限要求", "New time limit")
    if found is not None:
        title = found.label.text(language)
        key = target_changes.key_of(visit.session(), found.code, found.department_id)
        told = rule_pages.history(target_changes.SETTING, key, target_words.changed)
    return rule_pages.page(
        sheet,
        target_form.sections(sheet, found),
        title=title,
        text=t("台账：", "Register: ") + declared.title.text(language),
        crumbs=_crumbs(),
        preview=preview,
        notes=list(notes),
        history=told,
        cancel_url=url_for(".index"),
        basis="" if found is None else str(found.id),
        status=status,
    )
