"""The list of pay schemes, whom they pay in words, and their history in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import url_for

from admin import rule_choices, rule_pages, scheme_form, visit
from models.applied import AppliedItem
from models.pay_tables import PayScheme
from models.scheme_changes import RULE
from models.words import Label
from seed.scoped_items import SchemeItem

COLUMNS = {
    "name_zh": Label("名称", "title"),
    "name_en": Label("英文名称", "English title"),
    "starts_on": Label("起用", "valid from"),
    "ends_on": Label("停用", "valid until"),
    "department_id": Label("部门", "department"),
    "posts": Label("岗位", "posts"),
    "grades": Label("职级", "grades"),
    "people": Label("人员", "people"),
    "every": Label("多久计一次", "how often"),
    "order": Label("顺序", "order"),
}
_SHOWN = ("name_zh", "formula", "condition", "cap", "floor", "leaves", "clause")
MOST_NAMED = 6  # posts or people, before the rest is counted
OLDER_SHOWN = 3


def tables(found: list[list[PayScheme]], today: date) -> list[dict[str, Any]]:
    """Return one table of all schemes, as settings/table.html does."""
    t = visit.t
    heads = (
        t("名称", "Title"),
        t("计给谁", "Whom it pays"),
        t("项目", "Lines"),
        t("版本", "Versions"),
        t("来自", "From"),
        "",
    )
    items = rule_pages.applied(SchemeItem.kind)
    return [
        {
            "label": None,
            "heads": [{"label": one, "css": ""} for one in heads],
            "empty": t("还没有绩效方案。", "There is no pay scheme yet."),
            "rows": [_row(versions, today, items) for versions in found],
        }
    ]


def _row(versions: list[PayScheme], today: date, items: Any) -> dict[str, Any]:
    last, cell = versions[-1], rule_pages.cell
    now = in_force(versions, today)
    key = (last.code, last.department_id or 0)
    every = scheme_form.EVERY[last.every].text(visit.language())
    return {
        "off": now is None and last.starts_on <= today,
        "cells": [
            cell(last.label.text(visit.language()), url=_url(last), small=last.code),
            cell(whom(last), small=every),
            cell(str(len(last.rules)), css="num"),
            cell(
                visit.t(f"第 {last.version} 版", f"version {last.version}"),
                small=_dates(versions),
            ),
            _origin(items.get(key), last),
            cell("", pill=_state(last, now, today)),
        ],
        "buttons": [
            {
                "label": visit.t(f"第 {one.version} 版", f"v{one.version}"),
                "url": _url(one),
                "confirm": None,
                "danger": False,
                "method": "get",
            }
            for one in versions[:-1][-OLDER_SHOWN:]
        ],
    }


def _origin(item: AppliedItem | None, last: PayScheme) -> dict[str, Any]:
    """Return the cell that says where a scheme comes from, and whether by hand since.

    A template says posts by their names and each line as one thing.
    """
    if item is None:
        return {"text": visit.t("面板", "the panel")}
    said = SchemeItem(last.code, last.label, item.said)
    is_same = said.read(visit.session(), item.scope) == item.said
    return {
        "text": visit.t(f"模板 {item.template}", f"template {item.template}"),
        "small": None if is_same else visit.t("手动改过", "changed by hand"),
    }


def _url(one: PayScheme) -> str:
    return url_for("schemes.scheme", scheme_id=one.id)


def whom(one: PayScheme) -> str:
    """Return in words whom a scheme pays."""
    t = visit.t
    places = dict(rule_choices.departments())
    parts = [
        places.get(str(one.department_id), f"#{one.department_id}")
        if one.department_id
        else t("全公司", "the company")
    ]
    if one.posts:
        parts.append(_named(_posts(one.posts)))
    if one.grades:
        parts.append(t("职级 ", "grades ") + _named(one.grades))
    if one.people:
        parts.append(_named(_people(one.people)))
    if len(parts) == 1:
        parts.append(t("所有岗位", "every post"))
    return " · ".join(parts)


def _posts(ids: Iterable[int]) -> list[str]:
    found = dict(scheme_form.all_posts(ids))
    return [found.get(one, f"#{one}") for one in ids]


def _people(ids: Iterable[int]) -> list[str]:
    found = scheme_form.people(ids)
    return [found.get(one, f"#{one}") for one in ids]


def _named(words: list[str]) -> str:
    rest = len(words) - MOST_NAMED
    said = visit.t("、", ", ").join(words[:MOST_NAMED])
    return said + visit.t(f"等 {len(words)} 个", f" and {rest} more") * (rest > 0)


def in_force(versions: list[PayScheme], today: date) -> PayScheme | None:
    """Return the version of a series that holds on a day."""
    begun = [one for one in versions if one.starts_on <= today]
    last = max(begun, key=lambda one: (one.starts_on, one.version), default=None)
    if last is None or (last.ends_on is not None and last.ends_on < today):
        return None
    return last


def _dates(versions: list[PayScheme]) -> str:
    shown = versions[-1 - OLDER_SHOWN :]
    return " · ".join(f"{one.version}: {one.starts_on}" for one in shown)


def _state(last: PayScheme, now: PayScheme | None, today: date) -> dict[str, str]:
    if now is last:
        return {"text": visit.t("现行", "in force"), "tone": "ok"}
    if last.starts_on > today:
        return {"text": visit.t("新版未到期", "new one to come"), "tone": "info"}
    return {"text": visit.t("不在用", "not in force"), "tone": "plain"}


def changed(name: str, value: Any) -> tuple[str, str]:
    """Return what was changed and its value in words, for the history."""
    if name.startswith(RULE):
        label = visit.t("项目 ", "line ") + name.removeprefix(RULE)
        if not value:
            return label, ""
        return label, "，".join(str(value[one]) for one in _SHOWN if value.get(one))
    label = COLUMNS.get(name, Label(name, name)).text(visit.language())
    if name in ("posts", "people"):
        named = _posts if name == "posts" else _people
        return label, "、".join(named(value or ()))
    if name == "every" and value in scheme_form.EVERY:
        return label, scheme_form.EVERY[value].text(visit.language())
    if isinstance(value, list):
        between = " → " if name == "order" else "、"
        return label, between.join(str(one) for one in value)
    return label, "" if value is None else str(value)
