"""A draft of yesterday's form is fitted into today's; what does not fit is copied."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from models import catalogue
from tests.admin.test_changed_forms import FIELDS, NEW, changed, declare
from tests.browser.busy_company import go
from tests.browser.pages import Pages
from tests.company import Company

SignIn = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def same_catalogue_afterwards() -> Iterator[None]:
    yield
    catalogue.use()


def test_draft_is_fitted_into_changed_fields_and_the_rest_copied(
    pages: Pages, sign_in: SignIn, company: Company
) -> None:
    pages.expect_error("422")
    page = pages.desk()
    declare(company.database, FIELDS)
    sign_in(page, "admin")
    go(page, NEW)
    page.fill("[name=sender]", "王女士")
    page.fill("[name=remark]", "门口有狗")
    page.wait_for_function("document.querySelector('[data-draft-state]').textContent")
    page.once("dialog", lambda asked: asked.accept())
    declare(company.database, changed(without="remark"), retired_fields=[FIELDS[1]])

    go(page, NEW)
    page.click("[data-draft-restore]")
    page.click("[data-copy]")
    page.focus("[name=weight]")
    page.keyboard.press("Control+V")

    assert page.input_value("[name=weight]") == "门口有狗"
    assert page.input_value("[name=sender]") == "王女士"
    page.click("button[name=save]")
    page.wait_for_url("**/details/**")
    pages.require_silence()
