"""The call list of today: whose calls, what is pressed, and what is refused."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin import visit
from models import catalogue, targets
from models.access import marked
from models.accounts import ReadEvent
from models.targets import SlaTarget
from tests.call_desk import NOW, CallDesk
from tests.clock_desk import CALLBACK
from tests.company import Company, open_company
from tests.databases import Builder
from tests.duty_desk import at, build_duty_company

PAGE = "/calls/callback_log/"
RECORD = f"{PAGE}record"


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be ten o'clock of a Wednesday."""
    monkeypatch.setattr(visit, "now", lambda: NOW)


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(
        prepared_database("duty_company", build_duty_company), tmp_path
    )
    yield opened
    opened.close()


@pytest.fixture
def desk(company: Company) -> CallDesk:
    return CallDesk(company.database)


def page(company: Company, login: str = "A02", url: str = PAGE) -> str:
    answer = company.client(login).get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).partition("<main")[2]


def post(company: Company, about: str, outcome: str, **more: str) -> str:
    """Record an attempt and return what the list then says.

    Further attempts as the manager, since the clerk of this company enters none.
    """
    login = "A01" if about.startswith("callback_log") else "A02"
    answer = company.client(login).post(
        RECORD,
        data={"about": about, "outcome": outcome, **more},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def calls(desk: CallDesk, register: str = "callback_log") -> list[dict[str, Any]]:
    """Return every entry of a register, the oldest first."""
    table = catalogue.current().table(register)
    with desk.database.read() as session:
        found = session.scalars(
            marked(select(table.c.id).order_by(table.c.id), register)
        )
        ids = list(found)
    return [desk.get(register, one) for one in ids]


def test_services_stand_first_then_who_was_not_called_for_longest(
    company: Company, desk: CallDesk
) -> None:
    desk.customers(2)
    desk.duty("ten", people=[desk.staff["A02"]])
    desk.order(at(14, 9))
    desk.called(at(14, 7), customer=desk.customers(1)[0])

    text = page(company)

    places = [text.index(one) for one in ("服务后回访", "到点再拨", "久未回访")]
    assert places == sorted(places)
    assert "已拨 1 次" in text
    assert "每天十个回访" in text
    assert "1/10" in text


def test_a_service_shows_how_long_its_call_may_still_take(
    company: Company, desk: CallDesk
) -> None:
    with desk.database.write() as session:
        targets.save(session, SlaTarget(**(CALLBACK | {"calendar": "desk"})), at(1))
    desk.duty("ten", people=[desk.staff["A02"]])
    desk.order(at(14, 9))

    assert "剩余 23小时" in page(company)


def test_each_sees_the_own_share_and_the_manager_everybodys(
    company: Company, desk: CallDesk
) -> None:
    desk.customers()
    shares = desk.share_out()
    (mine, *_), (theirs, *_) = (
        [key[1] for key, it in shares.items() if it == desk.staff[who]]
        for who in ("A02", "A01")
    )
    link, other = (f"of_id={one}&amp;" for one in (mine, theirs))

    clerk = page(company)
    looked_at = page(company, "A01", f"{PAGE}?who={desk.staff['A02']}")
    tried = page(company, "A02", f"{PAGE}?who={desk.staff['A01']}")

    assert link in clerk
    assert other not in clerk
    assert link in looked_at
    assert "0/10" in looked_at
    assert other not in tried  # a clerk asks for another's in vain


def test_a_share_of_another_department_is_not_the_managers_to_see(
    company: Company, desk: CallDesk
) -> None:
    desk.customers(3)
    desk.duty("ten", people=[desk.staff["A02"], desk.staff["B01"]])

    text = page(company, "A01", f"{PAGE}?who={desk.staff['B01']}")

    assert "王敏" in text
    assert "赵倩" not in text


def test_the_first_attempt_is_the_call_with_its_order(
    company: Company, desk: CallDesk
) -> None:
    order = desk.order(at(14, 9))

    text = post(company, f"service_order:{order}", "no_answer")

    assert "已登记：无人接听" in text
    assert "12:00" in text  # two hours later, which is closing time
    (call,) = calls(desk)
    assert (call["kind"], call["service_order"]) == ("after_service", order)
    assert (call["caller"], call["outcome"]) == (desk.staff["A02"], "no_answer")
    assert call["service_finished_at"] == at(14, 9)


def test_what_was_called_meanwhile_is_not_entered_twice(
    company: Company, desk: CallDesk
) -> None:
    order = desk.order(at(14, 9))
    post(company, f"service_order:{order}", "busy")

    text = post(company, f"service_order:{order}", "busy")

    assert "没有重复登记" in text
    assert len(calls(desk)) == 1


def test_the_last_retry_closes_the_call_as_unreachable(
    company: Company, desk: CallDesk
) -> None:
    call = desk.called(at(13, 9))
    for hour in (11, 14):
        desk.tried(call, at(13, hour), "no_answer")

    text = post(company, f"callback_log:{call}", "busy")

    assert "已结束" in text
    assert desk.get("callback_log", call)["follow_up"] == "unreachable"
    assert desk.get("callback_log", call)["retries"] == 3
    assert "没有重复登记" in post(company, f"callback_log:{call}", "busy")


def test_a_dead_number_is_closed_at_once(company: Company, desk: CallDesk) -> None:
    order = desk.order(at(14, 9))

    post(company, f"service_order:{order}", "dead")

    assert calls(desk)[0]["follow_up"] == "unreachable"


def test_an_agreed_time_is_when_it_is_tried_again(
    company: Company, desk: CallDesk
) -> None:
    call = desk.called(at(14, 8), who="A01")

    wrong = post(company, f"callback_log:{call}", "postponed", again_at="soon")
    missing = post(company, f"callback_log:{call}", "postponed")
    text = post(
        company, f"callback_log:{call}", "postponed", again_at="2026-10-14T16:20"
    )

    assert "看不懂" in wrong
    assert "改约时间" in missing
    assert "16:20" in text
    (attempt,) = calls(desk, "callback_attempt")
    assert attempt["next_call_at"] == at(14, 16, 20)


def test_who_is_reached_at_a_retry_is_written_down_in_the_calls_form(
    company: Company, desk: CallDesk
) -> None:
    call = desk.called(at(14, 7), who="A01")
    client = company.client("A01")

    answer = client.post(
        RECORD, data={"about": f"callback_log:{call}", "outcome": "reached"}
    )
    form = answer.headers["Location"]
    version = str(desk.get("callback_log", call)["version"])
    saved = client.post(form, data={"version": version, "satisfaction": "5"})

    assert saved.headers["Location"] == PAGE
    assert desk.get("callback_log", call)["satisfaction"] == "5"
    assert "到点再拨" not in page(company, "A01")


def test_the_form_of_a_call_opens_filled_in_and_leads_back(
    company: Company, desk: CallDesk
) -> None:
    desk.duty("ten", people=[desk.staff["A02"]])
    order = desk.order(at(14, 9))
    client = company.client("A02")
    url = html.unescape(
        re.findall(rf'href="([^"]*of_id={order}&[^"]*)"', page(company))[0]
    )

    form = client.get(url).get_data(as_text=True)
    saved = client.post(
        url,
        data={
            "kind": "after_service",
            "customer": str(desk.customer),
            "called_at": "2026-10-14T10:00:00",
            "outcome": "connected",
            "caller": str(desk.staff["A02"]),
        },
    )

    assert re.search('value="after_service"[^>]*(selected|checked)', form)
    assert saved.headers["Location"] == PAGE
    assert calls(desk)[0]["service_order"] == order


def test_nobodys_calls_can_be_taken(company: Company, desk: CallDesk) -> None:
    order = desk.order(at(14, 9))
    desk.away("A02", at(14, 0), at(15, 0))
    desk.away("A01", at(14, 0), at(15, 0))

    before = page(company)
    answer = company.client("A02").post(
        f"{PAGE}take", data={"about": f"service_order:{order}"}, follow_redirects=True
    )

    assert "待领取" in before
    assert "今天没有人在岗" in before
    assert "已领取" in answer.get_data(as_text=True)
    assert "待领取" not in page(company)


def test_more_of_the_round_is_taken_by_a_press(
    company: Company, desk: CallDesk
) -> None:
    desk.customers()
    before = page(company)

    answer = company.client("A02").post(f"{PAGE}more", follow_redirects=True)

    assert before.count("of_id=") == 10
    assert "又加了 5 位" in answer.get_data(as_text=True)
    assert page(company).count("of_id=") == 15


def with_phone(desk: CallDesk) -> int:
    """Write a customer whom another looks after, and who is on the clerk's list."""
    values = {"name": "有电话", "address": "苏州", "phone": "13812345678"}
    customer = desk.create(
        "customer_file", values | {"account_manager": desk.staff["A01"]}
    )
    desk.duty("ten", people=[desk.staff["A02"]])
    return customer


def test_a_number_of_ones_own_call_is_shown_without_a_reason_and_noted(
    company: Company, desk: CallDesk
) -> None:
    customer = with_phone(desk)

    text = page(company)
    url = html.unescape(re.findall('data-reveal-url="([^"]*)"', text)[0])
    shown = company.client("A02").post(url, json={"reason": ""})
    others = company.client("A01").post(url, json={"reason": ""})

    assert "13812345678" not in text
    assert "138****5678" in text
    assert shown.get_json() == {"text": "13812345678"}
    assert others.status_code == 404  # it is not on the manager's list
    with desk.database.read() as session:
        (event,) = session.scalars(select(ReadEvent))
        assert (event.register, event.entry_id) == ("customer_file", customer)
        assert event.staff_id == desk.staff["A02"]


def test_the_desk_shows_the_next_calls_and_how_far_one_is(
    company: Company, desk: CallDesk
) -> None:
    desk.order(at(14, 9))

    text = page(company, url="/")

    assert "今日回访名单" in text
    assert "0/10" in text
    assert "完整名单" in text


@pytest.mark.parametrize(
    ("login", "url", "status"),
    [
        ("N01", PAGE, 403),
        ("A03", PAGE, 403),
        ("A02", "/calls/nothing/", 404),
        ("A02", "/calls/call_log/", 404),
    ],
)
def test_who_may_not_list_the_calls_has_no_list(
    company: Company, desk: CallDesk, login: str, url: str, status: int
) -> None:
    del desk
    assert company.client(login).get(url).status_code == status


@pytest.mark.parametrize(
    "about", ["", "service_order:", "nothing:1", "callback_log:x", f"staff:{10**20}"]
)
def test_what_is_no_entry_is_not_found(
    company: Company, desk: CallDesk, about: str
) -> None:
    del desk
    data = {"about": about, "outcome": "busy"}

    assert company.client("A02").post(RECORD, data=data).status_code == 404


def test_what_one_may_not_read_is_not_called(company: Company, desk: CallDesk) -> None:
    sales = desk.get("staff", desk.staff["B01"])["department"]
    order = desk.order(at(14, 9), department=sales)

    text = post(company, f"service_order:{order}", "busy")

    assert "已登记" not in text
    assert calls(desk) == []


def test_a_visitor_is_asked_to_sign_in(company: Company) -> None:
    assert company.client().get(PAGE).status_code == 302
