"""The pages one browser test opens, and what they complained about."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    ViewportSize,
)

from tests.browser.chromium import MISSING, find

FLAGS = [
    "--no-sandbox",  # root may run the tests, and the sandbox refuses root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Nothing but the pages under test: the browser's own errands stay undone.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
PATIENCE = 30_000
"""Milliseconds until an awaited thing counts as missing, on two busy cores."""

OWN = re.compile(r"^(http://127\.0\.0\.1[:/]|data:|blob:|about:)")


class Pages:
    """Opens pages for one test and collects what went wrong in them.

    Errors on the console, refusals of the content security policy (Chromium tells them
    there), scripts that failed, and requests that would have left the machine.
    """

    def __init__(self, browser: Browser) -> None:
        """Begin without pages and without errors."""
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._errors: list[str] = []
        self._expected: list[str] = []

    def desk(self) -> Page:
        """Open a page on a desktop screen, for one more person (cookies of its own)."""
        return self._open(viewport=DESK)

    def phone(self) -> Page:
        """Open a page on a phone, for one more person."""
        return self._open(
            viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2
        )

    def expect_error(self, pattern: str) -> None:
        """Take errors in which the pattern is found as a part of the test."""
        self._expected.append(pattern)

    def errors(self) -> list[str]:
        """Return the errors that the test did not expect, in the order they came."""
        for context in self._contexts:
            context.cookies()  # one question and answer: what was said before it is in
        return [
            error
            for error in self._errors
            if not any(re.search(pattern, error) for pattern in self._expected)
        ]

    def require_silence(self) -> None:
        """Raise AssertionError with what pages complained about, if they did."""
        if errors := self.errors():
            raise AssertionError("\n".join(["The pages complained:", *errors]))

    @contextmanager
    def watched(self, folder: Path) -> Iterator[None]:
        """Fail if a page complains; leave pictures of all pages when anything fails."""
        try:
            yield
            self.require_silence()
        except Exception as error:
            pages = [page for context in self._contexts for page in context.pages]
            for number, page in enumerate(pages, start=1):
                picture = folder / f"page_{number}.png"
                page.screenshot(path=picture)
                error.add_note(f"{page.url} looked like {picture}")
            raise

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _open(
        self,
        *,
        viewport: ViewportSize,
        is_mobile: bool = False,
        has_touch: bool = False,
        device_scale_factor: float = 1,
    ) -> Page:
        context = self._browser.new_context(
            viewport=viewport,
            is_mobile=is_mobile,
            has_touch=has_touch,
            device_scale_factor=device_scale_factor,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", self._on_console)
        context.on("weberror", lambda failed: self._errors.append(str(failed.error)))
        context.on("request", self._on_request)
        self._contexts.append(context)
        return context.new_page()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._errors.append(f"{message.text} ({message.location['url']})")

    def _on_request(self, request: Request) -> None:
        if not OWN.match(request.url):
            self._errors.append(f"asked another machine: {request.url}")


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium.

    Raises:
        RuntimeError: There is none; says what to install.
    """
    program = find()
    if program is None:
        raise RuntimeError(MISSING.format("chromium"))
    return playwright.chromium.launch(executable_path=program, args=FLAGS)
