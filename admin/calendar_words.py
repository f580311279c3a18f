"""A calendar in words: its list, what a change moves, and its history."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from admin import rule_choices, visit
from admin.column_converters import show_instant
from models import access, catalogue
from models.access import Action
from models.calendar_changes import MOST, SHOWN, Outlook
from models.calendar_moves import CalendarMove
from models.calendars import Calendar
from models.rules.calendar_object import WEEKDAYS
from models.rules.wall_clock import WEEKDAYS_ZH
from models.targets import SlaTarget
from models.words import Label

_COLUMNS: Mapping[str, Label] = {
    "name_zh": Label("名称", "title"),
    "name_en": Label("英文名称", "English title"),
    "zone": Label("时区", "time zone"),
    "weekly": Label("每周营业时间", "opening hours of the week"),
    "weekly_other": Label("另一种周", "the other week"),
    "weeks_from": Label("大小周起算", "alternating from"),
    "days_off": Label("休息日", "days off"),
    "extra_days": Label("调休上班", "make-up workdays"),
    "days": Label("当日时间另定", "days with hours of their own"),
    "provisional_from": Label("未公布年份起", "not published from"),
}
_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONGEST = 300  # characters of a value in the history


def title(one: Calendar) -> str:
    """Return what a calendar is called."""
    return one.label.text(visit.language())


class Scopes:
    """The names of branches and departments, read once."""

    def __init__(self) -> None:
        """Read them."""
        self._departments = dict(rule_choices.departments())
        self._branches = dict(rule_choices.branches())

    def text(self, one: Calendar) -> str:
        """Return where a calendar holds."""
        places = [
            names.get(str(held), f"#{held}")
            for names, held in (
                (self._branches, one.branch_id),
                (self._departments, one.department_id),
            )
            if held is not None
        ]
        return " · ".join(places) or visit.t("全公司", "the whole company")


def week(written: Mapping[str, Any]) -> str:
    """Return the hours of a week, days in a row of equal hours together."""
    groups: list[tuple[list[int], str]] = []
    for at, day in enumerate(WEEKDAYS):
        said = spans(written.get(day) or ())
        if groups and groups[-1][1] == said:
            groups[-1][0].append(at)
        else:
            groups.append(([at], said))
    return visit.t("；", "; ").join(
        f"{_days(days)} {said}" for days, said in groups if said
    )


def spans(hours: Iterable[Sequence[str]]) -> str:
    """Return the spans of a day as people write them."""
    return visit.t("、", ", ").join("–".join(one) for one in hours)


def _days(days: Sequence[int]) -> str:
    names = [visit.t(f"周{WEEKDAYS_ZH[one]}", _EN[one]) for one in (days[0], days[-1])]
    if days[0] == days[-1]:
        return names[0]
    return visit.t(f"{names[0]}至{names[1][1:]}", f"{names[0]}–{names[1]}")


def changed(name: str, value: Any) -> tuple[str, str]:
    """Return what a version says under a name, in words, for the history."""
    label = _COLUMNS.get(name, Label(name, name)).text(visit.language())
    if value is None:
        return label, ""
    if name in ("weekly", "weekly_other"):
        return label, week(value)
    if isinstance(value, Mapping):
        said = ", ".join(f"{on} {_of_day(what)}".rstrip() for on, what in value.items())
        return label, said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    return label, str(value)


def _of_day(what: Any) -> str:
    if isinstance(what, Mapping):
        return str(what["en"] if visit.language().startswith("en") else what["zh"])
    return spans(what) or visit.t("不营业", "closed")


def preview(found: Outlook) -> dict[str, Any]:
    """Return what a change moves, as settings/form.html shows it."""
    t = visit.t
    numbers = _Numbers()
    rows = [
        [
            one.target.label.text(visit.language()),
            numbers.text(one.clock.register, one.clock.number),
            show_instant(one.clock.due_at, visit.zone()),
            show_instant(one.due_at, visit.zone()),
        ]
        for one in found.first
    ]
    return {
        "label": t("保存后哪些时限会移动", "What saving moves"),
        "heads": [
            t("时限要求", "Time limit"),
            t("编号", "Number"),
            t("现在到期", "Due now"),
            t("改后到期", "Due then"),
        ],
        "rows": rows,
        "note": _note(found),
    }


def _note(found: Outlook) -> str:
    t = visit.t
    said = [
        t(
            f"进行中的时限有 {found.looked} 个按这个日历算，{found.moved} 个会移动；"
            "已判定的不变。",
            f"{found.looked} open clocks are counted in this calendar, {found.moved} "
            "move; verdicts stay.",
        )
    ]
    if found.moved > SHOWN:
        said.append(t(f"这里列出 {SHOWN} 个。", f"{SHOWN} are shown."))
    if found.is_capped:
        said.append(
            t(
                f"太多，只推算了前 {MOST} 个；保存时会全部移动。",
                f"Only the first {MOST} were reckoned; saving moves all.",
            )
        )
    if found.at_once_late:
        said.append(
            t(
                f"其中 {found.at_once_late} 个移动后就已过期。",
                f"{found.at_once_late} of them will be overdue at once.",
            )
        )
    said.append(t("还没有保存。", "Nothing is saved yet."))
    return t("", " ").join(said)


def moves(
    total: int, found: Sequence[CalendarMove], versions: Mapping[int, int]
) -> dict[str, Any] | None:
    """Return the log of what versions moved; `versions` by their ids."""
    if not total:
        return None
    t = visit.t
    numbers, names = _Numbers(), _target_names(found)
    return {
        "label": t("改动移动了哪些时限", "What changes moved"),
        "total": total,
        "shown": len(found),
        "rows": [
            {
                "at": show_instant(one.moved_at, visit.zone()),
                "version": versions[one.calendar_id],
                "target": names.get(one.target_code, one.target_code),
                "number": numbers.text(one.register, one.number),
                "url": numbers.url(one.register, one.entry_id),
                "was": show_instant(one.was_due_at, visit.zone()),
                "now": show_instant(one.due_at, visit.zone()),
            }
            for one in found
        ],
    }


def _target_names(found: Sequence[CalendarMove]) -> dict[str, str]:
    codes = {one.target_code for one in found}
    query = select(SlaTarget).where(SlaTarget.code.in_(codes)).order_by(SlaTarget.id)
    return {
        one.code: one.label.text(visit.language())
        for one in visit.session().scalars(query)
    }


class _Numbers:
    """Numbers of entries, for whoever may list every one of their register."""

    def __init__(self) -> None:
        self._seen: dict[str, bool] = {}

    def text(self, register: str, number: str | None) -> str:
        """Return a number, a dash where it is not this person's to see."""
        return (number or "—") if self._sees(register) else "—"

    def url(self, register: str, entry_id: int) -> str | None:
        """Return the address of the entry; None where it is not this person's."""
        if not self._sees(register):
            return None
        return url_for("register.details_view", register=register, id=entry_id)

    def _sees(self, register: str) -> bool:
        if register not in self._seen:
            known = catalogue.current()
            self._seen[register] = register in known and access.sees_every_row(
                visit.person(), known[register], Action.LIST
            )
        return self._seen[register]


