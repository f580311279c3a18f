"""What is off in a form is no: a switch can be turned off, and ticks taken away."""

import pytest

from models.access import Rows
from tests.admin.test_line_items import customer_of, grant, newest, order_of, row
from tests.company import DAILY, Company

TOLD = '<input type="hidden" name="switches" value="{}">'


def test_switch_of_an_entry_can_be_turned_off(company: Company) -> None:
    place = company.create(
        "stock_place", {"name": "旧库", "kind": "main", "retired": True}
    )
    client = company.client("admin")
    address = f"/register/stock_place/edit/?id={place}"

    form = client.get(address).text
    client.post(address, data={"version": "1", "switches": "retired"})

    assert TOLD.format("retired") in form
    assert company.get("stock_place", place)["retired"] is False


def test_switch_that_is_filled_in_from_elsewhere_is_left_alone_at_first(
    company: Company,
) -> None:
    order, item, place = order_of(company)
    used = {"service_order": order, "item": item, "place": place, "quantity": 1}
    part = company.create("service_part", used)
    client = company.client("admin")
    told = TOLD.format("old_part_due")

    for _ in range(2):  # the second time from the rows that were kept
        new = client.get("/register/service_part/new/").text
        there = client.get(f"/register/service_part/edit/?id={part}").text

        assert told not in new
        assert told in there


def test_ticks_can_all_be_taken_away(company: Company) -> None:
    form = company.client("admin").get("/register/training_record/new/").text

    assert TOLD.format("topics") in form


ATTEMPT = "callback_attempt"


@pytest.mark.parametrize(
    ("outcome", "status"), [("postponed", 422), ("no_answer", 302)]
)
def test_conditional_cell_of_a_row_is_demanded_only_then(
    company: Company, outcome: str, status: int
) -> None:
    grant(company, "clerk", ATTEMPT, DAILY, Rows.DEPARTMENT)
    client = company.client("A02")
    form = client.get("/register/callback_log/new/").text
    sent = {"kind": "daily", "outcome": "no_answer", "customer": customer_of(company)}
    attempt = row(0, {"outcome": outcome, "next_call_at": ""}, ATTEMPT)

    answer = client.post("/register/callback_log/new/", data=sent | attempt)

    assert f'data-shown-if="{ATTEMPT}-__row__-outcome"' in form
    wrong = f'id="{ATTEMPT}-0-next_call_at-error1"' in answer.text
    assert (answer.status_code, wrong) == (status, status == 422)
    if status == 302:
        entry = company.get("callback_log", newest(company, "callback_log"))
        assert entry["retries"] == 1
