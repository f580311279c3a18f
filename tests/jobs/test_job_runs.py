"""Runs of jobs: claimed once for each moment, counted, remembered, caught up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from jobs import lease
from jobs.job_list import JOBS, UnknownJobError
from jobs.job_runs import SCHEDULER, job_lines, latest_due, run_due, run_job
from jobs.work import Done, Job, Work
from models.job_tables import JobRun
from models.settings import Settings
from models.words import Label
from tests.clock_desk import ZONE, Desk, at

NIGHTLY = "0 2 * * *"


@dataclass
class Counted:
    """A step that says how often it was called."""

    times: list[datetime] = field(default_factory=list)
    fails: bool = False

    def __call__(self, work: Work) -> Done:
        self.times.append(work.now)
        if self.fails:
            raise RuntimeError("disk full")
        return Done(3)


def job(step: Callable[[Work], Done], due: str = NIGHTLY) -> Job:
    return Job("nightly", Label("夜间任务", "Nightly job"), due, step)


def hold(desk: Desk, holder: str = "one") -> int:
    with desk.database.write() as session:
        lease.release(session, SCHEDULER, "one")
        fence = lease.take(session, SCHEDULER, holder)
    assert fence is not None
    return fence


def runs(desk: Desk) -> list[JobRun]:
    with desk.database.read() as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.id)))


@pytest.mark.parametrize(
    ("due", "now", "latest"),
    [
        ("* * * * *", "2026-09-23 10:00:30", "2026-09-23 10:00:00"),
        ("* * * * *", "2026-09-23 10:00:00", "2026-09-23 10:00:00"),
        (NIGHTLY, "2026-09-23 01:59:00", "2026-09-22 02:00:00"),
        (NIGHTLY, "2026-09-23 08:30:00", "2026-09-23 02:00:00"),
        ("0 6 1 * *", "2026-09-23 08:30:00", "2026-09-01 06:00:00"),
        ("0 6 1 11 *", "2026-09-23 08:30:00", "2025-11-01 06:00:00"),
        ("30 8 * * mon", "2026-09-23 08:30:00", "2026-09-21 08:30:00"),
    ],
)
def test_latest_due_is_the_last_moment_in_the_desk_zone(
    due: str, now: str, latest: str
) -> None:
    assert latest_due(job(Counted(), due), at(now), ZONE) == at(latest)


def test_run_is_counted_timed_and_remembered(desk: Desk, settings: Settings) -> None:
    step = Counted()

    done = run_due(
        job(step), desk.database, at("2026-09-23 08:30"), settings, hold(desk)
    )

    assert done == Done(3)
    (run,) = runs(desk)
    assert (run.job, run.rows, run.failure) == ("nightly", 3, None)
    assert run.due_at == at("2026-09-23 02:00")
    assert run.finished_at is not None


def test_step_is_called_until_nothing_is_left(desk: Desk, settings: Settings) -> None:
    left = [2, 2, 1]

    def step(_work: Work) -> Done:
        return Done(left.pop(0), again=bool(left))

    done = run_due(
        job(step), desk.database, at("2026-09-23 08:30"), settings, hold(desk)
    )

    assert done == Done(5)


def test_stop_ends_after_the_step_at_hand(desk: Desk, settings: Settings) -> None:
    asked = iter([False, False, True])

    done = run_due(
        job(lambda _work: Done(1, again=True)),
        desk.database,
        at("2026-09-23 08:30"),
        settings,
        hold(desk),
        lambda: next(asked),
    )

    assert done == Done(2)


def test_moment_is_run_once_and_after_a_night_off_caught_up_once(
    desk: Desk, settings: Settings
) -> None:
    step = Counted()
    fence = hold(desk)

    for now in (
        "2026-09-20 02:00",
        "2026-09-20 02:01",
        "2026-09-23 08:30",
        "2026-09-23 09:00",
    ):
        run_due(job(step), desk.database, at(now), settings, fence)

    assert step.times == [at("2026-09-20 02:00"), at("2026-09-23 08:30")]


def test_run_that_died_is_done_again_by_the_next_holder(
    desk: Desk, settings: Settings
) -> None:
    def die(_work: Work) -> Done:
        raise SystemExit("killed")

    now = at("2026-09-23 08:30")
    fence = hold(desk)
    with pytest.raises(SystemExit):
        run_due(job(die), desk.database, now, settings, fence)
    step = Counted()

    run_due(job(step), desk.database, now, settings, fence)
    assert step.times == []  # the holder itself takes it for running
    run_due(job(step), desk.database, now, settings, hold(desk, "two"))

    assert step.times == [now]
    assert len(runs(desk)) == 1


def test_process_that_lost_the_lease_runs_nothing(
    desk: Desk, settings: Settings
) -> None:
    old = hold(desk)
    hold(desk, "two")
    step = Counted()

    with pytest.raises(lease.LeaseLostError):
        run_due(job(step), desk.database, at("2026-09-23 08:30"), settings, old)

    assert step.times == []
    assert runs(desk) == []


def test_failure_is_remembered_and_the_next_moment_runs(
    desk: Desk, settings: Settings
) -> None:
    step = Counted(fails=True)
    fence = hold(desk)

    with pytest.raises(RuntimeError):
        run_due(job(step), desk.database, at("2026-09-23 02:00"), settings, fence)
    step.fails = False
    run_due(job(step), desk.database, at("2026-09-24 02:00"), settings, fence)

    assert [run.failure for run in runs(desk)] == ["RuntimeError: disk full", None]


def test_old_runs_are_forgotten(desk: Desk, settings: Settings) -> None:
    fence = hold(desk)
    for now in (at("2026-08-01 02:00"), at("2026-09-23 02:00")):
        run_due(job(Counted()), desk.database, now, settings, fence)

    assert [run.due_at for run in runs(desk)] == [at("2026-09-23 02:00")]


def test_job_by_hand_needs_no_lease_and_may_be_repeated(
    desk: Desk, settings: Settings
) -> None:
    desk.promise()
    desk.order("2026-09-22 17:40", finished_at="2026-09-22 17:30")
    now = at("2026-09-24 09:00")

    first = run_job("clock_sweep", desk.database, now, settings)
    second = run_job("clock_sweep", desk.database, now, settings)

    assert (first, second) == (Done(1), Done(0))
    assert len(runs(desk)) == 1


def test_unknown_job_is_answered_with_those_there_are(
    desk: Desk, settings: Settings
) -> None:
    with pytest.raises(UnknownJobError) as refused:
        run_job("clok_sweep", desk.database, at("2026-09-24 09:00"), settings)

    assert "clock_sweep" in refused.value.text("en")
    assert "clok_sweep" in refused.value.text("zh")


def test_list_shows_each_job_with_its_last_run_and_its_next(
    desk: Desk, settings: Settings
) -> None:
    now = at("2026-09-24 09:00:30")
    run_job("clock_sweep", desk.database, now, settings)

    with desk.database.read() as session:
        lines = {line.job.name: line for line in job_lines(session, now, ZONE)}

    assert lines.keys() == JOBS.keys()
    assert lines["clock_sweep"].last is not None
    assert lines["outbox"].last is None
    assert lines["outbox"].next_at == at("2026-09-24 09:00") + timedelta(minutes=1)


def test_run_of_a_yearly_job_is_remembered_until_the_next(
    desk: Desk, settings: Settings
) -> None:
    step, fence = Counted(), hold(desk)
    yearly = job(step, "0 6 1 11 *")

    for now in ("2026-09-23 08:30", "2026-09-24 08:30", "2026-11-02 08:30"):
        run_due(yearly, desk.database, at(now), settings, fence)

    assert len(step.times) == 2
    assert [one.due_at for one in runs(desk)] == [at("2026-11-01 06:00")]
