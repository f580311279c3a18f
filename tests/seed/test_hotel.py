"""The hotel template: bookings that count, the commission month, agreements, rights."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models import catalogue, stored
from models.database import Database
from models.entry_errors import (
    EntryRefusedError,
    NotAllowedError,
    StepRefusedError,
)
from seed.coverage import coverage
from seed.template import read_template
from tests.databases import Builder
from tests.seed.trade_house import ZONE, House, Worker, at, house_of

SALES, DESK = "营销部", "客服部"
MANAGER, SELLER, OTHER, CLERK, FRONT, GUESTS = "M1", "S1", "S2", "C1", "R1", "G1"
WORKERS = {
    MANAGER: Worker("周经理", SALES, "营销部经理", "hotel_sales_manager"),
    SELLER: Worker(
        "孙悦",
        SALES,
        "营销客户经理",
        "hotel_account_manager",
        {"clocking_exempt": True},
    ),
    OTHER: Worker("钱锐", SALES, "营销客户经理", "hotel_account_manager"),
    CLERK: Worker(
        "吴洁",
        SALES,
        "营销文员",
        "hotel_sales_clerk",
        {"takes_bookings": True, "performance_base": Decimal(800)},
    ),
    FRONT: Worker("何静", DESK, "前台接待", "hotel_reception"),
    GUESTS: Worker("郑芳", DESK, "酒店客服经理", "hotel_service_manager"),
}


BUILD = house_of("hotel", WORKERS)


@pytest.fixture
def house(prepared_database: Callable[[str, Builder], str]) -> Iterator[House]:
    database = Database(prepared_database("hotel", BUILD))
    stored.know(database)
    yield House(database)
    database.dispose()
    catalogue.use()


def customer(house: House, login: str = SELLER, **more: Any) -> int:
    values = {"name": "姑苏贸易公司", "address": "苏州市人民路", **more}
    return house.create("customer_file", values, login)


def booking(
    house: House,
    who: int,
    arrives: str,
    filled: str,
    login: str = SELLER,
    **more: Any,
) -> int:
    values = {
        "customer": who,
        "arrives_at": at(arrives),
        "received_by": house.staff(CLERK),
        **more,
    }
    return house.create("hotel_booking", values, login, at(filled))


def walk(house: House, entry: int, left_on: date = date(2026, 10, 20)) -> None:
    """Take a booking through review and issue to the guest's departure."""
    house.take("hotel_booking", entry, "review", MANAGER)
    issued = {"issued_to": ["front_desk", "rooms"]}
    house.take("hotel_booking", entry, "issue", CLERK, issued)
    house.take("hotel_booking", entry, "settle", CLERK, {"left_on": left_on})


def consume(house: House, entry: int, amount: str, outlet: str = "rooms") -> int:
    values = {
        "booking": entry,
        "amount": Decimal(amount),
        "outlet": outlet,
        "consumed_on": date(2026, 10, 18),
    }
    return house.create("hotel_consumption", values, FRONT)


def verdict(house: House, entry: int) -> str:
    return str(house.get("hotel_booking", entry)["verdict"])


@pytest.mark.usefixtures("house")
def test_every_clause_is_carried_or_announced() -> None:
    hotel = read_template("hotel")
    found = [
        one
        for text in hotel.regulations
        if text.stanza.code in ("S0-01", "S2-12", "S2-21")
        for one in coverage(hotel, text)
    ]

    assert len(found) == 70
    assert [one.code for one in found if one.is_open] == []


def test_booking_goes_from_form_to_departure(house: House) -> None:
    entry = booking(house, customer(house), "2026-10-16 15:00", "2026-10-14 09:00")
    line = {
        "booking": entry,
        "kind": "room",
        "details": "标准间",
        "quantity": Decimal(3),
        "price": Decimal("388.00"),
    }
    house.create("hotel_booking_line", line, SELLER)
    assert verdict(house, entry) == "waiting"

    with pytest.raises((NotAllowedError, StepRefusedError)):
        house.take("hotel_booking", entry, "review", SELLER)
    walk(house, entry)

    row = house.get("hotel_booking", entry)
    assert row["number"] == "YD2026100001"
    assert row["reviewed_by"] == house.staff(MANAGER)
    assert row["issued_to"] == ["front_desk", "rooms"]
    assert (row["status"], row["verdict"]) == ("settled", "counts")
    assert row["booked_total"] == row["counted_booked"] == Decimal("1164.00")


