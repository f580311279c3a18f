"""A kept text is put into a long field by its code, filled from the form."""

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from models import reply_texts
from models.reply_texts import SHARED, Wanted
from tests.browser.busy_company import go
from tests.company import Company, writer

NEW = "/register/call_log/new/"
TEXT = "{客户}您好，{类别}一事{我}已记下，{约定时间}前回复。"

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def clerk(page: Page, company: Company, sign_in: Callable[[Page, str], None]) -> Page:
    with company.database.write() as session:
        wanted = Wanted("yq", "致歉", TEXT)
        reply_texts.save(session, SHARED, None, wanted, writer())
    sign_in(page, "A02")
    go(page, NEW + "?phone=13812341234")
    page.locator("select[name=category]").select_option("repair")
    return page


def test_code_after_a_slash_puts_in_the_text_with_the_forms_values(
    clerk: Page,
) -> None:
    content = clerk.get_by_label("内容", exact=True)
    content.fill("客户来电。")
    content.press("End")
    clerk.keyboard.type(" /y")
    expect(clerk.get_by_role("option", name="致歉")).to_be_visible()
    assert Axe().run(clerk)["violations"] == []
    clerk.keyboard.press("Enter")

    said = "苏州金锐激光科技您好，报修一事王敏已记下，{约定时间}前回复。"
    expect(content).to_have_value(f"客户来电。 {said}")
    clerk.keyboard.type("明天")  # what could not be filled is typed over
    expect(content).to_have_value(f"客户来电。 {said.replace('{约定时间}', '明天')}")


def test_button_offers_the_texts_and_escape_leaves_what_was_typed(
    clerk: Page,
) -> None:
    content = clerk.get_by_label("内容", exact=True)
    clerk.locator("[data-field=content] .reply-open").click()
    expect(clerk.get_by_role("listbox", name="常用话术")).to_be_visible()
    clerk.keyboard.press("Escape")
    expect(content).to_have_value("")

    clerk.keyboard.type("1/2 的功率")  # a slash within a word is a slash
    expect(clerk.get_by_role("listbox", name="常用话术")).to_have_count(0)
    expect(content).to_have_value("1/2 的功率")


def test_colleague_is_named_in_a_comment_by_a_few_letters(clerk: Page) -> None:
    go(clerk, "/register/call_log/details/?id=1")
    comment = clerk.get_by_label("讨论内容")
    comment.focus()
    clerk.keyboard.type("请 @林")
    expect(clerk.get_by_role("option", name="林主管")).to_be_visible()
    clerk.keyboard.press("Enter")
    expect(comment).to_have_value("请 @林主管 ")

    clerk.keyboard.type("看一下")
    clerk.get_by_role("button", name="发表").click()

    expect(clerk.locator(".comment")).to_contain_text("请 @林主管 看一下")
    expect(clerk.locator(".note.warn")).to_have_count(0)
