"""A courier's station: every register taken from its first entry to its last step."""

from collections.abc import Callable, Iterator

import pytest

from models.entry_errors import EntryRefusedError, NotAllowedError, StepRefusedError
from tests.databases import Builder
from tests.seed.trade_office import Office, at, office_of

STATION = office_of(
    "courier",
    (
        ("courier_supervisor", "快递客服主管"),
        ("courier_clerk", "快递客服"),
        ("courier", "快递业务员"),
        ("office", "快递客服"),
    ),
)
ORDER = {
    "phone": "13800138000",
    "sender": "苏州绿野茶行",
    "destination": "成都",
    "covered": True,
    "goods": "茶叶",
    "pieces": 2,
}
CLERK, SUPERVISOR, COURIER = "courier_clerk", "courier_supervisor", "courier"


@pytest.fixture
def station(prepared_database: Callable[[str, Builder], str]) -> Iterator[Office]:
    opened = Office(prepared_database("office_courier", STATION))
    yield opened
    opened.close()


def test_an_order_is_numbered_accepted_and_collected_by_its_courier(
    station: Office,
) -> None:
    key = station.create("courier_order", ORDER, CLERK)
    assert station.get("courier_order", key)["number"] == "KD2026100001"
    assert station.get("courier_order", key)["customer_kind"] == "new"

    courier = station.id(COURIER)
    station.take("courier_order", key, "accept", CLERK, courier=courier)
    state = station.take(
        "courier_order", key, "collect", COURIER, "11:00", waybill="AN7700"
    )

    assert state == "collected"
    assert station.get("courier_order", key)["collected_at"] == at("11:00")
    assert station.figure("courier_orders", CLERK) == 1


def test_prohibited_goods_are_found_by_name_and_only_refused(station: Office) -> None:
    key = station.create("courier_order", ORDER | {"goods": "易燃液体"}, CLERK)

    assert station.get("courier_order", key)["prohibited"] is not None
    assert station.may("courier_order", key, CLERK) == {"refuse", "cancel"}
    station.take("courier_order", key, "refuse", CLERK, refused_because="prohibited")

    assert station.get("courier_order", key)["told_at"] == at("10:00")
    assert station.figure("courier_refused", CLERK) == 1


def test_what_the_network_does_not_reach_goes_another_way_by_consent_only(
    station: Office,
) -> None:
    area = {"name": "那曲", "is_open": False, "other_channel": "EMS"}
    station.create("coverage_area", area, SUPERVISOR)
    said = {name: one for name, one in ORDER.items() if name != "covered"}
    key = station.create("courier_order", said | {"destination": "那曲"}, CLERK)

    order = station.get("courier_order", key)
    assert (order["covered"], order["other_channel"]) == (False, "EMS")
    assert "accept" not in station.may("courier_order", key, CLERK)
    station.change("courier_order", key, {"channel_agreed": True}, CLERK)
    assert "accept" in station.may("courier_order", key, CLERK)


def test_a_need_that_cannot_be_met_is_written_down(station: Office) -> None:
    with pytest.raises(EntryRefusedError) as caught:
        station.create("courier_order", ORDER | {"can_meet": False}, CLERK)
    assert {one.field for one in caught.value.problems} == {"unmet_need", "advised"}

    need = {"can_meet": False, "unmet_need": "当日送达", "advised": "航空快件"}
    key = station.create("courier_order", ORDER | need, CLERK)
    assert "accept" not in station.may("courier_order", key, CLERK)


def test_a_query_is_fed_back_within_the_hours_of_the_desk(station: Office) -> None:
    query = {"waybill": "AN7701", "question": "到哪里了"}
    key = station.create("parcel_query", query | {"asked_at": at("19:00")}, CLERK)

    # Two hours of business: the desk closes at 20:00 and opens again at 8:00.
    assert station.due("parcel_query", key, "parcel_query.feedback") == "10-15 09:00"
    said = {"asked_of": "成都网点", "result": "on_way", "feedback": "明日到达"}
    station.take("parcel_query", key, "pass_on feed_back", CLERK, "19:30", **said)

    clock = station.clock("parcel_query", key, "parcel_query.feedback")
    assert (clock.met_at, clock.breached_at) == (at("19:30"), None)
    network = {"waybill": "AN7702", "question": "签收了吗", "requester": "network"}
    with pytest.raises(EntryRefusedError):
        station.create("parcel_query", network, CLERK)


def test_a_problem_parcel_is_handled_uploaded_and_closed(station: Office) -> None:
    parcel = {"waybill": "AN7703", "kind": "damaged", "content": "外箱压破"}
    key = station.create("problem_parcel", parcel, CLERK)
    with pytest.raises(StepRefusedError):
        station.take("problem_parcel", key, "upload", CLERK)

    said = {"handling": "拍照后重新包装", "outcome": "delivered"}
    state = station.take(
        "problem_parcel", key, "handle upload close", CLERK, "13:30", **said
    )

    assert state == "closed"
    clock = station.clock("problem_parcel", key, "problem_parcel.upload")
    assert clock.breached_at == at("13:00")
    assert station.figure("courier_problems", CLERK) == 1


