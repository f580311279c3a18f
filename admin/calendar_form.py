"""The form of a calendar, and the written calendar that it means."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from admin import rule_choices, visit
from admin.asked import Asked, Choices, Sheet
from models.calendars import Calendar
from models.rules import cell_values
from models.rules.calendar_object import (
    DAY_OFF,
    EXTRA_DAY,
    WEEKDAYS,
    CalendarParts,
    Week,
    hours_object,
    read_calendar,
)
from models.rules.calendar_text import (
    read_named_days,
    read_own_days,
    read_spans,
    write_named_days,
    write_own_days,
    write_spans,
)
from models.rules.cell_basics import CellError
from models.words import Label, PersonError

LONGEST_TITLE = 80
LONGEST_LIST = 60_000  # characters of a list of days
ALIKE, OTHER = "alike", "other"
_NAMES = (
    Label("周一", "Monday"),
    Label("周二", "Tuesday"),
    Label("周三", "Wednesday"),
    Label("周四", "Thursday"),
    Label("周五", "Friday"),
    Label("周六", "Saturday"),
    Label("周日", "Sunday"),
)
_LISTS = ("days_off", "extra_days", "days")
Read = TypeVar("Read")


def sheet_of(calendar: Calendar | None) -> Sheet:
    """Return the form as it was sent, else as a calendar has it."""
    return Sheet(_asked(calendar), _first(calendar))


def sections() -> list[dict[str, Any]]:
    """Return the form's sections, as settings/form.html takes them."""
    t = visit.t
    week = [f"week_{day}" for day in WEEKDAYS]
    other = [f"other_{day}" for day in WEEKDAYS]
    return [
        _section(None, ["name_zh", "name_en", "department", "branch"]),
        _section(
            t("每周营业时间", "Opening hours of the week"),
            week,
            t(
                "写成 09:00-12:00 13:30-18:00；过夜写 18:00-02:00；不营业就留空。",
                "Write 09:00-12:00 13:30-18:00, over midnight 18:00-02:00; leave a "
                "rest day empty.",
            ),
        ),
        _section(
            t("大小周", "Alternating weeks"),
            ["weeks", "weeks_from", *other],
        ),
        _section(
            t("特别的日子", "Particular days"),
            [*_LISTS],
            t(
                "一行一个日子或一段日子，后面写名称或时段。",
                "A day or a range of days a line, then its name or its hours.",
            ),
        ),
        _section(t("高级", "Advanced"), ["zone", "provisional_from"], is_advanced=True),
    ]


def _section(
    label: str | None,
    names: list[str],
    note: str | None = None,
    *,
    is_advanced: bool = False,
) -> dict[str, Any]:
    return {
        "label": label,
        "help": note,
        "names": names,
        "advanced": is_advanced,
    }


def _asked(calendar: Calendar | None) -> list[Asked]:
    t = visit.t
    language = visit.language()
    days = list(zip(WEEKDAYS, _NAMES, strict=True))
    return [
        Asked("name_zh", t("名称", "Title"), required=True, max_length=LONGEST_TITLE),
        Asked("name_en", t("英文名称", "English title"), max_length=LONGEST_TITLE),
        Asked(
            "department",
            t("哪个部门", "Department"),
            "choice",
            choices=[
                ("", t("全公司", "the whole company")),
                *rule_choices.departments(),
            ],
            help=t(
                "选一个部门，就是为它和下级另定一份，不影响其他部门。",
                "A department gets its own, for itself and what is below it.",
            ),
        ),
        Asked(
            "branch",
            t("哪个分公司", "Branch"),
            "choice",
            choices=_branches(calendar),
        ),
        *(
            Asked(f"week_{day}", name.text(language), max_length=200)
            for day, name in days
        ),
        Asked(
            "weeks",
            t("每周都一样吗", "Are all weeks alike"),
            "radio",
            choices=[
                (ALIKE, t("每周一样", "alike")),
                (OTHER, t("大小周轮换", "two kinds in turn")),
            ],
        ),
        Asked(
            "weeks_from",
            t("上面这种周从哪一周算起", "A week of the first kind"),
            "date",
            help=t(
                "填那一周里的任意一天。下面是另一种周的时间。",
                "Any day of such a week. Below are the hours of the other kind.",
            ),
            shown_if=("weeks", [OTHER]),
        ),
        *(
            Asked(
                f"other_{day}",
                name.text(language),
                max_length=200,
                shown_if=("weeks", [OTHER]),
            )
            for day, name in days
        ),
        _list(
            "days_off",
            t("休息日", "Days off"),
            t("2026-10-01~2026-10-07 国庆节", "2026-10-01~2026-10-07 National Day"),
        ),
        _list(
            "extra_days",
            t("调休上班", "Make-up workdays"),
            t("2026-10-10 调休上班", "2026-10-10 make-up day"),
        ),
        _list(
            "days", t("当日时间另定", "Hours of their own"), "2026-12-31 09:00-16:00"
        ),
        Asked("zone", t("时区", "Time zone"), required=True, max_length=60),
        Asked(
            "provisional_from",
            t("从哪年起放假安排未公布", "First year not published"),
            "integer",
            help=t(
                "这一年起的到期时间都标“暂定”，公布后会重新推算。",
                "Due times from that year on are marked provisional.",
            ),
        ),
    ]


