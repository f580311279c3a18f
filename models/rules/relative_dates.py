"""Ranges of dates named relative to today: what filters and saved views keep.

A saved filter keeps the code ("this_month", "last_7_days") and means another range
each day; people choose or type the Chinese word.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from models.rules.periods import (
    DateRange,
    PeriodError,
    PeriodKind,
    next_period,
    period_of,
    previous_period,
)
from models.words import Label

MOST_DAYS = 3650

RELATIVE_LABELS: Mapping[str, Label] = {
    "today": Label("今天", "today"),
    "yesterday": Label("昨天", "yesterday"),
    "tomorrow": Label("明天", "tomorrow"),
    "this_week": Label("本周", "this week"),
    "last_week": Label("上周", "last week"),
    "next_week": Label("下周", "next week"),
    "this_month": Label("本月", "this month"),
    "last_month": Label("上月", "last month"),
    "next_month": Label("下月", "next month"),
    "this_quarter": Label("本季度", "this quarter"),
    "last_quarter": Label("上季度", "last quarter"),
    "next_quarter": Label("下季度", "next quarter"),
    "this_half_year": Label("本半年", "this half-year"),
    "last_half_year": Label("上个半年", "last half-year"),
    "this_year": Label("本年", "this year"),
    "last_year": Label("上年", "last year"),
    "next_year": Label("下年", "next year"),
}
_OTHER_WORDS = {
    "今日": "today",
    "昨日": "yesterday",
    "明日": "tomorrow",
    "这周": "this_week",
    "上个月": "last_month",
    "下个月": "next_month",
    "本季": "this_quarter",
    "上季": "last_quarter",
    "下季": "next_quarter",
    "今年": "this_year",
    "去年": "last_year",
    "明年": "next_year",
}
_CODES = {
    **_OTHER_WORDS,
    **{label.zh: code for code, label in RELATIVE_LABELS.items()},
    **{label.en: code for code, label in RELATIVE_LABELS.items()},
}
_DAY_CODES = {"today": "this_day", "yesterday": "last_day", "tomorrow": "next_day"}
_LAST_DAYS = re.compile(r"(?:last_|最?近)(\d{1,4})(?:_days|[天日])")
_NEXT_DAYS = re.compile(r"(?:next_|未来)(\d{1,4})(?:_days|[天日])")


def relative_range(name: str, today: date) -> DateRange:
    """Return the dates that a code or word means on a day.

    The last N days end with today and the next N days begin with it.

    Raises:
        PeriodError: The name is none of `RELATIVE_LABELS`, "last_7_days" (近7天) or
            "next_7_days" (未来7天).
    """
    plain = name.strip()
    if found := _LAST_DAYS.fullmatch(plain):
        days = _days(found[1])
        return DateRange(today - timedelta(days - 1), today + timedelta(1))
    if found := _NEXT_DAYS.fullmatch(plain):
        return DateRange(today, today + timedelta(_days(found[1])))
    code = _CODES.get(plain, plain)
    if code not in RELATIVE_LABELS:
        raise PeriodError(
            "「{name}」不是相对日期；可写今天、昨天、本周、上周、本月、上月、本季度、本年、"
            "近7天、未来7天。",
            "'{name}' is not a relative date; write today, yesterday, this_week, "
            "last_week, this_month, last_month, this_quarter, this_year, last_7_days "
            "or next_7_days.",
            name=plain,
        )
    which, _, kind = _DAY_CODES.get(code, code).partition("_")
    period = period_of(PeriodKind(kind), today)
    if which == "last":
        period = previous_period(period)
    elif which == "next":
        period = next_period(period)
    return DateRange(period.first, period.end)


def relative_label(name: str) -> Label:
    """Return the words for a code, as filters show it."""
    if found := _LAST_DAYS.fullmatch(name):
        return Label(f"近{found[1]}天", f"last {found[1]} days")
    if found := _NEXT_DAYS.fullmatch(name):
        return Label(f"未来{found[1]}天", f"next {found[1]} days")
    return RELATIVE_LABELS[name]


def _days(number: str) -> int:
    days = int(number)
    if not 1 <= days <= MOST_DAYS:
        raise PeriodError(
            "「{days}」天超出范围，请填写 1 至 {most} 天。",
            "{days} days are out of range; give 1 to {most} days.",
            days=days,
            most=MOST_DAYS,
        )
    return days
