"""指标: figures taken from registers for each person, made and changed here."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import (
    measure_form,
    measure_list,
    pay_words,
    rule_choices,
    rule_pages,
    visit,
)
from admin.asked import Sheet
from models import (
    access,
    catalogue,
    measure_changes,
    measure_splits,
    measures,
    references,
    unread_names,
)
from models.access import Action
from models.measures import Measure
from models.register import Declaration
from models.rule_errors import RuleChangedError
from models.rules.formula import Value
from models.rules.periods import PeriodKind, period_of
from models.words import Label, PersonError

blueprint = Blueprint("measures", __name__, url_prefix="/settings/measures")
blueprint.before_request(rule_pages.gate)
SHOWN = 50  # people whose figures a preview shows
STAFF = "staff"


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the measures by register, or those of one register."""
    return rule_pages.index_page(
        blueprint.name,
        (visit.t("指标", "Measures"), visit.t("新建指标", "New measure")),
        visit.t(
            "从台账里给每个人算出来的数，绩效方案用它。",
            "Figures taken from registers for each person; pay schemes read them.",
        ),
        measure_list.tables(rule_pages.register_asked_for()),
        rule_pages.history(measure_changes.SETTING, None, measure_list.changed),
    )


def _crumbs() -> list[dict[str, str]]:
    return rule_choices.crumbs("measures.index", "指标", "Measures")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a measure: its register first, then the rest."""
    declared = rule_pages.register_asked_for()
    title = visit.t("新建指标", "New measure")
    if declared is None:
        return rule_pages.choose_register(title, "measures.index", _crumbs())
    sheet = measure_form.sheet_of(declared, None)
    if request.method == "GET":
        return _page(sheet, declared, None)
    code = measure_changes.new_code(
        visit.session(), declared.code, sheet.text("name_zh")
    )
    return _take(sheet, declared, None, measure_form.read(sheet, declared, code))


@blueprint.route("/<int:measure_id>/", methods=["GET", "POST"])
def measure(measure_id: int) -> ResponseReturnValue:
    """Change a measure."""
    found = measure_changes.find(visit.session(), measure_id)
    if found.register not in catalogue.current():
        abort(404)
    declared = catalogue.current()[found.register]
    sheet = measure_form.sheet_of(declared, found)
    if request.method == "GET":
        return _page(sheet, declared, found)
    wanted = measure_form.read(sheet, declared, found.code)
    return _take(sheet, declared, found, wanted)


@blueprint.post("/<int:measure_id>/delete")
def delete(measure_id: int) -> ResponseReturnValue:
    """Delete a measure that no pay rule reads."""
    try:
        with visit.house().database.write() as session:
            measure_changes.delete(session, measure_id, visit.writer())
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    else:
        flash(visit.t("指标已删除。", "The measure is deleted."), "success")
    return redirect(url_for(".index"))


def _take(
    sheet: Sheet, declared: Declaration, found: Measure | None, wanted: Measure
) -> ResponseReturnValue:
    """Show what was sent: refused, with this month's figures, or saved."""
    measure_form.refuse_wrong(sheet, wanted)
    if not sheet.is_right:
        return _page(sheet, declared, found, status=422)
    if not rule_pages.is_to_be_saved():
        return _page(sheet, declared, found, preview=_preview(declared, wanted))
    try:
        with visit.house().database.write() as session:
            if found is None:
                measure_changes.make(session, wanted, visit.writer())
            else:
                known = request.form.get("basis", "")
                measure_changes.change(session, found.id, wanted, known, visit.writer())
    except RuleChangedError as error:
        notes = rule_pages.sentence(error)
        return _page(sheet, declared, found, status=409, notes=notes)
    except PersonError as error:
        notes = rule_pages.sentence(error)
        return _page(sheet, declared, found, status=422, notes=notes)
    flash(visit.t("指标已保存。", "The measure is saved."), "success")
    return redirect(url_for(".index", register=declared.code))


def _preview(declared: Declaration, wanted: Measure) -> dict[str, Any]:
    """Return this month's figures as settings/form.html shows them."""
    t = visit.t
    label = t("本月的数", "This month's figures")
    hidden = _hidden(declared, wanted)
    if hidden is not None:
        note = rule_pages.unread_note(hidden)["text"]
        return {"label": label, "heads": [], "rows": [], "note": note}
    month = period_of(PeriodKind.MONTH, visit.now().astimezone(visit.zone()).date())
    found = measures.figures(
        visit.session(), wanted, month, visit.zone(), visit.person()
    )
    best = sorted(found, key=lambda one: (_figure(found[one]), -one), reverse=True)
    names = references.labels(visit.session(), STAFF, best[:SHOWN])
    language = visit.language()
    rows = [
        [names.get(one, f"#{one}"), pay_words.shorter(found[one].text(language))]
        for one in best[:SHOWN]
    ]
    said = t(
        f"本月到现在有 {len(found)} 人有数。还没有保存。",
        f"{len(found)} people have a figure this month so far. Nothing is saved yet.",
    )
    if len(found) > SHOWN:
        said = t(f"先列 {SHOWN} 人。", f"The first {SHOWN} are shown. ") + said
    heads = [t("员工", "Person"), wanted.label.text(language)]
    return {"label": label, "heads": heads, "rows": rows, "note": said}


def _figure(value: Value) -> Decimal:
    """Return what people are sorted by; nothing comes last."""
    return value.content if isinstance(value.content, Decimal) else Decimal(-1)


def _hidden(declared: Declaration, wanted: Measure) -> Label | None:
    """Return what the person may not read and the figures would tell of."""
    person = visit.person()
    staff = catalogue.current()[STAFF]
    if not access.sees_every_row(person, staff, Action.LIST):
        return staff.title
    names = [wanted.field, wanted.weight, wanted.date_field, wanted.person_field]
    texts = [wanted.condition, wanted.share_of]
    hidden = unread_names.unread(person, declared, texts, names)
    if hidden is not None or wanted.split is None:
        return hidden
    split = measure_splits.read(wanted.split)
    shares = catalogue.current()[split.register]
    if not access.sees_every_row(person, shares, Action.LIST):
        return shares.title
    read = [split.of, split.person, split.share, split.since, split.until]
    hidden = unread_names.unread(person, shares, [split.condition], read)
    if hidden is not None or split.whole_when is None:
        return hidden
    whole = catalogue.current()[measure_splits.shared_register(split, declared)]
    if not access.sees_every_row(person, whole, Action.LIST):
        return whole.title
    return unread_names.unread(person, whole, [split.whole_when])


def _page(
    sheet: Sheet,
    declared: Declaration,
    found: Measure | None,
    *,
    preview: dict[str, Any] | None = None,
    notes: Sequence[dict[str, str]] = (),
    status: int = 200,
) -> ResponseReturnValue:
    t, language = visit.t, visit.language()
    told: list[dict[str, str]] = []
    title = t("新建指标", "New measure")
    if found is not None:
        title = found.label.text(language)
        key, words = found.id, measure_list.changed
        told = rule_pages.history(measure_changes.SETTING, key, words)
    return rule_pages.page(
        sheet,
        measure_form.sections(),
        title=title,
        text=t("台账：", "Register: ") + declared.title.text(language),
        crumbs=_crumbs(),
        preview=preview,
        notes=list(notes),
        history=told,
        cancel_url=url_for(".index"),
        basis="" if found is None else measure_changes.basis(found),
        status=status,
    )
