"""All that a leaver has in hand goes to another in one step, or nothing does."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models import entries, leaving
from models.access import SYSTEM
from models.clock_table import Clock
from models.history import ChangeEvent
from models.leaving import BadTakerError
from tests.admin.late_desk import order, promise
from tests.company import Company, writer
from tests.shift_desk import call, keep_shifts, staff_id


def page(company: Company, login: str = "A02") -> str:
    return f"/staff-work/{staff_id(company, login)}"


def hand(client: FlaskClient, company: Company, to: str, **more: str) -> Any:
    return client.post(page(company), data={"to": staff_id(company, to)} | more)


def manage(company: Company, login: str) -> None:
    """Make somebody the manager of their own department."""
    department = company.person(login).department_id
    assert department is not None
    with company.database.write() as session:
        entries.change(
            session,
            "department",
            department,
            {"manager": staff_id(company, login)},
            writer(),
        )


def test_one_click_moves_open_entries_of_every_register(company: Company) -> None:
    promise(company)
    calls = [call(company) for _ in range(2)]
    entry = order(company)
    done = call(company, result="solved")
    taker = staff_id(company, "A01")

    answer = hand(company.client("admin"), company, "A01")

    assert answer.status_code == 302
    assert [company.get("call_log", one)["holder"] for one in calls] == [taker] * 2
    assert company.get("service_order", entry)["holder"] == taker
    assert company.get("call_log", done)["holder"] == staff_id(company, "A02")
    with company.database.read() as session:
        clock = session.scalars(select(Clock).filter_by(entry_id=entry)).one()
    assert clock.holder_id == taker


def test_history_names_who_handed_over_and_keeps_it_together(company: Company) -> None:
    entry = call(company)
    order(company)

    hand(company.client("admin"), company, "A01")

    with company.database.read() as session:
        told = session.scalars(
            select(ChangeEvent).filter_by(action="changed", origin="bulk")
        ).all()
    assert {one.by_name for one in told} == {"系统管理员"}
    assert {one.register for one in told} == {"call_log", "service_order"}
    assert len({one.batch for one in told}) == 1
    moved = next(one for one in told if one.register == "call_log")
    assert (moved.entry_id, [*moved.changes]) == (entry, ["holder"])


def test_page_counts_what_is_in_hand(company: Company) -> None:
    promise(company)
    call(company)
    order(company)

    shown = company.client("admin").get(page(company)).text

    assert "来电登记" in shown
    assert "服务工单" in shown
    assert '随之移交的计时 <b class="num">1</b>' in shown


def test_only_the_engineers_field_is_changed_where_only_that_is_theirs(
    company: Company,
) -> None:
    entry = order(company, engineer=staff_id(company, "A03"))

    with company.database.write() as session:
        leaving.hand_all(
            session, staff_id(company, "A03"), company.person("A01"), writer()
        )

    row = company.get("service_order", entry)
    assert row["engineer"] == staff_id(company, "A01")
    assert row["holder"] == staff_id(company, "A02")


def test_taker_who_may_not_hold_one_of_them_gets_none(company: Company) -> None:
    entry = order(company)
    called = call(company)
    before = company.get("call_log", called), company.get("service_order", entry)

    answer = hand(company.client("admin"), company, "A03")

    assert answer.status_code == 422
    assert "周工 不能接手来电登记里的 1 条" in answer.text
    assert before == (
        company.get("call_log", called),
        company.get("service_order", entry),
    )


def test_killed_half_way_nothing_has_moved(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    manage(company, "A02")
    called = call(company)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(leaving, "_hand_leads", killed)
    with pytest.raises(KeyboardInterrupt), company.database.write() as session:
        leaving.hand_all(
            session, staff_id(company, "A02"), company.person("A01"), writer()
        )

    assert company.get("call_log", called)["holder"] == staff_id(company, "A02")


def test_departments_and_staff_go_along_for_good_and_stay_for_a_while(
    company: Company,
) -> None:
    manage(company, "A02")
    department = company.person("A02").department_id or 0
    led = staff_id(company, "N01")
    with company.database.write() as session:
        superior = {"superior": staff_id(company, "A02")}
        entries.change(session, "staff", led, superior, writer())
    client = company.client("admin")

    hand(client, company, "A01")
    stayed = company.get("department", department)["manager"]
    hand(client, company, "A01", leads="1")

    assert stayed == staff_id(company, "A02")
    assert company.get("department", department)["manager"] == staff_id(company, "A01")
    assert company.get("staff", led)["superior"] == staff_id(company, "A01")


def test_hand_over_left_to_the_leaver_is_left_to_the_taker(company: Company) -> None:
    keep_shifts(company)
    book = company.create(
        "handover_book",
        {
            "shift": "day",
            "handed_over_by": staff_id(company, "N01"),
            "taken_over_by": staff_id(company, "A02"),
        },
    )

    hand(company.client("admin"), company, "A01")

    row = company.get("handover_book", book)
    assert row["taken_over_by"] == staff_id(company, "A01")


def test_own_affairs_stay_with_the_person(company: Company) -> None:
    claim = company.create(
        "expense_claim", {"amount": 300, "purpose": "昆山出差"}, "A03"
    )

    with company.database.write() as session:
        leaving.hand_all(
            session, staff_id(company, "A03"), company.person("A01"), writer()
        )

    assert company.get("expense_claim", claim)["holder"] == staff_id(company, "A03")


def test_manager_of_the_department_hands_over_and_others_do_not(
    company: Company,
) -> None:
    called = call(company)
    manage(company, "A01")

    for login, status in (("A03", 404), ("N01", 404), ("B01", 403), ("A02", 403)):
        client = company.client(login)
        assert client.get(page(company)).status_code == status, login
        assert hand(client, company, "A01").status_code == status, login
    assert company.get("call_log", called)["holder"] == staff_id(company, "A02")
    hand(company.client("A01"), company, "A01")

    assert company.get("call_log", called)["holder"] == staff_id(company, "A01")


def test_button_stands_on_the_staff_entry_of_those_who_may(company: Company) -> None:
    entry = f"/register/staff/details/?id={staff_id(company, 'A02')}"

    assert page(company) in company.client("admin").get(entry).text
    assert page(company) not in company.client("B01").get(entry).text


@pytest.mark.parametrize("case", ["self", "left", "no account"])
def test_nobody_takes_over_who_cannot(company: Company, case: str) -> None:
    person = staff_id(company, "A02")
    taker = {"self": person, "left": staff_id(company, "A01"), "no account": 0}[case]
    with company.database.write() as session:
        if case == "left":
            entries.change(session, "staff", taker, {"status": "left"}, writer())
        with pytest.raises(BadTakerError):
            leaving.taker(session, taker, person)


def test_nothing_happens_without_a_taker(company: Company) -> None:
    called = call(company)

    answer = company.client("admin").post(page(company), data={"to": ""})

    assert answer.status_code == 422
    with company.database.read() as session:
        row = entries.get(session, SYSTEM, "call_log", called)
    assert row["holder"] == staff_id(company, "A02")
