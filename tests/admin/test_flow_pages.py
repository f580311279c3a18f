"""An entry is moved on from its page, from lists, and by nobody who may not."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from models import entries
from models.access import SYSTEM
from tests.company import Company, writer

CLAIM = "/register/expense_claim"
DETAIL = {"amount": 300, "purpose": "昆山出差"}


@pytest.fixture
def claim(company: Company) -> int:
    """A claim of the engineer, still a draft."""
    return company.create("expense_claim", DETAIL, "A03")


def step(
    client: FlaskClient, company: Company, claim: int, code: str, **more: Any
) -> Any:
    """Press a step's button."""
    version = company.get("expense_claim", claim)["version"]
    return client.post(
        f"{CLAIM}/step/?id={claim}&step={code}", data={"version": version} | more
    )


def standing(company: Company, claim: int) -> str:
    return str(company.get("expense_claim", claim)["review"])


def test_entry_page_draws_the_flow_and_offers_the_open_steps(
    company: Company, claim: int
) -> None:
    page = company.client("A03").get(f"{CLAIM}/details/?id={claim}").text

    assert '<svg class="flow-picture"' in page
    assert "草稿 → 待经理审核：提交审核" in page
    assert "还没有办理过任何步骤" in page
    assert set(re.findall(r"step=(\w+)", page)) == {"submit"}
    assert " style=" not in page


def test_claim_is_submitted_sent_back_with_a_comment_and_submitted_again(
    company: Company, claim: int
) -> None:
    engineer, manager = company.client("A03"), company.client("A01")

    assert step(engineer, company, claim, "submit").status_code == 302
    refused = step(manager, company, claim, "manager_returns")
    back = step(manager, company, claim, "manager_returns", comment="缺少票据")
    again = step(engineer, company, claim, "resubmit")
    passed = step(manager, company, claim, "manager_passes")

    assert refused.status_code == 422
    assert "须写明意见" in refused.text
    assert {back.status_code, again.status_code, passed.status_code} == {302}
    row = company.get("expense_claim", claim)
    assert (row["review"], row["manager_reviewed_by"] is None) == ("at_finance", False)
    page = engineer.get(f"{CLAIM}/details/?id={claim}").text
    assert "缺少票据" in page
    assert page.count("<li><b>") == 4


def test_page_of_a_step_asks_for_its_fields(company: Company, claim: int) -> None:
    manager = company.client("A01")
    step(company.client("A03"), company, claim, "submit")
    for code in ("manager_passes", "finance_passes"):
        step(manager, company, claim, code)

    shown = manager.get(f"{CLAIM}/step/?id={claim}&step=pay").text
    empty = step(manager, company, claim, "pay")
    paid = step(manager, company, claim, "pay", paid_on="2026-10-20")

    assert 'name="paid_on"' in shown
    assert 'name="amount"' not in shown
    assert (empty.status_code, paid.status_code) == (422, 302)
    assert "付款日期必须填写" in empty.text
    row = company.get("expense_claim", claim)
    assert (row["review"], row["paid_on"]) == ("paid", date(2026, 10, 20))


def test_right_of_its_own_is_not_given_with_every_register(
    company: Company, claim: int
) -> None:
    step(company.client("A03"), company, claim, "submit")
    step(company.client("A01"), company, claim, "manager_passes")

    step(company.client("admin"), company, claim, "finance_passes")

    assert standing(company, claim) == "at_finance"


def test_step_that_is_not_open_says_where_the_entry_stands(
    company: Company, claim: int
) -> None:
    engineer = company.client("A03")

    answer = engineer.post(
        f"{CLAIM}/step/?id={claim}&step=manager_passes", follow_redirects=True
    )

    assert "目前在“草稿”" in answer.text
    assert standing(company, claim) == "draft"


def test_somebody_elses_entry_is_not_there(company: Company, claim: int) -> None:
    foreign = company.client("B01")

    shown = foreign.get(f"{CLAIM}/step/?id={claim}&step=submit")
    moved = step(foreign, company, claim, "submit")

    assert (shown.status_code, moved.status_code) == (404, 404)
    assert (
        company.client("A03").get(f"{CLAIM}/step/?id={claim}&step=no").status_code
        == 404
    )
    assert standing(company, claim) == "draft"


def test_entry_that_was_changed_meanwhile_is_to_be_looked_at_again(
    company: Company, claim: int
) -> None:
    with company.database.write() as session:
        values = {"amount": 900}
        entries.change(session, "expense_claim", claim, values, writer(SYSTEM))

    answer = company.client("A03").post(
        f"{CLAIM}/step/?id={claim}&step=submit",
        data={"version": 1},
        follow_redirects=True,
    )

    assert "别人已保存了这条记录" in answer.text
    assert standing(company, claim) == "draft"


