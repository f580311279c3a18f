"""The form of one day of a calendar: as its week, off, worked, or of its own hours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from admin import visit
from admin.asked import Asked, Sheet
from admin.calendar_words import spans
from models.calendars import Calendar
from models.rules.calendar_object import (
    DAY_OFF,
    EXTRA_DAY,
    hours_object,
    read_calendar,
)
from models.rules.calendar_text import CalendarTextError, read_spans, write_spans
from models.rules.wall_clock import day_label
from models.words import Label

WEEK, OFF, EXTRA, OWN = "week", "off", "extra", "own"
LONGEST = 80


def title(on: date) -> str:
    """Return the day's date and weekday."""
    return day_label(on).text(visit.language())


def now(kept: Calendar, on: date) -> str:
    """Return what the calendar says of the day now."""
    day = kept.opened().day(on)
    name = day.name.text(visit.language())
    said = spans(hours_object(day.hours)) or visit.t("不营业", "closed")
    return visit.t(f"现在：{name}，{said}", f"Now: {name}, {said}")


def sheet_of(kept: Calendar, on: date) -> Sheet:
    """Return the form as it was sent, else as the calendar has the day."""
    t = visit.t
    asked = [
        Asked(
            "kind",
            t("这一天", "This day"),
            "radio",
            required=True,
            choices=[
                (WEEK, t("按每周时间", "as its week")),
                (OFF, t("休息", "off")),
                (EXTRA, t("调休上班", "make-up workday")),
                (OWN, t("时间另定", "hours of its own")),
            ],
            wide=True,
        ),
        Asked(
            "name",
            t("名称", "Name"),
            help=t("如 国庆节，可以不填。", "Such as National Day; may be empty."),
            max_length=LONGEST,
            shown_if=("kind", [OFF, EXTRA]),
        ),
        Asked(
            "hours",
            t("营业时间", "Hours"),
            help="09:00-12:00 13:30-18:00",
            max_length=200,
            shown_if=("kind", [OWN]),
        ),
    ]
    return Sheet(asked, _first(kept, on))


def sections() -> list[dict[str, Any]]:
    """Return the form's one section."""
    return [
        {
            "label": None,
            "help": None,
            "names": ["kind", "name", "hours"],
            "advanced": False,
        }
    ]


def _first(kept: Calendar, on: date) -> dict[str, str]:
    parts = read_calendar(kept.hours)
    language = visit.language()
    if on in parts.days:
        return {"kind": OWN, "hours": write_spans(parts.days[on])}
    if on in parts.days_off:
        return {"kind": OFF, "name": parts.days_off[on].text(language)}
    if on in parts.extra_days:
        return {"kind": EXTRA, "name": parts.extra_days[on].text(language)}
    return {"kind": WEEK}


def read(sheet: Sheet, kept: Calendar, on: date) -> dict[str, Any]:
    """Return the calendar with the day as typed, with what is wrong beside it."""
    sheet.look_over()
    day = on.isoformat()
    hours = dict(kept.hours)
    lists: dict[str, dict[str, Any]] = {}
    for name in ("days_off", "extra_days", "days"):
        said = hours.get(name) or {}
        lists[name] = {key: value for key, value in said.items() if key != day}
    kind = sheet.text("kind")
    if kind == OFF:
        before = (kept.hours.get("days_off") or {}).get(day)
        lists["days_off"][day] = _name(sheet, DAY_OFF, before)
    elif kind == EXTRA:
        before = (kept.hours.get("extra_days") or {}).get(day)
        lists["extra_days"][day] = _name(sheet, EXTRA_DAY, before)
    elif kind == OWN:
        try:
            lists["days"][day] = hours_object(read_spans(sheet.text("hours")))
        except CalendarTextError as error:
            sheet.refuse("hours", error.label)
    return hours | lists


def _name(
    sheet: Sheet, unnamed: Label, before: Mapping[str, str] | None
) -> Mapping[str, str]:
    """Return the name typed; the one there was, in both languages, if it stays."""
    typed = sheet.text("name")
    if before is not None and typed in before.values():
        return before
    return {"zh": typed or unnamed.zh, "en": typed or unnamed.en}
