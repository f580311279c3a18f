"""Orders: their warranty, standard hours, and the month's hours they add up to."""

from datetime import date
from decimal import Decimal

import pytest

from models.entry_errors import EntryRefusedError
from tests.models.register_desk import Desk, at


def test_an_order_is_in_warranty_on_its_last_day_at_the_desk(desk: Desk) -> None:
    machine = desk.machine(desk.person("E01"))

    until = desk.get("machine_file", machine)["warranty_until"]
    late_evening, next_morning = (
        desk.get("service_order", desk.order(machine=machine, reported_at=at(local)))
        for local in ("2027-01-31 23:59", "2027-02-01 00:00")
    )

    assert until == date(2027, 1, 31)
    assert late_evening["warranty"] == "in"
    assert next_morning["warranty"] == "out"


def test_standard_hours_are_the_models_own_before_those_of_all_models(
    desk: Desk,
) -> None:
    machine = desk.machine(desk.person("E01"))
    model = desk.get("machine_file", machine)["model"]
    desk.create("man_hour_standard", order_type="installation", model=model, hours=16)
    desk.create("man_hour_standard", order_type="installation", hours=8)
    desk.create("man_hour_standard", order_type="repair", hours=4)

    own, general = (
        desk.get("service_order", desk.order(machine=machine, order_type=kind))
        for kind in ("installation", "repair")
    )

    assert (own["standard_hours"], own["claimed_hours"]) == (16, 16)
    assert general["standard_hours"] == Decimal(4)


def test_support_of_another_team_needs_no_customer_and_no_machine(desk: Desk) -> None:
    supported = desk.order(order_type="support")

    with pytest.raises(EntryRefusedError) as refused:
        desk.order(order_type="repair")

    assert desk.get("service_order", supported)["customer"] is None
    assert {one.field for one in refused.value.problems} == {"customer", "machine"}


def test_the_months_hours_follow_approved_orders_and_leave_rework_out(
    desk: Desk,
) -> None:
    engineer, second = desk.person("E01"), desk.person("E02")
    done = {
        "engineer": engineer,
        "reported_at": at("2026-09-30 09:00"),
        "finished_at": at("2026-09-30 17:30"),
    }
    machine = desk.machine(engineer)
    repaired = desk.order(machine=machine, **done, approved_hours=Decimal(4))
    desk.order(machine=machine, **done, approved_hours=Decimal("2.5"), rework=True)
    desk.order(
        order_type="support",
        **done,
        second_engineer=second,
        approved_hours=Decimal(1),
        second_approved_hours=Decimal(3),
    )

    (month,) = desk.find("work_hours", engineer=engineer)
    desk.change("work_hours", month["id"], rate=Decimal(18))
    desk.change("service_order", repaired, approved_hours=Decimal(5))

    (month,) = desk.find("work_hours", engineer=engineer)
    assert month["month_on"] == date(2026, 9, 1)
    assert (month["repair_hours"], month["support_hours"]) == (5, 1)
    assert (month["total_hours"], month["rework_hours"]) == (6, Decimal("2.5"))
    assert month["amount"] == Decimal("108.00")
    (helped,) = desk.find("work_hours", engineer=second)
    assert helped["total_hours"] == 3


def test_a_finished_repair_counts_at_its_machine_until_it_is_binned(
    desk: Desk,
) -> None:
    machine = desk.machine(desk.person("E01"))
    finished = desk.order(
        machine=machine,
        finished_at=at("2026-10-14 11:00"),
        reported_at=at("2026-10-14 09:00"),
    )
    desk.order(machine=machine)

    counted = desk.get("machine_file", machine)["repair_count"]
    desk.bin("service_order", finished)

    assert counted == 1
    assert desk.get("machine_file", machine)["repair_count"] == 0
