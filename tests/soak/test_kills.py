"""Killed at any moment: what was promised is there, what is there is whole."""

from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, text

from jobs import clock_sweep
from jobs.work import Work
from models import pay_reading, payroll
from models.clock_table import Clock
from models.database import Database
from models.outbox import Message
from models.settings import Settings
from tests.clock_desk import Desk, at, prepare_desk
from tests.company import build_company
from tests.databases import Builder
from tests.models.test_payroll import BY, MONTH, PAYER, build_pay
from tests.soak.killing import until_killed
from tests.soak.labour import ROWS

pytestmark = pytest.mark.soak

KILLS = 25  # of each of the four kinds of work
Prepared = Callable[[str, Builder], str]
HISTORY = "change_event WHERE register = 'call_log'"
# Each counts what may not be: an entry without its history, a history without its
# entry, a number that is missing, a number given twice.
ODD = (
    f"SELECT count(*) FROM call_log WHERE id NOT IN (SELECT entry_id FROM {HISTORY})",  # noqa: S608 - fixed words
    f"SELECT count(*) FROM {HISTORY} AND entry_id NOT IN (SELECT id FROM call_log)",  # noqa: S608 - fixed words
    "SELECT count(*) FROM call_log WHERE number IS NULL",
    "SELECT count(*) - count(DISTINCT number) FROM call_log",
)


def promised(kind: str, url: str) -> list[str]:
    """Let processes work and kill each; return all that they were promised."""
    chance = Random(kind)  # noqa: S311 - when to kill, not a secret
    said = []
    for _ in range(KILLS):
        said += until_killed(kind, url, chance.uniform(0.02, 0.6))
    return said


def odd(database: Database) -> list[int]:
    """Return how many calls are half there, one figure for each way of being so."""
    with database.read() as session:
        return [session.execute(text(query)).scalar_one() for query in ODD]


def test_save_killed_anywhere_is_whole_or_absent(prepared_database: Prepared) -> None:
    url = prepared_database("company", build_company)

    said = {int(one) for one in promised("save", url)}

    database = Database(url)
    with database.read() as session:
        there = set(session.scalars(text("SELECT id FROM call_log")))
    assert len(said) > KILLS
    assert said <= there
    assert odd(database) == [0, 0, 0, 0]
    database.dispose()


def test_import_killed_anywhere_is_whole_or_absent(prepared_database: Prepared) -> None:
    url = prepared_database("company", build_company)

    said = promised("import", url)

    database = Database(url)
    with database.read() as session:
        contents = session.scalars(text("SELECT content FROM call_log"))
        marks = Counter(one.partition("第")[0] for one in contents)
    assert len(said) >= KILLS
    assert set(said) <= set(marks)
    assert set(marks.values()) == {ROWS}
    assert odd(database) == [0, 0, 0, 0]
    database.dispose()


STEPS = ("2h before holder", "1h superior", "1 workday post 内勤")


def test_sweep_killed_anywhere_tells_each_fact_once(
    prepared_database: Prepared, tmp_path: Path
) -> None:
    url = prepared_database("clock_desk", prepare_desk)
    desk = Desk(Database(url))
    desk.promise(responsible="holder", escalation="\n".join(STEPS))

    said = promised("sweep", url)

    work = Work(desk.database, Settings(data_folder=tmp_path), at("2026-10-20 10:00"))
    while clock_sweep.sweep_next(work).again:
        pass
    clocks = desk.clocks()
    with desk.database.read() as session:
        orders = session.execute(text("SELECT count(*) FROM service_order")).scalar()
    told = _told(desk.database)
    desk.database.dispose()
    assert len(said) >= KILLS
    assert len(clocks) == orders
    assert all(_breached(one) for one in clocks)
    assert all(one.escalation_level == len(STEPS) for one in clocks)
    each = Counter(one.entry_id for one in clocks)
    assert told["breached"] == each
    warned = Counter(one.entry_id for one in clocks if one.warned_at is not None)
    assert warned
    assert told["warned"] == warned
    # Nobody is the clerk's superior; two people hold the post.
    for step in (f"1/{desk.clerk}", "2/", f"3/{desk.engineer}", f"3/{desk.clerk}"):
        assert told.pop(f"escalated/{step}") == each
    assert told.keys() == {"warned", "breached"}


def _told(database: Database) -> dict[str, Counter[int | None]]:
    """Return how often each order was told of, by what was told to whom."""
    found: dict[str, Counter[int | None]] = defaultdict(Counter)
    with database.read() as session:
        for kind, key, entry_id in session.execute(
            select(Message.kind, Message.key, Message.entry_id)
        ):
            word = kind.removeprefix("clock.")
            if word == "escalated":  # clock.escalated/ID/TURN/LEVEL/PERSON
                word = "/".join([word, *key.split("/")[3:]])
            found[word][entry_id] += 1
    return found


def _breached(clock: Clock) -> bool:
    return clock.breached_at is not None and clock.breached_at == clock.due_at


def test_pay_killed_anywhere_is_of_one_reckoning(prepared_database: Prepared) -> None:
    url = prepared_database("pay", build_pay)

    said = promised("pay", url)

    database = Database(url)
    left = _totals(database)
    with database.write() as session:
        payroll.calculate(session, MONTH, BY)
        calls = session.execute(text("SELECT count(*) FROM call_log")).scalar_one()
    again = _totals(database)
    database.dispose()
    assert len(said) >= KILLS
    # Each call is worth 2.50; a run that was killed left the one before it in place.
    assert left["A02"] >= Decimal("2.50") * (3 + len(said))
    assert left.keys() == again.keys()
    assert again["A02"] == Decimal("2.50") * calls


def _totals(database: Database) -> dict[str, Decimal]:
    """Return what each slip comes to, after its lines were seen to add up to it."""
    with database.read() as session:
        run = payroll.find_run(session, MONTH)
        found = pay_reading.slips(session, PAYER, run)
        for one in found:
            amounts = [item.amount for item in one.items if item.amount is not None]
            assert sum(amounts, Decimal(0)) == one.total
        assert run.total == sum((one.total or Decimal(0) for one in found), Decimal(0))
        return {one.staff_number: one.total or Decimal(0) for one in found}
