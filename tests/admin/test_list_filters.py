"""Conditions of a list: what they mean, how an address has them, what they hide."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from admin import visit
from models import flow_steps
from models.access import RoleGrant, Rows
from models.accounts import raise_stamps
from tests.admin.late_desk import THURSDAY, at, order, promise
from tests.admin.test_list_pages import shown
from tests.company import NOON, Company, writer

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
    "received_at": NOON,
}


def call(company: Company, login: str = "A02", **values: Any) -> int:
    return company.create("call_log", CALL | values, login)


def customer(company: Company, name: str, **values: Any) -> int:
    said = {"name": name, "address": "苏州", "account_manager": 1}
    return company.create("customer_file", said | values)


def listed(
    company: Company, *asked: tuple[str, str], login: str = "admin"
) -> list[int]:
    answer = company.client(login).get(f"/register/call_log/?{urlencode(asked)}")
    assert answer.status_code == 200, answer.location
    return sorted(shown(answer.text))


def test_group_is_joined_the_other_way(company: Company) -> None:
    phone = call(company)
    wechat = call(company, channel="wechat")
    urgent = call(company, channel="email", urgency="urgent")
    call(company, channel="email")
    solved = call(company, result="solved")
    pending = ("w", "result~in~pending")
    group = [("g1", "channel~in~phone|wechat"), ("g1", "urgency~in~urgent")]

    every = listed(company, ("match", "all"), pending, *group)
    both = [("g1", "channel~in~phone"), ("g1", "result~in~solved")]
    some = listed(company, ("match", "any"), ("w", "urgency~in~urgent"), *both)

    assert every == [phone, wechat, urgent]
    assert some == [urgent, solved]


def test_chips_say_a_group_in_words_and_take_it_away(company: Company) -> None:
    call(company)
    asked = [
        ("w", "result~in~pending"),
        ("g1", "channel~in~phone"),
        ("g1", "received_at~period~last_7_days"),
    ]

    page = company.client("admin").get(f"/register/call_log/?{urlencode(asked)}").text

    assert "渠道：电话 或 来电时间：近7天" in page
    assert 'href="?w=result~in~pending"' in page


def test_relation_is_asked_by_its_own_field(company: Company) -> None:
    key = customer(company, "吴江精工", important=True)
    other = customer(company, "昆山普通", important=False)
    wanted = call(company, customer=key)
    call(company, customer=other)
    call(company)

    found = listed(company, ("w", "customer.important~is~yes"))

    assert found == [wanted]


def test_relation_tells_nothing_of_what_may_not_be_listed(company: Company) -> None:
    key = customer(company, "吴江精工", important=True)
    wanted = call(company, customer=key)
    asked = ("w", "customer.important~is~yes")
    seen = listed(company, asked, login="A02")
    with company.database.write() as session:
        own = update(RoleGrant).where(RoleGrant.register == "customer_file")
        session.execute(own.values(rows=Rows.OWN))
        raise_stamps(session)

    hidden = listed(company, asked, login="A02")
    with company.database.write() as session:
        none = update(RoleGrant).where(RoleGrant.register == "customer_file")
        session.execute(none.values(actions="read"))
        raise_stamps(session)
    refused = company.client("A02").get(f"/register/call_log/?{urlencode([asked])}")

    assert (seen, hidden) == ([wanted], [])
    assert refused.status_code == 302  # there is no such condition


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("received_at~period~today", [0]),
        ("received_at~period~yesterday", [1]),
        ("received_at~period~last_7_days", [0, 1, 2]),
        ("received_at~period~2026-10-11..2026-10-13", [1, 2]),
        ("received_at~ago~3", [3]),
        ("received_at~ago~0", [1, 2, 3]),
    ],
)
def test_dates_are_asked_relative_to_today(
    company: Company,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    expected: list[int],
) -> None:
    monkeypatch.setattr(visit, "now", lambda: NOON)
    made = [
        call(company, received_at=NOON - timedelta(days=days)) for days in (0, 1, 3, 30)
    ]

    assert listed(company, ("w", word)) == [made[at] for at in expected]


def test_me_is_whoever_looks(company: Company) -> None:
    mine, others = call(company, "A02"), call(company, "A01")
    asked = ("w", "holder~is~me")

    assert listed(company, asked, login="A02") == [mine]
    assert listed(company, asked, login="A01") == [others]


def test_not_is_also_what_is_empty(company: Company) -> None:
    key = customer(company, "吴江精工")
    call(company, customer=key)
    without = call(company, channel="wechat")

    assert listed(company, ("w", f"customer~not~{key}")) == [without]
    assert listed(company, ("w", "channel~out~phone")) == [without]


def test_number_is_compared_with_another_field(company: Company) -> None:
    for code, level in (("P1", 40), ("P2", 0)):
        part = {"item_code": code, "name": "镜片", "warning_quantity": level}
        company.create("inventory", part)
    client = company.client("admin")

    def found(word: str) -> int:
        asked = urlencode({"w": word})
        page = client.get(f"/register/inventory/?{asked}").text
        assert "“" in page
        return len(shown(page))

    assert found("main_quantity~max~@warning_quantity") == 2
    assert found("main_quantity~min~@warning_quantity") == 1
    unknown = client.get("/register/inventory/?w=main_quantity~max~@price")
    assert unknown.status_code == 302


def test_clocks_of_entries_are_asked_like_a_choice(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(company)
    late = order(company, reported_at=NOON - timedelta(days=3))
    today = order(company)
    kept = order(company, finished_at=NOON)
    at(monkeypatch, THURSDAY - timedelta(hours=4))  # 8:00, due at 9:00
    client = company.client("admin")

    def found(word: str) -> list[int]:
        asked = urlencode({"w": f"_clock~{word}"})
        return sorted(shown(client.get(f"/register/service_order/?{asked}").text))

    assert found("in~late") == [late]
    assert found("in~today") == [today]
    assert found("in~late|today") == [late, today]
    assert found("in~kept") == [kept]
    assert found("out~late") == [today, kept]
    assert found("filled~") == [late, today, kept]
    assert found("empty~") == []


def test_what_waits_for_my_approval_is_a_condition(company: Company) -> None:
    detail = {"amount": 300, "purpose": "昆山出差"}
    claims = [company.create("expense_claim", detail, "A03") for _ in range(2)]
    with company.database.write() as session:
        engineer = writer(company.person("A03"))
        flow_steps.take(
            session, "expense_claim", claims[0], "submit", engineer, version=1
        )

    def found(login: str, word: str) -> list[int]:
        asked = urlencode({"w": f"_step~in~{word}"})
        page = company.client(login).get(f"/register/expense_claim/?{asked}")
        return shown(page.text)

    assert found("A01", "approve") == [claims[0]]
    assert found("A03", "approve") == []
    assert found("A03", "do") == [claims[1]]


def test_builder_offers_what_may_be_asked_and_names_what_is_chosen(
    company: Company,
) -> None:
    key = customer(company, "吴江精工")
    client = company.client("A02")

    asked = urlencode({"w": f"customer~is~{key}"})
    answer = client.get(f"/register/call_log/filters/?{asked}").get_json()
    other = company.client("A03").get("/register/service_order/filters/").get_json()

    fields = {one["key"]: one for one in answer["fields"]}
    assert fields["customer.important"]["group"] == "客户"
    assert [it["key"] for it in fields["phone"]["operators"]] == [
        "is",
        "empty",
        "filled",
    ]
    assert "_step" not in fields
    assert answer["called"] == {f"customer~{key}": "吴江精工"}
    # Who may not list calls asks nothing of them.
    assert not any(one["key"].startswith("call.") for one in other["fields"])


def test_condition_that_does_not_exist_leads_back_to_the_list(
    company: Company,
) -> None:
    client = company.client("admin")

    for word in (
        "customer.nothing~is~1",
        "nothing.name~is~1",
        "phone.name~is~1",
        "_clock~contains~x",
        "_step~in~approve",
        "received_at~ago~x",
    ):
        answer = client.get(f"/register/call_log/?{urlencode({'w': word})}")
        assert answer.status_code == 302, word


def test_export_and_count_keep_to_groups(company: Company) -> None:
    call(company, content="甲甲甲")
    call(company, content="乙乙乙", channel="email")
    client = company.client("admin")
    asked = urlencode([("g1", "channel~in~phone"), ("g1", "channel~in~wechat")])

    file = client.get(f"/register/call_log/export/csv/?{asked}").text
    count = client.get(f"/register/call_log/count/?{asked}").get_json()

    assert "甲甲甲" in file
    assert "乙乙乙" not in file
    assert count == {"text": "1"}
