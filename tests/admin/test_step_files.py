"""A step of a flow asks for a signature and a file; both go with the step or not."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models import attachments, catalogue
from tests.company import Company, company_with, open_company
from tests.databases import Builder

CODE = "x_handing"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
DRAWN = "data:image/png;base64," + base64.b64encode(PNG).decode()
STATES = {"open": "待签收 | Open", "done": "已签收 | Signed", "shut": "已归档 | Filed"}
STANZA: dict[str, Any] = {
    "code": CODE,
    "title": "资料交接 | Papers handed over",
    "menu": "contact",
    "numbering": "{year}{serial:03}",
    "fields": [
        {"name": "papers", "title": "资料 | Papers"},
        {"name": "sign", "type": "signature", "title": "签收 | Signed"},
        {"name": "photo", "type": "attachment", "title": "照片 | Photo"},
        {"name": "state", "type": "choice", "title": "状态 | State"},
    ],
    "flow": {
        "field": "state",
        "states": [
            {"code": code, "title": title} | ({"final": True} if code == "shut" else {})
            for code, title in STATES.items()
        ],
        "steps": [
            {
                "code": code,
                "title": title,
                "from": was,
                "to": to,
                "who": {"right": "change"},
                "asks": ["sign", "photo"],
            }
            for code, title, was, to in (
                ("take", "签收 | Sign", "open", "done"),
                ("file", "归档 | File", "done", "shut"),
            )
        ],
    },
}


BUILD = company_with(STANZA)


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company_papers", BUILD), tmp_path)
    yield opened
    opened.close()
    catalogue.use()


@pytest.fixture
def entry(company: Company) -> int:
    return company.create(CODE, {"papers": "合同两份"})


def take(
    company: Company, entry: int, step: str, *, sign: str = "", photo: bytes = b""
) -> Any:
    version = company.get(CODE, entry)["version"]
    data: dict[str, Any] = {"version": version, "sign": sign}
    if photo:
        data["photo"] = (io.BytesIO(photo), "现场.png")
    url = f"/register/{CODE}/step/?id={entry}&step={step}"
    return company.client("admin").post(url, data=data)


def kept(company: Company, entry: int) -> list[str | None]:
    with company.database.read() as session:
        return [one.field for one in attachments.of_entry(session, CODE, entry)]


def test_step_keeps_what_was_signed_and_sent_with_it(
    company: Company, entry: int
) -> None:
    page = company.client("admin").get(f"/register/{CODE}/step/?id={entry}&step=take")

    done = take(company, entry, "take", sign=DRAWN, photo=PNG)

    assert "data-signature" in page.text
    assert "multipart/form-data" in page.text
    assert done.status_code == 302, done.text
    assert company.get(CODE, entry)["state"] == "done"
    assert sorted(filter(None, kept(company, entry))) == ["photo", "sign"]


def test_step_without_them_is_refused_and_keeps_nothing(
    company: Company, entry: int
) -> None:
    answer = take(company, entry, "take", sign=DRAWN)

    assert answer.status_code == 422
    assert "照片：" in answer.text
    assert "签收：" not in answer.text
    assert f'value="{DRAWN}"' in answer.text  # drawn again
    assert company.get(CODE, entry)["state"] == "open"
    assert kept(company, entry) == []


def test_next_step_is_signed_anew_and_takes_the_file_that_is_there(
    company: Company, entry: int
) -> None:
    take(company, entry, "take", sign=DRAWN, photo=PNG)

    unsigned = take(company, entry, "file")
    signed = take(company, entry, "file", sign=DRAWN)

    assert unsigned.status_code == 422
    assert "签收：" in unsigned.text
    assert signed.status_code == 302
    assert company.get(CODE, entry)["state"] == "shut"
