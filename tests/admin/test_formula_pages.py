"""公式: checked while typing, tried for a person and month, kept from others."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.accounts import ReadEvent
from models.pay_tables import PayScheme
from tests.admin.formula_desk import give, put_scheme
from tests.admin.late_desk import at
from tests.company import NOON, Company

PAGE = "/pay/formulas/"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon."""
    at(monkeypatch, NOON)


@pytest.fixture
def scheme(company: Company) -> str:
    give(company, "manager", "pay.scheme", "change")
    give(company, "manager", "pay.slip", "list read")
    return str(put_scheme(company))


@pytest.fixture
def writer(company: Company, scheme: str) -> FlaskClient:
    """Whoever may write formulas and see what everybody is paid."""
    del scheme  # it has given the right
    return company.client("A01")


def checked(client: FlaskClient, text: str, **asked: str) -> dict[str, Any]:
    answer = client.post(f"{PAGE}check", json={"text": text, **asked})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def tried(client: FlaskClient, text: str, scheme: str, **asked: str) -> dict[str, Any]:
    usual = {"scheme": scheme, "person": "2", "period": "2026-10"}
    answer = client.post(f"{PAGE}try", json={"text": text, **usual, **asked})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_page_shows_the_formula_in_words_with_names_and_functions(
    writer: FlaskClient, scheme: str
) -> None:
    page = writer.get(f"{PAGE}?scheme={scheme}&line=calls_pay").text

    assert ">\n来电数 * 每个来电</textarea>" in page
    assert 'data-insert="来电数"' in page
    assert 'data-insert="加成"' in page
    assert 'data-insert="来电绩效"' not in page  # a line cannot read itself
    assert "分段累进" in page
    assert "tier(数, 表)" in page


def test_page_is_in_english_with_codes(writer: FlaskClient, scheme: str) -> None:
    writer.get("/account/language")

    page = writer.get(f"{PAGE}?scheme={scheme}&line=calls_pay").text

    assert ">\nmeasure.calls * rate.call</textarea>" in page
    assert 'data-insert="measure.calls"' in page
    assert "tier(value, table)" in page


def test_a_right_formula_is_told_by_its_unit_and_kept_by_codes(
    writer: FlaskClient, scheme: str
) -> None:
    found = checked(writer, "来电数 * 每个来电 + line.extra", scheme=scheme)

    assert found == {
        "ok": True,
        "unit": "金额（元）",
        "canonical": "measure.calls * rate.call + line.extra",
    }
    assert checked(writer, "total(来电数)", scheme=scheme)["ok"]


@pytest.mark.parametrize(
    ("text", "place", "said", "hint"),
    [
        ("来电数 * ", "", "公式没有写完", "请补上"),
        ("来店数 * 2", "来店数", "没有名为“来店数”的数据", "来电数"),
        ("每个来电 + 20", "20", "应是金额", "20元"),
        ("分段累进(来电数, 5)", "5", "应是对照表的名称", "[[0元, 1%]"),
        ("total(来电数 + 1)", "来电数 + 1", "要一个名称", "line.代码"),
        ("x" * 2001, "x", "2001 个字符", "拆成"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_hint(
    writer: FlaskClient, scheme: str, text: str, place: str, said: str, hint: str
) -> None:
    found = checked(writer, text, scheme=scheme)

    assert not found["ok"]
    assert text[found["start"] : found["end"]] == place
    assert said in found["message"]
    assert hint in found["hint"]


def test_lines_that_would_wait_for_each_other_are_refused(
    writer: FlaskClient, scheme: str
) -> None:
    found = checked(writer, "line.extra * 2", scheme=scheme, line="calls_pay")

    assert not found["ok"]
    assert "互相引用" in found["message"]
    assert found["start"] is None


def test_value_and_why_for_a_person_and_month(writer: FlaskClient, scheme: str) -> None:
    found = tried(writer, "来电数 * 每个来电 + 加成", scheme)

    # Two calls at 2.50, and a tenth of the 5.00 that the scheme's line comes to.
    (result,) = found["results"]
    assert result["value"] == "5.50 元"
    assert "来电数 = 2" in result["why"]
    assert any(one.startswith("来电数 × 每个来电") for one in result["why"])


def test_trying_writes_nothing_but_that_somebody_looked(
    company: Company, writer: FlaskClient, scheme: str
) -> None:
    tried(writer, "来电数 * 3", scheme)

    with company.database.read() as session:
        (looked,) = session.scalars(select(ReadEvent).filter_by(kind="pay_slip"))
        (kept,) = session.scalars(select(PayScheme))
        assert (looked.entry_id, looked.detail) == (2, "2026-10")
        assert [rule.code for rule in kept.rules] == ["calls_pay", "extra"]


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        ("来电数 / 0", {}, "除数为零"),
        ("来电数 +", {}, "没有写完"),
        ("来电数", {"person": ""}, "请选择员工"),
        ("来电数", {"person": "²"}, "请选择员工"),
        ("来电数", {"person": "99999999999999999999"}, "不给此人计薪"),
        ("来电数", {"period": "2026-13"}, "请选择月份"),
        ("来电数", {"period": "0001-01"}, "请选择月份"),
    ],
)
def test_what_cannot_be_tried_is_told(
    writer: FlaskClient, scheme: str, text: str, asked: dict[str, str], said: str
) -> None:
    found = tried(writer, text, scheme, **asked)

    told = found.get("message", "") + str(found.get("results", ""))
    assert said in told


@pytest.mark.parametrize("sent", [[], "x", {"text": 5}, {"text": ["a"]}, None])
def test_what_the_script_never_sends_is_refused(
    writer: FlaskClient, sent: object
) -> None:
    assert writer.post(f"{PAGE}check", json=sent).status_code == 400


def test_who_may_not_change_schemes_gets_nowhere(company: Company, scheme: str) -> None:
    client = company.client("A02")

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}check", json={"text": "1"}).status_code == 403
    sent = {"text": "1", "scheme": scheme, "person": "2", "period": "2026-10"}
    assert client.post(f"{PAGE}try", json=sent).status_code == 403


def test_who_may_not_see_all_slips_checks_but_tries_nothing(
    company: Company, scheme: str
) -> None:
    client = company.client("admin")

    assert checked(client, "来电数 * 2", scheme=scheme)["ok"]
    assert "data-try>" not in client.get(PAGE).text
    sent = {"text": "1", "scheme": scheme, "person": "2", "period": "2026-10"}
    assert client.post(f"{PAGE}try", json=sent).status_code == 403


def test_checking_takes_a_token(guarded: Company) -> None:
    answer = guarded.client("admin").post(f"{PAGE}check", json={"text": "1"})

    assert answer.status_code == 400


def test_before_there_is_a_scheme_the_page_opens(company: Company) -> None:
    page = company.client("admin").get(PAGE).text

    assert "还没有方案" in page
    assert checked(company.client("admin"), "1 + 1")["unit"] == "数值"
