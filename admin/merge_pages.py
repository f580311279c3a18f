"""合并: what may be there twice, two entries side by side, made one, and taken back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import entry_lines, visit
from admin.column_converters import show_instant
from admin.list_page import desk
from admin.rule_pages import cell
from admin.value_words import words
from models import access, alike, catalogue, masking, merge_table, merging, suspects
from models.access import Action
from models.entry_errors import EntryRefusedError, LostUpdateError, NotAllowedError
from models.merge_table import EntryMerge
from models.register import Declaration, Field
from models.words import PersonError

blueprint = Blueprint("merging", __name__, url_prefix="/register/<register>/merge")
Row = dict[str, Any]
LAST = 20  # merges that are told, with the way back
NAMED = 12  # entries of one register that the preview names
LONGEST_ID = 18  # digits


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through whoever may make two entries of the register one."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    code, known = str((request.view_args or {})["register"]), catalogue.current()
    if code not in known or not known[code].merges:
        abort(404)
    if not merging.may_merge(visit.person(), known[code]):
        abort(403)
    return None


@blueprint.url_defaults
def same_register(_endpoint: str, values: dict[str, Any]) -> None:
    """Lead the pages' addresses to the register they are of."""
    here = (request.view_args or {}).get("register")
    if here is not None:
        values.setdefault("register", here)


def _id(name: str) -> int:
    given = request.values.get(name, "")
    return int(given) if given.isdecimal() and len(given) <= LONGEST_ID else 0


def _entry_url(register: str, entry_id: int) -> str:
    return url_for("register.details_view", register=register, id=entry_id)


# What may be there twice -------------------------------------------------------------


@blueprint.get("/suspects/")
def index(register: str) -> ResponseReturnValue:
    """Show what may be there twice, and what was made one lately."""
    t, declared = visit.t, catalogue.current()[register]
    title = declared.title.text(visit.language())
    back = {"label": title, "url": url_for("register.index_view", register=register)}
    return render_template(
        "settings/table.html",
        page_title=t("疑似重复", "Possibly there twice"),
        crumbs=[back],
        text=t(
            f"号码或名称相同的{title}。先比较，再决定保留哪一条。",
            f"Entries of {title} with the same number or name. Compare them first.",
        ),
        actions=[],
        notes=[],
        tables=[_suspects(declared), _lately(declared)],
    )


def _suspects(declared: Declaration) -> Row:
    t, language = visit.t, visit.language()
    found = suspects.groups(visit.session(), visit.person(), declared)
    keys = [(declared.code, one) for group in found for one in group.ids[:2]]
    lines = entry_lines.of(visit.session(), desk(), keys)
    rows = []
    for group in found:
        first, second = (lines.get((declared.code, one)) for one in group.ids[:2])
        if first is None or second is None:
            continue
        more = len(group.ids) - 2
        small = t(f"另有 {more} 条", f"{more} more") if more else None
        compare = url_for(".compare", keep=first["id"], drop=second["id"])
        rows.append(
            {
                "off": False,
                "cells": [
                    cell(group.field.label.text(language), small=small),
                    *(_named(one) for one in (first, second)),
                ],
                "buttons": [
                    {
                        "label": t("比较与合并", "Compare"),
                        "url": compare,
                        "method": "get",
                    }
                ],
            }
        )
    heads = [t("相同的", "Alike"), t("一条", "One"), t("另一条", "The other")]
    return {
        "label": t("疑似重复", "Possibly there twice"),
        "heads": [{"label": one, "css": ""} for one in heads],
        "empty": t(
            "没有发现重复。也可以在一条记录的“更多操作”里选择“合并重复”。",
            "Nothing was found. Two entries can also be merged from the menu of one.",
        ),
        "rows": rows,
    }


def _named(line: Row) -> Row:
    return cell(line["number"], url=line["url"], small=line["text"])


def _lately(declared: Declaration) -> Row:
    t = visit.t
    found = merge_table.latest(visit.session(), declared.code, LAST)
    table, person = catalogue.current().table(declared.code), visit.person()
    query = access.visible(person, declared.code, Action.LIST)
    query = query.where(table.c.id.in_([one.into_id for one in found]))
    seen = set(visit.session().scalars(query.with_only_columns(table.c.id)))
    heads = [t("并入", "Into"), t("原编号", "Old number"), t("合并", "Merged")]
    return {
        "label": t("最近合并", "Merged lately"),
        "heads": [{"label": one, "css": ""} for one in heads],
        "empty": t("还没有合并过。", "Nothing was merged yet."),
        "rows": [_merged(declared, one) for one in found if one.into_id in seen],
    }


