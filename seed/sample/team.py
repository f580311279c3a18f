"""The manager's registers: trainings, talks, deductions, hours, problems, tasks."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from models import access, catalogue, entries
from models.access import SYSTEM
from seed.sample.callbacks import LEAVE
from seed.sample.calls import Complaint, penalised
from seed.sample.days import (
    OCTOBER,
    SEPTEMBER,
    WORKDAYS,
    at,
    next_workday,
    workday_before,
)
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.orders import Order
from seed.sample.people import (
    DESK,
    ENGINEERS,
    EXECUTIVE,
    FENG,
    HOTLINE,
    MANAGER,
    OFFICE_A,
    OFFICE_B,
    STAFF,
    SUPPORT,
    WU,
    People,
)

# When the month's plan was sent, and its trainings: day, minutes, topics, content.
# One of October's took 25 minutes and does not count.
Training = tuple[date, int, list[str], str]
PLANS: tuple[tuple[date, datetime, tuple[Training, ...]], ...] = (
    (
        date(2026, 9, 1),
        at(date(2026, 9, 3), 16, 20),
        (
            (date(2026, 9, 8), 40, ["service_concept"], "服务理念与沟通话术"),
            (date(2026, 9, 15), 60, ["installation"], "切割机装机要点"),
            (date(2026, 9, 23), 45, ["repair"], "激光电源常见故障"),
        ),
    ),
    (
        date(2026, 10, 1),
        at(date(2026, 10, 8), 11, 20),
        (
            (date(2026, 10, 13), 40, ["repair"], "控制主板检测方法"),
            (date(2026, 10, 20), 25, ["service_concept"], "投诉案例复盘"),
            (date(2026, 10, 27), 45, ["installation"], "雕刻机调平与验收"),
        ),
    ),
)
REVIEWED_AFTER = timedelta(hours=3)
TALKS = {SEPTEMBER: 11, OCTOBER: 9}
PENALTY = Decimal(500)


def add_trainings(loader: Loader, people: People) -> None:
    """Write both months' plans, what was held and who was there."""
    by = people[MANAGER]
    plans = loader.add(
        "training_plan",
        [
            {
                "month_on": month,
                "made_on": sent.date(),
                "made_by": by,
                "goal": "服务理念、装机和修机知识各一次",
                AT: sent,
                BY: by,
            }
            for month, sent, _ in PLANS
        ],
    )
    planned, held = [], []
    for plan, (_, sent, trainings) in zip(plans, PLANS, strict=True):
        for day, minutes, topics, content in trainings:
            common = {"plan": plan, "content": content, "topics": topics, BY: by}
            trainer = people[SUPPORT]
            planned.append(
                common | {"planned_at": at(day, 16), "trainer": trainer, AT: sent}
            )
            held.append(
                common
                | {
                    "held_at": at(day, 16),
                    "minutes": minutes,
                    "trainer": trainer,
                    "organiser": by,
                    "attendance": len(STAFF) - 1,
                    AT: at(day, 17, 10),
                }
            )
    items = loader.add("training_plan_item", planned)
    for plan, (_, sent, _) in zip(plans, PLANS, strict=True):
        loader.step("training_plan", [plan], "submit", by, sent)
        office = people[EXECUTIVE.key]
        loader.step("training_plan", [plan], "approve", office, sent + REVIEWED_AFTER)
    for row, item in zip(held, items, strict=True):
        row["planned"] = item
    records = loader.add("training_record", held)
    loader.add(
        "training_attendee",
        [
            {"training": record, "person": people[one.key], BY: by}
            for record in records
            for one in STAFF
            if one.key != MANAGER
        ],
    )


def add_talks(loader: Loader, people: People, chance: Random) -> None:
    """Write the talks: all eleven colleagues in September, nine in October."""
    by = people[MANAGER]
    others = [one.key for one in STAFF if one.key != MANAGER]
    rows = []
    for days, count in TALKS.items():
        for index, key in enumerate(others[:count]):
            moment = at(days[1 + index], 13, 40)
            wish = chance.choice((None, None, "备件提前备货，减少二次上门"))
            row: Row = {
                "colleague": people[key],
                "talked_at": moment,
                "minutes": chance.choice((30, 30, 35, 40)),
                "talked_by": by,
                "mood": chance.choice(("good", "calm", "calm", "low")),
                "content": "近期工作、困难和下月安排",
                "suggestions": wish,
                AT: moment + timedelta(minutes=45),
                BY: by,
            }
            if wish is not None:
                row["passed_up_at"] = moment + timedelta(days=1)
            rows.append(row)
    loader.add("staff_talk", rows)