def list_table(found: Sequence[Calendar]) -> dict[str, Any]:
    """Return the list of calendars, as settings/table.html shows it."""
    t = visit.t
    scopes = Scopes()
    heads = (
        t("名称", "Title"),
        t("适用范围", "Where it holds"),
        t("每周营业时间", "Opening hours"),
        t("放假安排", "Holidays"),
        t("最近改动", "Changed"),
    )
    return {
        "label": None,
        "heads": [{"label": one, "css": ""} for one in heads],
        "empty": t("还没有工作日历。", "There is no calendar yet."),
        "rows": [_row(one, scopes) for one in found],
    }


def _row(one: Calendar, scopes: Scopes) -> dict[str, Any]:
    t = visit.t
    year = one.provisional_from
    other = one.hours.get("weekly_other")
    cells = [
        {"text": title(one), "url": url_for(".year", calendar_id=one.id)},
        {"text": scopes.text(one)},
        {
            "text": week(one.hours["weekly"]),
            "small": t("大小周轮换", "two kinds of week in turn") if other else None,
        },
        {
            "text": t(f"{year} 年起未公布", f"not published from {year} on")
            if year
            else t("已定", "settled")
        },
        {
            "text": show_instant(one.saved_at, visit.zone()),
            "small": t(f"第 {one.version} 版", f"version {one.version}"),
        },
    ]
    buttons = [
        {
            "label": t("年历", "Year"),
            "url": url_for(".year", calendar_id=one.id),
            "method": "get",
        },
        {
            "label": t("修改", "Change"),
            "url": url_for(".change", calendar_id=one.id),
            "method": "get",
        },
    ]
    return {"off": False, "cells": cells, "buttons": buttons}
