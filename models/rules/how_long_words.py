"""How long, in the words of the screens."""

from models.rules.how_long import (
    COUNT_LABELS,
    LAST_DAY,
    ROLL_LABELS,
    Before,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    Roll,
    ValueOf,
    WeekdayTime,
    Workdays,
)
from models.rules.how_long_notation import WEEKDAY_NAMES, steps_ahead
from models.rules.wall_clock import WEEKDAYS_ZH, length_label, minute_text
from models.words import Label


def how_long_label(how_long: HowLong) -> Label:  # noqa: PLR0911 - because each kind has its own
    """Say it as people do; a field is shown by its id."""
    match how_long:
        case Hours(length, count):
            shown, counted = length_label(length), COUNT_LABELS[count]
            return Label(f"{shown.zh}（{counted.zh}）", f"{shown.en} {counted.en}")
        case Days(0):
            return Label("当日下班前", "by the close of the same day")
        case Days(days):
            return Label(
                f"{days}天（自次日起算，遇休息日顺延）",
                f"{_number(days, 'day')} from the next day on, rolled over rest days",
            )
        case Workdays():
            return lead_label(how_long)
        case DayOfMonth(day, minute, roll, months):
            last = day == LAST_DAY
            ahead = ("每月", "次月")[months] if months <= 1 else f"{months}个月后"
            return _named_day(
                Label(
                    f"{ahead}{'最后一天' if last else f'{day}日'}",
                    f"{'the last day' if last else f'day {day}'} of the month"
                    f"{steps_ahead(months, 'month', ', ')}",
                ),
                minute,
                roll,
            )
        case WeekdayTime(weekday, minute, roll, weeks):
            ahead = ("", "下")[weeks] if weeks <= 1 else f"{weeks}周后的"
            named = WEEKDAY_NAMES[weekday].title()
            return _named_day(
                Label(
                    f"{ahead}周{WEEKDAYS_ZH[weekday]}",
                    f"{named}{steps_ahead(weeks, 'week', ', ')}",
                ),
                minute,
                roll,
            )
        case Before(lead, field):
            shown = lead_label(lead)
            return Label(f"{field} 之前{shown.zh}", f"{shown.en} before {field}")
        case ValueOf(field, roll):
            rolled = ROLL_LABELS[roll]
            return Label(
                f"{field} 所填时间（{rolled.zh}）", f"the time in {field}, {rolled.en}"
            )


def _named_day(day: Label, minute: int | None, roll: Roll) -> Label:
    rolled = ROLL_LABELS[roll]
    zh, en = ("下班前", "close of business")
    if minute is not None:
        zh = en = minute_text(minute)
    return Label(f"{day.zh}{zh}（{rolled.zh}）", f"{day.en}, {en}, {rolled.en}")


def lead_label(lead: Hours | Days | Workdays) -> Label:
    """Say how long before or after something."""
    match lead:
        case Hours():
            return how_long_label(lead)
        case Days(days):
            return Label(f"{days}天（遇休息日提前）", _number(days, "day"))
        case Workdays(workdays):
            return Label(f"{workdays}个工作日", _number(workdays, "workday"))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
