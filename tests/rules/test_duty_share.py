"""What is owed after leave and half days, and what becomes of a duty."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.rules.duty_share import Verdict, owed, verdict, worked_halves, worst

D = Decimal


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, 14, hour, minute, tzinfo=UTC)


DAY = [(at(9), at(12)), (at(13), at(18))]  # eight hours


@pytest.mark.parametrize(
    ("away", "halves"),
    [
        ([], 2),
        ([(at(9), at(10, 59))], 2),  # under a quarter
        ([(at(9), at(11))], 1),  # a quarter
        ([(at(9), at(12))], 1),  # the morning
        ([(at(9), at(12)), (at(9), at(12))], 1),  # the morning, told twice
        ([(at(12), at(13))], 2),  # lunch is nobody's time
        ([(at(9), at(16))], 0),  # three quarters
        ([(at(0), at(23))], 0),
        ([(at(9), at(10)), (at(17), at(18))], 1),  # two hours in two spells
    ],
)
def test_a_day_is_worked_in_halves(
    away: list[tuple[datetime, datetime]], halves: int
) -> None:
    assert worked_halves(DAY, away) == halves


def test_a_day_without_hours_is_not_worked() -> None:
    assert worked_halves([], []) == 0


@pytest.mark.parametrize(
    ("least", "worked", "planned", "expected"),
    [
        (10, 2, 2, 10),
        (10, 1, 2, 5),  # half days half
        (10, 0, 2, 0),  # on leave
        (3, 32, 36, 3),  # two of eighteen days: 2.67
        (3, 18, 36, 2),  # half the month: 1.5 is rounded up
        (1, 17, 36, 0),  # joined in the second half
        (1, 18, 36, 1),
        (3, 0, 0, 0),  # a month without workdays
        (3, 40, 36, 3),  # more days than planned owe no more
    ],
)
def test_what_is_owed_follows_the_days_worked(
    least: int, worked: int, planned: int, expected: int
) -> None:
    assert owed(D(least), worked, planned) == expected


@pytest.mark.parametrize(
    ("figure", "least", "most", "is_over", "expected"),
    [
        (3, 3, None, False, Verdict.MET),
        (2, 3, None, False, Verdict.BEHIND),
        (2, 3, None, True, Verdict.MISSED),
        (0, 0, None, True, Verdict.FREE),
        (None, 1, None, True, Verdict.FREE),
        (0, None, 0, False, Verdict.MET),
        (1, None, 0, False, Verdict.MISSED),  # it cannot be undone
        (4, 2, 3, False, Verdict.MISSED),
        (1, 2, 3, False, Verdict.BEHIND),
    ],
)
def test_the_verdict_follows_the_figure_and_the_time(
    figure: int | None,
    least: int | None,
    most: int | None,
    *,
    is_over: bool,
    expected: Verdict,
) -> None:
    numbers = [None if one is None else D(one) for one in (figure, least, most)]

    assert verdict(*numbers, is_over=is_over) is expected


def test_a_topic_left_out_is_not_made_up_by_the_count() -> None:
    assert verdict(D(5), D(3), None, is_covered=False, is_over=True) is Verdict.MISSED


def test_several_periods_come_to_the_worst_of_them() -> None:
    assert worst([Verdict.MET, Verdict.FREE]) is Verdict.MET
    assert worst([Verdict.MET, Verdict.BEHIND, Verdict.MISSED]) is Verdict.MISSED
    assert worst([]) is Verdict.FREE
