"""The theme at work in a browser, over real pages, under the panel's own policy."""

from collections.abc import Callable
from wsgiref.types import WSGIApplication

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.busy_company import CALLS, go
from tests.browser.pages import Pages
from tests.company import Company

LiveServer = Callable[[WSGIApplication], str]
LIST, NEW = "/register/call_log/", "/register/call_log/new/"
ENTRY = "/register/call_log/details/?id=1"
FINGER = 44  # pixels that a finger needs

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def clerk(page: Page, sign_in: Callable[[Page, str], None]) -> Page:
    sign_in(page, "A02")
    return page


@pytest.fixture
def clerks_phone(phone: Page, sign_in: Callable[[Page, str], None]) -> Page:
    sign_in(phone, "A02")
    return phone


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_pages_are_accessible_and_no_wider_than_the_screen(
    pages: Pages, sign_in: Callable[[Page, str], None], screen: str
) -> None:
    page = pages.desk() if screen == "desk" else pages.phone()
    sign_in(page, "A02")

    for path in ("/", LIST, NEW, ENTRY):
        go(page, path)
        found = Axe().run(page)
        too_wide = page.evaluate(
            "() => document.documentElement.scrollWidth - window.innerWidth"
        )

        assert [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]] == []
        assert too_wide <= 0


def test_what_a_finger_presses_is_large_enough(clerks_phone: Page) -> None:
    for path in ("/", LIST, NEW):
        go(clerks_phone, path)
        heights = clerks_phone.locator(
            "button:visible, a.btn:visible, summary:visible, "
            "select.form-select:visible, input.form-control:visible"
        ).evaluate_all(
            """all => all.filter(it => !it.matches('.ts-hidden-accessible'))
                .map(it => [it.outerHTML.slice(0, 80), it.offsetHeight])"""
        )

        assert heights
        assert [it for it in heights if it[1] < FINGER] == []


def test_cells_of_a_card_say_what_they_are(clerks_phone: Page) -> None:
    go(clerks_phone, LIST)

    labels = clerks_phone.locator("tbody tr").first.locator("td[data-label]")

    assert "来电号码" in labels.evaluate_all("all => all.map(it => it.dataset.label)")
    expect(clerks_phone.locator("thead")).to_be_hidden()


def test_menu_is_a_drawer_on_a_phone(clerks_phone: Page) -> None:
    go(clerks_phone, LIST)
    menu = clerks_phone.locator("#menu")
    expect(menu).to_be_hidden()

    clerks_phone.get_by_role("button", name="打开菜单").click()
    expect(menu).to_be_visible()
    clerks_phone.keyboard.press("Escape")

    expect(menu).to_be_hidden()


