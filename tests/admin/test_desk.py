"""The desk and the pages behind it: what is late, due today, open, told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from models import outbox
from models.outbox import Notice
from models.words import Label
from tests.admin.late_desk import THURSDAY, at, order, promise
from tests.company import NOON, Company

BELL = re.compile(r'aria-label="消息，未读 (\d+) 条"')


def test_desk_shows_what_is_late_with_its_due_words(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    order(company)
    at(monkeypatch, THURSDAY)

    page = company.client("A02").get("/").text

    assert "机器不启动" in page
    assert "已逾期 3小时" in page
    assert "下午好，王敏" in page
    assert "2026年10月15日 星期四 · 工作日 09:00–12:00 13:30–18:00" in page


def test_desk_of_a_clerk_leaves_out_what_others_answer_for(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    order(company, "A02")
    at(monkeypatch, THURSDAY)

    clerk = company.client("A03").get("/").text
    manager = company.client("A01").get("/").text

    assert "机器不启动" not in clerk
    assert "机器不启动" in manager


def test_desk_of_another_department_shows_nothing_of_it(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    order(company, "A02")
    at(monkeypatch, THURSDAY)

    for address in ("/", "/late/", "/late/?who=all", "/late/?who=department"):
        assert "机器不启动" not in company.client("B01").get(address).text


def test_due_today_is_not_late_and_says_what_is_left(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    order(company)
    at(monkeypatch, NOON + timedelta(hours=20))  # 8:00 of the 15th

    page = company.client("A02").get("/late/?show=today&who=mine").text

    assert "即将逾期 1小时" in page
    assert "完工时限" in page


def test_late_page_offers_no_wider_rows_than_granted(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    order(company, "A02")
    at(monkeypatch, THURSDAY)

    mine = company.client("A01").get("/late/?who=mine").text
    department = company.client("A01").get("/late/?who=department").text
    engineer = company.client("A03").get("/late/?who=department").text

    assert "机器不启动" not in mine
    assert "机器不启动" in department
    assert "机器不启动" not in engineer


def test_desk_asks_the_database_few_questions(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    for _ in range(5):
        order(company)
    at(monkeypatch, THURSDAY)
    client = company.client("A01")
    client.get("/")
    asked: list[str] = []

    @event.listens_for(company.database.reading, "before_cursor_execute")
    def count(*given: object) -> None:
        asked.append(str(given[2]))

    assert client.get("/").status_code == 200
    assert len(asked) <= 20, "\n".join(asked)


def test_open_entries_are_those_that_i_hold_and_still_wait(company: Company) -> None:
    waiting = order(company, "A02", symptom="等待派工")
    order(company, "A01", symptom="别人的单子")

    page = company.client("A02").get("/late/mine/").text

    assert f"/register/service_order/details/?id={waiting}" in page
    assert "别人的单子" not in page


def tell(company: Company, login: str, entry_id: int) -> None:
    with company.database.write() as session:
        notice = Notice(
            f"test/{login}/{entry_id}",
            "clock.breached",
            Label("已逾期。", "is overdue."),
            company.person(login).staff_id,
            "service_order",
            entry_id,
            "GD1",
        )
        outbox.enqueue(session, [notice], NOON)


def test_message_leads_to_its_entry_and_counts_as_read(company: Company) -> None:
    entry = order(company)
    tell(company, "A02", entry)
    client = company.client("A02")
    assert "服务工单 GD1：已逾期。" in client.get("/messages/").text

    answer = client.get("/messages/1")

    assert answer.location == f"/register/service_order/details/?id={entry}"
    assert "GD1" not in client.get("/messages/?unread=1").text


def test_bell_counts_what_one_has_not_read_oneself(company: Company) -> None:
    entry = order(company)
    for login in ("A02", "A02", "A03"):
        tell(company, login, entry)
    clients = {login: company.client(login) for login in ("A01", "A02")}

    before = [BELL.findall(clients[one].get("/").text) for one in sorted(clients)]
    clients["A02"].post("/messages/read")
    after = BELL.findall(clients["A02"].get("/").text)

    assert before == [["0"], ["1"]]  # of one entry it is told once
    assert after == ["0"]


def test_message_of_somebody_else_is_not_there(company: Company) -> None:
    tell(company, "A02", order(company))

    answer = company.client("A03").get("/messages/1")

    assert answer.status_code == 404
    assert "GD1" in company.client("A02").get("/messages/?unread=1").text


def test_all_messages_are_marked_read_at_once(company: Company) -> None:
    entry = order(company)
    for login in ("A02", "A01"):
        tell(company, login, entry)

    company.client("A02").post("/messages/read")

    assert "GD1" not in company.client("A02").get("/messages/?unread=1").text
    assert "GD1" in company.client("A01").get("/messages/?unread=1").text


def test_message_of_what_one_may_no_longer_see_keeps_its_kind_alone(
    company: Company,
) -> None:
    tell(company, "A03", order(company))  # an engineer sees their own orders alone
    client = company.client("A03")

    bell, desk = client.get("/messages/").text, client.get("/").text

    for page in (bell, desk):
        assert "GD1" not in page
        assert "已逾期：这条登记已删除，或您已无权查看。" in page


def test_list_shows_the_due_badge_of_each_entry(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    order(company)
    at(monkeypatch, THURSDAY)

    page = company.client("A02").get("/register/service_order/").text

    assert '<td class="due late"><span>已逾期 3小时</span></td>' in page


def test_entry_page_tells_why_it_is_due_day_by_day(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company, how_long="6h business")
    entry = order(company)
    at(monkeypatch, THURSDAY)

    page = (
        company.client("A02").get(f"/register/service_order/details/?id={entry}").text
    )

    assert "完工时限" in page
    assert "10-14 周三" in page
    assert "S0-04-22" in page


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/late/",
        "/late/mine/",
        "/messages/",
        "/messages/1",
        "/search/?q=机器",
        "/rulebook/",
        "/rulebook/clause/S0-04-22",
        "/start/",
        "/call?phone=13800138000",
        "/register/call_log/side/?phone=13800138000",
        "/register/call_log/1/files/1",
        "/register/call_log/1/files/1/picture",
    ],
)
def test_visitor_is_sent_to_sign_in(company: Company, address: str) -> None:
    answer = company.client().get(address)

    assert answer.status_code == 302
    assert answer.location.startswith("/account/sign-in")


@pytest.mark.parametrize(
    "address",
    [
        "/messages/read",
        "/start/sample",
        "/start/empty",
        "/start/remove-sample",
        "/register/call_log/1/files",
        "/register/call_log/1/comments",
    ],
)
def test_nothing_is_posted_without_its_token(guarded: Company, address: str) -> None:
    answer = guarded.client("admin").post(address)

    assert answer.status_code == 400
    assert "页面已过期" in answer.text
