"""34 trips with their reports and 30 claims.

28 reports came within 24 hours; of October one is late. 27 claims came within ten days;
of those of an earlier month two were specially approved and one refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from seed.sample.days import OCTOBER, SEPTEMBER, at, between, next_workday, rolled
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.orders import Order
from seed.sample.people import EXECUTIVE, FENG, MANAGER, WU, ZHENG, ZHOU, People

TRIPS = {
    SEPTEMBER: {ZHOU: 5, WU: 5, ZHENG: 5, FENG: 4},
    OCTOBER: {ZHOU: 4, WU: 4, ZHENG: 4, FENG: 3},
}
LATE_REPORTS = 5  # of September; of October there is one, of one engineer
LAST_RETURN = {SEPTEMBER: date(2026, 9, 24), OCTOBER: date(2026, 10, 28)}
A_DAY = timedelta(days=1)
UNCLAIMED = 4  # the last to come back, whose ten days still run
SPECIAL, REFUSED = 2, 1  # of the first to come back, claimed in October


@dataclass(slots=True)
class Trip:
    """One trip for an order."""

    order: Order
    returned_at: datetime
    reported_at: datetime
    is_late: bool = False
    id: int = 0

    @property
    def departed_at(self) -> datetime:
        """When the engineer left: on the morning of the work."""
        return at(self.order.arrived_at.date(), 7, 30)


def plan_trips(orders: Sequence[Order], chance: Random) -> list[Trip]:
    """Return the trips in the order people came back."""
    found = []
    for days, counts in TRIPS.items():
        for engineer, count in counts.items():
            own = [
                one
                for one in orders
                if one.is_visit
                and one.engineer == engineer
                and days[0] < one.finished_at.date() <= LAST_RETURN[days]
            ]
            for index in range(count):
                order = own[(2 * index + 1) * len(own) // (2 * count)]
                if days is OCTOBER and index == count - 1:
                    order = own[-1]  # so that some ten days still run at the end
                back = at(order.finished_at.date(), 18, 20) + timedelta(
                    minutes=chance.randrange(120)
                )
                found.append(Trip(order, back, _soon(back, chance)))
    found.sort(key=lambda one: one.returned_at)
    early = [one for one in found if one.returned_at.date() < OCTOBER[0]]
    late = chance.sample(early, LATE_REPORTS)
    late.append(_late_of_october(found))
    for one in late:
        one.is_late = True
        one.reported_at = rolled(one.returned_at) + timedelta(
            hours=chance.randint(14, 20)
        )
    return found


def _late_of_october(trips: Sequence[Trip]) -> Trip:
    """Return the one trip of October whose report came late: a middle one."""
    own = [
        one
        for one in trips
        if one.order.engineer == ZHOU and one.returned_at.date() >= OCTOBER[0]
    ]
    return own[1]


def _soon(back: datetime, chance: Random) -> datetime:
    """Return a moment of the next workday; what is rolled allows it."""
    on = next_workday(back.date())
    return between(chance, at(on, 9), at(on, 16))


def add_trips(
    loader: Loader, people: People, trips: Sequence[Trip], chance: Random
) -> None:
    """Write the trips and then the claims."""
    rows = []
    for one in trips:
        order = one.order
        machine = order.machine
        told = at(one.departed_at.date(), 7, 5)
        rows.append(
            {
                "traveller": people[order.engineer],
                "destination": machine.customer.address if machine else "苏州",
                "service_order": order.id,
                "purpose": order.symptom,
                "planned_from": one.departed_at.date(),
                "planned_until": one.returned_at.date(),
                "guidance": "先确认停机情况，带齐配件，完工后请客户签字",
                "guided_by": people[MANAGER],
                "guided_at": told,
                "departed_at": one.departed_at,
                "returned_at": one.returned_at,
                "report": f"{order.measures or '按计划完成'}，客户验收通过",
                "reported_at": one.reported_at,
                AT: told,
                BY: people[order.engineer],
            }
        )
    ids = loader.add("business_trip", rows)
    for one, key in zip(trips, ids, strict=True):
        one.id = key
    claims = [
        _claim(one, index, people, chance)
        for index, one in enumerate(trips[:-UNCLAIMED])
    ]
    _review(loader, people, claims, loader.add("expense_claim", claims))


def _review(
    loader: Loader, people: People, claims: Sequence[Row], ids: Sequence[int]
) -> None:
    """Send each claim in; the manager saw all of them, finance those of September."""
    manager = people[MANAGER]
    for index, (row, key) in enumerate(zip(claims, ids, strict=True)):
        sent = row[AT]
        move = partial(loader.step, "expense_claim", [key])
        move("submit", row["claimant"], sent)
        if SPECIAL <= index < SPECIAL + REFUSED:
            said = "跨月且无特批，不予报销"
            move("manager_returns", manager, sent + A_DAY, said)
            continue
        move("manager_passes", manager, sent + A_DAY)
        if row["claimed_on"].month < OCTOBER[0].month or index < SPECIAL:
            finance = people[EXECUTIVE.key]
            move("finance_passes", finance, sent + 2 * A_DAY)


def _claim(one: Trip, index: int, people: People, chance: Random) -> Row:
    by = people[one.order.engineer]
    claimed = next_workday(one.returned_at.date() + timedelta(days=index % 4))
    travel, allowance = Decimal(chance.randrange(40, 260)), Decimal(60)
    row: Row = {
        "claimant": by,
        "trip": one.id,
        "incurred_on": one.returned_at.date(),
        "claimed_on": claimed,
        "purpose": one.order.symptom,
        "travel_cost": travel,
        "allowance": allowance,
        "amount": travel + allowance,
        BY: by,
    }
    if index < SPECIAL:
        row |= {
            "claimed_on": OCTOBER[2 + index],
            "special_approval": True,
            "special_approved_by": people[MANAGER],
            "special_reason": "国庆前连续出差，票据未能及时整理",
        }
    elif index < SPECIAL + REFUSED:
        row["claimed_on"] = OCTOBER[4]
    return row | {AT: at(row["claimed_on"], 16, 10 + index)}
