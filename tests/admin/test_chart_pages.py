"""数据看板: the board of charts, the rows behind a figure, the file, the layout."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from models.accounts import ReadEvent
from tests.admin.chart_desk import call, chart
from tests.admin.late_desk import THURSDAY, at, order, promise
from tests.company import Company

PAGE = "/charts/?month=2026-10"


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of Thursday, 15 October 2026."""
    at(monkeypatch, THURSDAY)


@pytest.fixture
def calls(company: Company) -> Company:
    """A chart of calls by category, three calls of the desk, one of another."""
    chart(company, axis="category", series=None, kind="ranking")
    call(company, "2026-10-05 08:00")
    call(company, "2026-10-05 09:00")
    call(company, "2026-10-06 09:00", category="parts")
    call(company, "2026-10-06 09:00", "B01")
    return company


def pictures(page: str) -> list[dict[str, Any]]:
    """Return what the page gives the browser to draw."""
    parts = page.split("data-chart='")[1:]
    return [json.loads(one.partition("'")[0]) for one in parts]


def drawn(company: Company, login: str = "A02", page: str = PAGE) -> dict[str, Any]:
    return pictures(company.client(login).get(page).text)[0]


def codes(client: FlaskClient, page: str = PAGE) -> list[str]:
    return [
        one.partition('"')[0] for one in client.get(page).text.split('id="chart-')[1:]
    ]


def test_a_chart_draws_what_its_table_tells(calls: Company) -> None:
    page = calls.client("A02").get(PAGE).text

    found = pictures(page)[0]
    assert found["labels"] == ["报修", "备件询价"]
    assert found["series"][0]["values"] == [2.0, 1.0]
    assert "2026年10月" in page
    assert page.count(">3<") == 1  # the total


def test_another_department_draws_its_own_rows(calls: Company) -> None:
    assert drawn(calls, "B01")["series"][0]["values"] == [1.0]


def test_a_bar_leads_to_the_rows_that_it_counts(calls: Company) -> None:
    client = calls.client("A02")
    url = drawn(calls)["series"][0]["urls"][0]

    page = client.get(url).text

    assert "共 2 条" in page or ">2<" in page
    assert "每天来电 2026-10" in page
    assert page.count("data-pk=") == 2


def test_who_may_list_nothing_sees_no_chart(calls: Company) -> None:
    page = calls.client("N01").get(PAGE)

    assert page.status_code == 200
    assert "没有可看的图表" in page.text
    assert "每天来电" not in page.text


@pytest.mark.parametrize(
    "word",
    [
        "chart.nothing.2026-10.0.repair.~",
        "chart.calls.2026-10.9.repair.~",
        "chart.calls.2026-10.77.repair.~",
        "chart.calls.2026-10.x.repair.~",
        "chart.calls.2026.0.repair.~",
        "chart.calls.soon.0.repair.~",
        "chart.calls.2026-10.0",
    ],
)
def test_a_figure_that_is_not_there_has_no_rows(calls: Company, word: str) -> None:
    answer = calls.client("A02").get(
        f"/register/call_log/?behind={word}", follow_redirects=True
    )

    assert "图表上没有这个数" in answer.text or "没有这张图表" in answer.text


def test_the_rows_behind_a_chart_are_not_told_to_who_may_not_see_it(
    calls: Company,
) -> None:
    chart(calls, code="numbers", condition="phone = '13800001234'")
    word = "chart.numbers.2026-10.0.~.~"

    answer = calls.client("A02").get(
        f"/register/call_log/?behind={word}", follow_redirects=True
    )

    assert "图表上没有这个数" in answer.text


def test_a_file_has_the_exact_figures_and_is_logged(calls: Company) -> None:
    answer = calls.client("A02").get("/charts/calls.xlsx?month=2026-10")

    rows = list(load_workbook(BytesIO(answer.data)).worksheets[0].values)
    assert rows == [("类别", "数量"), ("报修", 2), ("备件询价", 1), ("全部", 3)]
    assert "每天来电 2026-10" in unquote(answer.headers["Content-Disposition"])
    with calls.database.read() as session:
        kept = session.scalars(select(ReadEvent).filter_by(kind="export")).one()
    assert "chart calls 2026-10" in (kept.detail or "")


