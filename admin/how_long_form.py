"""How long, asked in plain choices: what is counted, how many, until when.

The choices and the one-line notation mean the same; what the choices cannot say is
written as notation, which counts before them.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from admin import visit
from admin.asked import Asked, Choices, Sheet
from models.rules import cell_values
from models.rules.cell_basics import CellError
from models.rules.how_long import (
    LAST_DAY,
    Before,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    HowLongError,
    Roll,
    ValueOf,
    WeekdayTime,
    Workdays,
)
from models.rules.how_long_notation import (
    WEEKDAY_NAMES,
    notation,
    parse_how_long,
    steps_ahead,
)
from models.rules.wall_clock import MINUTES_A_DAY, WEEKDAYS_ZH, minute_text
from models.words import Label

HOURS: Mapping[str, Label] = {
    "rolled": Label(
        "若干小时，遇休息日顺延（一般说的 24 小时）", "hours, rolled over rest days"
    ),
    "business": Label("若干小时营业时间", "hours of business time"),
    "elapsed": Label("若干小时自然时间", "hours, whatever the day"),
}
DAYS: Mapping[str, Label] = {
    "days": Label("若干天，自次日起算", "days, from the next day on"),
    "workdays": Label("若干个工作日", "workdays"),
}
BEFORE: Mapping[str, Label] = {
    "before_elapsed": Label("某个时间之前若干小时", "hours before a moment"),
    "before_business": Label(
        "某个时间之前若干小时营业时间", "hours of business time before a moment"
    ),
    "before_days": Label("某个日期之前若干天", "days before a day"),
    "before_workdays": Label("某个日期之前若干个工作日", "workdays before a day"),
}
MONTH, WEEKDAY, VALUE = "month", "weekday", "value"
KINDS: Mapping[str, Label] = {
    **HOURS,
    **DAYS,
    MONTH: Label("每月的某一日", "a day of the month"),
    WEEKDAY: Label("每周的某一天", "a day of the week"),
    **BEFORE,
    VALUE: Label("某个字段里填的时间", "the time in a field"),
}
WITH_UNIT = (*HOURS, "before_elapsed", "before_business")
WITH_NUMBER = (*HOURS, *DAYS, *BEFORE)
WITH_DAY = (MONTH, WEEKDAY)
WITH_FIELD = (*BEFORE, VALUE)
WITH_ROLL = (*WITH_DAY, VALUE)
PLACES = 2  # decimals of a number of hours
_UNIT = {"h": 3600, "min": 60}


def asked(moments: Choices) -> list[Asked]:
    """Return the fields that ask how long; `moments` are the fields with a time."""
    t = visit.t

    def when(*kinds: str) -> tuple[str, tuple[str, ...]]:
        return "how", kinds

    return [
        Asked(
            "how",
            t("怎么算", "Counted in"),
            "choice",
            choices=[
                ("", ""),
                *((code, it.text(visit.language())) for code, it in KINDS.items()),
            ],
        ),
        Asked(
            "how_number",
            t("多少", "How many"),
            "decimal",
            shown_if=when(*WITH_NUMBER),
        ),
        Asked(
            "how_unit",
            t("单位", "Unit"),
            "radio",
            choices=[("h", t("小时", "hours")), ("min", t("分钟", "minutes"))],
            shown_if=when(*WITH_UNIT),
        ),
        Asked(
            "how_day",
            t("几日", "Which day"),
            "integer",
            help=t("最后一天填 31。", "31 for the last."),
            shown_if=when(MONTH),
        ),
        Asked(
            "how_weekday",
            t("星期", "Weekday"),
            "choice",
            choices=[("", ""), *_weekdays()],
            shown_if=when(WEEKDAY),
        ),
        Asked(
            "how_field",
            t("哪个时间", "Which moment"),
            "choice",
            choices=[("", ""), *moments],
            shown_if=when(*WITH_FIELD),
        ),
        Asked(
            "how_ahead",
            t("隔几个月或周", "Months or weeks ahead"),
            "integer",
            help=t(
                "0 是最近的一个，1 是下个月或下周。",
                "0 is the nearest, 1 the next month or week.",
            ),
            shown_if=when(*WITH_DAY),
        ),
        Asked(
            "how_time",
            t("几点", "Time of day"),
            "time",
            help=t("不填是下班时间。", "Left empty: the close of business."),
            shown_if=when(*WITH_DAY),
        ),
        Asked(
            "how_roll",
            t("遇休息日", "On a rest day"),
            "choice",
            choices=[
                ("", t("按惯例", "as usual")),
                (Roll.LATER, t("顺延到下一个工作日", "the next workday")),
                (Roll.EARLIER, t("提前到上一个工作日", "the workday before")),
                (Roll.AS_IS, t("不变", "stays")),
            ],
            help=t(
                "惯例：每月、每周顺延，字段里填的时间不变。",
                "Usually days of a month or week roll later; the time in a field "
                "stays.",
            ),
            shown_if=when(*WITH_ROLL),
        ),
    ]


def _weekdays() -> Choices:
    return [
        (name, visit.t(f"周{zh}", name.title()))
        for name, zh in zip(WEEKDAY_NAMES, WEEKDAYS_ZH, strict=True)
    ]


def asked_written() -> Asked:
    """Return the field that takes the notation."""
    return Asked(
        "how_written",
        visit.t("时限写法", "Notation"),
        help=visit.t(
            "填写后以此为准，如 24h、8h business、3d、5 workdays、day 5 next month "
            "17:30、friday 17:30、1h before 字段名。",
            "Counts before the choices above, such as 24h, 8h business, 3d, "
            "5 workdays, day 5 next month 17:30, friday 17:30, 1h before FIELD.",
        ),
        wide=True,
        max_length=100,
    )


def first(how_long: str) -> dict[str, str]:
    """Return the form's values of a length that is kept as notation."""
    parts = _parts(parse_how_long(how_long))
    return parts if parts is not None else {"how_written": how_long}