def test_filter_builder_writes_an_address_that_opens_again(clerk: Page) -> None:
    go(clerk, LIST)
    clerk.get_by_role("button", name="筛选").click()
    condition = clerk.locator(".condition")
    condition.get_by_label("字段").select_option(label="类别")
    condition.locator(".ts-control").click()
    condition.locator(".ts-dropdown .option", has_text="报修").click()
    clerk.get_by_role("button", name="应用筛选").click()

    address = clerk.url
    expect(clerk.locator(".list-count")).to_have_text(str(CALLS // 2))
    clerk.goto(address)

    expect(clerk.locator(".chip")).to_contain_text("报修")
    expect(clerk.locator(".list-count")).to_have_text(str(CALLS // 2))


def test_cell_edited_in_place_is_saved_by_enter(clerk: Page, company: Company) -> None:
    go(clerk, LIST)
    cell = clerk.locator("td.edit").first
    entry = int(cell.locator("..").get_attribute("data-pk") or 0)
    was = company.get("call_log", entry)

    cell.dblclick()
    select = cell.locator("select")
    values = select.locator("option").evaluate_all("all => all.map(it => it.value)")
    other = next(it for it in values if it and it not in was.values())
    with clerk.expect_response(lambda answer: "ajax/update" in answer.url) as answer:
        select.select_option(other)
        clerk.keyboard.press("Enter")

    assert answer.value.status == 200
    expect(cell.locator("select")).to_have_count(0)
    assert other in company.get("call_log", entry).values()


def test_unsaved_text_survives_until_it_is_saved(clerk: Page) -> None:
    go(clerk, NEW)
    clerk.get_by_label("内容").fill("切割头对焦偏移")
    expect(clerk.locator("[data-draft-state]")).to_contain_text("草稿已暂存")
    clerk.on("dialog", lambda dialog: dialog.accept())
    clerk.reload()

    clerk.get_by_role("button", name="恢复").click()
    expect(clerk.get_by_label("内容")).to_have_value("切割头对焦偏移")
    clerk.get_by_label("来电号码").fill("13812341234")
    clerk.get_by_label("类别").select_option(label="报修")
    clerk.get_by_role("radio", name="已解决").check(force=True)
    clerk.get_by_role("button", name="保存", exact=True).click()
    clerk.wait_for_url(lambda url: "/new/" not in url)
    go(clerk, NEW)

    expect(clerk.locator("[data-draft-note]")).to_be_hidden()


def test_unsaved_text_stays_when_the_save_is_refused(clerk: Page, pages: Pages) -> None:
    pages.expect_error("422")
    go(clerk, NEW)
    clerk.get_by_label("内容").fill("只写了内容")
    clerk.get_by_role("button", name="保存", exact=True).click()

    expect(clerk.get_by_role("alert")).to_contain_text("需要修改")
    expect(clerk.get_by_label("内容")).to_have_value("只写了内容")
    assert clerk.evaluate("Object.keys(localStorage).some(it => /^draft:/.test(it))")


def test_unsaved_text_goes_when_its_writer_signs_out(clerk: Page) -> None:
    go(clerk, NEW)
    clerk.get_by_label("内容").fill("不给下一个人看")
    expect(clerk.locator("[data-draft-state]")).to_contain_text("草稿已暂存")

    clerk.on("dialog", lambda dialog: dialog.accept())
    clerk.get_by_role("button", name="我的账号").click()
    clerk.get_by_role("button", name="退出登录").click()
    clerk.wait_for_url(lambda url: "sign-in" in url)

    assert clerk.evaluate("JSON.stringify(localStorage)").count("不给下一个人看") == 0


def test_number_typed_shows_who_is_calling(clerk: Page) -> None:
    go(clerk, NEW)
    clerk.get_by_label("来电号码").fill("138 1234 1234")
    clerk.keyboard.press("Tab")

    side = clerk.locator("[data-side]")

    expect(side).to_contain_text("苏州金锐激光科技")
    expect(side).to_contain_text("最近往来")


def test_keys_lead_to_the_search_and_to_a_new_entry(clerk: Page) -> None:
    go(clerk, LIST)
    clerk.keyboard.press("/")
    expect(clerk.get_by_label("搜索全部台账")).to_be_focused()

    clerk.get_by_label("搜索全部台账").evaluate("it => it.blur()")
    clerk.keyboard.press("n")

    clerk.wait_for_url(lambda url: url.endswith(NEW))


def test_dark_pages_are_readable_and_stay_dark(clerk: Page) -> None:
    go(clerk, "/")
    clerk.get_by_role("button", name="我的账号").click()
    clerk.get_by_role("button", name="深色界面").click()
    only_contrast = {"runOnly": ["color-contrast"]}

    for path in (LIST, NEW, ENTRY):
        go(clerk, path)
        found = Axe().run(clerk, options=only_contrast)

        assert clerk.locator("html").get_attribute("data-bs-theme") == "dark"
        assert [it["nodes"][0]["html"] for it in found["violations"]] == []


def test_number_of_others_is_shown_for_a_reason(
    page: Page, pages: Pages, sign_in: Callable[[Page, str], None]
) -> None:
    pages.expect_error("422")
    sign_in(page, "A01")
    go(page, ENTRY)
    number = page.locator("[data-masked]").first
    expect(number).to_contain_text("138****1234")

    number.get_by_role("button", name="查看完整号码").click()
    expect(page.get_by_role("dialog")).to_contain_text("原因")
    page.keyboard.type("核对回访号码")
    page.keyboard.press("Enter")

    expect(number).to_have_text("13812341234")


def test_fields_nothing_was_written_into_are_folded_but_on_paper(clerk: Page) -> None:
    go(clerk, ENTRY)
    unfilled = clerk.locator(".entry-field.unfilled")
    count = unfilled.count()
    button = clerk.get_by_role("button", name=f"未填写的 {count} 项")

    assert count >= 4
    assert unfilled.locator("dd").all_inner_texts() == ["–"] * count
    clerk.emulate_media(media="print")
    expect(unfilled.first).to_be_visible()
    clerk.emulate_media(media="screen")
    expect(unfilled.first).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(unfilled.first).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
