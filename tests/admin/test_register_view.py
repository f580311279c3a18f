"""What the one view behind every register does, on registers as they come."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from models import catalogue
from models.access import RoleGrant, Rows, marked
from models.accounts import raise_stamps
from models.history import ChangeEvent
from tests.company import NOON, Company

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}
CODES = sorted(one.code for one in catalogue.current())


@pytest.mark.parametrize("code", CODES)
def test_every_register_opens_its_list_and_form(company: Company, code: str) -> None:
    client = company.client("admin")

    for page in ("", "new/"):
        answer = client.get(f"/register/{code}/{page}")

        assert answer.status_code == 200, answer.text[:2000]


def test_saved_form_shows_on_the_entry_page_with_its_history(company: Company) -> None:
    client = company.client("A02")

    saved = client.post("/register/call_log/new/", data=CALL, follow_redirects=True)

    assert saved.status_code == 200
    assert "激光不出光" in saved.text
    with company.database.read() as session:
        (happened,) = session.scalars(
            select(ChangeEvent).where(ChangeEvent.register == "call_log")
        )
    assert (happened.action, happened.by_name) == ("created", "王敏")
    assert happened.changes["content"] == [None, "激光不出光"]


def test_missing_field_is_said_at_the_field_and_nothing_is_lost(
    company: Company,
) -> None:
    client = company.client("A02")

    answer = client.post("/register/call_log/new/", data=CALL | {"category": ""})

    assert answer.status_code == 422
    assert "类别必须填写" in answer.text
    assert "激光不出光" in answer.text


def test_new_form_opens_with_what_can_be_counted(company: Company) -> None:
    client = company.client("A01")
    for _ in range(2):
        client.post("/register/call_log/new/", data=CALL)
    shown = re.compile(r'<input[^>]*name="call_count"[^>]*>')

    opened = shown.search(client.get("/register/handover_book/new/").text)
    sent = {"shift": "day", "call_count": ""}
    refused = client.post(
        "/register/handover_book/new/", data=sent | {"handed_over_at": "nonsense"}
    )

    assert opened
    assert 'value="2"' in opened[0]
    kept = shown.search(refused.text)
    assert refused.status_code == 422
    assert kept
    assert 'value="2"' not in kept[0]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("shift_on=2026-10-14&handed_over_by={A02}", "1"),
        ("shift_on=2026-10-13&handed_over_by={A02}", "0"),
        ("shift_on=2026-10-14&handed_over_by={A01}", "0"),
        # Nothing to count by, no such day, nobody there.
        ("", ""),
        ("shift_on=2026-10-14", ""),
        ("shift_on=9999-12-31&handed_over_by={A02}", ""),
        ("shift_on=yesterday&handed_over_by={A02}", ""),
        ("shift_on=2026-10-14&handed_over_by=99999999999999999999", ""),
        ("shift_on=2026-10-14&handed_over_by=-1", ""),
    ],
)
def test_number_is_counted_anew_for_another_day_or_person(
    company: Company, asked: str, number: str
) -> None:
    company.create("call_log", CALL | {"received_at": NOON}, "A02")
    ids = {login: str(company.person(login).staff_id) for login in ("A01", "A02")}

    address = f"/register/handover_book/counts/?{asked.format(**ids)}"
    answer = company.client("A01").get(address)

    assert answer.get_json() == {"call_count": number}


def test_nothing_is_counted_for_a_person_whom_the_form_would_not_offer(
    company: Company,
) -> None:
    company.create("call_log", CALL | {"received_at": NOON}, "A02")
    staff_id = company.person("A02").staff_id
    with company.database.write() as session:
        session.execute(
            update(RoleGrant).where(RoleGrant.register == "staff").values(rows=Rows.OWN)
        )
        raise_stamps(session)

    answer = company.client("A01").get(
        f"/register/handover_book/counts/?shift_on=2026-10-14&handed_over_by={staff_id}"
    )

    assert answer.get_json() == {"call_count": ""}


def test_lost_update_shows_both_versions_and_keeps_what_was_typed(
    company: Company,
) -> None:
    call = company.create("call_log", CALL, "A02")
    client = company.client("A02")
    client.post(
        f"/register/call_log/edit/?id={call}", data={"content": "甲", "version": "1"}
    )

    answer = client.post(
        f"/register/call_log/edit/?id={call}", data={"content": "乙", "version": "1"}
    )

    assert answer.status_code == 422
    assert "甲" in answer.text
    assert "乙" in answer.text
    assert company.get("call_log", call)["content"] == "甲"


def test_list_pages_neither_repeat_nor_lose_rows(company: Company) -> None:
    made = [
        company.create("call_log", CALL | {"content": f"来电{n:03}"}) for n in range(45)
    ]
    client = company.client("admin")
    seen: list[str] = []
    address = "/register/call_log/?size=20&sort=received_at"

    for _ in range(4):
        page = client.get(address).text
        seen += [part.split('"')[0] for part in page.split('data-pk="')[1:]]
        following = re.search(r'href="([^"]+)" rel="next"', page)
        if following is None:
            break
        address = "/register/call_log/" + following[1].replace("&amp;", "&")

    assert sorted(map(int, seen)) == made


def test_inline_edit_refuses_a_cell_that_changed_meanwhile(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    client = company.client("A02")
    asked = {"pk": str(call), "field": "result", "was": "待回复", "value": "solved"}

    first = client.post("/register/call_log/ajax/update/", json=asked)
    second = client.post("/register/call_log/ajax/update/", json=asked)

    assert (first.status_code, first.get_json()["text"]) == (200, "已解决")
    assert second.status_code == 409


def test_binned_entry_leaves_the_list_and_comes_back(company: Company) -> None:
    call = company.create("call_log", CALL)
    client = company.client("admin")

    client.post(f"/register/call_log/delete/?id={call}")
    gone = client.get("/register/call_log/").text
    binned = client.get("/register/call_log/?bin=1").text
    client.post(f"/register/call_log/restore/?id={call}")
    back = client.get("/register/call_log/").text

    assert f'data-pk="{call}"' not in gone
    assert f'data-pk="{call}"' in binned
    assert f'data-pk="{call}"' in back


def test_bulk_change_writes_history_for_every_row(company: Company) -> None:
    calls = [company.create("call_log", CALL) for _ in range(3)]
    client = company.client("admin")

    client.post(
        "/register/call_log/bulk/",
        data={
            "do": "save",
            "entries": " ".join(map(str, calls)),
            "set": "result",
            "result": "solved",
        },
    )

    with company.database.read() as session:
        changed = session.scalar(
            select(func.count()).where(
                ChangeEvent.register == "call_log", ChangeEvent.origin == "bulk"
            )
        )
    assert changed == 3
    assert {company.get("call_log", call)["result"] for call in calls} == {"solved"}


def test_search_finds_two_characters_and_a_complete_phone_only(
    company: Company,
) -> None:
    call = company.create("call_log", CALL)
    client = company.client("admin")

    def found(text: str) -> bool:
        page = client.get("/register/call_log/", query_string={"q": text}).text
        return f'data-pk="{call}"' in page

    assert found("出光")
    assert found("13800138000")
    assert not found("1380013")
    assert not found("退款")


def test_call_makes_an_order_with_what_it_carries(company: Company) -> None:
    customer = company.create(
        "customer_file", {"name": "吴江精工", "address": "吴江", "account_manager": 1}
    )
    call = company.create("call_log", CALL | {"customer": customer}, "A02")
    client = company.client("A02")

    form = client.get(
        f"/register/service_order/new/?of=call_log&of_id={call}&via=call"
    ).text

    assert "吴江精工" in form
    assert "激光不出光" in form


def test_masked_phone_is_neither_shown_nor_exported_to_others(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    client = company.client("admin")

    pages = [
        client.get("/register/call_log/").text,
        client.get(f"/register/call_log/details/?id={call}").text,
        client.get("/register/call_log/export/csv/").text,
        client.get(f"/register/call_log/edit/?id={call}").text,
    ]

    assert all("13800138000" not in page for page in pages)
    assert "138****8000" in pages[0]


def test_masked_field_survives_an_edit_that_did_not_reveal_it(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    client = company.client("admin")

    client.post(
        f"/register/call_log/edit/?id={call}",
        data={"content": "改了", "phone": "138****8000", "version": "1"},
    )

    entry = company.get("call_log", call)
    assert (entry["content"], entry["phone"]) == ("改了", "13800138000")


def test_reveal_asks_a_reason_and_is_logged(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    client = company.client("admin")
    url = f"/register/call_log/reveal/?id={call}&field=phone"

    without = client.post(url, json={})
    answer = client.post(url, json={"reason": "回访"})

    assert without.status_code == 422
    assert answer.get_json()["text"] == "13800138000"


def test_export_guards_formulas_and_keeps_chinese_names(company: Company) -> None:
    company.create("call_log", CALL | {"content": "=cmd|' /C calc'!A0"})
    client = company.client("admin")

    answer = client.get("/register/call_log/export/csv/")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "'=cmd" in answer.text
    assert "filename*=" in answer.headers["Content-Disposition"]


def test_list_page_takes_at_most_six_statements(company: Company) -> None:
    for _ in range(30):
        company.create("call_log", CALL)
    client = company.client("admin")
    client.get("/register/call_log/")
    counted: list[str] = []

    def count(_to: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        counted.append(statement)

    event.listen(company.database.reading, "before_cursor_execute", count)
    client.get("/register/call_log/")

    queries = [one for one in counted if one.startswith("SELECT")]
    assert len(queries) <= 6, "\n".join(queries)


def test_number_is_given_once_to_each_entry(company: Company) -> None:
    calls = [company.create("call_log", CALL) for _ in range(3)]

    table = catalogue.current().table("call_log")
    with company.database.read() as session:
        numbers = session.scalars(
            marked(select(table.c.number).where(table.c.id.in_(calls)), "call_log")
        ).all()
    assert numbers == ["LD2026100001", "LD2026100002", "LD2026100003"]


def test_form_shows_each_entry_its_own_values_and_nothing_as_markup(
    company: Company,
) -> None:
    client = company.client("A02")
    texts = ("激光不出光", '"><script>alert(1)</script>', "a\\1 & {{ 7 }} \r\n第二行")
    for text in texts:
        client.post("/register/call_log/new/", data=CALL | {"content": text})
    with company.database.read() as session:
        table = catalogue.current().table("call_log")
        query = select(table.c.id, table.c.content).order_by(table.c.id.desc())
        found = session.execute(marked(query.limit(len(texts)), "call_log")).all()

    for _ in range(2):
        for entry, text in found:
            form = client.get(f"/register/call_log/edit/?id={entry}").text
            shown = re.search(
                r'<textarea id="content"[^>]*>\n(.*?)</textarea>', form, re.DOTALL
            )
            assert shown
            assert html.unescape(shown[1]) == text
            assert "<script>alert" not in form
            assert [other for other in texts if other in shown[1]] in ([], [text])
