"""Clocks that states start, stop and pause: by steps, from history, from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models import access, clock_lists, clock_refresh, entries, flow_steps, targets
from models.clock_lists import Which
from models.flow_steps import Take
from models.history import Writer
from models.settings import Settings
from models.targets import SlaTarget, TargetRefusedError
from tests.clock_desk import SET_UP, ZONE, Desk, at
from tests.jobs.outside_desk import Program

# Judged within 8 hours of business time; what was sent back waits for its author.
JUDGED: dict[str, Any] = {
    "code": "training_plan.judged",
    "name_zh": "计划审核",
    "name_en": "Plan judged",
    "register": "training_plan",
    "start_field": "review",
    "start_states": "pending",
    "stop_field": "review",
    "stop_states": "passed",
    "pause_states": "returned",
    "how_long": "8h business",
    "calendar": "desk",
    "valid_from": date(2026, 1, 1),
}


@dataclass
class Plans:
    """The desk with training plans that are sent, judged and sent back."""

    desk: Desk

    def promise(self, **values: Any) -> None:
        with self.desk.database.write() as session:
            targets.save(session, SlaTarget(**(JUDGED | values)), SET_UP)

    def plan(self, now: str) -> int:
        given = {"month_on": date(2026, 10, 1)}
        with self.desk.database.write() as session:
            return entries.create(session, "training_plan", given, self.desk.by(now))

    def step(self, plan: int, code: str, now: str, **take: Any) -> None:
        judges = code in ("approve", "send_back")
        person = self.desk.engineer if judges else self.desk.clerk
        with self.desk.database.write() as session:
            flow_steps.take_many(
                session,
                "training_plan",
                [Take(plan, **take)],
                code,
                self.desk.by(now, person=person),
                comment="请补充" if code == "send_back" else "",
            )


@pytest.fixture
def plans(desk: Desk) -> Plans:
    return Plans(desk)


def test_step_into_a_state_starts_the_clock_and_another_stops_it(plans: Plans) -> None:
    plans.promise()
    plan = plans.plan("2026-09-21 09:00")
    before = plans.desk.clocks()
    plans.step(plan, "submit", "2026-09-21 10:00")
    running = plans.desk.clock()

    plans.step(plan, "approve", "2026-09-21 16:00")

    assert before == []
    # 2 hours until noon, 4.5 in the afternoon, 1.5 on Tuesday from 9:00 on.
    assert (running.started_at, running.due_at) == (
        at("2026-09-21 10:00"),
        at("2026-09-22 10:30"),
    )
    assert running.met_at is None
    assert plans.desk.clock().met_at == at("2026-09-21 16:00")


def test_pause_moves_the_due_time_by_the_business_time_in_it(plans: Plans) -> None:
    plans.promise()
    plan = plans.plan("2026-09-21 09:00")
    plans.step(plan, "submit", "2026-09-21 10:00")
    plans.step(plan, "send_back", "2026-09-21 15:00")
    paused = plans.desk.clock()

    plans.step(plan, "resubmit", "2026-09-22 14:00")

    assert (paused.paused_at, paused.next_at) == (at("2026-09-21 15:00"), None)
    again = plans.desk.clock()
    # Paused: Monday 15:00 to 18:00 and Tuesday 9:00 to 14:00, 6.5 hours of business.
    assert again.paused_at is None
    assert again.due_at == at("2026-09-23 09:30")
    assert [one["why"] for one in again.moves] == ["pause"]


def test_clock_that_stands_still_is_neither_late_nor_swept(
    plans: Plans, settings: Settings
) -> None:
    plans.promise()
    plan = plans.plan("2026-09-21 09:00")
    plans.step(plan, "submit", "2026-09-21 10:00")
    plans.step(plan, "send_back", "2026-09-21 15:00")
    now = at("2026-09-28 09:00")

    done = sweep_next(Work(plans.desk.database, settings, now))

    with plans.desk.database.read() as session:
        late = clock_lists.page(
            session, access.SYSTEM, Which.LATE.criteria(now, ZONE), limit=10
        )
    assert (done.rows, late) == (0, [])


def test_pause_after_the_due_time_stops_nothing(
    plans: Plans, settings: Settings
) -> None:
    plans.promise()
    plan = plans.plan("2026-09-21 09:00")
    plans.step(plan, "submit", "2026-09-21 10:00")
    plans.step(plan, "send_back", "2026-09-22 11:00")

    sweep_next(Work(plans.desk.database, settings, at("2026-09-22 12:00")))

    clock = plans.desk.clock()
    assert (clock.paused_at, clock.breached_at) == (None, at("2026-09-22 10:30"))


def test_entry_sent_back_after_its_end_runs_again_only_from_a_start(
    plans: Plans,
) -> None:
    plans.promise(pause_states="")
    plan = plans.plan("2026-09-21 09:00")
    plans.step(plan, "submit", "2026-09-21 10:00")
    plans.step(plan, "approve", "2026-09-21 11:00")
    plans.step(plan, "send_back", "2026-09-21 14:00")
    returned = plans.desk.clock().met_at

    plans.step(plan, "resubmit", "2026-09-21 15:00")

    clock = plans.desk.clock()
    assert returned == at("2026-09-21 11:00")
    assert clock.met_at is None
    assert clock.started_at == at("2026-09-21 10:00")


def test_entries_that_were_there_get_their_clocks_from_the_history(
    plans: Plans,
) -> None:
    plan = plans.plan("2026-09-21 09:00")
    plans.step(plan, "submit", "2026-09-21 10:00")
    plans.step(plan, "send_back", "2026-09-21 15:00")
    plans.step(plan, "resubmit", "2026-09-22 14:00")
    plans.promise()

    by = Writer(access.SYSTEM, at("2026-09-22 15:00"), ZONE, "template")
    with plans.desk.database.write() as session:
        clock_refresh.refresh_next(session, "training_plan", 0, by)

    clock = plans.desk.clock()
    assert clock.started_at == at("2026-09-21 10:00")
    assert clock.due_at == at("2026-09-23 09:30")


def test_step_of_the_past_counts_from_its_own_moment(plans: Plans) -> None:
    plans.promise()
    plan = plans.plan("2026-09-21 09:00")

    plans.step(plan, "submit", "2026-09-23 09:00", at=at("2026-09-21 10:00"))

    assert plans.desk.clock().started_at == at("2026-09-21 10:00")


def test_state_written_from_outside_starts_and_stops_the_clock(
    plans: Plans, program: Program, take_over: Callable[..., int]
) -> None:
    plans.promise()
    plan = plans.plan("2026-09-21 09:00")

    program.run("UPDATE training_plan SET review = 'pending' WHERE id = :id", id=plan)
    take_over()
    started = plans.desk.clock()
    program.run("UPDATE training_plan SET review = 'passed' WHERE id = :id", id=plan)
    take_over()

    stopped = plans.desk.clock()
    assert started.met_at is None
    assert stopped.started_at == started.started_at
    assert stopped.met_at is not None


def test_first_state_begins_with_the_entry(plans: Plans) -> None:
    plans.promise(start_states="draft", stop_states="pending", how_long="24h")

    plan = plans.plan("2026-09-21 09:00")
    plans.step(plan, "submit", "2026-09-21 10:00")

    clock = plans.desk.clock()
    assert (clock.started_at, clock.met_at) == (
        at("2026-09-21 09:00"),
        at("2026-09-21 10:00"),
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start_states": "begun"}, "begun"),
        ({"stop_states": "passed nowhere"}, "nowhere"),
        ({"pause_states": "asleep"}, "asleep"),
        ({"start_field": "month_on"}, "review"),
        ({"stop_states": "pending"}, "既是起算又是完成"),
        ({"escalation": "soon superior"}, "soon"),
        ({"escalation": "4h everybody"}, "4h everybody"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_states_that_are_not_there_are_refused_with_a_sentence(
    plans: Plans, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(TargetRefusedError) as refused:
        plans.promise(**wrong)

    assert said in refused.value.text("zh")
