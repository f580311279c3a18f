"""140 callbacks after a service, and ten customers a day for each of both clerks.

Late after a service: five of September; of October ten by plain 24 hours and three by
24 hours rolled over rest days.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from seed.sample.days import (
    NOW,
    OCTOBER,
    SEPTEMBER,
    at,
    between,
    is_workday,
    next_workday,
    rolled,
)
from seed.sample.files import DEAD, Customer
from seed.sample.loader import AT, BY, Row
from seed.sample.orders import BEFORE_HOLIDAY, Order
from seed.sample.people import (
    FENG,
    FOLLOW_UP,
    MANAGER,
    OFFICE_A,
    OFFICE_B,
    WU,
    ZHENG,
    ZHOU,
    People,
)

LATE_IN_SEPTEMBER, LATE_IN_OCTOBER = 5, 3
LATE_BY_PLAIN_HOURS = 10  # of October, those that are really late among them

# How the callbacks of each month ended; 95 of 140 reached somebody.
UNREACHED = {
    SEPTEMBER: {"no_answer": 16, "busy": 2, "refused": 2, "dead": 2, "postponed": 2},
    OCTOBER: {"no_answer": 14, "busy": 2, "refused": 2, "dead": 2, "postponed": 1},
}
# Of October, reached and dissatisfied: satisfied 11 of 12, 12 of 12, 11 of 12, 8 of 9.
REACHED_IN_OCTOBER = {ZHOU: (12, 1), WU: (12, 0), ZHENG: (12, 1), FENG: (9, 1)}
DISSATISFIED_IN_SEPTEMBER = 4

# The clerks' days under ten customers, and one day of leave.
SHORT_DAYS = {
    OFFICE_A: (SEPTEMBER[13], OCTOBER[9]),
    OFFICE_B: (SEPTEMBER[4], SEPTEMBER[17], OCTOBER[2], OCTOBER[7], OCTOBER[13]),
}
LEAVE = {OFFICE_B: OCTOBER[11]}
A_DAY = 10

OPINIONS = {
    "5": "满意，没有意见",
    "4": "机器正常，服务可以",
    "3": "希望来得再快一点",
    "2": "修完还有小问题，希望再来看看",
}


def month_of(order: Order) -> Sequence[date]:
    """Return the month in which the callback of an order is due."""
    return (
        SEPTEMBER
        if rolled(order.finished_at).month == OCTOBER[0].month - 1
        else OCTOBER
    )


def after_service_rows(
    orders: Sequence[Order], people: People, chance: Random
) -> list[Row]:
    """Return one callback for each visit."""
    visits = [one for one in orders if one.is_visit]
    called = _times(visits, chance)
    outcomes = _outcomes(visits, chance)
    rows = []
    for one in visits:
        outcome, satisfaction = outcomes[id(one)]
        moment = called[id(one)]
        row: Row = {
            "kind": "after_service",
            "service_order": one.id,
            "called_at": moment,
            "outcome": outcome,
            "caller": people[FOLLOW_UP],
            AT: moment,
            BY: people[FOLLOW_UP],
        }
        if satisfaction is not None:
            row |= {
                "machine_use": chance.choice(("daily", "daily", "sometimes")),
                "machine_state": "minor" if satisfaction == "2" else "good",
                "satisfaction": satisfaction,
                "opinion": OPINIONS[satisfaction],
                "follow_up": "order" if satisfaction == "2" else "none",
            }
        else:
            row["follow_up"] = "unreachable" if outcome == "dead" else "again"
        rows.append(row | _checked(moment, satisfaction, people))
    return rows


def _checked(moment: datetime, satisfaction: str | None, people: People) -> Row:
    """Return the manager's weekly look; the last week waits for it."""
    friday = moment.date() + timedelta(days=(4 - moment.weekday()) % 7)
    if not is_workday(friday):
        friday = next_workday(friday)
    when = max(at(friday, 17), moment + timedelta(minutes=30))
    if when > NOW - timedelta(days=7):
        return {}
    row: Row = {"checked_by": people[MANAGER], "checked_at": when}
    if satisfaction == "2":
        row["handling"] = "已安排工程师复查，结果回复客户"
    return row


def _times(visits: Sequence[Order], chance: Random) -> dict[int, datetime]:
    """Return when each visit was called back."""
    found = {id(one): _in_time(one, chance) for one in visits}
    for month, count in ((SEPTEMBER, LATE_IN_SEPTEMBER), (OCTOBER, LATE_IN_OCTOBER)):
        able = [
            one
            for one in visits
            if month_of(one) is month
            and is_workday(one.finished_at.date() + timedelta(days=1))
            and one.finished_at.hour < 15  # noqa: PLR2004 - so that the day still has hours
        ]
        for one in chance.sample(able, count):
            late = one.finished_at + timedelta(days=1, minutes=chance.randint(40, 150))
            found[id(one)] = late
    eve = [one for one in visits if one.finished_at.date() == BEFORE_HOLIDAY]
    over = [
        one
        for one in visits
        if month_of(one) is OCTOBER
        and one not in eve
        and not is_workday(one.finished_at.date() + timedelta(days=1))
    ]
    wanted = LATE_BY_PLAIN_HOURS - LATE_IN_OCTOBER
    for one in (*eve, *over)[:wanted]:
        due = rolled(one.finished_at)
        first = at(due.date(), 9, 5)
        found[id(one)] = between(chance, first, max(first, due - timedelta(minutes=10)))
    return found


