"""Two processes and one lease: the leader is killed, the other goes on."""

import time
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from models import catalogue
from models.database import Database
from models.job_tables import JobRun, Lease
from models.outbox import Message
from models.prepare import prepare
from tests.databases import Builder
from tests.soak.killing import Life
from tests.soak.leading import BEAT, lead

pytestmark = pytest.mark.soak

KILLS = 20
PROMISED = 30
"""Seconds within which another takes over; the lease here is shorter than the real."""


def build_tables(url: str) -> None:
    database = Database(url)
    prepare(database, catalogue.current())
    database.dispose()


def start(url: str) -> Life:
    return Life(lead, url)


def leader(database: Database, last_fence: int) -> tuple[int, int]:
    """Wait for a new holder that has run a job; return its process and its fence."""
    end = time.monotonic() + 2 * PROMISED
    while time.monotonic() < end:
        with database.read() as session:
            held = session.scalars(select(Lease)).first()
            if held is not None and held.fence > last_fence:
                ran = select(JobRun.id).where(
                    JobRun.fence == held.fence, JobRun.finished_at.is_not(None)
                )
                if session.scalar(ran.limit(1)) is not None:
                    return int(held.holder.split(":")[1]), held.fence
        time.sleep(0.05)
    raise AssertionError("nobody took the lease over")


def test_leader_killed_twenty_times_and_each_moment_told_once(
    prepared_database: Callable[[str, Builder], str],
) -> None:
    url = prepared_database("tables", build_tables)
    database = Database(url)
    running = {one.number: one for one in (start(url), start(url))}
    fences, waits = [0], []
    try:
        for _ in range(KILLS):
            began = time.monotonic()
            number, fence = leader(database, fences[-1])
            waits.append(time.monotonic() - began)
            fences.append(fence)
            killed = running.pop(number)
            killed.kill()
            killed.forget()
            fresh = start(url)
            running[fresh.number] = fresh
        leader(database, fences[-1])
    finally:
        for one in running.values():
            one.kill()
            one.forget()

    with database.read() as session:
        runs = list(session.scalars(select(JobRun).order_by(JobRun.due_at)))
        told = Counter(session.scalars(select(Message.key)))
    database.dispose()
    finished = {f"{BEAT}/{one.due_at.isoformat()}" for one in runs if one.finished_at}
    assert max(waits[1:]) < PROMISED, waits
    assert max(Counter(one.due_at for one in runs).values()) == 1
    assert finished <= set(told)
    assert set(told.values()) == {1}
    # Who comes later never works with a fence that somebody had before.
    held = [one.fence or 0 for one in runs]
    assert held == sorted(held)
