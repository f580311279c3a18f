"""Charts of pay: exact tables beside them, of the slips that one may read, logged."""

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select, update

from models import payroll
from models.accounts import ReadEvent
from models.pay_tables import PayScheme
from tests.admin.formula_desk import give
from tests.admin.late_desk import at
from tests.admin.test_pay_pages import CALL, paid
from tests.company import NOON, Company, writer

__all__ = ["paid"]
PAGE = "/pay/2026-10/charts/"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon."""
    at(monkeypatch, NOON)


@pytest.fixture
def two_months(paid: Company) -> Company:
    """September without a call, October with one of each department."""
    paid.create("call_log", CALL | {"received_at": NOON, "first_asked": 4})
    with paid.database.write() as session:
        for period in ("2026-09", "2026-10"):
            payroll.calculate(session, period, writer(paid.person("A01")))
    return paid


def pictures(page: str) -> list[dict[str, Any]]:
    """Return what the browser is given to draw."""
    found = re.findall(r"data-chart='([^']*)'", page)
    return [json.loads(unescape(one)) for one in found]


def test_departments_over_periods_with_their_table(two_months: Company) -> None:
    give(two_months, "manager", "pay.slip", "list read")

    page = two_months.client("A01").get(PAGE).text

    drawn = pictures(page)[0]
    assert drawn["labels"] == ["2026年9月", "2026年10月"]
    assert [(one["name"], one["values"]) for one in drawn["series"]] == [
        ("客服部", [0.0, 0.83]),
        ("销售部", [0.0, 0.83]),
    ]
    assert drawn["series"][0]["urls"][1] == "/pay/2026-10"
    assert '<a href="/pay/2026-10">1.66</a>' in page


def test_only_slips_that_one_may_read_are_counted(two_months: Company) -> None:
    page = two_months.client("A01").get(PAGE).text

    by_department, spread, changed = pictures(page)
    assert [one["name"] for one in by_department["series"]] == ["客服部"]
    assert spread["series"][0]["values"] == [4.0]
    assert changed["labels"] == ["王敏 A02"]
    assert "赵倩" not in page
    assert "销售部" not in page


def test_who_changed_most_opens_the_slip(two_months: Company) -> None:
    page = two_months.client("A01").get(PAGE).text

    drawn = pictures(page)[2]
    assert drawn["series"][0]["values"] == [0.83]
    assert drawn["series"][0]["urls"] == ["/slips/2026-10/2"]
    assert "+0.83" in page


def test_look_is_written_down(two_months: Company) -> None:
    two_months.client("A01").get(PAGE)

    with two_months.database.read() as session:
        (looked,) = session.scalars(select(ReadEvent).filter_by(kind="pay_run"))
        assert (looked.by_name, looked.detail) == ("林主管", "2026-10 charts (4)")


def test_picture_is_taken_along_by_those_who_may_export(two_months: Company) -> None:
    page = two_months.client("A01").get(PAGE).text
    give(two_months, "manager", "pay.slip", "list read")
    without = two_months.client("A01").get(PAGE).text

    assert page.count("data-chart-picture") == 3
    assert "data-chart-picture" not in without
    assert "data-chart-table" in without


@pytest.mark.parametrize("login", ["A02", "A03", "N01", "admin"])
def test_charts_are_not_for_those_who_see_their_own_slip_alone(
    two_months: Company, login: str
) -> None:
    assert two_months.client(login).get(PAGE).status_code == 403


def test_quarter_stands_beside_quarters(paid: Company) -> None:
    with paid.database.write() as session:
        session.execute(update(PayScheme).values(every="quarter"))
        payroll.calculate(session, "2026-Q4", writer(paid.person("A01")))

    page = paid.client("A01").get("/pay/2026-Q4/charts/").text

    assert pictures(page)[0]["labels"] == ["2026年第4季度"]
    assert "没有上期" in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/pay/2026-Q4", "2026年第4季度 绩效核算"),
        ("/slips/2026-Q4/2", "2026年第4季度 绩效工资条"),
        ("/slips/2026-Q4/2/rows/calls", "behind=2026-Q4.2.calls"),
        ("/register/call_log/?behind=2026-Q4.2.calls", "王敏 2026-Q4 · 来电数"),
        ("/pay/2026-Q4/compare/", "王敏"),
        ("/slips/2026-Q4/print/", "王敏"),
        ("/pay/2026-Q4/export/csv/", "A02,王敏,客服部,0.83,0.00,0.83,"),
    ],
)
def test_quarter_has_every_page_of_a_month(
    paid: Company, address: str, said: str
) -> None:
    with paid.database.write() as session:
        session.execute(update(PayScheme).values(every="quarter"))
        for period in ("2026-Q3", "2026-Q4"):
            payroll.calculate(session, period, writer(paid.person("A01")))

    answer = paid.client("A01").get(address)

    assert answer.status_code == 200
    assert said in answer.data.decode()
