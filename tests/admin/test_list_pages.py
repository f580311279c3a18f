"""Pages of a list under conditions: in order, complete, without needless counting."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import event

from models import entries
from tests.company import Company, writer

HERE = "/register/call_log/"
CHANNELS = ("phone", "wechat", "phone", "email", "wechat", "phone", "email")
AT = datetime(2026, 5, 1, 2, tzinfo=UTC)


def add_calls(company: Company, count: int) -> None:
    with company.database.write() as session:
        for number in range(count):
            call = {
                "phone": "13800138000",
                "category": "repair",
                "content": f"来电{number}",
                "result": "pending",
                "channel": CHANNELS[number % len(CHANNELS)],
                "urgency": "normal",
                # Several at the same instant, so that the id decides.
                "received_at": AT + timedelta(minutes=number // 3),
            }
            entries.create(session, "call_log", call, writer())


def shown(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<tr data-pk="(\d+)"', page)]


def turned(company: Company, address: str) -> list[list[int]]:
    """Return the ids of every page, from the first to the last."""
    client = company.client("admin")
    pages = []
    following: str | None = address
    while following:
        text = client.get(f"{HERE}{following}").text
        pages.append(shown(text))
        link = re.search(r'href="([^"]+)" rel="next"', text)
        following = html.unescape(link.group(1)) if link else None
    return pages


@contextmanager
def statements(company: Company) -> Iterator[list[str]]:
    """Collect what is read meanwhile."""
    seen: list[str] = []

    def listen(*said: Any) -> None:
        seen.append(said[2])

    event.listen(company.database.reading, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(company.database.reading, "before_cursor_execute", listen)


def test_several_choices_are_listed_in_one_order(company: Company) -> None:
    add_calls(company, 49)
    whole = turned(company, "?size=200")

    pages = turned(company, "?size=20&w=channel~in~phone|wechat")

    of_phone = turned(company, "?size=200&w=channel~in~phone")[0]
    of_wechat = turned(company, "?size=200&w=channel~in~wechat")[0]
    both = {*of_phone, *of_wechat}
    assert [len(page) for page in pages] == [20, 15]
    ordered = [one for one in whole[0] if one in both]
    assert list(chain.from_iterable(pages)) == ordered


def test_list_of_a_single_page_is_not_counted_again(company: Company) -> None:
    add_calls(company, 3)
    client = company.client("admin")
    client.get("/register/call_log/")

    with statements(company) as seen:
        page = client.get("/register/call_log/")

    assert len(shown(page.text)) >= 3
    assert not [one for one in seen if "count(" in one and "call_log" in one]


def test_list_of_several_pages_is_counted(company: Company) -> None:
    add_calls(company, 23)

    with statements(company) as seen:
        company.client("admin").get(f"{HERE}?size=20")

    assert [one for one in seen if "count(" in one and "call_log" in one]
