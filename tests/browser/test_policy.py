"""The panel under its strict policy: every control alive, nothing foreign runs.

A page on which the browser refuses anything fails its test: see `pages.Pages`.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.entry_errors import NotAllowedError
from tests.browser.busy_company import CALLS, go
from tests.browser.pages import Pages
from tests.browser.walk_sample import pick
from tests.company import Company

LIST = "/register/call_log/"

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def manager(page: Page, sign_in: Callable[[Page, str], None]) -> Page:
    sign_in(page, "A01")
    return page


def test_no_page_of_the_menu_meets_a_refusal(
    page: Page, sign_in: Callable[[Page, str], None]
) -> None:
    sign_in(page, "admin")
    go(page, "/")
    paths = page.eval_on_selector_all(
        "nav.tz-menu a", "links => links.map(it => it.getAttribute('href'))"
    )

    for path in paths:
        go(page, path)
        expect(page.locator("main h1").first).to_be_visible()

    assert len(paths) > 25


@pytest.mark.parametrize(
    "page_of_entry",
    ["details/?id=1", "edit/?id=1", "history/?id=1", "import/", "?bin=1"],
)
def test_pages_of_a_register_meet_no_refusal(manager: Page, page_of_entry: str) -> None:
    go(manager, LIST + page_of_entry)

    expect(manager.locator("main h1").first).to_be_visible()


def test_script_of_somebody_else_does_not_run(manager: Page, pages: Pages) -> None:
    go(manager, LIST)

    manager.evaluate(
        """() => {
            for (const set of [it => it.textContent = "window.taken = 1",
                               it => it.src = "/static/js/theme.js"]) {
                const foreign = document.createElement("script");
                set(foreign);
                document.body.append(foreign);
            }
        }"""
    )

    assert manager.evaluate("window.taken") is None
    assert len([one for one in pages.errors() if "Content Security" in one]) == 2
    pages.expect_error("Content Security Policy")


def test_deleting_a_row_asks_first(manager: Page, company: Company) -> None:
    go(manager, LIST)
    row = manager.locator("tbody tr").first
    number = row.get_attribute("data-pk")
    row.locator("[data-row-menu]").click()
    manager.get_by_role("menuitem", name="删除").click()
    dialog = manager.get_by_role("dialog")
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="删除").click()

    expect(manager.locator(f'tr[data-pk="{number}"]')).to_have_count(0)
    with pytest.raises(NotAllowedError):
        company.get("call_log", int(number or 0))


def test_ticked_rows_are_put_into_the_bin_together(manager: Page) -> None:
    go(manager, LIST)
    for index in (0, 1, 2):
        manager.locator("tbody input[name=rowid]").nth(index).check()
    expect(manager.locator("[data-bulk-count]")).to_have_text("3")

    manager.locator("[data-bulk-action=bin]").click()
    dialog = manager.get_by_role("dialog")
    expect(dialog).to_contain_text("3")
    dialog.get_by_role("button", name="确定").click()

    expect(manager.locator("tbody tr")).to_have_count(CALLS - 3)


def test_counted_number_follows_its_day_and_person_until_somebody_types(
    manager: Page,
) -> None:
    go(manager, "/register/handover_book/new/")
    count, day = manager.get_by_label("当班来电数"), manager.get_by_label("日期")
    expect(count).to_have_value("0")
    manager.locator("main summary", has_text="更多").click()
    day.fill("2026-10-14")
    day.blur()
    manager.locator("[data-field=handed_over_by] .clear-button").click()
    expect(count).to_have_value("")
    pick(manager, "交班人", "王敏")
    expect(count).to_have_value(str(CALLS))
    day.fill("2026-10-15")
    day.blur()
    expect(count).to_have_value("0")

    count.fill("7")
    with manager.expect_response(re.compile("/counts/")) as answered:
        day.fill("2026-10-14")
        day.blur()

    assert answered.value.json() == {"call_count": str(CALLS)}
    expect(count).to_have_value("7")
