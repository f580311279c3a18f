"""A process that sweeps clocks and sends messages: as the leader if it can, and anyway.

Its time is that of a clock which the test sets. It may be told a point of its work at
which it kills itself; else somebody kills it.
"""

import logging
import os
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.triggers.interval import IntervalTrigger

from jobs import clock_escalation, clock_sweep, job_runs, lease, outbox, routing
from jobs import scheduler as scheduling
from jobs.job_list import JOBS
from jobs.work import Job, Work
from models import deliveries
from models.database import Database
from models.settings import Settings
from tests.soak.labour import Say

LENGTH, LOOK_EVERY = 1, 0.3
"""Seconds: how long the lease lasts, and how often everybody looks at it."""

RESTS = 0.03
"""Seconds between two looks for work of one who does not lead."""

WATCHED = ("clock_sweep", "outbox")


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of the work: as a function is called, or as it returns."""

    module: Any
    name: str
    is_after: bool


POINTS: dict[str, Point] = {
    "locked, not told": Point(clock_sweep, "tell", is_after=False),
    "told, no step yet": Point(clock_escalation, "tell", is_after=False),
    "step told, not written": Point(clock_escalation, "tell_each", is_after=True),
    "written, not committed": Point(clock_escalation, "await_next", is_after=True),
    "taken, not handed on": Point(deliveries, "insert_new", is_after=False),
    "handed on, not committed": Point(deliveries, "insert_new", is_after=True),
    "claimed, not sent": Point(outbox, "send", is_after=False),
    "sent, not marked": Point(outbox, "send", is_after=True),
    "marked, not committed": Point(outbox, "_mark", is_after=True),
    "leading, not committed": Point(lease, "take", is_after=True),
}


def watch(url: str, seconds: Any, point: str | None, say: Say) -> None:
    """Say that it begins, and work until it is killed.

    Args:
        url: The database.
        seconds: Holds what time it is, in seconds since 1970.
        point: Where it kills itself, one of POINTS; None: nowhere.
        say: Tells that it has begun.
    """
    lease.LENGTH = LENGTH
    vars(scheduling)["LOOK_EVERY"] = LOOK_EVERY
    few = {name: JOBS[name] for name in WATCHED}
    for module in (scheduling, job_runs):
        vars(module).update(JOBS=few, trigger=_each_second)
    # So few at once that there is always something half done.
    clock_sweep.BATCH, routing.BATCH, outbox.MOST = 5, 6, 3
    # It says whenever one look is not over at the next, which is often here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    if point is not None:
        _die_at(POINTS[point])
    folder = Path(tempfile.mkdtemp())
    settings = Settings(data_folder=folder, internal_hosts="127.0.0.1")
    database = Database(url)

    def now() -> datetime:
        return datetime.fromtimestamp(seconds.value, UTC)

    scheduling.Scheduler(database, settings, now).start()
    say("at work")
    while True:
        work = Work(database, settings, now())
        for name in WATCHED:
            while JOBS[name].step(work).again:
                pass
        time.sleep(RESTS)


def _each_second(_job: Job, _zone: Any) -> IntervalTrigger:
    """Return when a job is due: at each full second."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return IntervalTrigger(seconds=1, start_date=since)


def _die_at(point: Point) -> None:
    """Have this process kill itself when it comes to a point."""
    does: Callable[..., Any] = getattr(point.module, point.name)

    def dies(*given: Any, **named: Any) -> Any:
        if point.is_after:
            does(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(point.module, point.name, dies)
