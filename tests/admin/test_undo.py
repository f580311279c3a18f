"""Changes of many entries looked at before, and any change taken back as a whole."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from admin import visit
from jobs import undo_retention
from jobs.work import Work
from models import catalogue, change_batches, entries, flow_steps
from models.access import RoleGrant, marked
from models.accounts import raise_stamps
from models.change_batches import BATCHES
from models.history import EVENTS
from tests.company import NOON, Company, writer

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}
HERE = "/register/call_log/"
SOLVED = {"set": "result", "result": "solved"}


def calls(company: Company, count: int, login: str = "A02") -> list[int]:
    return [
        company.create("call_log", CALL | {"content": f"来电{at}"}, login)
        for at in range(count)
    ]


def looked_at(client: FlaskClient, ids: list[int], **form: Any) -> Any:
    entries = " ".join(map(str, ids))
    return client.post(f"{HERE}bulk/", data={"entries": entries, "do": "look", **form})


def saved(client: FlaskClient, page: str, **form: Any) -> str:
    """Save what a page shows, as its own button does; return the next page."""
    found = re.search(r'name="entries" value="([^"]*)"', page)
    assert found
    sent = {"entries": found[1], "do": "save", **form}
    return client.post(f"{HERE}bulk/", data=sent, follow_redirects=True).text


def undo_of(page: str) -> str:
    found = re.search(r'name="batch" value="([^"]+)"', page)
    assert found, "no button to undo"
    return found[1]


def undone(client: FlaskClient, batch: str) -> str:
    return client.post(
        "/recent/undo/", data={"batch": batch}, follow_redirects=True
    ).text


def results(company: Company, ids: list[int]) -> list[str]:
    return [company.get("call_log", one)["result"] for one in ids]


def change(company: Company, call: int, values: dict[str, Any]) -> None:
    """Let somebody else save a call meanwhile."""
    with company.database.write() as session:
        entries.change(session, "call_log", call, values, writer())


def held(company: Company, column: str, ids: list[int]) -> set[Any]:
    """Return what calls hold in a column, those in the bin too."""
    table = catalogue.current().table("call_log")
    query = select(table.c[column]).where(table.c.id.in_(ids))
    with company.database.read() as session:
        return set(session.scalars(marked(query, "call_log")))


def test_look_shows_old_and_new_and_writes_nothing(company: Company) -> None:
    ids = calls(company, 2)

    page = looked_at(company.client("A02"), ids, **SOLVED)

    assert page.status_code == 200
    assert "<del>待回复</del>" in page.text
    assert "<ins>已解决</ins>" in page.text
    assert results(company, ids) == ["pending", "pending"]


def test_change_of_many_is_undone_as_a_whole(company: Company) -> None:
    ids = calls(company, 3)
    client = company.client("A02")

    after = saved(client, looked_at(client, ids, **SOLVED).text, **SOLVED)
    changed = results(company, ids)
    back = undone(client, undo_of(after))

    assert "已修改 3 条" in after
    assert changed == ["solved"] * 3
    assert "恢复了 3 条" in back
    assert results(company, ids) == ["pending"] * 3


def test_undoing_can_be_undone(company: Company) -> None:
    ids = calls(company, 2)
    client = company.client("A02")
    after = saved(client, looked_at(client, ids, **SOLVED).text, **SOLVED)

    back = undone(client, undo_of(after))
    undone(client, undo_of(back))

    assert results(company, ids) == ["solved", "solved"]


def test_entry_changed_since_stays_and_the_others_are_undone(company: Company) -> None:
    ids = calls(company, 3)
    client = company.client("A02")
    after = saved(client, looked_at(client, ids, **SOLVED).text, **SOLVED)
    change(company, ids[1], {"result": "to_order"})

    page = undone(client, undo_of(after))

    assert "“处理结果”之后又被改过" in page
    assert results(company, ids) == ["pending", "to_order", "pending"]


def test_another_field_changed_since_is_no_conflict(company: Company) -> None:
    (call,) = calls(company, 1)
    client = company.client("A02")
    after = saved(client, looked_at(client, [call], **SOLVED).text, **SOLVED)
    change(company, call, {"content": "补充：已约时间"})

    undone(client, undo_of(after))

    entry = company.get("call_log", call)
    assert (entry["result"], entry["content"]) == ("pending", "补充：已约时间")


def test_entries_that_are_not_ones_own_are_told_and_left(company: Company) -> None:
    mine = company.create("complaint_log", _complaint(), "A02")
    other = company.create("complaint_log", _complaint(), "A01")
    client = company.client("A02")
    sent = {"set": "demand", "demand": "退款"}

    page = client.post(
        "/register/complaint_log/bulk/",
        data={"entries": f"{mine} {other}", "do": "look", **sent},
    ).text
    _save_complaints(client, page, sent)

    assert company.get("complaint_log", mine)["demand"] == "退款"
    assert company.get("complaint_log", other)["demand"] != "退款"
    assert str(company.get("complaint_log", other)["number"]) not in page


def _save_complaints(client: FlaskClient, page: str, sent: dict[str, str]) -> None:
    found = re.search(r'name="entries" value="([^"]*)"', page)
    assert found
    data = {"entries": found[1], "do": "save", **sent}
    client.post("/register/complaint_log/bulk/", data=data)


def _complaint() -> dict[str, Any]:
    return {
        "channel": "phone",
        "complainant": "李先生",
        "phone": "13700137000",
        "category": "late_visit",
        "content": "约了没来",
        "demand": "道歉",
        "received_at": NOON,
    }


def test_entry_saved_after_the_look_is_left(company: Company) -> None:
    ids = calls(company, 2)
    client = company.client("A02")
    page = looked_at(client, ids, **SOLVED).text
    change(company, ids[0], {"content": "别人刚改"})

    after = saved(client, page, **SOLVED)

    assert "您查看之后，别人又保存过" in after
    assert results(company, ids) == ["pending", "solved"]


def test_refused_values_are_told_entry_by_entry(company: Company) -> None:
    ids = calls(company, 2)

    page = looked_at(company.client("A02"), ids, set="customer", customer="999999")

    assert page.text.count("没有这条记录（999999）") == 2
    assert 'do" value="save' not in page.text


def test_value_that_cannot_be_read_is_said_at_its_field(company: Company) -> None:
    ids = calls(company, 1)

    page = looked_at(
        company.client("A02"), ids, set="received_at", received_at="someday"
    )

    assert page.status_code == 422
    assert "someday" in page.text
    assert "将要修改" not in page.text


def test_many_deleted_entries_come_back(company: Company) -> None:
    ids = calls(company, 3)
    client = company.client("A01")

    after = client.post(
        f"{HERE}action/",
        data={"action": "bin", "rowid": [*map(str, ids)]},
        follow_redirects=True,
    ).text
    gone = held(company, "binned_at", ids)
    undone(client, undo_of(after))

    assert "已删除 3 条" in after
    assert None not in gone
    assert held(company, "binned_at", ids) == {None}


def test_one_deleted_entry_and_one_edit_can_be_undone(company: Company) -> None:
    (call,) = calls(company, 1)
    client = company.client("A01")

    deleted = client.post(f"{HERE}delete/?id={call}", follow_redirects=True).text
    undone(client, undo_of(deleted))
    form = {"content": "改过", "version": "3"}
    edited = client.post(f"{HERE}edit/?id={call}", data=form, follow_redirects=True)
    text = company.get("call_log", call)["content"]
    undone(client, undo_of(edited.text))

    assert text == "改过"
    assert company.get("call_log", call)["content"] == "来电0"
    assert company.get("call_log", call)["binned_at"] is None


def test_cell_changed_in_the_list_can_be_undone(company: Company) -> None:
    (call,) = calls(company, 1)
    client = company.client("A02")
    cell = {"pk": str(call), "field": "result", "was": "待回复", "value": "solved"}

    client.post(f"{HERE}ajax/update/", json=cell)
    undone(client, undo_of(client.get("/recent/").text))

    assert results(company, [call]) == ["pending"]


def test_form_saved_without_a_change_offers_nothing(company: Company) -> None:
    (call,) = calls(company, 1)
    client = company.client("A02")
    form = {"content": "来电0", "version": "1"}

    page = client.post(f"{HERE}edit/?id={call}", data=form, follow_redirects=True)

    assert "已保存" in page.text
    assert 'name="batch"' not in page.text


def test_others_can_neither_see_nor_undo_a_change(company: Company) -> None:
    ids = calls(company, 1)
    client = company.client("A02")
    batch = undo_of(saved(client, looked_at(client, ids, **SOLVED).text, **SOLVED))
    other = company.client("A01")

    listed = other.get("/recent/").text
    page = other.get(f"/recent/{batch}/")
    tried = other.post("/recent/undo/", data={"batch": batch})

    assert batch not in listed
    assert (page.status_code, tried.status_code) == (404, 404)
    assert results(company, ids) == ["solved"]


def test_right_lost_since_is_asked_again(company: Company) -> None:
    ids = calls(company, 2)
    client = company.client("A02")
    batch = undo_of(saved(client, looked_at(client, ids, **SOLVED).text, **SOLVED))
    with company.database.write() as session:
        less = update(RoleGrant).where(RoleGrant.register == "call_log")
        session.execute(less.values(actions="list read"))
        raise_stamps(session)

    page = undone(client, batch)

    assert page.count("您现在没有修改这条记录的权限") == 2
    assert results(company, ids) == ["solved", "solved"]


def test_nothing_is_undone_after_thirty_days(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = calls(company, 1)
    client = company.client("A02")
    batch = undo_of(saved(client, looked_at(client, ids, **SOLVED).text, **SOLVED))
    now = _at(company, batch)
    later = now + change_batches.KEPT
    monkeypatch.setattr(visit, "now", lambda: later)

    answer = client.post("/recent/undo/", data={"batch": batch})

    assert answer.status_code == 404
    assert results(company, ids) == ["solved"]


def test_job_drops_old_offers_only_and_leaves_the_history(company: Company) -> None:
    ids = calls(company, 2)
    client = company.client("A02")
    old = undo_of(saved(client, looked_at(client, ids[:1], **SOLVED).text, **SOLVED))
    new = undo_of(saved(client, looked_at(client, ids[1:], **SOLVED).text, **SOLVED))
    now = _at(company, new)
    with company.database.write() as session:
        past = now - timedelta(days=31)
        aged = update(BATCHES).where(BATCHES.c.batch == old).values(at=past)
        session.execute(aged)

    work = Work(company.database, visit.of(company.app).settings, now)
    done = [undo_retention.drop_next(work).rows for _ in range(2)]

    with company.database.read() as session:
        left = set(session.scalars(select(BATCHES.c.batch)))
        told = session.scalar(
            select(func.count()).where(EVENTS.c.batch.in_([old, new]))
        )
    assert done == [1, 0]
    assert left == {new}
    assert told == 2


def _at(company: Company, batch: str) -> Any:
    with company.database.read() as session:
        return session.scalar(select(BATCHES.c.at).where(BATCHES.c.batch == batch))


def test_holder_of_three_hundred_calls_is_changed_and_changed_back(
    company: Company,
) -> None:
    ids = calls(company, 300)
    client = company.client("A01")
    other = str(company.person("A01").staff_id)
    sent = {"set": "holder", "holder": other}

    page = client.post(
        f"{HERE}action/?w=result~in~pending",
        data={"action": "change", "all_matching": "1"},
    ).text
    found = re.search(r'name="entries" value="([^"]*)"', page)
    looked = client.post(
        f"{HERE}bulk/",
        data={"entries": found[1] if found else "", "do": "look", **sent},
    ).text
    after = saved(client, looked, **sent)
    changed = held(company, "holder_id", ids)
    undone(client, undo_of(after))

    assert "已修改 300 条" in after
    assert changed == {int(other)}
    assert held(company, "holder_id", ids) == {company.person("A02").staff_id}


def test_locked_entry_stays_and_its_state_is_told(company: Company) -> None:
    claims = [
        company.create("expense_claim", {"amount": 10, "purpose": "市内交通"}, "A03")
        for _ in range(2)
    ]
    with company.database.write() as session:
        by = writer(company.person("A03"))
        flow_steps.take(session, "expense_claim", claims[0], "submit", by, version=1)

    page = company.client("A01").post(
        "/register/expense_claim/bulk/",
        data={
            "entries": " ".join(map(str, claims)),
            "do": "look",
            "set": "purpose",
            "purpose": "改",
        },
    )

    assert "内容已锁定" in page.text
    assert page.text.count("<ins>改</ins>") == 1