def _merged(declared: Declaration, one: EntryMerge) -> Row:
    t = visit.t
    at = show_instant(one.at, visit.zone())
    undone = t("已撤销", "Taken back") if one.undone_at is not None else None
    ask = t(
        "撤销这次合并？移过去的记录会回到原来那条；之后改过的内容保持不变。",
        "Take this merge back? What was changed since stays as it is.",
    )
    return {
        "off": one.undone_at is not None,
        "cells": [
            cell(
                one.into_number or f"#{one.into_id}",
                url=_entry_url(declared.code, one.into_id),
            ),
            cell(one.from_number or f"#{one.from_id}"),
            cell(f"{one.by_name} {at}", css="num", small=undone),
        ],
        "buttons": []
        if undone
        else [
            {
                "label": t("撤销", "Take back"),
                "url": url_for(".undo", merge_id=one.id),
                "confirm": ask,
                "danger": False,
                "method": "post",
            }
        ],
    }


# Two entries side by side ------------------------------------------------------------


@blueprint.get("/")
def compare(register: str) -> ResponseReturnValue:
    """Show two entries side by side, or ask for the other one."""
    declared = catalogue.current()[register]
    keep, drop = _id("keep"), _id("drop") or _of_number(declared)
    if not drop:
        return _choose(declared, keep)
    try:
        rows = merging.both(visit.session(), visit.person(), declared, keep, drop)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    return _page(declared, *rows, [], 200)


def _of_number(declared: Declaration) -> int:
    """Return the entry of the number that was typed; 0 for none."""
    number = request.args.get("number", "").strip()
    if not number:
        return 0
    table = catalogue.current().table(declared.code)
    query = access.visible(visit.person(), declared.code, Action.CHANGE)
    query = query.where(table.c.number == number).with_only_columns(table.c.id)
    found = visit.session().scalar(query)
    if found is None:
        said = visit.t(f"没有编号 {number}。", f"There is no number {number}.")
        flash(said, "warning")
    return found or 0


def _choose(declared: Declaration, keep: int) -> ResponseReturnValue:
    session, person = visit.session(), visit.person()
    lines = entry_lines.of(session, desk(), [(declared.code, keep)])
    line = lines.get((declared.code, keep))
    if line is None:
        return redirect(url_for(".index"))
    table = catalogue.current().table(declared.code)
    query = access.visible(person, declared.code, Action.LIST)
    row = session.execute(query.where(table.c.id == keep)).mappings().one()
    typed = {
        one.name: str(row[one.column] or "")
        for one in alike.fields(person, declared)
        if one.column
    }
    found = alike.found(session, person, declared, typed, but=keep)
    keys = [(declared.code, one) for ids in found.values() for one in ids]
    return render_template(
        "register/merge_choose.html",
        page_title=visit.t("合并重复", "Merge"),
        keep=line,
        crumbs=_crumbs(declared, line),
        others=[
            one | {"merge_url": url_for(".compare", keep=keep, drop=one["id"])}
            for one in entry_lines.of(session, desk(), keys).values()
        ],
    )


def _crumbs(declared: Declaration, line: Row) -> list[dict[str, str]]:
    title = declared.title.text(visit.language())
    return [
        {"label": title, "url": url_for("register.index_view")},
        {"label": line["number"], "url": line["url"]},
    ]


def _page(
    declared: Declaration, keep: Row, drop: Row, wrong: list[str], status: int
) -> ResponseReturnValue:
    session, language, person = visit.session(), visit.language(), visit.person()
    moved = merging.hanging(session, declared, drop["id"])
    lines = entry_lines.of(
        session, desk(), [(declared.code, one["id"]) for one in (keep, drop)]
    )
    shown = [lines.get((declared.code, one["id"])) for one in (keep, drop)]
    if None in shown:
        abort(404)
    page = render_template(
        "register/merge.html",
        page_title=visit.t("合并重复", "Merge"),
        crumbs=_crumbs(declared, shown[0] or {}),
        wrong=wrong,
        title=declared.title.text(language),
        keep=(shown[0] or {}) | {"version": keep["version"]},
        drop=(shown[1] or {}) | {"version": drop["version"]},
        swap_url=url_for(".compare", keep=drop["id"], drop=keep["id"]),
        fields=[
            _field(declared, one, keep, drop, may=may)
            for one, may in merging.choosable(person, declared, keep, drop)
        ],
        moved=[
            _moved(other, ids)
            for other, ids in merging.visible_of(session, person, moved)
        ],
    )
    return page, status


