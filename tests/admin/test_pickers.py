"""Pickers that offer what is of another field's entry: the customer's machines."""

from datetime import date
from typing import Any

import pytest

from tests.company import Company

CUSTOMER = {"address": "苏州市吴中区金枫南路 88 号", "account_manager": 1}
LOOKUP = "/register/service_order/ajax/lookup/?name=machine"


@pytest.fixture
def shop(company: Company) -> Company:
    """Two customers: one with two machines, one with one."""
    for name, phone in (("金锐激光", "13812341234"), ("恒丰木业", "13812341235")):
        company.create("customer_file", CUSTOMER | {"name": name, "phone": phone})
    model = company.create("machine_model", {"name": "HY-1390"})
    for serial, customer in (("JR0001", 1), ("JR0002", 1), ("HF0001", 2)):
        machine = {
            "serial_number": serial,
            "model": model,
            "customer": customer,
            "installed_on": date(2026, 1, 5),
        }
        company.create("machine_file", machine)
    return company


def offered(company: Company, query: str, login: str = "A02") -> list[int]:
    answer = company.client(login).get(f"{LOOKUP}{query}")
    found: dict[str, Any] = answer.get_json()
    return [one["id"] for one in found["results"]]


def test_customers_machines_are_offered_before_anything_is_typed(
    shop: Company,
) -> None:
    assert offered(shop, "&of=1") == [2, 1]
    assert offered(shop, "&of=2") == [3]


def test_without_a_customer_every_machine_is_offered(shop: Company) -> None:
    assert offered(shop, "") == [3, 2, 1]
    assert offered(shop, "&of=") == [3, 2, 1]


def test_typing_looks_among_the_customers_machines_first(shop: Company) -> None:
    assert offered(shop, "&of=1&q=0001") == [1]
    assert offered(shop, "&of=1&q=HF0001") == [3]


@pytest.mark.parametrize("of", ["abc", "-1", "9" * 40, "%00"])
def test_odd_customer_is_as_good_as_none(shop: Company, of: str) -> None:
    assert offered(shop, f"&of={of}") == [3, 2, 1]


def test_field_that_is_not_narrowed_takes_no_notice(shop: Company) -> None:
    answer = shop.client("A02").get(
        "/register/service_order/ajax/lookup/?name=engineer&of=1"
    )

    assert len(answer.get_json()["results"]) == 5


def test_form_says_by_which_field_a_picker_is_narrowed(shop: Company) -> None:
    page = shop.client("A02").get("/register/service_order/new/").text

    assert 'data-picker-of="customer"' in page
