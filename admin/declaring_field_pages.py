"""字段设置: all of one field that its row in 台账与字段 does not ask.

As there, the plan comes before the deed; with it what a formula gives on real entries,
and which values another type would not take.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import declaring_doing as doing
from admin import declaring_example as example
from admin import declaring_field_form as forms
from admin import (
    declaring_field_read,
    declaring_pages,
    declaring_type,
    rule_pages,
    visit,
)
from admin.asked import Sheet
from models import field_copies, recomputing, stored
from models.declaring import Edit, Proposed
from models.register import Declaration, Field
from models.stanza import read_register, write_register
from models.stanza_fields import write_field
from models.stored import PANEL, Stored
from models.words import Label, PersonError

blueprint = Blueprint("fields", __name__, url_prefix="/settings/fields")
blueprint.before_request(declaring_pages.gate)
# Where the form shows a key of the stanza that has another name there.
PLACES = {
    "title": "zh",
    "help": "help_zh",
    "unit": "unit_zh",
    "only_if": "only_field",
    "required_if": "must_field",
}


@blueprint.route("/<code>/field/<name>", methods=["GET", "POST"])
def field(code: str, name: str) -> ResponseReturnValue:
    """Show one field to be changed; show what that comes to, or do it."""
    declared = doing.known(code)
    one = next((it for it in declared.fields if it.name == name), None)
    if one is None:
        abort(404)
    is_own = _is_own(declared, one)
    sheet = forms.sheet_of(declared, one, is_own=is_own)
    if request.method == "GET":
        return _page(sheet, declared, one)
    said = declaring_field_read.read(sheet, declared, one, write_field(one))
    if request.form.get("basis") != doing.basis(declared):
        note = visit.t(
            "这个台账刚被别人改过。您填写的都还在，请核对后再提交。",
            "Somebody has just changed this register. What you typed is still "
            "here: compare and send it again.",
        )
        notes = [{"tone": "late", "text": note}]
        return _page(sheet, declared, one, notes=notes, status=409)
    if sheet.is_right and said.get("computed"):
        _refuse_overwriting(sheet, declared, one)
    if not sheet.is_right:
        return _page(sheet, declared, one, status=422)
    return _take(sheet, declared, one, said)


def _is_own(declared: Declaration, one: Field) -> bool:
    """Whether the panel may say type and formula of a field anew."""
    there = stored.of(visit.house().database)
    code = declared.code
    of_others = [key for key in there.additions if key[0] == code]
    if code in there.registers and not of_others:
        return not one.standard
    added = there.additions.get((code, PANEL), ())
    return any(
        it["name"] == one.name for stanza in added for it in stanza.get("fields", ())
    )


def _take(
    sheet: Sheet, declared: Declaration, one: Field, said: Mapping[str, Any]
) -> ResponseReturnValue:
    stanza = write_register(declared)
    new: Field | None = None
    if declaring_type.is_anew(one, said):
        try:
            new = declaring_type.replaced(declared, one, dict(said), stanza)
        except PersonError as error:
            sheet.refuse("type", error.label)
            return _page(sheet, declared, one, status=422)
    else:
        stanza["fields"] = [
            dict(said) if it["name"] == one.name else it for it in stanza["fields"]
        ]

    def edit(there: Stored) -> Stored:
        return doing.changed(there, declared.code, read_register(stanza))

    notes: list[dict[str, str]] = []
    done = _carried_out(sheet, declared.code, edit, notes)
    if notes or not sheet.is_right:
        return _page(sheet, declared, one, notes=notes, status=422)
    if done is not None:
        wanted = done.catalogue[declared.code].field((new or one).name)
        preview = _preview(done, declared, one, wanted)
        return _page(sheet, declared, one, preview=preview)
    flash(visit.t("字段已更新。", "The field is changed."), "success")
    if new is None:
        _reckon_again(declared, one)
    else:
        _carry_over(declared, one, new)
    return redirect(url_for("declaring.change", code=declared.code))


def _carried_out(
    sheet: Sheet, code: str, edit: Edit, notes: list[dict[str, str]]
) -> Proposed | None:
    """Return the plan if it was asked for; where mistakes are found, tell them."""

    def whole(sentence: str) -> None:
        notes.append({"tone": "late", "text": sentence})

    def mistakes(found: Any) -> None:
        for one in found:
            key = str(one.path[2]) if len(one.path) > 2 else ""  # noqa: PLR2004 - fields, which one, its key
            name = PLACES.get(key, key)
            if name in sheet.form:
                sheet.refuse(name, one.label)
            else:
                whole(one.text(visit.language()))

    told = doing.Told(mistakes, lambda _place, sentence: whole(sentence), whole)
    is_deed = rule_pages.is_to_be_saved()
    return doing.carry_out(code, edit, told, is_deed=is_deed)


def _refuse_overwriting(sheet: Sheet, declared: Declaration, one: Field) -> None:
    """Refuse a formula over values that people have typed."""
    if one.computed is not None or one.column is None:
        return
    count = example.filled(declared, one)
    if count:
        sheet.refuse(
            "computed",
            Label(
                f"已有 {count} 条记录填过这一栏，公式会盖掉它们。请另加一个计算字段。",
                f"{count} entries have been filled in by hand, and the formula would "
                "write over them. Add a field for it.",
            ),
        )


def _carry_over(declared: Declaration, one: Field, new: Field) -> None:
    """Fill a new field from the one that it takes the place of."""
    convert = declaring_type.converter(one, new)
    database = visit.house().database
    count = field_copies.carry_over(database, declared.code, one, new, convert)
    said = visit.t(f"转换了 {count} 条记录的值。", f"{count} values were carried over.")
    flash(said, "success")


def _preview(
    done: Proposed, declared: Declaration, before: Field, wanted: Field
) -> dict[str, Any]:
    """Return what would be done as settings/form.html shows it."""
    t, language = visit.t, visit.language()
    lines = done.plan.summary(language).splitlines() or [
        t("只改设置，不改数据表。", "The settings only; no table is changed.")
    ]
    heads: list[str] = []
    rows: list[list[str]] = []
    if wanted.computed is not None:
        found = example.of_formula(done.catalogue[declared.code], wanted)
        heads = [t("记录", "Entry"), t("用到的值", "Values"), t("算得", "Comes to")]
        rows = found or []
        if not found:
            lines.append(
                t("还没有可以试算的记录。", "There is no entry to try it on yet.")
            )
    elif before.name != wanted.name:
        lines.append(declaring_type.told(declared, before, wanted))
    elif before.type is not wanted.type:
        count, told = example.misfits(declared, wanted)
        lines.append(_fitting(count, told))
    return {
        "label": t("将要做的事", "What will be done"),
        "heads": heads,
        "rows": rows,
        "note": t("；", "; ").join(one.rstrip("。.") for one in lines) + t("。", "."),
    }


def _fitting(count: int, told: Any) -> str:
    if not count:
        return visit.t("已有的值都能转换。", "Every value there is fits.")
    some = visit.t("、", ", ").join(told)
    return visit.t(
        f"有 {count} 条记录的值不合新类型：{some}。内容照样保留，下次修改时须改正。",
        f"The values of {count} entries do not fit: {some}. They are kept as they are, "
        "and have to be mended when the entry is next changed.",
    )


def _reckon_again(declared: Declaration, one: Field) -> None:
    """Compute a changed formula on the entries there are."""
    now = doing.known(declared.code)
    wanted = replace(now.field(one.name), label=one.label)
    if wanted.computed is None or wanted.computed == one.computed:
        return
    left = recomputing.compute_again(visit.house().database, now.code, visit.zone())
    if left:
        flash(
            visit.t(
                f"较早的 {left} 条记录在下次修改时重新计算。",
                f"{left} older entries are computed when they are next changed.",
            ),
            "info",
        )


def _page(
    sheet: Sheet,
    declared: Declaration,
    one: Field,
    *,
    preview: dict[str, Any] | None = None,
    notes: list[dict[str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    t, language = visit.t, visit.language()
    back = url_for("declaring.change", code=declared.code)
    crumbs = [
        {
            "label": t("台账与字段", "Registers and fields"),
            "url": url_for("declaring.index"),
        },
        {"label": declared.title.text(language), "url": back},
    ]
    return rule_pages.page(
        sheet,
        forms.sections(sheet),
        title=one.label.text(language),
        text=t("字段代号 ", "Field ") + one.name,
        crumbs=crumbs,
        preview=preview,
        notes=notes or [],
        history=[],
        cancel_url=back,
        basis=doing.basis(declared),
        status=status,
    )
