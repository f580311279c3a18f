"""Checklists with points: their items become rows, what is kept is added up."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from models import catalogue
from models.access import Action, Rows, marked
from tests.admin.test_line_items import grant, parts, row, saved
from tests.company import Company

LINE = "inspection_line"
NEW = "/register/inspection/new/"
INSPECTION = {"kind": "spot", "subject": "九月回访", "verdict": "minor"}
ITEMS = (("回访记录", "40"), ("上门着装", "30"), ("工具整齐", "30"))


@pytest.fixture
def sheet(company: Company) -> int:
    """A checklist with three items, entered by its form."""
    sent = {"name": "服务质量检查表", "in_use": "y"}
    for index, (item, points) in enumerate(ITEMS):
        values = {"item": item, "points": points, "clause": "S0-04-40"}
        sent |= row(index, values, "check_sheet_item")
    answer = company.client("A01").post("/register/check_sheet/new/", data=sent)
    assert answer.status_code == 302, answer.text
    return newest(company, "check_sheet")


def newest(company: Company, register: str) -> int:
    table = catalogue.current().table(register)
    with company.database.read() as session:
        found = session.scalar(marked(select(func.max(table.c.id)), register))
    return int(found or 0)


def inspected(company: Company, sheet: int, **deducted: str) -> dict[str, Any]:
    """Return an inspection by a checklist, as its form sends it."""
    sent: dict[str, Any] = INSPECTION | {
        "check_sheet": str(sheet),
        f"{LINE}-scripted": "1",
    }
    for index, item in enumerate(parts(company, "check_sheet_item")):
        taken = deducted.get(f"row{index}", "")
        values = {"filled": "1", "check": item["id"], "deducted": taken}
        sent |= row(index, values, LINE)
    return sent


def test_places_follow_the_order_in_which_rows_stand(
    company: Company, sheet: int
) -> None:
    client = company.client("A01")
    first, second, third = parts(company, "check_sheet_item")
    assert [one["place"] for one in (first, second, third)] == [1, 2, 3]
    sent = {"version": "1"}
    for index, item in ((2, third), (0, first), (1, second)):
        sent |= row(index, saved(item), "check_sheet_item")

    client.post(f"/register/check_sheet/edit/?id={sheet}", data=sent)

    moved = parts(company, "check_sheet_item")
    assert [one["place"] for one in moved] == [2, 3, 1]
    form = client.get(f"/register/check_sheet/edit/?id={sheet}").text
    assert form.index("工具整齐") < form.index("回访记录") < form.index("上门着装")


def test_points_of_the_items_are_those_of_the_checklist(
    company: Company, sheet: int
) -> None:
    assert company.get("check_sheet", sheet)["points"] == Decimal(100)


def test_chosen_checklist_offers_a_row_an_item_with_its_points(
    company: Company, sheet: int
) -> None:
    address = f"/register/inspection/lines/?part={LINE}&of={sheet}&from=4"

    rows = company.client("A01").get(address).text

    assert rows.count("data-filled") == 3
    assert 'data-line="4"' in rows
    assert rows.index("回访记录") < rows.index("上门着装") < rows.index("工具整齐")
    assert "40" in rows
    assert "S0-04-40" in rows


def test_deductions_make_the_points_of_the_inspection(
    company: Company, sheet: int
) -> None:
    client = company.client("A01")

    answer = client.post(NEW, data=inspected(company, sheet, row0="12.5", row2="3"))

    assert answer.status_code == 302, answer.text
    entry = company.get("inspection", newest(company, "inspection"))
    assert (entry["full_points"], entry["points"]) == (Decimal(100), Decimal("84.5"))
    lines = parts(company, LINE)
    assert [one["item"] for one in lines] == ["回访记录", "上门着装", "工具整齐"]
    assert [one["points_e1"] for one in lines] == [Decimal("27.5"), 30, 27]
    sent = {"version": "1"} | row(0, saved(lines[0]) | {"deducted": "0"}, LINE)
    client.post(f"/register/inspection/edit/?id={entry['id']}", data=sent)
    client.post(f"/register/{LINE}/delete/?id={lines[2]['id']}")
    after = company.get("inspection", entry["id"])
    assert (after["full_points"], after["points"]) == (Decimal(70), Decimal(70))


def test_page_without_scripts_gets_every_item_with_full_points(
    company: Company, sheet: int
) -> None:
    sent = INSPECTION | {"check_sheet": str(sheet)}

    answer = company.client("A01").post(NEW, data=sent)

    assert answer.status_code == 302, answer.text
    entry = company.get("inspection", newest(company, "inspection"))
    assert (entry["full_points"], entry["points"]) == (Decimal(100), Decimal(100))


def test_more_than_the_points_of_an_item_is_refused_at_its_cell(
    company: Company, sheet: int
) -> None:
    sent = inspected(company, sheet, row1="31")

    answer = company.client("A01").post(NEW, data=sent)

    assert answer.status_code == 422
    assert f'id="{LINE}-1-deducted-error1"' in answer.text
    assert "扣分不能超过满分" in answer.text
    assert "上门着装" in answer.text  # the row still says what was looked at
    assert answer.text.count("data-filled") == 3


def test_one_item_is_not_inspected_twice(company: Company, sheet: int) -> None:
    first, *_ = parts(company, "check_sheet_item")
    sent = inspected(company, sheet) | row(7, {"check": first["id"]}, LINE)

    answer = company.client("A01").post(NEW, data=sent)

    assert answer.status_code == 422
    assert "已经登记过" in answer.text
    assert parts(company, LINE) == []


def test_points_are_not_taken_from_what_a_form_sends(
    company: Company, sheet: int
) -> None:
    sent = inspected(company, sheet) | {
        f"{LINE}-0-full": "900",
        f"{LINE}-0-points": "900",
        f"{LINE}-0-item": "别的",
    }

    company.client("A01").post(NEW, data=sent)

    entry = company.get("inspection", newest(company, "inspection"))
    assert entry["full_points"] == Decimal(100)
    assert parts(company, LINE)[0]["item"] == "回访记录"


def test_items_that_may_not_be_listed_are_not_offered(
    company: Company, sheet: int
) -> None:
    grant(company, "nobody", "inspection", "list read create", Rows.ALL)
    grant(company, "nobody", LINE, "list read create", Rows.ALL)
    client = company.client("N01")
    assert not company.person("N01").may("check_sheet_item", Action.LIST)

    offered = client.get(f"/register/inspection/lines/?part={LINE}&of={sheet}")
    refused = client.post(NEW, data=inspected(company, sheet))

    assert "回访记录" not in offered.text
    assert refused.status_code == 422
    assert "回访记录" not in refused.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"part={LINE}&of=abc", 200),
        (f"part={LINE}&of={'9' * 30}", 200),
        (f"part={LINE}&of=1&from=-3", 200),
        (f"part={LINE}&of=1&from=99999999999", 200),
        ("part=staff&of=1", 404),
        ("of=1", 404),
    ],
)
def test_odd_questions_for_rows_are_answered(
    company: Company, address: str, status: int
) -> None:
    answer = company.client("A01").get(f"/register/inspection/lines/?{address}")

    assert answer.status_code == status
