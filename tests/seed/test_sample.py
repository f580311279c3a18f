"""The sample department, in its figures, on both databases."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    access,
    accounts,
    catalogue,
    entries,
    pay_reading,
    payroll,
    preferences,
    samples,
)
from models.access import SYSTEM, Action, Person, marked
from models.calendars import Calendar
from models.clock_table import Clock
from models.database import Database
from models.history import ChangeEvent
from models.outside_tables import EntryChange
from models.pay_tables import PayRun, PaySlip
from models.rules.deadlines import due_instant
from models.rules.how_long_notation import parse_how_long
from models.words import PersonError
from seed.sample.days import NOW, OCTOBER, SEPTEMBER, WORKDAYS
from seed.sample.loading import add_rows, load_sample
from seed.sample.removing import remove_sample
from seed.sample.staff_accounts import PASSWORD
from tests.seed.conftest import WRITER, ZONE

Rows = list[dict[str, Any]]
FIRST_OF_OCTOBER = date(2026, 10, 1)


def rows_of(session: Session, register: str) -> Rows:
    query = access.visible(SYSTEM, register)
    return entries.load(session, catalogue.current()[register], query)


def month(moment: datetime) -> int:
    return moment.astimezone(ZONE).month


def names(session: Session) -> dict[int, str]:
    return {row["id"]: row["name"] for row in rows_of(session, "staff")}


def verdicts(session: Session, code: str, in_month: int) -> Counter[bool]:
    """Return how many clocks due in a month were kept and broken."""
    found = session.scalars(select(Clock).filter_by(target_code=code))
    return Counter(
        one.breached_at is None for one in found if month(one.due_at) == in_month
    )


@pytest.mark.parametrize(
    ("register", "count"),
    [
        ("staff", 13),
        ("customer_file", 320),
        ("machine_model", 9),
        ("machine_file", 520),
        ("call_log", 1190),
        ("complaint_log", 36),
        ("service_order", 416),
        ("inventory", 12),
        ("board_repair", 64),
        ("business_trip", 34),
        ("expense_claim", 30),
        ("training_plan", 2),
        ("training_record", 6),
        ("staff_talk", 20),
        ("work_hours", 10),
    ],
)
def test_each_register_has_its_rows(
    sample: Database, register: str, count: int
) -> None:
    with sample.read() as session:
        found = rows_of(session, register)
        assert len(found) == count
        assert samples.marked_ids(session, register) == {row["id"] for row in found}


def test_two_months_of_workdays() -> None:
    assert (len(SEPTEMBER), len(OCTOBER)) == (22, 18)
    assert len(WORKDAYS) == 40


def test_calls_have_their_shares_and_peaks(sample: Database) -> None:
    with sample.read() as session:
        calls = rows_of(session, "call_log")
        late = sum(
            verdicts(session, "call_log.reply", one)[False] for one in (9, 10, 11)
        )
    kinds = Counter(row["category"] for row in calls)
    days = Counter(row["received_at"].astimezone(ZONE).date() for row in calls)

    assert kinds["repair"] == 405
    assert kinds["complaint"] == 36
    promised = kinds["repair"] + kinds["enquiry"] + kinds["complaint"]
    assert round(100 * (promised - late) / promised) == 96
    assert days[OCTOBER[0]] > 1.4 * days[OCTOBER[1]]
    assert set(days) == set(WORKDAYS)


def test_complaints_have_their_kinds_and_judgements(sample: Database) -> None:
    with sample.read() as session:
        found = rows_of(session, "complaint_log")
        late = session.scalars(
            select(Clock).filter_by(target_code="complaint_log.first_reply")
        )
        kept = sum(one.breached_at is None for one in late)

    assert Counter(row["category"] for row in found)["late_visit"] == 10
    assert Counter(row["judgement"] for row in found) == {
        "valid": 22,
        "invalid": 9,
        "pending": 5,
    }
    assert round(100 * kept / len(found)) == 89
    assert all(row["call"] for row in found)


def test_orders_come_to_the_hours_of_each_engineer(sample: Database) -> None:
    with sample.read() as session:
        people = names(session)
        orders = rows_of(session, "service_order")
    hours: Counter[tuple[int, str]] = Counter()
    for row in orders:
        hours[row["work_month"].month, people[row["engineer"]][0]] += row[
            "counted_hours"
        ]

    assert [hours[10, one] for one in "周吴郑陈冯"] == [
        Decimal("132.5"),
        118,
        Decimal("121.5"),
        96,
        88,
    ]
    assert sum(count for (one, _), count in hours.items() if one == 9) == 700
    assert sum(hours.values()) == 1256
    assert Counter(row["order_type"] for row in orders) == {
        "installation": 22,
        "repair": 118,
        "board": 64,
        "inspection": 40,
        "remote": 160,
        "support": 12,
    }


def test_hours_of_the_month_are_counted_from_the_orders(sample: Database) -> None:
    with sample.read() as session:
        people = names(session)
        found = {
            (row["month_on"].month, people[row["engineer"]][0]): row
            for row in rows_of(session, "work_hours")
        }

    assert found[10, "周"]["total_hours"] == Decimal("132.5")
    assert found[10, "周"]["amount"] == Decimal("2385.00")
    assert found[9, "周"]["review"] == "passed"
    assert found[10, "陈"]["board_hours"] == 96


def test_standard_hours_are_found_for_each_kind_of_order(sample: Database) -> None:
    with sample.read() as session:
        orders = rows_of(session, "service_order")

    wrong = [
        row["number"]
        for row in orders
        if row["order_type"] != "support"
        and row["standard_hours"] != row["approved_hours"]
    ]
    assert wrong == []


def test_callbacks_after_a_service_are_late_as_told(sample: Database) -> None:
    with sample.read() as session:
        orders = {row["id"]: row for row in rows_of(session, "service_order")}
        called = [
            row
            for row in rows_of(session, "callback_log")
            if row["kind"] == "after_service"
        ]
        september = verdicts(session, "service_order.callback", 9)
        october = verdicts(session, "service_order.callback", 10)
    day = timedelta(days=1)
    plain = [
        row
        for row in called
        if month(row["called_at"]) == 10
        and row["called_at"] > orders[row["service_order"]]["finished_at"] + day
    ]

    assert (september.total(), september[False]) == (74, 5)
    assert (october.total(), october[False]) == (66, 3)
    assert len(plain) == 10
    ended = Counter(row["outcome"] for row in called)
    assert ended["connected"] == 95
    assert ended["no_answer"] == 30
    assert ended["busy"] + ended["refused"] == 8
    assert (ended["dead"], ended["postponed"]) == (4, 3)


def test_a_repair_before_the_holiday_may_be_called_back_after_it(
    sample: Database,
) -> None:
    finished = datetime(2026, 9, 30, 17, 30, tzinfo=ZONE)
    with sample.read() as session:
        clock = session.scalars(
            select(Clock).filter_by(
                target_code="service_order.callback", started_at=finished
            )
        ).one()

    assert clock.due_at == datetime(2026, 10, 8, 17, 30, tzinfo=ZONE)
    assert clock.breached_at is None


def test_both_clerks_call_ten_customers_a_day_as_told(sample: Database) -> None:
    with sample.read() as session:
        people = names(session)
        daily = [
            row for row in rows_of(session, "callback_log") if row["kind"] == "daily"
        ]
    reached: dict[tuple[str, date], set[int]] = {}
    for row in daily:
        key = (people[row["caller"]], row["called_at"].astimezone(ZONE).date())
        reached.setdefault(key, set()).add(row["customer"])

    def kept(name: str, days: tuple[date, ...]) -> tuple[int, int]:
        counts = [len(reached[name, day]) for day in days if (name, day) in reached]
        return sum(one >= 10 for one in counts), len(counts)

    assert kept("林晓棠", SEPTEMBER) == (21, 22)
    assert kept("林晓棠", OCTOBER) == (17, 18)
    assert kept("何佳禾", SEPTEMBER) == (20, 22)
    assert kept("何佳禾", OCTOBER) == (14, 17)


def test_trainings_and_their_plan(sample: Database) -> None:
    with sample.read() as session:
        held = rows_of(session, "training_record")
        clocks = session.scalars(
            select(Clock)
            .filter_by(target_code="training_plan.submitted")
            .order_by(Clock.due_at)
        ).all()
    long_enough = Counter(month(row["held_at"]) for row in held if row["minutes"] >= 30)

    assert long_enough == {9: 3, 10: 2}
    assert clocks[1].due_at == datetime(2026, 10, 8, 18, tzinfo=ZONE)
    assert clocks[1].met_at == datetime(2026, 10, 8, 11, 20, tzinfo=ZONE)
    assert [one.breached_at for one in clocks] == [None, None]


def test_plan_of_october_is_in_time_only_for_the_roll(sample: Database) -> None:
    with sample.read() as session:
        clock = session.scalars(
            select(Clock)
            .filter_by(target_code="training_plan.submitted")
            .order_by(Clock.due_at.desc())
        ).first()
        assert clock is not None
        calendar = session.get_one(Calendar, clock.calendar_id).opened()
    as_is = parse_how_long("day 5 as_is")

    unrolled = due_instant(clock.started_at, as_is, calendar)

    assert unrolled == datetime(2026, 10, 6, tzinfo=ZONE)  # the end of the 5th
    assert clock.met_at is not None
    assert unrolled < clock.met_at < clock.due_at


def test_trips_reports_and_claims(sample: Database) -> None:
    with sample.read() as session:
        people = names(session)
        reports = session.scalars(
            select(Clock).filter_by(target_code="business_trip.report")
        ).all()
        claims = session.scalars(
            select(Clock).filter_by(target_code="business_trip.expense_claim")
        ).all()
        entered = rows_of(session, "expense_claim")
    late = [one for one in reports if one.breached_at is not None]

    assert sum(one.breached_at is None for one in reports) == 28
    assert [people[one.holder_id or 0] for one in late if month(one.due_at) == 10] == [
        "周启航"
    ]
    in_time = [one for one in claims if one.met_at and one.breached_at is None]
    assert len(in_time) == 27
    assert sum(one.met_at is None for one in claims) == 4
    assert sum(row["special_approval"] for row in entered) == 2
    assert sum(row["review"] == "returned" for row in entered) == 1


def test_no_stock_is_below_zero_and_some_is_below_its_warning(
    sample: Database,
) -> None:
    with sample.read() as session:
        levels = rows_of(session, "stock_level")
        parts = rows_of(session, "inventory")
    at_main: Counter[int] = Counter()
    for row in levels:
        at_main[row["item"]] += row["quantity"]

    assert min(row["quantity"] for row in levels) >= 0
    assert sum(row["main_quantity"] < row["warning_quantity"] for row in parts) == 3
    for row in parts:
        assert at_main[row["id"]] == row["main_quantity"] + row["bag_quantity"]


def test_38_of_100_machines_are_in_warranty(sample: Database) -> None:
    with sample.read() as session:
        machines = rows_of(session, "machine_file")
    covered = sum(row["warranty_until"] >= NOW.date() for row in machines)

    assert round(100 * covered / len(machines)) == 38


def test_handovers_count_the_calls_of_their_person_and_day(sample: Database) -> None:
    with sample.read() as session:
        calls = Counter(
            (row["first_asked"], row["received_at"].astimezone(ZONE).date())
            for row in rows_of(session, "call_log")
        )
        handovers = rows_of(session, "handover_book")

    assert len(handovers) == len(WORKDAYS)
    for row in handovers:
        of = (row["handed_over_by"], row["shift_on"])
        assert row["call_count"] == calls[of] > 0


def test_machines_know_when_their_customers_were_last_reached(
    sample: Database,
) -> None:
    with sample.read() as session:
        last: dict[int, datetime] = {}
        for row in rows_of(session, "callback_log"):
            if row["machine"] and row["outcome"] == "connected":
                earlier = last.get(row["machine"], row["called_at"])
                last[row["machine"]] = max(earlier, row["called_at"])
        machines = rows_of(session, "machine_file")

    assert last
    assert last == {
        row["id"]: row["last_callback_at"]
        for row in machines
        if row["last_callback_at"] is not None
    }


def test_entries_are_numbered_and_dated_by_their_own_day(sample: Database) -> None:
    with sample.read() as session:
        complaints = rows_of(session, "complaint_log")
        events = session.scalar(
            select(func.count()).where(ChangeEvent.register == "complaint_log")
        )
    first = min(complaints, key=lambda row: row["received_at"])

    assert first["number"] == "202609001"
    assert all(row["created_at"] == row["received_at"] for row in complaints)
    assert events == len(complaints)


FINANCE = Person(
    name="财务",
    grants=(
        access.Grant("pay.slip", frozenset({Action.LIST}), access.Rows.ALL),
        access.Grant("pay.calculate", frozenset({Action.APPROVE}), access.Rows.ALL),
    ),
)


def calculate(session: Session) -> PayRun:
    return payroll.calculate(session, "2026-10", replace(WRITER, person=FINANCE))


@pytest.fixture
def slips(sample: Database) -> Mapping[str, PaySlip]:
    with sample.write() as session:
        run = calculate(session)
        assert run.errors == 0
        return {one.name[0]: one for one in pay_reading.slips(session, FINANCE, run)}


# What each of the twelve gets, reckoned by hand.
OCTOBER_TOTALS = {
    "顾": "2460.00",  # 34 + 18 + 33 + 2 = 87; 3000 x 87 % = 2610.00 - 500 x 30 %
    "沈": "1305.00",  # (2 x 90 + 84) / 3 = 88; 1500 x 88 % = 1320.00 - 3 x 5.00
    "林": "1094.00",  # 1200 x 92 % = 1104.00 - 1 x 10.00
    "何": "990.00",  # 1200 x 85 % = 1020.00 - 3 x 10.00
    "苏": "900.00",  # 1000 x 90 %
    "周": "1865.00",  # 132.5 x 18.00 = 2385.00 - 500.00 - 20.00
    "吴": "2336.40",  # 118 x 18.00 = 2124.00 x 1.10
    "郑": "2187.00",  # 121.5 x 18.00
    "陈": "1728.00",  # 96 x 18.00
    "冯": "1425.60",  # 88 x 18.00 = 1584.00 x 0.90
    "许": "760.00",  # 800 x 95 %
    "韩": "1116.00",  # 1200 x 93 %
}


def test_october_pays_each_of_the_twelve_as_reckoned_by_hand(
    slips: Mapping[str, PaySlip],
) -> None:
    totals = {name: str(one.total) for name, one in slips.items()}
    lines = {one.code: one.amount for one in slips["周"].items}

    assert totals == OCTOBER_TOTALS
    assert sum(Decimal(one) for one in OCTOBER_TOTALS.values()) == Decimal("18167.00")
    assert lines["signed_deductions"] == Decimal("500.00")
    assert lines["late_reports"] == Decimal("20.00")


def test_the_manager_bears_thirty_per_cent_of_the_complaint_alone(
    slips: Mapping[str, PaySlip],
) -> None:
    lines = {one.code: one.amount for one in slips["顾"].items}

    assert lines["joint_liability"] == Decimal("150.00")
    assert lines["late_reports"] == Decimal("0.00")


def test_every_one_of_the_twelve_gets_a_slip_and_nobody_else(
    slips: Mapping[str, PaySlip],
) -> None:
    assert sorted(one.staff_number for one in slips.values()) == [
        f"HY{number:03}" for number in range(1, 13)
    ]


def test_executive_of_the_sample_may_approve_and_lock_its_pay(
    sample: Database,
) -> None:
    with sample.read() as session:
        account = accounts.find(session, "HY013")
        assert account is not None
        person = accounts.person_of(session, account)

    assert {"pay.approve", "pay.lock"} <= payroll.rights_of(person)
    assert "pay.review" not in payroll.rights_of(person)


def test_everybody_signs_in_with_the_number_and_the_known_password(
    sample: Database,
) -> None:
    with sample.read() as session:
        for number in ("HY001", "HY006", "HY013"):
            account = accounts.find(session, number)
            assert account is not None
            assert accounts.verify_password(account, PASSWORD)
            assert not account.must_set_password
        manager = accounts.find(session, "19800000001")
        assert manager is not None
        assert [one.code for one in manager.roles] == ["service_manager"]


def test_it_is_not_loaded_twice(sample: Database) -> None:
    with pytest.raises(PersonError, match="已经载入"):
        load_sample(sample, "after_sales", WRITER)


def test_it_is_taken_away_without_a_trace(sample: Database) -> None:
    with sample.write() as session:
        calculate(session)

    remove_sample(sample, WRITER)

    with sample.read() as session:
        left = {
            one.code: len(rows_of(session, one.code)) for one in catalogue.current()
        }
        assert {code: n for code, n in left.items() if n} == {
            "post": 7,
            "man_hour_standard": 6,
            "offence": 2,
            "offence_step": 8,
        }
        assert session.scalar(select(func.count()).select_from(Clock)) == 0
        assert session.scalar(select(func.count()).select_from(PaySlip)) == 0
        assert accounts.find(session, "HY001") is None
        assert preferences.get(session, preferences.SAMPLE) is None
        assert preferences.get(session, preferences.COMPANY) is None


def test_it_can_be_loaded_again_and_is_the_same(sample: Database) -> None:
    with sample.read() as session:
        before = {row["number"] for row in rows_of(session, "call_log")}

    remove_sample(sample, WRITER)
    load_sample(sample, "after_sales", WRITER)

    with sample.read() as session:
        assert {row["number"] for row in rows_of(session, "call_log")} == before


def test_what_somebody_entered_stays_with_what_it_needs(sample: Database) -> None:
    with sample.write() as session:
        customer = rows_of(session, "customer_file")[5]
        call = entries.create(
            session,
            "call_log",
            {
                "phone": "13900000000",
                "customer": customer["id"],
                "category": "enquiry",
                "content": "自己登记的来电",
                "result": "solved",
            },
            WRITER,
        )

    said = remove_sample(sample, WRITER)

    assert "留下了" in said.zh
    with sample.read() as session:
        (left,) = rows_of(session, "call_log")
        kept = rows_of(session, "customer_file")
    assert (left["id"], left["customer"]) == (call, customer["id"])
    assert [row["name"] for row in kept] == [customer["name"]]


def test_neither_loading_nor_removing_is_taken_for_another_program(
    sample: Database,
) -> None:
    noticed = select(func.count()).select_from(EntryChange)
    with sample.read() as session:
        assert session.scalar(noticed) == 0

    add_rows(sample, "after_sales", 30, WRITER)
    remove_sample(sample, WRITER)

    with sample.read() as session:
        assert session.scalar(noticed) == 0


def test_rows_for_trials_are_marked_and_go_with_the_sample(sample: Database) -> None:
    add_rows(sample, "after_sales", 30, WRITER)
    add_rows(sample, "after_sales", 30, WRITER)

    table = catalogue.current().table("complaint_log")
    with sample.read() as session:
        counted = select(func.count()).select_from(table)
        assert session.scalar(marked(counted, "complaint_log")) == 36 + 60
        assert len(samples.marked_ids(session, "complaint_log")) == 36 + 60


def test_rows_for_trials_need_somebody_to_have_entered_them(empty: Database) -> None:
    with pytest.raises(PersonError, match="样例"):
        add_rows(empty, "after_sales", 10, WRITER)


def test_there_is_nothing_to_take_away_from_an_empty_installation(
    empty: Database,
) -> None:
    with pytest.raises(PersonError, match="没有样例"):
        remove_sample(empty, WRITER)
