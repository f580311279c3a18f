"""The 416 service orders: what each engineer finished, so that the hours come out.

Hours of October: 132.5, 118, 121.5, 96 and 88, 556 in all; of September: 700.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from seed.sample.days import OCTOBER, SEPTEMBER, at, between, workday_before
from seed.sample.files import CUTTERS, ENGRAVERS, Customer, Machine
from seed.sample.loader import AT, BY, Row
from seed.sample.people import CHEN, FENG, MANAGER, WU, ZHENG, ZHOU, People

HOURS = {
    "cutter": Decimal(16),
    "engraver": Decimal(8),
    "repair": Decimal(4),
    "hard": Decimal(8),
    "board": Decimal(3),
    "inspection": Decimal(2),
    "remote": Decimal("0.5"),
}
TYPES = {"cutter": "installation", "engraver": "installation", "hard": "repair"}
VISITS = ("cutter", "engraver", "repair", "hard")  # these are called back
BOARDS = 32  # a month, all of one engineer

# Engineer: how many of cutter, engraver, repair, hard, inspection, remote; then the
# hours of each support of another team, which count as they were spent.
Work = tuple[tuple[int, int, int, int, int, int], tuple[str, ...]]
IN_SEPTEMBER: dict[str, Work] = {
    ZHOU: ((2, 2, 12, 6, 6, 22), ("2.5", "3.5")),
    WU: ((1, 2, 11, 6, 6, 22), ("4", "4")),
    ZHENG: ((1, 2, 11, 5, 6, 20), ("6",)),
    FENG: ((1, 2, 9, 5, 5, 20), ("1.5", "2.5")),
}
IN_OCTOBER: dict[str, Work] = {
    ZHOU: ((1, 2, 11, 4, 4, 25), ("4",)),
    WU: ((1, 1, 9, 4, 5, 20), ("2.5", "3.5")),
    ZHENG: ((1, 2, 9, 4, 4, 19), ("4",)),
    FENG: ((0, 1, 8, 4, 4, 12), ("2",)),
}
_KINDS = ("cutter", "engraver", "repair", "hard", "inspection", "remote")

# What was wrong, why, what was done, and the part it took.
REPAIRS = (
    ("激光不出光", "part", "更换激光电源，重新调光", "JG-DY"),
    ("切不透，光斑发散", "wear", "更换聚焦镜并清洁光路", "JG-JJ"),
    ("切割头碰撞，陶瓷环碎裂", "misuse", "更换陶瓷体和喷嘴，校正同轴", "QG-TC"),
    ("断面有毛刺", "wear", "更换保护镜片和双层喷嘴", "QG-JP"),
    ("X 轴异响，定位不准", "wear", "更换同步带并张紧", "CD-TB"),
    ("开机报警，轴不回零", "part", "更换接近开关", "DK-JK"),
    ("步进丢步，图形错位", "part", "更换步进驱动器", "DK-BJ"),
    ("水温报警停机", "environment", "更换水泵，清洗水箱", "SL-SB"),
    ("软件连接不上控制卡", "software", "重装驱动，升级固件", None),
    ("雕刻深浅不一", "environment", "调平工作台，清洁导轨", None),
    ("功率下降", "wear", "清洁反射镜，调整光路", None),
    ("吹气压力不足", "misuse", "检查气路，更换接头", None),
)
HARD_REPAIRS = (
    ("主板烧毁，整机不上电", "part", "更换控制主板，重设参数", "DK-ZB"),
    ("激光管老化，功率不足一半", "wear", "更换激光管，重新校光", "JG-GUAN"),
    ("伺服报警，Y 轴不动", "part", "更换伺服电机", "CD-SF"),
    ("间歇性停机，原因不明", "other", "逐段排查线路，更换老化接插件", None),
)
OTHER_WORK = {
    "cutter": "新机安装、调试和操作培训",
    "engraver": "新机安装、调试和操作培训",
    "inspection": "季度巡检：光路、气路、导轨和水箱",
    "remote": "远程协助：参数设置和排版",
    "board": "返修板件检测和修复",
    "support": "支援销售部现场演示",
}


@dataclass(slots=True)
class Order:
    """One finished order; ids once it is written."""

    engineer: str
    kind: str
    hours: Decimal
    finished_at: datetime
    reported_at: datetime
    machine: Machine | None = None
    part: str | None = None
    symptom: str = ""
    cause: str | None = None
    measures: str = ""
    id: int = 0
    call: int | None = None

    @property
    def order_type(self) -> str:
        """The type as the register has it."""
        return TYPES.get(self.kind, self.kind)

    @property
    def is_visit(self) -> bool:
        """Whether it is called back within 24 hours."""
        return self.kind in VISITS

    @property
    def arrived_at(self) -> datetime:
        """When the engineer was there: hours before, an installation the day before."""
        if self.kind == "cutter":
            return at(workday_before(self.finished_at.date()), 9, 30)
        length = timedelta(hours=min(float(self.hours), 3.5))
        return max(self.finished_at - length, self.reported_at)


# The worked example: done on the last evening before the long holiday.
BEFORE_HOLIDAY = date(2026, 9, 30)
LAST_VISIT = date(2026, 10, 29)


def plan_orders(chance: Random) -> list[Order]:
    """Return all orders, each engineer's days one after the other."""
    found: list[Order] = []
    for work, days in ((IN_SEPTEMBER, SEPTEMBER), (IN_OCTOBER, OCTOBER)):
        for engineer, (counts, supports) in work.items():
            kinds = [
                kind
                for kind, count in zip(_KINDS, counts, strict=True)
                for _ in range(count)
            ]
            chance.shuffle(kinds)
            visits = [one for one in kinds if one in VISITS]
            others = [one for one in kinds if one not in VISITS]
            spent = [Decimal(one) for one in supports]
            found += _visits(engineer, visits, days, chance)
            jobs = [(kind, HOURS[kind]) for kind in others]
            jobs += [("support", hours) for hours in spent]
            chance.shuffle(jobs)
            found += _spread(engineer, jobs, days, chance)
        boards = [("board", HOURS["board"])] * BOARDS
        found += _spread(CHEN, boards, days, chance)
    return sorted(found, key=lambda one: (one.finished_at, one.engineer))


