"""Entries that waited in a browser: written once, by rights, and mended, never lost."""

import re
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from admin import visit
from models import catalogue, entries, sent_entries
from models.access import marked
from models.history import Writer
from models.preparing import Row
from models.sent_entries import SentEntry
from tests.company import NOON, Company, writer

VALUES = {
    "phone": "138 1234 1234",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
}
KEY = "0b0e8a5e-1111-4222-8333-444455556666"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "now", lambda: NOON)


def send(company: Company, login: str = "A02", **changes: Any) -> TestResponse:
    at = (NOON - timedelta(hours=3)).isoformat()
    body = {"key": KEY, "register": "call_log", "at": at, "values": VALUES}
    return company.client(login).post("/quick/entries/", json=body | changes)


def count(company: Company) -> int:
    table = catalogue.current().table("call_log")
    with company.database.read() as session:
        query = marked(select(func.count()).select_from(table), "call_log")
        return session.scalar(query) or 0


def test_entry_is_written_at_the_time_it_was_written_down(company: Company) -> None:
    told = send(company).get_json()

    entry = company.get("call_log", 1)
    assert told == {
        "number": entry["number"],
        "url": "/register/call_log/details/?id=1",
        "new": True,
    }
    assert entry["phone"] == "13812341234"
    assert entry["received_at"] == NOON - timedelta(hours=3)
    assert entry["created_at"] == NOON


def test_entry_that_is_sent_again_is_answered_and_not_written_again(
    company: Company,
) -> None:
    first, again = send(company).get_json(), send(company).get_json()

    assert count(company) == 1
    assert again == first | {"new": False}


def test_many_who_send_the_same_at_once_write_it_once(company: Company) -> None:
    people = [company.client("A02") for _ in range(6)]
    body = {"key": KEY, "register": "call_log", "at": NOON.isoformat()}
    answers: list[int] = []

    def go(client: Any) -> None:
        told = client.post("/quick/entries/", json=body | {"values": VALUES})
        answers.append(told.status_code)

    threads = [threading.Thread(target=go, args=[one]) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert answers == [200] * 6
    assert count(company) == 1


def test_killed_half_way_leaves_neither_entry_nor_key(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(session: Session, register: str, values: Row, by: Writer) -> int:
        entries.create_many(session, register, [values], by)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("admin.quick_pages.entries.create", killed)
        with pytest.raises(RuntimeError, match="killed"):
            send(company)

    assert count(company) == 0
    assert send(company).get_json()["new"]
    assert count(company) == 1


def test_what_is_wrong_is_told_and_may_be_sent_mended(company: Company) -> None:
    wrong = send(company, values=VALUES | {"phone": "12", "category": ""})

    assert wrong.status_code == 422
    assert any(it.startswith("来电号码：") for it in wrong.get_json()["problems"])
    assert count(company) == 0
    assert send(company).status_code == 200


def test_key_of_another_tells_nothing(company: Company) -> None:
    send(company)

    answer = send(company, "A01")

    assert answer.status_code == 422
    assert "LD" not in answer.text
    assert count(company) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"key": "1"}, 400),
        ({"values": []}, 400),
        ({"at": "yesterday"}, 400),
        ({"at": "2026-10-14T04:00:00"}, 400),
        ({"register": "customer_file"}, 404),
        ({"register": "no_such"}, 403),
    ],
)
def test_what_is_no_entry_is_refused(
    company: Company, changes: dict[str, Any], status: int
) -> None:
    assert send(company, **changes).status_code == status
    assert count(company) == 0


def test_clock_that_runs_ahead_says_nothing(company: Company) -> None:
    send(company, at=(NOON + timedelta(days=3)).isoformat())

    assert company.get("call_log", 1)["received_at"] == NOON


def test_who_may_not_create_gets_no_form_and_sends_nothing(company: Company) -> None:
    forms = company.client("A03").get("/quick/forms/").get_json()

    assert forms["registers"] == []
    assert send(company, "A03").status_code == 403
    assert company.client().post("/quick/entries/", json={}).status_code == 302


def test_form_has_labels_and_nobodys_data(company: Company) -> None:
    company.create("call_log", VALUES | {"phone": "13812341234"}, "A02")

    said = company.client("A02").get("/quick/forms/").get_json()

    [form] = said["registers"]
    names = [one["name"] for one in form["fields"]]
    assert names == ["phone", "category", "content", "result"]
    assert "1381234" not in str(said)


def test_page_that_is_kept_is_the_same_for_everybody(company: Company) -> None:
    pages = [
        re.sub(r'nonce="[^"]*"', "", client.get("/quick/").text)
        for client in (company.client(), company.client("A02"), company.client("admin"))
    ]

    assert len(set(pages)) == 1
    assert "王敏" not in pages[1]
    assert "csrf" not in pages[1]


def test_only_the_page_that_needs_it_may_have_a_worker(company: Company) -> None:
    client = company.client("A02")
    policies = [
        client.get(path).headers["Content-Security-Policy"] for path in ("/quick/", "/")
    ]

    assert "worker-src 'self'" in policies[0]
    assert "worker-src" not in policies[1]


def test_worker_keeps_static_files_and_the_page_alone(company: Company) -> None:
    answer = company.client().get("/quick/worker.js")

    [files] = re.findall(r"const FILES = \[(.*?)\];", answer.text)
    kept = re.findall(r'"([^"]+)"', files)
    assert all(one.startswith("/static/") for one in kept)
    for one in kept:
        with company.client().get(one) as file:
            assert file.status_code == 200
    assert answer.headers["Service-Worker-Allowed"] == "/"


def test_phone_can_install_the_panel(company: Company) -> None:
    said = company.client().get("/quick/manifest.webmanifest").get_json(force=True)

    assert said["display"] == "standalone"
    with company.client().get(said["icons"][0]["src"]) as icon:
        assert icon.status_code == 200


def test_keys_are_found_by_their_owner_alone(company: Company) -> None:
    key = str(uuid4())
    with company.database.write() as session:

        def write() -> int:
            return entries.create(session, "branch", {"name": "乙"}, writer())

        sent_entries.once(session, key, 1, "branch", NOON, write)
        with pytest.raises(sent_entries.KeyTakenError):
            sent_entries.once(session, key, 2, "branch", NOON, write)
    with company.database.read() as session:
        assert session.get_one(SentEntry, key).entry_id is not None
