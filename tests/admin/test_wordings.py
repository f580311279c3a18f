"""A department calls things by its own words, in everything its people see."""

from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from models import catalogue, wordings
from models.access import marked
from models.import_mapping import guess
from models.words import Label
from tests.company import Company, writer

PAGE = "/settings/words"
CALLS = {
    "call_log": "来客登记",
    "call_log.customer": "客人",
    "call_log.channel.phone": "前台电话",
}


def department(company: Company, name: str = "客服部") -> int:
    table = catalogue.current().table("department")
    with company.database.read() as session:
        query = select(table.c.id).where(table.c.name == name)
        return int(session.scalar(marked(query, "department")) or 0)


def say(company: Company, words: dict[str, str], code: str = "call_log") -> Any:
    """Type the words of the customer service department."""
    url = f"{PAGE}/{department(company)}?register={code}"
    typed = {f"zh:{key}": word for key, word in words.items()}
    return company.client("admin").post(url, data=typed)


def page(client: FlaskClient, url: str) -> str:
    return client.get(url).text


def test_people_of_the_department_meet_its_words_and_others_do_not(
    company: Company,
) -> None:
    saved = say(company, CALLS)

    ours = page(company.client("A02"), "/register/call_log/new/")
    theirs = page(company.client("B01"), "/register/call_log/new/")

    assert saved.status_code == 302
    assert "新建来客登记" in ours
    assert "客人</label>" in ours
    assert "前台电话" in ours
    assert "新建来电登记" in theirs
    assert "客人" not in theirs
    assert "前台电话" not in theirs


def test_list_export_and_menu_say_the_same(company: Company) -> None:
    say(company, CALLS)
    client = company.client("A02")

    listed = page(client, "/register/call_log/")
    sheet = client.get("/register/call_log/export/xlsx/")

    assert "来客登记" in listed
    first = load_workbook(BytesIO(sheet.data)).worksheets[0]
    heads = [cell.value for cell in next(first.rows)]
    assert "客人" in heads
    assert "客户" not in heads


def test_import_knows_both_words() -> None:
    words = {
        "call_log.content": Label("客人说的", "What the guest said"),
        "call_log.channel.phone": Label("前台电话", "Desk"),
    }
    known = wordings.worded(catalogue.installed(), words)["call_log"]
    house = catalogue.installed()["call_log"].field("content").label.zh

    for word in ("客人说的", house):
        assert guess(known, [word], "UTC").fields["content"].column == word
    option = known.field("channel").option_label("phone")
    assert option.every[0] == "前台电话"
    assert option.house.zh in option.every


def test_entry_keeps_the_code_and_shows_the_word(company: Company) -> None:
    say(company, CALLS)
    values = {"phone": "13812345678", "content": "问路", "channel": "phone"}
    more = {"category": "enquiry", "result": "solved"}
    entry = company.create("call_log", values | more, "A02")

    ours = page(company.client("A02"), f"/register/call_log/details/?id={entry}")
    all_of_it = page(company.client("admin"), f"/register/call_log/details/?id={entry}")

    assert company.get("call_log", entry)["channel"] == "phone"
    assert "前台电话" in ours
    assert "前台电话" not in all_of_it


def test_word_for_every_register_gives_way_to_that_of_one() -> None:
    words = {
        "*.customer": Label("客人", "Guest"),
        "call_log.customer": Label("来客", "Caller"),
    }

    known = wordings.worded(catalogue.installed(), words)

    assert known["call_log"].field("customer").label.zh == "来客"
    assert known["service_order"].field("customer").label.zh == "客人"
    assert (
        known["service_order"].fields != catalogue.installed()["service_order"].fields
    )
    assert known["branch"] is catalogue.installed()["branch"]


def test_standard_field_keeps_its_place() -> None:
    words = {"*.holder": Label("值班员", "On duty")}

    known = wordings.worded(catalogue.installed(), words)["call_log"]

    before = catalogue.installed()["call_log"]
    assert [one.name for one in known.all_fields] == [
        one.name for one in before.all_fields
    ]
    assert known.field("holder").label.zh == "值班员"


def test_two_fields_of_one_name_are_refused_with_what_was_typed(
    company: Company,
) -> None:
    house = catalogue.installed()["call_log"].field("phone").label.zh

    answer = say(company, {"call_log.customer": house})

    assert answer.status_code == 422
    assert "两个字段都叫" in answer.text
    assert f'name="zh:call_log.customer" value="{house}"' in answer.text


def test_words_of_the_panels_own_pages_stay_everybodys(company: Company) -> None:
    with company.database.write() as session:
        words = {"call_log.customer": Label("客人", "Guest")}
        by = company.person("admin")
        wordings.save(session, wordings.COMPANY, words, writer(by))

    fields = page(company.client("admin"), "/settings/fields/call_log")
    form = page(company.client("admin"), "/register/call_log/new/")

    assert 'value="客户"' in fields
    assert 'value="客人"' not in fields
    assert "客人</label>" in form


def test_who_changed_which_word_is_told(company: Company) -> None:
    say(company, CALLS)
    say(company, {})
    url = f"{PAGE}/{department(company)}?register=call_log"

    told = page(company.client("admin"), url)

    assert "“客户”叫“客人”" in told
    assert "“客户”不再叫“客人”" in told


def test_page_is_for_those_who_set_up(company: Company) -> None:
    assert company.client("A02").get(f"{PAGE}/").status_code == 403
    assert "客服部" in company.client("admin").get(f"{PAGE}/").text
    assert company.client("admin").get(f"{PAGE}/9999").status_code == 404
