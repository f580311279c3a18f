"""Sums of the number columns of what a list's conditions match."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from admin import list_sums
from tests.company import Company

CLAIM = "/register/expense_claim"


def claim(company: Company, amount: str, login: str = "A03") -> None:
    """Enter somebody's claim."""
    person = company.person(login)
    values: dict[str, Any] = {"amount": Decimal(amount), "purpose": "昆山出差"}
    values |= {"claimant": person.staff_id, "holder": person.staff_id}
    company.create("expense_claim", values | {"department": person.department_id})


def sums(company: Company, query: str = "", login: str = "A01") -> Any:
    return company.client(login).get(f"{CLAIM}/sums/?{query}")


def test_sums_are_of_what_matches_and_may_be_seen(company: Company) -> None:
    claim(company, "100.10")
    claim(company, "200.20")
    claim(company, "5000.00")
    claim(company, "9.99", "B01")

    every = sums(company, "column=amount").get_json()
    small = sums(company, urlencode({"w": "amount~max~1000", "column": "amount"}))
    own = sums(company, "column=amount", login="A03").get_json()

    assert every == {"count": "合计 3 条", "sums": [["报销金额", "5,300.30"]]}
    assert small.get_json()["sums"] == [["报销金额", "300.30"]]
    assert own == every


def test_decimals_are_added_with_their_places(company: Company) -> None:
    for hours in (Decimal("1.5"), Decimal("2.25")):
        values = {"order_type": "support", "symptom": "x", "claimed_hours": hours}
        company.create("service_order", values, "A02")

    found = company.client("admin").get(
        "/register/service_order/sums/?column=claimed_hours"
    )

    assert [text for _, text in found.get_json()["sums"]] == ["3.75"]


def test_too_many_rows_are_not_added_up(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_sums, "MOST_ROWS", 1)
    claim(company, "1.00")
    claim(company, "2.00")

    answer = sums(company, "column=amount")

    assert answer.status_code == 422
    assert "缩小范围" in answer.get_json()["message"]


def test_list_without_number_columns_offers_no_sums(company: Company) -> None:
    client = company.client("A01")
    claim(company, "1.00")

    assert "data-sums=" in client.get(f"{CLAIM}/?column=amount").text
    assert "data-sums=" not in client.get(f"{CLAIM}/?column=number").text


def test_empty_list_sums_to_nothing(company: Company) -> None:
    assert sums(company, "column=amount").get_json()["sums"] == [["报销金额", "0.00"]]
