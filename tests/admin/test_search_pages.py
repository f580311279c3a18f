"""Search over all registers, the panel beside a form, the address of a softphone."""

from datetime import date
from typing import Any

from sqlalchemy import select

from models.accounts import ReadEvent
from tests.admin.late_desk import order
from tests.company import Company

PHONE = "13912345678"


def customer(company: Company, **values: Any) -> int:
    manager = company.person("A01").staff_id
    usual = {"name": "金锐激光", "address": "苏州工业园区", "account_manager": manager}
    return company.create("customer_file", usual | values, "A01")


def call(company: Company, login: str = "A02", **values: Any) -> int:
    usual = {"category": "repair", "content": "激光不出光", "result": "pending"}
    return company.create("call_log", usual | {"phone": PHONE} | values, login)


def typed(company: Company) -> list[ReadEvent]:
    with company.database.read() as session:
        return list(session.scalars(select(ReadEvent)))


def test_search_finds_in_every_register_one_may_list(company: Company) -> None:
    customer(company)
    call(company, content="金锐的机器坏了")

    page = company.client("A02").get("/search/?q=金锐").text

    assert "客户档案" in page
    assert "来电登记" in page


def test_search_finds_nothing_outside_the_own_rows(company: Company) -> None:
    call(company, content="金锐的机器坏了")

    page = company.client("B01").get("/search/?q=金锐").text

    assert "机器坏了" not in page


def test_complete_number_leads_straight_to_its_entry(company: Company) -> None:
    entry = order(company)
    number = company.get("service_order", entry)["number"]

    answer = company.client("A02").get(f"/search/?q={number}")

    assert answer.location == f"/register/service_order/details/?id={entry}"


def test_phone_is_found_by_its_whole_number_only(company: Company) -> None:
    customer(company, phone=PHONE)
    client = company.client("A02")

    assert "金锐激光" in client.get(f"/search/?q={PHONE}").text
    assert "金锐激光" not in client.get(f"/search/?q={PHONE[:8]}").text


def test_one_letter_is_too_few_and_the_page_says_so(company: Company) -> None:
    page = company.client("A02").get("/search/?q=金").text

    assert "请输入两个字以上" in page


def test_number_typed_in_a_form_shows_customer_machines_and_contacts(
    company: Company,
) -> None:
    one = customer(company, phone=PHONE, important=True)
    model = company.create("machine_model", {"name": "CK-1325"})
    values = {"serial_number": "20240318", "model": model, "customer": one}
    company.create("machine_file", values | {"installed_on": date(2026, 10, 1)})
    call(company, customer=one, content="上次的故障")

    panel = company.client("A02").get(f"/register/call_log/side/?phone={PHONE}").text

    assert "金锐激光" in panel
    assert "重要客户" in panel
    assert "20240318" in panel
    assert "保修到期 2027-10-01" in panel
    assert "上次的故障" in panel


def test_number_of_a_contact_shows_the_customer_it_belongs_to(company: Company) -> None:
    one = customer(company)
    company.create("customer_contact", {"customer": one, "name": "李", "phone": PHONE})

    panel = company.client("admin").get(f"/register/call_log/side/?phone={PHONE}").text

    assert "金锐激光" in panel


def test_part_of_a_number_reveals_nothing(company: Company) -> None:
    customer(company, phone=PHONE)

    answer = company.client("A02").get("/register/call_log/side/?phone=1391234")

    assert "金锐激光" not in answer.text
    assert typed(company) == []


def test_typed_number_that_reveals_data_is_written_down(company: Company) -> None:
    one = customer(company, phone=PHONE)

    company.client("A02").get(f"/register/call_log/side/?phone={PHONE}")

    (event,) = typed(company)
    assert (event.kind, event.by_name, event.entry_id) == ("typed", "王敏", one)
    assert event.detail == "139****5678"


def test_panel_shows_no_contact_outside_the_own_rows(company: Company) -> None:
    one = customer(company, phone=PHONE)
    call(company, "A02", customer=one, content="只有本部门看得到")

    panel = company.client("B01").get(f"/register/call_log/side/?phone={PHONE}").text

    assert "金锐激光" in panel
    assert "只有本部门看得到" not in panel


def test_other_numbers_of_a_named_customer_stay_masked(company: Company) -> None:
    one = customer(company, phone=PHONE)

    panel = company.client("A02").get(f"/register/call_log/side/?customer={one}").text

    assert "139****5678" in panel
    assert PHONE not in panel


def test_panel_is_for_those_who_may_write_the_register(company: Company) -> None:
    answer = company.client("N01").get(f"/register/call_log/side/?phone={PHONE}")

    assert answer.status_code == 403


def test_softphone_opens_a_new_call_with_its_number_and_customer(
    company: Company,
) -> None:
    customer(company, phone=PHONE)

    answer = company.client("A02").get(f"/call?phone={PHONE}", follow_redirects=True)

    assert answer.request.path == "/register/call_log/new/"
    assert f'value="{PHONE}"' in answer.text
    assert '<option value="1" selected>金锐激光</option>' in answer.text
    assert [one.kind for one in typed(company)] == ["typed"]


def test_form_of_an_own_entry_shows_the_customer_and_logs_nothing(
    company: Company,
) -> None:
    entry = call(company, customer=customer(company, phone=PHONE))

    page = company.client("A02").get(f"/register/call_log/side/{entry}/").text

    assert "苏州工业园区" in page
    assert typed(company) == []


def test_caller_page_is_refused_to_whoever_writes_no_such_register(
    company: Company,
) -> None:
    assert company.client("N01").get(f"/call?phone={PHONE}").status_code == 403


def test_form_of_an_entry_says_where_its_panel_comes_from(company: Company) -> None:
    one = customer(company, phone=PHONE)
    entry = call(company, customer=one)
    client = company.client("A02")

    form = client.get(f"/register/call_log/edit/?id={entry}").text
    address = f"/register/call_log/side/{entry}/"

    assert f'data-side-later="{address}"' in form
    assert "金锐激光" in client.get(address).text


def test_panel_of_an_entry_is_for_whoever_may_change_it(company: Company) -> None:
    one = customer(company, phone=PHONE)
    entry = call(company, customer=one)
    address = f"/register/call_log/side/{entry}/"

    assert company.client("B01").get(address).status_code == 404
    assert company.client("A03").get(address).status_code == 403
    assert (
        company.client("A02").get(f"/register/nothing/side/{entry}/").status_code == 404
    )


def test_name_is_found_by_the_first_letters_of_its_pinyin(company: Company) -> None:
    customer(company)
    client = company.client("A02")

    assert "金锐激光" in client.get("/search/?q=jrjg").text
    assert "金锐激光" in client.get("/search/?q=JRJ").text
    assert "金锐激光" in client.get("/register/customer_file/?q=jrjg").text
    assert "金锐激光" not in client.get("/search/?q=jgjr").text
    offered = client.get("/register/call_log/ajax/lookup/?name=customer&q=jrjg")
    assert [one["text"] for one in offered.get_json()["results"]] == ["金锐激光"]
