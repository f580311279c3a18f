"""The manufacturer: a complaint goes from station to station, orders get out."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from models import catalogue, measures
from models.database import Database
from models.entry_errors import EntryRefusedError, StepRefusedError
from models.rules.periods import DateRange
from seed.coverage import coverage
from seed.template import read_template
from tests.databases import Builder
from tests.seed.trade_desk import ZONE, TradeDesk, Values, at, desk_of

CASE = "quality_case"
SALES, OFFICE, QUALITY = "业务甲", "生产管理组甲", "质量甲"
FACTORY, RESEARCH, HEAD, CHIEF = "生产甲", "研发甲", "经理甲", "总经理甲"
PEOPLE = (
    (SALES, "order_follower", "业务部", "销售跟单员"),
    ("文员甲", "after_sales_clerk", "业务部", "售后文员"),
    (HEAD, "factory_service_manager", "业务部", "客户服务部经理"),
    (OFFICE, "case_office", "总经理室", "生产管理专员"),
    (QUALITY, "quality_control", "质量管理部", "质量工程师"),
    (FACTORY, "production_unit", "生产部", "生产主管"),
    (RESEARCH, "research", "研发部", "研发工程师"),
    (CHIEF, "executive", "总经理室", "总经理"),
)
FOUND = {
    "cause_class": "quality",
    "investigation": "抽查同批二十件，三件起泡",
    "inspection_result": "确认封边起泡",
    "cause": "胶温偏低",
}
MADE = {
    "producing_unit": "封边车间",
    "machine_shift": "2号机乙班",
    "producers": "刘、何",
    "abnormal_cause": "换班后未升温",
    "handling_measure": "开机点检胶温",
}


BUILD = desk_of("manufacturer")


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[TradeDesk]:
    found = TradeDesk(Database(prepared_database("manufacturer", BUILD)))
    for name, role, department, post in PEOPLE:
        found.hire(name, role, department, post)
    yield found
    found.database.dispose()
    catalogue.use()


def customer(desk: TradeDesk) -> int:
    said: Values = {"name": "宁波建材", "address": "宁波", "dealing": "dealer"}
    return desk.system("customer_file", {**said, "account_manager": desk.staff[SALES]})


def form(desk: TradeDesk, **values: Any) -> int:
    said = {
        "customer": customer(desk),
        "received_at": at("2026-09-21 10:00"),
        "order_number": "DD-7",
        "part_number": "YS-800",
        "delivered_on": at("2026-09-10 00:00").date(),
        "quantity": Decimal(40),
        "bad_quantity": Decimal(3),
        "content": "柜门封边起泡",
        "demand": "换货",
        "opinion": "属实，建议换货",
        "quantity_state": "processing",
    }
    return desk.write(CASE, said | values, SALES, "2026-09-21 10:05")


def to_the_manager(desk: TradeDesk, key: int) -> None:
    """Take a form from the business department to the manager's office."""
    desk.take(CASE, key, "send", SALES, "2026-09-21 11:00")
    hand = {"quality_person": desk.staff[QUALITY]}
    desk.take(CASE, key, "register", OFFICE, "2026-09-21 14:00", hand)
    found = FOUND | {"proposed_department": desk.departments["生产部"]}
    desk.take(CASE, key, "trace", QUALITY, "2026-09-24 10:00", found)
    made = MADE | {"produced_on": at("2026-09-01 00:00").date()}
    desk.take(CASE, key, "analyse", FACTORY, "2026-09-24 15:00", made)


def reported(desk: TradeDesk, key: int, submitted: str) -> int:
    """Write and submit the report of a case."""
    said = {"case": key, "measures": "点检"}
    report = desk.write("quality_report", said, QUALITY, submitted)
    desk.take("quality_report", report, "submit", QUALITY, submitted)
    return report


def test_the_hundredth_form_of_a_month_gets_three_digits(desk: TradeDesk) -> None:
    whose = customer(desk)
    numbers = [
        desk.get(CASE, form(desk, customer=whose, content=f"第{index}件"))["number"]
        for index in range(100)
    ]

    assert numbers[0] == "260901"
    assert numbers[98:] == ["260999", "2609100"]


def test_a_form_goes_from_station_to_station_and_back(desk: TradeDesk) -> None:
    key = form(desk)
    to_the_manager(desk, key)
    said: Values = {"manager_instruction": "请研发看胶料"}
    desk.take(CASE, key, "ask_research", HEAD, "2026-09-24 16:00", said)
    said = {"research_opinion": "改用低温胶"}
    desk.take(CASE, key, "advise", RESEARCH, "2026-09-24 17:00", said)
    said = {
        "handling": "换货三件",
        "responsible_department": desk.departments["生产部"],
    }
    # The office waits for the general manager's instruction on the report.
    with pytest.raises(StepRefusedError, match="条件不符合"):
        desk.take(CASE, key, "check", OFFICE, "2026-09-28 09:00", said)
    report = reported(desk, key, "2026-09-28 10:00")
    desk.take(
        "quality_report", report, "instruct", CHIEF, "2026-09-28 15:00", comment="照办"
    )
    desk.take(CASE, key, "check", OFFICE, "2026-09-28 16:00", said)

    row = desk.get(CASE, key)
    assert row["status"] == "improving"
    assert (row["reports"], row["investigated_by"]) == (1, desk.staff[QUALITY])
    assert desk.get("quality_report", report)["instruction"] == "照办"
    assert desk.due(CASE, key)["quality_case.informed"] == "2026-09-29 16:00"


