"""What every answer tells the browser: whose scripts run, who may frame it, cookies."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from admin.create_app import create_app
from models.settings import Settings
from tests.company import Company

SCRIPT = re.compile(r"<script(?![^>]*application/json)[^>]*>")
PAGES = [
    "/",
    "/late/",
    "/pay/",
    "/rulebook/",
    "/register/call_log/",
    "/register/call_log/new/",
    "/register/call_log/import/",
    "/search/?q=机器",
    "/no-such-page",
]


def nonce_of(policy: str) -> str:
    found = re.search(r"script-src 'nonce-([\w-]{20,})';", policy)
    assert found, policy
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_scripts_of_a_page_carry_the_nonce_of_its_policy(
    company: Company, path: str
) -> None:
    answer = company.client("A01").get(path, follow_redirects=True)

    nonce = nonce_of(answer.headers["Content-Security-Policy"])

    scripts = SCRIPT.findall(answer.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in one for one in scripts)


def test_each_answer_has_a_nonce_of_its_own(company: Company) -> None:
    client = company.client("A01")

    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(3)}

    assert len({nonce_of(one) for one in policies}) == 3


@pytest.mark.parametrize(
    "path", ["/", "/account/sign-in", "/no-such-page", "/register/call_log/export/csv/"]
)
def test_no_answer_may_be_framed_sniffed_or_read_by_others(
    company: Company, path: str
) -> None:
    with company.client("A01").get(path) as answer:
        headers = answer.headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"


def test_person_page_is_kept_in_no_cache(company: Company) -> None:
    answer = company.client("A01").get("/register/call_log/")

    assert answer.headers["Cache-Control"] == "no-store"


def test_desk_on_https_keeps_its_cookie_to_itself(
    company: Company, tmp_path: Path
) -> None:
    client = _secure(company, tmp_path)

    answer = client.get("/account/sign-in", base_url="https://desk.example.com")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def _secure(company: Company, folder: Path) -> FlaskClient:
    settings = Settings(
        data_folder=folder,
        database_url=company.database.url,
        secret_key=SecretStr("test-" + "x" * 40),
        public_url="https://desk.example.com",
    )
    return create_app(settings, company.database).test_client()
