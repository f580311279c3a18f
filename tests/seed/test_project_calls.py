"""S1-14-25, S1-14-26: each project is called each month or quarter, by its age."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import select

from models import catalogue, duty_changes, duty_lists, stored
from models.database import Database
from models.duties import Duty
from models.duty_standing import Standing
from models.rules.periods import parse_period
from tests.databases import Builder
from tests.duty_desk import said
from tests.seed.test_call_centre import AGENT, BUILD, LEADER
from tests.seed.trade_house import ZONE, House

AFTER = datetime(2027, 1, 4, 9, tzinfo=ZONE)
YOUNG, OLD = date(2026, 3, 2), date(2025, 3, 2)


@pytest.fixture
def house(prepared_database: Callable[[str, Builder], str]) -> Iterator[House]:
    """The call centre, which takes these two duties up from October on."""
    database = Database(prepared_database("call_centre", BUILD))
    stored.know(database)
    found = House(database)
    for code in ("project_call_monthly", "project_call_quarterly"):
        with database.write() as session:
            one = session.scalars(select(Duty).filter_by(code=code)).one()
            on = date(2026, 10, 1)
            duty_changes.switch(session, one.id, on, found.writer(None))
    yield found
    database.dispose()
    catalogue.use()


def project(house: House, customer: int, delivered: date) -> int:
    values = {
        "name": f"{delivered} 交付的项目",
        "customer": customer,
        "kind": "project",
        "stage": "delivered",
        "opened_on": date(2025, 1, 5),
        "delivered_on": delivered,
        "manager": house.staff(AGENT),
    }
    return house.create("customer_project", values)


def call(house: House, customer: int, about: int, when: datetime) -> None:
    values = {
        "kind": "project",
        "customer": customer,
        "project": about,
        "called_at": when,
        "caller": house.staff(LEADER),  # whoever calls, the holder owes it
        "outcome": "connected",
    }
    house.create("callback_log", values, when=when)


def standing(house: House, code: str, period: str) -> Standing:
    with house.database.read() as session:
        span = parse_period(period)
        found = duty_lists.over(session, span, AFTER, ZONE, codes=[code])
    (one,) = found[code]
    return one


def test_each_project_is_called_by_its_age(house: House) -> None:
    holder = {"account_manager": house.staff(AGENT)}
    values = {"name": "宁波建材", "address": "宁波", **holder}
    customer = house.create("customer_file", values)
    young, other = (project(house, customer, YOUNG) for _ in range(2))
    old = project(house, customer, OLD)
    call(house, customer, young, datetime(2026, 11, 10, 10, tzinfo=ZONE))
    call(house, customer, old, datetime(2026, 12, 21, 10, tzinfo=ZONE))

    november = standing(house, "project_call_monthly", "2026-11")
    quarter = standing(house, "project_call_quarterly", "2026-Q4")

    assert november.owner.id == house.staff(AGENT)
    assert said(november) == [1, 2, "missed"]
    assert november.taken.lacking == (other,)
    assert said(quarter) == [1, 1, "met"]
