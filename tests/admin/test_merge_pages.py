"""Two entries of one customer are made one, with all that hangs on them, and back."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from models import entries, merge_table
from models.attachments import Comment
from models.entry_errors import NotAllowedError
from models.history import ChangeEvent
from tests.admin.test_quick_entry import CALL, CUSTOMER
from tests.company import Company, writer

MERGE = "/register/customer_file/merge/"
SUSPECTS = MERGE + "suspects/"


@pytest.fixture
def two(company: Company) -> tuple[int, int]:
    """Two entries of one customer: the second knows the town, and has a call."""
    keep = company.create("customer_file", CUSTOMER)
    drop = company.create(
        "customer_file",
        CUSTOMER
        | {
            "name": "苏州金锐激光科技",
            "short_name": "金锐",
            "address": "新地址",
            "external_key": "U8-77",
        },
    )
    company.create("call_log", CALL | {"customer": drop}, "A02")
    model = company.create("machine_model", {"name": "CK-1325"})
    machine = {"serial_number": "SN1", "customer": drop, "model": model}
    company.create("machine_file", machine | {"installed_on": date(2026, 1, 5)})
    return keep, drop


def sent(keep: int, drop: int, **more: Any) -> dict[str, Any]:
    return {
        "keep": keep,
        "drop": drop,
        "keep_version": 1,
        "drop_version": 1,
        **more,
    }


def numbers(company: Company, *ids: int) -> list[str]:
    return [company.get("customer_file", one)["number"] for one in ids]


def test_suspects_are_found_by_number_and_by_name(
    company: Company, two: tuple[int, int]
) -> None:
    page = company.client("A01").get(SUSPECTS).text

    assert page.count(f"keep={two[0]}&amp;drop={two[1]}") == 2  # alike in both
    assert "KH00001" in page


def test_preview_tells_what_moves_by_register_and_number(
    company: Company, two: tuple[int, int]
) -> None:
    address = f"{MERGE}?keep={two[0]}&drop={two[1]}"

    page = company.client("A01").get(address).text

    assert re.search(r"来电登记 <span[^>]*>1</span>", page)
    assert "LD2026100001" in page
    assert "新地址" in page
    # What only the one that goes has is taken unless somebody says otherwise.
    assert re.search(r'name="of_short_name" value="drop" checked', page)
    assert re.search(r'name="of_address" value="keep" checked', page)


def test_merge_moves_all_and_keeps_the_way_from_the_old_number(
    company: Company, two: tuple[int, int]
) -> None:
    keep, drop = two
    client = company.client("A01")
    old = numbers(company, drop)[0]
    place = f"/register/customer_file/{drop}"
    client.post(f"{place}/comments", data={"text": "老客户"})
    client.post(f"{place}/files", data={"file": (BytesIO(b"%PDF-1.4 x"), "合同.pdf")})

    taken = {"of_short_name": "drop", "of_external_key": "drop", "of_name": "keep"}
    answer = client.post(MERGE, data=sent(keep, drop, **taken))

    assert answer.location.endswith(f"id={keep}")
    stays = company.get("customer_file", keep)
    assert (stays["short_name"], stays["external_key"]) == ("金锐", "U8-77")
    assert stays["name"] == CUSTOMER["name"]
    assert company.get("call_log", 1)["customer"] == keep
    assert company.get("machine_file", 1)["customer"] == keep
    page = client.get(f"/register/customer_file/details/?id={keep}").text
    assert "老客户" in page
    assert "合同.pdf" in page
    assert old in page  # in the history
    with pytest.raises(NotAllowedError):
        company.get("customer_file", drop)
    led = client.get(f"/register/customer_file/details/?id={drop}")
    assert led.location.endswith(f"id={keep}")
    assert client.get(f"/search/?q={old}").location.endswith(f"id={keep}")


def test_history_of_what_moved_says_why(company: Company, two: tuple[int, int]) -> None:
    company.client("A01").post(MERGE, data=sent(*two))

    with company.database.read() as session:
        query = select(ChangeEvent).where(
            ChangeEvent.register == "call_log", ChangeEvent.action == "changed"
        )
        [event] = session.scalars(query)
        assert event.origin == "merge"
        assert event.changes["customer"] == [two[1], two[0]]
        assert event.by_name == "林主管"


def test_merge_is_taken_back_as_far_as_nobody_changed_it(
    company: Company, two: tuple[int, int]
) -> None:
    keep, drop = two
    client = company.client("A01")
    client.post(f"/register/customer_file/{drop}/comments", data={"text": "老客户"})
    taken = {"of_short_name": "drop", "of_external_key": "drop"}
    client.post(MERGE, data=sent(keep, drop, **taken))
    new_call = company.create("call_log", CALL | {"customer": keep}, "A02")
    stays = company.get("customer_file", keep)
    with company.database.write() as session:
        entries.change(session, "customer_file", keep, {"short_name": "改了"}, writer())

    page = client.post(f"{MERGE}1/undo", follow_redirects=True).text

    assert "已撤销合并" in page
    assert "简称在合并后改过" in page
    back = company.get("customer_file", drop)
    assert (back["external_key"], back["short_name"]) == ("U8-77", "金锐")
    after = company.get("customer_file", keep)
    assert (after["external_key"], after["short_name"]) == (None, "改了")
    assert stays["external_key"] == "U8-77"
    assert company.get("call_log", 1)["customer"] == drop
    assert company.get("machine_file", 1)["customer"] == drop
    assert company.get("call_log", new_call)["customer"] == keep
    with company.database.read() as session:
        assert session.scalars(select(Comment.entry_id)).all() == [drop]
        assert merge_table.into(session, "customer_file", drop) is None
    again = client.post(f"{MERGE}1/undo", follow_redirects=True).text
    assert "已经撤销过了" in again


def test_entry_changed_meanwhile_is_compared_again(
    company: Company, two: tuple[int, int]
) -> None:
    with company.database.write() as session:
        entries.change(session, "customer_file", two[1], {"short_name": "新"}, writer())

    answer = company.client("A01").post(MERGE, data=sent(*two))

    assert answer.status_code == 409
    assert company.get("call_log", 1)["customer"] == two[1]
    assert company.get("customer_file", two[1])["short_name"] == "新"


@pytest.mark.parametrize("login", ["A02", "A03", "N01"])
def test_who_may_not_delete_does_not_merge(
    company: Company, two: tuple[int, int], login: str
) -> None:
    client = company.client(login)

    assert client.get(SUSPECTS).status_code == 403
    assert client.post(MERGE, data=sent(*two)).status_code == 403
    assert company.get("call_log", 1)["customer"] == two[1]


def test_register_that_does_not_merge_has_no_such_page(company: Company) -> None:
    assert company.client("admin").get("/register/call_log/merge/").status_code == 404


def test_masked_number_is_neither_shown_nor_taken(
    company: Company, two: tuple[int, int]
) -> None:
    keep, drop = two
    with company.database.write() as session:
        entries.change(
            session, "customer_file", drop, {"phone": "13999998888"}, writer()
        )
    client = company.client("admin")

    page = client.get(f"{MERGE}?keep={keep}&drop={drop}").text
    client.post(MERGE, data=sent(keep, drop, of_phone="drop") | {"drop_version": 2})

    assert "13999998888" not in page
    assert "脱敏，不能取用" in page
    assert company.get("customer_file", keep)["phone"] == CUSTOMER["phone"]


def test_what_one_may_not_list_moves_without_being_named(
    company: Company, two: tuple[int, int]
) -> None:
    keep, drop = two
    theirs = company.create("call_log", CALL | {"customer": drop}, "B01")
    client = company.client("A01")

    page = client.get(f"{MERGE}?keep={keep}&drop={drop}").text
    client.post(MERGE, data=sent(keep, drop))

    assert "LD2026100002" not in page
    assert company.get("call_log", theirs)["customer"] == keep


def test_merge_that_is_killed_half_way_changes_nothing(
    company: Company, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("models.merging._tell", broken)
    with pytest.raises(RuntimeError, match="killed"):
        company.client("A01").post(MERGE, data=sent(*two))

    assert company.get("call_log", 1)["customer"] == two[1]
    assert company.get("customer_file", two[1])["binned_at"] is None


def test_other_entry_is_chosen_by_its_number(
    company: Company, two: tuple[int, int]
) -> None:
    keep, drop = two
    client = company.client("A01")

    offered = client.get(f"{MERGE}?keep={keep}").text
    found = client.get(f"{MERGE}?keep={keep}&number={numbers(company, drop)[0]}")

    assert f"drop={drop}" in offered
    assert "逐项选择" in found.text
