"""绩效设置: said in the panel, shown before it is saved, told afterwards."""

import re
from typing import Any

import pytest

from models import pay_retention, pay_settings
from models.pay_settings import PaySettings
from models.rules.how_long import Roll
from tests.admin.late_desk import at
from tests.admin.test_pay_pages import paid
from tests.company import NOON, Company

__all__ = ["paid"]
PAGE = "/settings/pay/"
FORM = {
    "four_eyes": "yes",
    "reviewers": "客服",
    "closing_day": "8",
    "closing_roll": "earlier",
    "periods_back": "6",
    "keep_years": "3",
}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon."""
    at(monkeypatch, NOON)


def sent(company: Company, action: str, **more: str) -> Any:
    client = company.client("admin")
    basis = re.search(r'name="basis" value="([^"]*)"', client.get(PAGE).text)
    assert basis is not None
    form = {"basis": basis[1].replace("&#34;", '"'), "action": action}
    return client.post(PAGE, data=FORM | form | more)


def test_settings_are_saved_and_told(paid: Company) -> None:
    answer = sent(paid, "save")

    assert answer.status_code == 302
    wanted = PaySettings(
        four_eyes=True,
        reviewers=(1,),
        closing_day=8,
        closing_roll=Roll.EARLIER,
        periods_back=6,
    )
    with paid.database.read() as session:
        assert pay_settings.read(session) == wanted
        assert pay_retention.years(session) == 3
    page = paid.client("admin").get(PAGE).text
    assert "工资条保存几年 无 → 3" in page
    assert "由哪些岗位复核 无 → 客服" in page
    assert 'value="客服"' in page


def test_preview_says_which_slips_would_go_and_saves_nothing(
    paid: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOON.replace(year=2029))

    page = sent(paid, "preview", keep_years="2").text
    none = sent(paid, "preview", keep_years="20").text

    assert "2026年10月" in page[page.index('id="preview"') :]
    assert "不会清除任何工资条" in none
    with paid.database.read() as session:
        assert pay_retention.years(session) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"closing_day": "29"}, "1 到 28"),
        ({"keep_years": "1"}, "2 到 50"),
        ({"periods_back": "²"}, "0 到 12"),
        ({"reviewers": "店长"}, "没有岗位“店长”"),
        ({"closing_roll": "x"}, "不在选项中"),
    ],
)
def test_mistake_stands_at_its_field(
    paid: Company, more: dict[str, str], said: str
) -> None:
    answer = sent(paid, "save", **more)

    assert answer.status_code == 422
    assert said in answer.text


def test_setting_of_somebody_else_is_not_overwritten(paid: Company) -> None:
    sent(paid, "save")

    late = sent(paid, "save", basis="{}")

    assert late.status_code == 409


def test_page_is_for_those_who_set_the_installation_up(paid: Company) -> None:
    assert paid.client("A01").get(PAGE).status_code == 403
