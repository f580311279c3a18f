"""China's official days off and make-up workdays, year by year, as plain data.

Published years come from the `chinesecalendar` package. For a year not yet published
the provisional rule gives the days that the regulation on public holidays fixes (State
Council, in force since 2025): 1 January; the eve and the first three days of the Lunar
New Year; Qingming; 1 and 2 May; the 5th of the 5th and the 15th of the 8th lunar month;
1 to 3 October. The bridging days and make-up workdays of such a year are not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import chinese_calendar
from chinese_calendar import Holiday

from models.rules.calendar_object import CalendarParts
from models.words import Label

_QINGMING = "清明"
_MAKE_UP = Label("调休上班（{name}）", "make-up workday ({name})")
_NAMES = {each.value: Label(each.chinese, each.value) for each in Holiday}

# Month and day of the Lunar New Year, the Dragon Boat and the Mid-autumn Festival;
# a year that is missing here keeps only its other holidays.
_LUNAR = {
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
}


class OfficialKind(StrEnum):
    """Whether a day that is named is off or, being a weekend, worked."""

    OFF = "off"
    WORKDAY = "workday"


class OfficialDay(NamedTuple):
    """What a date is officially, and the holiday it belongs to."""

    kind: OfficialKind
    name: Label


FIRST_PUBLISHED: int = min(chinese_calendar.holidays).year
LAST_PUBLISHED: int = max(chinese_calendar.holidays).year


def is_published(year: int) -> bool:
    """Return whether the official days of a year are known."""
    return FIRST_PUBLISHED <= year <= LAST_PUBLISHED


def official_days(year: int) -> dict[date, OfficialDay]:
    """Return the days of a year that differ from its weeks, in order.

    A year for which `is_published` is False is by the provisional rule.
    """
    named = _published(year) if is_published(year) else provisional_days(year)
    return dict(sorted(named.items()))


def with_official_days(parts: CalendarParts, years: Iterable[int]) -> CalendarParts:
    """Add the official days of some years to a calendar; its own days win.

    What lies after the last year that is both published and asked for is marked
    provisional.
    """
    wanted = sorted(set(years))
    if not wanted:
        return parts
    days_off, extra_days = {}, {}
    for year in wanted:
        for on, (kind, name) in official_days(year).items():
            if kind is OfficialKind.OFF and on not in parts.extra_days:
                days_off[on] = name
            if kind is OfficialKind.WORKDAY and on not in parts.days_off:
                extra_days[on] = name
    return replace(
        parts,
        days_off={**days_off, **parts.days_off},
        extra_days={**extra_days, **parts.extra_days},
        provisional_from=min(LAST_PUBLISHED, wanted[-1]) + 1,
    )


def with_published_year(
    parts: CalendarParts, year: int, days: Mapping[date, OfficialDay]
) -> CalendarParts:
    """Put the official days of a year into a calendar; its own days win.

    What earlier knowledge of the year brought is taken out, by date and name: the
    provisional rule, and what is shipped. A calendar for which the year was the first
    provisional one is provisional from the next year on, with the days of the rule.
    """
    known = [provisional_days(year), official_days(year)]
    days_off = _without(parts.days_off, known)
    extra_days = _without(parts.extra_days, known)
    following = {}
    from_year = parts.provisional_from
    if from_year == year:
        from_year = year + 1
        following = provisional_days(from_year)
    for on, (kind, name) in {**days, **following}.items():
        if kind is OfficialKind.OFF and on not in extra_days:
            days_off.setdefault(on, name)
        if kind is OfficialKind.WORKDAY and on not in days_off:
            extra_days.setdefault(on, name)
    return replace(
        parts, days_off=days_off, extra_days=extra_days, provisional_from=from_year
    )


def is_by_the_rule(parts: CalendarParts) -> bool:
    """Whether a calendar holds the provisional days of its first unpublished year."""
    year = parts.provisional_from
    return year is not None and any(
        parts.days_off.get(on) == day.name for on, day in provisional_days(year).items()
    )


def _without(
    named: Mapping[date, Label], known: Iterable[Mapping[date, OfficialDay]]
) -> dict[date, Label]:
    return {
        on: name
        for on, name in named.items()
        if not any(on in days and days[on].name == name for days in known)
    }


def provisional_days(year: int) -> dict[date, OfficialDay]:
    """Return the days off of a year by the regulation alone, as if unpublished."""
    fixed = {
        date(year, 1, 1): Holiday.new_years_day,
        _qingming(year): Holiday.tomb_sweeping_day,
        date(year, 5, 1): Holiday.labour_day,
        date(year, 5, 2): Holiday.labour_day,
    }
    if year in _LUNAR:
        spring, dragon, moon = (date(year, *on) for on in _LUNAR[year])
        fixed |= {
            spring + timedelta(days): Holiday.spring_festival for days in range(-1, 3)
        }
        fixed |= {
            dragon: Holiday.dragon_boat_festival,
            moon: Holiday.mid_autumn_festival,
        }
    fixed |= {date(year, 10, day): Holiday.national_day for day in (1, 2, 3)}
    return {
        on: OfficialDay(OfficialKind.OFF, _NAMES[holiday.value])
        for on, holiday in fixed.items()
    }


def _published(year: int) -> dict[date, OfficialDay]:
    off = {
        on: OfficialDay(OfficialKind.OFF, _NAMES[name])
        for on, name in chinese_calendar.holidays.items()
        if on.year == year
    }
    worked = {
        on: OfficialDay(OfficialKind.WORKDAY, _make_up(_NAMES[name]))
        for on, name in chinese_calendar.workdays.items()
        if on.year == year
    }
    return {**off, **worked}


def _make_up(holiday: Label) -> Label:
    return Label(
        _MAKE_UP.zh.format(name=holiday.zh), _MAKE_UP.en.format(name=holiday.en)
    )


def _qingming(year: int) -> date:
    terms: list[tuple[date, str]] = chinese_calendar.get_solar_terms(
        date(year, 4, 1), date(year, 4, 10)
    )
    return next(on for on, name in terms if name == _QINGMING)
