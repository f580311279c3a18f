"""A register is one class: everything people see of it follows, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import catalogue, importing
from models.history import ChangeEvent
from models.import_mapping import read_mapping
from models.register import (
    CHOICE,
    DATE,
    LONG_TEXT,
    MONEY,
    PERSON,
    PHONE,
    Register,
    field,
    option,
)
from models.words import Label
from tests.company import Company, build_company, open_company, writer
from tests.databases import Builder


def declare() -> type[Register]:
    class KeyLoan(Register):
        """Keys lent to visitors; no other line of the project knows of it."""

        code = "key_loan"
        title = Label("钥匙借用", "Key loans")
        menu = Label("行政", "Office")
        numbering = "YS{year}{serial:03}"

        borrower = field(
            "借用人", "Borrower", required=True, listed=True, searchable=True
        )
        phone = field("电话", "Telephone", PHONE, listed=True, filterable=True)
        room = field(
            "房间",
            "Room",
            CHOICE,
            choices=(option("lab", "实验室", "Lab"), option("store", "库房", "Store")),
            listed=True,
            filterable=True,
            editable=True,
        )
        deposit = field(
            "押金", "Deposit", MONEY, minimum=0, listed=True, filterable=True
        )
        lent_on = field("借出日期", "Lent", DATE, listed=True, filterable=True)
        witness = field("见证人", "Witness", PERSON, listed=True, filterable=True)
        remark = field("备注", "Remark", LONG_TEXT, searchable=True)

    return KeyLoan


def build(url: str) -> None:
    """Make the company, and the table of this class beside the program's own."""
    build_company(url)


@pytest.fixture
def office(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    """The company after one class was added, with the table it needs."""
    declare()
    url = prepared_database("company_with_key_loans", build)
    opened = open_company(url, tmp_path)
    yield opened
    opened.close()
    del Register.known["key_loan"]


LOAN = {
    "borrower": "孙访客",
    "phone": "13700001111",
    "room": "lab",
    "deposit": "50.10",
    "lent_on": "2026-10-12",
    "remark": "=1+1",
}


def save(office: Company, **changes: Any) -> int:
    answer = office.client("admin").post(
        "/register/key_loan/new/", data=LOAN | changes, follow_redirects=False
    )
    assert answer.status_code == 302, answer.text[:1500]
    return int(answer.headers["Location"].rpartition("=")[2])


def test_form_saves_and_the_list_shows_and_numbers_it(office: Company) -> None:
    save(office)

    page = office.client("admin").get("/register/key_loan/").text

    assert "钥匙借用" in page
    assert "孙访客" in page
    assert "YS2026001" in page
    assert "50.10" in page


def test_form_says_what_is_missing(office: Company) -> None:
    answer = office.client("admin").post(
        "/register/key_loan/new/", data=LOAN | {"borrower": "", "deposit": "-1"}
    )

    assert answer.status_code == 422
    assert "借用人必须填写" in answer.text
    assert "不能小于" in answer.text


def test_filters_compare_exactly(office: Company) -> None:
    save(office, deposit="50.10")
    save(office, deposit="50.11", borrower="钱访客")

    page = office.client("admin").get("/register/key_loan/?w=deposit~is~50.11").text

    assert "钱访客" in page
    assert "孙访客" not in page


def test_search_finds_two_characters(office: Company) -> None:
    save(office)

    found = office.client("admin").get("/register/key_loan/?q=访客").text
    nothing = office.client("admin").get("/register/key_loan/?q=苹果").text

    assert "YS2026001" in found
    assert "YS2026001" not in nothing


def test_export_imports_back_and_a_second_time_adds_nothing(office: Company) -> None:
    save(office)
    exported = office.client("admin").get("/register/key_loan/export/csv/").data
    mapping = read_mapping(
        {
            "key": ["borrower"],
            "fields": {
                "borrower": "借用人",
                "room": "房间",
                "deposit": "押金",
                "lent_on": "借出日期",
                "remark": "备注",
            },
        },
        catalogue.current()["key_loan"],
    )
    by = writer(origin="import")
    counts = []

    for _ in range(2):
        lines, _skipped = importing.read_lines(exported, "a.csv", mapping)
        with office.database.write() as session:
            ids, _ = importing.apply(
                session, "key_loan", mapping, "hash", lines, by, batch_id=1
            )
        counts.append(len(ids))

    assert exported.startswith(b"\xef\xbb\xbf")
    assert counts == [1, 0]
    first, second = office.get("key_loan", 1), office.get("key_loan", 2)
    for name in ("borrower", "room", "deposit", "lent_on", "remark"):
        assert first[name] == second[name], name


def test_history_tells_old_and_new(office: Company) -> None:
    loan = save(office)
    office.client("admin").post(
        f"/register/key_loan/edit/?id={loan}", data={"deposit": "60", "version": "1"}
    )

    page = office.client("admin").get(f"/register/key_loan/details/?id={loan}").text

    assert "50.10" in page
    assert "60.00" in page
    with office.database.read() as session:
        last = session.scalars(
            select(ChangeEvent).order_by(ChangeEvent.id.desc()).limit(1)
        ).one()
    assert last.changes["deposit"] == ["50.10", "60.00"]


def test_rights_hold_without_a_line_of_their_own(office: Company) -> None:
    save(office)

    assert office.client("A02").get("/register/key_loan/").status_code == 403
    assert office.client("N01").get("/register/key_loan/new/").status_code == 403
    # The manager sees the own department's; the admin who saved it belongs to none.
    assert "孙访客" not in office.client("A01").get("/register/key_loan/").text