def add_leave(loader: Loader, people: People) -> None:
    """Write each clerk's day of leave: asked for, agreed to, and back the day after."""
    for key, day in LEAVE.items():
        asked = at(workday_before(day), 10)
        row: Row = {
            "applicant": people[key],
            "kind": "annual",
            "from_at": at(day, 9),
            "until_at": at(day, 18),
            "hours": Decimal("7.5"),
            "reason": "家中有事",
            "deputy": people[OFFICE_A],
            "handed_over": "当天的回访由代理人安排",
            "back_at": at(next_workday(day), 9),
            AT: asked,
            BY: people[key],
        }
        leave = loader.add("leave_request", [row])
        loader.step("leave_request", leave, "ask", people[key], asked)
        agreed = asked + REVIEWED_AFTER
        loader.step("leave_request", leave, "approve", people[MANAGER], agreed)
        back = at(next_workday(day), 9)
        loader.step("leave_request", leave, "come_back", people[key], back)


def add_penalties(
    loader: Loader, people: People, complaints: Sequence[Complaint]
) -> None:
    """Write the one signed deduction, one notice that is not signed, one praise."""
    cause = penalised(complaints)
    by = people[MANAGER]
    day = cause.received_at.date()
    loader.add(
        "reward_penalty",
        [
            {
                "person": people[cause.responsible or ""],
                "kind": "deduction",
                "occasion": "complaint",
                "happened_on": day,
                "amount": PENALTY,
                "reason": "未按约定时间上门，客户停产半天，投诉属实",
                "complaint": cause.id,
                "decided_by": by,
                "decided_on": day + timedelta(days=5),
                "signed_at": at(day + timedelta(days=6), 9, 30),
                "statement": "情况属实，今后改期先电话说明",
                AT: at(day + timedelta(days=5), 17),
                BY: by,
            },
            {
                "person": people[FENG],
                "kind": "deduction",
                "occasion": "late_work",
                "happened_on": date(2026, 10, 27),
                "amount": Decimal(100),
                "reason": "巡检超期三天",
                "decided_by": by,
                "decided_on": date(2026, 10, 29),
                AT: at(date(2026, 10, 29), 17),
                BY: by,
            },
            {
                "person": people[WU],
                "kind": "praise",
                "occasion": "performance",
                "happened_on": date(2026, 10, 21),
                "reason": "客户来信表扬",
                "decided_by": by,
                "decided_on": date(2026, 10, 22),
                "signed_at": at(date(2026, 10, 22), 16),
                AT: at(date(2026, 10, 22), 15),
                BY: by,
            },
        ],
    )


def review_work_hours(loader: Loader, people: People) -> None:
    """Set the rate on each engineer's hours; September is reviewed, October waits.

    The hours themselves came with the orders.
    """
    known = catalogue.current()
    table = known.table("work_hours")
    engineers = [people[one] for one in ENGINEERS]
    query = access.visible(SYSTEM, "work_hours")
    query = query.where(table.c.engineer_id.in_(engineers))
    rows = entries.load(loader.session, known["work_hours"], query)
    values: Row = {"rate": Decimal(18), "counted_by": people[OFFICE_A]}
    changes = [entries.Change(row["id"], values) for row in rows]
    by = loader.writer(people[OFFICE_A])
    entries.change_many(loader.session, "work_hours", changes, by)
    first = OCTOBER[0].replace(day=1)
    past = [row["id"] for row in rows if row["month_on"] < first]
    moment = at(OCTOBER[1], 15)
    loader.step("work_hours", past, "approve", people[MANAGER], moment)


def add_boards(loader: Loader, people: People, orders: Sequence[Order]) -> None:
    """Write the board that came in for each order of that kind."""
    boards = [one for one in orders if one.kind == "board"]
    rows = []
    for index, one in enumerate(boards):
        if one.machine is None:
            continue
        done = one.finished_at.date()
        rows.append(
            {
                "received_on": one.reported_at.date(),
                "customer": one.machine.customer.id,
                "machine": one.machine.id,
                "board_name": ("控制主板", "驱动板", "电源板")[index % 3],
                "board_number": f"B{one.reported_at:%y%m%d}{index:03}",
                "parcel_in": f"SF{10_000_000 + index * 137}",
                "symptom": ("不上电", "丢步", "无输出")[index % 3],
                "repaired_by": people[one.engineer],
                "findings": "更换损坏元件，老化测试通过",
                "treatment": "hopeless" if index % 21 == 0 else "repaired",
                "hours": one.hours,
                "returned_on": done,
                "parcel_out": f"SF{20_000_000 + index * 137}",
                "service_order": one.id,
                AT: one.reported_at,
                BY: people[OFFICE_B],
            }
        )
    loader.add("board_repair", rows)


