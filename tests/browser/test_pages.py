"""The rig of the browser: what a page complains about does not go unseen."""

from collections.abc import Callable, Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Page

from tests.browser.pages import Pages

LiveServer = Callable[[WSGIApplication], str]

POLICY = "default-src 'self'; img-src * data:"


def html(body: str) -> WSGIApplication:
    """Return an app that answers every address with this body, under the policy."""

    def app(_request: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        headers = [("Content-Type", "text/html; charset=utf-8")]
        start("200 OK", [*headers, ("Content-Security-Policy", POLICY)])
        return [f"<!doctype html><link rel=icon href=data:,>{body}".encode()]

    return app


def test_desk_screen_speaks_chinese(live_server: LiveServer, page: Page) -> None:
    page.goto(live_server(html("<h1>台账</h1>")))

    assert page.inner_text("h1") == "台账"
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("[innerWidth, innerHeight]") == [1440, 900]


def test_phone_is_as_wide_as_a_phone(live_server: LiveServer, phone: Page) -> None:
    viewport = "<meta name=viewport content='width=device-width'>"
    phone.goto(live_server(html(f"{viewport}<h1>台账</h1>")))

    assert phone.evaluate("innerWidth") == 390


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>1</script>", "Content Security Policy"),
        ("<p onclick='1' style='color: red'>", "Content Security Policy"),
        ("<img src='http://[::1]:9/logo.png'>", "asked another machine"),
    ],
    ids=["inline script", "inline style", "other machine"],
)
def test_page_that_complains_is_found_out(
    live_server: LiveServer, pages: Pages, body: str, complaint: str
) -> None:
    pages.desk().goto(live_server(html(body)))

    assert complaint in pages.errors()[0]
    pages.expect_error(f"{complaint}|ERR_")


def test_failure_leaves_a_picture_of_each_page(
    live_server: LiveServer, pages: Pages, tmp_path: Path
) -> None:
    pages.desk().goto(live_server(html("<script>1</script>")))

    with pytest.raises(AssertionError), pages.watched(tmp_path):
        pages.phone()

    assert {file.name for file in tmp_path.iterdir()} == {"page_1.png", "page_2.png"}
    pages.expect_error("Content Security Policy")


def test_two_people_do_not_share_a_sign_in(
    live_server: LiveServer, pages: Pages
) -> None:
    address = live_server(html("<h1>台账</h1>"))
    clerk, manager = pages.desk(), pages.desk()
    clerk.goto(address)
    manager.goto(address)

    clerk.evaluate("document.cookie = 'who=clerk'")

    assert clerk.evaluate("document.cookie") == "who=clerk"
    assert manager.evaluate("document.cookie") == ""
