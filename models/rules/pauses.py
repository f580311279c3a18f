"""Pauses of a clock: time between two instants that does not count."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from models.words import PersonError

Pause = tuple[datetime, datetime | None]  # None: still paused
Pauses = tuple[tuple[datetime, datetime], ...]  # in order, apart, UTC

# The end of a pause that has none yet.
NEVER = datetime.max.replace(tzinfo=UTC)


class PauseError(PersonError):
    """A pause ends before it begins."""


class StillPausedError(PersonError):
    """The clock stands still, so there is no due time until it runs again."""


def tidy_pauses(pauses: Iterable[Pause], start: datetime) -> Pauses:
    """Sort pauses, join those that touch, and leave out what lies before the start."""
    tidy: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(_in_utc(pause) for pause in pauses):
        if end <= start or begin == end:
            continue
        if tidy and begin <= tidy[-1][1]:
            tidy[-1] = (tidy[-1][0], max(tidy[-1][1], end))
        else:
            tidy.append((max(begin, start), end))
    return tuple(tidy)


def pause_over(at: datetime, pauses: Pauses) -> tuple[datetime, datetime] | None:
    """Return the pause that stops the clock just before an instant, if any."""
    return next((pause for pause in pauses if pause[0] < at <= pause[1]), None)


def after_running(
    start: datetime,
    length: timedelta,
    pauses: Pauses,
    add: Callable[[datetime, timedelta], datetime],
    between: Callable[[datetime, datetime], timedelta],
) -> datetime:
    """Return when a clock has run for a length, in the time that `add` counts.

    Raises:
        StillPausedError: The length is not used up before a pause without end.
    """
    cursor, left = start, length
    for begin, end in pauses:
        ran = between(cursor, begin)
        if ran >= left:
            break
        cursor, left = running_again(end), left - ran
    return add(cursor, left)


def running_again(end: datetime) -> datetime:
    """Return a pause's end; raises StillPausedError if it has none."""
    if end == NEVER:
        raise StillPausedError(
            "时限仍在暂停中，恢复计时后才有到期时间。",
            "The clock is still paused; it has a due time once it runs again.",
        )
    return end


def _in_utc(pause: Pause) -> tuple[datetime, datetime]:
    begin = pause[0].astimezone(UTC)
    end = NEVER if pause[1] is None else pause[1].astimezone(UTC)
    if end < begin:
        raise PauseError(
            "暂停的结束时间 {end} 早于开始时间 {begin}；请核对这两个时间。",
            "A pause ends ({end}) before it begins ({begin}); check both times.",
            begin=begin.isoformat(),
            end=end.isoformat(),
        )
    return begin, end
