"""Anyone takes a call down, stays responsible, and the desk accepts it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models import entries, first_asked
from models.access import Action
from models.accounts import raise_stamps
from models.entry_errors import NotAllowedError
from models.history import ChangeEvent
from tests.company import Company, writer

PAGE = "/take-down/call_log/"
WAITING = "/to-accept/"
ACCEPT = "/to-accept/call_log/"
SAID = {
    "phone": "13911112222",
    "contact_name": "钱先生",
    "content": "密语甲乙丙",
    "urgency": "urgent",
}


def take_down(company: Company, login: str = "N01", **changes: str) -> int:
    """Take a call down on the page, and return the entry's id."""
    client = company.client(login)
    answer = client.post(PAGE, data=SAID | changes)
    assert answer.status_code == 302, answer.text
    with company.database.read() as session:
        query = select(ChangeEvent.entry_id).filter_by(register="call_log")
        return session.scalars(query.order_by(ChangeEvent.id)).all()[-1]


def staff_id(company: Company, login: str) -> int:
    found = company.person(login).staff_id
    assert found is not None
    return found


def test_employee_without_any_right_takes_a_call_down(company: Company) -> None:
    assert not company.person("N01").may("call_log", Action.CREATE)

    call = company.get("call_log", take_down(company))

    mine = staff_id(company, "N01")
    assert (call["holder"], call["taken_down_by"], call["accepted_at"]) == (
        mine,
        mine,
        None,
    )
    assert (call["content"], call["urgency"]) == ("密语甲乙丙", "urgent")
    assert (call["category"], call["result"]) == ("other", "pending")


def test_page_is_in_the_menu_and_asks_four_things(company: Company) -> None:
    client = company.client("N01")

    page = client.get(PAGE).text

    assert "代记来电" in client.get("/").text
    assert re.findall(r'data-field="(\w+)"', page) == [*SAID]
    assert "data-side-url" not in page


def test_call_is_left_to_the_department_that_keeps_calls(company: Company) -> None:
    clerks = company.person("A02").department_id

    call = company.get("call_log", take_down(company, "A03"))

    assert call["department"] == clerks


def test_who_took_it_down_sees_number_and_state_and_nothing_else(
    company: Company,
) -> None:
    call = take_down(company)
    number = company.get("call_log", call)["number"]
    client = company.client("N01")

    page = client.get(PAGE).text

    assert number in page
    assert "待认领，仍由您负责" in page
    assert "待回复" in page
    assert "密语甲乙丙" not in page
    assert client.get(f"/register/call_log/details/?id={call}").status_code == 403
    assert number not in company.client("A03").get(PAGE).text


def test_desk_accepts_with_one_click_and_becomes_the_holder(company: Company) -> None:
    call = take_down(company)
    clerk = company.client("A02")
    assert "密语甲乙丙" in clerk.get("/").text
    assert "钱先生" not in clerk.get(WAITING).text

    clerk.post(ACCEPT, data={"id": call})

    row, mine = company.get("call_log", call), staff_id(company, "A02")
    assert (row["holder"], row["accepted_by"]) == (mine, mine)
    assert row["accepted_at"] is not None
    assert row["first_asked"] == staff_id(company, "N01")
    assert "密语甲乙丙" not in clerk.get(WAITING).text
    assert "王敏 已认领" in company.client("N01").get(PAGE).text


def test_history_says_who_took_it_down_and_who_accepted(company: Company) -> None:
    call = take_down(company)
    company.client("A02").post(ACCEPT, data={"id": call})

    with company.database.read() as session:
        told = session.scalars(
            select(ChangeEvent)
            .filter_by(register="call_log", entry_id=call)
            .order_by(ChangeEvent.id)
        ).all()

    assert [(one.action, one.by_name) for one in told] == [
        ("created", "陈新"),
        ("changed", "王敏"),
    ]
    assert {"holder", "accepted_by", "accepted_at"} <= told[1].changes.keys()


def test_many_are_accepted_at_once(company: Company) -> None:
    calls = [take_down(company) for _ in range(3)]

    company.client("A02").post(ACCEPT, data={"id": calls})

    assert all(company.get("call_log", one)["accepted_at"] for one in calls)


def test_second_of_two_is_told_and_changes_nothing(company: Company) -> None:
    call = take_down(company)
    company.client("A02").post(ACCEPT, data={"id": call})
    before = company.get("call_log", call)

    answer = company.client("A01").post(
        ACCEPT, data={"id": call}, follow_redirects=True
    )

    assert "已先被别人认领" in answer.text
    assert company.get("call_log", call) == before


def test_number_finds_the_customer_once_the_desk_accepts(company: Company) -> None:
    customer = company.create(
        "customer_file",
        {
            "name": "苏州金锐",
            "phone": "13911112222",
            "address": "金枫路",
            "account_manager": 1,
        },
    )
    call = take_down(company)
    assert company.get("call_log", call)["customer"] is None

    company.client("A02").post(ACCEPT, data={"id": call})

    row = company.get("call_log", call)
    assert (row["customer"], row["customer_kind"]) == (customer, "known")


@pytest.mark.parametrize("login", ["N01", "A03", "B01"])
def test_whoever_keeps_no_calls_of_the_department_accepts_nothing(
    company: Company, login: str
) -> None:
    call = take_down(company)
    client = company.client(login)

    client.post(ACCEPT, data={"id": call})

    assert company.get("call_log", call)["accepted_at"] is None
    assert "密语甲乙丙" not in client.get(WAITING).text


def test_what_the_desk_entered_itself_is_not_accepted(company: Company) -> None:
    values = SAID | {"category": "repair", "result": "pending"}
    call = company.create("call_log", values, "A02")
    client = company.client("A02")

    client.post(ACCEPT, data={"id": call})

    assert company.get("call_log", call)["accepted_at"] is None
    assert f'value="{call}"' not in client.get(WAITING).text


def test_field_that_is_not_on_the_page_is_not_written(company: Company) -> None:
    client = company.client("N01")

    answer = client.post(PAGE, data=SAID | {"department": "2", "holder": "1"})

    assert answer.status_code == 422
    with company.database.write() as session, pytest.raises(NotAllowedError):
        first_asked.take_down(
            session, "call_log", {"customer": 1}, writer(company.person("N01"))
        )


def test_what_is_missing_is_told_beside_what_was_typed(company: Company) -> None:
    answer = company.client("N01").post(PAGE, data=SAID | {"content": ""})

    assert answer.status_code == 422
    assert "钱先生" in answer.text


def test_account_of_no_employee_has_no_such_page(company: Company) -> None:
    client: FlaskClient = company.client("admin")

    assert client.get(PAGE).status_code == 403
    assert "代记来电" not in client.get("/").text
    assert client.get("/take-down/complaint_log/").status_code == 404


def test_who_belongs_to_no_such_desk_says_which(company: Company) -> None:
    stores = company.create("department", {"name": "仓储部"})
    with company.database.write() as session:
        person = staff_id(company, "N01")
        entries.change(session, "staff", person, {"department": stores}, writer())
    raise_rights(company)
    client = company.client("N01")
    sales = company.person("B01").department_id

    page = client.get(PAGE).text
    unsaid = client.post(PAGE, data=SAID)
    call = company.get("call_log", take_down(company, desk=str(sales)))

    assert re.findall(r'name="desk" value="\d+"[^>]*><span>([^<]+)', page) == [
        "客服部",
        "销售部",
    ]
    assert unsaid.status_code == 422
    assert call["department"] == sales


def raise_rights(company: Company) -> None:
    with company.database.write() as session:
        raise_stamps(session)
