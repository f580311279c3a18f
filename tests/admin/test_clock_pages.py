"""The buttons of late work: 催办, 改派, 说明, 剔除."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models import catalogue
from models.access import marked
from models.clock_table import Clock, ClockNote
from models.settings import Settings
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


PENALTY = {
    "register": "reward_penalty",
    "person": "person",
    "values": {
        "kind": "deduction",
        "occasion": "late_work",
        "amount": "20",
        "reason": "{target}逾期：{number}",
    },
}


@pytest.fixture
def proposed(
    company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Company:
    """Return a company whose late order was found by the sweep, which proposes."""
    promise(company, responsible="holder", proposes=PENALTY)
    order(company)
    settings = Settings(data_folder=tmp_path)
    while sweep_next(Work(company.database, settings, THURSDAY)).again:
        pass
    at(monkeypatch, THURSDAY)
    return company


def penalties(company: Company) -> list[dict[str, Any]]:
    table = catalogue.current().table("reward_penalty")
    with company.database.read() as session:
        query = marked(select(table), "reward_penalty")
        return [dict(row) for row in session.execute(query).mappings()]


def test_penalty_waits_for_somebody_above(proposed: Company) -> None:
    clerk, manager = proposed.client("A02"), proposed.client("A01")
    nothing = penalties(proposed)
    listed = manager.get("/late/?show=proposed&who=all").text
    shown = manager.get("/late/clock/1?do=enter").text
    refused = clerk.post("/late/clock/1/enter")

    manager.post("/late/clock/1/enter")
    twice = manager.post("/late/clock/1/enter")

    assert nothing == []
    assert "/late/clock/1?do=enter" in listed
    assert "完工时限逾期" in shown
    assert (refused.status_code, twice.status_code) == (422, 422)
    (made,) = penalties(proposed)
    assert made["person_id"] == proposed.person("A02").staff_id
    assert (made["kind"], made["signed_at"]) == ("deduction", None)
    assert made["created_by_id"] == proposed.person("A01").staff_id
    assert clock_of(proposed).proposed_at is None


def test_declined_penalty_is_entered_nowhere_and_the_breach_counts(
    proposed: Company,
) -> None:
    client = proposed.client("A01")

    client.post("/late/clock/1/decline", data={"text": "初次，口头提醒"})

    assert penalties(proposed) == []
    clock = clock_of(proposed)
    assert (clock.proposed_at, clock.excused_at) == (None, None)
    assert clock.breached_at is not None


def test_excused_breach_proposes_nothing_until_it_is_taken_back(
    proposed: Company,
) -> None:
    client = proposed.client("A01")
    client.post("/late/clock/1/excuse", data={"text": "属实"})
    excused = clock_of(proposed).proposed_at

    client.post("/late/clock/1/take_back", data={"text": "不属实"})

    assert excused is None
    assert clock_of(proposed).proposed_at is not None