@pytest.mark.parametrize(
    ("filled", "met", "counts"),
    [("2026-10-14 10:00", True, "waiting"), ("2026-10-14 10:01", False, "late")],
)
def test_form_is_due_an_hour_before_the_guest(
    house: House, filled: str, *, met: bool, counts: str
) -> None:
    asked_at, arrives = at("2026-10-14 09:00"), "2026-10-14 11:00"
    entry = booking(house, customer(house), arrives, filled, asked_at=asked_at)

    clock = house.clock("hotel_booking.form", entry)

    assert clock is not None
    assert clock.due_at == at("2026-10-14 10:00")
    assert clock.holder_id == house.staff(SELLER)
    assert (clock.breached_at is None) is met
    assert verdict(house, entry) == counts


def test_walk_ins_calls_and_other_hands_do_not_count(house: House) -> None:
    who = customer(house)
    when = ("2026-10-16 15:00", "2026-10-14 09:00")
    walk_in = booking(house, who, *when, login=FRONT, origin="walk_in")
    call = booking(house, who, *when, login=FRONT, origin="phone")
    proxy = booking(house, who, *when, login=CLERK, account_manager=house.staff(SELLER))
    no_clerk = booking(house, who, *when, received_by=house.staff(FRONT))

    assert [verdict(house, one) for one in (walk_in, call)] == ["not_own"] * 2
    assert [verdict(house, one) for one in (proxy, no_clerk)] == ["not_in_person"] * 2
    assert house.get("hotel_booking", walk_in)["account_manager"] is None
    assert house.clock("hotel_booking.form", walk_in) is None


def test_earlier_agreements_do_not_count_and_later_ones_do(house: House) -> None:
    when = ("2026-10-16 15:00", "2026-10-14 09:00")
    before = customer(house, house_agreement_on=date(2026, 10, 14))
    after = customer(house, name="另一家", house_agreement_on=date(2026, 10, 15))

    assert verdict(house, booking(house, before, *when)) == "agreement"
    assert verdict(house, booking(house, after, *when)) == "waiting"


def test_complaint_about_an_error_takes_the_result_away(house: House) -> None:
    entry = booking(house, customer(house), "2026-10-16 15:00", "2026-10-14 09:00")
    walk(house, entry)
    complaint = {
        "complainant": "赵先生",
        "phone": "13812341234",
        "category": "booking",
        "content": "到店无房",
        "demand": "安排房间",
        "booking": entry,
        "booking_fault": True,
    }
    found = house.create("complaint_log", complaint, GUESTS)
    assert verdict(house, entry) == "fault"

    house.change("complaint_log", found, {"judgement": "invalid"}, GUESTS)

    assert verdict(house, entry) == "counts"


def test_fraud_with_a_booking_is_dismissal_on_the_day(house: House) -> None:
    entry = booking(house, customer(house), "2026-10-16 15:00", "2026-10-14 09:00")
    case = {
        "person": house.staff(CLERK),
        "kind": "warning",
        "occasion": "booking_fraud",
        "fraud_kind": "walk_in",
        "found_on": date(2026, 10, 14),
        "booking": entry,
        "reason": "把散客信息告诉客户经理",
    }
    with pytest.raises(EntryRefusedError, match="立即开除"):
        house.create("reward_penalty", case, MANAGER)

    found = house.create("reward_penalty", case | {"kind": "dismissal"}, MANAGER)

    assert verdict(house, entry) == "fraud"
    clock = house.clock("reward_penalty.fraud", found)
    assert clock is not None
    assert clock.due_at.astimezone(ZONE).date() == date(2026, 10, 15)  # its midnight


def test_two_account_managers_settle_it_before_the_review(house: House) -> None:
    others = customer(house, OTHER)
    entry = booking(house, others, "2026-10-16 15:00", "2026-10-14 09:00")
    with pytest.raises(StepRefusedError):
        house.take("hotel_booking", entry, "review", MANAGER)

    house.change("hotel_booking", entry, {"settled_how": "钱锐同意由孙悦接待"}, SELLER)
    house.take("hotel_booking", entry, "review", MANAGER)

    assert verdict(house, entry) == "counts"


