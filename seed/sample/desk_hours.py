"""When the desk of a planned sample is open, and how long things take by its hours."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random

from seed.sample.days import FIRST, LAST, ZONE, is_workday
from seed.sample.plan_schema import LENGTH, SampleStanza

HOUR = timedelta(hours=1)
AFTER_REST = 1.35  # how much fuller the first day after days off is


def minutes(length: str, day: int = 24 * 60) -> int:
    """Return a length such as 1h30m in minutes, rounded up.

    `day` says how many minutes a day counts.

    Raises:
        ValueError: It is no length.
    """
    found = LENGTH.fullmatch(length)
    if found is None:
        raise ValueError(length)
    days, hours, rest, seconds = (int(one or 0) for one in found.groups())
    return days * day + hours * 60 + rest + math.ceil(seconds / 60)


def drawn_length(chance: Random, half: int, spread: float) -> int:
    """Draw a length: half of all are below `half`, few are very long."""
    return max(round(half * math.exp(chance.gauss(0, spread))), 1)


@dataclass(frozen=True)
class DeskHours:
    """The hours of a day in which the desk is open, each with how busy it is."""

    busy: Mapping[int, float]
    every_day: bool

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days of the sample on which the desk is open."""
        every = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
        return tuple(day for day in every if self.is_open(day))

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """How busy each of these days is."""
        return tuple(
            1 if self.is_open(day - timedelta(days=1)) else AFTER_REST
            for day in self.days
        )

    @cached_property
    def day_minutes(self) -> int:
        """How long the desk is open on a day."""
        return 60 * len(self.busy)

    def is_open(self, on: date) -> bool:
        """Whether the desk is open on a day."""
        return self.every_day or is_workday(on)

    def moment(
        self, chance: Random, on: date, busy: Mapping[int, float] | None = None
    ) -> datetime:
        """Draw a minute of a day, more likely in busy hours."""
        hours = busy or self.busy
        hour = chance.choices(list(hours), list(hours.values()))[0]
        return datetime.combine(on, time(hour, chance.randrange(60)), ZONE)

    def later(self, start: datetime, length: int) -> datetime:
        """Return the moment so many open minutes after another."""
        now, left = start.astimezone(ZONE), length
        while True:
            if self.is_open(now.date()) and now.hour in self.busy:
                here = 60 - now.minute
                if left < here:
                    return now + timedelta(minutes=left)
                left -= here
            now = (now + HOUR).replace(minute=0, second=0, microsecond=0)
            while now.hour == 0 and self._skips(now, left):
                left -= self.day_minutes if self.is_open(now.date()) else 0
                now += timedelta(days=1)

    def _skips(self, midnight: datetime, left: int) -> bool:
        return not self.is_open(midnight.date()) or left >= self.day_minutes

    def earlier(self, end: datetime, length: int) -> datetime:
        """Return an open moment about so many open minutes before another."""
        days, rest = divmod(length, self.day_minutes)
        on = end.astimezone(ZONE)
        for _ in range(days):
            on -= timedelta(days=1)
            while not self.is_open(on.date()):
                on -= timedelta(days=1)
        found = on - timedelta(minutes=rest)
        while not (self.is_open(found.date()) and found.hour in self.busy):
            found -= HOUR
        return found


def hours_of(stanza: SampleStanza) -> DeskHours:
    """Return the hours that a plan says."""
    busy = {hour: float(weight) for hour, weight in sorted(stanza.hours.items())}
    return DeskHours(busy, stanza.days == "every")
