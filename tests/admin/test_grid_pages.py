"""月表: a month of people by days, filled in by cell, by stretch and by week."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin import visit
from models import access, catalogue, declaring, entries
from models.access import SYSTEM, Role, RoleGrant, Rows
from models.database import Database
from models.stored import PANEL, Stored
from tests.admin.import_desk import import_file
from tests.company import NOON, Company, open_company, upon_company
from tests.databases import Builder

SHIFT: dict[str, Any] = {
    "code": "x_shift",
    "title": "班次 | Shifts",
    "menu": "setup",
    "display": ["name"],
    "fields": [
        {"name": "name", "title": "班次 | Shift", "required": True},
        {"name": "short", "title": "简称 | Short"},
        {"name": "hours", "title": "小时 | Hours", "type": "decimal", "places": 1},
    ],
}
NOT_RESTING = {"rest": ["no"]}
ROSTER: dict[str, Any] = {
    "code": "x_roster",
    "title": "排班 | Roster",
    "numbering": "{year}{serial:04}",
    "menu": "team",
    "unique_together": [["day", "person"]],
    "fields": [
        {
            "name": "person",
            "title": "员工 | Person",
            "type": "person",
            "required": True,
            "owner": True,
        },
        {"name": "day", "title": "日期 | Day", "type": "date", "required": True},
        {"name": "rest", "title": "休息 | Rest", "type": "yes_no", "default": False},
        {
            "name": "shift",
            "title": "班次 | Shift",
            "type": "entry",
            "register": "x_shift",
            "only_if": NOT_RESTING,
            "required": True,
        },
        {
            "name": "hours",
            "title": "工时 | Hours",
            "type": "decimal",
            "places": 1,
            "default": {"from": "shift.hours"},
            "only_if": NOT_RESTING,
        },
    ],
    "grid": {
        "rows": "person",
        "columns": "day",
        "cell": "shift",
        "rest": "rest",
        "short": "short",
        "sums": ["hours"],
    },
    "limits": [
        {
            "name": "days_in_a_row",
            "of": "person",
            "by": "day",
            "in_a_row": True,
            "when": "not rest",
            "most": 3,
            "warns": True,
            "message": "连续上班超过三天。 | More than three days in a row.",
        },
        {
            "name": "hours",
            "of": "person",
            "by": "day",
            "sum": "hours",
            "most": 60,
            "message": "一个月最多 60 小时。 | At most 60 hours a month.",
        },
    ],
}
PAGE = "/grid/x_roster/"


def _with_both(there: Stored) -> Stored:
    return there.with_register(SHIFT, PANEL).with_register(ROSTER, PANEL)


@upon_company
def build(url: str) -> None:
    """Give the company a roster."""
    database = Database(url)
    declaring.apply(database, _with_both)
    database.dispose()


@pytest.fixture
def house(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("roster_grid", build), tmp_path)
    with patch.object(visit, "now", lambda: NOON):
        yield opened
    opened.close()


@pytest.fixture
def early(house: Company) -> int:
    values = {"name": "早班", "short": "早", "hours": Decimal("7.5")}
    return house.create("x_shift", values, "A01")


def staff(house: Company, login: str) -> int:
    found = house.person(login).staff_id
    assert found is not None
    return found


def days(house: Company) -> dict[tuple[int, date], dict[str, Any]]:
    with house.database.read() as session:
        declared = catalogue.current()["x_roster"]
        rows = entries.load(session, declared, access.visible(SYSTEM, "x_roster"))
    return {(row["person"], row["day"]): row for row in rows}


def post(client: FlaskClient, **form: Any) -> Any:
    given = {"month": "2026-10", "last": form.get("first", "")} | form
    return client.post(PAGE, data=given, headers={"Accept": "application/json"})


def test_month_shows_people_days_and_what_is_free(house: Company, early: int) -> None:
    client = house.client("A01")
    person = staff(house, "A02")
    post(client, person=person, first="2026-10-12", value=str(early), version=0)

    page = client.get(f"{PAGE}?month=2026-10")

    assert page.status_code == 200
    assert "王敏" in page.text
    assert "赵倩" not in page.text  # of another department
    assert page.text.count('scope="row"') == 4
    assert page.text.count("grid-day holiday") == 7  # the national holiday
    assert '">早</td>' in page.text
    assert "月表" in client.get("/register/x_roster/").text


def test_cell_is_set_changed_and_cleared_with_history(
    house: Company, early: int
) -> None:
    client, person = house.client("A01"), staff(house, "A02")
    key = (person, date(2026, 10, 12))

    made = post(client, person=person, first="2026-10-12", value=str(early), version=0)
    kept = days(house)[key]
    rested = post(client, person=person, first="2026-10-12", value="rest", version=1)
    then = days(house)[key]
    cleared = post(client, person=person, first="2026-10-12", value="empty", version=2)

    assert made.get_json()["row"]["cells"][11] == ["早", "g0", str(early), 1]
    assert made.get_json()["row"]["sums"] == ["7.5", "0"]
    assert (kept["hours"], kept["created_by"]) == (Decimal("7.5"), staff(house, "A01"))
    assert rested.get_json()["row"]["sums"] == ["0", "1"]
    assert (then["rest"], then["shift"], then["hours"]) == (True, None, None)
    assert cleared.get_json()["row"]["cells"][11] == ["", "", "", 0]
    assert days(house) == {}


def test_stale_cell_is_not_overwritten(house: Company, early: int) -> None:
    client, person = house.client("A01"), staff(house, "A02")
    post(client, person=person, first="2026-10-12", value=str(early), version=0)

    again = post(client, person=person, first="2026-10-12", value="rest", version=0)

    assert again.status_code == 409
    assert again.get_json()["row"]["cells"][11][0] == "早"
    assert "别人改过" in again.get_json()["message"]


def test_stretch_marks_the_row_and_a_limit_refuses(house: Company, early: int) -> None:
    client, person = house.client("A01"), staff(house, "A02")
    stretch = {"person": person, "first": "2026-10-12", "last": "2026-10-15"}

    marked = post(client, value=str(early), **stretch).get_json()["row"]
    refused = post(client, value=str(early), **(stretch | {"last": "2026-10-20"}))

    assert [one["text"] for one in marked["over"]] == ["连续上班超过三天。"]
    assert "2026-10-12–2026-10-15 已达 4，最多 3" in marked["over"][0]["title"]
    assert refused.status_code == 422
    assert "王敏：一个月最多 60 小时。" in refused.get_json()["message"]
    assert len(days(house)) == 4


def test_last_week_is_copied_to_what_is_empty(house: Company, early: int) -> None:
    client, person = house.client("A01"), staff(house, "A02")
    for first, value in (("2026-10-05", str(early)), ("2026-10-06", "rest")):
        post(client, person=person, first=first, value=value)
    post(client, person=person, first="2026-10-13", value=str(early))

    form = {"month": "2026-10", "action": "week", "week": "2026-10-12"}
    page = client.post(PAGE, data=form, follow_redirects=True)

    there = days(house)
    assert "填入 1 格" in page.text
    assert there[person, date(2026, 10, 12)]["shift"] == early
    assert there[person, date(2026, 10, 13)]["rest"] is False


def test_who_may_not_change_only_reads(house: Company, early: int) -> None:
    cell = {"person": staff(house, "A03"), "first": "2026-10-12", "value": str(early)}
    post(house.client("A01"), **cell)
    with house.database.write() as session:
        role = session.scalars(select(Role).filter_by(code="clerk")).one()
        seen = RoleGrant(register="x_roster", actions="list read", rows=Rows.DEPARTMENT)
        role.grants.append(seen)
    clerk = house.client("A02")

    page = clerk.get(f"{PAGE}?month=2026-10").text

    assert ">早</td>" in page  # though the shifts themselves are not to be listed
    assert "data-grid" not in page
    assert "复制上周" not in page
    assert post(clerk, **(cell | {"value": "rest"})).status_code == 403


def test_month_is_of_those_who_may_list_it(house: Company) -> None:
    assert house.client("A02").get(PAGE).status_code == 403
    assert post(house.client("A02"), first="2026-10-12").status_code == 403
    assert house.client("A01").get("/grid/call_log/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"value": "99"},
        {"first": "never"},
        {"first": "2026-11-02"},
        {"person": "99999999999999999999"},
        {"action": "week", "week": "x"},
    ],
)
def test_odd_form_is_answered_with_a_sentence(
    house: Company, early: int, form: dict[str, str]
) -> None:
    given = {"person": staff(house, "A02"), "first": "2026-10-12", "value": str(early)}

    answer = post(house.client("A01"), **(given | form))

    assert answer.status_code == 422
    assert answer.get_json()["message"]
    assert days(house) == {}


def test_form_refuses_over_a_limit_and_tells_what_only_warns(
    house: Company, early: int
) -> None:
    client, person = house.client("A01"), staff(house, "A02")
    week = {"person": person, "first": "2026-10-12", "last": "2026-10-14"}
    post(client, value=str(early), **week)
    form = {"person": str(person), "day": "2026-10-15", "shift": str(early)}

    refused = client.post("/register/x_roster/new/", data=form | {"hours": "40"})
    saved = client.post(
        "/register/x_roster/new/", data=form | {"hours": "4"}, follow_redirects=True
    )

    assert refused.status_code == 422
    assert "王敏：一个月最多 60 小时。（2026年10月 已达 62.5，最多 60）" in refused.text
    assert "连续上班超过三天。（2026-10-12–2026-10-15 已达 4，最多 3）" in saved.text


@pytest.mark.usefixtures("early")
def test_rehearsal_refuses_the_rows_that_are_too_much(house: Company) -> None:
    # The third is too much, the fourth fits without it.
    given = ((12, 24), (13, 24), (14, 24), (15, 12))
    lines = [f"A02,2026-10-{day},否,早班,{hours}" for day, hours in given]
    file = "\n".join(["员工,日期,休息,班次,工时", *lines]).encode()
    names = {
        "person": "员工",
        "day": "日期",
        "rest": "休息",
        "shift": "班次",
        "hours": "工时",
    }

    found = import_file(house, "x_roster", file, {"fields": names})

    assert found.counts["imported"] == 3
    assert [row for row, _, _ in found.refused] == [4]
    assert "一个月最多 60 小时。" in found.refused[0][2]
