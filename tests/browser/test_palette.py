"""Ctrl+K and ?: reached, read out and left by keyboard alone."""

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.busy_company import go

LIST, NEW = "/register/call_log/", "/register/call_log/new/"

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def clerk(page: Page, sign_in: Callable[[Page, str], None]) -> Page:
    sign_in(page, "A02")
    return page


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page)["violations"]
    return [(it["id"], it["nodes"][0]["html"]) for it in found]


def test_register_is_opened_by_the_initials_of_its_name(clerk: Page) -> None:
    go(clerk, "/")
    clerk.keyboard.press("Control+k")
    palette = clerk.get_by_role("dialog", name="命令面板")
    expect(palette.get_by_role("option", name="来电登记").first).to_be_visible()
    assert violations(clerk) == []

    clerk.keyboard.type("khda")
    expect(palette.get_by_role("option").first).to_contain_text("客户档案")
    clerk.keyboard.press("Enter")

    clerk.wait_for_url("**/register/customer_file/")


def test_entry_and_what_the_page_offers_are_found_too(clerk: Page) -> None:
    go(clerk, LIST)
    clerk.keyboard.press("Control+k")
    palette = clerk.get_by_role("dialog", name="命令面板")
    expect(palette).to_be_visible()  # its script comes with the first Ctrl+K
    clerk.keyboard.type("金锐激光")
    expect(palette.get_by_role("option", name="KH00001")).to_be_visible()

    clerk.get_by_role("combobox").fill("筛选")
    expect(palette.get_by_role("option").first).to_contain_text("本页操作")
    clerk.keyboard.press("Enter")

    expect(palette).to_have_count(0)
    expect(clerk.locator("dialog[open]")).to_be_visible()


def test_arrows_choose_and_escape_leaves_the_focus_where_it_was(clerk: Page) -> None:
    go(clerk, LIST)
    clerk.keyboard.press("/")
    clerk.keyboard.press("Control+k")
    chosen = clerk.locator("#palette [aria-selected=true]")
    expect(clerk.get_by_role("option", name="来电登记").first).to_be_visible()
    expect(chosen).to_have_count(1)

    clerk.keyboard.press("ArrowDown")
    expect(clerk.get_by_role("option").nth(1)).to_have_attribute(
        "aria-selected", "true"
    )
    expect(clerk.get_by_role("combobox")).to_have_attribute(
        "aria-activedescendant", "palette-1"
    )
    clerk.keyboard.press("Escape")

    expect(clerk.locator("#palette")).to_have_count(0)
    expect(clerk.locator("[name=q]").first).to_be_focused()


def test_sheet_of_shortcuts_lists_what_is_bound_on_the_page(clerk: Page) -> None:
    go(clerk, LIST)
    clerk.keyboard.press("?")
    sheet = clerk.get_by_role("dialog", name="快捷键")
    expect(sheet).to_be_visible()
    assert violations(clerk) == []
    told = sheet.locator("dt").all_inner_texts()
    bound = clerk.locator("[data-hotkey]").evaluate_all(
        "all => all.map(it => it.dataset.hotkey)"
    )

    spelled = {one.replace("\n", "").replace("Ctrl", "mod+").lower() for one in told}
    assert {one.lower() for one in bound} <= spelled
    assert "Ctrls" not in "".join(told)  # saving belongs to forms
    clerk.keyboard.press("Escape")
    go(clerk, NEW)
    clerk.get_by_role("heading", level=1).click()
    clerk.keyboard.press("?")
    expect(sheet).to_contain_text("保存并新建")
    expect(sheet).to_contain_text("选第几项")
