"""When jobs run, and in which process: the one that holds the lease.

Every process starts a scheduler; all but one only look, every few seconds, whether the
lease has become free. What was due while nobody held it is caught up, once for each
job. All state is in tables, so nothing is lost with a process.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Lock

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jobs import lease
from jobs.job_list import JOBS
from jobs.job_runs import SCHEDULER, requests, run_asked, run_due, trigger
from jobs.work import Job
from models.database import Database
from models.settings import Settings

log = logging.getLogger(__name__)

LOOK_EVERY = 5
"""Seconds between two looks at the lease: with its length, a takeover within 30 s."""

_KEEPER = "lease"


def clock() -> datetime:
    """Return the time; the one place where jobs read it."""
    return datetime.now(UTC)


class Scheduler:
    """The jobs of one process, running while it holds the lease."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        now: Callable[[], datetime] = clock,
    ) -> None:
        """Prepare; nothing runs before `start`."""
        self._database = database
        self._settings = settings
        self._now = now
        # A process that starts again is another holder, even with the same number.
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._fence: int | None = None
        self._at_work: set[str] = set()  # names of the jobs that run at the moment
        self._stopping = Event()
        self._looking = Lock()
        self._scheduler = BackgroundScheduler(
            timezone=settings.zone,
            # Whatever the delay, a job that was due runs, and once (not once a miss).
            job_defaults={
                "misfire_grace_time": None,
                "coalesce": True,
                "max_instances": 1,
            },
        )

    @property
    def is_holder(self) -> bool:
        """Whether this process runs the jobs."""
        return self._fence is not None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        running: bool = self._scheduler.running
        return running

    @property
    def waiting_jobs(self) -> list[str]:
        """The names of the jobs that this process will run."""
        return [job.id for job in self._scheduler.get_jobs() if job.id != _KEEPER]

    def start(self) -> None:
        """Begin to look for the lease, and to run what is due once it is held."""
        every = IntervalTrigger(seconds=LOOK_EVERY)
        self._scheduler.add_job(self.look, every, id=_KEEPER, next_run_time=clock())
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the step each job is at, then give the lease back."""
        # Not while a look changes the jobs: it would wait for the scheduler, and the
        # scheduler for it. A look that comes later does nothing.
        with self._looking:
            self._stopping.set()
        self._scheduler.shutdown(wait=True)
        if self._fence is not None:
            self._fence = None
            with self._database.write() as session:
                lease.release(session, SCHEDULER, self.holder)

    def look(self) -> None:
        """Take or renew the lease; begin or cease to run the jobs accordingly."""
        with self._looking:
            if self._stopping.is_set():
                return
            try:
                fence = self._take()
            except Exception:
                # A database that is away for a moment ends nothing.
                log.exception("lease: could not be renewed")
                return
            if fence != self._fence:
                self._cease()
                self._fence = fence
                if fence is not None:
                    log.info("lease: taken by %s, fence %d", self.holder, fence)
                    self._begin(fence)
            elif fence is not None:
                self._hurry()

    def _take(self) -> int | None:
        with self._database.read() as session:
            if not lease.is_free_for(session, SCHEDULER, self.holder):
                return None
        with self._database.write() as session:
            return lease.take(session, SCHEDULER, self.holder)

    def _begin(self, fence: int) -> None:
        for job in JOBS.values():
            self._scheduler.add_job(
                self._fire,
                trigger(job, self._settings.zone),
                args=[job, fence],
                id=job.name,
                # At once, for what was missed. Not as a job that runs once: such a one
                # ends APScheduler's thread when the scheduler stops at that moment.
                next_run_time=clock(),
            )

    def _hurry(self) -> None:
        """Let what somebody asked for run now; never beside itself."""
        try:
            with self._database.read() as session:
                asked = requests(session).keys()
        except Exception:
            log.exception("jobs: what was asked for could not be read")
            return
        for name in asked & set(self.waiting_jobs) - self._at_work:
            self._scheduler.modify_job(name, next_run_time=clock())

    def _cease(self) -> None:
        for name in self.waiting_jobs:
            self._scheduler.remove_job(name)

    def _fire(self, job: Job, fence: int) -> None:
        self._at_work.add(job.name)
        try:
            for run in (run_asked, run_due):
                self._run(run, job, fence)
        finally:
            self._at_work.discard(job.name)

    def _run(self, run: Callable[..., object], job: Job, fence: int) -> None:
        now, is_stopping = self._now(), self._stopping.is_set
        try:
            run(job, self._database, now, self._settings, fence, is_stopping)
        except lease.LeaseLostError:
            log.warning("%s: left to the new holder of the lease", job.name)
        except Exception:
            # One failed run must not end those to come.
            log.exception("%s: failed", job.name)
