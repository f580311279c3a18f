"""定期任务: what people owe in each period, made and changed here."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import (
    duty_form,
    duty_rule_list,
    duty_words,
    rule_choices,
    rule_pages,
    visit,
)
from admin.asked import Sheet
from models import access, catalogue, duty_changes, unread_names
from models.access import Action
from models.duties import Duty
from models.duty_standing import Reckoning, Standing, period_at
from models.measures import Measure
from models.rule_errors import RuleChangedError, RuleThereError
from models.rules.periods import previous_period
from models.words import Label, PersonError

blueprint = Blueprint("duty_rules", __name__, url_prefix="/settings/duties")
blueprint.before_request(rule_pages.gate)
SHOWN = 50  # people whom a preview shows
STAFF = "staff"
FOREVER = date(2000, 1, 1)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the duties, each by its last version."""
    t = visit.t
    return rule_pages.index_page(
        blueprint.name,
        (t("定期任务", "Duties"), t("新建定期任务", "New duty")),
        t(
            "每个周期要做够多少；数从指标里取，结果在“达标情况”。",
            "How much is owed in each period; the figures are those of measures.",
        ),
        duty_rule_list.tables(_measures()),
        rule_pages.history(duty_changes.SETTING, None, duty_rule_list.changed),
    )


def _measures() -> dict[str, Measure]:
    found = visit.session().scalars(select(Measure).order_by(Measure.id))
    known = catalogue.current()
    return {one.code: one for one in found if one.register in known}


