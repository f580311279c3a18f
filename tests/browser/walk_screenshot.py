"""The README's picture: the call list of the sample department, as a clerk has it.

`python -m tests.browser.walk_screenshot` takes it anew, into `docs/screenshot.png`.
"""

import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from admin import visit
from tests.browser import walk_sample as walk
from tests.browser.pages import Pages, launch

PICTURE = Path(__file__).parent.parent.parent / "docs" / "screenshot.png"
CLERK = "HY003"


def take(address: str) -> None:
    """Sign in as a clerk, open the calls, keep the picture."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = Pages(browser).desk()
        walk.sign_in(page, address, CLERK)
        walk.menu(page, "来电登记")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    """Load the sample into a folder of its own, serve it, take the picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(visit, "now", lambda: walk.NOW),
    ):
        url = f"sqlite:///{folder}/sample.db"
        walk.build_sample(url)
        desk = walk.open_desk(url, Path(folder))
        server = make_server("127.0.0.1", 0, desk.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            take(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            desk.close()


if __name__ == "__main__":
    main()
