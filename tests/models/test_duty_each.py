"""What is owed once for each entry: which entries, by whom, what counts, what lacks."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from models import duty_verdicts
from models.database import Database
from models.duties import Duty, DutyRefusedError
from models.duty_each import Asked, ForEach, owed_in
from models.rules.duty_share import Verdict
from models.rules.periods import parse_period
from tests.company import ZONE
from tests.databases import Builder
from tests.duty_desk import CUSTOMER, DutyDesk, build_duty_company, said

AFTER = datetime(2026, 12, 2, 9, tzinfo=ZONE)
EACH: dict[str, Any] = {
    "register": "customer_file",
    "via": "customer",
    "holder": "account_manager",
    "condition": "important",
}


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[DutyDesk]:
    database = Database(prepared_database("duty_company", build_duty_company))
    yield DutyDesk(database)
    database.dispose()


def calls_of_key_customers(desk: DutyDesk, **more: Any) -> Duty:
    usual = {"period": "month", "at_least": Decimal(1), "people": [], "for_each": EACH}
    return desk.duty("each", **(usual | more))


def customers(desk: DutyDesk, who: str, *names: str) -> list[int]:
    """Enter important customers of a person, in October."""
    usual = CUSTOMER | {"account_manager": desk.staff[who], "important": True}
    return [desk.create("customer_file", usual | {"name": one}) for one in names]


def call(desk: DutyDesk, customer: int, day: int, who: str = "A02") -> None:
    values = {
        "kind": "daily",
        "customer": customer,
        "called_at": datetime(2026, 11, day, 10, tzinfo=ZONE),
        "caller": desk.staff[who],
        "outcome": "no_answer",
    }
    desk.create("callback_log", values)


def test_each_entry_is_owed_for_by_its_holder_whoever_does_it(desk: DutyDesk) -> None:
    calls_of_key_customers(desk)
    first, second, third = customers(desk, "A02", "一", "二", "三")
    call(desk, first, 3)
    call(desk, first, 4)  # once is enough: it counts for no other
    call(desk, second, 5, who="A01")
    call(desk, desk.customer, 6)  # not important

    (found,) = desk.standings("each", "2026-11", AFTER)

    assert found.owner.id == desk.staff["A02"]
    assert said(found) == [2, 3, "missed"]
    assert found.taken.lacking == (third,)
    call(desk, third, 30)
    assert desk.standing("each", "2026-11", AFTER).verdict is Verdict.MET


def test_an_entry_is_owed_for_from_the_period_after_it_was_there(
    desk: DutyDesk,
) -> None:
    calls_of_key_customers(desk)
    customers(desk, "A02", "一")

    assert desk.standings("each", "2026-10", AFTER) == []
    assert desk.standing("each", "2026-11", AFTER).owed == 1


def test_of_two_for_each_both_count_and_no_more(desk: DutyDesk) -> None:
    calls_of_key_customers(desk, at_least=Decimal(2))
    first, second = customers(desk, "A02", "一", "二")
    for day in (3, 4, 5):
        call(desk, first, day)
    call(desk, second, 6)

    found = desk.standing("each", "2026-11", AFTER)

    assert said(found) == [3, 4, "missed"]
    assert found.taken.lacking == (second,)


def test_what_was_kept_names_what_was_lacking_then(desk: DutyDesk) -> None:
    calls_of_key_customers(desk)
    (only,) = customers(desk, "A02", "一")
    with desk.database.write() as session:
        duty_verdicts.close(session, "each", parse_period("2026-11"), AFTER, ZONE)
    call(desk, only, 3)  # entered too late

    found = desk.standing("each", "2026-11", AFTER)

    assert said(found) == [0, 1, "missed"]
    assert found.taken.lacking == (only,)


@pytest.mark.parametrize(
    ("since", "monthly", "quarterly"),
    [
        (date(2026, 10, 1), False, False),  # there only from that day on
        (date(2026, 9, 30), True, False),
        (date(2025, 10, 1), True, False),  # a year old, and no more
        (date(2025, 9, 30), False, True),
    ],
)
def test_age_is_that_at_the_beginning_of_the_period(
    since: date, *, monthly: bool, quarterly: bool
) -> None:
    some = [Asked(7, 1, since)]
    young = ForEach("a", "b", "c", since="d", until_months=12)
    old = ForEach("a", "b", "c", since="d", from_months=12)

    assert bool(owed_in(young, some, parse_period("2026-10"))) is monthly
    assert bool(owed_in(old, some, parse_period("2026-Q4"))) is quarterly


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"for_each": EACH | {"register": "nothing"}}, "for_each"),
        ({"for_each": EACH | {"via": "caller"}}, "for_each"),
        ({"for_each": EACH | {"holder": "name"}}, "for_each"),
        ({"for_each": EACH | {"condition": "nothing = 1"}}, "for_each"),
        ({"for_each": EACH | {"from_months": 12}}, "for_each"),
        ({"for_each": {"register": "customer_file"}}, "for_each"),
        ({"for_each": EACH | {"colour": "red"}}, "for_each"),
        ({"at_least": None, "at_most": Decimal(3)}, "at_least"),
        ({"times": "subordinates"}, "times"),
    ],
)
def test_entries_that_cannot_be_asked_for_are_refused(
    desk: DutyDesk, more: dict[str, Any], column: str
) -> None:
    with pytest.raises(DutyRefusedError) as refused:
        calls_of_key_customers(desk, **more)

    assert column in {name for name, _ in refused.value.problems}
