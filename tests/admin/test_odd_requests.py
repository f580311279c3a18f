"""What no browser sends is answered without a fault, at every address."""

import json

import pytest

from tests.admin.test_every_address import rules
from tests.company import Company

HUGE = "9" * 40
NAMES = ("id", "of_id", "entry_id", "page", "size", "from", "before", "after", "limit")
QUERIES = {
    "negative": "&".join(f"{name}=-1" for name in NAMES),
    "huge": "&".join(f"{name}={HUGE}" for name in NAMES),
    "null": "q=%00&id=%00&w=number~is~%00&w=content~contains~a&name=%00&phone=%00",
    "not utf-8": "q=%ff%fe&id=%ff&w=%ff&sort=%ff&next=%ff",
    "long": "q=" + "x" * 100_000,
    "deep": "q=" + "[" * 5_000,
    "foreign host": "next=//evil.example/&next=https://evil.example",
}
BODIES = {
    "list": {"json": [1, 2]},
    "deep": {"data": "[" * 50_000, "content_type": "application/json"},
    "not json": {"data": b"\xff\x00{", "content_type": "application/json"},
    "null": {"data": {"id": "\x00", "pk": "\x00", "text": "\x00", "rowid": "\x00"}},
    "huge": {"data": dict.fromkeys((*NAMES, "pk", "rowid", "version"), HUGE)},
    "odd type": {"data": b"x", "content_type": "application/x-odd; charset=none"},
    "many": {"data": {f"f{number}": "1" for number in range(10_000)}},
    "cell": {"json": {"pk": {}, "field": [], "value": {"a": 1}, "was": None}},
}
# Each does what it says with whatever comes; it has tests of its own.
DOES_AT_ONCE = {"account.sign_out", "start.load_sample"}


@pytest.mark.parametrize("odd", QUERIES)
def test_odd_query_is_answered_at_every_address(company: Company, odd: str) -> None:
    client = company.client("admin")

    for endpoint, path in rules(company, "GET"):
        if endpoint != "static":
            with client.get(f"{path}?{QUERIES[odd]}") as answer:
                assert answer.status_code < 500, path
                assert "evil" not in answer.headers.get("Location", ""), path


@pytest.mark.parametrize("odd", BODIES)
def test_odd_body_is_answered_at_every_address(company: Company, odd: str) -> None:
    client = company.client("admin")

    for endpoint, path in rules(company, "POST"):
        if endpoint not in DOES_AT_ONCE:
            answer = client.post(path, **BODIES[odd])  # type: ignore[arg-type]  # each fits the client
            assert answer.status_code < 500, (path, answer.text[:200])


def test_another_host_leads_nobody_away(company: Company) -> None:
    answer = company.client().get("/late/", headers={"Host": "evil.example"})

    assert answer.headers["Location"].startswith("/")
    assert json.dumps(answer.headers["Location"]).count("evil") == 0
