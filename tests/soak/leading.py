"""A process that runs the jobs while it holds the lease, on a clock made short.

Its one job is due each second and tells everybody once. The lease lasts as few seconds
as can be told apart on a busy machine.
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.triggers.interval import IntervalTrigger

from jobs import job_runs, lease, scheduler
from jobs.work import Done, Job, Work
from models.database import Database
from models.outbox import Notice, enqueue
from models.settings import Settings
from models.words import Label

LENGTH, LOOK_EVERY = 3, 1
"""Seconds: how long the lease lasts, and how often others look at it."""

BEAT = "beat"


def each_second(_job: Job, _zone: Any) -> IntervalTrigger:
    """Return when the job is due: at each full second."""
    return IntervalTrigger(seconds=1, start_date=datetime(2026, 1, 1, tzinfo=UTC))


def tell(work: Work) -> Done:
    """Queue one message for the moment the run is due, and take a while."""
    due = job_runs.latest_due(JOB, work.now, work.settings.zone)
    notice = Notice(
        key=f"{BEAT}/{due.isoformat()}",
        kind=BEAT,
        text=Label("整秒", "A full second"),
    )
    with work.database.write() as session:
        enqueue(session, [notice], work.now)
        time.sleep(0.05)  # long enough to be killed in
    return Done(1)


JOB = Job(BEAT, Label("整秒", "A full second"), "* * * * *", tell)


def lead(url: str, _say: object) -> None:
    """Look for the lease and run the job until killed."""
    lease.LENGTH = LENGTH
    scheduler.LOOK_EVERY = LOOK_EVERY
    for module in (scheduler, job_runs):
        vars(module).update(JOBS={BEAT: JOB}, trigger=each_second)
    settings = Settings(data_folder=Path(tempfile.mkdtemp()))
    scheduler.Scheduler(Database(url), settings).start()
    time.sleep(3_600)
