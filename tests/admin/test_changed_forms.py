"""A form is open while its fields are changed: nothing that was typed is lost."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import catalogue, declaring
from models.access import marked
from models.database import Database
from models.stored import PANEL, Stored
from tests.company import Company, company_with, open_company
from tests.databases import Builder

CODE, PART = "x_slip", "x_slip_line"
NEW = f"/register/{CODE}/new/"
YES_NO = {"name": "urgent", "type": "yes_no", "title": "加急 | Urgent"}
FIELDS: list[dict[str, Any]] = [
    {"name": "sender", "title": "寄件人 | Sender"},
    {"name": "remark", "title": "备注 | Remark"},
    {"name": "weight", "title": "重量 | Weight"},
    {
        "name": "result",
        "type": "choice",
        "title": "结果 | Result",
        "options": {"found": "已找到 | Found", "lost": "丢失 | Lost"},
    },
    YES_NO,
]
LINES: list[dict[str, Any]] = [
    {
        "name": "slip",
        "type": "entry",
        "register": CODE,
        "title": "单 | Slip",
        "required": True,
    },
    {"name": "goods", "title": "物品 | Goods", "first": True},
    {"name": "count", "title": "件数 | Count", "first": True},
]


def stanza(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "code": CODE,
        "title": "查件单 | Slips",
        "menu": "contact",
        "numbering": "{year}{serial:03}",
        "fields": fields,
    }


def lines(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return stanza(fields) | {
        "code": PART,
        "title": "物品明细 | Goods",
        "part_of": "slip",
        "numbering": None,
        "display": ["goods"],
    }


def declare(
    database: Database,
    fields: list[dict[str, Any]],
    parts: list[dict[str, Any]] | None = None,
    **more: Any,
) -> None:
    def edit(there: Stored) -> Stored:
        after = there.with_register(stanza(fields) | more, PANEL)
        return after.with_register(lines(parts or LINES), PANEL)

    declaring.apply(database, edit)


BUILD = company_with(stanza(FIELDS), lines(LINES))


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(
        prepared_database("company_slips", BUILD),
        tmp_path,
    )
    yield opened
    opened.close()
    catalogue.use()


def hidden(page: str) -> dict[str, str]:
    """Return what a form says of itself, as the browser sends it back."""
    found = re.findall(r'name="(drawn|began|left|version)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def newest(company: Company) -> dict[str, Any]:
    table = catalogue.current().table(CODE)
    query = select(table).order_by(table.c.id.desc()).limit(1)
    with company.database.read() as session:
        found = session.execute(marked(query, CODE)).mappings().first()
    return dict(found or {})


def changed(*fields: dict[str, Any], without: str = "") -> list[dict[str, Any]]:
    """Return the fields with some said otherwise, or left out."""
    other = {one.get("was") or one["name"]: one for one in fields}
    kept = [one for one in FIELDS if one["name"] != without]
    known = {one["name"] for one in FIELDS}
    new = [one for name, one in other.items() if name not in known]
    return [other.get(one["name"], one) for one in kept] + new


def test_what_was_typed_into_a_retired_field_is_shown_before_it_is_saved(
    company: Company,
) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    declare(company.database, changed(without="remark"), retired_fields=[FIELDS[1]])
    typed = {"sender": "王女士", "remark": "门口有狗", "result": "lost"}

    answer = client.post(NEW, data=drawn | typed)
    again = hidden(answer.text)
    saved = client.post(NEW, data=again | {"sender": "王女士", "result": "lost"})

    assert answer.status_code == 422
    assert "备注" in answer.text
    assert "门口有狗</textarea>" in answer.text
    assert 'value="王女士"' in answer.text
    assert saved.status_code == 302
    assert (newest(company)["sender"], newest(company)["result"]) == ("王女士", "lost")


def test_change_that_touches_nothing_typed_is_saved_without_asking(
    company: Company,
) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    more = {"name": "floor", "type": "integer", "title": "楼层 | Floor"}
    fields = changed(more, without="remark")
    declare(company.database, fields, retired_fields=[FIELDS[1]])

    saved = client.post(NEW, data=drawn | {"sender": "王女士", "remark": ""})

    assert saved.status_code == 302
    assert newest(company)["sender"] == "王女士"


def test_renamed_field_takes_what_was_typed_under_its_old_name(
    company: Company,
) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    renamed = {"name": "note", "was": "remark", "title": "说明 | Note"}
    declare(company.database, changed(renamed))

    saved = client.post(NEW, data=drawn | {"sender": "王女士", "remark": "有狗"})

    assert saved.status_code == 302
    assert newest(company)["note"] == "有狗"


def test_text_stands_beside_a_field_that_takes_another_type(company: Company) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    old = [FIELDS[2]]
    weight = {"name": "kilos", "id": "kilos", "type": "decimal", "title": "重 | Kilos"}
    declare(company.database, changed(weight, without="weight"), retired_fields=old)
    # A stale page that calls the field by the name it has now, of another type.
    drawn["drawn"] = drawn["drawn"].replace('"weight"', '"kilos"')

    refused = client.post(NEW, data=drawn | {"sender": "王", "kilos": "两公斤左右"})
    fitting = client.post(NEW, data=drawn | {"sender": "王", "kilos": "2.5"})

    assert refused.status_code == 422
    assert "您填的是“两公斤左右”" in refused.text
    assert fitting.status_code == 302
    assert str(newest(company)["kilos_e2"]) == "2.50"


def test_option_that_is_gone_is_told_in_its_words(company: Company) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    fewer = FIELDS[3] | {"options": {"found": "已找到 | Found"}}
    declare(company.database, changed(fewer))

    answer = client.post(NEW, data=drawn | {"sender": "王", "result": "lost"})

    assert answer.status_code == 422
    assert "您填的是“丢失”，没有这个选项了" in answer.text


def test_new_condition_empties_nothing_unseen(company: Company) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    declare(company.database, changed(FIELDS[1] | {"only_if": {"urgent": ["yes"]}}))

    answer = client.post(NEW, data=drawn | {"sender": "王", "remark": "今天要"})
    fitting = client.post(
        NEW, data=drawn | {"sender": "王", "remark": "今天要", "urgent": "y"}
    )

    assert answer.status_code == 422
    assert "今天要</textarea>" in answer.text
    assert fitting.status_code == 302
    assert newest(company)["remark"] == "今天要"


def test_untouched_value_of_a_retired_field_is_not_asked_about(
    company: Company,
) -> None:
    client = company.client("admin")
    client.post(NEW, data={"sender": "王", "remark": "门口有狗"})
    entry = newest(company)["id"]
    edit = f"/register/{CODE}/edit/?id={entry}"
    drawn = hidden(client.get(edit).text)
    declare(company.database, changed(without="remark"), retired_fields=[FIELDS[1]])

    saved = client.post(edit, data=drawn | {"sender": "李", "remark": "门口有狗"})

    assert saved.status_code == 302
    assert newest(company)["sender"] == "李"


def test_new_required_field_is_asked_for_with_all_else_kept(company: Company) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    more = {"name": "floor", "title": "楼层 | Floor", "required": True}
    fields = changed(more, without="remark")
    declare(company.database, fields, retired_fields=[FIELDS[1]])

    answer = client.post(NEW, data=drawn | {"sender": "王", "remark": "有狗"})
    again = client.post(NEW, data=hidden(answer.text) | {"sender": "王"})

    assert answer.status_code == again.status_code == 422
    assert "有狗</textarea>" in again.text
    assert 'id="floor-error1"' in again.text


def test_texts_of_rows_are_kept_as_those_of_the_entry(company: Company) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    declare(company.database, FIELDS, LINES[:2])
    row = {f"{PART}-0-goods": "手机", f"{PART}-0-count": "两台"}

    answer = client.post(NEW, data=drawn | {"sender": "王"} | row)

    assert answer.status_code == 422
    assert "物品明细第 1 行 件数" in answer.text
    assert "两台</textarea>" in answer.text
    assert 'value="手机"' in answer.text


def test_draft_of_another_form_is_fitted_in_and_saves_nothing(
    company: Company,
) -> None:
    client = company.client("admin")
    drawn = hidden(client.get(NEW).text)
    declare(company.database, changed(without="remark"), retired_fields=[FIELDS[1]])

    answer = client.post(NEW, data=drawn | {"sender": "草稿", "redraw": "1"})

    assert answer.status_code == 422
    assert 'value="草稿"' in answer.text
    assert newest(company) == {}


def test_what_a_form_says_of_itself_may_be_nonsense(company: Company) -> None:
    client = company.client("admin")
    odd = {"drawn": '{"x":[1]}', "began": "[", "left": "{}", "sender": "王"}

    assert client.post(NEW, data=odd).status_code == 302
