"""A year of a calendar, month by month: which days are open, and why."""

from calendar import Calendar as Weeks
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for

from admin import visit
from admin.calendar_words import spans
from models.calendars import Calendar
from models.rules.business_calendar import BusinessCalendar, Day, DayKind
from models.rules.calendar_object import hours_object
from models.rules.open_time import FIRST_YEAR, LAST_YEAR
from models.rules.wall_clock import WEEKDAYS_ZH
from models.words import Label

MONTHS = 12
_EN = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# What stands beside the number of a day: its colour alone would not tell everybody.
_MARKS = {
    DayKind.HOLIDAY: Label("休", "off"),
    DayKind.MAKE_UP: Label("班", "on"),
    DayKind.SPECIAL: Label("时", "h"),
}
_KINDS = {
    DayKind.NORMAL: Label("营业", "open"),
    DayKind.REST: Label("每周休息", "weekly rest"),
    DayKind.HOLIDAY: Label("休息日", "day off"),
    DayKind.MAKE_UP: Label("调休上班", "make-up workday"),
    DayKind.SPECIAL: Label("时间另定", "hours of its own"),
}


def year_shown(asked: str | None, today: date) -> int:
    """Return the year of the address, else the present one."""
    if asked and asked.isdecimal() and FIRST_YEAR <= int(asked) <= LAST_YEAR:
        return int(asked)
    return today.year


def context(kept: Calendar, year: int, today: date) -> dict[str, Any]:
    """Return what settings/calendar.html shows of a year."""
    t = visit.t
    calendar = kept.opened()
    days = [
        calendar.day(date.fromordinal(on))
        for on in range(
            date(year, 1, 1).toordinal(), date(year, MONTHS, 31).toordinal() + 1
        )
    ]
    return {
        "year": year,
        "before_url": _url(kept, year - 1) if year > FIRST_YEAR else None,
        "after_url": _url(kept, year + 1) if year < LAST_YEAR else None,
        "workdays": sum(day.is_workday for day in days),
        "is_provisional": calendar.is_provisional(days[0].on),
        "weekdays": list(WEEKDAYS_ZH)
        if visit.language().startswith("zh")
        else list(_EN),
        "months": [
            {
                "label": t(f"{month}月", f"{date(year, month, 1):%B}"),
                "workdays": sum(
                    day.is_workday for day in days if day.on.month == month
                ),
                "weeks": list(_weeks(kept, calendar, date(year, month, 1), today)),
            }
            for month in range(1, MONTHS + 1)
        ],
        "legend": [
            {
                "css": kind.value,
                "mark": _mark(kind),
                "text": label.text(visit.language()),
            }
            for kind, label in _KINDS.items()
        ],
        "special": _special(days),
    }


def _url(kept: Calendar, year: int) -> str:
    return url_for(".year", calendar_id=kept.id, year=year)


def _weeks(
    kept: Calendar, calendar: BusinessCalendar, first: date, today: date
) -> Iterator[list[dict[str, Any] | None]]:
    for week in Weeks().monthdatescalendar(first.year, first.month):
        yield [
            _cell(kept, calendar.day(on), today) if on.month == first.month else None
            for on in week
        ]


def _cell(kept: Calendar, day: Day, today: date) -> dict[str, Any]:
    return {
        "day": day.on.day,
        "css": f"{day.kind.value} today" if day.on == today else day.kind.value,
        "mark": _mark(day.kind),
        "title": f"{day.on.isoformat()} {_said(day)}",
        "url": url_for(".day", calendar_id=kept.id, on=day.on.isoformat()),
    }


def _mark(kind: DayKind) -> str:
    return _MARKS[kind].text(visit.language()) if kind in _MARKS else ""


def _said(day: Day) -> str:
    name = day.name.text(visit.language())
    return f"{name} {spans(hours_object(day.hours))}".strip()


def _special(days: list[Day]) -> list[dict[str, str]]:
    """Return the days that differ from their week; those in a row together."""
    found: list[tuple[list[date], DayKind, str]] = []
    for day in days:
        if day.kind not in _MARKS:
            continue
        said = _said(day)
        if found and found[-1][1:] == (day.kind, said):
            before = found[-1][0]
            if before[-1].toordinal() + 1 == day.on.toordinal():
                before.append(day.on)
                continue
        found.append(([day.on], day.kind, said))
    return [
        {
            "on": _range(dates),
            "kind": _KINDS[kind].text(visit.language()),
            "css": kind.value,
            "text": said,
        }
        for dates, kind, said in found
    ]


def _range(dates: list[date]) -> str:
    names = [
        f"{on:%m-%d} " + visit.t(f"周{WEEKDAYS_ZH[on.weekday()]}", _EN[on.weekday()])
        for on in (dates[0], dates[-1])
    ]
    return names[0] if len(dates) == 1 else " – ".join(names)
