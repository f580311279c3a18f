"""部门用语: what a department calls registers, fields, options and steps itself.

Words only: what is stored keeps its codes, and other departments keep their words.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import declaring_pages, menu, rule_choices, visit
from admin.column_converters import show_instant
from models import catalogue, wordings
from models.history import ChangeEvent
from models.register import STANDARD_NAMES, Declaration, Field
from models.words import Label

blueprint = Blueprint("wordings", __name__, url_prefix="/settings/words")
blueprint.before_request(declaring_pages.gate)
LAST = 10  # changes that are told
COMMON = 3  # registers that have a field of one name and one wording: it is said once
Groups = list[tuple[Label, list[tuple[str, Label]]]]


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the departments with how many words of their own each has."""
    t = visit.t
    counts = wordings.departments(visit.session())
    blank = {"url": None, "pill": None, "css": "", "clause": None, "small": None}
    rows = [
        {
            "off": False,
            "cells": [
                blank | {"text": label, "url": url_for(".words", department=key)},
                blank | {"text": str(counts.get(key, 0)), "css": "num end"},
            ],
            "buttons": [],
        }
        for key, label in _departments().items()
    ]
    return render_template(
        "settings/table.html",
        page_title=t("部门用语", "Words by department"),
        crumbs=[],
        text=t(
            "同一个字段，各部门可以有自己的叫法，如酒店把“客户”叫“客人”。"
            "只改看到的字，记录和历史不变；导入时两种叫法都认。",
            "A department may call a field by its own word. Entries and history stay "
            "as they are; imports know both words.",
        ),
        actions=[],
        notes=[],
        tables=[
            {
                "label": None,
                "heads": [
                    {"label": t("部门", "Department"), "css": ""},
                    {"label": t("自己的叫法", "Words of its own"), "css": "end"},
                ],
                "empty": "",
                "rows": rows,
            }
        ],
    )


def _departments() -> dict[int, str]:
    everybody = {wordings.COMPANY: visit.t("全公司", "The company")}
    return everybody | {int(key): name for key, name in rule_choices.departments()}


@blueprint.get("/<int:department>")
def words(department: int) -> ResponseReturnValue:
    """Show the words of a department, of one register or of what all have."""
    return _page(department, wordings.said(visit.session(), department), [])


@blueprint.post("/<int:department>")
def save(department: int) -> ResponseReturnValue:
    """Keep the words that were typed; those of other registers stay."""
    code = _chosen()
    before = wordings.said(visit.session(), department)
    shown = {key: label for _, some in _groups(code) for key, label in some}
    typed = {key: found for key in shown if (found := _typed(key)) is not None}
    wanted = {key: one for key, one in before.items() if key not in shown} | typed
    wrong = [_long(one) for one in typed.values() if _is_long(one)]
    wrong += [
        visit.t(
            f"{_title(register)}里会有两个字段都叫“{label.zh}”，请换一个叫法。",
            f"Two fields of {_title(register)} would be called “{label.en}”.",
        )
        for register, _, label in wordings.alike(catalogue.current(), wanted)
    ]
    if wrong:
        return _page(department, wanted, wrong)
    with visit.house().database.write() as session:
        changed = wordings.save(session, department, wanted, visit.writer())
    if changed:
        flash(visit.t("用语已更新。", "The words are changed."), "success")
    else:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
    return redirect(url_for(".words", department=department, register=code))


def _typed(key: str) -> Label | None:
    """Return the word that was typed for a thing; None where it was left empty."""
    zh = request.form.get(f"zh:{key}", "").strip()
    en = request.form.get(f"en:{key}", "").strip()
    house = wordings.meant(catalogue.current(), key)
    if house is None or not (zh or en):
        return None
    found = Label(zh or house.zh, en or house.en)
    return None if found == house else found


def _is_long(one: Label) -> bool:
    return max(len(one.zh), len(one.en)) > wordings.LONGEST


def _long(one: Label) -> str:
    return visit.t(
        f"“{one.zh}”太长，最多 {wordings.LONGEST} 个字。",
        f"“{one.en}” is too long; {wordings.LONGEST} characters fit.",
    )


def _chosen() -> str:
    """Return the register of the address; what all have where none is named."""
    code = request.args.get("register", wordings.EVERY)
    if code != wordings.EVERY and code not in catalogue.current():
        abort(404)
    return code


