"""The scheduler: jobs run in the process that holds the lease, and in no other."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep

import pytest
from sqlalchemy import select, update

from jobs import job_list, lease, scheduler
from jobs.scheduler import Scheduler
from jobs.work import Done, Job, Work
from models.database import Database
from models.job_tables import JobRun, Lease
from models.settings import Settings
from models.words import Label
from tests.clock_desk import Desk, at

NOW = at("2026-09-23 10:00:30")


@pytest.fixture
def schedulers(desk: Desk, settings: Settings) -> Iterator[Callable[[], Scheduler]]:
    made: list[tuple[Scheduler, Database]] = []

    def make() -> Scheduler:
        database = Database(desk.database.url)
        made.append((Scheduler(database, settings, lambda: NOW), database))
        return made[-1][0]

    yield make
    for one, database in made:
        if one.is_running:
            one.stop()
        database.dispose()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does, ten seconds at most."""
    end = monotonic() + 10
    while not condition():
        assert monotonic() < end, "nothing came of it"
        sleep(0.02)


def finished(desk: Desk) -> set[str]:
    with desk.database.read() as session:
        query = select(JobRun.job).where(JobRun.finished_at.is_not(None))
        return set(session.scalars(query))


def test_holder_runs_every_job_that_was_due(
    desk: Desk, schedulers: Callable[[], Scheduler]
) -> None:
    desk.promise()
    desk.order("2026-09-21 17:40", finished_at="2026-09-21 17:30")

    schedulers().start()
    until(lambda: finished(desk) == set(job_list.JOBS))

    assert desk.clock().breached_at == at("2026-09-22 17:30")


def test_second_process_waits_and_takes_over_when_the_first_ends(
    schedulers: Callable[[], Scheduler],
) -> None:
    first, second = schedulers(), schedulers()
    first.start()
    until(lambda: first.is_holder)
    second.start()
    second.look()
    waited = second.is_holder

    first.stop()
    second.look()

    assert not waited
    assert second.is_holder


def test_holder_that_lost_the_lease_runs_nothing_more(
    desk: Desk, schedulers: Callable[[], Scheduler]
) -> None:
    first = schedulers()
    first.start()
    until(lambda: finished(desk) == set(job_list.JOBS))
    with desk.database.write() as session:
        session.execute(update(Lease).values(holder="another", fence=9))

    first.look()

    assert not first.is_holder
    assert first.waiting_jobs == []


def test_failing_job_does_not_stop_the_others(
    desk: Desk,
    schedulers: Callable[[], Scheduler],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_work: Work) -> Done:
        raise RuntimeError("disk full")

    jobs = {
        name: Job(name, Label("任务", "job"), "* * * * *", step)
        for name, step in {"bad": fail, "good": lambda _work: Done(1)}.items()
    }
    monkeypatch.setattr(scheduler, "JOBS", jobs)

    schedulers().start()
    until(lambda: finished(desk) == {"bad", "good"})

    with desk.database.read() as session:
        rows = session.execute(select(JobRun.job, JobRun.failure))
        failures = {row.job: row.failure for row in rows}
    assert failures == {"bad": "RuntimeError: disk full", "good": None}


def test_database_away_for_a_moment_ends_nothing(
    schedulers: Callable[[], Scheduler], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = schedulers()
    first.start()
    until(lambda: first.is_holder)

    def away(*_: object) -> None:
        raise OSError("no connection")

    with monkeypatch.context() as patched:
        patched.setattr(lease, "is_free_for", away)
        first.look()

    assert first.is_holder
