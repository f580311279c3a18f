"""October of the hotel's sales department: every slip worked out by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import catalogue, payroll, stored
from models.database import Database
from models.history import Writer
from models.pay_tables import PaySlip
from tests.databases import Builder
from tests.seed.trade_house import NOON, PAYER, ZONE, House, Worker, at, house_of

MANAGER, CLERK, FRONT, GUESTS = "周", "吴", "何", "郑"
SELLERS = ("孙", "钱", "李", "赵", "冯")
SALES, DESK = "营销部", "客服部"
WORKERS = {
    name: Worker(name, SALES, "营销客户经理", "hotel_account_manager")
    for name in SELLERS
} | {
    MANAGER: Worker(
        MANAGER,
        SALES,
        "营销部经理",
        "hotel_sales_manager",
        {"base_pay": Decimal(5000), "performance_base": Decimal(3000)},
    ),
    CLERK: Worker(
        CLERK,
        SALES,
        "营销文员",
        "hotel_sales_clerk",
        {"takes_bookings": True, "performance_base": Decimal(800)},
    ),
    FRONT: Worker(
        FRONT,
        DESK,
        "前台接待",
        "hotel_reception",
        {"performance_base": Decimal(600)},
    ),
    GUESTS: Worker(GUESTS, DESK, "酒店客服经理", "hotel_service_manager"),
}
BUILD = house_of("hotel", WORKERS)


@dataclass(frozen=True)
class Stay:
    """One booking of an account manager: rooms at 388.00, and what became of it."""

    filled: str
    arrives: str
    rooms: int
    consumed: str
    left_on: date | None
    by: str | None = None  # who fills the form in; the account manager unless said
    old_agreement: bool = False
    origin: str = "account_manager"


@pytest.fixture
def house(prepared_database: Callable[[str, Builder], str]) -> Iterator[House]:
    database = Database(prepared_database("hotel_month", BUILD))
    stored.know(database)
    yield House(database)
    database.dispose()
    catalogue.use()


def october(day: int) -> date:
    return date(2026, 10, day)


def stays(house: House, name: str, *all_of_them: Stay) -> list[int]:
    """Book, review, issue and settle; without a day of leaving nobody reviews."""
    found: list[int] = []
    for stay in all_of_them:
        said: dict[str, object] = {"name": f"{name}{len(found)}", "address": "苏州"}
        if stay.old_agreement:
            said["house_agreement_on"] = date(2025, 1, 1)
        who = house.create("customer_file", said, name)
        form: dict[str, object] = {
            "customer": who,
            "arrives_at": at(stay.arrives),
            "received_by": house.staff(CLERK),
            "origin": stay.origin,
        }
        if stay.origin == "account_manager":
            form["account_manager"] = house.staff(name)
        filler = stay.by or name
        entry = house.create("hotel_booking", form, filler, at(stay.filled))
        line = {"booking": entry, "kind": "room", "details": "标准间"}
        figures = {"quantity": Decimal(stay.rooms), "price": Decimal("388.00")}
        house.create("hotel_booking_line", line | figures, filler)
        bill = {"booking": entry, "amount": Decimal(stay.consumed)}
        day = stay.left_on or october(20)
        house.create("hotel_consumption", bill | {"consumed_on": day}, FRONT)
        if stay.left_on is not None:
            house.take("hotel_booking", entry, "review", MANAGER)
            issued = {"issued_to": ["front_desk", "rooms"]}
            house.take("hotel_booking", entry, "issue", CLERK, issued)
            left = {"left_on": stay.left_on}
            house.take("hotel_booking", entry, "settle", CLERK, left)
        found.append(entry)
    return found


def complain(house: House, booking: int, judgement: str) -> None:
    """Let a guest complain of an error in a booking, and judge it."""
    complaint = {
        "complainant": "王先生",
        "phone": "13812341234",
        "category": "booking",
        "content": "房型订错",
        "demand": "换房",
        "booking": booking,
        "booking_fault": True,
    }
    found = house.create("complaint_log", complaint, GUESTS)
    house.change("complaint_log", found, {"judgement": judgement}, GUESTS)


def note(
    house: House, name: str, kind: str, amount: str | None, *, signed: bool = True
) -> None:
    """Put a reward or penalty on a notice, signed or not."""
    said = {
        "person": house.staff(name),
        "kind": kind,
        "occasion": "performance",
        "happened_on": october(14),
        "amount": None if amount is None else Decimal(amount),
        "reason": "当月考核",
        "signed_at": at("2026-10-14 18:00") if signed else None,
    }
    house.create("reward_penalty", said, MANAGER)


def whole_month(house: House) -> None:
    """Let everything happen that the month's slips rest on."""
    stays(
        house,
        "孙",
        Stay("2026-10-02 10:00", "2026-10-05 15:00", 30, "179956.50", october(7)),
        # An hour before the guest comes is in time, a minute less is not.
        Stay("2026-10-15 14:00", "2026-10-15 15:00", 10, "4015.25", october(17)),
        Stay("2026-10-15 14:01", "2026-10-15 15:00", 20, "8000.00", october(17)),
    )
    stays(
        house,
        "钱",
        Stay("2026-10-09 09:00", "2026-10-10 15:00", 40, "20000.00", october(12)),
        Stay(
            "2026-10-09 09:00",
            "2026-10-10 15:00",
            50,
            "15000.00",
            october(12),
            old_agreement=True,
        ),
    )
    faulty, blamed, *_ = stays(
        house,
        "李",
        Stay("2026-10-10 09:00", "2026-10-12 15:00", 25, "9700.00", october(13)),
        Stay("2026-10-20 09:00", "2026-10-22 15:00", 12, "4333.33", october(25)),
        # Booked in October, consumed by November.
        Stay("2026-10-30 09:00", "2026-10-31 15:00", 5, "1500.00", date(2026, 11, 2)),
    )
    complain(house, faulty, "valid")
    complain(house, blamed, "invalid")
    _, fraud, cancelled, _ = stays(
        house,
        "赵",
        # Booked in September, consumed in October.
        Stay("2026-09-28 09:00", "2026-10-01 15:00", 10, "3333.30", october(3)),
        Stay("2026-10-11 09:00", "2026-10-12 15:00", 8, "3104.00", october(13)),
        Stay("2026-10-11 09:00", "2026-10-13 15:00", 100, "0.00", None),
        Stay("2026-10-11 09:00", "2026-10-14 15:00", 6, "2328.00", None),
    )
    house.take("hotel_booking", cancelled, "cancel", "赵", comment="客人改期")
    dismissed = {
        "person": house.staff(FRONT),
        "kind": "dismissal",
        "occasion": "booking_fraud",
        "fraud_kind": "walk_in",
        "found_on": october(14),
        "booking": fraud,
        "reason": "把散客信息告诉客户经理",
    }
    house.create("reward_penalty", dismissed, MANAGER)
    stays(
        house,
        "冯",
        Stay(
            "2026-10-11 09:00", "2026-10-12 15:00", 9, "3492.00", october(13), by=CLERK
        ),
        Stay(
            "2026-10-11 09:00",
            "2026-10-11 09:00",
            3,
            "1164.00",
            october(13),
            by=CLERK,
            origin="walk_in",
        ),
    )
    note(house, "孙", "bonus", "200.00")
    note(house, "孙", "deduction", "900.00")
    note(house, "孙", "deduction", "30.00", signed=False)
    note(house, "钱", "deduction", "100.00")
    note(house, MANAGER, "deduction", "120.00")
    note(house, CLERK, "bonus", "200.00")
    note(house, CLERK, "deduction", "50.00")
    note(house, CLERK, "warning", None)


