"""An admin makes a register in the panel; a clerk keeps it, a manager exports it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from admin.create_app import create_app
from models import catalogue
from models.database import Database
from models.opening import ready
from tests.browser.busy_company import go
from tests.browser.pages import Pages
from tests.company import Company

SignIn = Callable[[Page, str], None]
# words, type, options, what is ticked
FIELDS = [
    ("运单号", "text", "", ["required", "listed", "first", "searchable"]),
    ("来电时间", "instant", "", ["listed"]),
    ("来电号码", "phone", "", ["first"]),
    ("查询结果", "choice", "已找到 | Found | good\n丢失 | Lost | bad", ["listed"]),
    ("原因", "long_text", "", []),
    ("保价金额", "money", "", ["listed"]),
    ("件数", "integer", "", []),
    ("经手人", "person", "", []),
    ("约定日期", "date", "", ["filterable"]),
    ("已赔付", "yes_no", "", []),
]
STATES = [("已受理", ""), ("已答复", ""), ("办结", "final")]
STEPS = [("1", "2", "答复客户"), ("2", "3", "办结"), ("2", "1", "重新查找")]
MINUTES = 3
CODE = "x_chajiandengji"


@pytest.fixture(autouse=True)
def same_catalogue_afterwards() -> Iterator[None]:
    yield
    catalogue.use()


def fill_in(page: Page) -> None:
    """Type a register with ten fields."""
    go(page, "/settings/fields/new")
    page.fill("[name=zh]", "查件登记")
    page.check("[name=roles][value=clerk]")
    for index, (words, kind, options, ticked) in enumerate(FIELDS):
        page.fill(f"[name=zh-{index}]", words)
        page.select_option(f"[name=type-{index}]", kind)
        if options:
            page.fill(f"[name=options-{index}]", options)
        for one in ticked:
            page.check(f"[name=flags-{index}][value={one}]")


def make(page: Page) -> None:
    fill_in(page)
    page.click("button[value=plan]")
    assert "查件登记：新建表" in page.inner_text("#plan")
    page.click("button[value=apply]")
    page.wait_for_url("**/register/x_chajiandengji/**")


def give_flow(page: Page) -> None:
    """Type three states and the steps between them."""
    go(page, f"/settings/fields/{CODE}/flow")
    for index, (words, flag) in enumerate(STATES):
        page.fill(f"[name=s-zh-{index}]", words)
        if flag:
            page.check(f"[name=s-flags-{index}][value={flag}]")
    for index, (source, to, words) in enumerate(STEPS):
        page.fill(f"[name=t-from-{index}]", source)
        page.fill(f"[name=t-to-{index}]", to)
        page.fill(f"[name=t-zh-{index}]", words)
    page.click("button[value=plan]")
    page.click("button[value=apply]")
    page.wait_for_load_state()


def test_register_with_a_flow_is_made_kept_and_exported(
    pages: Pages, sign_in: SignIn, company: Company
) -> None:
    admin, clerk, manager = pages.desk(), pages.desk(), pages.desk()
    sign_in(admin, "admin")
    started = time.monotonic()
    make(admin)
    give_flow(admin)
    assert time.monotonic() - started < MINUTES * 60

    sign_in(clerk, "A02")
    go(clerk, "/register/x_chajiandengji/new/")
    clerk.fill("[name=x_yundanhao]", "SF1001")
    clerk.click("button.btn-primary[type=submit], .save-bar .btn-primary")
    clerk.wait_for_load_state()
    clerk.click("button:has-text('答复客户')")
    clerk.wait_for_load_state()
    sign_in(manager, "A01")
    go(manager, f"/register/{CODE}/")

    assert "SF1001" in manager.inner_text("main")
    assert "已答复" in manager.inner_text("main")
    exported = company.client("A01").get("/register/x_chajiandengji/export/csv/")
    assert "SF1001" in exported.text


def test_other_process_lists_it_within_five_seconds(
    page: Page, sign_in: SignIn, company: Company
) -> None:
    theirs = ready(Database(company.database.url))
    try:
        other = create_app(company.app.extensions["taizhang"].settings, theirs)
        other.testing = True
        sign_in(page, "admin")
        make(page)
        catalogue.use()  # as the other process has it, in memory of its own
        assert "x_chajiandengji" not in catalogue.current()

        until = time.monotonic() + 5
        while time.monotonic() < until and "x_chajiandengji" not in catalogue.current():
            other.test_client().get("/account/sign-in")
            time.sleep(0.2)

        assert "x_chajiandengji" in catalogue.current()
    finally:
        theirs.dispose()


def test_form_fits_a_phone(phone: Page, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(phone, "admin")
    fill_in(phone)

    wide = phone.evaluate("document.documentElement.scrollWidth")
    phone.screenshot(path=tmp_path / "phone.png")

    assert wide <= 390
    phone.click("button[value=plan]")
    assert "将要做的事" in phone.inner_text("main")
