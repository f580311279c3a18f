"""The editor of formulas, at the desk and on a phone, by keys alone."""

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from admin import visit
from tests.admin.formula_desk import give, put_scheme
from tests.browser.busy_company import go
from tests.browser.pages import Pages
from tests.company import NOON, Company

SignIn = Callable[[Page, str], None]

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def scheme(company: Company, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(visit, "now", lambda: NOON)
    give(company, "manager", "pay.scheme", "change")
    give(company, "manager", "pay.slip", "list read")
    return str(put_scheme(company))


@pytest.fixture
def editor(page: Page, sign_in: SignIn, scheme: str) -> Page:
    sign_in(page, "A01")
    go(page, f"/pay/formulas/?scheme={scheme}")
    return page


def write(page: Page, text: str) -> None:
    page.locator("#formula").press_sequentially(text)


def test_a_mistake_is_marked_while_typing_and_gone_when_mended(editor: Page) -> None:
    status = editor.locator("#formula-status")
    write(editor, "每个来电 + 20")
    expect(status).to_contain_text("应是金额（元）")
    expect(status).to_contain_text("20元")
    expect(editor.locator(".formula-place mark")).to_have_text("20")
    expect(editor.locator("#formula")).to_have_attribute("aria-invalid", "true")

    write(editor, "元")

    expect(status).to_contain_text("结果是 金额（元）")
    expect(editor.locator(".formula-place")).to_be_hidden()


def test_names_are_offered_and_taken_with_keys(editor: Page) -> None:
    write(editor, "来电")
    offers = editor.locator("#formula-offers li")
    expect(offers.first).to_be_visible()
    expect(offers.first).to_contain_text("来电数")
    assert editor.get_attribute("#formula", "aria-activedescendant") == (
        "formula-offer-0"
    )

    editor.keyboard.press("Enter")
    write(editor, " * ")
    write(editor, "call")
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("ArrowUp")
    editor.keyboard.press("Escape")
    expect(editor.locator("#formula-offers")).to_be_hidden()

    assert editor.input_value("#formula") == "来电数 * call"


def test_a_formula_is_tried_for_a_person_and_month(editor: Page) -> None:
    write(editor, "来电数 * 每个来电 ")  # 26 calls at 2.50
    editor.locator(".formula-person .ts-control").click()
    editor.keyboard.type("王敏")
    editor.locator(".formula-person .ts-dropdown >> text=王敏").click()
    editor.click("[data-try]")

    expect(editor.locator(".formula-result .value")).to_have_text("65.00 元")
    expect(editor.locator(".formula-result")).to_contain_text("来电数 = 26")


def test_names_beside_are_found_and_put_in_by_a_click(editor: Page) -> None:
    editor.fill("[data-filter]", "加成")
    expect(editor.locator("[data-insert='来电数']")).to_be_hidden()

    editor.click("[data-insert='加成']")

    expect(editor.locator("#formula")).to_have_value("加成")
    expect(editor.locator("#formula-status")).to_contain_text("金额")


@pytest.mark.parametrize("where", ["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_fits_and_is_read_by_everybody(
    pages: Pages, sign_in: SignIn, scheme: str, where: str, language: str
) -> None:
    page = pages.desk() if where == "desk" else pages.phone()
    sign_in(page, "A01")
    if language == "en":
        go(page, "/account/language")
    go(page, f"/pay/formulas/?scheme={scheme}&line=calls_pay")
    expect(page.locator("#formula-status .good")).to_be_visible()
    write(page, " + call")

    expect(page.locator("#formula-offers li").first).to_be_visible()
    assert Axe().run(page)["violations"] == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
