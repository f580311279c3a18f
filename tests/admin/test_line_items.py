"""Parts in the form of their whole: one save for all, or nothing."""

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from models import catalogue
from models.access import Role, RoleGrant, Rows, marked
from models.history import ChangeEvent
from tests.company import DAILY, EVERY, Company

PLAN = {"month_on": "2026-10-01", "review": "pending"}
ITEM = "training_plan_item"
TRAINING = {
    "planned_at": "2026-10-20T09:00",
    "content": "切割头保养",
    "topics": "repair",
    "minutes": "45",
}
NEW = "/register/training_plan/new/"


def row(index: int, values: dict[str, Any], register: str = ITEM) -> dict[str, Any]:
    """Return a row as a form sends it."""
    return {f"{register}-{index}-{name}": value for name, value in values.items()}


def saved(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what tells a form which part a row is of."""
    return {"id": entry["id"], "version": entry["version"]}


def plan_of(company: Company) -> dict[str, Any]:
    """Return the values of a plan that is the client's department's."""
    with company.database.read() as session:
        table = catalogue.current().table("department")
        query = select(table.c.id).where(table.c.name == "客服部")
        return PLAN | {"department": str(session.scalar(marked(query, "department")))}


def parts(company: Company, register: str, **held: Any) -> list[dict[str, Any]]:
    """Return the parts outside the bin that hold these values, oldest first."""
    known = catalogue.current()
    declared, table = known[register], known.table(register)
    query = select(table).where(table.c.binned_at.is_(None)).order_by(table.c.id)
    for name, value in held.items():
        query = query.where(table.c[declared.field(name).column or name] == value)
    with company.database.read() as session:
        return [
            dict(one) for one in session.execute(marked(query, register)).mappings()
        ]


def newest(company: Company, register: str) -> int:
    table = catalogue.current().table(register)
    with company.database.read() as session:
        found = session.scalar(marked(select(func.max(table.c.id)), register))
    return int(found or 0)


@pytest.fixture
def plan(company: Company) -> tuple[int, list[dict[str, Any]]]:
    """A plan with two trainings, as the manager entered it."""
    sent = plan_of(company)
    for index, content in enumerate(("切割头保养", "焊接安全")):
        sent |= row(index, TRAINING | {"content": content})
    answer = company.client("A01").post(NEW, data=sent)
    assert answer.status_code == 302, answer.text
    entry = newest(company, "training_plan")
    return entry, parts(company, ITEM, plan=entry)


def edit(entry: int) -> str:
    return f"/register/training_plan/edit/?id={entry}"


def test_whole_and_parts_are_saved_at_once(
    plan: tuple[int, list[dict[str, Any]]],
) -> None:
    _, trainings = plan

    assert [one["content"] for one in trainings] == ["切割头保养", "焊接安全"]
    assert [one["minutes"] for one in trainings] == [45, 45]
    assert all(one["number"] for one in trainings)


def test_part_has_a_history_of_its_own(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    _, trainings = plan

    with company.database.read() as session:
        query = select(ChangeEvent).where(
            ChangeEvent.register == ITEM, ChangeEvent.entry_id == trainings[0]["id"]
        )
        (happened,) = session.scalars(query)

    assert (happened.action, happened.by_name) == ("created", "林主管")


def test_row_that_nobody_filled_in_is_no_part(company: Company) -> None:
    blank = {"planned_at": "", "content": "", "minutes": "30", "audience": "all"}
    sent = plan_of(company) | row(0, blank) | row(1, TRAINING)

    company.client("A01").post(NEW, data=sent)

    found = parts(company, ITEM, plan=newest(company, "training_plan"))
    assert [one["content"] for one in found] == ["切割头保养"]


def test_wrong_cell_is_told_there_and_nothing_is_saved(company: Company) -> None:
    before = newest(company, "training_plan")
    wrong = TRAINING | {"minutes": "很久", "content": "不该丢的内容"}
    sent = plan_of(company) | row(0, TRAINING) | row(3, wrong)

    answer = company.client("A01").post(NEW, data=sent)

    assert answer.status_code == 422
    assert f'id="{ITEM}-3-minutes-error1"' in answer.text
    assert f'href="#{ITEM}-3-minutes"' in answer.text
    assert 'value="不该丢的内容"' in answer.text
    assert 'value="很久"' in answer.text
    assert newest(company, "training_plan") == before


def test_mistakes_of_whole_and_parts_are_told_together(company: Company) -> None:
    sent = plan_of(company) | {"month_on": ""} | row(0, TRAINING | {"topics": ""})

    answer = company.client("A01").post(NEW, data=sent)

    assert answer.status_code == 422
    assert "计划月份必须填写" in answer.text
    assert f'id="{ITEM}-0-topics-error1"' in answer.text


def test_parts_are_changed_added_and_binned_by_one_save(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, second) = plan
    sent = {"goal": "熟练", "version": "1"}
    sent |= row(0, saved(first) | {"content": "改过的内容"})
    sent |= row(1, saved(second) | {"removed": "1"})
    sent |= row(2, TRAINING | {"content": "新加的一行"})

    answer = company.client("A01").post(edit(entry), data=sent)

    assert answer.status_code == 302
    found = parts(company, ITEM, plan=entry)
    assert [one["content"] for one in found] == ["改过的内容", "新加的一行"]
    assert [one["version"] for one in found] == [2, 1]
    table = catalogue.current().table(ITEM)
    with company.database.read() as session:
        query = select(table.c.binned_at).where(table.c.id == second["id"])
        assert session.scalar(marked(query, ITEM)) is not None


def test_untouched_part_keeps_its_version(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, _) = plan
    client = company.client("A01")
    form = client.get(edit(entry)).text
    assert f'name="{ITEM}-0-id" value="{first["id"]}"' in form

    sent = {"version": "1", "goal": "只改主表"} | row(
        0, saved(first) | TRAINING | {"audience": "all", "trainer": ""}
    )
    answer = client.post(edit(entry), data=sent)

    assert answer.status_code == 302
    assert [one["version"] for one in parts(company, ITEM, plan=entry)] == [1, 1]


def test_part_changed_meanwhile_is_shown_beside_what_was_typed(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, _) = plan
    client = company.client("A01")
    theirs = row(0, saved(first) | {"content": "别人改的"})
    client.post(edit(entry), data={"version": "1"} | theirs)
    mine = {"version": "1"} | row(0, saved(first) | {"content": "我改的"})

    refused = client.post(edit(entry), data=mine)

    assert refused.status_code == 422
    assert "别人改的" in refused.text
    assert 'value="我改的"' in refused.text
    assert f'name="{ITEM}-0-version" value="2"' in refused.text
    choice = f"keep_{ITEM}-0-content"
    assert f'name="{choice}"' in refused.text
    mine[f"{ITEM}-0-version"] = "2"
    client.post(edit(entry), data=mine | {choice: "theirs"})
    assert parts(company, ITEM, plan=entry)[0]["content"] == "别人改的"
    client.post(edit(entry), data=mine | {choice: "mine"})
    assert parts(company, ITEM, plan=entry)[0]["content"] == "我改的"


def test_removing_what_somebody_changed_is_asked_again(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, _) = plan
    client = company.client("A01")
    theirs = row(0, saved(first) | {"content": "别人改的"})
    client.post(edit(entry), data={"version": "1"} | theirs)
    mine = {"version": "1"} | row(0, saved(first) | {"removed": "1"})

    refused = client.post(edit(entry), data=mine)

    assert refused.status_code == 422
    assert f'name="keep_{ITEM}-0-removed"' in refused.text
    assert len(parts(company, ITEM, plan=entry)) == 2


def test_part_deleted_meanwhile_can_be_entered_anew(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, _) = plan
    client = company.client("A01")
    client.post(f"/register/{ITEM}/delete/?id={first['id']}")
    mine = {"version": "1"} | row(0, saved(first) | TRAINING | {"content": "还在"})

    refused = client.post(edit(entry), data=mine)

    assert refused.status_code == 422
    assert "已被别人删除" in refused.text
    assert 'value="还在"' in refused.text
    assert f'name="{ITEM}-0-id"' not in refused.text


def test_part_of_another_whole_is_not_changed_or_removed(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    _, (first, second) = plan
    client = company.client("A01")
    client.post(NEW, data=plan_of(company) | {"month_on": "2026-11-01"})
    other = newest(company, "training_plan")
    sent = {"version": "1"} | row(0, saved(first) | {"content": "偷改"})
    sent |= row(1, saved(second) | {"removed": "1"})

    answer = client.post(edit(other), data=sent)

    assert answer.status_code == 422
    assert answer.text.count("已被别人删除") >= 2
    found = parts(company, ITEM)
    assert [one["content"] for one in found] == ["切割头保养", "焊接安全"]


def test_part_cannot_be_moved_to_another_whole(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, _) = plan
    client = company.client("A01")
    client.post(NEW, data=plan_of(company) | {"month_on": "2026-11-01"})
    other = str(newest(company, "training_plan"))
    sent = {"version": "1"}
    sent |= row(0, saved(first) | {"plan": other})
    sent |= row(1, TRAINING | {"plan": other})

    client.post(edit(entry), data=sent)

    assert parts(company, ITEM, plan=int(other)) == []
    assert len(parts(company, ITEM, plan=entry)) == 3


def grant(company: Company, role: str, register: str, actions: str, rows: Rows) -> None:
    with company.database.write() as session:
        found = session.scalars(select(Role).where(Role.code == role)).one()
        found.grants.append(
            RoleGrant(
                register=register,
                actions=actions,
                rows=rows,
                unmasked=False,
                secrets="",
            )
        )


def test_parts_that_may_not_be_listed_are_no_rows_of_the_form(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, _) = plan
    grant(company, "clerk", "training_plan", DAILY, Rows.DEPARTMENT)
    client = company.client("A02")

    form = client.get(edit(entry))
    sent = {"version": "1", "goal": "改"} | row(0, saved(first) | {"content": "偷改"})
    answer = client.post(edit(entry), data=sent | row(1, TRAINING))

    assert form.status_code == 200
    assert "切割头保养" not in form.text
    assert f'data-line-items="{ITEM}"' not in form.text
    assert answer.status_code == 302
    found = parts(company, ITEM, plan=entry)
    assert [one["content"] for one in found] == ["切割头保养", "焊接安全"]


def test_rights_of_the_parts_register_are_asked(
    company: Company, plan: tuple[int, list[dict[str, Any]]]
) -> None:
    entry, (first, second) = plan
    grant(company, "clerk", "training_plan", DAILY, Rows.DEPARTMENT)
    grant(company, "clerk", ITEM, "list read", Rows.DEPARTMENT)
    client = company.client("A02")
    start = {"version": "1"}

    form = client.get(edit(entry)).text
    changed = client.post(
        edit(entry), data=start | row(0, saved(first) | {"content": "偷改"})
    )
    removed = client.post(
        edit(entry), data=start | row(0, saved(second) | {"removed": "1"})
    )
    added = client.post(edit(entry), data=start | row(0, TRAINING))

    assert "切割头保养" in form
    assert f'name="{ITEM}-0-content"' not in form
    assert "data-line-add" not in form
    assert (changed.status_code, removed.status_code) == (302, 422)
    assert added.status_code == 422
    found = parts(company, ITEM, plan=entry)
    assert [one["content"] for one in found] == ["切割头保养", "焊接安全"]


def test_form_without_a_token_saves_no_part(guarded: Company) -> None:
    answer = guarded.client("A01").post(NEW, data=plan_of(guarded) | row(0, TRAINING))

    assert answer.status_code in (303, 400)
    assert parts(guarded, ITEM) == []


def test_masked_cell_is_neither_shown_nor_lost(company: Company) -> None:
    customer = customer_of(company)
    contact = {"customer": customer, "name": "周会计", "phone": "13911112222"}
    company.create("customer_contact", contact, "A01")
    grant(company, "clerk", "customer_contact", DAILY, Rows.ALL)
    client = company.client("A02")
    address = f"/register/customer_file/edit/?id={customer}"
    (before,) = parts(company, "customer_contact")

    form = client.get(address).text
    sent = {"version": "1"} | row(
        0,
        saved(before) | {"name": "周会计师", "phone": "139****2222"},
        "customer_contact",
    )
    answer = client.post(address, data=sent)

    assert "13911112222" not in form
    assert ' name="customer_contact-0-phone"' not in form
    assert "139****2222" in form
    assert answer.status_code == 302
    (after,) = parts(company, "customer_contact")
    assert (after["name"], after["phone"]) == ("周会计师", "13911112222")


def test_reference_of_a_row_is_chosen_from_what_may_be_listed(
    company: Company,
) -> None:
    grant(company, "nobody", "training_plan", EVERY, Rows.ALL)
    grant(company, "nobody", ITEM, EVERY, Rows.ALL)
    client = company.client("N01")
    sent = plan_of(company) | {"department": ""}

    answer = client.post(NEW, data=sent | row(0, TRAINING | {"trainer": "1"}))

    assert answer.status_code == 422
    assert "没有这条记录" in answer.text
    assert "林主管" not in re.sub(
        r"<header.*?</header>", "", answer.text, flags=re.DOTALL
    )


def customer_of(company: Company) -> int:
    values = {"name": "吴江精工", "address": "吴江", "account_manager": 1}
    return company.create("customer_file", values)


def order_of(company: Company) -> tuple[int, int, int]:
    """Return an order, a part of which there are ten, and where they lie."""
    item = company.create(
        "inventory", {"item_code": "JP-1", "name": "镜片", "price": Decimal(1)}
    )
    place = company.create("stock_place", {"name": "总库", "kind": "main"})
    received = {"kind": "receive", "item": item, "quantity": 10, "to_place": place}
    company.create("stock_movement", received)
    order = {"order_type": "support", "symptom": "不出光"}
    customer = customer_of(company)
    return company.create("service_order", order | {"customer": customer}), item, place


def test_stock_moves_and_amounts_are_worked_out_as_by_the_parts_own_form(
    company: Company,
) -> None:
    order, item, place = order_of(company)
    used = {"item": str(item), "place": str(place), "quantity": "3", "warranty": "out"}
    address = f"/register/service_order/edit/?id={order}"
    client = company.client("admin")

    answer = client.post(address, data={"version": "1"} | row(0, used, "service_part"))
    too_many = client.post(
        address,
        data={"version": "1"} | row(0, used | {"quantity": "8"}, "service_part"),
    )

    assert answer.status_code == 302
    (part,) = parts(company, "service_part")
    assert part["amount_fen"] == Decimal(3)
    assert too_many.status_code == 422
    assert "会变成 -1" in too_many.text
    (level,) = parts(company, "stock_level")
    assert level["quantity_e2"] == 7


def test_list_of_too_many_rows_is_cut_and_told(company: Company) -> None:
    sent = plan_of(company)
    for index in range(501):
        sent |= row(index, {"content": "x"})

    answer = company.client("A01").post(NEW, data=sent)

    assert answer.status_code == 422
    assert "最多 500 行" in answer.text
