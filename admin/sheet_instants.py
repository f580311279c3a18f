"""Instants as the databases keep them -> local time, by hours that are remembered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

MOST_HOURS = 10_000
"""Hours that are remembered at once: somewhat more than a year of them, 2 MiB."""
WHOLE = ".000000"
"""What a text of UTC ends in after whole seconds, from `SECONDS_END` on."""
HOUR_END, SECONDS_END = 13, 19
"""Where in 2026-09-03 00:30:15.000000 the hour ends, and the seconds."""
HOUR = timedelta(hours=1)

Made = TypeVar("Made")


class LocalHours(dict[str, Made | None]):
    """What an hour of UTC, 2026-09-03 00, is made into; made once, looked up then.

    None for an hour that must be looked at moment by moment: clocks change in it, its
    local times come twice, or they are not whole hours from UTC's.
    """

    def __init__(self, zone: ZoneInfo, make: Callable[[datetime], Made | None]) -> None:
        """Take what makes something of an hour's first moment, in naive local time."""
        super().__init__()
        self._zone = zone
        self._make = make

    def __missing__(self, hour: str) -> Made | None:
        """Make it, forgetting the others when there are too many."""
        if len(self) >= MOST_HOURS:
            self.clear()
        start = _local_start(moment(hour), self._zone)
        made = self[hour] = None if start is None else self._make(start)
        return made


def moment(text: str) -> datetime:
    """Return the aware moment that a text of UTC says."""
    said = datetime.fromisoformat(text)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _local_start(hour: datetime, zone: ZoneInfo) -> datetime | None:
    # No zone has ever changed its clocks and changed them back within an hour: what
    # holds for its first and its last moment holds for all between them.
    start, end = (
        one.astimezone(zone) for one in (hour, hour + (HOUR - timedelta.resolution))
    )
    offset = start.utcoffset()
    if offset is None or offset != end.utcoffset() or offset % HOUR:
        return None
    return None if start.fold or end.fold else start.replace(tzinfo=None)
