"""The boards of charts and of dispatch: drawn under the strict policy, on both screens.

What a bar counts is opened by a click, an order is given out by keyboard and by hand.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from admin import visit
from models import entries
from tests.browser import walk_sample as walk
from tests.browser.busy_company import go
from tests.browser.late_department import HEAD, NOW
from tests.browser.pages import Pages
from tests.company import Company, writer
from tests.databases import Builder

SignIn = Callable[[Page, str], None]
Prepared = Callable[[str, Builder], str]

pytestmark = pytest.mark.databases("sqlite")

CHARTS = "/charts/?month=2026-10"
DISPATCH = "/dispatch/service_order/"
ENGINEER = "HY007"


@pytest.fixture
def company(
    prepared_database: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Company]:
    """The sample department, in which one repair has just been asked for."""
    monkeypatch.setattr(visit, "now", lambda: NOW)
    opened = walk.open_desk(
        prepared_database("sample_department", walk.build_sample), tmp_path
    )
    values = {
        "order_type": "support",
        "symptom": "展会支援",
        "reported_at": NOW,
    }
    with opened.database.write() as session:
        entries.create(
            session, "service_order", values, writer(opened.person(HEAD), NOW)
        )
    yield opened
    opened.close()


def fit(page: Page, path: str) -> None:
    """Open a page; it is no wider than its screen, and axe finds nothing."""
    go(page, path)
    too_wide = page.evaluate(
        "() => document.documentElement.scrollWidth - window.innerWidth"
    )
    assert too_wide <= 0, path
    found = Axe().run(page, context="main")["violations"]
    assert not found, [(one["id"], len(one["nodes"])) for one in found]


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_boards_are_accessible_and_fit_the_screen(
    pages: Pages, sign_in: SignIn, screen: str
) -> None:
    page = pages.desk() if screen == "desk" else pages.phone()
    sign_in(page, HEAD)

    for path in (CHARTS, "/charts/layout", DISPATCH):
        fit(page, path)


def test_a_chart_is_drawn_and_changes_places_with_its_table(
    page: Page, sign_in: SignIn
) -> None:
    sign_in(page, HEAD)
    go(page, CHARTS)
    card = page.locator("[data-chart-card]").first

    expect(card.locator("canvas")).to_be_visible()
    expect(card.locator("table")).to_be_hidden()
    card.get_by_role("button", name="表格").click()

    expect(card.locator("canvas")).to_be_hidden()
    card.locator("tbody a").first.click()
    page.wait_for_url(re.compile("behind=chart"))
    expect(page.locator("tbody tr[data-pk]").first).to_be_visible()


def test_a_picture_is_saved_as_a_file(page: Page, sign_in: SignIn) -> None:
    sign_in(page, HEAD)
    go(page, CHARTS)

    with page.expect_download() as begun:
        page.get_by_role("button", name=re.compile("下载图片：每天来电")).click()

    assert begun.value.suggested_filename.endswith(".png")
    assert Path(begun.value.path()).read_bytes()[:4] == b"\x89PNG"


def test_an_order_is_given_out_by_keyboard(
    page: Page, sign_in: SignIn, company: Company
) -> None:
    sign_in(page, HEAD)
    go(page, DISPATCH)

    page.locator("[data-give]").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("派给").select_option(label="吴景川")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("已派工。")).to_be_visible()
    engineer = company.person(ENGINEER).staff_id
    found = walk.find(company, "service_order", symptom="展会支援")
    assert found["engineer"] == engineer


def test_an_order_is_dragged_onto_somebodys_day(
    page: Page, sign_in: SignIn, company: Company
) -> None:
    engineer = company.person(ENGINEER).staff_id
    sign_in(page, HEAD)
    go(page, DISPATCH)
    day = page.locator(f'td[data-person="{engineer}"][data-on]:not([data-on=""])').first

    page.locator(".dispatch-waiting [data-job]").first.drag_to(day)

    expect(page.get_by_text("已派工。")).to_be_visible()
    found = walk.find(company, "service_order", symptom="展会支援")
    assert found["engineer"] == engineer
    assert found["appointed_at"] is not None