def _list(name: str, label: str, example: str) -> Asked:
    written = visit.t(f"如 {example}", f"Such as {example}")
    return Asked(name, label, "long", wide=True, help=written, max_length=LONGEST_LIST)


def _branches(calendar: Calendar | None) -> Choices:
    found = [("", visit.t("不分", "any")), *rule_choices.branches()]
    held = calendar and calendar.branch_id
    if held and str(held) not in dict(found):
        found.append((str(held), f"#{held}"))
    return found


def _first(calendar: Calendar | None) -> dict[str, str]:
    if calendar is None:
        nine_to_six = dict.fromkeys(
            (f"week_{day}" for day in WEEKDAYS[:5]), "09:00-12:00 13:30-18:00"
        )
        return {**nine_to_six, "weeks": ALIKE, "zone": str(visit.zone())}
    parts = read_calendar(calendar.hours)
    return {
        "name_zh": calendar.name_zh,
        "name_en": calendar.name_en,
        "department": str(calendar.department_id or ""),
        "branch": str(calendar.branch_id or ""),
        **_week_texts("week", parts.weekly),
        "weeks": OTHER if parts.weekly_other else ALIKE,
        **_week_texts("other", parts.weekly_other or ((),) * len(WEEKDAYS)),
        "weeks_from": parts.weeks_from.isoformat() if parts.weeks_from else "",
        **_lists(parts),
        "zone": parts.zone.key,
        "provisional_from": str(parts.provisional_from or ""),
    }


def _week_texts(before: str, week: Week) -> dict[str, str]:
    return {
        f"{before}_{day}": write_spans(hours)
        for day, hours in zip(WEEKDAYS, week, strict=True)
    }


def _lists(parts: CalendarParts) -> dict[str, str]:
    return {
        "days_off": write_named_days(parts.days_off, DAY_OFF),
        "extra_days": write_named_days(parts.extra_days, EXTRA_DAY),
        "days": write_own_days(parts.days),
    }


def read(sheet: Sheet) -> dict[str, Any]:
    """Return the written calendar that the form means, with what is wrong beside it."""
    sheet.look_over()
    hours: dict[str, Any] = {
        "zone": sheet.text("zone"),
        "weekly": _week(sheet, "week"),
    }
    if sheet.text("weeks") == OTHER:
        hours["weekly_other"] = _week(sheet, "other")
        hours["weeks_from"] = _day(sheet, "weeks_from")
    for name, unnamed in (("days_off", DAY_OFF), ("extra_days", EXTRA_DAY)):
        found = _said(sheet, name, partial(read_named_days, unnamed=unnamed))
        hours[name] = {
            on.isoformat(): {"zh": label.zh, "en": label.en}
            for on, label in (found or {}).items()
        }
    own = _said(sheet, "days", read_own_days) or {}
    hours["days"] = {on.isoformat(): hours_object(spans) for on, spans in own.items()}
    year = sheet.text("provisional_from")
    if year:
        is_year = year.isdecimal() and len(year) <= len("2027")
        hours["provisional_from"] = int(year) if is_year else year
    return hours


def scope(sheet: Sheet) -> dict[str, int | None]:
    """Return the branch and the department that were chosen."""
    return {
        f"{name}_id": int(sheet.text(name)) if sheet.text(name).isdecimal() else None
        for name in ("branch", "department")
    }


def label(sheet: Sheet) -> Label:
    """Return what the calendar is called."""
    zh = sheet.text("name_zh")
    return Label(zh, sheet.text("name_en") or zh)


def refuse(sheet: Sheet, error: PersonError, key: str) -> bool:
    """Put a mistake beside the field of a key; False where there is none."""
    place = _place(sheet, key)
    if place is None:
        return False
    sheet.refuse(place, error.label)
    return True


def _place(sheet: Sheet, key: str) -> str | None:
    names = {one.name for one in sheet.asked}
    first, _, day = key.partition(".")
    kinds: Mapping[str, str] = {"weekly": "week", "weekly_other": "other"}
    for name in (f"{kinds.get(first, first)}_{day}", first):
        if name in names:
            return name
    return None


def _week(sheet: Sheet, before: str) -> dict[str, Any]:
    found = {day: _said(sheet, f"{before}_{day}", read_spans) for day in WEEKDAYS}
    return {day: hours_object(spans) for day, spans in found.items() if spans}


def _day(sheet: Sheet, name: str) -> str | None:
    try:
        found = cell_values.read_date(sheet.text(name))
    except CellError as error:
        sheet.refuse(name, error.label)
        return None
    if found is None:
        sheet.refuse(name, Label("请填写。", "Fill this in."))
        return None
    return found.isoformat()


def _said(sheet: Sheet, name: str, reading: Callable[[str], Read]) -> Read | None:
    try:
        return reading(sheet.text(name))
    except PersonError as error:
        sheet.refuse(name, error.label)
        return None
