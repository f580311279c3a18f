"""Who is paid by which scheme: the nearest counts, and on the days it holds."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from models import entries, pay_people
from models.database import Database
from models.pay_tables import PayScheme
from models.rules.periods import parse_period
from tests.company import build_company, writer
from tests.databases import Builder

OCTOBER = parse_period("2026-10")


@pytest.fixture
def database(prepared_database: Callable[[str, Builder], str]) -> Iterator[Database]:
    opened = Database(prepared_database("company", build_company))
    yield opened
    opened.dispose()


def scheme(code: str, version: int = 1, **said: Any) -> PayScheme:
    usual: dict[str, Any] = {
        "name_zh": code,
        "name_en": code,
        "starts_on": date(2026, 1, 1),
        "posts": [],
        "rules": [],
    }
    return PayScheme(code=code, version=version, **usual | said)


def paid(database: Database, *schemes: PayScheme, scope: int = 0) -> dict[str, str]:
    """Return by which schemes everybody is paid, one for each stretch."""
    with database.read() as session:
        found = pay_people.payees(session, OCTOBER, scope, schemes)
    return {
        one.staff["staff_number"]: " ".join(
            f"{each.scheme.code}{each.scheme.version}" for each in one.stretches
        )
        for one in found
    }


def staff(database: Database, number: str) -> dict[str, Any]:
    with database.read() as session:
        found = pay_people.payees(session, OCTOBER, 0, [scheme("any")])
    return next(one.staff for one in found if one.staff["staff_number"] == number)


def change(database: Database, number: str, **values: Any) -> None:
    key = staff(database, number)["id"]
    with database.write() as session:
        entries.change(session, "staff", key, values, writer())


def test_who_is_named_comes_before_grade_post_department_and_all(
    database: Database,
) -> None:
    change(database, "A02", grade="A")
    change(database, "A03", grade="A")
    one = staff(database, "A02")
    some = [
        scheme("all"),
        scheme("place", department_id=one["department"]),
        scheme("post", posts=[one["post"]], department_id=one["department"]),
        scheme("grade", grades=["A"]),
        scheme("named", people=[one["id"]]),
    ]

    assert paid(database, *some) == {
        "A01": "post1",
        "A02": "named1",
        "A03": "grade1",
        "B01": "all1",
        "N01": "post1",
    }


def test_the_nearest_department_upwards_counts(database: Database) -> None:
    above = staff(database, "A02")["department"]
    with database.write() as session:
        values = {"name": "热线组", "parent": above}
        below = entries.create(session, "department", values, writer())
    change(database, "A02", department=below)
    some = [scheme("team", department_id=below), scheme("house", department_id=above)]

    found = paid(database, *some)

    assert (found["A02"], found["A01"]) == ("team1", "house1")
    assert "B01" not in found
    assert set(paid(database, *some, scope=below)) == {"A02"}


def test_a_later_version_takes_the_place_of_the_one_before(database: Database) -> None:
    second = scheme("desk", 2, starts_on=date(2026, 10, 11))

    assert paid(database, scheme("desk"), second)["A02"] == "desk1 desk2"


def test_a_version_that_ended_does_not_bring_the_one_before_back(
    database: Database,
) -> None:
    later = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30)}

    assert paid(database, scheme("desk"), scheme("desk", 2, **later)) == {}


def test_a_version_for_other_posts_leaves_nobody_under_the_old_one(
    database: Database,
) -> None:
    assert paid(database, scheme("desk"), scheme("desk", 2, posts=[999])) == {}