def _crumbs() -> list[dict[str, str]]:
    return rule_choices.crumbs("duty_rules.index", "定期任务", "Duties")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a duty: its measure first, then the rest."""
    code = request.args.get("measure", "")
    known = _measures()
    title = visit.t("新建定期任务", "New duty")
    if not code:
        return rule_pages.choose(
            title,
            "duty_rules.index",
            _crumbs(),
            visit.t("先选它看哪个指标。", "Choose its measure first."),
            {
                "name": "measure",
                "label": visit.t("指标", "Measure"),
                "options": _choices(known),
            },
        )
    if code not in known:
        abort(404)
    measure = known[code]
    sheet = duty_form.sheet_of(measure, None)
    if request.method == "GET":
        return _page(sheet, measure, None)
    made = duty_changes.new_code(visit.session(), code, sheet.text("name_zh"))
    return _take(sheet, measure, None, duty_form.read(sheet, measure, made))


def _choices(known: dict[str, Measure]) -> list[tuple[str, str]]:
    language, titles = visit.language(), catalogue.current()
    return [
        (
            one.code,
            f"{titles[one.register].title.text(language)}·{one.label.text(language)}",
        )
        for one in known.values()
    ]


@blueprint.route("/<int:duty_id>/", methods=["GET", "POST"])
def duty(duty_id: int) -> ResponseReturnValue:
    """Change a duty: what is saved is its next version."""
    found = duty_changes.last_of(visit.session(), duty_id)
    measure = _measures().get(found.measure)
    if measure is None:
        abort(404)
    sheet = duty_form.sheet_of(measure, found)
    if request.method == "GET":
        return _page(sheet, measure, found)
    wanted = duty_form.read(
        sheet, measure, found.code, enabled=found.enabled, before=found
    )
    return _take(sheet, measure, found, wanted)


@blueprint.post("/<int:duty_id>/switch")
def switch(duty_id: int) -> ResponseReturnValue:
    """Switch a duty off from the next period on, or on again."""
    today = visit.now().astimezone(visit.zone()).date()
    try:
        with visit.house().database.write() as session:
            is_on = duty_changes.switch(session, duty_id, today, visit.writer()).enabled
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    said = visit.t("从下一个周期起停用。", "Off from the next period on.")
    if is_on:
        said = visit.t("从下一个周期起启用。", "On from the next period on.")
    flash(said, "success")
    return redirect(url_for(".index"))


def _take(
    sheet: Sheet, measure: Measure, found: Duty | None, wanted: Duty
) -> ResponseReturnValue:
    """Show what was sent: refused, as it would have been last period, or saved."""
    if sheet.is_right:
        duty_form.refuse_wrong(sheet, wanted)
    if not sheet.is_right:
        return _page(sheet, measure, found, status=422)
    if not rule_pages.is_to_be_saved():
        return _page(sheet, measure, found, preview=_preview(measure, wanted))
    known = None if found is None else request.form.get("basis", 0, type=int)
    before = None if found is None else found.version
    try:
        with visit.house().database.write() as session:
            is_new = (
                duty_changes.say(session, wanted, known, visit.writer()).version
                != before
            )
    except (RuleChangedError, RuleThereError) as error:
        notes = rule_pages.sentence(error)
        return _page(sheet, measure, found, status=409, notes=notes)
    except PersonError as error:
        notes = rule_pages.sentence(error)
        return _page(sheet, measure, found, status=422, notes=notes)
    if is_new:
        flash(visit.t("定期任务已保存。", "The duty is saved."), "success")
    else:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
    return redirect(url_for(".index"))


def _preview(measure: Measure, wanted: Duty) -> dict[str, Any]:
    """Return the last period under it as settings/form.html shows it."""
    t = visit.t
    hidden = _hidden(measure, wanted)
    if hidden is not None:
        note = rule_pages.unread_note(hidden)["text"]
        label = t("不能预览", "No preview")
        return {"label": label, "heads": [], "rows": [], "note": note}
    today = visit.now().astimezone(visit.zone()).date()
    period = previous_period(period_at(wanted, today))
    said = {name: getattr(wanted, name) for name in duty_changes.SAID}
    # As if it had held all the time, and was on.
    said |= {"valid_from": FOREVER, "enabled": True, "months": []}
    tried = Duty(
        code=wanted.code,
        version=1,
        measure=wanted.measure,
        period=wanted.period,
        **said,
    )
    reckoning = Reckoning(visit.session(), period, visit.zone(), visit.now())
    found = reckoning.standings([tried], [period])
    heads = [
        t("员工", "Person"),
        t("完成", "Done"),
        t("结果", "Result"),
        t("说明", "Note"),
    ]
    note = t(
        f"按这个设置，{period.label.zh} 会是这样，共 {len(found)} 人。还没有保存。",
        f"{period.label.en} would have been like this, for {len(found)} people. "
        "Nothing is saved yet.",
    )
    return {
        "label": t("上一个周期会怎样", "What the last period would have been"),
        "heads": heads,
        "rows": [_previewed(one, measure) for one in found[:SHOWN]],
        "note": note,
    }


def _previewed(one: Standing, measure: Measure) -> list[str]:
    return [
        one.owner.name,
        duty_words.done([one], measure),
        duty_words.word(one.verdict),
        duty_words.lacking(one, measure),
    ]


def _hidden(measure: Measure, wanted: Duty) -> Label | None:
    """Return what the person may not read and the figures would tell of."""
    person, known = visit.person(), catalogue.current()
    declared = known[measure.register]
    for one in (known[STAFF], declared):
        if not access.sees_every_row(person, one, Action.LIST):
            return one.title
    names = [measure.field, measure.date_field, measure.person_field]
    names += [wanted.each_field, wanted.topics_field]
    texts = [measure.condition, measure.share_of]
    return unread_names.unread(person, declared, texts, names)


def _page(
    sheet: Sheet,
    measure: Measure,
    found: Duty | None,
    *,
    preview: dict[str, Any] | None = None,
    notes: Sequence[dict[str, str]] = (),
    status: int = 200,
) -> ResponseReturnValue:
    t, language = visit.t, visit.language()
    told: list[dict[str, str]] = []
    title = t("新建定期任务", "New duty")
    if found is not None:
        title = found.label.text(language)
        key = duty_changes.key_of(visit.session(), found.code, found.department_id)
        told = rule_pages.history(duty_changes.SETTING, key, duty_rule_list.changed)
    return rule_pages.page(
        sheet,
        duty_form.sections(),
        title=title,
        text=t("指标：", "Measure: ") + measure.label.text(language),
        crumbs=_crumbs(),
        preview=preview,
        notes=list(notes),
        history=told,
        cancel_url=url_for(".index"),
        basis="" if found is None else str(found.id),
        status=status,
    )
