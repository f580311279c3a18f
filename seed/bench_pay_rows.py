"""The rows that a big month's pay is counted from: the same for the same size."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from seed.bench_rows import ZONE

FIRST, DAYS = date(2025, 11, 1), 365
PERIOD = "2026-10"
"""The last month of these days, which is paid."""

Columns = dict[str, Sequence[Any]]
"""Values by the field's name, as many in each."""
Make = Callable[[Random, int], Columns]


@dataclass(frozen=True, slots=True)
class Kept:
    """One register: by which fields its rows are dated and whose, and the others."""

    register: str
    date_field: str
    person_field: str
    share: Decimal  # of all rows
    make: Make
    is_moment: bool = False

    def write(
        self, rows: int, staff: Sequence[int], batch: int
    ) -> Iterator[tuple[int, Columns]]:
        """Yield the number of each batch's first row, from 0, and its values.

        The rows come in evenly over the days, each somebody's.
        """
        chance = Random(self.register)  # noqa: S311 - rows for a trial, no secret
        for start in range(0, rows, batch):
            count = min(batch, rows - start)
            places = range(start, start + count)
            yield (
                start,
                {
                    self.date_field: [self._at(place, rows) for place in places],
                    self.person_field: chance.choices(staff, k=count),
                    **self.make(chance, count),
                },
            )

    def _at(self, place: int, rows: int) -> date | datetime:
        day, minute = divmod(place * DAYS * 600 // rows, 600)
        on = FIRST + timedelta(days=day)
        if not self.is_moment:
            return on
        opens = datetime(on.year, on.month, on.day, 8, tzinfo=ZONE)
        return (opens + timedelta(minutes=minute)).astimezone(UTC)


def _calls(chance: Random, count: int) -> Columns:
    queues = ("hotline", "repair", "complaint", "online")
    return {
        "queue": chance.choices(queues, (5, 3, 1, 2), k=count),
        "seconds": [chance.randrange(20, 900) for _ in range(count)],
        "solved": chance.choices((True, False), (4, 1), k=count),
        "score": chance.choices((None, 5, 4, 3, 2, 1), (6, 4, 3, 2, 1, 1), k=count),
        "caller": [chance.randrange(200_000) for _ in range(count)],
    }


def _orders(chance: Random, count: int) -> Columns:
    kinds = ("repair", "install", "inspect")
    return {
        "kind": chance.choices(kinds, (6, 2, 2), k=count),
        "hours": _hundredths(chance, count, 50, 600, step=25),
        "parts": _hundredths(chance, count, 0, 80_000),
        "reworked": chance.choices((True, False), (1, 24), k=count),
        "machine_no": [chance.randrange(40_000) for _ in range(count)],
    }


def _checks(chance: Random, count: int) -> Columns:
    return {
        "points": [chance.randrange(40, 101) for _ in range(count)],
        "passed": chance.choices((True, False), (6, 1), k=count),
        "fatal": chance.choices((True, False), (1, 60), k=count),
    }


def _sales(chance: Random, count: int) -> Columns:
    return {
        "kind": chance.choices(("part", "contract", "service"), (6, 1, 3), k=count),
        "amount": _hundredths(chance, count, 2_000, 150_000),
        "customer_no": [chance.randrange(60_000) for _ in range(count)],
    }


def _hundredths(
    chance: Random, count: int, least: int, below: int, step: int = 1
) -> list[Decimal]:
    return [
        Decimal(chance.randrange(least, below, step)).scaleb(-2) for _ in range(count)
    ]


REGISTERS = (
    Kept("bench_call", "answered_at", "agent", Decimal("0.50"), _calls, is_moment=True),
    Kept("bench_order", "finished_on", "engineer", Decimal("0.33"), _orders),
    Kept("bench_check", "checked_on", "agent", Decimal("0.10"), _checks),
    Kept("bench_sale", "sold_on", "seller", Decimal("0.07"), _sales),
)

GRADES = "ABCD"
TEAM = 20
"""How many people a leader has below, and herself."""


def people(count: int, shared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return people as they are given; some come or go in the month that is paid.

    The first of each team is who the others report to; `shared` is the same of all.
    """
    chance = Random(count)  # noqa: S311 - rows for a trial, no secret
    first = date.fromisoformat(f"{PERIOD}-01")
    found = []
    for place in range(count):
        day = first + timedelta(days=1 + place // 50 % 28)
        moves = place % 50  # of fifty one comes and one goes
        found.append(
            {
                "staff_number": f"BP{place + 1:05}",
                "name": f"职员{place + 1:05}",
                "grade": chance.choice(GRADES),
                "base_pay": Decimal(chance.randrange(2_400, 6_000, 100)),
                "hired_on": day if moves == 7 else FIRST,  # noqa: PLR2004 - any of them
                "left_on": day if moves == 31 else None,  # noqa: PLR2004 - any of them
                **shared,
            }
        )
    return found
