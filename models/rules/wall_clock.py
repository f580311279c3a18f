"""Wall clocks: a zone's dates and times of day, turned into instants and into words.

Arithmetic on instants belongs in UTC, "the same time of day" belongs here. A time of
day that a clock change skips is read with the offset before the change, one that
occurs twice is the first of the two (RFC 5545, PEP 495 fold 0).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.words import Label

MINUTES_A_DAY = 1440
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def at_time(on: date, time_of_day: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the zone's clocks show this date and time."""
    return datetime.combine(on, time_of_day, zone).astimezone(UTC)


def at_minute(on: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a minute of a date; 1440 and more is the next day."""
    days, minute = divmod(minute, MINUTES_A_DAY)
    hour, minute = divmod(minute, 60)
    return at_time(on + timedelta(days), time(hour, minute), zone)


def minute_of_day(text: str) -> int | None:
    """Read "HH:MM" from "0:00" to "24:00"; None if it is no such time."""
    if not _TIME_OF_DAY.fullmatch(text):
        return None
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def minute_text(minute: int) -> str:
    """Write a minute of the day as "HH:MM"; the end of the day is "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def day_label(on: date) -> Label:
    """Name a date with its weekday."""
    return Label(
        f"{on.isoformat()}（周{WEEKDAYS_ZH[on.weekday()]}）",
        f"{_WEEKDAYS_EN[on.weekday()]} {on.isoformat()}",
    )


def moment_label(at: datetime, zone: ZoneInfo) -> Label:
    """Name an instant as the zone's clocks show it, to the second where it has one."""
    local = at.astimezone(zone)
    shown = f"{local:%H:%M:%S}".removesuffix(":00")
    day = day_label(local.date())
    return Label(f"{day.zh}{shown}", f"{day.en} {shown}")


def span_label(start: datetime, end: datetime, on: date, zone: ZoneInfo) -> Label:
    """Name a span of a date by its two times; "24:00" ends the date itself."""
    opens, closes = start.astimezone(zone), end.astimezone(zone)
    begins, ends = (f"{each:%H:%M:%S}".removesuffix(":00") for each in (opens, closes))
    if closes.date() == on:
        return Label(f"{begins}–{ends}", f"{begins}–{ends}")
    if closes.date() == on + timedelta(days=1) and ends == "00:00":
        return Label(f"{begins}–24:00", f"{begins}–24:00")
    return Label(f"{begins}–次日{ends}", f"{begins}–{ends} of the next day")


def length_label(length: timedelta) -> Label:
    """Name a length in hours, minutes and seconds; days are not used."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "小时", "h"), (minutes, "分", "min"), (seconds, "秒", "s")]
    shown = [part for part in parts if part[0]] or [parts[1]]
    return Label(
        "".join(f"{count}{zh}" for count, zh, _ in shown),
        " ".join(f"{count} {en}" for count, _, en in shown),
    )
