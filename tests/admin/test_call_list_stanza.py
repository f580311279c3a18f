"""A second use of call lists, declared by stanzas: visits after an installation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from admin import visit
from tests.company import NOON, Company, company_with, open_company
from tests.databases import Builder

ORDER = {
    "code": "x_installation",
    "title": "安装单 | Installations",
    "numbering": "AZ{serial:04}",
    "menu": "service",
    "display": ["site"],
    "makes": [
        {
            "register": "x_visit",
            "title": "登记走访 | Make a visit",
            "via": "installation",
            "carry": {"site": "site"},
        }
    ],
    "fields": [
        {"name": "site", "title": "地点 | Site", "required": True, "listed": True},
        {
            "name": "done_at",
            "title": "装好时间 | Installed",
            "type": "instant",
            "listed": True,
        },
    ],
}
VISIT = {
    "code": "x_visit",
    "title": "走访记录 | Visits",
    "numbering": "ZF{serial:04}",
    "menu": "service",
    "display": ["site"],
    "call_list": {
        "title": "今日走访 | Visits of today",
        "at": "came_at",
        "outcome": "result",
        "caller": "visitor",
        "reached": ["met"],
        "again": {"out": 240},
        "attempts": {
            "register": "x_visit_again",
            "at": "came_at",
            "outcome": "result",
            "caller": "visitor",
        },
        "retries": 1,
        "asks": [
            {
                "register": "x_installation",
                "via": "installation",
                "at": "done_at",
                "days": 7,
            }
        ],
        "posts": ["客服"],
    },
    "fields": [
        {
            "name": "installation",
            "title": "安装单 | Installation",
            "type": "entry",
            "register": "x_installation",
        },
        {"name": "site", "title": "地点 | Site", "listed": True},
        {
            "name": "came_at",
            "title": "时间 | When",
            "type": "instant",
            "default": "now",
            "listed": True,
        },
        {
            "name": "result",
            "title": "结果 | Result",
            "type": "choice",
            "options": {
                "met": "见到 | Met",
                "out": "不在 | Out",
                "gone": "搬走 | Gone",
            },
            "listed": True,
        },
        {
            "name": "visitor",
            "title": "走访人 | Visitor",
            "type": "person",
            "default": "me",
            "owner": True,
        },
    ],
}
AGAIN = {
    "code": "x_visit_again",
    "title": "再次走访 | Visited again",
    "numbering": "ZZ{serial:04}",
    "menu": "service",
    "part_of": "visit",
    "in_menu": False,
    "fields": [
        {
            "name": "visit",
            "title": "走访 | Visit",
            "type": "entry",
            "register": "x_visit",
            "required": True,
        },
        *VISIT["fields"][2:],  # type: ignore[index]  # a list of fields stands there
    ],
}
_BUILD = company_with(ORDER, AGAIN, VISIT)


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Company]:
    monkeypatch.setattr(visit, "now", lambda: NOON)
    opened = open_company(prepared_database("visiting_company", _BUILD), tmp_path)
    yield opened
    opened.close()


def test_visits_are_worked_through_like_calls(company: Company) -> None:
    manager = company.person("A01")
    order = company.create("x_installation", {"site": "三号楼", "done_at": NOON}, "A01")
    client = company.client("A01")

    first = client.get("/calls/x_visit/").get_data(as_text=True)
    out = client.post(
        "/calls/x_visit/record",
        data={"about": f"x_installation:{order}", "outcome": "out"},
        follow_redirects=True,
    ).get_data(as_text=True)
    gone = client.post(
        "/calls/x_visit/record",
        data={"about": "x_visit:1", "outcome": "out"},
        follow_redirects=True,
    ).get_data(as_text=True)

    assert "今日走访" in first
    assert "三号楼" in first
    assert "已拨 1 次" in out
    assert "已结束" in gone
    found = company.get("x_visit", 1)
    assert (found["installation"], found["visitor"]) == (order, manager.staff_id)
    assert company.get("x_visit_again", 1)["visit"] == 1
