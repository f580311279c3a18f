"""The sweep over very many running clocks, beside the bare UPDATE that marks them.

Both do their work in a database of their own, in turn, which is put back in between.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, event, func, select, text, update

from admin.bench.run import Verdict
from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models.bulk_rows import insert_columns
from models.calendars import Calendar
from models.clock_table import CLOCKS, Clock
from models.column_types import UtcDateTime
from models.database import Database
from models.outbox import Message
from models.settings import Settings
from models.targets import SlaTarget
from seed.bench_rows import NOW

CLOCKS_RUNNING, OVERDUE = 1_000_000, 40_000
TIMES_THE_UPDATE = 3.0
"""How much longer the whole sweep may take than the UPDATE alone."""
PROBES = 10.0
"""How many bare probes of the index a minute may cost in which nothing is due."""
REPEAT, QUIET_MINUTES = 3, 200
BATCH = 20_000
HOLDERS = 500
BUILT = "bench_clocks"
DUE = "next_at < :now AND due_at < :now"
BARE = f"UPDATE clock SET breached_at = due_at, next_at = NULL WHERE {DUE}"  # noqa: S608 - our own words
PROBE = "SELECT id FROM clock WHERE next_at < :now LIMIT 1"
BROKEN = and_(CLOCKS.c.target_code == BUILT, CLOCKS.c.breached_at.is_not(None))
Seconds = Callable[[], float]


def build(database: Database) -> Iterator[int]:
    """Write the clocks that are not there yet; yield how far."""
    with database.read() as session:
        last = select(func.max(Clock.entry_id)).where(Clock.target_code == BUILT)
        begun = session.scalar(last)
        target = session.scalars(select(SlaTarget).limit(1)).one()
        calendar = session.scalars(select(Calendar.id).limit(1)).one()
    for start in range(0 if begun is None else begun + 1, CLOCKS_RUNNING, BATCH):
        places = range(start, start + BATCH)
        late = timedelta(minutes=1)
        # The overdue ones lie among all the others, as they do in life.
        share = CLOCKS_RUNNING // OVERDUE
        due = [
            NOW - late * (1 + one // share)
            if one % share == 0
            else NOW + late * (1 + one % 50_000)
            for one in places
        ]
        said: dict[str, Any] = {
            "register": target.register,
            "target_code": BUILT,
            "target_id": target.id,
            "calendar_id": calendar,
            "paused": [],
            "moves": [],
            "turn": 0,
            "escalation_level": 0,
        }
        columns = {name: [value] * BATCH for name, value in said.items()} | {
            "entry_id": list(places),
            "started_at": [one - timedelta(days=1) for one in due],
            "due_at": due,
            "next_at": due,
            "number": [f"TS2026{one:07}" for one in places],
            "holder_id": [1 + one % HOLDERS for one in places],
        }
        with database.write() as session:
            insert_columns(session, CLOCKS, columns)
        yield start + BATCH
    settle(database)


def settle(database: Database) -> None:
    """Make ready for reading after many writes."""
    with database.writing.connect() as connection:
        done = connection.execution_options(isolation_level="AUTOCOMMIT")
        words = "ANALYZE clock" if database.is_sqlite else "VACUUM ANALYZE clock"
        done.exec_driver_sql(words)


def verdicts(database: Database, settings: Settings) -> list[Verdict]:
    """Measure and say how the marks are held; by CPU on SQLite, else by the clock."""
    seconds = time.process_time if database.is_sqlite else time.perf_counter
    bare, ours = [], []
    _sweep(database, settings)  # whatever else was due
    _put_back(database)
    for _ in range(REPEAT):
        bare.append(_timed(seconds, lambda: _bare(database)))
        _put_back(database)
        ours.append(_timed(seconds, lambda: _sweep(database, settings)))
        _demand_done(database)
        _put_back(database)
    ratio = statistics.median(ours) / statistics.median(bare)
    _sweep(database, settings)
    quiet = _quiet(database, settings, seconds)
    _put_back(database)
    return [Verdict("sweep", ratio, TIMES_THE_UPDATE), quiet]


def _timed(seconds: Seconds, work: Callable[[], object]) -> float:
    began = seconds()
    work()
    return seconds() - began


def _bare(database: Database) -> None:
    with database.writing.begin() as connection:
        connection.execute(text(BARE), _now(connection))


def _now(connection: Connection) -> dict[str, Any]:
    keep = UtcDateTime().bind_processor(connection.dialect)
    return {"now": keep(NOW) if keep is not None else NOW}


def _sweep(database: Database, settings: Settings) -> None:
    while sweep_next(Work(database, settings, NOW)).again:
        pass


def _demand_done(database: Database) -> None:
    """Make sure that what was timed was the whole work."""
    with database.read() as session:
        broken = select(Clock.id).where(BROKEN)
        told = select(Message.id).where(Message.kind == "clock.breached")
        found = [len(session.scalars(one).all()) for one in (broken, told)]
    if found != [OVERDUE, OVERDUE]:
        raise RuntimeError(f"the sweep left something undone: {found}")


def _put_back(database: Database) -> None:
    with database.writing.begin() as connection:
        connection.execute(
            update(CLOCKS)
            .where(BROKEN)
            .values(
                breached_at=None, next_at=CLOCKS.c.due_at, escalation_level=0, turn=0
            )
        )
        connection.execute(delete(Message.__table__))  # type: ignore[arg-type]  # a Table
    settle(database)


def _quiet(database: Database, settings: Settings, seconds: Seconds) -> Verdict:
    """Compare a minute in which nothing is due with bare probes of the index."""
    asked: list[str] = []

    @event.listens_for(database.reading, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    _sweep(database, settings)
    count = len(asked)
    event.remove(database.reading, "before_cursor_execute", note)

    def minutes() -> None:
        for _ in range(QUIET_MINUTES):
            _sweep(database, settings)

    def probes() -> None:
        with database.reading.connect() as connection:
            now, words = _now(connection), text(PROBE)
            for _ in range(QUIET_MINUTES):
                connection.execute(words, now).scalar()

    ratio = min(
        _timed(seconds, minutes) / _timed(seconds, probes) for _ in range(REPEAT)
    )
    return Verdict(f"quiet minute ({count} statements)", ratio, PROBES)
