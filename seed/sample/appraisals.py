"""The appraisal sheets of both months: rated, told and confirmed, with their figures.

October's scores are those that the department's pay is reckoned by. Engineers have
none: they are paid by their hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from seed.sample.days import FIRST, at
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.people import (
    EXECUTIVE,
    FOLLOW_UP,
    HOTLINE,
    MANAGER,
    OFFICE_A,
    OFFICE_B,
    STORE,
    SUPPORT,
    People,
)

ANSWERED_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person gives another: results of 40, service of 20, process of 40."""

    rater: str
    results: int
    service: int
    process: int
    adjustment: int = 0
    weight: int = 1
    role: str = "superior"


# The manager's 33 of 40: trainings 8 of 12 (two of three held), plan 4 of 4, talks 5 of
# 8, weekly check 8 of 8, guidance before trips 8 of 8. 34 + 18 + 33 + 2 = 87.
# The follow-up clerk: (2 x 90 + 84) / 3 = 88.
OCTOBER_RATINGS: dict[str, tuple[Rating, ...]] = {
    MANAGER: (Rating(EXECUTIVE.key, 34, 18, 33, 2),),
    FOLLOW_UP: (
        Rating(MANAGER, 36, 18, 36, weight=2),
        Rating(OFFICE_A, 34, 16, 34, role="colleague"),
    ),
    OFFICE_A: (Rating(MANAGER, 37, 18, 37),),  # 92
    OFFICE_B: (Rating(MANAGER, 33, 18, 34),),  # 85
    HOTLINE: (Rating(MANAGER, 35, 19, 36),),  # 90
    STORE: (Rating(MANAGER, 38, 19, 38),),  # 95
    SUPPORT: (Rating(MANAGER, 36, 19, 38),),  # 93
}
SEPTEMBER_RATINGS: dict[str, tuple[Rating, ...]] = {
    MANAGER: (Rating(EXECUTIVE.key, 35, 18, 36),),
    FOLLOW_UP: (Rating(MANAGER, 36, 18, 37),),
    OFFICE_A: (Rating(MANAGER, 37, 18, 38),),
    OFFICE_B: (Rating(MANAGER, 35, 18, 36),),
    HOTLINE: (Rating(MANAGER, 36, 18, 36),),
    STORE: (Rating(MANAGER, 37, 19, 38),),
    SUPPORT: (Rating(MANAGER, 37, 19, 37),),
}
# The month, when the sheets were told, and what was given.
MONTHS = (
    (FIRST, date(2026, 9, 30), SEPTEMBER_RATINGS),
    (date(2026, 10, 1), date(2026, 10, 30), OCTOBER_RATINGS),
)


def add_appraisals(loader: Loader, people: People) -> None:
    """Write both months' sheets with their ratings, and take them to confirmed."""
    for month, told_on, ratings in MONTHS:
        told = at(told_on, 15)
        for key, given in ratings.items():
            leader = people[given[0].rater]
            sheet = {
                "person": people[key],
                "period": "month",
                "month_on": month,
                "leader": leader,
                AT: at(told_on, 10),
                BY: leader,
            }
            ids = loader.add("appraisal", [sheet])
            loader.add("appraisal_rating", list(_rows(ids[0], given, people, told_on)))
            loader.step("appraisal", ids, "tell", leader, told)
            confirmed = told + ANSWERED_AFTER
            loader.step("appraisal", ids, "confirm", people[key], confirmed)


def _rows(
    sheet: int, given: tuple[Rating, ...], people: People, on: date
) -> Iterator[Row]:
    for one in given:
        yield {
            "appraisal": sheet,
            "rater": people[one.rater],
            "role": one.role,
            "weight": one.weight,
            "results": one.results,
            "service": one.service,
            "process_score": one.process,
            "adjustment": one.adjustment,
            AT: at(on, 11),
            BY: people[one.rater],
        }
