"""Clocks in the database: opened, moved, met and voided by saves of entries."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from models import entries
from models.clock_table import Clock
from models.database import Database
from tests.clock_desk import Desk, at, prepare_desk
from tests.databases import Builder

Prepared = Callable[[str, Builder], str]


@pytest.fixture
def desk(prepared_database: Prepared) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


def test_callback_is_due_a_rolled_day_after_the_repair(desk: Desk) -> None:
    desk.promise()

    desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    clock = desk.clock()
    assert clock.due_at == at("2026-10-08 17:30")
    assert (clock.register, clock.entry_id) == ("service_order", 1)
    assert clock.met_at is None


@pytest.mark.parametrize(
    ("how_long", "due"),
    [
        ("24h rolled", "2026-10-08 17:30"),
        ("24h elapsed", "2026-10-01 17:30"),
        ("24h business", "2026-10-12 10:00"),
        ("3d", "2026-10-08 18:00"),
        ("day 5 next month", "2026-10-08 18:00"),
    ],
)
def test_every_way_to_say_how_long_reaches_the_clock(
    desk: Desk, how_long: str, due: str
) -> None:
    desk.promise(how_long=how_long)

    desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    assert desk.clock().due_at == at(due)


def test_order_that_is_not_finished_has_no_clock(desk: Desk) -> None:
    desk.promise()

    desk.order("2026-09-30 10:00")

    assert desk.clocks() == []


def test_clock_opens_when_the_start_is_filled_later(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-28 10:00")

    desk.change(
        "service_order", order, "2026-09-30 17:40", finished_at="2026-09-30 17:30"
    )

    assert desk.clock().due_at == at("2026-10-08 17:30")


def test_entry_of_another_register_meets_the_clock(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.callback("2026-10-08 10:05", order, "2026-10-08 10:00")

    clock = desk.clock()
    assert clock.met_at == at("2026-10-08 10:00")
    assert clock.breached_at is None
    assert clock.next_at is None


def test_first_call_counts_and_one_before_the_repair_does_not(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-28 10:00")
    desk.callback("2026-09-29 10:00", order, "2026-09-29 10:00")

    desk.change(
        "service_order", order, "2026-09-30 17:40", finished_at="2026-09-30 17:30"
    )
    assert desk.clock().met_at is None
    desk.callback("2026-10-09 10:00", order, "2026-10-09 10:00")
    desk.callback("2026-10-09 11:00", order, "2026-10-08 09:00")

    assert desk.clock().met_at == at("2026-10-08 09:00")


def test_callback_that_was_there_before_the_repair_was_closed_meets_it(
    desk: Desk,
) -> None:
    desk.promise()
    order = desk.order("2026-09-28 10:00")
    desk.callback("2026-10-01 10:00", order, "2026-10-01 10:00")

    desk.change(
        "service_order", order, "2026-10-08 09:00", finished_at="2026-09-30 17:30"
    )

    assert desk.clock().met_at == at("2026-10-01 10:00")


def test_callback_moved_to_another_order_frees_the_first(desk: Desk) -> None:
    desk.promise()
    first = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")
    second = desk.order("2026-09-30 17:45", finished_at="2026-09-30 17:30")
    callback = desk.callback("2026-10-08 10:00", first, "2026-10-08 10:00")

    desk.change("callback_log", callback, "2026-10-08 10:30", service_order=second)

    met = {clock.entry_id: clock.met_at for clock in desk.clocks()}
    assert met == {first: None, second: at("2026-10-08 10:00")}


def test_binned_callback_no_longer_meets_the_clock(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")
    callback = desk.callback("2026-10-08 10:00", order, "2026-10-08 10:00")

    with desk.database.write() as session:
        by = desk.by("2026-10-08 10:30")
        entries.bin_many(session, "callback_log", [callback], by)

    clock = desk.clock()
    assert clock.met_at is None
    assert clock.next_at is not None


def test_met_at_the_due_instant_is_in_time(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.callback("2026-10-08 17:40", order, "2026-10-08 17:30")

    assert desk.clock().breached_at is None


def test_met_late_is_breached_at_its_due_time(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.callback("2026-10-08 17:40", order, "2026-10-08 17:31")

    clock = desk.clock()
    assert clock.breached_at == clock.due_at == at("2026-10-08 17:30")
    assert clock.met_at == at("2026-10-08 17:31")


def test_corrected_start_moves_the_due_time_with_a_note(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.change(
        "service_order", order, "2026-09-30 17:50", finished_at="2026-09-29 17:30"
    )

    clock = desk.clock()
    assert clock.due_at == at("2026-09-30 17:30")
    assert clock.turn == 1
    (note,) = clock.moves
    assert note["why"] == "start"
    assert (
        note["from"]
        == at("2026-10-08 17:30").astimezone(clock.due_at.tzinfo).isoformat()
    )


def test_unrelated_change_leaves_the_clock_alone(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")
    before = vars(desk.clock())

    desk.change("service_order", order, "2026-09-30 17:50", symptom="又不启动")

    kept = {name: value for name, value in before.items() if name[0] != "_"}
    after = vars(desk.clock())
    assert {name: after[name] for name in kept} == kept


def test_work_done_in_time_and_entered_late_is_in_time(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")
    with desk.database.write() as session:
        clock = session.get_one(Clock, 1)
        clock.breached_at, clock.next_at = clock.due_at, None

    desk.callback("2026-10-09 09:00", order, "2026-10-08 17:00")

    clock = desk.clock()
    assert clock.breached_at is None
    assert clock.moves[0]["why"] == "kept after all"


def test_clock_is_void_while_the_start_is_empty(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.change("service_order", order, "2026-09-30 17:50", finished_at=None)
    voided = desk.clock()
    desk.change(
        "service_order", order, "2026-09-30 17:55", finished_at="2026-09-30 17:30"
    )

    assert voided.voided_at == at("2026-09-30 17:50")
    assert voided.next_at is None
    assert desk.clock().voided_at is None
    assert desk.clock().next_at is not None


def test_clock_is_void_when_the_condition_no_longer_holds(desk: Desk) -> None:
    desk.promise(
        condition="order_type in ('support', 'repair') and urgency != 'critical'"
    )
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    desk.change("service_order", order, "2026-09-30 17:50", urgency="critical")

    assert desk.clock().voided_at == at("2026-09-30 17:50")


def test_condition_may_ask_what_the_entry_refers_to(desk: Desk) -> None:
    desk.promise(condition="customer.name = '恒越'")

    desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")
    desk.order("2026-09-30 17:41", finished_at="2026-09-30 17:30", customer=1)

    assert [clock.entry_id for clock in desk.clocks()] == [2]


def test_binned_entry_voids_its_clock_and_restoring_revives_it(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 17:40", finished_at="2026-09-30 17:30")

    with desk.database.write() as session:
        entries.bin_many(session, "service_order", [order], desk.by("2026-10-01 09:00"))
    binned = desk.clock()
    with desk.database.write() as session:
        by = desk.by("2026-10-01 10:00")
        entries.restore_many(session, "service_order", [order], by)

    assert binned.voided_at == at("2026-10-01 09:00")
    assert desk.clock().voided_at is None


def test_callbacks_and_closing_at_once_wait_for_each_other(desk: Desk) -> None:
    desk.promise()
    order = desk.order("2026-09-30 10:00")
    together = Barrier(3)

    def alone(work: Callable[[Desk], object]) -> None:
        own = Database(desk.database.url)  # as another process has its own connections
        try:
            together.wait()
            work(Desk(own))
        finally:
            own.dispose()

    finished = {"finished_at": "2026-09-30 17:30"}
    called = ("2026-10-08 10:05", order, "2026-10-08 10:00")
    works: list[Callable[[Desk], object]] = [
        lambda own: own.change("service_order", order, "2026-10-08 10:05", **finished),
        lambda own: own.callback(*called),
        lambda own: own.callback(*called),
    ]
    with ThreadPoolExecutor(3) as processes:
        list(processes.map(alone, works))

    assert desk.clock().met_at == at("2026-10-08 10:00")


def test_refused_save_leaves_no_clock(desk: Desk) -> None:
    desk.promise()

    def write_and_die() -> None:
        with desk.database.write() as session:
            given = {
                "order_type": "support",
                "symptom": "机器不启动",
                "reported_at": at("2026-09-30 09:00"),
                "finished_at": at("2026-09-30 17:30"),
            }
            by = desk.by("2026-09-30 18:00")
            entries.create(session, "service_order", given, by)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_and_die()

    assert desk.clocks() == []
