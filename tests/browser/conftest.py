"""A real browser on a real server: Chinese, at the desk and on a phone.

    def test_clerk_opens_the_desk(live_server, page):
        page.goto(live_server(app))

`page` is a desktop screen, `phone` a phone, `pages.desk()` one more person's screen.
The test fails when a page complains on its console; `pages.expect_error("404")` says
which complaint belongs to the test. A failed test keeps pictures of its pages.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.browser.busy_company import build_busy_company
from tests.browser.pages import Pages, launch
from tests.company import Company, open_company
from tests.databases import Builder

LiveServer = Callable[[WSGIApplication], str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one browser for all tests of this worker; a test opens its own pages."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def pages(
    browser: Browser,
    tmp_path: Path,  # noqa: ARG001 - where a failure leaves its pictures, see below
) -> Iterator[Pages]:
    """Return the means to open pages for as many people as the test has."""
    opened = Pages(browser)
    yield opened
    opened.close()


@pytest.fixture
def page(pages: Pages) -> Page:
    """Return a page on a desktop screen."""
    return pages.desk()


@pytest.fixture
def phone(pages: Pages) -> Page:
    """Return a page on a phone."""
    return pages.phone()


@pytest.fixture
def live_server() -> Iterator[Callable[[WSGIApplication], str]]:
    """Return `(app) -> address`: the app served on a free port until the test ends."""
    running = []

    def serve(app: WSGIApplication) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, name="live server")
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    url = prepared_database("busy_company", build_busy_company)
    opened = open_company(url, tmp_path, tokens=True)
    yield opened
    opened.close()


@pytest.fixture
def sign_in(company: Company, live_server: LiveServer) -> Callable[[Page, str], None]:
    """Return `(page, login)`: put the person's session into the page's browser."""
    address = live_server(company.app)

    def put(page: Page, login: str) -> None:
        cookie = company.client(login).get_cookie("session")
        assert cookie is not None
        page.context.add_cookies(
            [{"name": "session", "value": cookie.value, "url": address}]
        )
        page.goto(f"{address}/account/sign-in")  # from here on `go` knows the address

    return put


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None]:
    """Watch the pages of a test while it runs, so that what they say can fail it."""
    pages, folder = item.funcargs.get("pages"), item.funcargs.get("tmp_path")
    if isinstance(pages, Pages) and isinstance(folder, Path):
        with pages.watched(folder):
            yield
    else:
        yield