def test_prices_are_the_executive_ones_unless_allowed(house: House) -> None:
    who = customer(house, client_kind="individual")
    when = ("2026-10-16 15:00", "2026-10-14 09:00")
    room = {"name": "标准间", "executive_price": Decimal(388)}
    with pytest.raises(NotAllowedError):
        house.create("hotel_price", room, SELLER)
    listed = house.create("hotel_price", room, MANAGER)
    entry = booking(house, who, *when)
    line = {"booking": entry, "item": listed, "quantity": Decimal(1)}
    cheap = line | {"price": Decimal(350)}

    with pytest.raises(EntryRefusedError, match="低于执行价"):
        house.create("hotel_booking_line", cheap, SELLER)
    with pytest.raises(EntryRefusedError, match="优惠批准人"):
        house.change("hotel_booking", entry, {"price": "concession"}, SELLER)
    with pytest.raises(EntryRefusedError, match="个人不享受协议价"):
        house.change("hotel_booking", entry, {"price": "agreement"}, SELLER)
    allowed = {"price": "concession", "allowed_by": house.staff(MANAGER)}
    house.change("hotel_booking", entry, allowed, SELLER)
    house.create("hotel_booking_line", cheap, SELLER)

    assert house.get("hotel_booking", entry)["booked_total"] == Decimal("350.00")


def test_agreement_is_signed_after_the_manager_agrees(house: House) -> None:
    who = customer(house)
    entry = house.create("hotel_agreement", {"customer": who}, SELLER)
    code = "hotel_agreement"
    house.take(
        code, entry, "investigate", SELLER, {"investigation": "贸易公司，五十人"}
    )
    house.take(code, entry, "submit", SELLER, {"terms": "标准间 328 元"})
    with pytest.raises((NotAllowedError, StepRefusedError)):
        house.take(code, entry, "approve", SELLER)
    house.take(code, entry, "approve", MANAGER, comment="同意")
    days = {"signed_on": date(2026, 10, 14), "valid_until": date(2027, 10, 13)}
    row = house.take(code, entry, "sign", SELLER, days)

    assert (row["status"], row["settlement"]) == ("signed", "clear")
    assert row["number"] == "XY20260001"
    when = ("2026-10-16 15:00", "2026-10-14 13:00")
    priced = booking(house, who, *when, price="agreement", agreement=entry)
    assert verdict(house, priced) == "waiting"


def test_individuals_get_no_agreement(house: House) -> None:
    who = customer(house, client_kind="individual")
    entry = house.create("hotel_agreement", {"customer": who}, SELLER)
    said = {"investigation": "个人"}
    house.take("hotel_agreement", entry, "investigate", SELLER, said)

    with pytest.raises(StepRefusedError):
        house.take("hotel_agreement", entry, "submit", SELLER, {"terms": "八折"})


def test_account_managers_see_their_own_bookings_only(house: House) -> None:
    when = ("2026-10-16 15:00", "2026-10-14 09:00")
    own = booking(house, customer(house), *when)
    others = booking(house, customer(house, OTHER, name="另一家"), *when, login=OTHER)

    assert house.seen("hotel_booking", SELLER) == {own}
    assert house.seen("hotel_booking", MANAGER) == {own, others}