def _title(code: str) -> str:
    return catalogue.current()[code].title.text(visit.language())


def _groups(code: str) -> Groups:
    """Return what may be called otherwise, by what it is."""
    if code == wordings.EVERY:
        label = Label("各台账都有的字段", "Fields that many registers have")
        return [(label, _common())]
    declared = catalogue.current()[code]
    own = (one for one in declared.all_fields if one.name not in STANDARD_NAMES)
    fields = [*own, *(declared.field(name) for name in sorted(STANDARD_NAMES))]
    found: Groups = [
        (Label("台账", "Register"), [(code, declared.title)]),
        (
            Label("字段", "Fields"),
            [(f"{code}.{one.name}", one.label) for one in fields],
        ),
    ]
    found += [_options(code, one) for one in declared.fields if one.options]
    if declared.flow is not None:
        steps = [
            (f"{code}.{wordings.STEP}.{one.code}", one.label)
            for one in declared.flow.transitions
        ]
        found.append((Label("流程的步骤", "Steps of the flow"), steps))
    return found


def _options(code: str, one: Field) -> tuple[Label, list[tuple[str, Label]]]:
    label = Label(f"“{one.label.zh}”的选项", f"Options of “{one.label.en}”")
    return label, [(f"{code}.{one.name}.{it.value}", it.label) for it in one.options]


def _common() -> list[tuple[str, Label]]:
    """Return the fields that many registers have under one name and one wording."""
    counts: dict[tuple[str, Label], int] = {}
    for declared in catalogue.current():
        for one in declared.all_fields:
            key = (one.name, one.label)
            counts[key] = counts.get(key, 0) + 1
    often: dict[str, Label] = {}
    for (name, label), count in sorted(counts.items(), key=lambda it: -it[1]):
        if count >= COMMON:
            often.setdefault(name, label)
    return [(f"{wordings.EVERY}.{name}", label) for name, label in often.items()]


def _page(
    department: int, said: dict[str, Label], wrong: list[str]
) -> ResponseReturnValue:
    names = _departments()
    if department not in names:
        abort(404)
    code, language, t = _chosen(), visit.language(), visit.t
    registers = [(wordings.EVERY, t("各台账都有的字段", "What all registers have"))]
    registers += [
        (one.code, _with_count(one, said))
        for one in menu.in_menu_order(catalogue.current())
        if not one.is_retired
    ]
    page = render_template(
        "settings/words.html",
        page_title=names[department],
        crumbs=[
            {"label": t("部门用语", "Words by department"), "url": url_for(".index")}
        ],
        text=None,
        wrong=wrong,
        register=code,
        registers=registers,
        register_url=url_for(".words", department=department),
        groups=[
            {
                "label": label.text(language),
                "rows": [_row(key, house, said.get(key)) for key, house in some],
            }
            for label, some in _groups(code)
        ],
        longest=wordings.LONGEST,
        cancel_url=url_for(".index"),
        history=[
            _happened(one)
            for one in wordings.history(visit.session(), department, LAST)
        ],
    )
    return page, 422 if wrong else 200


def _with_count(declared: Declaration, said: dict[str, Label]) -> str:
    count = sum(key.partition(".")[0] == declared.code for key in said)
    title = declared.title.text(visit.language())
    return f"{title}（{count}）" if count else title


def _row(key: str, house: Label, own: Label | None) -> dict[str, str]:
    return {
        "key": key,
        "house": house.text(visit.language()),
        "house_en": house.en,
        "zh": "" if own is None or own.zh == house.zh else own.zh,
        "en": "" if own is None or own.en == house.en else own.en,
    }


def _happened(event: ChangeEvent) -> dict[str, str]:
    known = catalogue.current()
    parts = []
    for key, (was, now) in event.changes.items():
        house = wordings.meant(known, key)
        name = house.text(visit.language()) if house else key
        word = (now or was or "").partition(" | ")[0]
        parts.append(
            visit.t(f"“{name}”叫“{word}”", f"“{name}” is called “{word}”")
            if now
            else visit.t(f"“{name}”不再叫“{word}”", f"“{name}” is no more “{word}”")
        )
    return {
        "at": show_instant(event.at, visit.zone()),
        "by": event.by_name,
        "text": visit.t("；", "; ").join(parts),
    }
