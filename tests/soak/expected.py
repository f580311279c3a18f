"""Orders of one day, and what is to be told of each, worked out by hand.

All times are the desk's wall clock, written without a zone. Nothing here asks the code
under test: a callback is due 24 hours after its order was finished; a workday lies on
both sides of that, so nothing rolls.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

ORDERS = 150
FIRST_DONE = datetime(2026, 9, 21, 9, 20)  # noqa: DTZ001 - the desk's wall clock
ALLOWED = timedelta(hours=24)
WARNED_BEFORE = timedelta(minutes=100)  # of business time
OPEN = ((time(9), time(12)), (time(13, 30), time(18)))
# The last at the close of the workday after the one it is due on, to the two who hold
# that post; of the second step nobody is told, for nobody is anybody's superior.
STEPS = ("2h before holder", "1h superior", "1 workday post 内勤")
LAST_STEP = datetime(2026, 9, 23, 18, 0)  # noqa: DTZ001 - the desk's wall clock
STAFF = (1, 2)
GROUP = "channel"

MORNING = datetime(2026, 9, 22, 9, 30)  # noqa: DTZ001 - the desk's wall clock
# When somebody looks: ninety-nine times in the day, then once all steps are due.
LOOKS = [MORNING + timedelta(minutes=5, seconds=30) * turn for turn in range(99)]
LOOKS.append(LAST_STEP + timedelta(minutes=30))
AFTERWARDS = datetime(2026, 9, 24, 9, 30)  # noqa: DTZ001 - the desk's wall clock

Told = tuple[int, str, int, int | None]
"""Which order's clock, what, which step of its escalation, whom."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order, who answers for its callback, and when that was made, if ever."""

    place: int
    holder: int
    finished: datetime
    called: datetime | None

    @property
    def due(self) -> datetime:
        return self.finished + ALLOWED

    @property
    def nearly_due(self) -> datetime:
        """Return when it is to be warned of: walked back, minute by minute."""
        minute = timedelta(minutes=1)
        moment, left = self.due, WARNED_BEFORE
        while left:
            moment -= minute
            if any(begin <= moment.time() < end for begin, end in OPEN):
                left -= minute
        return moment

    @property
    def closed(self) -> datetime | None:
        """Return at which look the callback is there; it is entered before that."""
        if self.called is None:
            return None
        return next(look for look in LOOKS if look >= self.called)

    @property
    def looks(self) -> list[datetime]:
        """Return when somebody looked while it was open."""
        return [one for one in LOOKS if self.closed is None or one < self.closed]

    def told(self) -> Counter[Told]:
        """Return each warning, breach and step of escalation, once for each reader."""
        found: list[Told] = []
        if any(self.nearly_due < look <= self.due for look in self.looks):
            found.append((self.place, "warned", 0, self.holder))
        if self.is_breached:
            found.append((self.place, "breached", 0, self.holder))
        readers: Sequence[Sequence[int | None]] = ([self.holder], [None], STAFF)
        for level in range(self.level):
            step = (self.place, "escalated", level + 1)
            found += [(*step, staff_id) for staff_id in readers[level]]
        return Counter(found)

    @property
    def is_breached(self) -> bool:
        return any(look > self.due for look in self.looks)

    @property
    def level(self) -> int:
        """Return how many steps were due while it was open."""
        hour = timedelta(hours=1)
        steps = (self.due - 2 * hour, self.due + hour, LAST_STEP)
        return sum(any(look > step for look in self.looks) for step in steps)


def orders() -> list[Order]:
    """Return the orders: of five two are never called, one early, soon and late."""
    found = []
    for place in range(1, ORDERS + 1):
        finished = FIRST_DONE + timedelta(minutes=3 * place)
        due = finished + ALLOWED
        called = {
            2: due - timedelta(hours=3),
            3: due - timedelta(minutes=50),
            4: due + timedelta(minutes=75),
        }.get(place % 5)
        found.append(Order(place, STAFF[place % 2], finished, called))
    return found


def routes(what: str, staff_id: int | None) -> set[str]:
    """Return by which ways something is told: one's mail, the group's robot, or both.

    Of a breach, and of what is for nobody in particular, the group is told.
    """
    mine = set() if staff_id is None else {f"mail/{staff_id}"}
    return mine | {GROUP} if what == "breached" or staff_id is None else mine
