"""Targets in the database: versions, departments, moments, verdicts and refusals."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from models import catalogue, clocks, entries, target_versions, targets
from models.clock_account import why
from models.clock_refresh import refresh_next
from models.database import Database
from models.rules.wall_clock import moment_label
from models.targets import SlaTarget, TargetRefusedError
from tests.clock_desk import CALLBACK, SET_UP, ZONE, Desk, at, prepare_desk
from tests.databases import Builder

Prepared = Callable[[str, Builder], str]

FIRST_REPLY = {
    "code": "complaint_log.first_reply",
    "name_zh": "首次回复",
    "name_en": "First reply",
    "register": "complaint_log",
    "start_field": "received_at",
    "stop_register": None,
    "stop_via": None,
    "stop_field": "first_reply_at",
}


@pytest.fixture
def desk(prepared_database: Prepared) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


def complain(desk: Desk, now: str, received: str, **values: object) -> int:
    given = {
        "received_at": at(received),
        "origin": "anonymous",
        "category": "charges",
        "content": "收费太高",
        **values,
    }
    with desk.database.write() as session:
        return entries.create(session, "complaint_log", given, desk.by(now))


def test_new_version_judges_clocks_that_start_from_its_date(desk: Desk) -> None:
    desk.promise()
    first = desk.order("2026-09-23 10:10", finished_at="2026-09-23 10:00")
    desk.promise(how_long="2h business", valid_from=date(2026, 9, 24))

    desk.change("service_order", first, "2026-09-23 11:00", symptom="改过")
    desk.order("2026-09-23 11:10", finished_at="2026-09-23 11:00")
    desk.order("2026-09-24 11:10", finished_at="2026-09-24 11:00")

    due = [clock.due_at for clock in desk.clocks()]
    assert due == [
        at("2026-09-24 10:00"),
        at("2026-09-24 11:00"),
        at("2026-09-24 14:30"),
    ]


def test_target_said_again_is_no_new_version(desk: Desk) -> None:
    desk.promise()
    desk.promise()

    with desk.database.read() as session:
        versions = target_versions.concerning(session, "service_order")
    assert [one.version for one in versions] == [1]


def test_department_may_have_a_target_of_its_own(desk: Desk) -> None:
    desk.promise()
    desk.promise(how_long="2h business", department_id=desk.top)

    desk.order("2026-09-23 10:10", finished_at="2026-09-23 10:00")
    nobodys = {"department": None, "finished_at": "2026-09-23 10:00"}
    desk.order("2026-09-23 10:10", "form", **nobodys)

    due = [clock.due_at for clock in desk.clocks()]
    assert due == [at("2026-09-23 12:00"), at("2026-09-24 10:00")]


def test_own_field_of_the_entry_meets_the_clock(desk: Desk) -> None:
    desk.promise(**FIRST_REPLY)
    complaint = complain(desk, "2026-09-23 10:05", "2026-09-23 10:00")

    desk.change(
        "complaint_log",
        complaint,
        "2026-09-23 11:00",
        first_reply_at="2026-09-23 10:30",
    )

    assert desk.clock().met_at == at("2026-09-23 10:30")


def test_due_instant_may_be_a_field_of_the_entry(desk: Desk) -> None:
    desk.promise(**FIRST_REPLY | {"how_long": "value of customer_due_at"})
    without = complain(desk, "2026-09-23 10:05", "2026-09-23 10:00")
    foreign = complain(
        desk,
        "2026-09-23 10:05",
        "2026-09-23 10:00",
        customer_due_at=at("2026-10-03 08:00"),
    )

    first = desk.clock().due_at
    desk.change(
        "complaint_log", foreign, "2026-09-24 10:00", customer_due_at="2026-10-04 08:00"
    )

    assert first == at("2026-10-03 08:00")
    assert desk.clock().due_at == at("2026-10-04 08:00")
    assert desk.clock().entry_id != without
    assert desk.clock().moves[0]["why"] == "field"


def test_value_without_a_moment_meets_the_clock_when_it_is_entered(desk: Desk) -> None:
    desk.promise(**FIRST_REPLY | {"stop_field": "satisfied"})
    complaint = complain(desk, "2026-09-23 10:05", "2026-09-23 10:00")

    desk.change("complaint_log", complaint, "2026-09-23 15:00", satisfied="yes")
    desk.change("complaint_log", complaint, "2026-09-23 16:00", content="补充")

    assert desk.clock().met_at == at("2026-09-23 15:00")


def test_date_of_the_same_day_stops_a_clock_in_time(desk: Desk) -> None:
    claim = {"register": "business_trip", "code": "business_trip.claim"}
    desk.promise(
        **claim,
        start_field="returned_at",
        stop_register="expense_claim",
        stop_via="trip",
        stop_field="claimed_on",
        how_long="10d",
    )
    by = desk.by("2026-09-24 18:30")
    trip = {
        "destination": "无锡",
        "purpose": "装机",
        "guidance": "注意安全",
        "planned_from": date(2026, 9, 23),
        "planned_until": date(2026, 9, 24),
        "returned_at": at("2026-09-24 18:00"),
    }
    with desk.database.write() as session:
        trip_id = entries.create(session, "business_trip", trip, by)
        claimed = {
            "trip": trip_id,
            "claimed_on": date(2026, 9, 24),
            "amount": 300,
            "special_approved_by": desk.clerk,
            "special_reason": "无",
        }
        entries.create(session, "expense_claim", claimed, by)

    clock = desk.clock()
    assert clock.due_at == at("2026-10-08 18:00")
    assert clock.met_at == at("2026-09-24 18:00")


def test_holder_and_number_follow_the_entry(desk: Desk) -> None:
    desk.promise(responsible="engineer")
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.change("service_order", order, "2026-09-30 17:45", engineer=desk.engineer)

    clock = desk.clock()
    assert clock.holder_id == desk.engineer
    assert clock.number == "GD202609001"
    assert clock.department_id == desk.team


@pytest.mark.parametrize(
    ("origin", "now", "settled"),
    [
        ("form", "2026-10-09 09:00", False),
        ("form", "2026-10-20 09:00", True),
        ("import", "2026-10-09 09:00", True),
        ("import", "2026-10-08 09:00", False),
    ],
)
def test_history_gets_its_verdict_at_once_and_news_waits_for_the_sweep(
    desk: Desk, origin: str, now: str, *, settled: bool
) -> None:
    desk.promise()

    desk.order(now, origin, finished_at="2026-09-30 17:30")

    clock = desk.clock()
    assert (clock.breached_at is not None) is settled
    assert (clock.next_at is None) is settled


def test_warning_comes_in_business_time_before_the_due_instant(desk: Desk) -> None:
    desk.promise(warn_before=timedelta(hours=3))

    desk.order("2026-09-23 11:10", finished_at="2026-09-23 11:00")

    clock = desk.clock()
    assert clock.due_at == at("2026-09-24 11:00")
    assert clock.warn_at == clock.next_at == at("2026-09-23 17:00")


def test_no_warning_at_the_very_start(desk: Desk) -> None:
    desk.promise(how_long="1h business")

    desk.order("2026-09-23 14:10", finished_at="2026-09-23 14:00")

    assert desk.clock().warn_at is None


def test_account_says_day_by_day_why_it_is_due(desk: Desk) -> None:
    desk.promise()
    desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    with desk.database.read() as session:
        due = why(session, desk.clock().id)

    told = "\n".join(step.label.zh for step in due.why)
    assert due.at == at("2026-10-08 17:30")
    assert "国庆节" in told
    assert moment_label(due.at, ZONE).zh in told


def test_entries_from_before_the_target_get_their_clocks(desk: Desk) -> None:
    for minute in range(5):
        desk.order(f"2026-09-30 17:4{minute}", finished_at="2026-09-30 17:30")
    desk.promise()

    last: int | None = 0
    steps = 0
    while last is not None:
        with desk.database.write() as session:
            by = desk.by("2026-10-08 09:00", "job")
            last = refresh_next(session, "service_order", last, by, limit=2)
        steps += 1

    assert len(desk.clocks()) == 5
    assert steps == 4


def test_thousands_of_rows_cost_few_statements(desk: Desk) -> None:
    desk.promise()
    desk.promise(
        code="service_order.report",
        stop_register=None,
        stop_via=None,
        stop_field="approved_at",
        how_long="8h business",
    )
    declared = catalogue.current()["service_order"]
    rows = [
        {"id": n, "finished_at": at("2026-09-30 17:30"), "department": 2, "holder": 2}
        for n in range(1, 3001)
    ]
    statements: list[str] = []

    with desk.database.write() as session:
        connection = session.connection()
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _cur, statement, *_: statements.append(statement),
        )
        clocks.follow(
            session, declared, [None] * 3000, rows, desk.by("2026-10-08 09:00")
        )

    assert len(desk.clocks()) == 6000
    # SQLite takes a hundred rows with each INSERT: see bulk_rows.
    assert len(statements) < 20 + 6000 / 100


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"register": "nothing"}, "nothing"),
        ({"start_field": "beginning"}, "beginning"),
        ({"start_field": "symptom"}, "故障现象"),
        ({"stop_via": "customer"}, "customer"),
        ({"how_long": "soon"}, "soon"),
        ({"how_long": "value of nowhere"}, "nowhere"),
        ({"condition": "urgency"}, "urgency"),
        ({"condition": "size = 3"}, "size"),
        ({"calendar": "moon"}, "moon"),
        ({"responsible": "symptom"}, "故障现象"),
        ({"warn_before": timedelta(0)}, "大于零"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_target_that_cannot_be_watched_is_refused_with_a_sentence(
    desk: Desk, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(TargetRefusedError) as refused, desk.database.write() as session:
        targets.save(session, SlaTarget(**(CALLBACK | wrong)), SET_UP)

    assert said in refused.value.text("zh")
    assert CALLBACK["code"] in refused.value.text("en")
