"""Who stands how with which duty, the rows behind it, and who may see that."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from models import duty_verdicts
from models.duties import Duty
from models.duty_verdicts import DutyVerdict
from models.measures import Measure
from models.rules.periods import parse_period
from models.setting_history import told
from tests.admin.late_desk import at as stand_still
from tests.company import ZONE, Company, open_company
from tests.databases import Builder
from tests.duty_desk import DutyDesk, at, build_duty_company

MONTH = "?month=2026-10"
NEW = "/settings/duties/new?measure=calls"
FORM = {
    "name_zh": "每天十个",
    "period": "workday",
    "at_least": "10",
    "posts": "客服",
    "calendar": "desk",
    "remind_before": "2",
    "valid_from": "2026-10-01",
    "clauses": "S0-04-25",
}


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the Monday after October."""
    stand_still(monkeypatch, datetime(2026, 11, 2, 9, tzinfo=ZONE))


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
def desk(company: Company) -> DutyDesk:
    found = DutyDesk(company.database)
    found.trainings()
    found.duty("ten", people=[found.staff["A02"], found.staff["B01"]])
    return found


def page(company: Company, url: str, login: str = "A01") -> str:
    answer = company.client(login).get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_matrix_says_figure_and_verdict_in_words(
    company: Company, desk: DutyDesk
) -> None:
    desk.train(13, 40)
    desk.train(20, 25)

    text = page(company, f"/duties/{MONTH}")

    assert "每月培训三次" in text
    assert "1/3" in text
    assert "未达标" in text
    assert "1 次太短不计" in text


def test_days_of_a_month_are_one_cell(company: Company, desk: DutyDesk) -> None:
    desk.call(at(14), times=10)

    assert "1/17 天" in page(company, f"/duties/{MONTH}", "A02")


def test_one_sees_what_one_approves_and_ones_own(
    company: Company, desk: DutyDesk
) -> None:
    del desk
    manager = page(company, f"/duties/{MONTH}")
    clerk = page(company, f"/duties/{MONTH}", "A02")

    assert "王敏" in manager
    assert "赵倩" not in manager  # of another department
    assert "王敏" in clerk
    assert "林主管" not in clerk.partition("<main")[2]


def test_a_figure_leads_to_the_rows_behind_it(company: Company, desk: DutyDesk) -> None:
    long, short = desk.train(13, 40), desk.train(20, 25)
    numbers = [desk.get("training_record", one)["number"] for one in (long, short)]

    text = page(company, f"/duties/trainings/{desk.staff['A01']}{MONTH}")

    assert all(one in text for one in numbers)
    assert "太短不计" in text
    assert "出勤 17/17 天" in text


@pytest.mark.parametrize(
    ("login", "code", "whose"),
    [("A02", "trainings", "A01"), ("A01", "ten", "B01"), ("A01", "nothing", "A01")],
)
def test_what_one_may_not_see_is_not_there(
    company: Company, desk: DutyDesk, login: str, code: str, whose: str
) -> None:
    url = f"/duties/{code}/{desk.staff[whose]}{MONTH}"

    assert company.client(login).get(url).status_code == 404


@pytest.mark.parametrize("query", ["?month=2026-99", "?month=x", "?department=x"])
def test_bad_input_shows_the_present_month(
    company: Company, desk: DutyDesk, query: str
) -> None:
    del desk
    assert company.client("A01").get(f"/duties/{query}").status_code == 200
    assert company.client("A01").get(f"/duties/ten/{10**30}").status_code == 404


def test_a_visitor_is_asked_to_sign_in(company: Company) -> None:
    assert company.client().get("/duties/").status_code == 302


def test_the_desk_says_what_one_owes_now(company: Company, desk: DutyDesk) -> None:
    del desk
    text = page(company, "/")

    assert "每月培训三次" in text
    assert "还差 3" in text


def test_a_reminder_leads_to_the_duties(company: Company, desk: DutyDesk) -> None:
    month = parse_period("2026-11")
    now = datetime(2026, 11, 30, 15, tzinfo=ZONE)
    with desk.database.write() as session:
        duty_verdicts.remind(session, "trainings", month, now, ZONE)
    client = company.client("A01")

    bell = client.get("/messages/").get_data(as_text=True)
    answer = client.get("/messages/1")

    assert "定期任务“每月培训三次”还差 3" in bell
    assert answer.headers["Location"] == "/duties/"


def kept(desk: DutyDesk) -> str:
    """Keep the trainings of October, which were missed; return the page of it."""
    now = datetime(2026, 11, 2, 0, tzinfo=ZONE)
    desk.train(13, 40)
    with desk.database.write() as session:
        month = parse_period("2026-10")
        duty_verdicts.close(session, "trainings", month, now, ZONE)
        found = session.scalars(select(DutyVerdict.id).filter_by(code="trainings"))
        return f"/duty-verdicts/{found.one()}"


