"""The list of measures, and what their history says in words."""

from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy import select

from admin import (
    clause_links,
    measure_form,
    rule_choices,
    rule_pages,
    target_words,
    visit,
)
from models.applied import AppliedItem
from models.measures import Measure
from models.register import Declaration
from models.targets import SlaTarget
from models.words import Label

COLUMNS = {
    "name_zh": Label("名称", "title"),
    "name_en": Label("英文名称", "English title"),
    "aggregate": Label("怎么算", "reckoned as"),
    "field": Label("字段", "field"),
    "weight": Label("权数", "weight"),
    "condition": Label("条件", "condition"),
    "share_of": Label("占比的条件", "share of"),
    "date_field": Label("日期", "day"),
    "person_field": Label("算给谁", "for whom"),
    "whose": Label("归属", "counts for"),
    "split": Label("分成", "shares"),
    "target": Label("时限", "time limit"),
    "verdict": Label("哪些", "which"),
    "unit": Label("单位", "unit"),
    "clause": Label("依据", "clauses"),
}


def tables(only: Declaration | None) -> list[dict[str, Any]]:
    """Return a table for each register, or for one, as settings/table.html does."""
    query = select(Measure).order_by(Measure.id)
    if only is not None:
        query = query.where(Measure.register == only.code)
    order = {code: index for index, (code, _) in enumerate(rule_choices.registers())}
    found = sorted(
        visit.session().scalars(query),
        key=lambda one: order.get(one.register, len(order)),
    )
    if not found:
        return [_nothing()]
    items = rule_pages.applied("measure")
    links = clause_links.links(one.clause for one in found)
    t = visit.t
    heads = (
        t("名称", "Title"),
        t("怎么算", "Reckoned as"),
        t("算给谁", "For whom"),
        t("来自", "From"),
    )
    return [
        {
            "label": target_words.title(register),
            "heads": [{"label": one, "css": ""} for one in heads],
            "empty": "",
            "rows": [_row(one, items, links) for one in some],
        }
        for register, some in groupby(found, key=lambda one: one.register)
    ]


def _nothing() -> dict[str, Any]:
    empty = visit.t("还没有指标。", "There is no measure yet.")
    return {"label": None, "heads": [], "rows": [], "empty": empty}


def _row(
    one: Measure,
    items: dict[tuple[str, int], AppliedItem],
    links: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    t, language = visit.t, visit.language()
    words = measure_form.WORDS[one.aggregate].text(language)
    if one.field:
        words = f"{words}：{target_words.field(one.register, one.field)}"
    if one.weight:
        words = f"{words} × {target_words.field(one.register, one.weight)}"
    if one.target:
        verdict = measure_form.VERDICTS[one.verdict or "any"].text(language)
        words = f"{words}·{_target(one.target)}{verdict}"
    whom = t("负责人", "whoever answers")
    if one.person_field:
        whom = target_words.field(one.register, one.person_field)
    if one.split:
        shares = target_words.title(one.split["register"])
        whom = t(f"{whom}，按{shares}分成", f"{whom}, shared by {shares}")
    if one.whose == "superior":
        whom = t(f"{whom}的上级", f"the superior of {whom}")
    name = one.label.text(language)
    cell = rule_pages.cell
    return {
        "off": False,
        "cells": [
            cell(
                name,
                url=url_for("measures.measure", measure_id=one.id),
                small=one.code,
                clause=clause_links.first(links, one.clause),
            ),
            cell(words, small=one.condition),
            cell(whom),
            rule_pages.origin(items.get((one.code, 0)), one),
        ],
        "buttons": [
            {
                "label": t("删除", "Delete"),
                "url": url_for("measures.delete", measure_id=one.id),
                "confirm": t(f"删除指标“{name}”？", f"Delete the measure “{name}”?"),
                "danger": True,
                "method": "post",
            }
        ],
    }


def _target(code: str) -> str:
    query = select(SlaTarget).filter_by(code=code).order_by(SlaTarget.version.desc())
    found = visit.session().scalars(query.limit(1)).first()
    return code if found is None else found.label.text(visit.language())


def changed(name: str, value: Any) -> tuple[str, str]:
    """Return a column and its value in words, for the history."""
    label = COLUMNS.get(name, Label(name, name)).text(visit.language())
    words = {
        "aggregate": measure_form.WORDS,
        "verdict": measure_form.VERDICTS,
        "whose": measure_form.WHOSE,
    }.get(name, {})
    if isinstance(value, str) and value in words:
        return label, words[value].text(visit.language())
    if isinstance(value, dict):
        return label, "、".join(f"{key}: {said}" for key, said in value.items())
    return label, "" if value is None else str(value)