def _field(
    declared: Declaration, one: Field, keep: Row, drop: Row, *, may: bool
) -> Row:
    chosen = request.form.get(f"of_{one.name}")
    is_empty = keep.get(one.name) in (None, "")
    taken = chosen == "drop" if chosen is not None else is_empty
    return {
        "name": one.name,
        "label": one.label.text(visit.language()),
        "mine": _shown(declared, one, keep),
        "theirs": _shown(declared, one, drop),
        "may": may,
        "taken": taken and may,
    }


def _shown(declared: Declaration, one: Field, row: Row) -> str:
    value = row.get(one.name)
    if value is not None and masking.masks(visit.person(), declared, one, row):
        return str(masking.mask(one, value))
    return words(visit.session(), one, value, visit.language(), visit.zone())


def _moved(declared: Declaration, ids: list[int]) -> Row:
    lines = entry_lines.of(
        visit.session(), desk(), [(declared.code, one) for one in ids[-NAMED:]]
    )
    return {
        "title": declared.title.text(visit.language()),
        "icon": declared.icon,
        "count": len(ids),
        "lines": list(lines.values()),
    }


@blueprint.post("/")
def merge(register: str) -> ResponseReturnValue:
    """Make the two entries one."""
    declared, person = catalogue.current()[register], visit.person()
    try:
        keep, drop = merging.both(
            visit.session(), person, declared, _id("keep"), _id("drop")
        )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    seen = [
        row | {"version": _id(f"{name}_version")}
        for name, row in (("keep", keep), ("drop", drop))
    ]
    taken = [
        one.name
        for one in declared.all_fields
        if request.form.get(f"of_{one.name}") == "drop"
    ]
    try:
        with visit.house().database.write() as session:
            merging.merge(session, declared, seen[0], seen[1], taken, visit.writer())
    except LostUpdateError:
        said = visit.t(
            "其中一条刚被别人改过，请重新比较。",
            "One of them was changed meanwhile. Compare again.",
        )
        return _page(declared, keep, drop, [said], 409)
    except EntryRefusedError as error:
        wrong = [one.label.text(visit.language()) for one in error.problems]
        return _page(declared, keep, drop, wrong, 422)
    except PersonError as error:
        return _page(declared, keep, drop, [error.text(visit.language())], 422)
    flash(
        visit.t(
            f"{drop['number']} 已并入 {keep['number']}，可在“疑似重复”页撤销。",
            f"{drop['number']} is now part of {keep['number']}.",
        ),
        "success",
    )
    return redirect(_entry_url(register, keep["id"]))


@blueprint.post("/<int:merge_id>/undo")
def undo(register: str, merge_id: int) -> ResponseReturnValue:
    """Take a merge back, as far as nobody changed it since."""
    query = select(EntryMerge).where(
        EntryMerge.id == min(merge_id, 10**LONGEST_ID), EntryMerge.register == register
    )
    made = visit.session().scalar(query)
    if made is None:
        abort(404)
    try:
        with visit.house().database.write() as session:
            since = merging.undo(session, made, visit.writer())
    except (EntryRefusedError, LostUpdateError) as error:
        flash(_why(error), "danger")
        return redirect(url_for(".index"))
    except NotAllowedError:
        abort(404)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    flash(visit.t("已撤销合并。", "The merge was taken back."), "success")
    if since:
        labels = [_label(register, name) for name in since]
        told = visit.t(
            f"{'、'.join(labels)}在合并后改过，保持现在的内容。",
            f"{', '.join(labels)} changed since and stay as they are.",
        )
        flash(told, "warning")
    return redirect(_entry_url(register, made.from_id))


def _why(error: EntryRefusedError | LostUpdateError) -> str:
    if isinstance(error, EntryRefusedError):
        return " ".join(one.label.text(visit.language()) for one in error.problems)
    return visit.t("刚被别人改过，请重试。", "It was changed meanwhile. Try again.")


def _label(register: str, name: str) -> str:
    return catalogue.current()[register].field(name).label.text(visit.language())
