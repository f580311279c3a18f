"""What a browser loads is compressed; what is saved as a file is not."""

import gzip
import re
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it brings none
import pytest
from backports import zstd
from werkzeug.test import TestResponse

from tests.company import Company

LIST = "/register/call_log/"
STYLE = "/static/css/parts.css"
PADDING = re.compile("<!-- [A-Za-z0-9_-]* -->\n</body>")
READ: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}

pytestmark = pytest.mark.databases("sqlite")


def get(company: Company, path: str, accepts: str = "") -> TestResponse:
    headers = {"Accept-Encoding": accepts} if accepts else {}
    return company.client("A02").get(path, headers=headers, buffered=True)


@pytest.mark.parametrize("path", [LIST, STYLE])
@pytest.mark.parametrize("method", READ)
def test_browser_gets_the_same_in_fewer_bytes(
    company: Company, path: str, method: str
) -> None:
    plain, sent = get(company, path), get(company, path, method)

    assert "Content-Encoding" not in plain.headers
    assert sent.headers["Content-Encoding"] == method
    assert "Accept-Encoding" in sent.headers["Vary"]
    assert len(sent.data) < len(plain.data) / 3
    assert steady(READ[method](sent.data)) == steady(plain.data)


def steady(page: bytes) -> str:
    """Leave out what differs from answer to answer."""
    text = PADDING.sub("", page.decode())
    text = re.sub('nonce="[^"]+"', "", text)
    return re.sub(
        '(name="csrf[-_]token"|csrf-token") (content|value)="[^"]+"', "", text
    )


def test_style_that_a_browser_has_is_not_sent_again(company: Company) -> None:
    client = company.client("A02")
    headers = {"Accept-Encoding": "gzip"}
    mark = client.get(STYLE, headers=headers, buffered=True).headers["ETag"]

    again = client.get(STYLE, headers=headers | {"If-None-Match": mark}, buffered=True)

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_are_sent_as_they_are(company: Company, kind: str) -> None:
    sent = get(company, f"{LIST}export/{kind}/", "gzip, br, zstd")

    assert sent.status_code == 200
    assert "Content-Encoding" not in sent.headers


def test_size_of_a_page_varies_by_chance(company: Company) -> None:
    client = company.client("A02")
    headers = {"Accept-Encoding": "gzip"}
    client.get(LIST, headers=headers)  # what the first answer alone says

    sizes = {len(client.get(LIST, headers=headers).data) for _ in range(12)}

    assert len(sizes) > 3
