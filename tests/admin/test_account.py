"""Signing in: by staff or mobile number, growing delays, a password of one's own."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models import accounts
from models.accounts import Account, SignInEvent
from tests.company import Company

RIGHT = "a long enough password"


@pytest.fixture
def account(company: Company) -> Company:
    with company.database.write() as session:
        session.execute(
            update(Account)
            .where(Account.login == "A02")
            .values(password=accounts.hash_password(RIGHT), mobile="13800138000")
        )
    return company


def sign_in(company: Company, identity: str, password: str) -> int:
    answer = company.client().post(
        "/account/sign-in", data={"identity": identity, "password": password}
    )
    return answer.status_code


@pytest.mark.parametrize("identity", ["A02", "13800138000", " A02 "])
def test_staff_and_mobile_number_both_sign_in(account: Company, identity: str) -> None:
    assert sign_in(account, identity, RIGHT) == 302


def test_wrong_password_and_unknown_number_get_the_same_answer(
    account: Company,
) -> None:
    client = account.client()

    texts = [
        client.post(
            "/account/sign-in", data={"identity": who, "password": "wrong"}
        ).text
        for who in ("A02", "A02x")
    ]

    assert all("工号、手机号或密码不对" in text for text in texts)


def test_failures_are_counted_in_the_database_and_delay_the_next_try(
    account: Company,
) -> None:
    for _ in range(5):
        sign_in(account, "A02", "wrong")

    refused = account.client().post(
        "/account/sign-in", data={"identity": "A02", "password": RIGHT}
    )

    assert refused.status_code == 422
    assert "密码错误次数较多" in refused.text
    with account.database.read() as session:
        outcomes = session.scalars(select(SignInEvent.outcome)).all()
    assert outcomes.count("refused") == 4  # the fourth failure makes the fifth wait
    assert outcomes.count("waits") == 2


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 0), (3, 0), (4, 2), (5, 4), (8, 32), (30, 900)],
    ids=["first", "third is free", "fourth", "doubles", "grows", "never over 15 min"],
)
def test_delay_doubles_after_three_failures(failures: int, wait: int) -> None:
    assert accounts.wait_after(failures) == timedelta(seconds=wait)


def test_first_sign_in_leads_to_a_password_of_ones_own(account: Company) -> None:
    with account.database.write() as session:
        session.execute(
            update(Account).where(Account.login == "A02").values(must_set_password=True)
        )
    client = account.client("A02")

    sent = client.get("/register/call_log/")
    short = client.post("/account/password", data={"password": "short", "again": "x"})
    client.post("/account/password", data={"password": RIGHT, "again": RIGHT})
    free = client.get("/register/call_log/")

    assert sent.headers["Location"].endswith("/account/password")
    assert (short.status_code, "至少要 8 位" in short.text) == (422, True)
    assert free.status_code == 200


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"],
)
def test_sign_in_leads_to_no_other_site(account: Company, address: str) -> None:
    answer = account.client().post(
        f"/account/sign-in?next={address}", data={"identity": "A02", "password": RIGHT}
    )

    assert answer.headers["Location"] == "/"


def test_disabled_account_does_not_sign_in(account: Company) -> None:
    with account.database.write() as session:
        session.execute(
            update(Account).where(Account.login == "A02").values(active=False)
        )

    assert sign_in(account, "A02", RIGHT) == 422