def slips(house: House, period: str) -> dict[str, list[str]]:
    """Return the figures of a month's slips by name, the total at the end."""
    with house.database.write() as session:
        run = payroll.calculate(session, period, Writer(PAYER, NOON, ZONE))
        found = session.scalars(select(PaySlip).filter_by(run_id=run.id)).all()
        return {
            one.staff_number: [
                f"{item.code} {item.amount:.2f}" for item in one.items if item.amount
            ]
            + [f"{one.total:.2f}"]
            for one in found
        }


def test_october_is_worked_out_for_everybody(house: House) -> None:
    whole_month(house)

    assert slips(house, "2026-10") == {
        # 30 + 10 rooms at 388.00 are 15,520.00, as much as 钱 has: both share the first
        # and second award, (1,500.00 + 1,000.00) / 2. 179,956.50 + 4,015.25 =
        # 183,971.75 x 1.5 % = 2,759.57625. A fifth of 2,759.58 + 1,250.00 + 200.00 =
        # 4,209.58 is 841.916: of the 900.00 signed for 58.084 are not deducted.
        "孙": [
            "consumption 183971.75",
            "commission 2759.58",
            "booked 15520.00",
            "award 1250.00",
            "bonus 200.00",
            "deductions 900.00",
            "fifth -58.08",
            "3367.66",
        ],
        # 40 x 388.00; 20,000.00 x 1.5 %. 1,550.00 are below the minimum wage of
        # 2,490.00, so nothing of the 100.00 is deducted.
        "钱": [
            "consumption 20000.00",
            "commission 300.00",
            "booked 15520.00",
            "award 1250.00",
            "deductions 100.00",
            "fifth -100.00",
            "1550.00",
        ],
        # Two of three count: 12 + 5 rooms are the third total, 4,333.33 x 1.5 % =
        # 64.99995; what was booked with an error is nobody's result.
        "李": [
            "consumption 4333.33",
            "commission 65.00",
            "booked 6596.00",
            "award 500.00",
            "565.00",
        ],
        # 3,333.30 x 1.5 % = 49.9995. Nothing for the fraud, for what was cancelled and
        # for what waits for its review; no award for September's booking.
        "赵": ["consumption 3333.30", "commission 50.00", "50.00"],
        # Not in person with the clerk, and a guest who was there already.
        "冯": ["0.00"],
        # 3,000.00 - 120.00, well below a fifth of 8,000.00
        MANAGER: ["base 3000.00", "deductions 120.00", "2880.00"],
        # 800.00 + 200.00 - 50.00, and a warning in words
        CLERK: ["base 800.00", "bonus 200.00", "deductions 50.00", "950.00"],
        FRONT: ["base 600.00", "600.00"],
        GUESTS: ["0.00"],
    }


def test_november_pays_what_the_guest_settles_then(house: House) -> None:
    whole_month(house)

    # 1,500.00 x 1.5 %; the booking took part in October's ranks and not in these.
    assert slips(house, "2026-11")["李"] == [
        "consumption 1500.00",
        "commission 22.50",
        "22.50",
    ]


def test_october_changes_when_a_complaint_is_judged_later(house: House) -> None:
    whole_month(house)
    slips(house, "2026-10")
    with house.database.read() as session:
        table = catalogue.current().table("complaint_log")
        query = select(table.c.id).where(table.c.judgement == "valid")
        (found,) = session.scalars(query)
    house.change("complaint_log", found, {"judgement": "invalid"}, GUESTS)

    # 4,333.33 + 9,700.00 = 14,033.33 x 1.5 % = 210.49995; 42 rooms make 16,296.00, the
    # first place: 孙 and 钱 share the second and third, (1,000.00 + 500.00) / 2.
    again = slips(house, "2026-10")
    assert again["李"] == [
        "consumption 14033.33",
        "commission 210.50",
        "booked 16296.00",
        "award 1500.00",
        "1710.50",
    ]
    assert "award 750.00" in again["孙"]
    assert again["钱"][-1] == "1050.00"
