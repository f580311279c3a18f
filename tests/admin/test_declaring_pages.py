"""台账与字段: registers are made and changed in the panel, the plan shown first."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from models import catalogue, stored
from tests.company import Company, build_company, open_company
from tests.databases import Builder

PAGE = "/settings/fields/"
FIELDS: list[dict[str, Any]] = [
    {"zh": "运单号", "flags": ["required", "listed", "searchable"]},
    {
        "zh": "查询结果",
        "type": "choice",
        "options": "已找到 | Found | good\n丢失",
        "flags": "listed",
    },
    {"zh": "保价金额", "type": "money"},
]


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company", build_company), tmp_path)
    yield opened
    opened.close()
    catalogue.use()


def sent(fields: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a form as the browser sends it."""
    form: dict[str, Any] = {
        "rows": str(len(fields)),
        "zh": "查件登记",
        "menu": "contact",
    }
    for index, one in enumerate(fields):
        for key, value in one.items():
            form[f"{key}-{index}"] = value
    return form | {"action": "apply", "numbering": "{year}{serial:03}"} | more


def make(client: FlaskClient, **more: Any) -> Any:
    return client.post(f"{PAGE}new", data=sent(FIELDS, **more))


def as_shown(code: str) -> list[dict[str, Any]]:
    """Return the rows of a register's form as they stand."""
    declared = catalogue.current()[code]
    return [
        {"name": one.name, "zh": one.label.zh, "en": one.label.en}
        for one in declared.fields
    ]


def basis(client: FlaskClient, code: str) -> str:
    page = client.get(f"{PAGE}{code}").text
    return page.partition('name="basis" value="')[2].partition('"')[0]


def test_made_register_is_listed_filled_in_and_exported(company: Company) -> None:
    admin, clerk = company.client("admin"), company.client("A02")

    answer = make(admin, roles="clerk")
    saved = clerk.post(
        "/register/x_chajiandengji/new/",
        data={"x_yundanhao": "SF1001", "x_chaxunjieguo": "diushi"},
        follow_redirects=True,
    )
    manager = company.client("A01")
    found = manager.get("/register/x_chajiandengji/")

    assert answer.status_code == 302
    assert saved.status_code == 200
    assert "SF1001" in found.text
    assert "丢失" in found.text
    assert "查件登记" in clerk.get("/").text


def test_plan_is_shown_before_anything_is_changed(company: Company) -> None:
    shown = make(company.client("admin"), action="plan")

    assert "查件登记：新建表" in shown.text
    assert "确认执行" in shown.text
    assert "运单号" in shown.text
    assert "x_chajiandengji" not in catalogue.installed()


def test_mistakes_stand_beside_their_fields_with_all_that_was_typed(
    company: Company,
) -> None:
    wrong = [
        {"zh": "类别", "type": "choice"},
        {"zh": "备注", "type": "long_text"},
        {"zh": "客户单", "type": "entry"},
    ]

    answer = company.client("admin").post(f"{PAGE}new", data=sent(wrong))

    rows = answer.text.split('<li class="declare-row')[1:]
    assert answer.status_code == 422
    assert ["field-error" in one for one in rows[:3]] == [True, False, True]
    assert 'value="备注"' in answer.text


def test_words_order_and_options_change_and_values_stay(company: Company) -> None:
    client = company.client("admin")
    make(client, roles="clerk")
    code = "x_chajiandengji"
    company.client("A02").post(
        f"/register/{code}/new/",
        data={"x_yundanhao": "SF1001", "x_chaxunjieguo": "diushi"},
    )
    number, result, worth = as_shown(code)
    lines = "diushi: 已丢失 | Lost | bad\nyizhaodao: 已找到 | Found\n待查"
    changed = [
        result | {"options": lines, "type": "choice", "place": "1"},
        number | {"zh": "快递单号", "place": "2", "flags": ["required", "listed"]},
        worth | {"off": "on", "place": "3"},
        {"zh": "客户电话", "type": "phone", "place": "4"},
    ]

    client.post(f"{PAGE}{code}", data=sent(changed, basis=basis(client, code)))

    known = catalogue.installed()[code]
    assert [one.name for one in known.fields] == [
        "x_chaxunjieguo",
        "x_yundanhao",
        "x_kehudianhua",
    ]
    assert [one.value for one in known.field("x_chaxunjieguo").options] == [
        "diushi",
        "yizhaodao",
        "daicha",
    ]
    listed = client.get(f"/register/{code}/").text
    assert "SF1001" in listed
    assert "快递单号" in listed


def test_field_is_added_to_a_class_and_its_words_changed(company: Company) -> None:
    client = company.client("admin")
    rows = as_shown("problem_log")
    rows[0]["zh"] = "发现的问题"
    kept = [row | {"flags": ["listed"]} for row in rows]
    added = [*kept, {"zh": "运单号"}]

    answer = client.post(
        f"{PAGE}problem_log",
        data=sent(added, zh="问题登记", basis=basis(client, "problem_log")),
    )

    assert answer.status_code == 302, answer.text
    known = catalogue.installed()["problem_log"]
    assert known.title.zh == "问题登记"
    assert known.fields[0].label.zh == "发现的问题"
    assert known.has("x_yundanhao")
    there = stored.of(company.database)
    assert list(there.additions) == [("problem_log", stored.PANEL)]


def test_form_that_is_older_than_the_register_is_sent_back(company: Company) -> None:
    client = company.client("admin")
    make(client)
    code = "x_chajiandengji"
    old = basis(client, code)
    rows = as_shown(code)
    client.post(f"{PAGE}{code}", data=sent([*rows, {"zh": "备注"}], basis=old))

    late = client.post(f"{PAGE}{code}", data=sent([*rows, {"zh": "附言"}], basis=old))

    assert late.status_code == 409
    assert 'value="附言"' in late.text
    assert not catalogue.installed()[code].has("x_fuyan")


def test_retired_register_leaves_the_menu_and_comes_back(company: Company) -> None:
    client = company.client("admin")
    make(client, roles="clerk")

    client.post(f"{PAGE}x_chajiandengji/retire")
    gone = company.client("A02").get("/").text
    client.post(f"{PAGE}x_chajiandengji/retire")

    assert "查件登记" not in gone
    assert "查件登记" in company.client("A02").get("/").text


@pytest.mark.parametrize("login", ["A01", "A02", "N01"])
def test_only_who_sets_up_may_look(company: Company, login: str) -> None:
    client = company.client(login)

    assert client.get(PAGE).status_code == 403
    assert make(client).status_code == 403


def test_every_register_has_its_form(company: Company) -> None:
    client = company.client("admin")

    assert "投诉登记" in client.get(PAGE).text
    for code in ("complaint_log", "service_order", "staff"):
        assert client.get(f"{PAGE}{code}").status_code == 200
