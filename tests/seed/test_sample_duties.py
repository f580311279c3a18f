"""October of the sample department on the manager's one screen (S0-04)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from admin import visit
from models import duty_lists
from models.database import Database
from models.duty_standing import Standing
from models.rules.duty_share import Verdict
from models.rules.periods import parse_period
from tests.company import Company, open_company
from tests.duty_desk import said
from tests.seed.conftest import ZONE

NOW = datetime(2026, 11, 2, 9, tzinfo=ZONE)
Found = dict[tuple[str, str], list[Standing]]


@pytest.fixture
def october(sample: Database) -> Found:
    """How everybody stands, by duty and name."""
    with sample.read() as session:
        every = duty_lists.over(session, parse_period("2026-10"), NOW, ZONE)
    found: Found = {}
    for code, some in every.items():
        for one in some:
            found.setdefault((code, one.owner.name), []).append(one)
    return found


def met_of(some: list[Standing]) -> str:
    owing = [one for one in some if one.verdict is not Verdict.FREE]
    return f"{sum(one.verdict is Verdict.MET for one in owing)}/{len(owing)}"


def test_the_manager_sees_the_own_month(october: Found) -> None:
    (trainings,) = october["trainings", "顾明远"]
    (plan,) = october["training_plan", "顾明远"]
    (talks,) = october["talks", "顾明远"]

    assert said(trainings) == [2, 3, "missed"]
    assert len(trainings.taken.too_short) == 1  # 25 minutes
    # Sent on the 8th: in time, since the fifth is a holiday.
    assert plan.verdict is Verdict.MET
    assert plan.due_at == datetime(2026, 10, 8, 18, tzinfo=ZONE)
    assert said(talks) == [9, 11, "missed"]
    assert met_of(october["callback_check", "顾明远"]) == "4/4"
    assert met_of(october["work_given", "顾明远"]) == "18/18"


def test_the_clerk_on_leave_owes_no_ten_calls(october: Found) -> None:
    assert met_of(october["ten_customers", "林晓棠"]) == "17/18"
    assert met_of(october["ten_customers", "何佳禾"]) == "14/17"
    (leave,) = (
        one
        for one in october["ten_customers", "何佳禾"]
        if one.planned and not one.worked
    )
    assert leave.period.text == "2026-10-22"
    assert said(leave) == [0, 0, "free"]


def test_what_the_others_promised(october: Found) -> None:
    (callbacks,) = october["callbacks_in_time", "沈若溪"]
    (report,) = october["reports_in_time", "周启航"]

    assert said(callbacks) == [3, None, "missed"]
    assert said(report) == [1, None, "missed"]
    claims = [
        one
        for (code, _), some in october.items()
        for one in some
        if code == "claims_in_time"
    ]
    assert [one.verdict for one in claims] == [Verdict.MET] * 5


@pytest.fixture
def company(sample: Database, tmp_path: Path) -> Iterator[Company]:
    url = sample.writing.url.render_as_string(hide_password=False)
    opened = open_company(url, tmp_path)
    yield opened
    opened.close()


def test_all_of_it_is_on_one_screen(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "now", lambda: NOW)
    page = company.client("HY001").get("/duties/?month=2026-10")
    text = page.get_data(as_text=True)

    for words in ("2/3", "1/1", "9/11", "17/18 天", "14/17 天", "未含 服务理念"):
        assert words in text
    for clause in ("S0-04-04", "S0-04-06", "S0-04-15", "S0-04-22", "S0-04-25"):
        assert clause in text
    assert text.count("出差回来 24 小时内报告") > 5