def _in_time(one: Order, chance: Random) -> datetime:
    """Return a moment within plain 24 hours, while the desk is open."""
    finished = one.finished_at
    following = finished.date() + timedelta(days=1)
    if not is_workday(following):
        closing = at(finished.date(), 17, 58)
        return between(chance, finished + timedelta(minutes=15), closing)
    last = finished + timedelta(days=1, minutes=-10)
    return between(chance, at(following, 9, 5), last)


def _outcomes(
    visits: Sequence[Order], chance: Random
) -> dict[int, tuple[str, str | None]]:
    """Return how each callback ended and how satisfied the customer was."""
    found: dict[int, tuple[str, str | None]] = {}
    september = [one for one in visits if month_of(one) is SEPTEMBER]
    reached = set(
        chance.sample(
            range(len(september)), len(september) - sum(UNREACHED[SEPTEMBER].values())
        )
    )
    bad = set(chance.sample(sorted(reached), DISSATISFIED_IN_SEPTEMBER))
    ended = _shuffled(UNREACHED[SEPTEMBER], chance)
    for index, one in enumerate(september):
        if index in reached:
            found[id(one)] = ("connected", "2" if index in bad else _good(chance))
        else:
            found[id(one)] = (next(ended), None)
    ended = _shuffled(UNREACHED[OCTOBER], chance)
    for engineer, (count, dissatisfied) in REACHED_IN_OCTOBER.items():
        own = [
            one
            for one in visits
            if one.engineer == engineer and month_of(one) is OCTOBER
        ]
        chance.shuffle(own)
        for index, one in enumerate(own):
            if index < dissatisfied:
                found[id(one)] = ("connected", "2")
            elif index < count:
                found[id(one)] = ("connected", _good(chance))
            else:
                found[id(one)] = (next(ended), None)
    return found


def _good(chance: Random) -> str:
    return chance.choices(("5", "4"), weights=(2, 1))[0]


def _shuffled(counts: dict[str, int], chance: Random) -> Iterator[str]:
    words = [one for one, count in counts.items() for _ in range(count)]
    chance.shuffle(words)
    return iter(words)


def daily_rows(
    customers: Sequence[Customer], people: People, chance: Random
) -> list[Row]:
    """Return the daily rounds: customers in turn, so that nobody is forgotten."""
    rows = []
    turn = 0
    for day in (*SEPTEMBER, *OCTOBER):
        for clerk in (OFFICE_A, OFFICE_B):
            if LEAVE.get(clerk) == day:
                continue
            short = day in SHORT_DAYS[clerk]
            count = chance.randint(6, 9) if short else chance.randint(10, 11)
            first = at(day, 15 if clerk == OFFICE_A else 14)
            for index in range(count):
                place = turn % len(customers)
                turn += 1
                moment = first + timedelta(minutes=12 * index + chance.randrange(10))
                row = _daily(customers[place], moment, people[clerk], chance)
                rows.append(row | _UNREACHABLE if place in DEAD else row)
    return rows


_UNREACHABLE: Row = {
    "outcome": "dead",
    "machine_use": None,
    "machine_state": None,
    "opinion": None,
    "follow_up": "unreachable",
}


def _daily(customer: Customer, moment: datetime, clerk: int, chance: Random) -> Row:
    outcome = chance.choices(("connected", "no_answer", "busy"), weights=(7, 2, 1))[0]
    row: Row = {
        "kind": "daily",
        "customer": customer.id,
        "contact_name": customer.contact,
        "phone": customer.phone,
        "called_at": moment,
        "outcome": outcome,
        "caller": clerk,
        AT: moment,
        BY: clerk,
    }
    if outcome == "connected":
        row |= {
            "machine_use": chance.choice(("daily", "sometimes", "idle")),
            "machine_state": chance.choices(("good", "minor"), weights=(9, 1))[0],
            "opinion": chance.choice(("一切正常", "想了解保养", "暂时没有需要")),
            "follow_up": "none",
        }
    return row


def attempt_rows(
    ids: Sequence[int], rows: Sequence[Row], people: People, chance: Random
) -> list[Row]:
    """Return the second tries of callbacks that nobody answered."""
    found = []
    for key, row in zip(ids, rows, strict=True):
        if row["outcome"] not in ("no_answer", "busy"):
            continue
        moment = row["called_at"] + timedelta(minutes=chance.randint(25, 120))
        found.append(
            {
                "callback": key,
                "attempted_at": moment,
                "outcome": chance.choice(("connected", "no_answer")),
                "caller": people[FOLLOW_UP],
                AT: moment,
                BY: people[FOLLOW_UP],
            }
        )
    return found
