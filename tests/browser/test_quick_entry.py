"""A call from a known customer, by keyboard alone, and the next one that is like it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.busy_company import go
from tests.company import Company

LIST, NEW = "/register/call_log/", "/register/call_log/new/"
MOST = (
    9  # keystrokes of a call from a known customer, besides its text; 12 are the goal
)

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def clerk(page: Page, sign_in: Callable[[Page, str], None]) -> Page:
    sign_in(page, "A02")
    return page


class Keys:
    """Somebody at the keyboard, whose keystrokes are counted; text is not."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def press_until(self, key: str, field: str) -> None:
        """Press a key until a field has the focus."""
        for _ in range(MOST):
            self.press(key)
            if self.page.evaluate(
                "name => document.activeElement.closest('.field')"
                "?.dataset.field === name && !document.activeElement.matches('a')",
                field,
            ):
                return
        raise AssertionError(f"{field} was not reached")


def test_call_of_a_known_customer_takes_few_keystrokes(
    clerk: Page, company: Company
) -> None:
    go(clerk, LIST)
    keys = Keys(clerk)

    keys.press("n")
    expect(clerk.get_by_label("来电号码")).to_be_focused()
    clerk.keyboard.type("13812341234")
    keys.press_until("Tab", "category")
    expect(clerk.locator("[data-side]")).to_contain_text("苏州金锐激光科技")
    keys.press("1")
    keys.press_until("Tab", "content")
    clerk.keyboard.type("激光不出光")
    keys.press_until("Tab", "result")
    keys.press("1")
    keys.press("Control+s")
    clerk.wait_for_url("**/details/**")

    assert keys.count <= MOST, keys.count
    saved = company.get("call_log", int(clerk.url.rpartition("id=")[2]))
    assert saved["content"] == "激光不出光"
    assert (saved["category"], saved["result"]) == ("repair", "solved")
    assert saved["customer"] == 1


def test_next_call_keeps_what_the_clerk_ticked(clerk: Page) -> None:
    go(clerk, NEW)
    clerk.get_by_role("button", name="下一条保留哪些字段").click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_label("类别").check()
    dialog.get_by_role("button", name="确定").click()

    clerk.get_by_label("来电号码").fill("13812341234")
    clerk.locator("select[name=category]").select_option("parts")
    clerk.get_by_label("内容").fill("问镜片价格")
    clerk.locator("[data-field=result] label").first.click()
    clerk.keyboard.press("Control+Enter")
    clerk.wait_for_url("**/new/?after=*")

    expect(clerk.locator("select[name=category]")).to_have_value("parts")
    expect(clerk.get_by_label("来电号码")).to_have_value("")
    go(clerk, NEW)  # what is kept is remembered, and only used after a save
    expect(clerk.locator("select[name=category]")).to_have_value("")
    clerk.get_by_role("button", name="下一条保留").click()
    expect(clerk.get_by_role("dialog").get_by_label("类别")).to_be_checked()


def test_clerk_is_told_of_a_customer_who_is_there(clerk: Page) -> None:
    go(clerk, "/register/customer_file/new/")
    note = clerk.locator("[data-alike-note]")
    expect(note).to_be_hidden()

    clerk.get_by_label("名称").press_sequentially("苏州金锐激光科技有限公司")
    expect(note).to_contain_text("已有“名称”相同的客户档案")
    expect(note.get_by_role("link")).to_have_attribute(
        "href", "/register/customer_file/details/?id=1"
    )
    clerk.get_by_label("名称").fill("苏州另一家")

    expect(note).to_be_hidden()
