"""A claim is sent in, sent back with a comment, sent again, passed by a deputy."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from models import entries, flow_steps
from models.access import SYSTEM
from models.flow_steps import Take
from tests.browser.busy_company import go
from tests.browser.pages import Pages
from tests.company import Company, writer

SignIn = Callable[[Page, str], None]
PHONE = 390


@pytest.fixture
def claim(company: Company) -> int:
    """A claim of the engineer, whose manager is away and has a deputy."""
    ids = {
        login: company.person(login).staff_id or 0 for login in ("A01", "A02", "A03")
    }
    away = {
        "person": ids["A01"],
        "deputy": ids["A02"],
        "from_on": date(2020, 1, 1),
        "until_on": date(2099, 1, 1),
    }
    deputising = company.create("deputising", away)
    with company.database.write() as session:
        above = {"superior": ids["A01"]}
        entries.change(session, "staff", ids["A03"], above, writer(SYSTEM))
        takes = [Take(deputising)]
        flow_steps.take_many(session, "deputising", takes, "agree", writer(SYSTEM))
    return company.create("expense_claim", {"amount": 300, "purpose": "移机"}, "A03")


@pytest.mark.databases("sqlite")
def test_claim_goes_its_way(
    sign_in: SignIn, claim: int, phone: Page, page: Page, pages: Pages
) -> None:
    here = f"/register/expense_claim/details/?id={claim}"
    sign_in(phone, "A03")
    pages.expect_error("422")  # the comment that is missing at first
    go(phone, here)
    picture = phone.get_by_role("img", name="流程图，目前在：草稿")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    phone.get_by_role("button", name="提交审核").click()
    expect(phone.get_by_text("已办理：提交审核")).to_be_visible()
    expect(phone.get_by_role("link", name="修改", exact=True)).to_have_count(0)

    sign_in(page, "A01")
    go(page, "/")
    page.get_by_role("link", name="移机").first.click()
    page.get_by_role("link", name="经理退回").click()
    page.get_by_role("button", name="经理退回").click()
    expect(page.get_by_role("alert")).to_contain_text("须写明意见")
    page.get_by_label("意见").fill("请补票据")
    page.get_by_role("button", name="经理退回").click()
    expect(page.locator(".flow-steps")).to_contain_text("请补票据")

    go(phone, here)
    phone.get_by_role("button", name="再次提交").click()
    expect(phone.locator(".flow-steps li")).to_have_count(3)

    deputy = pages.desk()
    sign_in(deputy, "A02")
    go(deputy, "/waiting/")
    deputy.get_by_role("link", name="移机").first.click()
    deputy.get_by_role("button", name="经理通过（代林主管）").click()
    expect(deputy.locator(".flow-steps")).to_contain_text("王敏 代 林主管")
    expect(deputy.get_by_role("img", name="流程图，目前在：待财务审核")).to_be_visible()
