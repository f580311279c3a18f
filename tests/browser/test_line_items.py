"""Parts in the form of their whole, by keyboard, by paste and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.admin.test_check_sheets import ITEMS
from tests.browser import walk_sample as walk
from tests.browser.busy_company import go
from tests.browser.pages import Pages
from tests.company import Company

SignIn = Callable[[Page, str], None]
SQLITE = pytest.mark.databases("sqlite")
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
}"""
PASTED = """通话记录\t20\tS0-04-40
"回电
及时"\t二十分\t
着装\t5.5\t
工具\t10\t
签字\t4.5\t"""


def rows(page: Page) -> Locator:
    return page.locator("[data-lines] tr")


def open_form(page: Page, register: str, address: str = "new/") -> None:
    go(page, f"/register/{register}/{address}")


def type_three(page: Page) -> None:
    """Add three rows without touching the mouse."""
    page.get_by_label("名称").fill("服务质量检查表")
    page.get_by_role("button", name="添加一行").focus()
    for key in ("Enter", *"一二三"):
        if key != "Enter":
            page.keyboard.type(f"项目{key}")
            page.keyboard.press("Tab")
            page.keyboard.type("20")
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")


@SQLITE
def test_rows_are_typed_pasted_corrected_and_saved(
    company: Company, sign_in: SignIn, page: Page, pages: Pages
) -> None:
    pages.expect_error("422")  # the wrong cell is refused
    sign_in(page, "A01")
    open_form(page, "check_sheet")
    type_three(page)
    expect(rows(page)).to_have_count(4)
    page.evaluate(PASTE, PASTED)
    expect(rows(page)).to_have_count(8)
    page.keyboard.press("Alt+ArrowUp")
    expect(rows(page).nth(2).locator("input[name$=-item]")).to_have_value("通话记录")

    page.keyboard.press("Control+s")

    wrong = page.locator("td.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("二十分")
    expect(page.get_by_role("alert")).to_contain_text("第 5 行 分值")
    wrong.locator("input").fill("20")
    walk.save(page)
    entry = company.get("check_sheet", 1)
    assert (entry["name"], entry["points"]) == ("服务质量检查表", 120)
    open_form(page, "check_sheet", "edit/?id=1")
    expect(rows(page)).to_have_count(8)
    expect(rows(page).nth(2).locator("input[name$=-item]")).to_have_value("通话记录")


@SQLITE
def test_draft_brings_rows_back(company: Company, sign_in: SignIn, page: Page) -> None:
    sign_in(page, "A01")
    open_form(page, "check_sheet")
    type_three(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿")
    page.on("dialog", lambda dialog: dialog.accept())

    page.reload()
    page.get_by_role("button", name="恢复").click()

    expect(rows(page)).to_have_count(4)
    second = rows(page).nth(1)
    expect(second.locator("input[name$=-item]")).to_have_value("项目二")
    expect(second.locator("input[name$=-points]")).to_have_value("20")
    walk.save(page)
    assert company.get("check_sheet", 1)["points"] == 60


def make_sheet(company: Company) -> None:
    sheet = company.create("check_sheet", {"name": "服务质量检查表"}, "A01")
    for place, (item, points) in enumerate(ITEMS, start=1):
        values = {"check_sheet": sheet, "place": place, "item": item}
        company.create("check_sheet_item", values | {"points": int(points)}, "A01")


@SQLITE
def test_chosen_checklist_is_filled_in_on_a_phone(
    company: Company, sign_in: SignIn, phone: Page
) -> None:
    make_sheet(company)
    sign_in(phone, "A01")
    open_form(phone, "inspection")
    phone.get_by_label("检查内容").fill("九月回访")
    walk.pick(phone, "检查表", "服务质量检查表")

    expect(rows(phone)).to_have_count(3)
    expect(rows(phone).nth(1)).to_contain_text("上门着装")
    rows(phone).nth(1).get_by_label("扣分", exact=True).fill("5")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    walk.choose(phone, "结论", "轻微问题")
    walk.save(phone)

    entry = company.get("inspection", 1)
    assert (entry["full_points"], entry["points"]) == (100, 95)
