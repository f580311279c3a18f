"""What passes between people: taken down on a phone, accepted at a desk."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.busy_company import go

SignIn = Callable[[Page, str], None]


def test_call_is_taken_down_on_a_phone_and_accepted_at_the_desk(
    sign_in: SignIn, phone: Page, page: Page
) -> None:
    sign_in(phone, "N01")
    go(phone, "/")
    phone.get_by_role("link", name="代记来电").last.click()
    phone.get_by_label("来电号码").fill("13911112222")
    phone.get_by_label("内容").fill("送货到门口没人接")
    phone.get_by_role("radio", name="特急").check(force=True)
    wide = phone.evaluate("document.documentElement.scrollWidth")
    button = phone.get_by_role("button", name="记下并交给前台")
    box = button.bounding_box()
    button.click()
    phone.get_by_text("待认领，仍由您负责").wait_for()

    sign_in(page, "A02")
    go(page, "/to-accept/")
    page.get_by_role("button", name="认领").first.click()
    page.get_by_text("没有待认领的登记").wait_for()
    go(phone, "/take-down/call_log/")

    assert wide <= phone.viewport_size["width"]  # type: ignore[index]  # a phone has one
    assert box is not None
    assert box["height"] >= 44
    phone.get_by_text("王敏 已认领").wait_for()
