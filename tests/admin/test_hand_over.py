"""A shift is handed over by ticks, confirmed item by item, and the entries go along."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.clock_table import Clock
from models.history import ChangeEvent
from tests.admin.late_desk import order, promise
from tests.company import Company
from tests.shift_desk import CALL, call, keep_shifts, staff_id

NEW = "/hand-over/handover_book/new"
GIVEN = {"shift": "day"}


@pytest.fixture
def shifts(company: Company) -> Company:
    """The company, where clerks and the manager hand over to each other."""
    keep_shifts(company)
    return company


def hand_over(company: Company, *matters: str, login: str = "A02", **more: Any) -> int:
    """Hand a shift over on the page, and return the entry's id."""
    answer = company.client(login).post(NEW, data=GIVEN | {"matter": [*matters]} | more)
    assert answer.status_code == 302, re.findall("<li>.*?</li>", answer.text)
    return int(answer.headers["Location"].rpartition("=")[2])


def items(company: Company, book: int) -> list[dict[str, Any]]:
    with company.database.read() as session:
        query = select(ChangeEvent.entry_id).filter_by(
            register="handover_item", action="created"
        )
        found = [company.get("handover_item", one) for one in session.scalars(query)]
    return [one for one in found if one["handover"] == book]


def confirm(company: Company, book: int, *ids: int, login: str, end: str = "0") -> Any:
    return company.client(login).post(
        f"/hand-over/handover_book/{book}", data={"id": [*ids], "end": end}
    )


def test_open_entries_of_the_giver_are_proposed_and_others_are_not(
    shifts: Company,
) -> None:
    mine = call(shifts)
    call(shifts, "A01", content="别人的来电")
    call(shifts, content="已经解决", result="solved")

    page = shifts.client("A02").get(NEW).text

    assert re.findall(r'name="matter" value="([^"]+)" checked', page) == [
        f"call:{mine}"
    ]
    assert "别人的来电" not in page
    assert "已经解决" not in page


def test_ticked_entries_become_matters_in_one_step(shifts: Company) -> None:
    first, second = call(shifts), call(shifts)

    book = hand_over(shifts, f"call:{second}")

    row = shifts.get("handover_book", book)
    assert row["handed_over_by"] == staff_id(shifts, "A02")
    assert row["handed_over_at"] is not None
    (item,) = items(shifts, book)
    assert item["call"] == second
    assert item["matter"].startswith(shifts.get("call_log", second)["number"])
    assert shifts.get("call_log", first)["holder"] == staff_id(shifts, "A02")


def test_matter_has_the_due_time_of_its_clock(shifts: Company) -> None:
    promise(shifts)
    entry = order(shifts, "A02")

    book = hand_over(shifts, f"service_order:{entry}")

    with shifts.database.read() as session:
        clock = session.scalars(select(Clock).filter_by(entry_id=entry)).one()
        (item,) = items(shifts, book)
        assert item["due_at"] == clock.due_at


def test_taker_confirms_one_by_one_and_answers_for_what_was_confirmed(
    shifts: Company,
) -> None:
    calls = [call(shifts), call(shifts)]
    book = hand_over(shifts, *(f"call:{one}" for one in calls))
    first, second = items(shifts, book)
    giver, taker = staff_id(shifts, "A02"), staff_id(shifts, "A01")

    confirm(shifts, book, first["id"], login="A01")

    assert shifts.get("call_log", calls[0])["holder"] == taker
    assert shifts.get("call_log", calls[1])["holder"] == giver
    assert shifts.get("handover_book", book)["taken_over_at"] is None

    confirm(shifts, book, second["id"], login="A01")

    row = shifts.get("handover_book", book)
    assert shifts.get("call_log", calls[1])["holder"] == taker
    assert row["taken_over_by"] == taker
    assert row["taken_over_at"] is not None


def test_history_and_clock_follow_the_entry(shifts: Company) -> None:
    promise(shifts)
    entry = order(shifts, "A02")
    book = hand_over(shifts, f"service_order:{entry}")
    (item,) = items(shifts, book)

    confirm(shifts, book, item["id"], login="A01", end="1")

    with shifts.database.read() as session:
        clock = session.scalars(select(Clock).filter_by(entry_id=entry)).one()
        told = session.scalars(
            select(ChangeEvent)
            .filter_by(register="service_order", entry_id=entry)
            .order_by(ChangeEvent.id.desc())
        ).first()
    taker = staff_id(shifts, "A01")
    assert clock.holder_id == taker
    assert told is not None
    assert told.by_name == "林主管"
    assert told.changes["holder"] == [staff_id(shifts, "A02"), taker]


def test_what_is_not_ticked_stays_with_the_giver(shifts: Company) -> None:
    entry = call(shifts)
    book = hand_over(shifts, f"call:{entry}")

    confirm(shifts, book, login="A01", end="1")

    assert shifts.get("call_log", entry)["holder"] == staff_id(shifts, "A02")
    assert shifts.get("handover_book", book)["taken_over_at"] is not None
    assert not items(shifts, book)[0]["taken_over"]


def test_desk_shows_the_last_hand_over_to_the_next_shift_alone(shifts: Company) -> None:
    book = hand_over(shifts, f"call:{call(shifts)}")
    address = f"/hand-over/handover_book/{book}"

    assert address in shifts.client("A01").get("/").text
    assert address not in shifts.client("A02").get("/").text
    assert address not in shifts.client("B01").get("/").text
    confirm(shifts, book, login="A01", end="1")
    assert address not in shifts.client("A01").get("/").text


def test_entry_that_was_passed_on_meanwhile_is_left_alone(shifts: Company) -> None:
    entry = call(shifts)
    book = hand_over(shifts, f"call:{entry}")
    (item,) = items(shifts, book)
    other = staff_id(shifts, "N01")
    shifts.client("A01").post(
        f"/register/call_log/edit/?id={entry}", data={"holder": other, "version": 1}
    )

    confirm(shifts, book, item["id"], login="A01", end="1")

    assert shifts.get("call_log", entry)["holder"] == other


@pytest.mark.parametrize("login", ["A02", "B01", "N01", "A03"])
def test_nobody_else_confirms(shifts: Company, login: str) -> None:
    entry = call(shifts)
    book = hand_over(
        shifts, f"call:{entry}", taken_over_by=str(staff_id(shifts, "A01"))
    )
    (item,) = items(shifts, book)
    before = shifts.get("handover_book", book)

    confirm(shifts, book, item["id"], login=login, end="1")

    assert shifts.get("handover_book", book) == before
    assert shifts.get("call_log", entry)["holder"] == staff_id(shifts, "A02")


def test_entry_of_somebody_else_cannot_be_handed_over(shifts: Company) -> None:
    foreign = shifts.create("call_log", CALL | {"content": "密语"}, "B01")

    answer = shifts.client("A02").post(NEW, data=GIVEN | {"matter": f"call:{foreign}"})

    assert answer.status_code == 422
    assert "已不归您" in answer.text
    assert "密语" not in answer.text


def test_second_confirmation_changes_nothing(shifts: Company) -> None:
    book = hand_over(shifts, f"call:{call(shifts)}")
    confirm(shifts, book, login="A01", end="1")
    before = shifts.get("handover_book", book)

    answer = confirm(shifts, book, login="A01", end="1")

    assert answer.status_code == 302
    assert shifts.get("handover_book", book) == before


def test_who_keeps_no_book_hands_nothing_over(company: Company) -> None:
    for login in ("A02", "N01", "admin"):
        assert company.client(login).get(NEW).status_code == 403
    assert company.client("A01").get("/hand-over/call_log/new").status_code == 404
