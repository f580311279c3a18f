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
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from jobs import lease
from jobs.job_list import JOBS, job_named
from jobs.work import Done, Job, Work, never
from models.database import Database
from models.generations import refresh
from models.job_tables import JobRequest, JobRun
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


def ask(session: Session, name: str, by_name: str, now: datetime) -> bool:
    """Ask the holder of the lease to run a job now; False if that was asked already.

    Raises:
        UnknownJobError: There is no such job.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = (sqlite if is_sqlite else postgresql).insert(JobRequest)
    row = {"job": job_named(name).name, "asked_at": now, "asked_by": by_name}
    asked = new.values(row).on_conflict_do_nothing(index_elements=["job"])
    return session.scalar(asked.returning(JobRequest.job)) is not None


def requests(session: Session) -> dict[str, JobRequest]:
    """Return what was asked for and is not done yet, by job."""
    return {one.job: one for one in session.scalars(select(JobRequest))}


def run_asked(
    job: Job,
    database: Database,
    now: datetime,
    settings: Settings,
    fence: int,
    is_stopping: Callable[[], bool] = never,
) -> Done | None:
    """Run a job that somebody asked for; None if nobody did, or it is being run.

    The request goes when the run has ended, well or badly: of a process that was killed
    the next holder of the lease takes it up.

    Raises:
        LeaseLostError: Another process holds the lease by now.
        Exception: What its step raised, after it was noted.
    """
    with database.read() as session:
        asked = session.get(JobRequest, job.name)
    if asked is None:
        return None
    with database.write() as session:
        lease.demand(session, SCHEDULER, fence)
        run_id = _claim(session, job, asked.asked_at, now, fence, asked.asked_by)
    if run_id is None:
        _forget_finished(database, asked)
        return None
    try:
        return _run(job, Work(database, settings, now, is_stopping), run_id)
    finally:
        _forget_finished(database, asked)


def _forget_finished(database: Database, asked: JobRequest) -> None:
    """Take a request away if its run has ended; one that was killed keeps it."""
    with database.write() as session:
        ended = select(JobRun.id).where(
            JobRun.job == asked.job,
            JobRun.due_at == asked.asked_at,
            JobRun.finished_at.is_not(None),
        )
        session.execute(
            delete(JobRequest).where(
                JobRequest.job == asked.job,
                JobRequest.asked_at == asked.asked_at,
                ended.exists(),
            )
        )


def _claim(
    session: Session,
    job: Job,
    due_at: datetime,
    now: datetime,
    fence: int,
    asked_by: str | None = None,
) -> int | None:
    """Return the id of the run that is now ours; None if it is done or being done."""
    run_id = _new_run(session, job, due_at, now, fence, asked_by)
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
    session: Session,
    job: Job,
    due_at: datetime,
    now: datetime,
    fence: int | None,
    asked_by: str | None = None,
) -> int | None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = sqlite.insert(JobRun) if is_sqlite else postgresql.insert(JobRun)
    row = {
        "job": job.name,
        "due_at": due_at,
        "fence": fence,
        "asked_by": asked_by,
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
        failure = _told(error)[:_FAILURE_LENGTH]
        _note(work, job, run_id, rows, time.monotonic() - started, failure)
        raise
    _note(work, job, run_id, rows, time.monotonic() - started, None)
    return Done(rows)


def _told(error: Exception) -> str:
    """Return what is kept of an error; a database's own words may quote an entry."""
    if isinstance(error, StatementError):
        return f"{type(error).__name__}: {type(error.orig).__name__}"
    return f"{type(error).__name__}: {error}"


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
    failed: JobRun | None  # the last run of those kept that failed


def job_lines(session: Session, now: datetime, zone: ZoneInfo) -> Iterator[JobLine]:
    """Yield every job with its last run and when it is due next."""
    for job in JOBS.values():
        last = next(iter(last_runs(session, job.name, 1)), None)
        query = select(JobRun).where(JobRun.job == job.name)
        failed = session.scalar(
            query.where(JobRun.failure.is_not(None))
            .order_by(JobRun.due_at.desc())
            .limit(1)
        )
        next_at = trigger(job, zone).get_next_fire_time(None, now)
        yield JobLine(job, next_at, last, failed)


def last_runs(session: Session, name: str, limit: int) -> list[JobRun]:
    """Return the last runs of a job, the latest first."""
    query = select(JobRun).where(JobRun.job == name).order_by(JobRun.due_at.desc())
    return list(session.scalars(query.limit(limit)))
