"""The list of time limits: what is in force on each register, and what is to come."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import url_for

from admin import clause_links, rule_choices, rule_pages, target_words, visit
from models import target_changes
from models.register import Declaration
from models.targets import SlaTarget


def tables(only: Declaration | None, today: date) -> list[dict[str, Any]]:
    """Return a table for each register, or for one, as settings/table.html does."""
    found = target_changes.series(visit.session(), [only.code] if only else None)
    if not found:
        return [_nothing(only)]
    order = {code: index for index, (code, _) in enumerate(rule_choices.registers())}
    found.sort(key=lambda one: (order.get(one[-1].register, len(order)), one[-1].code))
    rows = _Rows(found, today)
    return [
        {
            "label": target_words.title(register),
            "heads": _heads(),
            "empty": "",
            "rows": [rows.row(one) for one in some],
        }
        for register, some in groupby(found, key=lambda one: one[-1].register)
    ]


def _heads() -> list[dict[str, str]]:
    t = visit.t
    heads = (
        t("名称", "Title"),
        t("起止", "From and to"),
        t("多长时间", "How long"),
        t("谁负责", "Who"),
        t("起用", "Valid from"),
        t("来自", "From"),
        "",
    )
    return [{"label": one, "css": ""} for one in heads]


def _nothing(only: Declaration | None) -> dict[str, Any]:
    empty = visit.t("还没有时限要求。", "There is no time limit yet.")
    if only is not None:
        empty = visit.t(
            f"{only.title.zh}还没有时限要求。",
            f"{only.title.en} has no time limit yet.",
        )
    return {"label": None, "heads": [], "rows": [], "empty": empty}


class _Rows:
    """Draws rows from what was read once for all of them."""

    def __init__(self, found: list[list[SlaTarget]], today: date) -> None:
        self._today = today
        self._items = rule_pages.applied("target")
        self._links = clause_links.links(one[-1].clauses for one in found)
        self._places = dict(rule_choices.departments())
        self._calendars = dict(rule_choices.calendars())

    def row(self, versions: list[SlaTarget]) -> dict[str, Any]:
        """Return the row of a time limit by its last version."""
        last, cell = versions[-1], rule_pages.cell
        start = target_words.start(last)
        number = len(versions)
        return {
            "off": not last.enabled,
            "cells": [
                cell(
                    last.label.text(visit.language()),
                    url=url_for("targets.target", target_id=last.id),
                    small=last.code,
                    clause=clause_links.first(self._links, last.clauses),
                ),
                cell(f"{start} → {target_words.stop(last)}", small=last.condition),
                cell(
                    target_words.how_long(last.how_long, last.register),
                    small=self._beside(versions),
                ),
                cell(
                    target_words.field(last.register, last.responsible),
                    small=self._place(last),
                ),
                cell(
                    last.valid_from.isoformat(),
                    css="num",
                    small=visit.t(f"第 {number} 版", f"version {number}"),
                ),
                rule_pages.origin(
                    self._items.get((last.code, last.department_id or 0)), last
                ),
                cell("", pill=self._state(last)),
            ],
            "buttons": [_switch(last)],
        }

    def _place(self, last: SlaTarget) -> str:
        whole = visit.t("全公司", "the whole company")
        return self._places.get(str(last.department_id or ""), whole)

    def _beside(self, versions: list[SlaTarget]) -> str:
        """Return the calendar, the warning, and what holds until a version begins."""
        last = versions[-1]
        now, coming = target_changes.now_and_next(versions, self._today)
        calendar = self._calendars.get(last.calendar, last.calendar)
        before = None
        if coming is not None and now is not None and now.enabled:
            said = target_words.how_long(now.how_long, now.register)
            before = visit.t(f"现行：{said}", f"until then: {said}")
        steps = target_words.escalation(last.escalation)
        pauses = target_words.pauses(last)
        proposed = target_words.proposes(last.proposes)
        parts = (calendar, target_words.warning(last), steps, pauses, proposed, before)
        return " · ".join(filter(None, parts))

    def _state(self, last: SlaTarget) -> dict[str, str]:
        if not last.enabled:
            return {"text": visit.t("停用", "off"), "tone": "plain"}
        if last.valid_from > self._today:
            return {"text": visit.t("未到起用日", "to come"), "tone": "info"}
        return {"text": visit.t("启用", "on"), "tone": "ok"}


def _switch(last: SlaTarget) -> dict[str, Any]:
    name = last.label.text(visit.language())
    ask = visit.t(
        f"从今天起停用“{name}”？已经在走的钟不受影响。",
        f"Switch “{name}” off from today on? Clocks that run are left alone.",
    )
    off, on = visit.t("停用", "Switch off"), visit.t("启用", "Switch on")
    return {
        "label": off if last.enabled else on,
        "url": url_for("targets.switch", target_id=last.id),
        "confirm": ask if last.enabled else None,
        "danger": False,
        "method": "post",
    }
