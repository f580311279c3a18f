"""The written form of a business calendar: JSON or YAML, checked key by key.

    {"zone": "Asia/Shanghai",
     "weekly": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]]},
     "weekly_other": {"sat": [["09:00", "12:00"]]}, "weeks_from": "2026-01-05",
     "days_off": ["2026-10-01"], "extra_days": ["2026-10-10"],
     "days": {"2026-10-12": [["09:00", "18:00"]]},
     "provisional_from": 2027}

An end at or before its start runs past midnight; "24:00" is allowed. `weekly` holds in
the week (Monday to Sunday) of `weeks_from` and in every second one after and before
it, `weekly_other` in those between. `days` replaces the hours of a date whatever else
is said of it. An extra day (调休上班) on a weekday without hours has those of the first
weekday that has some. `days_off` and `extra_days` may be mappings that name the days:
{"2026-10-01": {"zh": "国庆节", "en": "National Day"}}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.rules.open_time import FIRST_YEAR, LAST_YEAR
from models.rules.wall_clock import MINUTES_A_DAY, minute_of_day, minute_text
from models.words import Label, PersonError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = (
    "zone",
    "weekly",
    "weekly_other",
    "weeks_from",
    "days_off",
    "extra_days",
    "days",
    "provisional_from",
)

DayHours = tuple[tuple[int, int], ...]  # minutes of the day; over 1440 is past midnight
Week = tuple[DayHours, ...]  # Monday first

MISSING = object()
DAY_OFF = Label("休息日", "day off")
EXTRA_DAY = Label("调休上班", "make-up workday")


class CalendarError(PersonError):
    """A calendar is written wrongly; names the key and what stands there."""

    def __init__(self, key: str, found: object, zh: str, en: str) -> None:
        """Say what was expected under a key, as the end of a sentence."""
        self.key = key
        quoted = ("", "") if found is MISSING else (f"「{found}」", f"'{found}' ")
        super().__init__(
            f"日历 {key}：{quoted[0]}{zh}。", f"Calendar, {key}: {quoted[1]}{en}."
        )


@dataclass(frozen=True, slots=True)
class CalendarParts:
    """What a written calendar says, in typed values."""

    zone: ZoneInfo
    weekly: Week
    weekly_other: Week | None = None
    weeks_from: date | None = None
    days_off: Mapping[date, Label] = field(default_factory=dict)
    extra_days: Mapping[date, Label] = field(default_factory=dict)
    days: Mapping[date, DayHours] = field(default_factory=dict)
    provisional_from: int | None = None


def read_calendar(written: object) -> CalendarParts:
    """Read a calendar object.

    Raises:
        CalendarError: A key or a value is not as the module's text says.
    """
    fields = _mapping("calendar", written)
    for key in fields:
        if key not in KEYS:
            raise CalendarError(
                str(key),
                key,
                f"不是日历的项目，可用的有 {'、'.join(KEYS)}",
                f"is not a key of a calendar; there are {', '.join(KEYS)}",
            )
    for key in ("zone", "weekly"):
        if key not in fields:
            raise CalendarError(
                key, MISSING, "缺少这一项", "is missing; give it a value"
            )
    for one, other in (("weekly_other", "weeks_from"), ("weeks_from", "weekly_other")):
        if one in fields and other not in fields:
            raise CalendarError(
                other,
                MISSING,
                f"缺少这一项，{one} 需要它",
                f"is missing; {one} needs it",
            )
    parts = CalendarParts(
        zone=_zone(fields["zone"]),
        weekly=_week("weekly", fields["weekly"]),
        weekly_other=_week("weekly_other", fields["weekly_other"])
        if "weekly_other" in fields
        else None,
        weeks_from=_date("weeks_from", fields["weeks_from"])
        if "weeks_from" in fields
        else None,
        days_off=_named_days("days_off", fields.get("days_off", ()), DAY_OFF),
        extra_days=_named_days("extra_days", fields.get("extra_days", ()), EXTRA_DAY),
        days={
            _date("days", on): _hours(f"days.{on}", spans)
            for on, spans in _mapping("days", fields.get("days", {})).items()
        },
        provisional_from=_year(fields.get("provisional_from")),
    )
    for on in parts.extra_days:
        if on in parts.days_off:
            raise CalendarError(
                "extra_days",
                on,
                "同时列为休息日，请从 days_off 或 extra_days 中去掉",
                "is a day off as well; take it out of days_off or of extra_days",
            )
    return parts


def write_calendar(parts: CalendarParts) -> dict[str, object]:
    """Write a calendar as plain values that `read_calendar` reads back the same."""
    written: dict[str, object] = {
        "zone": parts.zone.key,
        "weekly": _week_object(parts.weekly),
    }
    if parts.weekly_other is not None and parts.weeks_from is not None:
        written["weekly_other"] = _week_object(parts.weekly_other)
        written["weeks_from"] = parts.weeks_from.isoformat()
    for key, named in (
        ("days_off", parts.days_off),
        ("extra_days", parts.extra_days),
    ):
        if named:
            written[key] = {
                on.isoformat(): {"zh": name.zh, "en": name.en}
                for on, name in sorted(named.items())
            }
    if parts.days:
        written["days"] = {
            on.isoformat(): hours_object(hours)
            for on, hours in sorted(parts.days.items())
        }
    if parts.provisional_from is not None:
        written["provisional_from"] = parts.provisional_from
    return written


def _week_object(week: Week) -> dict[str, object]:
    pairs = zip(WEEKDAYS, week, strict=True)
    return {name: hours_object(hours) for name, hours in pairs if hours}


def hours_object(hours: DayHours) -> list[list[str]]:
    """Write the hours of a day as pairs of times."""
    return [[minute_text(start), _end_text(end)] for start, end in hours]


def _end_text(end: int) -> str:
    return minute_text(end if end <= MINUTES_A_DAY else end - MINUTES_A_DAY)


def _mapping(key: str, written: object) -> Mapping[object, object]:
    if not isinstance(written, Mapping):
        raise CalendarError(
            key,
            written,
            "应为「名称: 值」的一组项目",
            "is not a set of keys and values; write key: value",
        )
    return written


def _list(key: str, written: object, zh: str, en: str) -> list[object]:
    if not isinstance(written, list | tuple):
        raise CalendarError(key, written, zh, en)
    return list(written)


def _zone(written: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(written))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CalendarError(
            "zone",
            written,
            "不是时区名称，请写 Asia/Shanghai 这样的名称",
            "is not the name of a time zone; write one such as Asia/Shanghai",
        ) from None


def _year(written: object) -> int | None:
    if written is None:
        return None
    if type(written) is not int or not FIRST_YEAR <= written <= LAST_YEAR:
        raise CalendarError(
            "provisional_from",
            written,
            "不是年份，请写 2027 这样的年份",
            "is not a year; write one such as 2027",
        )
    return written


def _date(key: str, written: object) -> date:
    # YAML reads an unquoted 2026-10-01 as a date, JSON leaves it a text.
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        return date.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        raise CalendarError(
            key,
            written,
            "不是日期，请写 2026-10-01 这样的日期",
            "is not a date; write one such as 2026-10-01",
        ) from None


def _named_days(key: str, written: object, unnamed: Label) -> dict[date, Label]:
    if isinstance(written, Mapping):
        return {_date(key, on): _name(key, name) for on, name in written.items()}
    days = _list(
        key,
        written,
        "应为日期的列表，如 [2026-10-01, 2026-10-02]",
        "is not a list of dates; write [2026-10-01, 2026-10-02]",
    )
    return {_date(key, on): unnamed for on in days}


def _name(key: str, written: object) -> Label:
    if isinstance(written, str) and written.strip():
        return Label(written, written)
    if isinstance(written, Mapping) and set(written) == {"zh", "en"}:
        return Label(str(written["zh"]), str(written["en"]))
    raise CalendarError(
        key,
        written,
        "不是名称，请写「国庆节」或 {zh: 国庆节, en: National Day}",
        "is not a name; write a text or {zh: 国庆节, en: National Day}",
    )


def _week(key: str, written: object) -> Week:
    days = _mapping(key, written)
    for name in days:
        if name not in WEEKDAYS:
            raise CalendarError(
                key,
                name,
                f"不是星期，请用 {'、'.join(WEEKDAYS)}",
                f"is not a weekday; use {', '.join(WEEKDAYS)}",
            )
    return tuple(_hours(f"{key}.{name}", days.get(name, ())) for name in WEEKDAYS)


def _hours(key: str, written: object) -> DayHours:
    zh = '应为起止时间的列表，如 [["09:00", "12:00"], ["13:30", "18:00"]]'
    en = 'is not a list of spans; write [["09:00", "12:00"], ["13:30", "18:00"]]'
    hours: list[tuple[int, int]] = []
    for span in _list(key, written, zh, en):
        ends = _list(key, span, zh, en)
        if len(ends) != len(("start", "end")):
            raise CalendarError(key, span, zh, en)
        start, end = (_minute(key, each) for each in ends)
        hours.append((start, end if end > start else end + MINUTES_A_DAY))
    return tuple(sorted(hours))


def _minute(key: str, written: object) -> int:
    # YAML reads an unquoted 13:30 as 13 * 60 + 30, which is the minute of the day.
    if type(written) is int and 0 <= written <= MINUTES_A_DAY:
        return written
    minute = minute_of_day(written) if isinstance(written, str) else None
    if minute is None:
        raise CalendarError(
            key,
            written,
            "不是时刻，请写 00:00 至 24:00，如 09:00",
            "is not a time of day; write 00:00 to 24:00, such as 09:00",
        )
    return minute
