"""The ways to say how long a promise may take, each one frozen value.

| kind | due |
| --- | --- |
| Hours, business | when so much business time has passed |
| Hours, elapsed | when so much time has passed, whatever the day |
| Hours, rolled | elapsed; on a rest day the same time of the next workday, at its closing at the latest (what people mean by 24小时) |
| Days | N days from the next day on, at the close of business, rolled over rest days (Civil Code, articles 201 and 203) |
| Workdays | at the close of the Nth workday after the day it starts |
| DayOfMonth | on a day of the month, the first that lies ahead |
| WeekdayTime | on a weekday, the first that lies ahead |
| Before | so long before the moment in a field |
| ValueOf | at the moment in a field |
"""  # noqa: E501 - because a row of a table cannot be wrapped

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from models.rules.wall_clock import MINUTES_A_DAY
from models.words import Label, PersonError

MAX_DAYS = 3650
MAX_STEPS = 120  # months or weeks ahead
LAST_DAY = 31  # of any month: a month without it gives its last day
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ZERO = timedelta()


class HowLongError(PersonError):
    """A length of time is not one of those that are understood."""


class Count(StrEnum):
    """What time hours are counted in."""

    ROLLED = "rolled"
    BUSINESS = "business"
    ELAPSED = "elapsed"


class Roll(StrEnum):
    """What becomes of a date that is a rest day."""

    LATER = "later"  # to the next workday (顺延)
    EARLIER = "earlier"  # to the workday before (提前)
    AS_IS = "as_is"  # it stands


COUNT_LABELS = {
    Count.ROLLED: Label("遇休息日顺延", "rolled over rest days"),
    Count.BUSINESS: Label("营业时间", "of business time"),
    Count.ELAPSED: Label("自然时间", "elapsed"),
}
ROLL_LABELS = {
    Roll.LATER: Label("遇休息日顺延", "rolled to the next workday"),
    Roll.EARLIER: Label("遇休息日提前", "rolled to the workday before"),
    Roll.AS_IS: Label("休息日不顺延", "rest days count too"),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """A length in whole seconds."""

    length: timedelta
    count: Count = Count.ROLLED

    def __post_init__(self) -> None:
        """Check the length."""
        _check_range(self.length.total_seconds(), 0, MAX_DAYS * 86_400, "秒", "seconds")
        if self.length.microseconds:
            raise HowLongError(
                "时限要精确到整秒，请改为整秒。",
                "A length of time is in whole seconds; leave out the fraction.",
            )


@dataclass(frozen=True, slots=True)
class Days:
    """So many days, counted from the next day; 0 is the close of the same day."""

    days: int

    def __post_init__(self) -> None:
        """Check the number."""
        _check_range(self.days, 0, MAX_DAYS, "天", "days")


@dataclass(frozen=True, slots=True)
class Workdays:
    """So many workdays after the day it starts; 0 is the close of the same day."""

    workdays: int

    def __post_init__(self) -> None:
        """Check the number."""
        _check_range(self.workdays, 0, MAX_DAYS, "个工作日", "workdays")


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """A day of the month, `months` after the one it starts in at the earliest.

    `minute` is of the day; None is the close of business. Day 31 of a shorter month
    is its last.
    """

    day: int
    minute: int | None = None
    roll: Roll = Roll.LATER
    months: int = 0

    def __post_init__(self) -> None:
        """Check the numbers."""
        _check_range(self.day, 1, LAST_DAY, "日", "as a day of the month")
        _check_range(self.months, 0, MAX_STEPS, "个月", "months")
        _check_range(self.minute or 0, 0, MINUTES_A_DAY, "分", "minutes of the day")


@dataclass(frozen=True, slots=True)
class WeekdayTime:
    """A weekday (0 is Monday), `weeks` after the one it starts in at the earliest."""

    weekday: int
    minute: int | None = None
    roll: Roll = Roll.LATER
    weeks: int = 0

    def __post_init__(self) -> None:
        """Check the numbers."""
        _check_range(self.weekday, 0, 6, "", "as a weekday from Monday")
        _check_range(self.weeks, 0, MAX_STEPS, "周", "weeks")
        _check_range(self.minute or 0, 0, MINUTES_A_DAY, "分", "minutes of the day")


@dataclass(frozen=True, slots=True)
class Before:
    """So long before the moment in a field; days roll to the workday before.

    Hours are elapsed or business time; so many days or workdays before end at the
    close of business.
    """

    lead: Hours | Days | Workdays
    field: str

    def __post_init__(self) -> None:
        """Check the field and that hours are not to be rolled."""
        _check_field(self.field)
        if isinstance(self.lead, Hours) and self.lead.count is Count.ROLLED:
            raise HowLongError(
                "“之前”的小时数不能顺延，请用 elapsed 或 business。",
                "Hours before something are elapsed or business, never rolled.",
            )


@dataclass(frozen=True, slots=True)
class ValueOf:
    """The moment in a field; a date means its close of business."""

    field: str
    roll: Roll = Roll.AS_IS

    def __post_init__(self) -> None:
        """Check the field."""
        _check_field(self.field)


HowLong = Hours | Days | Workdays | DayOfMonth | WeekdayTime | Before | ValueOf


def needed_field(how_long: HowLong) -> str | None:
    """Return the field whose value the due time needs, if it needs one."""
    return how_long.field if isinstance(how_long, Before | ValueOf) else None


def _check_range(found: float, least: int, most: int, zh: str, en: str) -> None:
    if not least <= found <= most:
        raise HowLongError(
            f"时限「{found:g}{zh}」超出范围，请填写 {least} 至 {most}。",
            f"'{found:g}' is out of range {en}; give {least} to {most}.",
        )


def _check_field(name: str) -> None:
    if not _FIELD.fullmatch(name):
        raise HowLongError(
            "「{name}」不是字段名；字段名由小写字母、数字和下划线组成。",
            "'{name}' is not a field; fields are lower-case letters, digits and _.",
            name=name,
        )
