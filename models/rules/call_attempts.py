"""How a call stands after its attempts: reached, to be tried again and when, given up.

Pure: no database, no clock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.business_calendar import BusinessCalendar

_MOMENT = timedelta(seconds=1)


class CallState(StrEnum):
    """What became of a call so far."""

    REACHED = "reached"
    AGAIN = "again"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: when, how it ended, and what was agreed for the next one."""

    at: datetime
    outcome: str
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallStanding:
    """How a call stands; `next_at` (UTC) is when a retry is proposed, if one is."""

    state: CallState
    tries: int
    next_at: datetime | None = None


def standing(
    attempts: Sequence[Attempt],
    reached: Collection[str],
    again: Mapping[str, int],
    retries: int,
    calendar: BusinessCalendar | None,
) -> CallStanding:
    """Return how a call stands.

    A retry is proposed so many minutes after the last attempt as `again` says of its
    outcome, at the next opening where that is outside the hours; what was agreed with
    the customer stands as it is. When so many retries have failed, it is given up.

    Args:
        attempts: At least one, in the order in which they were made.
        reached: Outcomes by which the customer was spoken to.
        again: Minutes of plain time until the next attempt, by outcome.
        retries: How many are proposed after the first attempt.
        calendar: The desk's hours; None: at any time.
    """
    tries, last = len(attempts), attempts[-1]
    if any(one.outcome in reached for one in attempts):
        return CallStanding(CallState.REACHED, tries)
    if last.outcome not in again or tries > retries:
        return CallStanding(CallState.UNREACHABLE, tries)
    proposed = last.at + timedelta(minutes=again[last.outcome])
    if calendar is not None and not calendar.is_open(proposed):
        # A moment of open time later is a moment after the next opening.
        proposed = calendar.add_business_time(proposed, _MOMENT) - _MOMENT
    return CallStanding(CallState.AGAIN, tries, last.again_at or proposed)
