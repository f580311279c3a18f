"""The call-centre template: answering, problem orders, the floor, hours and absence."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from models import catalogue, entries, stored
from models.access import SYSTEM, visible
from models.database import Database
from models.entry_errors import (
    EntryLockedError,
    EntryRefusedError,
    NotAllowedError,
    StepRefusedError,
)
from seed.coverage import coverage
from seed.template import read_template
from tests.databases import Builder
from tests.seed.trade_house import House, Worker, at, house_of

FIRST, SECOND, TECHNICIANS = "一组", "二组", "技术部"
BOSS, FLOOR, LEADER, AGENT, STRANGER, EXPERT = "B1", "F1", "L1", "A1", "A2", "E1"
WORKERS = {
    BOSS: Worker("梁经理", FIRST, "客服中心经理", "centre_manager"),
    FLOOR: Worker("唐主管", FIRST, "现场主管", "centre_supervisor", superior=BOSS),
    LEADER: Worker("许组长", FIRST, "客服组长", "centre_group_leader", manages=True),
    AGENT: Worker(
        "邓颖",
        FIRST,
        "客服代表",
        "centre_agent",
        {"performance_base": Decimal(1000), "secrecy_signed_on": date(2026, 9, 1)},
    ),
    STRANGER: Worker("曹丽", SECOND, "客服代表", "centre_agent"),
    EXPERT: Worker("马工", TECHNICIANS, "客服组长", "centre_group_leader"),
}


BUILD = house_of("call_centre", WORKERS)


@pytest.fixture
def house(prepared_database: Callable[[str, Builder], str]) -> Iterator[House]:
    database = Database(prepared_database("call_centre", BUILD))
    stored.know(database)
    yield House(database)
    database.dispose()
    catalogue.use()


def call(house: House, **more: Any) -> int:
    values = {
        "phone": "13812341234",
        "category": "enquiry",
        "content": "账单看不懂",
        "result": "pending",
        **more,
    }
    return house.create("call_log", values, AGENT)


def order(house: House, **more: Any) -> int:
    values = {"call": call(house), "handled_by": house.staff(EXPERT), **more}
    return house.create("centre_order", values, AGENT)


def due(house: House, target: str, entry: int) -> datetime:
    clock = house.clock(target, entry)
    assert clock is not None, target
    return clock.due_at


def shift(house: House, name: str) -> int:
    declared = catalogue.current()["shift"]
    with house.database.read() as session:
        found = entries.load(session, declared, visible(SYSTEM, "shift"))
    [row] = [one for one in found if one["name"] == name]
    return int(row["id"])


@pytest.mark.usefixtures("house")
def test_every_clause_is_carried_or_announced() -> None:
    centre = read_template("call_centre")
    found = [
        one
        for text in centre.regulations
        if text.stanza.code in ("S0-02", "S0-12", "S1-04", "S1-07", "S1-09")
        for one in coverage(centre, text)
    ]

    assert len(found) == 93
    assert [one.code for one in found if one.is_open] == []


@pytest.mark.parametrize(
    ("channel", "target", "seconds"),
    [("phone", "call_log.answer", 20), ("chat", "call_log.chat", 60)],
)
def test_calls_and_chats_are_answered_in_time(
    house: House, channel: str, target: str, seconds: int
) -> None:
    rang = at("2026-10-14 10:00")
    entry = call(house, channel=channel, rang_at=rang, answered_at=rang)

    clock = house.clock(target, entry)

    assert clock is not None
    assert (clock.due_at - rang).total_seconds() == seconds
    assert clock.breached_at is None


def test_missed_calls_are_called_back(house: House) -> None:
    entry = call(house, connection="busy", received_at=at("2026-10-14 11:45"))

    # Fifteen minutes before the break and fifteen after it.
    assert due(house, "call_log.call_back", entry) == at("2026-10-14 13:45")
    assert house.clock("call_log.reply", entry) is None


def test_problem_order_is_solved_told_and_done_again(house: House) -> None:
    entry = order(house)
    row = house.get("centre_order", entry)
    assert (row["number"], row["problem"]) == ("GD2026100001", "账单看不懂")
    opened = at("2026-10-14 12:00")
    assert row["opened_at"] == opened
    assert due(house, "centre_order.accept", entry) == at("2026-10-14 14:30")
    assert due(house, "centre_order.solve", entry) == at("2026-10-15 12:00")

    house.take("centre_order", entry, "accept", EXPERT)
    told = {"problem_order": entry, "content": "已转专业人员"}
    house.create("centre_notice", told, AGENT, at("2026-10-14 15:00"))
    notice = house.clock("centre_order.notice", entry)
    assert notice is not None
    assert notice.met_at == at("2026-10-14 15:00")
    house.take("centre_order", entry, "solve", EXPERT, {"solution": "逐项说明"})
    said = {"outcome": "电话说明", "satisfied": "no", "evaluation": "2"}
    house.take("centre_order", entry, "close", AGENT, said)
    with pytest.raises(EntryRefusedError, match="补救措施"):
        house.take("centre_order", entry, "redo", AGENT)
    measure = {"measure": "由组长上门说明"}
    again = house.take("centre_order", entry, "redo", AGENT, measure)

    assert (again["status"], again["solved_at"]) == ("working", None)
    row = house.get("centre_order", entry)
    assert (row["notices"], row["told_at"]) == (1, at("2026-10-14 15:00"))
    assert due(house, "centre_order.redo", entry) == at("2026-10-15 12:00")


def test_specialists_and_departments_must_be_named(house: House) -> None:
    with pytest.raises(EntryRefusedError, match="所需专业知识"):
        order(house, route="specialist")
    with pytest.raises(EntryRefusedError, match="相关部门"):
        order(house, route="department")
    with pytest.raises(EntryRefusedError, match="处理人"):
        order(house, handled_by=None)


def test_leaders_see_their_group_and_agents_export_nothing(house: House) -> None:
    entry = order(house)

    assert house.seen("centre_order", LEADER) == {entry}
    assert house.seen("centre_order", STRANGER) == set()
    with pytest.raises((NotAllowedError, StepRefusedError)):
        house.take("centre_order", entry, "accept", STRANGER)
    agent = house.person(AGENT)
    assert all(
        "export" not in one.actions and not one.unmasked
        for one in agent.grants_on("customer_file")
    )
    assert house.person(FLOOR).grants_on("account.run")
    assert not agent.grants_on("account.run")


def test_floor_statistics_count_each_agent(house: House) -> None:
    order(house)
    call(house)
    report = house.create("centre_daily", {"day": date(2026, 10, 14)}, FLOOR)
    line = {"report": report, "person": house.staff(AGENT)}
    part = house.create("centre_daily_line", line, FLOOR)
    counted = house.get("centre_daily_line", part)
    assert (counted["calls"], counted["orders"]) == (2, 1)

    row = house.take("centre_daily", report, "submit", FLOOR, {})
    assert (row["calls"], row["orders"]) == (2, 1)
    assert row["submitted_to"] == house.staff(BOSS)
    with pytest.raises(EntryLockedError):
        house.change("centre_daily", report, {"problems": "无"}, FLOOR)
    assert house.take("centre_daily", report, "read", BOSS)["status"] == "read"


def test_hours_differ_by_season_and_sundays_are_free(house: House) -> None:
    summer, winter = shift(house, "夏季班"), shift(house, "冬季班")
    row = house.get("shift", winter)
    assert (row["begins"], row["ends"]) == (time(9), time(17, 30))
    assert row["hours"] == house.get("shift", summer)["hours"] == Decimal("7.5")

    def roster(day: date, which: int, **more: Any) -> int:
        values = {"person": house.staff(AGENT), "day": day, "shift": which, **more}
        return house.create("roster_day", values, FLOOR)

    roster(date(2026, 9, 30), summer)
    roster(date(2026, 10, 1), winter)
    with pytest.raises(EntryRefusedError, match="不在执行期内"):
        roster(date(2026, 10, 14), summer)
    sunday = date(2026, 10, 18)
    with pytest.raises(EntryRefusedError, match="周日为休息日"):
        roster(sunday, winter)
    roster(sunday, winter, adjusted=True)
    roster(date(2026, 10, 25), winter, rest=True)


@pytest.mark.parametrize(("signed", "kept"), [("08:50", True), ("08:51", False)])
def test_staff_are_there_ten_minutes_before(
    house: House, signed: str, *, kept: bool
) -> None:
    day = {
        "person": house.staff(AGENT),
        "day": date(2026, 10, 14),
        "signed_in_at": at(f"2026-10-14 {signed}"),
    }
    clock = house.clock("attendance.ready", house.create("attendance", day, FLOOR))

    assert clock is not None
    assert clock.due_at == at("2026-10-14 08:50")
    assert (clock.breached_at is None) is kept


def away(house: House, until: str, **more: Any) -> Decimal:
    values = {
        "left_at": at("2026-10-14 10:00"),
        "back_at": at(f"2026-10-14 {until}"),
        **more,
    }
    entry = house.create("absence_log", values, AGENT)
    return Decimal(house.get("absence_log", entry)["absent_days"])


def test_ten_minutes_without_leave_are_half_a_day(house: House) -> None:
    day = {"person": house.staff(AGENT), "day": date(2026, 10, 14)}
    entry = house.create("attendance", day, FLOOR)
    before = at("2026-10-14 09:55")
    head, other = house.staff(LEADER), house.staff(FLOOR)

    assert away(house, "10:10") == 0
    assert away(house, "10:11", reason="errand") == 0
    assert away(house, "10:40", allowed_by=head, allowed_at=before) == 0
    assert away(house, "10:11") == Decimal("0.5")
    late = at("2026-10-14 10:05")
    assert away(house, "10:40", allowed_by=head, allowed_at=late) == Decimal("0.5")
    assert away(house, "10:40", allowed_by=other, allowed_at=before) == Decimal("0.5")

    assert house.get("attendance", entry)["absent_days"] == Decimal("1.5")


def test_pay_takes_half_days_and_signed_papers(house: House) -> None:
    away(house, "10:11")
    for kind, figure in (("bonus", 300), ("criticism", 80)):
        said = {
            "person": house.staff(AGENT),
            "kind": kind,
            "occasion": "performance",
            "happened_on": date(2026, 10, 14),
            "amount": Decimal(figure),
            "reason": "当月考核",
            "signed_at": at("2026-10-14 18:00"),
        }
        if kind == "criticism":
            with pytest.raises(EntryRefusedError, match="批评教育日期"):
                house.create("reward_penalty", said, FLOOR)
            said["educated_on"] = date(2026, 10, 14)
        house.create("reward_penalty", said, FLOOR)

    slip = house.slip("2026-10", AGENT)

    # 1,000 + 300 - 0.5 x 100 - 80
    assert slip["absence"] == Decimal("50.00")
    assert slip["total"] == Decimal("1170.00")


def test_equipment_moves_and_changed_rules_need_leave(house: House) -> None:
    desk = house.create("equipment", {"name": "电话机", "kind": "telephone"}, FLOOR)
    moved = {"equipment": desk, "kind": "moved"}
    with pytest.raises(EntryRefusedError, match="私自移动"):
        house.create("equipment_event", moved, AGENT)
    house.create("equipment_event", moved | {"allowed_by": house.staff(FLOOR)}, AGENT)
    damage = {"equipment": desk, "kind": "damage", "happened_on": date(2026, 10, 14)}
    broken = house.create("equipment_event", damage, AGENT)
    # Thursday, Friday, Saturday.
    assert due(house, "equipment_event.repair", broken) == at("2026-10-17 18:00")

    department = house.get("staff", house.staff(AGENT))["department"]
    rule = {
        "name": "接听规范",
        "changes": "改问候语",
        "proposed_by_department": department,
    }
    with pytest.raises(EntryRefusedError, match="管理层审批"):
        house.create("regulation", rule, BOSS)
    house.create("regulation", rule | {"approved_by": house.staff(BOSS)}, BOSS)


def test_reported_problems_lead_to_a_correction(house: House) -> None:
    customer = {"name": "某公司", "address": "苏州"}
    said = {
        "customer": house.create("customer_file", customer, AGENT),
        "content": "按键菜单太深",
        "problem": "菜单五层",
        "received_on": date(2026, 10, 14),
    }
    entry = house.create("feedback", said, AGENT)
    assert due(house, "feedback.rectified", entry) == at("2026-10-17 18:00")

    put_right = {"feedback": entry, "problem": "菜单五层", "origin": "feedback"}
    house.create("problem_log", put_right, AGENT)

    clock = house.clock("feedback.rectified", entry)
    assert clock is not None
    assert clock.met_at is not None
