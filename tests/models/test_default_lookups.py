"""A number finds only the customers whom the person who types it may list."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import entries
from models.access import SYSTEM, Role, RoleGrant, Rows
from models.accounts import raise_stamps
from tests.company import Company, build_company, open_company, writer
from tests.databases import Builder

PHONE = "13911112222"
CALL = {"phone": PHONE, "category": "repair", "content": "x", "result": "pending"}


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    """The company, where clerks may list the customers of their department only."""
    opened = open_company(prepared_database("company", build_company), tmp_path)
    with opened.database.write() as session:
        clerk = session.scalars(select(Role).filter_by(code="clerk")).one()
        clerk.grants = [
            one for one in clerk.grants if one.register != "customer_file"
        ] + [
            RoleGrant(register=one, actions="list read", rows=Rows.DEPARTMENT)
            for one in ("customer_file", "customer_contact")
        ]
        raise_stamps(session)
    yield opened
    opened.close()


def customer(company: Company, login: str, **values: Any) -> int:
    """Make a customer of somebody's department."""
    given = {
        "name": f"{login}的客户",
        "address": "苏州",
        "account_manager": company.person(login).staff_id,
        "contact_name": "陈先生",
        "department": company.person(login).department_id,
    }
    return company.create("customer_file", given | values)


def call(company: Company, login: str) -> dict[str, Any]:
    """Return a call that somebody entered with the number."""
    return company.get("call_log", company.create("call_log", CALL, login))


@pytest.mark.parametrize(("login", "found"), [("A02", True), ("B01", False)])
def test_number_finds_the_customer_of_ones_own_department_only(
    company: Company, login: str, *, found: bool
) -> None:
    mine = customer(company, "A02", phone=PHONE)

    entered = call(company, login)

    assert entered["customer"] == (mine if found else None)
    assert entered["contact_name"] == ("陈先生" if found else None)


def test_number_of_two_customers_finds_the_one_that_may_be_listed(
    company: Company,
) -> None:
    customer(company, "A02", phone=PHONE)
    mine = customer(company, "B01", phone=PHONE)

    assert call(company, "B01")["customer"] == mine
    assert company.get("call_log", company.create("call_log", CALL))["customer"] is None


@pytest.mark.parametrize(("login", "found"), [("A02", True), ("B01", False)])
def test_contact_of_a_customer_who_may_not_be_listed_does_not_name_them(
    company: Company, login: str, *, found: bool
) -> None:
    mine = customer(company, "A02")
    contact = {"customer": mine, "name": "李女士", "phone": PHONE}
    place = {"department": company.person(login).department_id}
    company.create("customer_contact", contact | place)

    entered = call(company, login)

    assert entered["customer"] == (mine if found else None)
    assert entered["contact_name"] == "李女士"  # the contact itself may be listed


def test_rows_of_an_import_find_no_more_than_their_importer_may_list(
    company: Company,
) -> None:
    mine = customer(company, "A02", phone=PHONE)
    found = {}
    for login in ("A02", "B01"):
        by = writer(company.person(login), origin="import")
        with company.database.write() as session:
            ids = entries.create_many(session, "call_log", [CALL, CALL], by)
            rows = [entries.get(session, SYSTEM, "call_log", one) for one in ids]
        found[login] = [row["customer"] for row in rows]

    assert found == {"A02": [mine, mine], "B01": [None, None]}
