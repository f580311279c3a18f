"""Running a job: claimed for the moment it was due, counted, timed, remembered."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from jobs import lease
from jobs.job_list import JOBS, job_named
from jobs.work import Done, Job, Work, never
from models.database import Database
from models.generations import refresh
from models.job_tables import JobRun
from models.settings import Settings

log = logging.getLogger(__name__)

SCHEDULER = "scheduler"
"""The lease whose holder runs the jobs."""

KEPT_FOR = timedelta(days=30)
"""How long finished runs stay in the list."""

_FAILURE_LENGTH = 500


def trigger(job: Job, zone: ZoneInfo) -> CronTrigger:
    """Return when a job is due, in the words of the scheduler."""
    return CronTrigger.from_crontab(job.due, timezone=zone)


def latest_due(job: Job, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment, not after now, at which a job was due.

    However long nothing ran, only this one moment is caught up.
    """
    due = trigger(job, zone)
    for back in (timedelta(minutes=1), timedelta(hours=1), *map(timedelta, _DAYS)):
        found = due.get_next_fire_time(None, now - back)
        if found is not None and found <= now:
            following = found
            while following is not None and following <= now:
                found = following
                following = due.get_next_fire_time(found, now)
            latest: datetime = found
            return latest
    raise ValueError(f"{job.name}: '{job.due}' was never due")


_DAYS = (1, 7, 31, 366, 4 * 366)  # 29 February comes round in four years


def run_job(name: str, database: Database, now: datetime, settings: Settings) -> Done:
    """Run a job by hand, whoever holds the lease; a step is safe beside another.

    Raises:
        UnknownJobError: There is no such job.
        Exception: What its step raised, after it was noted.
    """
    job = job_named(name)
    with database.write() as session:
        run_id = _claim_by_hand(session, job, now)
    return _run(job, Work(database, settings, now), run_id)


def run_due(
    job: Job,
    database: Database,
    now: datetime,
    settings: Settings,
    fence: int,
    is_stopping: Callable[[], bool] = never,
) -> Done | None:
    """Run a job for the moment it was last due; None if that was done already.

    A run that its process did not finish is done again by the next holder of the lease.

    Raises:
        LeaseLostError: Another process holds the lease by now.
        Exception: What its step raised, after it was noted.
    """
    due_at = latest_due(job, now, settings.zone)
    with database.write() as session:
        lease.demand(session, SCHEDULER, fence)
        run_id = _claim(session, job, due_at, now, fence)
    if run_id is None:
        return None
    return _run(job, Work(database, settings, now, is_stopping), run_id)


def _claim(
    session: Session, job: Job, due_at: datetime, now: datetime, fence: int
) -> int | None:
    """Return the id of the run that is now ours; None if it is done or being done."""
    run_id = _new_run(session, job, due_at, now, fence)
    if run_id is not None:
        return run_id
    unfinished = (
        update(JobRun)
        .where(JobRun.job == job.name, JobRun.due_at == due_at)
        .where(JobRun.finished_at.is_(None), JobRun.fence < fence)
        .values(fence=fence, started_at=now)
        .returning(JobRun.id)
    )
    return session.scalar(unfinished)


def _claim_by_hand(session: Session, job: Job, now: datetime) -> int:
    run_id = _new_run(session, job, now, now, None)
    if run_id is not None:
        return run_id
    again = (
        update(JobRun)
        .where(JobRun.job == job.name, JobRun.due_at == now)
        .values(started_at=now, finished_at=None, failure=None)
        .returning(JobRun.id)
    )
    return session.execute(again).scalar_one()


def _new_run(
    session: Session, job: Job, due_at: datetime, now: datetime, fence: int | None
) -> int | None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = sqlite.insert(JobRun) if is_sqlite else postgresql.insert(JobRun)
    row = {
        "job": job.name,
        "due_at": due_at,
        "fence": fence,
        "started_at": now,
        "rows": 0,
        "milliseconds": 0,
    }
    claim = new.values(row).on_conflict_do_nothing(index_elements=["job", "due_at"])
    run_id: int | None = session.scalar(claim.returning(JobRun.id))
    return run_id


def _run(job: Job, work: Work, run_id: int) -> Done:
    """Call the job's step until nothing is left, and note what came of it."""
    started = time.monotonic()
    rows = 0
    try:
        again = True
        while again and not work.is_stopping():
            refresh(work.database)
            done = job.step(work)
            rows, again = rows + done.rows, done.again
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"[:_FAILURE_LENGTH]
        _note(work, job, run_id, rows, time.monotonic() - started, failure)
        raise
    _note(work, job, run_id, rows, time.monotonic() - started, None)
    return Done(rows)


def _note(
    work: Work, job: Job, run_id: int, rows: int, seconds: float, failure: str | None
) -> None:
    """Write down how a run ended, and forget runs of long ago."""
    ended = "" if failure is None else f", failed: {failure}"
    log.info("%s: %d rows, %.2f s%s", job.name, rows, seconds, ended)
    with work.database.write() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.id == run_id)
            .values(
                finished_at=work.now + timedelta(seconds=seconds),
                rows=rows,
                milliseconds=round(seconds * 1000),
                failure=failure,
            )
        )
        # Not this one, which may have been due long ago: it is the proof that it ran.
        long_ago = JobRun.due_at < work.now - KEPT_FOR
        session.execute(
            delete(JobRun).where(JobRun.job == job.name, long_ago, JobRun.id != run_id)
        )


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as a list shows it."""

    job: Job
    next_at: datetime
    last: JobRun | None


def job_lines(session: Session, now: datetime, zone: ZoneInfo) -> Iterator[JobLine]:
    """Yield every job with its last run and when it is due next."""
    for job in JOBS.values():
        last = session.scalar(
            select(JobRun)
            .where(JobRun.job == job.name)
            .order_by(JobRun.due_at.desc())
            .limit(1)
        )
        yield JobLine(job, trigger(job, zone).get_next_fire_time(None, now), last)