def test_who_may_not_export_gets_no_file(calls: Company) -> None:
    engineer_id = calls.person("A03").staff_id
    order(calls, engineer=engineer_id)
    chart(
        calls,
        code="orders",
        register="service_order",
        date_field="reported_at",
        axis="order_type",
        series=None,
        kind="share",
    )
    engineer = calls.client("A03")

    assert codes(engineer) == ["orders"]
    assert engineer.get("/charts/orders.xlsx").status_code == 404
    assert engineer.get("/charts/calls.xlsx").status_code == 404


def test_shares_of_promises_kept_are_drawn_by_target_and_month(
    company: Company,
) -> None:
    promise(company)
    order(company, finished_at=THURSDAY.replace(hour=0))
    order(company, finished_at=THURSDAY)
    none = dict.fromkeys(("register", "axis", "series", "date_field"))
    chart(company, kind="kept", targets=["order.finished"], months=2, **none)

    found = drawn(company)

    assert found["labels"] == ["2026-09", "2026-10"]
    assert [one["name"] for one in found["series"]] == ["完工时限"]
    assert found["series"][0]["values"] == [None, 50.0]
    assert "target=order.finished" in found["series"][0]["urls"][1]
    assert company.client("A02").get(found["series"][0]["urls"][1]).status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "stacked", "previous": True},
        {"kind": "pareto", "axis": "category", "series": "result"},
        {
            "kind": "heat",
            "axis": "received_at.hour",
            "series": "received_at.weekday",
        },
        {"kind": "share", "axis": "category", "series": None},
        {"kind": "funnel", "axis": "result", "series": None},
        {"kind": "ranking", "axis": "first_asked", "series": None, "most": 1},
        {"kind": "trend", "axis": "received_at.week", "months": 6, "series": None},
        {"kind": "bars", "axis": "machine", "series": "first_asked", "mark": 10},
    ],
)
def test_every_kind_of_chart_is_drawn_in_both_languages(
    calls: Company, values: dict[str, Any]
) -> None:
    chart(calls, code="other", **values)
    client = calls.client("A02")

    assert len(pictures(client.get(PAGE).text)) == 2
    client.post("/language", data={"language": "en"})
    assert len(pictures(client.get(PAGE).text)) == 2


def test_the_last_part_of_a_pareto_reaches_the_whole(calls: Company) -> None:
    chart(calls, code="p", position=-1, kind="pareto", axis="category", series=None)

    found = drawn(calls)

    assert found["series"][-1]["values"] == [66.67, 100.0]


def test_a_layout_is_ones_own(calls: Company) -> None:
    chart(calls, code="second", position=1, axis="result", series=None, kind="bars")
    mine, others = calls.client("A02"), calls.client("A01")
    assert codes(mine) == ["calls", "second"]

    mine.post(
        "/charts/layout",
        data={"do": "down calls", "shown": ["calls", "second"], "wide": ["second"]},
    )
    assert codes(mine) == ["second", "calls"]
    assert "chart-card wide" in mine.get(PAGE).text
    mine.post("/charts/layout", data={"do": "save", "shown": ["calls"]})
    assert codes(mine) == ["calls"]
    assert codes(others) == ["calls", "second"]

    mine.post("/charts/layout", data={"do": "reset"})
    assert codes(mine) == ["calls", "second"]


def test_a_layout_hides_nothing_that_comes_later(calls: Company) -> None:
    client = calls.client("A02")
    client.post("/charts/layout", data={"do": "save", "shown": ["calls"]})

    chart(calls, code="new", position=-1, axis="result", series=None, kind="bars")

    assert codes(client) == ["calls", "new"]
    assert client.get("/charts/layout").text.count('name="shown"') == 2


def test_an_order_that_means_nothing_changes_nothing(calls: Company) -> None:
    client = calls.client("A02")

    for done in ("up calls", "down nothing", "sideways"):
        data = {"do": done, "shown": ["calls"]}
        assert client.post("/charts/layout", data=data).status_code == 302
    assert codes(client) == ["calls"]


def test_a_month_that_is_none_shows_the_present_one(calls: Company) -> None:
    for month in ("2026", "x", "2026-10-05"):
        page = calls.client("A02").get(f"/charts/?month={month}").text
        assert 'value="2026-10"' in page
