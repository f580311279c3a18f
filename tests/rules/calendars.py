"""Calendars and short ways to say times, shared by the tests of time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.rules.business_calendar import BusinessCalendar
from models.rules.calendar_object import WEEKDAYS, read_calendar
from models.rules.deadlines import due_at, due_instant
from models.rules.how_long_notation import parse_how_long
from models.rules.official_days import with_official_days

OFFICE_HOURS = [["09:00", "12:00"], ["13:30", "18:00"]]


def make_object(
    hours: object = None, on: str = "mon tue wed thu fri", **other: object
) -> dict[str, object]:
    """Write a calendar of equal days, in Shanghai unless said otherwise."""
    spans = OFFICE_HOURS if hours is None else hours
    weekly = dict.fromkeys(on.split(), spans)
    return {"zone": "Asia/Shanghai", "weekly": weekly, **other}


def make_calendar(
    hours: object = None, on: str = "mon tue wed thu fri", **other: object
) -> BusinessCalendar:
    return BusinessCalendar.from_object(make_object(hours, on, **other))


# The desk of the source's example: 9-12 and 13:30-18 with China's official days.
OFFICE = BusinessCalendar(
    with_official_days(read_calendar(make_object()), range(2024, 2028))
)
EVERY_DAY = " ".join(WEEKDAYS)
BAR = make_calendar([["18:00", "02:00"]])  # Monday to Friday evenings
NEW_YORK = make_calendar([["09:00", "17:00"]], zone="America/New_York")
NEW_YORK_NIGHTS = make_calendar(
    [["22:00", "06:00"]], EVERY_DAY, zone="America/New_York"
)


def moment(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """Read "2026-10-08 17:30" as the zone's clocks show it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(at: datetime, zone: str = "Asia/Shanghai") -> str:
    """Write an instant as the zone's clocks show it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


# A repair finished on a Wednesday evening before seven days of holiday.
FINISHED = "2026-09-30 17:30"


def due(start: str, how_long: str, *pauses: tuple[str, str | None]) -> str:
    """Ask the office when a start falls due."""
    spells = [(moment(a), moment(b) if b else None) for a, b in pauses]
    allowed = parse_how_long(how_long)
    return shown(due_instant(moment(start), allowed, OFFICE, pauses=spells))


def why(how_long: str, start: str = FINISHED, **values: datetime) -> list[str]:
    """Ask the office for its reasons, in Chinese."""
    allowed = parse_how_long(how_long)
    steps = due_at(moment(start), allowed, OFFICE, values=values).why
    return [step.label.zh for step in steps]
