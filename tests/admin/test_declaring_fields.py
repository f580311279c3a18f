"""字段设置: default, condition, formula and type of one field, the plan shown first."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import column, select, text

from models import catalogue, declaring
from models.access import marked
from models.outside_tables import EntryChange
from models.register import NOW, From, OnlyIf
from models.stored import PANEL, Stored
from tests.company import Company, company_with, open_company
from tests.databases import Builder

CODE = "x_bill"
STANZA: dict[str, Any] = {
    "code": CODE,
    "title": "收费单 | Bills",
    "menu": "contact",
    "numbering": "{year}{serial:03}",
    "fields": [
        {"name": "customer", "type": "customer", "title": "客户 | Customer"},
        {"name": "place", "title": "地址 | Address"},
        {
            "name": "result",
            "type": "choice",
            "title": "结果 | Result",
            "options": {"done": "已完成 | Done", "back": "退货 | Returned"},
        },
        {"name": "count", "type": "integer", "title": "数量 | Count"},
        {"name": "price", "type": "money", "title": "单价 | Price"},
        {
            "name": "total",
            "type": "money",
            "title": "合计 | Total",
            "computed": "price * count",
        },
        {"name": "paid_at", "type": "instant", "title": "收款时间 | Paid"},
    ],
}


BUILD = company_with(STANZA)


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company_bills", BUILD), tmp_path)
    yield opened
    opened.close()
    catalogue.use()


def url(name: str, code: str = CODE) -> str:
    return f"/settings/fields/{code}/field/{name}"


def send(
    client: FlaskClient, name: str, code: str = CODE, action: str = "save", **more: str
) -> Any:
    """Send the form of a field as it was drawn, with some controls changed."""
    page = client.get(url(name, code)).text
    basis = page.partition('name="basis" value="')[2].partition('"')[0]
    one = catalogue.current()[code].field(name)
    said = {"zh": one.label.zh, "en": one.label.en, "type": one.type.value}
    return client.post(
        url(name, code), data=said | {"basis": basis, "action": action} | more
    )


def bills(company: Company) -> list[dict[str, Any]]:
    table = catalogue.current().table(CODE)
    with company.database.read() as session:
        found = session.execute(marked(select(table).order_by(table.c.id), CODE))
        return [dict(one) for one in found.mappings()]


def test_default_is_fixed_given_or_taken_from_a_chosen_entry(company: Company) -> None:
    client = company.client("admin")

    fixed = send(client, "result", default="fixed", value="done")
    given = send(client, "paid_at", default="now")
    taken = send(client, "place", default="from", path="customer.address")

    assert [one.status_code for one in (fixed, given, taken)] == [302] * 3
    declared = catalogue.installed()[CODE]
    assert declared.field("result").default == "done"
    assert declared.field("paid_at").default is NOW
    assert declared.field("place").default == From("customer.address")


def test_default_is_looked_up_by_the_words_of_fields(company: Company) -> None:
    client = company.client("admin")
    more = {"register": "customer_file", "take": "地址", "match": "名称 = 地址"}

    wrong = send(client, "place", default="lookup", **more | {"take": "身高"})
    declared = catalogue.current()["customer_file"]
    name = declared.fields[0].label.zh
    right = send(
        client, "place", default="lookup", **more | {"match": f"{name} = 地址"}
    )

    assert wrong.status_code == 422
    assert "没有这个字段" in wrong.text
    assert right.status_code == 302, right.text
    default = catalogue.installed()[CODE].field("place").default
    assert (default.register, default.take) == ("customer_file", "address")


def test_condition_takes_the_words_of_options(company: Company) -> None:
    client = company.client("admin")

    wrong = send(client, "place", only_field="result", only_values="退换")
    right = send(client, "place", only_field="result", only_values="退货、已完成")

    assert wrong.status_code == 422
    assert "可选：已完成、退货" in wrong.text
    assert right.status_code == 302
    expected = OnlyIf("result", frozenset({"back", "done"}))
    assert catalogue.installed()[CODE].field("place").only_if == expected


def test_formula_is_tried_on_real_entries_and_then_computed_for_all(
    company: Company,
) -> None:
    client = company.client("admin")
    company.create(CODE, {"count": 3, "price": Decimal("12.50")})

    wrong = send(client, "total", "x_bill", "preview", computed="price * weight")
    shown = send(client, "total", "x_bill", "preview", computed="price * count * 2")
    before = bills(company)[0]["total_fen"]
    done = send(client, "total", computed="price * count * 2")

    assert wrong.status_code == 422
    assert "weight" in wrong.text
    assert "单价 12.50；数量 3" in shown.text
    assert "75.00" in shown.text
    assert before == Decimal("37.50")
    assert done.status_code == 302
    assert bills(company)[0]["total_fen"] == Decimal("75.00")
    with company.database.read() as session:
        assert not list(session.scalars(select(EntryChange.id)))


def test_formula_never_writes_over_what_was_typed(company: Company) -> None:
    company.create(CODE, {"count": 3})

    answer = send(company.client("admin"), "count", computed="2 + 2")

    assert answer.status_code == 422
    assert "已有 1 条记录填过" in answer.text
    assert bills(company)[0]["count"] == 3


def test_change_of_type_tells_what_does_not_fit_and_keeps_it(company: Company) -> None:
    company.create(CODE, {"place": "门卫室"})
    client = company.client("admin")

    shown = send(client, "place", "x_bill", "preview", type="phone")
    done = send(client, "place", type="phone")

    assert "1 条记录的值不合新类型：门卫室" in shown.text
    assert done.status_code == 302
    assert bills(company)[0]["place"] == "门卫室"


def test_other_type_takes_a_new_field_and_the_old_one_keeps_every_value(
    company: Company,
) -> None:
    for place in ("12.5", "三十", "7"):
        company.create(CODE, {"place": place})
    client = company.client("admin")

    shown = send(client, "place", CODE, "preview", type="money")
    done = send(client, "place", type="money")

    assert "2 条记录的值转换过去" in shown.text
    assert "1 条不能转换，只留在原来的一栏里：三十（1）" in shown.text
    assert done.status_code == 302, done.text
    declared = catalogue.installed()[CODE]
    assert [one.name for one in declared.fields][1] == "x_dizhi"
    [old] = declared.retired_fields
    assert (old.name, old.label.zh) == ("place", "地址（原）")
    found = [row["x_dizhi_fen"] for row in bills(company)]
    assert found == [Decimal("12.50"), None, Decimal("7.00")]
    with company.database.read() as session:
        assert not list(session.scalars(select(EntryChange.id)))
        kept: Any = select(column("place")).select_from(text(CODE)).order_by(text("id"))
        assert list(session.scalars(marked(kept, CODE))) == ["12.5", "三十", "7"]


def test_texts_become_the_options_of_a_choice(company: Company) -> None:
    for place in ("前台", "车间", "前台"):
        company.create(CODE, {"place": place})

    done = send(company.client("admin"), "place", type="choice")

    assert done.status_code == 302, done.text
    new = catalogue.installed()[CODE].field("x_dizhi")
    assert [one.label.zh for one in new.options] == ["前台", "车间"]
    rows = [row["x_dizhi"] for row in bills(company)]
    assert rows == ["qiantai", "chejian", "qiantai"]


def test_field_of_a_class_gets_another_default_and_keeps_its_type(
    company: Company,
) -> None:
    client = company.client("admin")
    page = client.get(url("urgency", "service_order")).text

    done = send(client, "urgency", "service_order", default="fixed", value="urgent")

    assert 'name="type"' not in page
    assert done.status_code == 302, done.text
    assert catalogue.installed()["service_order"].field("urgency").default == "urgent"


def test_pages_of_fields_are_for_those_who_set_up(company: Company) -> None:
    assert company.client("A02").get(url("place")).status_code == 403
    assert company.client("admin").get(url("nothing")).status_code == 404


def test_default_of_a_class_that_cannot_be_read_is_told(company: Company) -> None:
    said = {"register": "call_log", "reword": {"channel": {"default": ["x", {}]}}}

    def edit(there: Stored) -> Stored:
        return there.with_additions("call_log", PANEL, [said])

    with pytest.raises(declaring.UnsoundError) as refused:
        declaring.propose(company.database, edit)

    assert "A004" in str(refused.value)