def read(sheet: Sheet) -> str:
    """Return the notation of what was chosen or written; "" where it is refused."""
    written = sheet.text("how_written")
    if written:
        try:
            parse_how_long(written)
        except HowLongError as error:
            sheet.refuse("how_written", error.label)
        return written
    if not sheet.text("how"):
        sheet.refuse(
            "how",
            Label(
                "请选择怎么算，或在“高级”里写时限写法。",
                "Choose what is counted, or write the notation under “Advanced”.",
            ),
        )
    if any(sheet.form[name].errors for name in _NAMES):
        return ""
    try:
        return notation(parse_how_long("".join(_written(sheet))))
    except _Refused:
        return ""
    except HowLongError as error:
        name = "how_day" if sheet.text("how") == MONTH else "how_number"
        sheet.refuse(name, error.label)
        return ""


_NAMES = (
    "how",
    "how_number",
    "how_unit",
    "how_day",
    "how_weekday",
    "how_field",
    "how_ahead",
    "how_time",
    "how_roll",
)


class _Refused(Exception):  # noqa: N818 - the sentence stands beside its field already
    """A part of the length is missing."""


def _written(sheet: Sheet) -> Iterator[str]:
    """Yield the notation of the choices, piece by piece."""
    kind = sheet.text("how")
    lead = kind.removeprefix("before_")
    if lead in DAYS:
        yield f"{_whole(sheet)}{'d' if lead == 'days' else ' workdays'}"
    elif lead in HOURS:
        yield f"{_hours(sheet)} {lead}"
    elif kind == MONTH:
        day = _whole(sheet, "how_day")
        yield f"day {'last' if day == LAST_DAY else day}"
        yield steps_ahead(_ahead(sheet), "month")
    elif kind == WEEKDAY:
        yield _needed(sheet, "how_weekday") + steps_ahead(_ahead(sheet), "week")
    if kind in BEFORE:
        yield f" before {_needed(sheet, 'how_field')}"
    elif kind == VALUE:
        yield f"value of {_needed(sheet, 'how_field')}"
    if kind in WITH_DAY and sheet.text("how_time"):
        yield f" {sheet.text('how_time')[:5]}"
    if kind in WITH_ROLL and sheet.text("how_roll"):
        yield f" {sheet.text('how_roll')}"


def _needed(sheet: Sheet, name: str) -> str:
    found = sheet.text(name)
    if not found:
        sheet.refuse(name, Label("请填写这一项。", "Fill this in."))
        raise _Refused
    return found


def _whole(sheet: Sheet, name: str = "how_number") -> int:
    try:
        return cell_values.read_integer(_needed(sheet, name)) or 0
    except CellError as error:
        sheet.refuse(name, error.label)
        raise _Refused from None


def _ahead(sheet: Sheet) -> int:
    return _whole(sheet, "how_ahead") if sheet.text("how_ahead") else 0


def _hours(sheet: Sheet) -> str:
    try:
        number = cell_values.read_decimal(_needed(sheet, "how_number"), PLACES)
    except CellError as error:
        sheet.refuse("how_number", error.label)
        raise _Refused from None
    shown = f"{(number or Decimal(0)).normalize():f}"
    return shown + (sheet.text("how_unit") or "h")


def _parts(how_long: HowLong) -> dict[str, str] | None:  # noqa: PLR0911 - because each kind has its own
    """Return the choices that mean a length; None where they cannot say it."""
    match how_long:
        case Hours(length, count):
            return _hour_parts(length, count.value)
        case Days(days):
            return {"how": "days", "how_number": str(days)}
        case Workdays(workdays):
            return {"how": "workdays", "how_number": str(workdays)}
        case DayOfMonth(day, minute, roll, months):
            found = {"how": MONTH, "how_day": str(day), "how_ahead": str(months)}
            return _with_time(found, minute, roll)
        case WeekdayTime(weekday, minute, roll, weeks):
            name = WEEKDAY_NAMES[weekday]
            found = {"how": WEEKDAY, "how_weekday": name, "how_ahead": str(weeks)}
            return _with_time(found, minute, roll)
        case Before(lead, field):
            before = _parts(lead)
            if before is None:
                return None
            kind = f"before_{before['how']}"
            return before | {"how": kind, "how_field": field}
        case ValueOf(field, roll):
            return {"how": VALUE, "how_field": field, "how_roll": roll.value}


def _hour_parts(length: timedelta, count: str) -> dict[str, str] | None:
    seconds = int(length.total_seconds())
    for unit, size in _UNIT.items():
        if seconds % size == 0:
            number = str(seconds // size)
            return {"how": count, "how_number": number, "how_unit": unit}
    return None


def _with_time(
    found: dict[str, str], minute: int | None, roll: Roll
) -> dict[str, str] | None:
    if minute == MINUTES_A_DAY:  # 24:00, which no clock of a form shows
        return None
    shown = "" if minute is None else minute_text(minute)
    return found | {"how_time": shown, "how_roll": roll.value}
