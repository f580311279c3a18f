"""The sweep: each warning and each breach exactly once, whatever happens."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import product
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from jobs import clock_messages, clock_sweep
from jobs.clock_sweep import sweep_next
from jobs.work import Done, Work
from models import entries
from models.clock_table import CLOCKS, Clock
from models.database import Database
from models.outbox import Message
from models.rules.clock_standing import standing
from models.settings import Settings
from models.targets import SlaTarget
from tests.clock_desk import ZONE, Desk, at

FINISHED = "2026-09-22 17:30"
BEFORE_WARNING = "2026-09-23 15:00"
WARNING = "2026-09-23 16:00"
DUE = "2026-09-23 17:30"
NEXT_DAY = "2026-09-24 09:00"


def sweep(desk: Desk, settings: Settings, now: str) -> int:
    """Run the sweep as its job does: until nothing is left."""
    rows, again = 0, True
    while again:
        done = sweep_next(Work(desk.database, settings, at(now)))
        rows, again = rows + done.rows, done.again
    return rows


def messages(desk: Desk) -> list[Message]:
    with desk.database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def kinds(desk: Desk) -> Counter[str]:
    return Counter(one.kind for one in messages(desk))


@pytest.fixture
def order(desk: Desk) -> int:
    desk.promise()
    return desk.order("2026-09-22 17:40", finished_at=FINISHED)


def test_clock_warns_then_breaches_at_its_due_time(
    desk: Desk, settings: Settings, order: int
) -> None:
    assert sweep(desk, settings, BEFORE_WARNING) == 0

    assert sweep(desk, settings, WARNING) == 1
    warned = desk.clock()
    assert sweep(desk, settings, NEXT_DAY) == 1

    assert warned.entry_id == order
    assert warned.warned_at == at(WARNING)
    assert warned.breached_at is None
    assert desk.clock().breached_at == at(DUE)
    assert kinds(desk) == {"clock.warned": 1, "clock.breached": 1}


def test_due_instant_itself_is_no_breach(
    desk: Desk, settings: Settings, order: int
) -> None:
    sweep(desk, settings, WARNING)

    assert sweep(desk, settings, DUE) == 0
    assert sweep(desk, settings, "2026-09-23 17:31") == 1
    assert desk.clock().entry_id == order


@pytest.mark.usefixtures("order")
def test_second_run_changes_nothing(desk: Desk, settings: Settings) -> None:
    sweep(desk, settings, NEXT_DAY)
    before = vars(desk.clock())["breached_at"]

    assert sweep(desk, settings, NEXT_DAY) == 0
    assert sweep(desk, settings, "2026-09-25 09:00") == 0

    assert desk.clock().breached_at == before
    assert kinds(desk) == {"clock.breached": 1}


@pytest.mark.usefixtures("order")
def test_night_switched_off_brings_the_breach_and_no_stale_warning(
    desk: Desk, settings: Settings
) -> None:
    sweep(desk, settings, NEXT_DAY)

    assert kinds(desk) == {"clock.breached": 1}
    assert desk.clock().warned_at is None


def test_met_clock_is_left_alone(desk: Desk, settings: Settings, order: int) -> None:
    desk.callback("2026-09-23 10:00", order, "2026-09-23 10:00")

    assert sweep(desk, settings, NEXT_DAY) == 0
    assert messages(desk) == []


def test_message_names_number_and_time_and_nobody(
    desk: Desk, settings: Settings, order: int
) -> None:
    sweep(desk, settings, NEXT_DAY)

    (told,) = messages(desk)
    line = told.line(ZONE)
    assert line.zh == (
        "服务工单 GD202609001：“服务后回访”已逾期，"
        "应在 2026-09-23（周三）17:30 前完成。"
    )
    assert line.en == (
        "Service orders GD202609001: “Callback after service” is overdue; "
        "it was due by Wed 2026-09-23 17:30."
    )
    assert (told.staff_id, told.register, told.entry_id) == (
        desk.clerk,
        "service_order",
        order,
    )


def test_moved_clock_may_breach_again_and_tells_it_again(
    desk: Desk, settings: Settings, order: int
) -> None:
    sweep(desk, settings, NEXT_DAY)
    desk.change("service_order", order, NEXT_DAY, finished_at="2026-09-23 09:00")

    assert desk.clock().breached_at is None
    sweep(desk, settings, "2026-09-28 09:00")

    assert desk.clock().breached_at == at("2026-09-24 09:00")
    assert kinds(desk) == {"clock.breached": 2}


@pytest.mark.usefixtures("order")
def test_kill_between_mark_and_message_loses_neither(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(clock_messages, "enqueue_selected", die)
        with pytest.raises(SystemExit):
            sweep(desk, settings, NEXT_DAY)

    assert desk.clock().breached_at is None
    assert messages(desk) == []
    sweep(desk, settings, NEXT_DAY)
    assert desk.clock().breached_at == at(DUE)
    assert kinds(desk) == {"clock.breached": 1}


def test_kill_half_way_leaves_the_rest_for_the_next_run(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_sweep, "BATCH", 4)
    desk.promise()
    for _ in range(10):
        desk.order("2026-09-22 17:40", finished_at=FINISHED)
    sweep_next(Work(desk.database, settings, at(NEXT_DAY)))

    half = Counter(clock.breached_at is not None for clock in desk.clocks())
    assert sweep(desk, settings, NEXT_DAY) == 6

    assert half == {True: 4, False: 6}
    assert kinds(desk) == {"clock.breached": 10}


def test_several_sweeps_at_once_tell_each_fact_once(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_sweep, "BATCH", 7)
    desk.promise()
    given = {
        "order_type": "support",
        "symptom": "机器不启动",
        "reported_at": at("2026-09-22 09:00"),
        "finished_at": at(FINISHED),
    }
    with desk.database.write() as session:
        by = desk.by("2026-09-22 17:40")
        entries.create_many(session, "service_order", [given] * 60, by)
    together = Barrier(3)

    def process(_number: int) -> int:
        own = Database(desk.database.url)  # as another process has its own connections
        try:
            together.wait()
            rows, again = 0, True
            while again:
                done: Done = sweep_next(Work(own, settings, at(NEXT_DAY)))
                rows, again = rows + done.rows, done.again
            return rows
        finally:
            own.dispose()

    with ThreadPoolExecutor(3) as processes:
        swept = sum(processes.map(process, range(3)))

    assert swept == 60
    assert sweep(desk, settings, NEXT_DAY) == 0
    assert kinds(desk) == {"clock.breached": 60}
    assert len({one.key for one in messages(desk)}) == 60


def test_callback_saved_during_the_sweep_is_never_overwritten(
    desk: Desk, settings: Settings, order: int
) -> None:
    other = Database(desk.database.url)
    with desk.database.write() as session:
        given = {
            "kind": "after_service",
            "service_order": order,
            "customer": desk.customer,
            "called_at": at("2026-09-23 17:00"),
            "outcome": "connected",
        }
        entries.create(session, "callback_log", given, desk.by("2026-09-24 08:59"))
        if not other.is_sqlite:  # there the sweep waits for the open transaction
            sweep_next(Work(other, settings, at(NEXT_DAY)))
    other.dispose()

    sweep(desk, settings, NEXT_DAY)

    assert desk.clock().breached_at is None
    assert messages(desk) == []


@pytest.mark.usefixtures("order")
def test_clock_stands_afterwards_as_the_rule_says(
    desk: Desk, settings: Settings
) -> None:
    desk.promise(escalation="1h superior")
    now = at(NEXT_DAY)
    hours = [None, now - timedelta(hours=1), now + timedelta(hours=1)]
    (made,) = desk.clocks()
    like = {column.key: getattr(made, column.key) for column in CLOCKS.columns}
    due = [now - timedelta(hours=2), now + timedelta(hours=3)]
    states: list[dict[str, Any]] = [
        {
            "id": 1_000 + place,
            "entry_id": 1_000 + place,
            "due_at": at_,
            "warn_at": warn,
            "warned_at": now - timedelta(days=1) if warned else None,
            "breached_at": at_ if broken else None,
            "escalate_at": step,
            "next_at": now - timedelta(minutes=1),
        }
        for place, (at_, warn, step, warned, broken) in enumerate(
            product(due, hours, hours, (False, True), (False, True))
        )
    ]
    with desk.database.write() as session:
        target = session.scalars(
            select(SlaTarget.id).where(SlaTarget.escalation != "")
        ).one()
        rows = [like | one | {"target_id": target} for one in states]
        session.execute(insert(CLOCKS), rows)

    sweep_next(Work(desk.database, settings, now))

    found = {one.id: one for one in desk.clocks()}
    for state in states:
        _demand_standing(found[state["id"]], state, now)


def _demand_standing(found: Clock, before: dict[str, Any], now: datetime) -> None:
    """Compare a swept clock with what the rule says of it, mark by mark."""
    is_late = before["due_at"] < now
    warn, step = before["warn_at"], before["escalate_at"]
    is_warned = before["warned_at"] is None and warn is not None and warn < now
    warned = now if is_warned and not is_late else before["warned_at"]
    is_taken = step is not None and step < now
    step = None if is_taken else step
    broken = before["due_at"] if is_late else before["breached_at"]
    stands = standing(
        before["due_at"],
        warn,
        met_at=None,
        breached_at=broken,
        warned_at=warned,
        settled_before=None,
        escalate_at=step,
    )
    expected = (broken, warned, int(is_taken), step, stands.next_at)
    assert expected == (
        found.breached_at,
        found.warned_at,
        found.escalation_level,
        found.escalate_at,
        found.next_at,
    ), before


@pytest.mark.usefixtures("order")
def test_quiet_minute_is_one_probe_of_the_narrow_index(
    desk: Desk, settings: Settings
) -> None:
    statements: list[str] = []
    for engine in {desk.database.reading, desk.database.writing}:
        event.listen(
            engine,
            "before_cursor_execute",
            lambda _c, _cur, statement, *_: statements.append(statement),
        )

    sweep(desk, settings, BEFORE_WARNING)

    asked = [one for one in statements if "clock" in one]
    assert len(asked) == 1
    assert not any("UPDATE" in one for one in statements)


@pytest.mark.databases("sqlite")
@pytest.mark.usefixtures("order")
def test_sweep_finds_its_clocks_by_the_narrow_index(desk: Desk) -> None:
    query = clock_sweep._PROBE.params(now=at(DUE))  # noqa: SLF001 - the plan of exactly this question is the point
    compiled = query.compile(
        desk.database.reading, compile_kwargs={"literal_binds": True}
    )
    with desk.database.read() as session:
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()

    assert "ix_clock_next" in plan[0][-1]