def test_nobody_takes_the_step_of_another_station(desk: TradeDesk) -> None:
    key = form(desk)

    with pytest.raises(StepRefusedError):
        desk.take(CASE, key, "register", SALES, "2026-09-21 11:00")
    desk.take(CASE, key, "send", SALES, "2026-09-21 11:00")
    for other in (SALES, HEAD, QUALITY, CHIEF):
        with pytest.raises(StepRefusedError):
            desk.take(CASE, key, "register", other, "2026-09-21 12:00")


def test_the_report_is_due_three_days_after_the_investigation(desk: TradeDesk) -> None:
    key = form(desk)
    to_the_manager(desk, key)

    due = desk.due(CASE, key)
    # Traced on Thursday the 24th; the 25th and the weekend are days off, so the third
    # day, Sunday the 27th, rolls to Monday's close.
    assert due["quality_case.report"] == "2026-09-28 18:00"
    assert due["quality_case.sent"] == "2026-09-22 10:00"
    assert due["quality_case.traced"] == "2026-09-24 18:00"
    reported(desk, key, "2026-09-28 17:59")
    assert desk.is_met(CASE, key, "quality_case.report")


def test_a_case_stays_open_while_the_quantity_is_not_determined(
    desk: TradeDesk,
) -> None:
    key = form(desk)
    to_the_manager(desk, key)
    said = {"manager_instruction": "同意"}
    desk.take(CASE, key, "instruct", HEAD, "2026-09-24 16:00", said)
    report = reported(desk, key, "2026-09-28 10:00")
    desk.take(
        "quality_report", report, "instruct", CHIEF, "2026-09-28 15:00", comment="照办"
    )
    factory = {"handling": "换货", "responsible_department": desk.departments["生产部"]}
    desk.take(CASE, key, "check", OFFICE, "2026-09-28 16:00", factory)
    end: dict[str, Any] = {
        "result": "换货三件",
        "informed_at": at("2026-09-29 09:00"),
        "improvement": "已点检",
        "effect": "effective",
    }

    with pytest.raises(StepRefusedError):
        desk.take(CASE, key, "close", OFFICE, "2026-10-09 09:00", end)
    stated: dict[str, Any] = {"quantity_state": "stated"}
    with pytest.raises(EntryRefusedError):
        desk.change(CASE, key, stated, SALES, "2026-10-09 10:00")
    desk.change(
        CASE, key, stated | {"return_quantity": Decimal(3)}, SALES, "2026-10-09 10:00"
    )
    desk.take(CASE, key, "close", OFFICE, "2026-10-09 11:00", end)

    assert desk.get(CASE, key)["status"] == "closed"
    assert desk.is_met(CASE, key, "quality_case.closed")


def test_without_a_loss_the_simple_form_is_enough(desk: TradeDesk) -> None:
    key = form(desk, loss=False)

    with pytest.raises(StepRefusedError):
        desk.take(CASE, key, "send", SALES, "2026-09-21 11:00")
    desk.take(CASE, key, "settle_simply", SALES, "2026-09-21 11:00")
    said = {
        "case": key,
        "customer": customer(desk),
        "abnormality": "包装轻微压痕",
        "handling": "现场更换纸箱",
        "to_department": desk.departments["生产部"],
    }
    simple = desk.write("abnormality", said, SALES, "2026-09-21 15:00")
    desk.take("abnormality", simple, "tell", SALES, "2026-09-21 15:10")
    done = {"improvement": "加厚纸箱", "improved_on": at("2026-09-23 00:00").date()}
    desk.take("abnormality", simple, "improve", SALES, "2026-09-23 15:00", done)

    assert desk.due(CASE, key) == {}
    assert desk.get("abnormality", simple)["status"] == "improved"


