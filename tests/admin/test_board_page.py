"""时限看板: figures, the clocks behind them, files, and bad addresses."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from admin import board_page
from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models.accounts import ReadEvent
from models.settings import Settings
from tests.admin.late_desk import THURSDAY, at, order, promise
from tests.company import NOON, Company

FIGURE = re.compile(r'<a href="(/late/board/clocks/[^"]+)">(\d+)</a>')
NEXT = re.compile(r'<a class="btn" href="([^"]+)" rel="next">')


@pytest.fixture
def late(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Five orders of which nothing was done in time."""
    promise(company)
    for minutes in (1, 2, 2, 3, 4):
        order(company, reported_at=NOON - timedelta(hours=4, minutes=minutes))
    at(monkeypatch, THURSDAY)
    return company


def orders(page: str) -> list[int]:
    return [int(one) for one in re.findall(r"service_order/details/\?id=(\d+)", page)]


@pytest.mark.parametrize("by", ["target", "person", "department", "register", "month"])
def test_each_figure_leads_to_its_clocks(late: Company, by: str) -> None:
    client = late.client("A01")
    page = client.get(f"/late/board/?by={by}").text
    figures = [
        (found[1].replace("&amp;", "&"), found[2]) for found in FIGURE.finditer(page)
    ]

    assert figures
    for address, count in figures:
        behind = client.get(address.replace("&amp;", "&")).text
        assert len(orders(behind)) == int(count)


def test_clocks_are_turned_page_by_page(
    late: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "PAGE", 2)
    client = late.client("A01")
    pages, address = [], "/late/board/clocks/"

    while address:
        page = client.get(address).text
        pages.append(orders(page))
        found = NEXT.search(page)
        address = found[1].replace("&amp;", "&") if found else ""

    assert [len(one) for one in pages] == [2, 2, 1]
    assert sorted(one for page in pages for one in page) == [1, 2, 3, 4, 5]


def test_clocks_are_taken_along_as_a_file_and_that_is_logged(late: Company) -> None:
    client = late.client("A01")

    answer = client.get("/late/board/export/csv/")

    rows = answer.get_data(as_text=True).splitlines()
    assert rows[0].startswith("\ufeff单号,台账,时限要求")
    assert len(rows) == 1 + 5
    with late.database.read() as session:
        detail = session.scalar(select(ReadEvent.detail).filter_by(kind="export"))
    assert (detail or "").startswith("5 rows; number register target")


@pytest.fixture
def swept(late: Company, tmp_path: Path) -> Company:
    """The same, after the sweep found them late."""
    work = Work(late.database, Settings(data_folder=tmp_path), THURSDAY)
    while sweep_next(work).again:
        pass
    return late


def test_breach_report_tells_of_explanation_and_excuse(swept: Company) -> None:
    explained = {"text": "=1+1 配件缺货"}
    swept.client("A02").post("/late/clock/1/explain", data=explained)
    swept.client("A01").post("/late/clock/1/excuse", data={"text": "非本人原因"})
    client = swept.client("A01")

    page = client.get("/late/board/clocks/?verdict=breached").text
    file = client.get("/late/board/export/csv/?verdict=breached").text

    assert len(orders(page)) == 5
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert len(rows) == 5
    (told,) = (one for one in rows if one["结果"] == "逾期已剔除")
    assert told["说明"] == "'=1+1 配件缺货"
    assert told["剔除理由"] == "非本人原因"
    assert told["剔除人"] == "林主管"


def test_breach_report_has_only_what_may_be_exported(swept: Company) -> None:
    address = "/late/board/export/csv/?verdict=breached"

    every = swept.client("A01").get(address).text
    none = swept.client("B01").get(address).text

    assert len(every.splitlines()) == 1 + 5
    assert len(none.splitlines()) == 1


def test_late_work_leads_to_the_breach_report(swept: Company) -> None:
    client = swept.client("A01")
    page = client.get("/late/").text
    address = re.search(r'href="(/late/board/clocks/\?verdict=breached)"', page)

    assert address is not None
    assert len(orders(client.get(address[1]).text)) == 5


def test_workbook_of_clocks_is_one(late: Company) -> None:
    answer = late.client("A01").get("/late/board/export/xlsx/")

    assert answer.data.startswith(b"PK")


@pytest.mark.parametrize(
    "asked",
    [
        "from=2026-13",
        "from=2026-W07",
        "from=2026-10&to=2026-09",
        "to=x",
        "from=%00",
    ],
)
def test_months_that_there_are_not_are_told(late: Company, asked: str) -> None:
    client = late.client("A01")
    is_blank = asked == "from=%00"

    for address in ("/late/board/", "/late/board/clocks/"):
        answer = client.get(f"{address}?{asked}")
        assert answer.status_code == (200 if is_blank else 422)
        assert ('role="alert"' in answer.text) != is_blank


@pytest.mark.parametrize(
    "asked", ["person=x", "department=99999999999999999999", "register=nothing", "by=x"]
)
def test_conditions_of_nothing_find_nothing_or_are_left_out(
    late: Company, asked: str
) -> None:
    answer = late.client("A01").get(f"/late/board/?{asked}")

    assert answer.status_code == 200
    assert bool(FIGURE.search(answer.text)) == (asked == "by=x")


def test_names_of_people_without_clocks_are_not_told(late: Company) -> None:
    client = late.client("A01")

    page = client.get("/late/board/?person=1&from=2020-01&to=2020-01").text

    taken_off = re.findall(r'aria-label="取消条件 ([^"]+)"', page)
    assert taken_off == ["1"]


def test_board_asks_to_sign_in(late: Company) -> None:
    assert late.app.test_client().get("/late/board/").status_code in (302, 401)
