"""When a customer is called again, and when that is given up."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.business_calendar import BusinessCalendar
from models.rules.call_attempts import Attempt, CallStanding, CallState, standing

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = BusinessCalendar.from_object(
    {
        "zone": "Asia/Shanghai",
        "weekly": {
            day: [["09:00", "12:00"], ["13:30", "18:00"]]
            for day in ("mon", "tue", "wed", "thu", "fri")
        },
    }
)
AGAIN = {"no_answer": 120, "busy": 30}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of October 2026; the 16th is a Friday."""
    return datetime(2026, 10, day, hour, minute, tzinfo=ZONE)


def found(*attempts: Attempt) -> CallStanding:
    return standing(attempts, ["connected"], AGAIN, 3, HOURS)


@pytest.mark.parametrize(
    ("attempt", "next_at"),
    [
        (Attempt(at(14, 9, 30), "no_answer"), at(14, 11, 30)),
        (Attempt(at(14, 9, 30), "busy"), at(14, 10)),
        (Attempt(at(14, 11), "no_answer"), at(14, 13, 30)),  # at noon nobody calls
        (Attempt(at(16, 17), "no_answer"), at(19, 9)),  # over the weekend
        (Attempt(at(14, 10), "no_answer"), at(14, 12)),  # the very end counts as open
        (Attempt(at(14, 9), "busy", at(14, 20)), at(14, 20)),  # as agreed
    ],
)
def test_a_retry_is_proposed_later_within_the_hours(
    attempt: Attempt, next_at: datetime
) -> None:
    assert found(attempt) == CallStanding(CallState.AGAIN, 1, next_at)


def test_three_retries_are_proposed_and_then_it_is_given_up() -> None:
    tried = [Attempt(at(14, 9) + timedelta(hours=n), "busy") for n in range(4)]

    assert [found(*tried[:n]).state for n in (1, 2, 3, 4)] == [
        CallState.AGAIN,
        CallState.AGAIN,
        CallState.AGAIN,
        CallState.UNREACHABLE,
    ]


def test_a_dead_number_is_not_tried_again() -> None:
    assert found(Attempt(at(14, 9), "dead")).state is CallState.UNREACHABLE


def test_who_was_reached_once_is_reached() -> None:
    tried = (Attempt(at(14, 9), "busy"), Attempt(at(14, 10), "connected"))

    assert found(*tried) == CallStanding(CallState.REACHED, 2)


def test_without_a_calendar_a_retry_is_due_at_any_hour() -> None:
    one = Attempt(at(17, 23), "busy")

    assert standing([one], [], AGAIN, 3, None).next_at == at(17, 23, 30)