def test_commission_month_comes_out_as_by_hand(house: House) -> None:
    who, agreed = customer(house), customer(house, name="老协议单位")
    house.change(
        "customer_file", agreed, {"house_agreement_on": date(2025, 1, 1)}, SELLER
    )
    hour = ("2026-10-16 15:00", "2026-10-16 14:00")
    first, second = booking(house, who, *hour), booking(house, who, *hour)
    november = booking(house, who, *hour)
    late = booking(house, who, "2026-10-16 15:00", "2026-10-16 14:01")
    old = booking(house, agreed, *hour)
    walk_in = booking(house, who, *hour, login=FRONT, origin="walk_in")
    for entry, amount in (
        (first, "12345.60"),
        (second, "26654.75"),
        (november, "9999.00"),
        (late, "5000.00"),
        (old, "8000.00"),
        (walk_in, "700.00"),
    ):
        consume(house, entry, amount)
    consume(house, first, "1000.00", "dining")
    for entry in (first, second, late, old):
        walk(house, entry)
    walk(house, november, date(2026, 11, 2))
    others = booking(house, customer(house, OTHER, name="另一家"), *hour, login=OTHER)
    for entry, rooms in ((first, 60), (others, 40)):
        line = {
            "booking": entry,
            "kind": "room",
            "details": "标准间",
            "quantity": Decimal(rooms),
            "price": Decimal("388.00"),
        }
        house.create("hotel_booking_line", line, SELLER if entry == first else OTHER)
    walk(house, others)
    for kind, figure in (("bonus", 200), ("deduction", 50), ("deduction", 30)):
        said = {
            "person": house.staff(CLERK),
            "kind": kind,
            "occasion": "performance",
            "happened_on": date(2026, 10, 14),
            "amount": Decimal(figure),
            "reason": "当月考核",
            # The last is not signed and does not count.
            "signed_at": at("2026-10-14 18:00") if figure > 30 else None,
        }
        house.create("reward_penalty", said, MANAGER)

    slip = house.slip("2026-10", SELLER)

    # 12,345.60 + 1,000.00 + 26,654.75 = 40,000.35 x 1.5 % = 600.00525, half up.
    assert slip["base"] == 0
    assert slip["consumption"] == Decimal("40000.35")
    assert slip["commission"] == Decimal("600.01")
    # Booked for 60 x 388.00 = 23,280.00, before 40 x 388.00 = 15,520.00.
    assert slip["award"] == Decimal("1500.00")
    assert slip["total"] == Decimal("2100.01")
    assert house.slip("2026-10", OTHER)["total"] == Decimal("1000.00")
    # 800 + 200 - 50
    assert house.slip("2026-10", CLERK)["total"] == Decimal("950.00")


def test_somebody_has_one_of_three_places_a_month(house: House) -> None:
    award = {
        "month_on": date(2026, 10, 1),
        "place": 3,
        "person": house.staff(SELLER),
        "booking_total": Decimal(100),
    }
    found = house.create("hotel_award", award, MANAGER)
    assert house.get("hotel_award", found)["class"] == "c"

    for wrong in (
        {"place": 2},
        {"place": 4, "person": house.staff(OTHER)},
        {"month_on": date(2026, 11, 2)},
    ):
        with pytest.raises(EntryRefusedError):
            house.create("hotel_award", award | wrong, MANAGER)
    # Who tie take the same place.
    house.create("hotel_award", award | {"person": house.staff(OTHER)}, MANAGER)


def test_changed_rules_take_effect_once_they_are_approved(house: House) -> None:
    rule = {
        "name": "前台接待规范",
        "issued_on": date(2026, 10, 14),
        "changes": "改第三条",
    }
    with pytest.raises(EntryRefusedError, match="管理层批准"):
        house.create("regulation", rule, GUESTS)

    passed = rule | {"approved_by": house.staff(GUESTS)}
    entry = house.create("regulation", passed, GUESTS)

    assert house.get("regulation", entry)["in_force_from"] == date(2026, 10, 14)


def test_guests_get_an_answer_and_meetings_see_who_came(house: House) -> None:
    call = {
        "phone": "13812341234",
        "category": "guest_request",
        "content": "加一床被子",
        "result": "pending",
        "room_number": "1208",
    }
    entry = house.create("call_log", call, FRONT, at("2026-10-17 23:00"))
    clock = house.clock("call_log.reply", entry)
    assert clock is not None
    assert clock.due_at == at("2026-10-18 23:00")  # a Sunday: hotels know no rest days

    meeting = {
        "subject": "月度例会",
        "minutes": "略",
        "held_at": at("2026-10-14 09:00"),
    }
    held = house.create("meeting", meeting, MANAGER)
    came = [
        house.create(
            "meeting_attendee",
            {"meeting": held, "person": house.staff(login), "signed_in_at": at(when)},
            MANAGER,
        )
        for login, when in ((SELLER, "2026-10-14 09:00"), (OTHER, "2026-10-14 09:01"))
    ]
    assert [house.get("meeting_attendee", one)["punctual"] for one in came] == [
        True,
        False,
    ]

    day = {"person": house.staff(SELLER), "day": date(2026, 10, 14)}
    assert house.get("attendance", house.create("attendance", day, MANAGER))["exempt"]
