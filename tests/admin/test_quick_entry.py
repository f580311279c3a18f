"""Entering call after call: by a softphone, warned of what is there, fields kept."""

import re

import pytest

from models import preferences
from tests.company import Company

CUSTOMER = {
    "name": "苏州金锐激光科技有限公司",
    "phone": "13812341234",
    "address": "吴中区金枫南路 88 号",
    "account_manager": 1,
}
CALL = {
    "phone": "13812341234",
    "category": "repair",
    "content": "激光功率下降",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


def switch_on(company: Company, *registers: str) -> None:
    with company.database.write() as session:
        preferences.put(session, preferences.REGISTERS_ON, list(registers))


def test_softphone_opens_the_register_that_takes_calls(company: Company) -> None:
    answer = company.client("A02").get("/call?phone=138-1234-1234")

    assert answer.location == "/register/call_log/new/?phone=138-1234-1234"


def test_register_that_is_off_still_takes_calls_if_no_other_does(
    company: Company,
) -> None:
    switch_on(company, "complaint_log")

    answer = company.client("A02").get("/call?phone=13812341234")

    assert answer.location.startswith("/register/call_log/new/")


def test_who_may_write_nothing_that_takes_calls_is_told(company: Company) -> None:
    assert company.client("A03").get("/call?phone=13812341234").status_code == 403


def test_number_survives_the_sign_in(company: Company) -> None:
    answer = company.client().get("/call?phone=13812341234")

    assert "call?phone%3D13812341234" in answer.location.replace("%3F", "?")


def test_form_of_a_call_has_number_customer_and_last_contacts(
    company: Company,
) -> None:
    customer = company.create("customer_file", CUSTOMER)
    call = CALL | {"content": "上次的事", "customer": customer}
    company.create("call_log", call, "A02")

    page = company.client("A02").get("/call?phone=13812341234", follow_redirects=True)

    assert re.search(r'name="phone"[^>]*value="13812341234"', page.text)
    assert f'<option value="{customer}" selected' in page.text
    assert "上次的事" in page.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"phone": "138 1234 1234"}, "phone"),
        ({"name": "苏州金锐激光科技"}, "name"),
        ({"name": "苏州金锐 激光科技有限责任公司"}, "name"),
    ],
    ids=["number", "name", "other legal form"],
)
def test_customer_who_is_there_is_told_of(
    company: Company, typed: dict[str, str], field: str
) -> None:
    customer = company.create("customer_file", CUSTOMER)

    [found] = (
        company.client("A02")
        .get("/register/customer_file/alike/", query_string=typed)
        .get_json()["found"]
    )

    assert found["field"] == field
    [link] = found["links"]
    assert link["url"].endswith(f"id={customer}")
    assert "13812341234" not in link["label"]


@pytest.mark.parametrize(
    "typed",
    [{"phone": "1381234123"}, {"name": "苏州"}, {"name": "金锐激光"}, {}],
    ids=["part of a number", "part of a name", "middle of a name", "nothing"],
)
def test_what_is_only_similar_is_not_told_of(
    company: Company, typed: dict[str, str]
) -> None:
    company.create("customer_file", CUSTOMER)

    answer = company.client("A02").get(
        "/register/customer_file/alike/", query_string=typed
    )

    assert answer.get_json() == {"found": []}


def test_entry_is_not_like_itself(company: Company) -> None:
    customer = company.create("customer_file", CUSTOMER)

    answer = company.client("A02").get(
        "/register/customer_file/alike/",
        query_string={"phone": "13812341234", "but": str(customer)},
    )

    assert answer.get_json() == {"found": []}


def test_who_may_not_list_is_told_of_nothing(company: Company) -> None:
    company.create("customer_file", CUSTOMER)

    answer = company.client("N01").get(
        "/register/customer_file/alike/", query_string={"phone": "13812341234"}
    )

    assert answer.status_code == 403


def test_next_form_keeps_what_was_ticked(company: Company) -> None:
    client = company.client("A02")
    sent = CALL | {"save_next": "1", "keep": "category,phone,content"}

    saved = client.post("/register/call_log/new/", data=sent)
    form = client.get(saved.location).text

    assert re.search(r'name="phone"[^>]*value="13812341234"', form)
    assert re.search(r'<option value="repair" selected', form)
    assert "激光功率下降</textarea>" in form
    assert not re.search(r'name="result" value="pending" checked', form)
    assert "13812341234" not in saved.location


def test_nothing_is_kept_of_an_entry_one_may_not_read(company: Company) -> None:
    theirs = company.create("call_log", CALL, "B01")
    address = f"/register/call_log/new/?after={theirs}&keep=content"

    assert "激光功率下降" not in company.client("A02").get(address).text


def test_masked_number_is_not_kept(company: Company) -> None:
    theirs = company.create("call_log", CALL)
    address = f"/register/call_log/new/?after={theirs}&keep=content,phone"

    form = company.client("admin").get(address).text

    assert "激光功率下降" in form
    assert "13812341234" not in form
