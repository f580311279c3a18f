"""A time limit and a measure are put on a register that was made in the panel."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from models import calendars, catalogue
from models.words import Label
from tests.admin.late_desk import at
from tests.browser.busy_company import go
from tests.browser.pages import Pages
from tests.clock_desk import CALENDAR
from tests.company import NOON, Company

SignIn = Callable[[Page, str], None]
CODE = "x_chajiandengji"
FIELDS = [("运单号", "text"), ("来电时间", "instant"), ("查到时间", "instant")]


@pytest.fixture(autouse=True)
def same_catalogue_afterwards() -> Iterator[None]:
    yield
    catalogue.use()


@pytest.fixture
def admin(
    pages: Pages, sign_in: SignIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> Page:
    """Return the admin's page, at a desk with a calendar and a register of its own."""
    at(monkeypatch, NOON)
    with company.database.write() as session:
        calendars.save(session, "desk", Label("客服部", "Desk"), CALENDAR, NOON)
    page = pages.desk()
    sign_in(page, "admin")
    make_register(page)
    return page


def make_register(page: Page) -> None:
    go(page, "/settings/fields/new")
    page.fill("[name=zh]", "查件登记")
    page.check("[name=roles][value=clerk]")
    for index, (words, kind) in enumerate(FIELDS):
        page.fill(f"[name=zh-{index}]", words)
        page.select_option(f"[name=type-{index}]", kind)
        page.check(f"[name=flags-{index}][value=listed]")
    page.click("button[value=plan]")
    page.click("button[value=apply]")
    page.wait_for_url(f"**/register/{CODE}/**")


def fill_in_target(page: Page) -> None:
    """Go from the register's fields to its time limits, and type one."""
    go(page, f"/settings/fields/{CODE}")
    page.click(".tz-actions >> text=时限要求")
    page.click(".tz-actions >> text=新建时限要求")
    page.fill("[name=name_zh]", "查件答复")
    page.select_option("[name=start_field]", "x_laidianshijian")
    page.select_option("[name=stop_field]", "x_chadaoshijian")
    choose(page, "how", "若干小时自然时间")
    page.fill("[name=how_number]", "2")


def choose(page: Page, name: str, label: str) -> None:
    """Choose in a long list, which a script has made searchable."""
    page.click(f"[data-field={name}] .ts-control")
    page.click(f"[data-field={name}] .ts-dropdown >> text={label}")


def put_on_target(page: Page) -> None:
    fill_in_target(page)
    page.click("button[value=preview]")
    page.click("#preview ~ .save-bar button[value=save]")
    page.wait_for_url("**/settings/targets/**")


def put_on_measure(page: Page) -> None:
    go(page, f"/settings/fields/{CODE}")
    page.click(".tz-actions >> text=指标")
    page.click(".tz-actions >> text=新建指标")
    page.fill("[name=name_zh]", "查件逾期数")
    page.select_option("[name=target]", label="查件答复")
    page.click("button[value=preview]")


def test_late_entry_is_late_in_the_list_and_counted_by_the_measure(
    admin: Page, pages: Pages, sign_in: SignIn
) -> None:
    put_on_target(admin)
    assert "2小时（自然时间）" in admin.inner_text("main")
    clerk = pages.desk()
    sign_in(clerk, "A02")
    go(clerk, f"/register/{CODE}/new/")
    clerk.fill("[name=x_yundanhao]", "SF1001")
    clerk.fill("[name=x_laidianshijian]", "2026-10-14T09:00")
    clerk.fill("[name=x_chadaoshijian]", "2026-10-14T12:00")
    clerk.click(".save-bar .btn-primary")
    clerk.wait_for_load_state()

    go(clerk, f"/register/{CODE}/")
    assert "逾期完成" in clerk.inner_text("main")
    put_on_measure(admin)
    shown = admin.inner_text("#preview")
    assert "王敏" in shown
    assert "1" in shown.partition("王敏")[2]
    admin.click("button[value=save]")
    admin.wait_for_url("**/settings/measures/**")
    assert "查件逾期数" in admin.inner_text("main")


def test_only_what_the_chosen_way_needs_is_asked(admin: Page) -> None:
    fill_in_target(admin)

    assert admin.is_visible("[name=how_number]")
    assert not admin.is_visible("[name=how_time]")
    choose(admin, "how", "每周的某一天")
    assert not admin.is_visible("[name=how_number]")
    assert admin.is_visible("[name=how_time]")


def test_forms_fit_a_phone(admin: Page, phone: Page, sign_in: SignIn) -> None:
    put_on_target(admin)
    sign_in(phone, "admin")
    addresses = (
        "/settings/targets/",
        "/settings/targets/new",
        f"/settings/targets/new?register={CODE}",
        "/settings/targets/1/",
        "/settings/measures/",
        f"/settings/measures/new?register={CODE}",
    )

    for address in addresses:
        go(phone, address)

        wide = phone.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, address