def test_a_hand_over_is_confirmed_by_the_courier_and_accounted_for(
    station: Office,
) -> None:
    key = station.create("courier_handover", {"courier": station.id(COURIER)}, CLERK)
    assert station.may("courier_handover", key, COURIER) == set()
    parts = [
        station.create(
            "courier_handover_item",
            {"handover": key, "waybill": f"AN78{number}", "pieces": number},
            CLERK,
        )
        for number in (1, 2)
    ]

    assert station.may("courier_handover", key, CLERK) == set()
    station.take("courier_handover", key, "confirm", COURIER)
    assert station.may("courier_handover", key, CLERK) == {"dispute"}
    for part, result in zip(parts, ("delivered", "returned"), strict=True):
        station.change("courier_handover_item", part, {"result": result}, CLERK)
    station.take("courier_handover", key, "settle", CLERK)

    row = station.get("courier_handover", key)
    assert (row["pieces"], row["open_pieces"], row["status"]) == (3, 0, "settled")
    assert station.figure("courier_handed", COURIER) == 3


def test_the_second_delivery_costs_the_customer_nothing(station: Office) -> None:
    again = {"waybill": "AN7704", "receiver": "周女士", "fee": 5}
    free = station.create("redelivery", again, CLERK)
    later = station.create("redelivery", again | {"attempt": "later"}, CLERK)

    assert station.get("redelivery", free)["charged"] == 0
    assert station.get("redelivery", later)["charged"] == 5
    station.take("redelivery", free, "hand_over", CLERK, handed_to=station.id(COURIER))
    assert station.take("redelivery", free, "deliver", COURIER) == "delivered"


def test_a_receipt_is_checked_entered_and_uploaded_in_this_order(
    station: Office,
) -> None:
    signed = {"waybill": "AN7705", "signed_by": "王先生", "delivered_at": at("09:00")}
    courier = {"courier": station.id(COURIER)}
    key = station.create("delivery_receipt", signed | courier, CLERK)
    assert station.due("delivery_receipt", key, "delivery_receipt.upload") == (
        "10-15 09:00"
    )

    assert station.may("delivery_receipt", key, CLERK) == {"check_delivery"}
    steps = "check_delivery enter_receipt upload"
    said = {"audit": "right", "receipt_no": "R1"}
    assert station.take("delivery_receipt", key, steps, CLERK, **said) == "uploaded"

    plain = signed | courier | {"waybill": "AN7706", "wants_receipt": False}
    other = station.create("delivery_receipt", plain, CLERK)
    station.take("delivery_receipt", other, "check_delivery", CLERK, audit="right")
    assert station.may("delivery_receipt", other, CLERK) == {"send_back", "finish"}


def test_the_day_is_counted_and_only_the_supervisor_passes_and_reports_it(
    station: Office,
) -> None:
    station.create("courier_order", ORDER, CLERK)
    message = {"recipient": station.id(COURIER), "information": "改到下午取件"}
    station.create("courier_message", message, CLERK)
    key = station.create("ledger_summary", {}, CLERK, "20:00")

    row = station.get("ledger_summary", key)
    assert (row["orders"], row["messages"], row["queries"]) == (1, 1, 0)
    assert station.may("ledger_summary", key, CLERK) == set()
    state = station.take(
        "ledger_summary",
        key,
        "pass report",
        SUPERVISOR,
        submitted_to=station.id(SUPERVISOR),
    )
    assert state == "reported"


def test_a_difficult_complaint_names_its_handler_and_a_justified_appeal_counts(
    station: Office,
) -> None:
    complaint = {
        "origin": "network",
        "complaining_station": "成都网点",
        "category": "parcel_lost",
        "content": "丢件",
    }
    with pytest.raises(EntryRefusedError) as caught:
        station.create("complaint_log", complaint | {"difficult": True}, CLERK)
    assert {one.field for one in caught.value.problems} == {"difficult_handler"}

    appeal = {"appeal": "justified", "appealed_on": at("2026-10-14 09:00").date()}
    judged = {
        "difficult_handler": station.id(SUPERVISOR),
        "responsible": station.id(CLERK),
    }
    values = complaint | appeal | judged | {"difficult": True}
    key = station.create("complaint_log", values, CLERK)

    assert station.due("complaint_log", key, "complaint_log.courier_feedback") == (
        "10-17 20:00"
    )
    assert station.figure("justified_appeals", CLERK) == 1
    assert station.figure("courier_difficult", SUPERVISOR) == 1


def test_a_compensation_is_the_supervisors_to_grant(station: Office) -> None:
    asked = {
        "customer": station.create(
            "customer_file", {"name": "绿野茶行", "address": "平江路"}, CLERK
        ),
        "kind": "compensation",
        "parcel_cause": "loss",
        "subject": "茶叶一箱",
        "asked": 300,
        "terms": "按保价赔付",
    }
    key = station.create("compensation", asked, CLERK)
    station.take("compensation", key, "submit", CLERK, granted=300)

    assert station.may("compensation", key, CLERK) == set()
    assert station.may("compensation", key, SUPERVISOR) == {"grant", "refuse"}


def test_other_desks_do_not_write_what_is_the_stations(station: Office) -> None:
    with pytest.raises(NotAllowedError):
        station.create("courier_order", ORDER, "office")