@pytest.mark.parametrize("step", ["no", "submit"])
def test_words_for_a_step_that_is_gone_or_closed_are_shown_to_be_copied(
    company: Company, claim: int, step: str
) -> None:
    client = company.client("A03")
    client.post(f"{CLAIM}/step/?id={claim}&step=submit", data={"version": 1})

    answer = client.post(
        f"{CLAIM}/step/?id={claim}&step={step}",
        data={"version": 1, "comment": "发票在周三补齐"},
    )

    assert answer.status_code == 409
    assert "发票在周三补齐</textarea>" in answer.text


def test_locked_entry_offers_no_change_and_refuses_one(
    company: Company, claim: int
) -> None:
    engineer = company.client("A03")
    step(engineer, company, claim, "submit")

    page = engineer.get(f"{CLAIM}/details/?id={claim}").text
    saved = engineer.post(
        f"{CLAIM}/edit/?id={claim}", data={"amount": "1", "version": "2"}
    )

    assert "/edit/" not in page
    assert "内容已锁定" in saved.text
    assert company.get("expense_claim", claim)["amount"] == 300


def test_cell_of_a_state_is_not_edited_in_the_list(
    company: Company, claim: int
) -> None:
    cell = {"pk": str(claim), "field": "review", "was": "草稿", "value": "passed"}

    answer = company.client("admin").post(f"{CLAIM}/ajax/update/", json=cell)

    assert answer.status_code == 422
    assert "由流程决定" in answer.get_json()["message"]


def test_many_are_passed_from_the_list_all_or_none(company: Company) -> None:
    claims = [company.create("expense_claim", DETAIL, "A03") for _ in range(3)]
    engineer, manager = company.client("A03"), company.client("A01")
    for claim in claims[:2]:
        step(engineer, company, claim, "submit")
    action = {"action": "step:manager_passes", "rowid": [str(one) for one in claims]}

    page = manager.get(f"{CLAIM}/").text
    refused = manager.post(f"{CLAIM}/action/", data=action, follow_redirects=True)
    before = [standing(company, one) for one in claims]
    action["rowid"] = action["rowid"][:2]
    done = manager.post(f"{CLAIM}/action/", data=action, follow_redirects=True)

    assert 'data-bulk-action="step:manager_passes"' in page
    assert 'data-bulk-action="step:pay"' not in page
    assert "1 条不能办理，所选的都没有办理" in refused.text
    assert before == ["pending", "pending", "draft"]
    assert "已处理 2 条" in done.text
    assert [standing(company, one) for one in claims[:2]] == ["at_finance"] * 2


def test_desk_and_list_show_what_waits_for_whom(company: Company, claim: int) -> None:
    engineer, manager = company.client("A03"), company.client("A01")
    number = company.get("expense_claim", claim)["number"]

    assert number not in manager.get("/waiting/").text
    assert number in engineer.get("/waiting/?show=others").text
    step(engineer, company, claim, "submit")

    assert number in manager.get("/").text
    assert number in manager.get("/waiting/").text
    assert number not in engineer.get("/waiting/").text
    assert number not in company.client("B01").get("/waiting/").text


def test_deputy_finds_and_passes_what_waits(company: Company, claim: int) -> None:
    people = {login: company.person(login).staff_id for login in ("A01", "A02", "A03")}
    with company.database.write() as session:
        above = {"superior": people["A01"]}
        by = writer(SYSTEM)
        entries.change(session, "staff", people["A03"] or 0, above, by)
    away = {
        "person": people["A01"],
        "deputy": people["A02"],
        "from_on": date(2020, 1, 1),
        "until_on": date(2099, 1, 1),
    }
    deputising = company.create("deputising", away)
    step(company.client("A03"), company, claim, "submit")
    deputy = company.client("A02")
    number = company.get("expense_claim", claim)["number"]
    assert number not in deputy.get("/waiting/").text
    company.client("admin").post(
        f"/register/deputising/step/?id={deputising}&step=agree", data={"version": 1}
    )
    assert number in deputy.get("/waiting/").text

    page = deputy.get(f"{CLAIM}/details/?id={claim}").text
    step(deputy, company, claim, "manager_passes")

    assert "经理通过（代林主管）" in page
    assert standing(company, claim) == "at_finance"
    assert (
        '王敏 <span class="muted">代 林主管</span>'
        in deputy.get(f"{CLAIM}/details/?id={claim}").text
    )