def _visits(
    engineer: str, kinds: list[str], days: Sequence[date], chance: Random
) -> Iterator[Order]:
    """Yield visits: one is done on the eve of the holiday, none on the last day."""
    usual = [day for day in days if day != BEFORE_HOLIDAY and day <= LAST_VISIT]
    jobs = [(kind, HOURS[kind]) for kind in kinds]
    if BEFORE_HOLIDAY in days:
        # A short one, so that it fits the last afternoon.
        place = kinds.index("repair")
        kind, hours = jobs.pop(place)
        end = at(BEFORE_HOLIDAY, 17, 30) if engineer == ZHOU else None
        finished = end or between(
            chance, at(BEFORE_HOLIDAY, 14), at(BEFORE_HOLIDAY, 17)
        )
        yield _order(engineer, kind, hours, finished, chance)
    yield from _spread(engineer, jobs, usual, chance)


def _spread(
    engineer: str,
    jobs: Sequence[tuple[str, Decimal]],
    days: Sequence[date],
    chance: Random,
) -> Iterator[Order]:
    """Yield jobs spread evenly over days."""
    for index, (kind, hours) in enumerate(jobs):
        day = days[index * len(days) // len(jobs)]
        first = 10 if kind in ("remote", "inspection") else 11
        finished = between(chance, at(day, first), at(day, 17, 10))
        yield _order(engineer, kind, hours, finished, chance)


def _order(
    engineer: str, kind: str, hours: Decimal, finished: datetime, chance: Random
) -> Order:
    on = finished.date()
    same_day = kind == "remote" or on == SEPTEMBER[0]
    if same_day:
        reported = between(chance, at(on, 8, 40), at(on, 9, 20))
    else:
        day = workday_before(on)
        if kind == "cutter":
            day = workday_before(day) if day > SEPTEMBER[0] else day
        late = at(day, 9, 20) if kind == "cutter" else at(day, 16, 30)
        reported = between(chance, at(day, 8, 40), late)
    made = Order(engineer, kind, hours, finished, reported)
    if kind == "repair":
        made.symptom, made.cause, made.measures, made.part = chance.choice(REPAIRS)
    elif kind == "hard":
        made.symptom, made.cause, made.measures, made.part = chance.choice(HARD_REPAIRS)
    else:
        made.symptom = OTHER_WORK[kind]
        made.measures = "按作业要求完成，客户确认"
    return made


def give_machines(
    orders: Sequence[Order],
    old: Sequence[Machine],
    customers: Sequence[Customer],
    chance: Random,
) -> list[Machine]:
    """Give each order its machine; return the new ones, which orders install."""
    made = []
    for one in orders:
        if one.kind in ("cutter", "engraver"):
            model = chance.choice(CUTTERS if one.kind == "cutter" else ENGRAVERS)
            owner = chance.choice(customers[:250])
            one.machine = Machine(model, owner, one.finished_at.date())
            made.append(one.machine)
        elif one.kind != "support":
            one.machine = chance.choice(old)
    return made


def order_rows(orders: Sequence[Order], people: People) -> Iterator[Row]:
    """Yield the orders as they are entered; machines and calls are written already."""
    for one in orders:
        row: Row = {
            "reported_at": one.reported_at,
            "order_type": one.order_type,
            "difficulty": "hard" if one.kind == "hard" else "ordinary",
            "symptom": one.symptom,
            "call": one.call,
            "engineer": people[one.engineer],
            "dispatched_by": people[MANAGER],
            # Whoever follows the order up answers for its callback.
            "holder": people["follow_up"],
            "appointed_at": one.arrived_at.replace(minute=0, second=0)
            if one.is_visit
            else None,
            "arrived_at": one.arrived_at,
            "finished_at": one.finished_at,
            "cause": one.cause,
            "measures": one.measures,
            "claimed_hours": one.hours,
            "approved_hours": one.hours,
            "approved_by": people[MANAGER],
            "approved_at": one.finished_at + timedelta(hours=3),
            AT: one.reported_at,
            BY: people["office_a" if one.finished_at.day % 2 else "office_b"],
        }
        if one.machine is not None:
            row |= {"machine": one.machine.id, "customer": one.machine.customer.id}
        if one.is_visit:
            row["departed_at"] = one.arrived_at - timedelta(minutes=50)
        yield row
