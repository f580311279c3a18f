"""The line is cut while somebody writes: kept, shown to nobody else, sent once."""

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.busy_company import CALLS, go
from tests.browser.pages import Pages
from tests.company import Company

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def clerk(pages: Pages, sign_in: Callable[[Page, str], None]) -> Page:
    pages.expect_error("ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 422")
    phone = pages.phone()
    sign_in(phone, "A02")
    go(phone, "/quick/")
    expect(phone.locator("#state")).to_contain_text("有网络")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return phone


def write(page: Page, content: str) -> None:
    page.get_by_label("来电号码").fill("13812341234")
    page.get_by_label("类别").select_option(label="报修")
    page.get_by_label("内容").fill(content)
    page.get_by_label("处理结果").select_option(label="待回复")
    page.get_by_role("button", name="保存").click()


def test_entry_without_a_line_is_sent_once_when_it_is_back(
    clerk: Page, company: Company
) -> None:
    clerk.context.set_offline(True)
    clerk.reload()  # the page itself is there without a line
    expect(clerk.locator("#state")).to_contain_text("没有网络")
    write(clerk, "断网时的来电甲")
    write(clerk, "断网时的来电乙")
    expect(clerk.locator("#list li")).to_have_count(2)
    clerk.reload()  # or the browser was closed
    expect(clerk.locator("#list li")).to_have_count(2)

    clerk.context.set_offline(False)
    expect(clerk.locator("#state")).to_contain_text("已登记")
    expect(clerk.locator("#list li")).to_have_count(0)

    clerk.reload()
    expect(clerk.locator("#state")).to_contain_text("有网络")
    sent = [company.get("call_log", CALLS + number) for number in (1, 2)]
    assert [one["content"] for one in sent] == ["断网时的来电甲", "断网时的来电乙"]
    assert sent[0]["customer"] == 1
    answer = company.client("A02").get("/register/call_log/count/")
    assert answer.get_json() == {"text": str(CALLS + 2)}


def test_browser_keeps_static_files_and_the_page_alone(clerk: Page) -> None:
    go(clerk, "/register/call_log/")
    go(clerk, "/register/customer_file/details/?id=1")

    kept = clerk.evaluate(
        """async () => {
            const names = await caches.keys();
            const caches_ = await Promise.all(names.map((it) => caches.open(it)));
            const keys = await Promise.all(caches_.map((it) => it.keys()));
            return keys.flat().map((it) => new URL(it.url).pathname);
        }"""
    )

    assert "/quick/" in kept
    assert all(one == "/quick/" or one.startswith("/static/") for one in kept)


def test_what_waits_is_its_writers_alone_and_told_on_every_page(
    clerk: Page, sign_in: Callable[[Page, str], None]
) -> None:
    clerk.context.set_offline(True)
    write(clerk, "只给王敏看")
    expect(clerk.locator("#list")).to_contain_text("只给王敏看")
    clerk.route("**/quick/entries/", lambda route: route.abort())
    clerk.context.set_offline(False)
    go(clerk, "/register/call_log/")
    expect(clerk.locator(".note.warn")).to_contain_text("有 1 条离线记录还没有发送")

    sign_in(clerk, "A01")
    go(clerk, "/register/call_log/")
    expect(clerk.locator(".note.warn")).to_have_count(0)
    go(clerk, "/quick/")
    expect(clerk.locator("#state")).to_contain_text("有网络")
    assert "只给王敏看" not in clerk.content()


def test_wrong_entry_waits_for_its_writer(clerk: Page, company: Company) -> None:
    assert Axe().run(clerk)["violations"] == []
    write(clerk, "号码写错了")
    expect(clerk.locator("#state")).to_contain_text("已登记")
    clerk.get_by_label("来电号码").fill("12")
    clerk.get_by_label("类别").select_option(label="报修")
    clerk.get_by_label("内容").fill("号码写错了")
    clerk.get_by_label("处理结果").select_option(label="待回复")
    with clerk.expect_response("**/quick/entries/"):
        clerk.get_by_role("button", name="保存").click()

    expect(clerk.locator("#list")).to_contain_text("来电号码：")
    clerk.get_by_role("button", name="修改").click()
    clerk.get_by_label("来电号码").fill("13912341234")
    clerk.get_by_role("button", name="保存").click()

    expect(clerk.locator("#list li")).to_have_count(0)
    assert company.get("call_log", CALLS + 2)["phone"] == "13912341234"
