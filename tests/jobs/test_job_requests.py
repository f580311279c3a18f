"""Run now: asked for on a page, run by the holder of the lease, once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic, sleep

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from jobs import job_list, job_runs, lease, scheduler
from jobs.job_list import UnknownJobError
from jobs.job_runs import SCHEDULER, ask, requests, run_asked, run_due
from jobs.scheduler import Scheduler
from jobs.work import Done, Job, Work
from models.job_tables import JobRun
from models.settings import Settings
from models.words import Label
from tests.clock_desk import Desk, at

NOW = at("2026-09-23 10:00:30")
NAMES = ("minutely", "hourly", "nightly")


@dataclass
class Steps:
    """Jobs that say what they were called for."""

    called: list[str] = field(default_factory=list)
    breaks: BaseException | None = None

    def job(self, name: str, due: str = "0 2 * * *") -> Job:
        def step(_work: Work) -> Done:
            self.called.append(name)
            if self.breaks is not None:
                raise self.breaks
            return Done(1)

        return Job(name, Label("任务", "job"), due, step)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Let there be these jobs and no others."""
    made = Steps()
    rules = ("* * * * *", "0 * * * *", "0 2 * * *")
    jobs = {name: made.job(name, due) for name, due in zip(NAMES, rules, strict=True)}
    for module in (job_list, job_runs, scheduler):
        monkeypatch.setattr(module, "JOBS", jobs)
    return made


def hold(desk: Desk, holder: str = "one") -> int:
    with desk.database.write() as session:
        lease.release(session, SCHEDULER, "one")
        fence = lease.take(session, SCHEDULER, holder)
    assert fence is not None
    return fence


def asked(desk: Desk, name: str = "nightly") -> bool:
    with desk.database.write() as session:
        return ask(session, name, "林主管", NOW)


def waiting(desk: Desk) -> set[str]:
    with desk.database.read() as session:
        return set(requests(session))


def runs(desk: Desk) -> list[JobRun]:
    with desk.database.read() as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def test_asked_twice_it_runs_once(desk: Desk, settings: Settings, steps: Steps) -> None:
    first, second = asked(desk), asked(desk)
    fence = hold(desk)
    job = steps.job("nightly")

    for _ in range(2):
        run_asked(job, desk.database, NOW, settings, fence)

    assert (first, second) == (True, False)
    assert steps.called == ["nightly"]
    assert waiting(desk) == set()
    assert [one.asked_by for one in runs(desk)] == ["林主管"]


def test_job_that_is_not_there_cannot_be_asked_for(desk: Desk) -> None:
    with pytest.raises(UnknownJobError):
        asked(desk, "no_such")


def test_request_of_a_run_that_was_killed_is_taken_up_by_the_next_holder(
    desk: Desk, settings: Settings, steps: Steps
) -> None:
    asked(desk)
    job = steps.job("nightly")
    steps.breaks = SystemExit("killed")
    with pytest.raises(SystemExit):
        run_asked(job, desk.database, NOW, settings, hold(desk))
    steps.breaks = None

    run_asked(job, desk.database, NOW, settings, hold(desk, "two"))

    assert steps.called == ["nightly", "nightly"]
    assert waiting(desk) == set()
    assert len(runs(desk)) == 1


def test_failed_request_is_not_tried_for_ever(
    desk: Desk, settings: Settings, steps: Steps
) -> None:
    asked(desk)
    job = steps.job("nightly")
    steps.breaks = RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        run_asked(job, desk.database, NOW, settings, hold(desk))

    assert waiting(desk) == set()
    assert [one.failure for one in runs(desk)] == ["RuntimeError: disk full"]


def test_error_of_the_database_is_kept_without_what_it_quotes(
    desk: Desk, settings: Settings, steps: Steps
) -> None:
    job = steps.job("nightly")
    quoted = ValueError("Key (phone)=(13800138000) already exists")
    steps.breaks = IntegrityError("INSERT", {}, quoted)

    with pytest.raises(IntegrityError):
        run_due(job, desk.database, NOW, settings, hold(desk))

    assert [one.failure for one in runs(desk)] == ["IntegrityError: ValueError"]


def test_process_without_the_lease_runs_nothing_that_was_asked_for(
    desk: Desk, settings: Settings, steps: Steps
) -> None:
    asked(desk)
    old = hold(desk)
    hold(desk, "two")

    with pytest.raises(lease.LeaseLostError):
        run_asked(steps.job("nightly"), desk.database, NOW, settings, old)

    assert steps.called == []
    assert waiting(desk) == {"nightly"}


@pytest.fixture
def running(desk: Desk, settings: Settings) -> Callable[[Callable[[], object]], None]:
    """Run a scheduler on a clock of one's own, until a condition holds."""

    def run(is_done: Callable[[], object], hours: float = 0) -> None:
        now = NOW + timedelta(hours=hours)
        one = Scheduler(desk.database, settings, lambda: now)
        one.start()
        try:
            _until(lambda: one.is_holder)
            one.look()
            _until(is_done)
        finally:
            one.stop()

    return run


def _until(condition: Callable[[], object]) -> None:
    end = monotonic() + 10
    while not condition():
        assert monotonic() < end, "nothing came of it"
        sleep(0.02)


def test_scheduler_runs_what_was_asked_for_beside_what_is_due(
    desk: Desk, running: Callable[..., None], steps: Steps
) -> None:
    running(lambda: len(steps.called) == len(NAMES))
    asked(desk, "hourly")

    running(lambda: not waiting(desk))

    assert steps.called.count("hourly") == 2
    assert steps.called.count("nightly") == 1


def test_after_a_night_switched_off_each_job_runs_once_and_none_is_forgotten(
    desk: Desk, running: Callable[..., None], steps: Steps
) -> None:
    running(lambda: len(steps.called) == len(NAMES))
    steps.called.clear()

    # From half past ten to past two in the night, when the nightly one is due.
    running(lambda: len(steps.called) >= len(NAMES), hours=16)

    assert sorted(steps.called) == sorted(NAMES)
    due = [one.due_at for one in runs(desk) if one.job == "minutely"]
    assert due == [at("2026-09-23 10:00"), at("2026-09-24 02:00")]
    assert all(one.finished_at for one in runs(desk))
