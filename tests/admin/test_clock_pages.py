"""The buttons of late work: 催办, 改派, 说明, 剔除."""

import pytest
from sqlalchemy import select

from models.clock_table import Clock, ClockNote
from tests.admin.late_desk import THURSDAY, at, order, promise
from tests.company import Company


@pytest.fixture
def late(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Return a company where the clerk's order is late and was marked so."""
    promise(company, responsible="holder")
    order(company)
    with company.database.write() as session:
        clock = session.scalars(select(Clock)).one()
        clock.breached_at = clock.due_at
    at(monkeypatch, THURSDAY)
    return company


def clock_of(company: Company) -> Clock:
    with company.database.read() as session:
        return session.scalars(select(Clock)).one()


def kinds(company: Company) -> list[str]:
    with company.database.read() as session:
        return list(session.scalars(select(ClockNote.kind).order_by(ClockNote.id)))


def test_manager_finds_the_buttons_on_the_late_list_and_on_the_entry(
    late: Company,
) -> None:
    client = late.client("A01")

    listed = client.get("/late/?who=all").text
    entry = client.get("/register/service_order/details/?id=1").text

    for page in (listed, entry):
        assert "/late/clock/1/remind" in page
        assert "/late/clock/1?do=excuse" in page
        assert "/late/clock/1?do=reassign" in page
        assert "do=explain" not in page


def test_breach_is_explained_by_the_holder_and_excused_by_the_manager(
    late: Company,
) -> None:
    clerk, manager = late.client("A02"), late.client("A01")
    mine = clerk.get("/late/clock/1").text
    clerk.post("/late/clock/1/explain", data={"text": "客户不在家"})

    waiting = manager.get("/late/?show=explained&who=all").text
    manager.post("/late/clock/1/excuse", data={"text": "属实"})

    assert "excuse" not in mine
    assert "客户不在家" in waiting
    assert clock_of(late).excused_because == "属实"
    page = clerk.get("/register/service_order/details/?id=1").text
    assert "已剔除" in page
    assert "属实" in page


def test_reason_left_out_is_asked_for_again(late: Company) -> None:
    answer = late.client("A01").post("/late/clock/1/excuse", data={"text": " "})

    assert answer.status_code == 422
    assert "请写明原因" in answer.text
    assert kinds(late) == []


def test_clerk_may_not_excuse_and_keeps_what_was_typed(late: Company) -> None:
    answer = late.client("A02").post("/late/clock/1/excuse", data={"text": "我自己"})

    assert answer.status_code == 422
    assert "不由您办理" in answer.text
    assert kinds(late) == []


def test_second_reminder_of_a_day_is_refused_by_a_sentence(late: Company) -> None:
    client = late.client("A01")

    first = client.post("/late/clock/1/remind", data={"from": "late"})
    second = client.post("/late/clock/1/remind", data={"from": "late"})

    assert first.headers["Location"].endswith("/late/")
    assert second.status_code == 422
    assert "今天已由林主管催办过" in second.text
    assert kinds(late) == ["remind"]


def test_order_is_handed_to_another(late: Company) -> None:
    engineer = late.person("A03").staff_id
    client = late.client("A01")

    nobody = client.post("/late/clock/1/reassign", data={})
    client.post("/late/clock/1/reassign", data={"to": str(engineer)})

    assert nobody.status_code == 422
    assert clock_of(late).holder_id == engineer


@pytest.mark.parametrize("login", ["B01", "N01"])
def test_clock_out_of_sight_is_not_found(late: Company, login: str) -> None:
    client = late.client(login)

    assert client.get("/late/clock/1").status_code == 404
    assert client.post("/late/clock/1/remind").status_code == 404
    assert client.get("/late/clock/999").status_code == 404
    assert kinds(late) == []
