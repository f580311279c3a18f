"""A vehicle GPS service: from the installation request to the money in the till."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from models.entry_errors import EntryRefusedError, StepRefusedError
from tests.databases import Builder
from tests.seed.trade_office import Office, at, office_of

SERVICE = office_of(
    "gps_service",
    (
        ("gps_division_manager", "GPS事业部经理"),
        ("gps_area_lead", "区域客服负责人"),
        ("gps_manager", "区域客服经理"),
        ("gps_clerk", "定位客服"),
        ("gps_technician", "安装维修员"),
    ),
)
DIVISION, LEAD, MANAGER = "gps_division_manager", "gps_area_lead", "gps_manager"
CLERK, TECHNICIAN = "gps_clerk", "gps_technician"
READY = {
    "information_checked": True,
    "tools_ready": True,
    "parts_ready": True,
    "documents_ready": True,
}


class Service(Office):
    """The office, with a customer of an area and a fitted vehicle."""

    def __init__(self, url: str) -> None:
        """Write the files that orders choose from."""
        super().__init__(url)
        area = self.create("area", {"name": "吴中", "in_charge": self.id(LEAD)})
        self.customer = self.create(
            "customer_file",
            {
                "name": "平江物流",
                "address": "平江路 8 号",
                "phone": "051268880000",
                "area": area,
                "account_manager": self.id(MANAGER),
            },
        )
        model = self.create("machine_model", {"name": "T8", "warranty_months": 12})
        self.terminal = self.create(
            "machine_file",
            {
                "serial_number": "T8-0001",
                "model": model,
                "customer": self.customer,
                "installed_on": at("2026-01-10 00:00").date(),
            },
        )
        self.vehicle = self.create(
            "vehicle_file",
            {
                "plate": "苏E12345",
                "customer": self.customer,
                "terminal": self.terminal,
                "sim": "1440001",
            },
            CLERK,
        )

    def repair(self, **values: Any) -> int:
        """Take down a repair of the vehicle."""
        said = {"vehicle": self.vehicle, "problem": "掉线", "symptom": "灯不亮"}
        return self.create("gps_repair", said | values, CLERK)

    def send_out(self, key: int, register: str = "gps_repair") -> None:
        """Have an order approved, assigned and begun."""
        self.take(register, key, "submit", CLERK)
        self.take(register, key, "approve", DIVISION)
        said: dict[str, Any] = {
            "technician": self.id(TECHNICIAN),
            "appointed_at": at("15:00"),
        }
        self.take(register, key, "assign", LEAD, **said)
        self.change(register, key, READY, TECHNICIAN)
        self.take(register, key, "depart", TECHNICIAN, "13:00")

    def mend(self, key: int, cause: str) -> None:
        """Have a repair done that is on its way."""
        said: dict[str, Any] = {"cause": cause, "measures": "更换终端"}
        self.take("gps_repair", key, "arrive repair", TECHNICIAN, "16:00", **said)


@pytest.fixture
def service(prepared_database: Callable[[str, Builder], str]) -> Iterator[Service]:
    opened = Service(prepared_database("office_gps_service", SERVICE))
    yield opened
    opened.close()


def test_a_request_waits_for_its_vehicles_and_their_drivers(service: Service) -> None:
    key = service.create("gps_request", {"customer": service.customer}, CLERK)
    assert service.may("gps_request", key, CLERK) == {"cancel"}
    part = {"request": key, "plate": "苏E12345"}
    line = service.create("gps_request_vehicle", part, CLERK)

    assert service.get("gps_request", key)["without_driver"] == 1
    assert "check_papers" not in service.may("gps_request", key, CLERK)
    driver = {"driver": "周师傅", "driver_phone": "13912345678"}
    service.change("gps_request_vehicle", line, driver, CLERK)
    service.take("gps_request", key, "check_papers", CLERK, "09:30")

    assert service.get("gps_request", key)["vehicles"] == 1
    due = service.due("gps_request", key, "gps_request.dispatched")
    assert due == "10-15 09:30"
    service.create("gps_dispatch", {"request": key}, CLERK, "11:00")
    clock = service.clock("gps_request", key, "gps_request.dispatched")
    assert clock.met_at == at("11:00")


def test_a_dispatch_order_takes_over_the_vehicles_and_walks_to_its_end(
    service: Service,
) -> None:
    request = service.create("gps_request", {"customer": service.customer}, CLERK)
    line = service.create(
        "gps_request_vehicle",
        {"request": request, "plate": "苏E66666", "install_position": "仪表台"},
        CLERK,
    )
    key = service.create("gps_dispatch", {"request": request}, CLERK)
    part = {"dispatch": key, "request_vehicle": line}
    own = service.create("gps_dispatch_vehicle", part, CLERK)

    order = service.get("gps_dispatch", key)
    assert (order["number"], order["area_lead"]) == ("PG202610001", service.id(LEAD))
    assert service.get("gps_dispatch_vehicle", own)["plate"] == "苏E66666"
    service.send_out(key, "gps_dispatch")
    assert service.may("gps_dispatch", key, TECHNICIAN) == set()
    done = {"terminal_no": "T8-0002", "sim": "1440002", "completed_at": at("15:00")}
    service.change("gps_dispatch_vehicle", own, done, TECHNICIAN)
    service.take("gps_dispatch", key, "finish", TECHNICIAN, "15:30")
    said: dict[str, Any] = {"documents_complete": True, "work_quality": "good"}
    assert service.take("gps_dispatch", key, "close", LEAD, **said) == "closed"

    closed = service.get("gps_dispatch", key)
    assert (closed["fee_due"], closed["paid"]) == (0, "free")
    assert service.figure("gps_installed", TECHNICIAN) == 1


def test_only_the_division_manager_approves_and_the_area_assigns(
    service: Service,
) -> None:
    key = service.repair()
    service.take("gps_repair", key, "submit", CLERK)

    assert "approve" not in service.may("gps_repair", key, LEAD)
    assert "approve" not in service.may("gps_repair", key, CLERK)
    service.take("gps_repair", key, "approve", DIVISION)
    assert "assign" in service.may("gps_repair", key, LEAD)
    assert "assign" in service.may("gps_repair", key, MANAGER)
    assert "assign" not in service.may("gps_repair", key, CLERK)


def test_nobody_leaves_before_all_is_checked_and_ready(service: Service) -> None:
    key = service.repair()
    service.take("gps_repair", key, "submit", CLERK)
    service.take("gps_repair", key, "approve", DIVISION)
    said: dict[str, Any] = {
        "technician": service.id(TECHNICIAN),
        "appointed_at": at("15:00"),
    }
    service.take("gps_repair", key, "assign", MANAGER, **said)

    service.change("gps_repair", key, READY | {"tools_ready": False}, TECHNICIAN)
    with pytest.raises(StepRefusedError):
        service.take("gps_repair", key, "depart", TECHNICIAN)
    service.change("gps_repair", key, {"tools_ready": True}, TECHNICIAN)
    assert service.take("gps_repair", key, "depart", TECHNICIAN) == "departed"


def test_a_repair_carries_both_terminals_and_both_cards(service: Service) -> None:
    key = service.repair()
    service.send_out(key)
    service.take("gps_repair", key, "arrive", TECHNICIAN, "14:00")
    changed = {"sent_back": True, "new_terminal_no": "T8-0003", "sim_changed": True}
    with pytest.raises(EntryRefusedError) as caught:
        service.change(
            "gps_repair", key, changed | {"old_terminal_no": "T8-0001"}, TECHNICIAN
        )
    assert {one.field for one in caught.value.problems} == {"old_sim", "new_sim"}

    numbers = {"old_terminal_no": "T8-0001", "old_sim": "1440001", "new_sim": "1440009"}
    service.change("gps_repair", key, changed | numbers, TECHNICIAN)
    assert "repair" not in service.may("gps_repair", key, TECHNICIAN)
    with pytest.raises(EntryRefusedError):
        service.change("gps_repair", key, {"new_terminal_no": "T8-0001"}, TECHNICIAN)
    service.change("gps_repair", key, {"labelled": True}, TECHNICIAN)
    assert "repair" in service.may("gps_repair", key, TECHNICIAN)


def test_on_site_within_48_hours_and_repaired_within_24_if_possible(
    service: Service,
) -> None:
    key = service.repair(reported_at=at("2026-10-13 15:30"))
    assert service.due("gps_repair", key, "gps_repair.on_site") == "10-15 15:30"
    assert service.due("gps_repair", key, "gps_repair.repaired") == "10-14 15:30"

    service.send_out(key)
    service.mend(key, "terminal")

    assert service.clock("gps_repair", key, "gps_repair.on_site").breached_at is None
    aim = service.clock("gps_repair", key, "gps_repair.repaired")
    assert aim.breached_at == at("15:30")


@pytest.mark.parametrize(
    ("reported", "cause", "fee"),
    [
        ("2026-10-14 08:00", "terminal", "0.00"),
        ("2027-01-11 08:00", "terminal", "45.60"),
        ("2026-10-14 08:00", "water", "195.60"),
    ],
)
def test_parts_are_charged_out_of_warranty_and_for_what_people_did(
    service: Service, reported: str, cause: str, fee: str
) -> None:
    key = service.repair(reported_at=at(reported))
    place = service.create("stock_place", {"name": "总仓", "kind": "main"})
    item = service.create(
        "inventory", {"item_code": "P1", "name": "天线", "price": Decimal("22.80")}
    )
    receipt = {"kind": "receive", "item": item, "to_place": place, "quantity": 9}
    service.create("stock_movement", receipt)
    used = {"kind": "use", "item": item, "from_place": place, "quantity": 2}
    service.create("stock_movement", used | {"gps_repair": key})
    if reported < "2027":
        service.send_out(key)
        service.mend(key, cause)
    if cause == "water":
        harm = {"repair": key, "description": "进水", "evidence_taken": True}
        damage = service.create("gps_damage", harm, TECHNICIAN)
        said: dict[str, Any] = {
            "customer_talk": "客户认可",
            "determination": cause,
            "fee": 150,
        }
        service.take("gps_damage", damage, "determine agree", TECHNICIAN, **said)

    # Two aerials of 22.80, and 150.00 for what water did.
    assert f"{service.get('gps_repair', key)['fee_due']:.2f}" == fee


def test_damage_is_determined_only_with_evidence(service: Service) -> None:
    repair = service.repair(technician=service.id(TECHNICIAN))
    harm = {"repair": repair, "description": "外壳砸坏"}
    key = service.create("gps_damage", harm, TECHNICIAN)

    said: dict[str, Any] = {"customer_talk": "客户不认可", "determination": "damage"}
    with pytest.raises(StepRefusedError):
        service.take("gps_damage", key, "determine", TECHNICIAN, **said)
    service.change("gps_damage", key, {"evidence_taken": True}, TECHNICIAN)
    with pytest.raises(EntryRefusedError):
        service.take("gps_damage", key, "determine", TECHNICIAN, determination="damage")
    service.take("gps_damage", key, "determine", TECHNICIAN, **said)


def test_an_exchange_costs_what_was_agreed_and_is_paid_on_site(
    service: Service,
) -> None:
    request = {"customer": service.customer, "kind": "exchange"}
    order = {"request": service.create("gps_request", request, CLERK)}
    with pytest.raises(EntryRefusedError):
        service.create("gps_dispatch", order, CLERK)
    agreed = {"agreed_fee": Decimal("180.50"), "technician": service.id(TECHNICIAN)}
    key = service.create("gps_dispatch", order | agreed, CLERK)
    paid = {
        "customer": service.customer,
        "gps_dispatch": key,
        "amount": Decimal("180.50"),
        "on_site": True,
        "returned_at": at("17:00"),
        "received_at": at("15:00"),
    }
    with pytest.raises(EntryRefusedError):
        service.create("payment", paid, TECHNICIAN)
    invoice = {"document_type": "invoice", "document_no": "33001"}
    money = service.create("payment", paid | invoice, TECHNICIAN, "15:00")

    assert service.get("gps_dispatch", key)["paid"] == "paid"
    assert service.due("payment", money, "payment.gps_handed_in") == "10-14 19:00"
    assert f"{service.figure('gps_fees_collected', TECHNICIAN):.2f}" == "180.50"


def test_a_retrofit_is_confirmed_and_costs_the_listed_fee_for_each_vehicle(
    service: Service,
) -> None:
    request = service.create(
        "gps_request", {"customer": service.customer, "kind": "retrofit"}, CLERK
    )
    confirmed = {
        "retrofit_info": "加装摄像头",
        "retrofit_confirmed_on": at("09:00").date(),
    }
    key = service.create("gps_dispatch", {"request": request} | confirmed, CLERK)
    for plate in ("苏E1111A", "苏E2222B"):
        part = {"request": request, "plate": plate}
        line = service.create("gps_request_vehicle", part, CLERK)
        own = {"dispatch": key, "request_vehicle": line}
        service.create("gps_dispatch_vehicle", own, CLERK)

    # Two vehicles at 150.00.
    assert service.get("gps_dispatch", key)["fee_due"] == 300
    assert service.get("gps_dispatch", key)["paid"] == "open"


def test_a_call_is_answered_in_twenty_minutes_or_handed_on_in_thirty(
    service: Service,
) -> None:
    call = {
        "phone": "13800138000",
        "category": "other",
        "content": "客户端打不开",
        "result": "pending",
        "received_at": at("2026-10-11 23:50"),
        "beyond_me_at": at("2026-10-12 00:00"),
    }
    key = service.create("call_log", call, CLERK, "2026-10-12 00:00")

    # A Sunday night: the service has no closing time and no days off.
    assert service.due("call_log", key, "call_log.gps_reply") == "10-12 00:10"
    assert service.due("call_log", key, "call_log.gps_handed_on") == "10-12 00:30"
    assert service.figure("gps_unsolved", CLERK) == 1


@pytest.mark.parametrize(
    ("period", "day", "due"),
    [
        ("week", "2026-10-12", "10-18 00:00"),
        ("day", "2026-10-17", "10-18 00:00"),
        ("day", "2026-10-18", "10-25 00:00"),
    ],
)
def test_logs_and_reports_are_sent_before_sunday_begins(
    service: Service, period: str, day: str, due: str
) -> None:
    report = {"period": period, "day": at(f"{day} 00:00").date(), "done": "走访两家"}
    key = service.create("work_report", report, MANAGER, f"{day} 08:00")

    assert service.due("work_report", key, "work_report.gps_sent") == due


def test_a_fee_is_due_on_its_day_and_its_payment_stops_the_clock(
    service: Service,
) -> None:
    fee = {
        "customer": service.customer,
        "fee_kind": "service",
        "vehicle": service.vehicle,
        "billed_on": at("2026-10-10 00:00").date(),
        "due_on": at("2026-10-20 00:00").date(),
        "amount": 600,
    }
    key = service.create("receivable", fee, CLERK)
    assert service.get("receivable", key)["standard_fee"] == 600
    assert service.due("receivable", key, "receivable.gps_collected") == "10-21 00:00"

    paid = {"customer": service.customer, "receivable": key, "amount": 600}
    service.create("payment", paid | {"received_at": at("11:00")}, CLERK, "11:00")
    clock = service.clock("receivable", key, "receivable.gps_collected")
    assert clock.met_at == at("11:00")
    assert service.get("receivable", key)["status"] == "paid"


def test_a_certificate_of_overspeed_states_more_than_the_limit(
    service: Service,
) -> None:
    said = {
        "kind": "overspeed",
        "vehicle": service.vehicle,
        "overspeed_at": at("08:00"),
        "speed": 96,
        "limit_speed": 80,
    }
    key = service.create("gps_certificate", said, MANAGER)
    assert service.get("gps_certificate", key)["number"] == "ZM20260001"

    with pytest.raises(EntryRefusedError):
        service.create("gps_certificate", said | {"speed": 80}, MANAGER)


def test_files_say_what_is_missing_and_damage_has_its_share(service: Service) -> None:
    driver = {"kind": "truck", "driver": "周师傅", "driver_phone": "13912345678"}
    assert not service.get("vehicle_file", service.vehicle)["is_complete"]
    service.change("vehicle_file", service.vehicle, driver, CLERK)
    assert service.get("vehicle_file", service.vehicle)["is_complete"]

    for cause in ("damage", "terminal", "water", "sim"):
        key = service.repair()
        service.send_out(key)
        service.mend(key, cause)
    assert service.figure("gps_damage_share", MANAGER) * 100 == 50
