"""The sweep over very many running clocks, beside the bare UPDATE that marks them.

Each clock that is overdue is marked, escalated to the holder's superior, and told of to
both of them: two messages for each. The bare UPDATE only marks. Both do their work in
the same database, in turn, which is put back in between.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, event, func, select, text

from admin.bench.peak import Cost, Seconds, cost
from admin.bench.run import Verdict
from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models import entries
from models.access import SYSTEM
from models.bulk_rows import insert_columns, update_columns
from models.calendars import Calendar
from models.clock_table import CLOCKS, Clock
from models.column_types import UtcDateTime
from models.database import Database
from models.history import Writer
from models.outbox import Message
from models.settings import Settings
from models.targets import SlaTarget
from seed.bench_rows import NOW, ZONE

CLOCKS_RUNNING, OVERDUE = 1_000_000, 40_000
TIMES_THE_UPDATE = 3.0
"""How much longer the whole sweep may take than the UPDATE alone."""
MEMORY = 1.5
"""How much more memory the process of the sweep may hold than that of the UPDATE."""
PROBES = 10.0
"""How many bare probes of the index a minute may cost in which nothing is due."""
REPEAT, QUIET_MINUTES = 3, 200
BATCH = 20_000
HOLDERS, SUPERIORS = 500, 50
STEP = timedelta(hours=1)
"""How long after the due instant the superior is told."""
BUILT = "bench_clocks"
DUE = "next_at < :now AND due_at < :now"
MARK = "breached_at = due_at, next_at = NULL, escalate_at = NULL, escalation_level = 1"
BARE = f"UPDATE clock SET {MARK} WHERE {DUE}"  # noqa: S608 - our own words
PROBE = "SELECT id FROM clock WHERE next_at < :now ORDER BY next_at LIMIT 1"
BROKEN = and_(CLOCKS.c.target_code == BUILT, CLOCKS.c.breached_at.is_not(None))


def build(database: Database) -> Iterator[int]:
    """Write the clocks that are not there yet; yield how far."""
    with database.read() as session:
        last = select(func.max(Clock.entry_id)).where(Clock.target_code == BUILT)
        begun = session.scalar(last)
    if begun is None:
        _promise(database)
    with database.read() as session:
        target = session.scalars(select(SlaTarget).filter_by(code=BUILT)).one()
        calendar = session.scalars(select(Calendar.id).limit(1)).one()
    for start in range(0 if begun is None else begun + 1, CLOCKS_RUNNING, BATCH):
        places = range(start, start + BATCH)
        late = timedelta(minutes=1)
        # The overdue ones lie among all the others, as they do in life.
        share = CLOCKS_RUNNING // OVERDUE
        due = [
            NOW - STEP - late * (1 + one // share)
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
            "escalate_at": [one + STEP for one in due],
            "number": [f"TS2026{one:07}" for one in places],
            "holder_id": [
                SUPERIORS + 1 + one // share % (HOLDERS - SUPERIORS) for one in places
            ],
        }
        with database.write() as session:
            insert_columns(session, CLOCKS, columns)
        yield start + BATCH
    settle(database)


def _promise(database: Database) -> None:
    """Write the target that all these clocks are of, and superiors for the holders."""
    by = Writer(SYSTEM, NOW, ZONE)
    with database.write() as session:
        like = session.scalars(select(SlaTarget).limit(1)).one()
        columns = [column.key for column in SlaTarget.__table__.columns]
        values = {name: getattr(like, name) for name in columns if name != "id"}
        values |= {"code": BUILT, "escalation": "1h superior", "enabled": False}
        session.add(SlaTarget(**values))
        for holder in range(SUPERIORS + 1, HOLDERS + 1):
            above = {"superior": holder % SUPERIORS + 1}
            entries.change(session, "staff", holder, above, by)


def settle(database: Database) -> None:
    """Make ready for reading after many writes."""
    with database.writing.connect() as connection:
        done = connection.execution_options(isolation_level="AUTOCOMMIT")
        words = "ANALYZE clock"
        if not database.is_sqlite:
            # Nothing of what was put back may lie in the way of the next.
            words = "VACUUM ANALYZE clock, message"
        done.exec_driver_sql(words)


def verdicts(database: Database, settings: Settings) -> list[Verdict]:
    """Measure and say how the marks are held; by CPU on SQLite, else by the clock."""
    seconds = time.process_time if database.is_sqlite else time.perf_counter
    bare: list[Cost] = []
    ours: list[Cost] = []
    _sweep(database, settings)  # whatever else was due
    _put_back(database)
    for _ in range(REPEAT):
        bare.append(cost(seconds, lambda: _bare(database)))
        _put_back(database)
        ours.append(cost(seconds, lambda: _sweep(database, settings)))
        _demand_done(database)
        _put_back(database)
    mine, least = Cost.median(ours), Cost.median(bare)
    what = f"sweep, {mine.seconds:.2f} s: UPDATE {least.seconds:.2f} s"
    taken = Verdict(what, mine.seconds / least.seconds, TIMES_THE_UPDATE)
    held = Verdict(f"{what}, memory", mine.peak / least.peak, MEMORY)
    _sweep(database, settings)
    quiet = _quiet(database, settings, seconds)
    _put_back(database)
    return [taken, held, quiet]


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
        broken = select(func.count()).where(BROKEN, CLOCKS.c.escalation_level == 1)
        told = (
            select(Message.kind, func.count())
            .where(Message.staff_id.is_not(None))
            .group_by(Message.kind)
        )
        found = (
            session.scalar(broken),
            {row.kind: row[1] for row in session.execute(told)},
        )
    kinds = {"clock.breached": OVERDUE, "clock.escalated": OVERDUE}
    if found != (OVERDUE, kinds):
        raise RuntimeError(f"the sweep left something undone: {found}")


def _put_back(database: Database) -> None:
    with database.write() as session:
        rows = session.execute(select(CLOCKS.c.id, CLOCKS.c.due_at).where(BROKEN)).all()
        due = [row.due_at for row in rows]
        before: dict[str, list[Any]] = {
            "breached_at": [None] * len(due),
            "escalation_level": [0] * len(due),
            "escalate_at": [one + STEP for one in due],
            "next_at": due,
        }
        update_columns(session, CLOCKS, [row.id for row in rows], before)
        session.execute(delete(Message))
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
        cost(seconds, minutes).seconds / cost(seconds, probes).seconds
        for _ in range(REPEAT)
    )
    return Verdict(f"quiet minute ({count} statements)", ratio, PROBES)
