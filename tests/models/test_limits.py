"""Limits over several entries: counted, added up, in a row, within an allowance."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import catalogue, entries, limits
from models.database import Database
from models.entries import Change
from models.entry_errors import EntryRefusedError
from models.prepare import prepare
from models.register import Declaration, Register
from models.rules.periods import DateRange
from models.stanza import read_register, write_register
from tests.databases import Databases
from tests.models.register_desk import WRITER, ZONE, Desk

BLOCK: dict[str, Any] = {
    "title": "登记 | Paper",
    "menu": "team",
    "numbering": "{year}{serial:03}",
}
WHO = {"name": "person", "title": "员工 | Person", "type": "person", "owner": True}
DAY = {"name": "day", "title": "日期 | Day", "type": "date"}
HOURS = {"name": "hours", "title": "小时 | Hours", "type": "decimal", "places": 1}
REST = {"name": "rest", "title": "休 | Rest", "type": "yes_no", "default": False}
STATUS = {
    "name": "status",
    "title": "状态 | State",
    "type": "choice",
    "options": {"asked": "已提交 | Asked", "refused": "未批 | Refused"},
    "default": "asked",
}


def limit(name: str, **said: Any) -> dict[str, Any]:
    message = {"message": f"{name}超了 | {name} is over"}
    return {"name": name, "of": "person", "by": "day"} | said | message


STANZAS: list[dict[str, Any]] = [
    BLOCK
    | {
        "code": "swap",
        "fields": [WHO, DAY, STATUS],
        "limits": [limit("swaps", when="status != 'refused'", most=2)],
    },
    BLOCK
    | {
        "code": "duty_day",
        "fields": [WHO, DAY, REST, HOURS],
        "unique_together": [["person", "day"]],
        "grid": {"rows": "person", "columns": "day", "cell": "kind", "rest": "rest"},
        "limits": [
            limit("week_hours", per="week", sum="hours", most=40),
            limit("in_a_row", in_a_row=True, when="not rest", most=6),
            limit("rest_days", per="week", when="rest", least=2, warns=True),
        ],
    },
    BLOCK | {"code": "earned", "fields": [WHO, HOURS]},
    BLOCK
    | {
        "code": "taken",
        "fields": [WHO, HOURS, STATUS],
        "limits": [
            {
                "name": "balance",
                "of": "person",
                "per": "ever",
                "sum": "hours",
                "when": "status != 'refused'",
                "within": {"register": "earned", "of": "person", "sum": "hours"},
                "message": "余额不够 | Not so much is left",
            }
        ],
    },
]
KIND = {
    "name": "kind",
    "title": "班 | Kind",
    "type": "choice",
    "options": {"early": "早 | Early"},
}
STANZAS[1]["fields"].append(KIND)


def _declared() -> list[Declaration]:
    return [read_register(one) for one in STANZAS]


def _with_stanzas(known: Any) -> tuple[Declaration, ...]:
    return (*known, *_declared())


def _build(url: str) -> None:
    catalogue.use(_with_stanzas)
    database = Database(url)
    prepare(database, catalogue.current())
    database.dispose()


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    assert Register.known
    opened = Database(databases.copy_of("limits", _build))
    catalogue.use(_with_stanzas)
    yield opened
    opened.dispose()
    databases.drop(opened.url)


@pytest.fixture
def house(database: Database) -> Iterator[Desk]:
    with database.write() as session:
        yield Desk(session)


def on(day: int) -> date:
    return date(2026, 11, day)  # the first is a Sunday


def test_a_limit_is_written_and_read_the_same() -> None:
    for declared in _declared():
        assert read_register(write_register(declared)) == declared
        assert declared.limits or declared.code == "earned"


def test_the_third_of_a_month_is_refused_at_its_day(house: Desk) -> None:
    person = house.person("E01")
    for day in (2, 9):
        house.create("swap", person=person, day=on(day))

    with pytest.raises(EntryRefusedError) as refused:
        house.create("swap", person=person, day=on(30))

    (problem,) = refused.value.problems
    assert problem.field == "day"
    assert "员工E01" in problem.label.zh
    assert "2026年11月 已达 3，最多 2" in problem.label.zh


def test_another_month_person_or_state_does_not_count(house: Desk) -> None:
    person, other = house.person("E01"), house.person("E02")
    for day in (2, 9):
        house.create("swap", person=person, day=on(day))

    house.create("swap", person=person, day=date(2026, 12, 1))
    house.create("swap", person=other, day=on(9))
    refused = house.create("swap", person=person, day=on(10), status="refused")

    with pytest.raises(EntryRefusedError):
        house.change("swap", refused, status="asked")


def test_what_does_not_make_it_worse_is_saved(house: Desk) -> None:
    person = house.person("E01")
    first, _ = (house.create("swap", person=person, day=on(day)) for day in (2, 9))

    house.change("swap", first, day=on(3))
    house.bin("swap", first)
    house.create("swap", person=person, day=on(20))

    with pytest.raises(EntryRefusedError):
        entries.restore_many(house.session, "swap", [first], WRITER)


def test_of_many_rows_those_too_many_are_named(house: Desk) -> None:
    person = house.person("E01")
    rows = [{"person": person, "day": on(day)} for day in (2, 9, 16, 23)]

    with pytest.raises(EntryRefusedError) as refused:
        entries.create_many(house.session, "swap", rows, WRITER)

    assert [one.row for one in refused.value.problems] == [2, 3]


def test_hours_of_a_week_are_added_up(house: Desk) -> None:
    person = house.person("E01")
    ids = [
        house.create("duty_day", person=person, day=on(day), hours=Decimal("9.5"))
        for day in (2, 3, 4, 5)
    ]

    with pytest.raises(EntryRefusedError) as refused:
        house.create("duty_day", person=person, day=on(6), hours=Decimal("2.5"))
    house.create("duty_day", person=person, day=on(6), hours=Decimal(2))
    moved = [Change(ids[0], {"hours": Decimal(8)}), Change(ids[1], {"hours": 11})]
    entries.change_many(house.session, "duty_day", moved, WRITER)

    assert refused.value.problems[0].field == "hours"
    assert "已达 40.5，最多 40" in refused.value.problems[0].label.zh


def test_days_in_a_row_are_counted_across_months_and_gaps(house: Desk) -> None:
    person = house.person("E01")
    first = date(2026, 10, 28)
    days = [first + timedelta(each) for each in (0, 1, 2, 4, 5, 6)]
    for day in days:
        house.create("duty_day", person=person, day=day)

    with pytest.raises(EntryRefusedError) as refused:
        house.create("duty_day", person=person, day=first + timedelta(3))
    house.create("duty_day", person=person, day=first + timedelta(3), rest=True)

    assert "2026-10-28–2026-11-03 已达 7，最多 6" in refused.value.problems[0].label.zh


def test_the_least_is_looked_at_once_the_week_is_filled(house: Desk) -> None:
    person = house.person("E01")
    declared = catalogue.current()["duty_day"]
    week = DateRange(on(9), on(16))

    def standing() -> list[str]:
        found = limits.standing(
            house.session, declared, declared.limits, [person], week, ZONE
        )
        return [one.label.en for one in found[person]]

    for day in range(9, 15):
        house.create("duty_day", person=person, day=on(day), rest=day == 12)
    before = standing()
    last = house.create("duty_day", person=person, day=on(15))

    said = "rest_days is over (2026-W46: 1, at least 2)"
    assert (before, standing()) == ([], [said])
    warned = limits.warnings(house.session, declared, [last], ZONE)
    assert [one.en for one in warned] == [f"员工E01: {said}"]


def test_no_more_is_taken_than_was_earned(house: Desk) -> None:
    person, other = house.person("E01"), house.person("E02")
    house.create("earned", person=person, hours=Decimal("7.5"))
    house.create("earned", person=person, hours=Decimal("0.5"))
    house.create("earned", person=other, hours=Decimal(80))
    house.create("taken", person=person, hours=Decimal(6))

    with pytest.raises(EntryRefusedError) as refused:
        house.create("taken", person=person, hours=Decimal("2.5"))
    house.create("taken", person=person, hours=Decimal(2))

    assert "已达 8.5，最多 8" in refused.value.problems[0].label.zh


def test_two_writers_together_stay_within_the_limit(database: Database) -> None:
    with database.write() as session:
        person = Desk(session).person("E01")
    begin, refused = threading.Barrier(4), list[EntryRefusedError]()

    def ask(number: int) -> None:
        begin.wait()
        try:
            with database.write() as session:
                values = {"person": person, "day": on(number + 1)}
                entries.create(session, "swap", values, WRITER)
        except EntryRefusedError as error:
            refused.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert len(refused) == 2
