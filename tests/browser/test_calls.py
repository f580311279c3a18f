"""The call list of today, as a clerk works through it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from admin import visit
from tests.call_desk import NOW, CallDesk
from tests.company import Company, open_company
from tests.databases import Builder
from tests.duty_desk import at, build_duty_company


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Company]:
    monkeypatch.setattr(visit, "now", lambda: NOW)
    url = prepared_database("duty_company", build_duty_company)
    opened = open_company(url, tmp_path, tokens=True)
    yield opened
    opened.close()


def test_a_clerk_works_through_the_list_of_today(
    company: Company, sign_in: Callable[[Page, str], None], page: Page, phone: Page
) -> None:
    desk = CallDesk(company.database)
    desk.duty("ten", people=[desk.staff["A02"]])
    desk.order(at(14, 9), symptom="激光功率不足")
    desk.customers(3)
    sign_in(page, "A02")
    sign_in(phone, "A02")

    page.goto(page.url.partition("/account")[0])
    page.get_by_role("link", name="完整名单").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("服务后回访")
    page.get_by_text("未接通").first.click()
    page.get_by_role("button", name="无人接听").first.click()
    expect(page.locator(".call").first).not_to_contain_text("激光功率不足")
    expect(page.get_by_text("已拨 1 次")).to_be_visible()

    page.get_by_role("link", name="接通，登记").first.click()
    page.get_by_label("意见建议").fill("满意")
    page.get_by_role("button", name="保存", exact=True).first.click()
    expect(page).to_have_url(
        phone.url.partition("/account")[0] + "/calls/callback_log/"
    )
    expect(page.locator(".call-progress")).to_contain_text("2/10")

    phone.goto(page.url)
    phone.get_by_text("未接通").first.click()
    expect(phone.get_by_role("button", name="改约").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
