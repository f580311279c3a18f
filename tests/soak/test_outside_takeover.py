"""Very much that another program wrote is taken over, by processes that are killed.

With TAKEOVER_ROWS in the environment it is another number of rows.
"""

import os
import sys
import time
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import text

from models.database import Database
from tests.clock_desk import Desk, prepare_desk
from tests.databases import Builder
from tests.jobs.outside_desk import REPLY, hits
from tests.soak.killing import to_the_end, until_killed

pytestmark = pytest.mark.soak

ROWS = int(os.environ.get("TAKEOVER_ROWS", "20000"))
AT_ONCE = 5_000  # rows of one INSERT of the other program
KILLS = 8
MOST_MEMORY = 300  # MiB of a process that takes over, however many rows there are
INSERT = text(
    "INSERT INTO complaint_log (customer_id, complainant, phone, category, content,"
    " demand, received_at, holder_id) VALUES (1, :who, :phone, 'late_visit', :what,"
    " '当天上门并道歉', '2026-08-03 01:00:00', 1)"
)
COUNTED = {
    "numbered": "SELECT count(DISTINCT number) FROM complaint_log",
    "clocked": "SELECT count(DISTINCT entry_id) FROM clock WHERE voided_at IS NULL",
    "clocks": "SELECT count(*) FROM clock",
    "remembered": "SELECT count(DISTINCT entry_id) FROM change_event"
    " WHERE register = 'complaint_log' AND origin = 'outside'",
    "events": "SELECT count(*) FROM change_event WHERE register = 'complaint_log'",
}
WAITING = "SELECT count(*) FROM entry_change"


def write(database: Database) -> float:
    """Write as another program does; return the seconds it took."""
    began = time.perf_counter()
    for start in range(0, ROWS, AT_ONCE):
        rows = [
            {
                "who": f"客户{row}",
                "phone": f"138{row:08d}",
                "what": f"机器{row:06d}约好上午来，等到下午也没有人来",
            }
            for row in range(start, min(start + AT_ONCE, ROWS))
        ]
        with database.writing.begin() as connection:
            connection.execute(INSERT, rows)
    return time.perf_counter() - began


def count(database: Database, query: str) -> int:
    with database.writing.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_thousands_of_outside_complaints_are_taken_over_once_and_whole(
    prepared_database: Callable[[str, Builder], str], database_kind: str
) -> None:
    url = prepared_database("clock_desk", prepare_desk)
    database = Database(url)
    Desk(database).promise(**REPLY)
    bare = write(database)
    chance = Random(database_kind)  # noqa: S311 - when to kill, not a secret

    for _ in range(KILLS):
        until_killed("take over", url, chance.uniform(0.02, 0.6))
    left = count(database, WAITING)
    half_way = {name: count(database, query) for name, query in COUNTED.items()}
    rows, seconds, worked, memory = to_the_end("take over", url)[-1].split()

    everything = {name: count(database, query) for name, query in COUNTED.items()}
    sys.stdout.write(
        f"\n{database_kind}, {ROWS} rows: a bare INSERT {bare / ROWS * 1e6:.0f} µs,"
        f" the takeover {float(seconds) / int(rows) * 1e6:.0f} µs a row"
        f" ({float(worked) / int(rows) * 1e6:.0f} of work here),"
        f" {memory} MiB; {rows} after {KILLS} kills\n"
    )
    assert 0 < left == int(rows) < ROWS
    assert set(half_way.values()) == {ROWS - left}
    assert set(everything.values()) == {ROWS}
    assert count(database, WAITING) == 0
    assert len(hits(database, "下午")) == ROWS
    assert len(hits(database, f"机器{ROWS // 2:06d}")) == 1
    assert int(memory) < MOST_MEMORY
    database.dispose()
