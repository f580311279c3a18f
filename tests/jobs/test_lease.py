"""The lease: one holder at a time, by the database's own clock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import update

from jobs import lease
from models.database import Database
from models.job_tables import Lease
from tests.clock_desk import Desk

NAME = "scheduler"


def take(desk: Desk, holder: str) -> int | None:
    with desk.database.write() as session:
        return lease.take(session, NAME, holder)


def let_it_run_out(desk: Desk) -> None:
    """Put the end of the lease into the past, as twenty seconds of silence do."""
    with desk.database.write() as session:
        session.execute(update(Lease).values(until=Lease.until - lease.LENGTH - 1))


def test_first_to_ask_holds_the_lease_and_others_do_not(desk: Desk) -> None:
    assert take(desk, "one") == 1
    assert take(desk, "two") is None
    assert take(desk, "one") == 1


def test_another_takes_over_once_it_has_run_out(desk: Desk) -> None:
    take(desk, "one")
    let_it_run_out(desk)

    assert take(desk, "two") == 2
    assert take(desk, "one") is None


def test_takeover_within_thirty_seconds() -> None:
    from jobs.scheduler import LOOK_EVERY  # noqa: PLC0415 - the figure of this test only

    assert lease.LENGTH + LOOK_EVERY <= 30


def test_lease_given_back_is_free_at_once(desk: Desk) -> None:
    take(desk, "one")

    with desk.database.write() as session:
        lease.release(session, NAME, "one")

    assert take(desk, "two") == 2


def test_lease_of_another_cannot_be_given_back(desk: Desk) -> None:
    take(desk, "one")

    with desk.database.write() as session:
        lease.release(session, NAME, "two")

    assert take(desk, "two") is None


def test_looking_says_whether_taking_would_succeed(desk: Desk) -> None:
    def is_free(holder: str) -> bool:
        with desk.database.read() as session:
            return lease.is_free_for(session, NAME, holder)

    assert is_free("one")
    take(desk, "one")
    assert is_free("one")
    assert not is_free("two")
    let_it_run_out(desk)
    assert is_free("two")


def test_old_holder_is_refused_by_its_fence(desk: Desk) -> None:
    fence = take(desk, "one")
    assert fence is not None
    let_it_run_out(desk)
    take(desk, "two")

    with pytest.raises(lease.LeaseLostError), desk.database.write() as session:
        lease.demand(session, NAME, fence)


def test_of_many_that_ask_at_once_one_gets_it(desk: Desk) -> None:
    together = Barrier(4)

    def process(number: int) -> int | None:
        own = Database(desk.database.url)
        try:
            together.wait()
            with own.write() as session:
                return lease.take(session, NAME, f"process {number}")
        finally:
            own.dispose()

    with ThreadPoolExecutor(4) as processes:
        fences = list(processes.map(process, range(4)))

    assert sorted(fences, key=str) == [1, None, None, None]
