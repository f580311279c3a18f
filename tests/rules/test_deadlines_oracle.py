"""Due times against an oracle that walks minute by minute and knows no shortcut."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.business_calendar import BusinessCalendar
from models.rules.calendar_object import WEEKDAYS
from models.rules.deadlines import due_at, due_instant, due_instants, time_used
from models.rules.how_long import Count, Hours
from models.rules.open_time import FEW

MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
Spell = tuple[datetime, datetime]
Question = tuple[dict[str, Any], datetime, int, list[Spell]]

# Each with a clock change (or, of old, a Chinese summer time) inside the days drawn.
ZONES_AND_DAYS = [
    ("Asia/Shanghai", date(2026, 10, 1)),
    ("Asia/Shanghai", date(1986, 5, 4)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
]


class Oracle:
    """The written calendar, read in the plainest way."""

    def __init__(self, written: dict[str, Any]) -> None:
        self.written = written
        self.zone = ZoneInfo(written["zone"])
        self.spans_on = cache(self._spans_on)

    def hours_on(self, on: date) -> list[list[str]]:
        written, text, weekday = self.written, on.isoformat(), WEEKDAYS[on.weekday()]
        weeks = written["weekly"], written["weekly_other"]
        if text in written["days"]:
            return list(written["days"][text])
        if text in written["days_off"]:
            return []
        monday = date.fromisoformat(written["weeks_from"])
        monday -= timedelta(monday.weekday())
        return list(weeks[(on - monday).days // 7 % 2].get(weekday, []))

    def instant(self, on: date, text: str) -> datetime:
        if text == "24:00":
            return self.instant(on + ONE_DAY, "00:00")
        hour, minute = map(int, text.split(":"))
        local = datetime(on.year, on.month, on.day, hour, minute, tzinfo=self.zone)
        return local.astimezone(UTC)

    def _spans_on(self, on: date) -> list[Spell]:
        return [
            (
                self.instant(on, start),
                self.instant(
                    on if minutes(end) > minutes(start) else on + ONE_DAY, end
                ),
            )
            for start, end in self.hours_on(on)
        ]

    def is_open(self, minute: datetime) -> bool:
        on = minute.astimezone(self.zone).date()
        return any(
            start <= minute < end
            for day in (on, on - ONE_DAY)
            for start, end in self.spans_on(day)
        )

    def runs(self, minute: datetime, pauses: list[Spell]) -> bool:
        """Whether a clock counts this minute."""
        paused = any(begin <= minute < end for begin, end in pauses)
        return not paused and self.is_open(minute)

    def due(self, start: datetime, length: int, pauses: list[Spell]) -> datetime:
        """Step over minutes until so many open ones outside the pauses are used."""
        minute = start
        while length:
            length -= self.runs(minute, pauses)
            minute += MINUTE
        return minute

    def used(self, start: datetime, end: datetime, pauses: list[Spell]) -> timedelta:
        """Step over the minutes between two instants and count those that run."""
        steps = range((end - start) // MINUTE)
        return sum(self.runs(start + at * MINUTE, pauses) for at in steps) * MINUTE

    def rolled(self, start: datetime, length: int) -> datetime:
        """Step over days until one is worked; no later than its last closing."""
        plain = start + length * MINUTE
        local = plain.astimezone(self.zone)
        if self.hours_on(local.date()) or self.is_open(plain - MINUTE):
            return plain
        on = local.date()
        while not self.hours_on(on):
            on += ONE_DAY
        same_time = local.replace(year=on.year, month=on.month, day=on.day, fold=0)
        closing = max(
            self.instant(on if minutes(end) > minutes(begin) else on + ONE_DAY, end)
            for begin, end in self.hours_on(on)
        )
        return min(same_time.astimezone(UTC), closing)


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


# Times that meet clock changes, midnight and each other more often than chance.
TIMES = [
    *("00:00", "00:30", "01:00", "01:30", "01:45", "02:00", "02:30", "03:00"),
    *("09:00", "12:00", "13:30", "18:00", "22:00", "23:59"),
]
SPANS = st.tuples(st.sampled_from(TIMES), st.sampled_from([*TIMES, "24:00"])).map(list)
HOURS = st.lists(SPANS, max_size=3)
WEEKS = st.dictionaries(st.sampled_from(WEEKDAYS), HOURS)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    zone, day = draw(st.sampled_from(ZONES_AND_DAYS))
    near = st.integers(-4, 6).map(lambda days: (day + timedelta(days)).isoformat())
    written = {
        "zone": zone,
        # One hour of every week is certain, so that the oracle comes to an end.
        "weekly": {**draw(WEEKS), "wed": [["10:00", "14:00"]]},
        "weekly_other": {**draw(WEEKS), "thu": [["10:00", "14:00"]]},
        "weeks_from": draw(near),
        "days_off": draw(st.lists(near, max_size=2)),
        "days": draw(st.dictionaries(near, HOURS, max_size=2)),
    }
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    moments = st.integers(-3 * 1440, 4 * 1440).map(lambda at: noon + at * MINUTE)
    pauses = draw(st.lists(st.tuples(moments, moments).map(sorted), max_size=3))
    length = draw(st.integers(0, 900))
    return written, draw(moments), length, [(a, b) for a, b in pauses]


QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@QUICK
@given(questions())
def test_business_hours_are_those_of_a_walk_minute_by_minute(
    question: Question,
) -> None:
    written, start, length, pauses = question
    calendar = BusinessCalendar.from_object(written)
    allowed = Hours(length * MINUTE, Count.BUSINESS)
    expected = Oracle(written).due(start, length, pauses)

    told = due_at(start, allowed, calendar, pauses=pauses)

    assert told.at == expected
    assert due_instant(start, allowed, calendar, pauses=pauses) == expected
    assert (
        time_used(start, expected, Count.BUSINESS, calendar, pauses) == allowed.length
    )
    assert sum((step.counted for step in told.why), timedelta()) == allowed.length


@QUICK
@given(questions(), st.integers(0, 3 * 1440))
def test_time_between_is_that_of_a_walk_minute_by_minute(
    question: Question, later: int
) -> None:
    written, start, _, pauses = question
    calendar = BusinessCalendar.from_object(written)
    end = start + later * MINUTE

    used = time_used(start, end, Count.BUSINESS, calendar, pauses)

    assert used == Oracle(written).used(start, end, pauses)


@QUICK
@given(questions())
def test_hours_roll_as_in_a_walk_day_by_day(question: Question) -> None:
    written, start, length, _ = question
    calendar = BusinessCalendar.from_object(written)
    allowed = Hours(length * MINUTE, Count.ROLLED)

    found = due_instant(start, allowed, calendar)

    assert found == Oracle(written).rolled(start, length)


@QUICK
@given(questions(), st.integers(1, 7))
def test_many_starts_are_due_as_each_by_itself(question: Question, step: int) -> None:
    written, start, length, _ = question
    calendar = BusinessCalendar.from_object(written)
    allowed = Hours(length * MINUTE, Count.BUSINESS)
    starts = [start + at * step * MINUTE for at in range(2 * FEW)]

    found = due_instants(starts, allowed, calendar)

    assert found == [due_instant(each, allowed, calendar) for each in starts]
