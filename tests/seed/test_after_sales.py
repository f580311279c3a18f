"""After-sales: sites made ready, other teams asked, customers' files kept."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest

from models import catalogue
from models.database import Database
from models.entry_errors import EntryRefusedError, StepRefusedError
from models.pay_names import names_of
from models.rules.formula import MONEY
from seed.coverage import coverage
from seed.template import read_template
from tests.databases import Builder
from tests.seed.trade_desk import TradeDesk, Values, at, desk_of

HEAD, CLERK, SITE = "经理甲", "内勤甲", "现场甲"
PEOPLE = (
    (HEAD, "service_manager", "客服经理"),
    (CLERK, "office", "内勤"),
    (SITE, "site_preparation", "技术支持兼培训"),
)


BUILD = desk_of("after_sales")


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[TradeDesk]:
    found = TradeDesk(Database(prepared_database("after_sales_trade", BUILD)))
    for name, role, post in PEOPLE:
        found.hire(name, role, "客服部", post)
    yield found
    found.database.dispose()
    catalogue.use()


def customer(desk: TradeDesk, **values: object) -> int:
    said: Values = {"name": "昆山激光", "address": "昆山", **values}
    return desk.system("customer_file", {**said, "account_manager": desk.staff[CLERK]})


def test_a_site_is_ready_when_all_its_items_are(desk: TradeDesk) -> None:
    sheet = desk.system("check_sheet", {"name": "切割机安装条件"})
    check = desk.system(
        "check_sheet_item",
        {"check_sheet": sheet, "place": 1, "item": "吊装通道", "points": 0},
    )
    site = desk.write(
        "commissioning",
        {
            "customer": customer(desk),
            "planned_on": date(2026, 10, 14),
            "check_sheet": sheet,
        },
        SITE,
        "2026-10-08 09:00",
    )
    rows = [
        desk.write("commissioning_item", said, SITE, "2026-10-08 09:05")
        for said in (
            {"commissioning": site, "check": check},
            {"commissioning": site, "matter": "操作工到岗", "ready": True},
        )
    ]

    row = desk.get("commissioning", site)
    assert (row["items"], row["ready_items"], row["site"]) == (2, 1, "昆山")
    assert desk.get("commissioning_item", rows[0])["matter"] == "吊装通道"
    # Two workdays before Wednesday the 14th; Saturday the 10th is worked.
    assert desk.due("commissioning", site) == {
        "commissioning.ready": "2026-10-12 18:00"
    }
    with pytest.raises(StepRefusedError):
        desk.take("commissioning", site, "confirm", SITE, "2026-10-09 09:00")
    desk.change(
        "commissioning_item", rows[0], {"ready": True}, SITE, "2026-10-09 10:00"
    )
    desk.take("commissioning", site, "confirm", SITE, "2026-10-09 10:00")
    done: Values = {"commissioned_on": date(2026, 10, 14), "result": "正常"}
    desk.take("commissioning", site, "finish", SITE, "2026-10-14 17:00", done)

    assert desk.get("commissioning", site)["status"] == "done"
    assert desk.is_met("commissioning", site, "commissioning.ready")


def test_another_team_is_asked_with_a_limit(desk: TradeDesk) -> None:
    said: Values = {
        "to_department": desk.departments["客服部"],
        "subject": "客户要扩产",
        "content": "请销售联系",
        "sent_at": at("2026-09-23 16:00"),
    }
    plain = desk.write("coordination_log", said, CLERK, "2026-09-23 16:00")
    asked = desk.write(
        "coordination_log", {**said, "team": "sales"}, CLERK, "2026-09-23 16:00"
    )

    assert desk.due("coordination_log", plain) == {}
    # The 25th is a day off, so the second workday is Monday the 28th.
    assert desk.due("coordination_log", asked) == {
        "coordination_log.answer": "2026-09-28 18:00"
    }


def test_an_opinion_and_an_incident_have_limits(desk: TradeDesk) -> None:
    said: Values = {
        "origin": "customer",
        "customer": customer(desk),
        "content": "希望加防尘罩",
        "received_on": date(2026, 9, 21),
        "for_product": True,
    }
    opinion = desk.write("feedback", said, CLERK, "2026-09-21 09:00")
    happened = at("2026-09-22 14:00")
    told: Values = {"happened_at": happened, "content": "客户现场冒烟"}
    event = desk.write("incident", told, CLERK, "2026-09-22 14:10")

    assert desk.due("feedback", opinion) == {"feedback.answered": "2026-09-29 18:00"}
    assert desk.due("incident", event) == {"incident.settled": "2026-09-23 14:00"}


def test_a_contract_that_is_filed_says_when_and_where(desk: TradeDesk) -> None:
    said: Values = {
        "kind": "sales",
        "customer": customer(desk),
        "subject": "切割机一台",
        "amount": Decimal(380000),
        "signed_on": date(2026, 9, 21),
        "signed_by": desk.staff[HEAD],
        "paper": "archived",
    }
    with pytest.raises(EntryRefusedError, match="归档日期"):
        desk.write("contract", said, HEAD, "2026-09-22 09:00")
    filed: Values = {"archive_place": "3柜2格", "archived_on": date(2026, 9, 20)}
    with pytest.raises(EntryRefusedError, match="归档早于签订"):
        desk.write("contract", {**said, **filed}, HEAD, "2026-09-22 09:00")
    right: Values = {**said, **filed, "archived_on": date(2026, 9, 22)}
    key = desk.write("contract", right, HEAD, "2026-09-22 09:00")

    assert desk.get("contract", key)["paper"] == "archived"


def test_a_customers_file_says_whether_it_is_complete(desk: TradeDesk) -> None:
    key = customer(desk, contact_name="老李", phone="13812341234")
    area = desk.system("area", {"name": "华东"})

    assert desk.get("customer_file", key)["complete"] is False
    desk.change("customer_file", key, {"area": area}, CLERK, "2026-09-22 09:00")
    assert desk.get("customer_file", key)["complete"] is True


def test_the_form_of_a_post_holds_its_counts(desk: TradeDesk) -> None:
    said: Values = {
        "post": desk.post("客服经理"),
        "name": "客服经理",
        "purpose": "带好团队",
        "headcount": 1,
        "managed": 10,
        "direct_count": 12,
    }
    with pytest.raises(EntryRefusedError, match="所辖人数"):
        desk.write("job_description", said, HEAD, "2026-09-22 09:00")
    key = desk.write(
        "job_description", {**said, "direct_count": 2}, HEAD, "2026-09-22 09:00"
    )

    assert desk.get("job_description", key)["managed"] == 10


def test_every_clause_of_the_job_descriptions_is_carried() -> None:
    template = read_template("after_sales")
    for regulation in template.regulations:
        if regulation.stanza.code in ("S4-05", "S4-15"):
            found = coverage(template, regulation)
            assert [one.code for one in found if not one.carried] == []


def test_pay_formulas_may_read_how_often_a_duty_was_missed(desk: TradeDesk) -> None:
    with desk.database.read() as session:
        names = names_of(session)

    assert names.check("duty.ten_customers * 10元") == MONEY
    assert names.known["duty.ten_customers"].label.zh == "未达标次数：每天回访十位客户"
