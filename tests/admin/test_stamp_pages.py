"""出发、到场、完工: an engineer's buttons note the instants of an order."""

from datetime import timedelta
from typing import Any

import pytest

from models import entries
from tests.admin.late_desk import THURSDAY, at, order
from tests.company import Company, writer


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of Thursday, 15 October 2026."""
    at(monkeypatch, THURSDAY)


@pytest.fixture
def job(company: Company) -> int:
    """An order of the engineer's."""
    return order(company, engineer=company.person("A03").staff_id)


def page(company: Company, entry_id: int, login: str = "A03") -> str:
    found = company.client(login).get(f"/register/service_order/details/?id={entry_id}")
    assert found.status_code == 200
    return found.text


def press(
    company: Company, entry_id: int, field: str, login: str = "A03", **said: Any
) -> str:
    """Press a button; return the page that follows."""
    version = company.get("service_order", entry_id)["version"]
    answer = company.client(login).post(
        f"/stamps/service_order/{entry_id}",
        data={"field": field, "version": version} | said,
        follow_redirects=True,
    )
    return answer.text


def test_an_engineer_leaves_arrives_and_finishes(
    company: Company, job: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "出发" in page(company, job)

    press(company, job, "departed_at")
    at(monkeypatch, THURSDAY + timedelta(hours=1))
    shown = press(company, job, "arrived_at")

    assert "到场：已记下时间。" in shown
    assert "填写故障原因、处理措施，再完工" in shown
    with company.database.write() as session:
        values = {"cause": "part", "measures": "换激光电源"}
        entries.change(session, "service_order", job, values, writer())
    at(monkeypatch, THURSDAY + timedelta(hours=3))
    press(company, job, "finished_at")
    entry = company.get("service_order", job)
    assert [
        entry[name] for name in ("departed_at", "arrived_at", "finished_at", "status")
    ] == [
        THURSDAY,
        THURSDAY + timedelta(hours=1),
        THURSDAY + timedelta(hours=3),
        "finished",
    ]


def test_nothing_is_finished_before_it_is_told_what_was_done(
    company: Company, job: int
) -> None:
    press(company, job, "departed_at")
    press(company, job, "arrived_at")

    shown = press(company, job, "finished_at")

    assert "还有要填的内容" in shown
    assert company.get("service_order", job)["finished_at"] is None


def test_only_the_next_instant_is_noted_and_only_once(
    company: Company, job: int
) -> None:
    assert "刚有变化" in press(company, job, "arrived_at")
    press(company, job, "departed_at")
    before = company.get("service_order", job)

    assert "刚有变化" in press(company, job, "departed_at")
    assert "刚有变化" in press(company, job, "arrived_at", version=1)
    assert "刚有变化" in press(company, job, "arrived_at", version="")
    assert company.get("service_order", job) == before


def test_a_cancelled_order_has_no_button(company: Company) -> None:
    engineer = company.person("A03").staff_id
    one = order(company, engineer=engineer, cancelled_at=THURSDAY)

    assert 'name="field"' not in page(company, one)
    assert "刚有变化" in press(company, one, "departed_at")


def test_who_does_not_go_has_no_button(company: Company, job: int) -> None:
    for login in ("A01", "A02"):
        assert 'name="field"' not in page(company, job, login)
        assert "刚有变化" in press(company, job, "departed_at", login)
    assert company.get("service_order", job)["departed_at"] is None


def test_a_register_without_stamps_has_none(company: Company) -> None:
    client = company.client("A01")

    assert client.post("/stamps/call_log/1").status_code == 404
    assert client.post("/stamps/nothing/1").status_code == 404
    assert client.post("/stamps/service_order/999").status_code in (302, 404)