def add_daily_papers(
    loader: Loader, people: People, teams: dict[str, int], chance: Random
) -> None:
    """Write hand-overs, tasks, inspections, problems and contact sheets."""
    loader.add("handover_book", list(_handovers(people, chance)))
    loader.add("task", list(_tasks(people, chance)))
    loader.add("inspection", list(_inspections(people, chance)))
    loader.add("problem_log", list(_problems(people, teams)))
    loader.add("coordination_log", list(_sheets(people, teams)))


def _handovers(people: People, chance: Random) -> Iterator[Row]:
    for index, day in enumerate(WORKDAYS):
        takes = OFFICE_A if index % 2 else OFFICE_B
        moment = at(day, 17, 45)
        yield {
            "shift_on": day,
            "handed_over_by": people[HOTLINE],
            "pending": chance.choice(("两个客户等回电", "一台机器等配件", "无")),
            "handed_over_at": moment,
            "taken_over_by": people[takes],
            "taken_over_at": moment + timedelta(minutes=10),
            AT: moment,
            BY: people[HOTLINE],
        }


_WORK = {
    "board": ("修复积压返修板", "返修板老化测试"),
    "support": ("支援销售部演示", "支援研发部试机"),
    "installation": ("出差装机，核对接地和气源", "出差装机，培训操作工"),
    "repair": ("出差维修，带齐激光电源", "出差维修，复查重复故障"),
    "office": ("整理上周回访", "核对工时和报销单"),
}


def _tasks(people: People, chance: Random) -> Iterator[Row]:
    kinds = tuple(_WORK)
    for index, day in enumerate(WORKDAYS):
        kind = kinds[index % len(kinds)]
        who = chance.choice(DESK if kind == "office" else ENGINEERS)
        done = at(day, 16, 30) if day < WORKDAYS[-3] else None
        yield {
            "kind": kind,
            "content": f"{day.month}月{day.day}日：{chance.choice(_WORK[kind])}",
            "assignee": people[who],
            "assigner": people[MANAGER],
            "planned_on": day,
            "due_on": day,
            "done_at": done,
            AT: at(day, 8, 50),
            BY: people[MANAGER],
        }


def _inspections(people: People, chance: Random) -> Iterator[Row]:
    for day in WORKDAYS[4::5]:
        for key in (OFFICE_A, OFFICE_B):
            good = chance.random() < 0.8  # noqa: PLR2004 - four of five
            yield {
                "inspected_at": at(day, 17),
                "kind": "callback",
                "inspected": people[key],
                "subject": "本周回访记录",
                "verdict": "pass" if good else "minor",
                "finding": None if good else "个别回访没有记下机器现状",
                "inspector": people[MANAGER],
                AT: at(day, 17, 20),
                BY: people[MANAGER],
            }


def _problems(people: People, teams: dict[str, int]) -> Iterator[Row]:
    found = (
        ("service", "上门时间一再改期", "派工没有留余量", "当天不超过三单", 10),
        ("complaint", "激光电源到货慢", "库存低于预警才采购", "按预警提前采购", 7),
        ("callback", "客户不会自己保养", "装机培训太短", "装机后第三天再讲一次", 4),
        ("trip", "现场缺接地", "装机前没有核对", "装机确认单加一项", 3),
    )
    for index, (origin, problem, cause, prevention, times) in enumerate(found):
        day = WORKDAYS[8 + 8 * index]
        yield {
            "found_on": day,
            "origin": origin,
            "problem": problem,
            "occurrences": times,
            "cause": cause,
            "corrective": "逐个回电说明并补救",
            "preventive": prevention,
            "concerned": teams["研发部"] if index == 3 else teams["销售部"],  # noqa: PLR2004 - the last one
            "responsible": people[MANAGER],
            "due_on": day + timedelta(days=14),
            AT: at(day, 16),
            BY: people[MANAGER],
        }


def _sheets(people: People, teams: dict[str, int]) -> Iterator[Row]:
    found = (
        ("销售部", "客户咨询新机报价", "请联系客户并回复"),
        ("研发部", "E1390 软件偶发卡顿", "请协助分析日志"),
        ("财务部", "客户索要发票", "请开具并寄出"),
        ("销售部", "以旧换新意向", "请上门评估"),
        ("研发部", "X 轴同步带寿命短", "请确认规格"),
        ("财务部", "对公转账未到账", "请查收"),
    )
    for index, (team, subject, content) in enumerate(found):
        sent = at(WORKDAYS[3 + 6 * index], 10, 15)
        row: Row = {
            "sent_at": sent,
            "sent_by": people[OFFICE_A],
            "to_department": teams[team],
            "subject": subject,
            "content": content,
            "wanted_by": sent + timedelta(days=2),
            AT: sent,
            BY: people[OFFICE_A],
        }
        if index < len(found) - 1:
            row |= {
                "reply": "已处理",
                "replied_at": sent + timedelta(hours=26),
                "closed_at": sent + timedelta(hours=27),
                "closed_by": people[OFFICE_A],
            }
        yield row