def test_a_missed_duty_is_explained_and_excused(
    company: Company, desk: DutyDesk
) -> None:
    url, said = kept(desk), {"text": "两次因停电取消"}
    desk.change("A01", {"superior": desk.staff["A02"]})
    manager, above = company.client("A01"), company.client("A02")
    whose = f"/duties/trainings/{desk.staff['A01']}{MONTH}"
    assert url in page(company, whose)

    assert manager.post(f"{url}/explain", data=said).status_code == 302
    assert "两次因停电取消" in above.get(url).get_data(as_text=True)
    assert "已有说明，待答复" in page(company, whose)
    assert "已有说明，待答复" in page(company, f"/duties/{MONTH}")
    assert above.post(f"{url}/excuse", data={"text": "属实"}).status_code == 302

    matrix = page(company, f"/duties/{MONTH}")
    assert "已剔除" in matrix
    assert above.post(f"{url}/take_back", data={"text": "又查"}).status_code == 302
    assert "已剔除" not in page(company, f"/duties/{MONTH}")


def test_what_cannot_be_done_loses_nothing_that_was_typed(
    company: Company, desk: DutyDesk
) -> None:
    url, client = kept(desk), company.client("A01")
    long = "停电" * 5_000

    empty = client.post(f"{url}/explain", data={"text": " "})
    too_long = client.post(f"{url}/explain", data={"text": long})
    own = client.post(f"{url}/excuse", data={"text": "自己剔除"})

    assert [one.status_code for one in (empty, too_long, own)] == [422, 422, 422]
    assert long in too_long.get_data(as_text=True)
    assert company.client("A02").get(url).status_code == 404
    assert client.get("/duty-verdicts/999").status_code == 404
    assert company.client().get(url).status_code == 302


def test_a_duty_is_previewed_and_then_saved(company: Company, desk: DutyDesk) -> None:
    client = company.client("admin")

    seen = client.post(NEW, data=FORM | {"action": "preview"})
    saved = client.post(NEW, data=FORM | {"action": "save"})

    assert "上一个周期会怎样" in seen.get_data(as_text=True)
    assert saved.status_code == 302
    with desk.database.read() as session:
        found = session.scalars(select(Duty).filter_by(clauses="S0-04-25")).one()
        assert (found.measure, found.period, found.version) == ("calls", "workday", 1)
        assert found.at_least == Decimal(10)
        assert len(found.posts) == 1
        (change,) = told(session, "rules.duty", found.id, 5)
        assert change.action == "created"


def test_a_change_is_the_next_version_and_an_old_form_is_refused(
    company: Company, desk: DutyDesk
) -> None:
    first = desk.duty("ten2", people=[], valid_from=date(2026, 10, 1))
    url, client = f"/settings/duties/{first.id}/", company.client("admin")
    data = FORM | {"at_least": "12", "basis": str(first.id), "action": "save"}

    assert client.post(url, data=data).status_code == 302
    late = client.post(url, data=data | {"at_least": "15"})

    assert late.status_code == 409
    assert 'value="15"' in late.get_data(as_text=True)  # nothing typed is lost
    with desk.database.read() as session:
        query = select(Duty).filter_by(code="ten2").order_by(Duty.version)
        assert [one.at_least for one in session.scalars(query)] == [10, 12]


WRONG = {
    "at_least": ("", "many", "9" * 40),
    "posts": ("没有的岗位",),
    "people": ("X99",),
    "months": ("13",),
    "due": ("some day",),
    "remind_before": ("soon",),
    "valid_from": ("yesterday",),
    "each_least": ("-1",),
    "period": ("hour",),
}


def test_what_cannot_be_is_told_beside_its_field(
    company: Company, desk: DutyDesk
) -> None:
    del desk
    client = company.client("admin")
    for name, some in WRONG.items():
        for typed in some:
            answer = client.post(NEW, data=FORM | {name: typed})

            assert (name, typed, answer.status_code) == (name, typed, 422)
            assert "is-invalid" in answer.get_data(as_text=True)


def test_a_duty_is_switched_off_from_the_next_period(
    company: Company, desk: DutyDesk
) -> None:
    with desk.database.read() as session:
        first = session.scalars(select(Duty).filter_by(code="ten")).one()
    client = company.client("admin")

    client.post(f"/settings/duties/{first.id}/switch")

    text = client.get("/settings/duties/").get_data(as_text=True)
    assert "停用" in text
    assert desk.standing("trainings", "2026-10").owed == 3
    with desk.database.read() as session:
        last = session.scalars(select(Duty).filter_by(code="ten", version=2)).one()
        assert not last.enabled


def test_a_measure_that_a_duty_reads_is_not_deleted(
    company: Company, desk: DutyDesk
) -> None:
    with desk.database.read() as session:
        calls = session.scalars(select(Measure).filter_by(code="calls")).one()

    answer = company.client("admin").post(
        f"/settings/measures/{calls.id}/delete", follow_redirects=True
    )

    assert "定期任务“每天十个回访”还在用" in answer.get_data(as_text=True)


def test_only_whoever_sets_up_sees_the_settings(company: Company) -> None:
    for url in ("/settings/duties/", NEW):
        assert company.client("A01").get(url).status_code == 403
