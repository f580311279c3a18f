"""逾期督办: its tabs, and its pages by seeking."""

import re
from datetime import timedelta

import pytest

from admin import late_page
from tests.admin.late_desk import THURSDAY, at, order, promise
from tests.company import NOON, Company

NEXT = re.compile(r'<a class="btn" href="([^"]+)">下一页')
PREVIOUS = re.compile(r'<a class="btn" href="([^"]+)">上一页')


@pytest.fixture
def late(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Five orders that are late, two of the same instant, on pages of two."""
    monkeypatch.setattr(late_page, "PAGE", 2)
    promise(company)
    for minutes in (1, 2, 2, 3, 4):
        moment = NOON - timedelta(hours=4, minutes=minutes)
        order(company, reported_at=moment)
    at(monkeypatch, THURSDAY)
    return company


def orders(page: str) -> list[int]:
    return [int(one) for one in re.findall(r"service_order/details/\?id=(\d+)", page)]


def turned(page: str, way: re.Pattern[str]) -> str | None:
    found = way.search(page)
    return found[1].replace("&amp;", "&") if found else None


def test_pages_neither_repeat_nor_lose_a_clock(late: Company) -> None:
    client = late.client("A01")
    address: str | None = "/late/?who=all"
    pages = []

    while address is not None:
        page = client.get(address).text
        pages.append(orders(page))
        address = turned(page, NEXT)

    assert [len(one) for one in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == [5, 4, 2, 3, 1]


def test_pages_are_turned_back_to_the_first(late: Company) -> None:
    client = late.client("A01")
    first = client.get("/late/?who=all").text
    second = client.get(turned(first, NEXT) or "").text
    third = client.get(turned(second, NEXT) or "").text

    back = client.get(turned(third, PREVIOUS) or "").text
    again = client.get(turned(back, PREVIOUS) or "").text

    assert (orders(back), orders(again)) == (orders(second), orders(first))
    assert turned(again, PREVIOUS) is None
    assert turned(again, NEXT) is not None


@pytest.mark.parametrize("word", ["after=zzz", "after=WzEsIDFd", "before=%00"])
def test_odd_page_address_is_answered_with_a_sentence(late: Company, word: str) -> None:
    answer = late.client("A01").get(f"/late/?{word}")

    assert answer.status_code == 422
    assert "请从第一页开始" in answer.text


def test_tabs_tell_how_much_is_late_nearly_late_and_due_today(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    # Due at 10:00, 13:30 and 20:00 of a day on which it is noon.
    for hours in (2, -1.5, -8):
        order(company, reported_at=NOON - timedelta(hours=hours))
    at(monkeypatch, THURSDAY)
    client = company.client("A01")

    page = client.get("/late/?who=all").text
    soon = client.get("/late/?who=all&show=soon").text
    today = client.get("/late/?who=all&show=today").text

    tabs = re.findall(r'(已逾期|即将逾期|今日到期)<em class="num">([^<]+)</em>', page)
    assert tabs == [("已逾期", "1"), ("即将逾期", "1"), ("今日到期", "2")]
    assert (orders(soon), orders(today)) == ([2], [2, 3])


def test_count_of_a_tab_ends_at_a_thousand(
    late: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_page, "COUNTED_TO", 3)

    page = late.client("A01").get("/late/?who=all").text

    assert '已逾期<em class="num">3+</em>' in page