def test_an_order_is_followed_checked_and_shipped(desk: TradeDesk) -> None:
    part = desk.system(
        "factory_product",
        {"part_number": "YS-800", "name": "浴室柜800", "price": Decimal(1280)},
    )
    whose = customer(desk)
    now = "2026-09-14 09:00"
    said = {
        "customer": whose,
        "ordered_on": at("2026-09-14 00:00").date(),
        "promised_on": at("2026-09-22 00:00").date(),
        "delivery_address": "宁波",
    }
    order = desk.write("factory_order", said, SALES, now)
    line = {"sales_order": order, "product": part, "quantity": Decimal("2.5")}
    desk.write("factory_order_line", line, SALES, now)
    desk.take("factory_order", order, "plan", SALES, now)
    seen = {"sales_order": order, "stage": "stored", "made": Decimal("2.5")}
    desk.write("production_follow_up", seen, FACTORY, "2026-09-18 09:00")
    desk.take("factory_order", order, "finish", FACTORY, "2026-09-18 09:00")
    sent = desk.write(
        "factory_shipment",
        {"sales_order": order, "address": "宁波"},
        SALES,
        "2026-09-21 09:00",
    )
    line = {"shipment": sent, "product": part, "quantity": Decimal("2.5")}
    desk.write("factory_shipment_line", line, SALES, "2026-09-21 09:00")

    # Not one's own, and not before everything was looked at.
    right = dict.fromkeys(
        ("goods_right", "quantity_right", "packing_right", "papers_right"), True
    )
    with pytest.raises(StepRefusedError):
        desk.take("factory_shipment", sent, "pass", HEAD, "2026-09-21 09:30")
    desk.change("factory_shipment", sent, right, SALES, "2026-09-21 09:40")
    with pytest.raises(StepRefusedError):
        desk.take("factory_shipment", sent, "pass", SALES, "2026-09-21 09:50")
    desk.take("factory_shipment", sent, "pass", HEAD, "2026-09-21 10:00")
    desk.take("factory_shipment", sent, "ship", SALES, "2026-09-21 11:00")
    desk.take("factory_order", order, "ship", SALES, "2026-09-21 11:00")

    row = desk.get("factory_order", order)
    assert (row["amount"], row["made"], row["sent"]) == (
        Decimal("3200.00"),
        Decimal("2.50"),
        Decimal("2.50"),
    )
    assert desk.get("factory_shipment", sent)["check_result"] == "right"
    assert desk.is_met("factory_order", order, "factory_order.delivery")
    with desk.database.read() as session:
        counted = measures.by_code(session, ["orders_amount"])["orders_amount"]
        month = DateRange(at("2026-09-01 00:00").date(), at("2026-10-01 00:00").date())
        found = measures.figures(session, counted, month, ZONE)
    assert found[desk.staff[SALES]].content == Decimal("3200.00")


def test_a_claim_says_its_cause_and_who_bears_it(desk: TradeDesk) -> None:
    said = {
        "customer": customer(desk),
        "kind": "goods_back",
        "subject": "浴室柜",
        "quantity": Decimal(1),
        "terms": "退一件",
        "asked_on": at("2026-09-21 00:00").date(),
    }
    with pytest.raises(EntryRefusedError, match="索赔原因"):
        desk.write("compensation", said, SALES, "2026-09-21 09:00")
    said["cause"] = "运输中碰坏"
    claim = desk.write("compensation", said, SALES, "2026-09-21 09:00")
    judged: dict[str, Any] = {"bears": "carrier"}
    with pytest.raises(EntryRefusedError, match="判定"):
        desk.change("compensation", claim, judged, HEAD, "2026-09-22 09:00")
    judged |= {
        "judged_by": desk.staff[HEAD],
        "judged_on": at("2026-09-22 00:00").date(),
    }
    desk.change("compensation", claim, judged, HEAD, "2026-09-22 09:00")

    assert desk.get("compensation", claim)["bears"] == "carrier"


def test_questions_of_dealers_and_debts_have_their_limits(desk: TradeDesk) -> None:
    whose = customer(desk)
    asked = {
        "phone": "13812341234",
        "customer": whose,
        "contact_name": "老李",
        "category": "quotation",
        "content": "问 800 柜报价",
        "received_at": at("2026-09-23 17:00"),
        "result": "pending",
    }
    call = desk.write("call_log", asked, "文员甲", "2026-09-23 17:00")
    owed = {
        "customer": whose,
        "amount": Decimal(500),
        "due_on": at("2026-09-21 00:00").date(),
        "manager": desk.staff[SALES],
    }
    debt = desk.write("receivable", owed, SALES, "2026-09-21 09:00")

    assert desk.due("call_log", call) == {"call_log.dealer_reply": "2026-09-24 17:00"}
    assert desk.due("receivable", debt) == {"receivable.collected": "2026-09-24 18:00"}
    paid = {
        "customer": whose,
        "amount": Decimal(500),
        "receivable": debt,
        "received_at": at("2026-09-22 10:00"),
    }
    desk.write("payment", paid, SALES, "2026-09-22 10:00")
    assert desk.get("receivable", debt)["status"] == "paid"
    assert desk.due("receivable", debt) == {}


def test_every_clause_is_carried() -> None:
    template = read_template("manufacturer")
    for regulation in template.regulations:
        if regulation.stanza.code in ("S1-17", "S4-21"):
            found = coverage(template, regulation)
            assert [one.code for one in found if not one.carried] == []
