"""开始使用: who may begin an installation, and what the three buttons do."""

from typing import Any

import pytest

from admin import start_page
from admin.start_page import Kind, Ways
from models import preferences, samples
from models.database import Database
from models.history import Writer
from models.words import Label, PersonError
from tests.company import Company


class Seeds:
    """Stands in for templates: says what it was asked to do."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def kinds(self) -> list[Kind]:
        label, hotel = Label("售后服务", "After-sales"), Label("酒店", "Hotel")
        return [("after_sales", label, label), ("hotel", hotel, hotel)]

    def load(self, database: Database, name: str, writer: Writer) -> None:
        self.asked.append(("sample", name, writer.person.name))
        with database.write() as session:
            samples.note_loaded(session, name, "恒越机电")

    def begin(self, database: Database, name: str, company: str, _by: Writer) -> None:
        self.asked.append(("empty", name, company))
        with database.write() as session:
            preferences.put(session, preferences.COMPANY, company)

    def remove(self, database: Database, _by: Writer, name: str | None) -> None:
        self.asked.append(("remove", name))
        with database.write() as session:
            for one in samples.loaded(session):
                if name in (None, one):
                    samples.note_removed(session, one)


@pytest.fixture
def seeds(company: Company) -> Seeds:
    made = Seeds()
    ways = Ways(made.kinds, made.load, made.begin, made.remove)
    start_page.add_ways(company.app, ways)
    return made


@pytest.mark.usefixtures("seeds")
def test_desk_of_an_empty_installation_leads_an_admin_to_the_start(
    company: Company,
) -> None:
    admin = company.client("admin").get("/")
    clerk = company.client("A02").get("/")

    assert admin.location == "/start/"
    assert clerk.status_code == 200


def test_sample_is_loaded_once_and_removed_with_one_click(
    company: Company, seeds: Seeds
) -> None:
    client = company.client("admin")

    client.post("/start/sample", data={"template": "after_sales"})
    again = client.post(
        "/start/sample", data={"template": "after_sales"}, follow_redirects=True
    )
    offered = client.get("/start/").text
    client.post("/start/remove-sample")

    assert seeds.asked == [("sample", "after_sales", "系统管理员"), ("remove", None)]
    assert "系统里已有数据" in again.text
    assert "清除样例数据" in offered


def test_samples_of_two_trades_stand_side_by_side_and_go_one_by_one(
    company: Company, seeds: Seeds
) -> None:
    client = company.client("admin")

    for name in ("after_sales", "hotel"):
        client.post("/start/sample", data={"template": name})
    both = client.get("/start/").text
    client.post("/start/remove-sample", data={"template": "after_sales"})
    one = client.get("/start/").text
    client.post("/start/remove-sample", data={"template": "hotel"})

    assert seeds.asked[2:] == [("remove", "after_sales"), ("remove", "hotel")]
    assert "清除样例数据：售后服务" in both
    assert "清除样例数据：酒店" in both
    assert "清除样例数据" in one
    assert "再载入一个行业的样例" in one
    assert "清除样例数据" not in client.get("/start/").text


def test_no_sample_is_loaded_into_a_company_that_has_begun(
    company: Company, seeds: Seeds
) -> None:
    client = company.client("admin")
    client.post("/start/empty", data={"template": "hotel", "company": "真实公司"})

    answer = client.post(
        "/start/sample", data={"template": "hotel"}, follow_redirects=True
    )

    assert "系统里已有数据" in answer.text
    assert seeds.asked == [("empty", "hotel", "真实公司")]


def test_beginning_empty_names_the_company(company: Company, seeds: Seeds) -> None:
    client = company.client("admin")

    data = {"template": "after_sales", "company": " 恒越机电 "}
    page = client.post("/start/empty", data=data, follow_redirects=True)

    assert seeds.asked == [("empty", "after_sales", "恒越机电")]
    assert "接下来" in page.text
    assert client.get("/").status_code == 200


@pytest.mark.usefixtures("seeds")
def test_company_without_a_name_is_refused_at_its_field(company: Company) -> None:
    answer = company.client("admin").post(
        "/start/empty", data={"template": "after_sales", "company": " "}
    )

    assert answer.status_code == 422
    assert "请填写公司名称" in answer.text


def test_template_that_is_not_there_is_named(company: Company, seeds: Seeds) -> None:
    answer = company.client("admin").post(
        "/start/sample", data={"template": "nothing"}, follow_redirects=True
    )

    assert "没有“nothing”这个行业模板" in answer.text
    assert seeds.asked == []


def test_only_whoever_may_set_up_can_begin(company: Company, seeds: Seeds) -> None:
    for login in ("A01", "A02", "N01"):
        client = company.client(login)
        assert client.get("/start/").status_code == 403
        for way in ("sample", "empty", "remove-sample"):
            answer = client.post(f"/start/{way}", data={"template": "after_sales"})
            assert answer.status_code == 403
    assert seeds.asked == []


def test_mistake_of_a_template_is_told_and_not_half_done(
    company: Company, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise PersonError("模板第 3 行有误。", "Line 3 is wrong.")

    ways = Ways(seeds.kinds, broken, broken, broken)
    monkeypatch.setitem(company.app.extensions, start_page.KEY, ways)

    answer = company.client("admin").post(
        "/start/sample", data={"template": "after_sales"}, follow_redirects=True
    )

    assert "模板第 3 行有误。" in answer.text
