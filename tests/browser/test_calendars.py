"""A day of a calendar is changed on a phone; the pages of calendars can be read."""

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.admin.late_desk import at, order, promise
from tests.browser.busy_company import go
from tests.clock_desk import at as moment
from tests.company import NOON, Company

pytestmark = pytest.mark.databases("sqlite")
SignIn = Callable[[Page, str], None]
PAGE = "/settings/calendars/"


@pytest.fixture
def phone_of_admin(
    phone: Page, sign_in: SignIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> Page:
    """Return the admin's phone, at a desk with a promise over a Sunday."""
    at(monkeypatch, NOON)
    promise(company)
    order(company, reported_at=moment("2026-10-17 15:00"))
    sign_in(phone, "admin")
    return phone


def test_sunday_is_worked_after_a_preview_by_keyboard_alone(
    phone_of_admin: Page,
) -> None:
    page = phone_of_admin
    go(page, f"{PAGE}1/?year=2026")
    page.focus("[href*='on=2026-10-18']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/day?on=2026-10-18")
    page.focus("[name=kind]:checked")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.focus("button[value=preview]")
    page.keyboard.press("Enter")
    assert "2026-10-18 15:00" in page.inner_text("#preview")

    page.focus("button[value=save]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?year=2026")

    assert "移动了 1 个时限" in page.inner_text("main")
    day = page.get_by_label("2026-10-18 调休上班")
    assert day.inner_text().split() == ["18", "班"]


def test_pages_of_calendars_fit_a_phone(phone_of_admin: Page) -> None:
    page = phone_of_admin
    for address in (
        PAGE,
        f"{PAGE}new",
        f"{PAGE}1/edit",
        "/settings/official-days/?year=2026",
        f"{PAGE}1/?year=2027",
    ):
        go(page, address)

        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    # A month of the year: all twelve are alike, and take long to look over.
    found = Axe().run(page, context=".calendar-month:nth-of-type(1)")
    assert [one["id"] for one in found["violations"]] == []
