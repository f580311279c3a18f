"""The list of duties, and what their history says in words."""

from types import SimpleNamespace
from typing import Any

from flask import url_for

from admin import (
    clause_links,
    duty_words,
    rule_choices,
    rule_pages,
    visit,
)
from models import duty_changes, references
from models.duties import Duty
from models.measures import Measure
from models.words import Label

COLUMNS = {
    "name_zh": Label("名称", "title"),
    "name_en": Label("英文名称", "English title"),
    "at_least": Label("至少", "at least"),
    "at_most": Label("至多", "at most"),
    "times": Label("乘以", "times"),
    "each_field": Label("每次看的字段", "each by"),
    "each_least": Label("每次至少", "each at least"),
    "topics_field": Label("主题字段", "topics of"),
    "topics": Label("主题", "topics"),
    "months": Label("月份", "months"),
    "posts": Label("岗位", "posts"),
    "people": Label("人员", "people"),
    "on_trips": Label("出差时照常", "on trips too"),
    "calendar": Label("日历", "calendar"),
    "due": Label("到期点", "due"),
    "remind_before": Label("提前提醒", "reminder"),
    "department_id": Label("部门", "department"),
    "valid_from": Label("起用", "valid from"),
    "enabled": Label("启用", "on"),
    "clauses": Label("依据", "clauses"),
    "note": Label("说明", "note"),
}


def tables(measures: dict[str, Measure]) -> list[dict[str, Any]]:
    """Return the duties as settings/table.html draws them."""
    t = visit.t
    found = duty_changes.series(visit.session())
    found.sort(key=lambda one: not one[-1].enabled)  # what is on comes first
    heads = (
        t("名称", "Title"),
        t("要求", "Asks for"),
        t("谁承担", "Who"),
        t("起用", "Valid from"),
        t("来自", "From"),
        "",
    )
    empty = t("还没有定期任务。", "There is no duty yet.")
    rows = _Rows(found, measures)
    return [
        {
            "label": None,
            "heads": [{"label": one, "css": ""} for one in heads] if found else [],
            "empty": empty,
            "rows": [rows.row(one) for one in found],
        }
    ]


class _Rows:
    """Draws rows from what was read once for all of them."""

    def __init__(self, found: list[list[Duty]], measures: dict[str, Measure]) -> None:
        self._measures = measures
        self._items = rule_pages.applied("duty")
        self._links = clause_links.links(one[-1].clauses for one in found)
        self._places = dict(rule_choices.departments())
        posts = {key for one in found for key in one[-1].posts}
        people = {key for one in found for key in one[-1].people}
        self._posts = references.labels(visit.session(), "post", posts)
        self._people = references.labels(visit.session(), "staff", people)

    def row(self, versions: list[Duty]) -> dict[str, Any]:
        """Return the row of a duty by its last version."""
        last, cell, t = versions[-1], rule_pages.cell, visit.t
        measure = self._measures.get(last.measure)
        said = "" if measure is None else duty_words.asked(last, measure)
        of = "" if measure is None else measure.label.text(visit.language())
        number = len(versions)
        return {
            "off": not last.enabled,
            "cells": [
                cell(
                    last.label.text(visit.language()),
                    url=url_for("duty_rules.duty", duty_id=last.id),
                    small=last.code,
                    clause=clause_links.first(self._links, last.clauses),
                ),
                cell(said, small=of),
                cell(self._who(last), small=self._place(last)),
                cell(
                    last.valid_from.isoformat(),
                    css="num",
                    small=t(f"第 {number} 版", f"version {number}"),
                ),
                self._origin(last),
                cell("", pill=self._state(last)),
            ],
            "buttons": [_switch(last)],
        }

    def _who(self, last: Duty) -> str:
        names = [self._posts.get(one, f"#{one}") for one in last.posts]
        names += [self._people.get(one, f"#{one}") for one in last.people]
        everybody = visit.t("每个人", "everybody")
        return visit.t("、", ", ").join(names) or everybody

    def _place(self, last: Duty) -> str:
        whole = visit.t("全公司", "the whole company")
        return self._places.get(str(last.department_id or ""), whole)

    def _origin(self, last: Duty) -> dict[str, Any]:
        """Return where it comes from; a template tells posts by their names."""
        item = self._items.get((last.code, last.department_id or 0))
        said = {name: getattr(last, name) for name in ("measure", "period")}
        said |= {name: getattr(last, name) for name in duty_changes.SAID}
        for name in ("at_least", "at_most"):
            value = said[name]
            said[name] = None if value is None else f"{value.normalize():f}"
        said["posts"] = sorted(self._posts.get(one, str(one)) for one in last.posts)
        return rule_pages.origin(item, SimpleNamespace(**said))

    def _state(self, last: Duty) -> dict[str, str]:
        if not last.enabled:
            return {"text": visit.t("停用", "off"), "tone": "plain"}
        return {"text": visit.t("启用", "on"), "tone": "ok"}


def _switch(last: Duty) -> dict[str, Any]:
    t, name = visit.t, last.label.text(visit.language())
    ask = t(f"停用“{name}”？已有的结论不变。", f"Switch “{name}” off? Verdicts stay.")
    return {
        "label": t("停用", "Switch off") if last.enabled else t("启用", "Switch on"),
        "url": url_for("duty_rules.switch", duty_id=last.id),
        "confirm": ask if last.enabled else None,
        "danger": last.enabled,
        "method": "post",
    }


def changed(name: str, value: Any) -> tuple[str, str]:
    """Return a column and its value in words, for the history."""
    label = COLUMNS.get(name, Label(name, name)).text(visit.language())
    if isinstance(value, bool):
        return label, visit.t("是", "yes") if value else visit.t("否", "no")
    if name in ("posts", "people") and value:
        register = "post" if name == "posts" else "staff"
        names = references.labels(visit.session(), register, value)
        return label, visit.t("、", ", ").join(names.values())
    if isinstance(value, list):
        return label, " ".join(str(one) for one in value)
    if name == "department_id" and value is not None:
        return label, dict(rule_choices.departments()).get(str(value), str(value))
    return label, "" if value is None else str(value)
