"""The real templates behind the start page: loaded, marked and removed by the web."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import catalogue
from models.access import Action, Role, RoleGrant, Rows, marked
from models.accounts import Account, new_uniquifier
from models.database import Database
from models.prepare import prepare
from models.samples import SampleRow
from tests.company import EVERY, QUICK_HASH, Company, open_company
from tests.databases import Builder


def build_empty_house(url: str) -> None:
    """Prepare a database in which there is nobody but an admin."""
    database = Database(url)
    prepare(database, catalogue.current())
    grants = [
        RoleGrant(register="*", actions=EVERY, rows=Rows.ALL),
        RoleGrant(register="setup.run", actions=Action.CREATE.value, rows=Rows.ALL),
    ]
    role = Role(code="first", name_zh="管理员", name_en="Admin", grants=grants)
    account = Account(
        login="admin",
        name="管理员",
        password=QUICK_HASH,
        fs_uniquifier=new_uniquifier(),
        must_set_password=False,
        roles=[role],
    )
    with database.write() as session:
        session.add(account)
    database.dispose()


def count(company: Company, register: str) -> int:
    query = select(func.count()).select_from(catalogue.current().table(register))
    with company.database.read() as session:
        return session.scalar(marked(query, register)) or 0


def first_sample(company: Company, register: str) -> int | None:
    query = select(func.min(SampleRow.entry_id)).where(SampleRow.register == register)
    with company.database.read() as session:
        return session.scalar(query)


# The sample itself is tried on both databases where it is made; this is about the way.
@pytest.mark.databases("sqlite")
def test_sample_loads_with_one_click_is_marked_and_goes_with_another(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> None:
    url = prepared_database("empty_house", build_empty_house)
    house = open_company(url, tmp_path)
    client = house.client("admin")

    loaded = client.post("/start/sample", data={"template": "after_sales"})
    calls, entry = count(house, "call_log"), first_sample(house, "call_log")
    page = client.get(f"/register/call_log/details/?id={entry}").text
    desk = client.get("/").text
    client.post("/start/remove-sample")
    left = count(house, "call_log")
    house.close()

    assert loaded.location == "/"
    assert calls == 1190
    assert '<span class="tag">样例</span>' in page
    assert "苏州恒越机电" in desk
    assert left == 0
