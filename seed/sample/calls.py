"""1,190 calls and 36 complaints: when, about what, and how soon they were answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from seed.sample.days import OCTOBER, WORKDAYS, at, between, call_time, rolled
from seed.sample.files import Customer, Machine
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.orders import Order
from seed.sample.people import (
    DESK,
    FENG,
    HOTLINE,
    MANAGER,
    STORE,
    WU,
    ZHENG,
    ZHOU,
    People,
)

CATEGORIES = {
    "repair": 405,
    "enquiry": 321,
    "parts": 167,
    "progress": 131,
    "sales": 71,
    "complaint": 36,
    "other": 59,
}
LATE_ANSWERS = 30  # of those that are promised within 24 hours: 96 % are in time
UNANSWERED = 3  # of the last afternoon, their clocks still running
LATE_FIRST_REPLIES = 4  # of 36 complaints: 89 % are in time
BUSY = 1.6  # Mondays, and the first day after the holiday

COMPLAINTS = {
    "late_visit": (10, "约好上午到，下午四点才来，耽误生产", "尽快上门并说明原因"),
    "repeated_fault": (8, "修过不到一个月，同样的故障又来了", "彻底修好，不再收费"),
    "waiting_parts": (7, "等配件等了一个多星期，一直没有消息", "给出到货时间"),
    "charges": (4, "报价和实际收费不一致", "按报价收费"),
    "attitude": (3, "电话里态度不耐烦", "道歉"),
    "quality": (3, "新机用了两个月就出问题", "更换有问题的部件"),
    "training": (1, "装完机没讲清楚怎么用", "再培训一次"),
}
JUDGED = {"valid": 22, "invalid": 9}
PENDING = 5  # the last ones are not judged yet
# The complaint that a deduction followed: the field engineer came a day late.
PENALISED_ON = date(2026, 10, 14)

TALK = {
    "enquiry": (
        "怎么设置切割参数",
        "亚克力边缘发黄怎么调",
        "排版软件怎么导入图形",
        "开机步骤和保养周期",
    ),
    "parts": ("问保护镜片价格", "问激光管价格和货期", "问喷嘴型号", "问同步带价格"),
    "progress": ("催问上门时间", "催问配件到货", "催问返修板进度"),
    "sales": ("想买新机，转销售", "问以旧换新"),
    "other": ("索要发票", "问售后政策", "更改联系电话"),
    "repair": ("机器报警，要求上门", "切不透", "连接不上电脑", "有异响", "不出光"),
}


@dataclass(slots=True)
class Complaint:
    """One complaint as planned."""

    category: str
    received_at: datetime
    judgement: str
    machine: Machine
    responsible: str | None
    is_late: bool = False
    id: int = 0
    call: int = 0


def plan_complaints(machines: Sequence[Machine], chance: Random) -> list[Complaint]:
    """Return the complaints by date; the penalised one is of October and valid."""
    categories = [one for one, said in COMPLAINTS.items() for _ in range(said[0])]
    judgements = [one for one, count in JUDGED.items() for _ in range(count)]
    chance.shuffle(categories)
    chance.shuffle(judgements)
    judgements += ["pending"] * PENDING
    days = [WORKDAYS[(2 * n + 1) * len(WORKDAYS) // 72] for n in range(len(categories))]
    place = min(range(len(days)), key=lambda n: (abs((days[n] - PENALISED_ON).days), n))
    _swap(categories, place, "late_visit")
    _swap(judgements, place, "valid")
    late = chance.sample(
        [n for n in range(len(days)) if n != place], LATE_FIRST_REPLIES
    )
    found = []
    for n, (category, judgement, day) in enumerate(
        zip(categories, judgements, days, strict=True)
    ):
        received = call_time(chance, day) if n not in late else at(day, 9, 10 + n)
        machine = chance.choice(machines)
        responsible = _responsible(category, chance) if judgement == "valid" else None
        one = Complaint(category, received, judgement, machine, responsible, n in late)
        if n == place:
            one.responsible = ZHOU
        found.append(one)
    return found


def _swap(words: list[str], place: int, wanted: str) -> None:
    """Bring a word to a place without changing how often it is there."""
    other = words.index(wanted)
    words[place], words[other] = words[other], words[place]


def _responsible(category: str, chance: Random) -> str:
    if category == "waiting_parts":
        return STORE
    if category == "attitude":
        return HOTLINE
    return chance.choice((WU, ZHENG, FENG))


def penalised(complaints: Sequence[Complaint]) -> Complaint:
    """Return the complaint that the deduction of October followed."""
    return next(one for one in complaints if one.responsible == ZHOU)


@dataclass(slots=True)
class _Call:
    """One call as planned."""

    received_at: datetime
    category: str
    customer: Customer
    machine: Machine | None = None
    order: Order | None = None
    complaint: Complaint | None = None
    replied_at: datetime | None = None


def add_calls(
    loader: Loader,
    people: People,
    orders: Sequence[Order],
    complaints: Sequence[Complaint],
    machines: Sequence[Machine],
    chance: Random,
) -> None:
    """Write all calls; those that became an order or a complaint keep their ids."""
    calls = [
        _Call(one.reported_at, "repair", one.machine.customer, one.machine, order=one)
        for one in orders
        if one.machine is not None and one.order_type in ("repair", "remote")
    ]
    calls += [
        _Call(
            one.received_at,
            "complaint",
            one.machine.customer,
            one.machine,
            complaint=one,
        )
        for one in complaints
    ]
    calls += _others(calls, machines, chance)
    calls.sort(key=lambda one: one.received_at)
    _answer(calls, chance)
    ids = loader.add("call_log", [_row(one, people, chance) for one in calls])
    for one, key in zip(calls, ids, strict=True):
        if one.order is not None:
            one.order.call = key
        if one.complaint is not None:
            one.complaint.call = key


def _others(
    calls: Sequence[_Call], machines: Sequence[Machine], chance: Random
) -> list[_Call]:
    """Return the calls nothing was made of, so that each day has its share."""
    kinds = Counter(CATEGORIES)
    kinds.subtract(Counter(one.category for one in calls))
    left = list(kinds.elements())
    chance.shuffle(left)
    there = Counter(one.received_at.date() for one in calls)
    weight = {
        day: BUSY if day.weekday() == 0 or day == OCTOBER[0] else 1 for day in WORKDAYS
    }
    share = sum(CATEGORIES.values()) / sum(weight.values())
    found = []
    for category in left:
        # The day that is furthest below its share.
        day = max(WORKDAYS, key=lambda one: (weight[one] * share - there[one], one))
        there[day] += 1
        machine = chance.choice(machines)
        known = machine if category != "sales" else None
        found.append(_Call(call_time(chance, day), category, machine.customer, known))
    return found


def _answer(calls: Sequence[_Call], chance: Random) -> None:
    """Set when each was answered."""
    promised = [
        one
        for one in calls
        if one.category in ("repair", "enquiry") and one.order is None
    ]
    pending = promised[-UNANSWERED:]
    early = [one for one in promised[:-60] if one.received_at.hour < 16]  # noqa: PLR2004 - an hour of the day
    late = {id(one) for one in chance.sample(early, LATE_ANSWERS)}
    for one in calls:
        if id(one) in late:
            one.replied_at = rolled(one.received_at) + timedelta(
                minutes=chance.randint(20, 110)
            )
        elif one not in pending:
            one.replied_at = one.received_at + timedelta(
                minutes=chance.choices((3, 8, 25, 50), weights=(50, 30, 15, 5))[0]
            )


def _row(one: _Call, people: People, chance: Random) -> Row:
    by = people[chance.choices(DESK, weights=(6, 2, 2))[0]]
    result = "solved"
    if one.order is not None:
        result, content = "to_order", one.order.symptom
    elif one.complaint is not None:
        result, content = "to_complaint", COMPLAINTS[one.complaint.category][1]
    else:
        content = chance.choice(TALK[one.category])
        if one.replied_at is None:
            result = "pending"
    return {
        "received_at": one.received_at,
        "phone": one.customer.phone,
        "customer": one.customer.id,
        "contact_name": one.customer.contact,
        "machine": one.machine.id if one.machine else None,
        "channel": chance.choices(("phone", "wechat", "remote"), weights=(8, 3, 1))[0],
        "category": one.category,
        "content": content,
        "result": result,
        "replied_at": one.replied_at,
        "first_asked": by,
        "escalated_to": people[MANAGER] if one.complaint is not None else None,
        AT: one.received_at,
        BY: by,
    }


def add_complaints(
    loader: Loader, people: People, complaints: Sequence[Complaint], chance: Random
) -> None:
    """Write the complaints; the last ones are still open."""
    rows = []
    for one in complaints:
        _, content, demand = COMPLAINTS[one.category]
        due = rolled(one.received_at)
        replied = (
            due + timedelta(minutes=chance.randint(30, 200))
            if one.is_late
            else one.received_at + timedelta(minutes=chance.randint(20, 150))
        )
        by = people[chance.choices(DESK, weights=(6, 2, 2))[0]]
        customer = one.machine.customer
        row: Row = {
            "received_at": one.received_at,
            "received_by": by,
            "complainant": customer.contact,
            "phone": customer.phone,
            "customer": customer.id,
            "machine": one.machine.id,
            "category": one.category,
            "content": content,
            "demand": demand,
            "first_reply_at": replied,
            "judgement": one.judgement,
            "call": one.call,
            AT: one.received_at,
            BY: by,
        }
        if one.judgement != "pending":
            row |= _judged(one, people, loader, chance)
        rows.append(row)
    ids = loader.add("complaint_log", rows)
    for one, key in zip(complaints, ids, strict=True):
        one.id = key


def _judged(one: Complaint, people: People, loader: Loader, chance: Random) -> Row:
    judged = one.received_at + timedelta(days=2, hours=chance.randint(0, 3))
    closed = between(chance, judged + timedelta(hours=1), judged + timedelta(hours=30))
    return {
        "responsible": people[one.responsible] if one.responsible else None,
        "responsible_department": loader.department if one.responsible else None,
        "against": people[one.responsible] if one.responsible else None,
        "judged_by": people[MANAGER],
        "judged_at": judged,
        "cause": "安排不周" if one.responsible else "客户误解，已说明",
        "measures": "已当面说明并处理，客户认可",
        "feedback_at": closed,
        "satisfied": chance.choices(("yes", "partly", "no"), weights=(6, 3, 1))[0],
        "closed_at": closed,
    }
