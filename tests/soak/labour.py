"""What a process does until it is killed or there is nothing left: one kind of work.

It says a word for each thing that it was promised: once the commit has returned.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from admin.bench.peak import most_memory
from admin.command_line import main as taizhang
from jobs import clock_sweep, outside
from jobs.work import Work
from models import entries, payroll
from models.database import Database
from models.history import Writer
from models.pay_tables import PayRun, PaySignature
from models.rules.pay_run import SETTLED, RunState, RunStateError
from models.rules.periods import Period, next_period, parse_period, previous_period
from models.settings import Settings
from models.words import PersonError
from tests.clock_desk import Desk, at
from tests.company import writer
from tests.models.pay_months import Months, by
from tests.models.test_payroll import BY, MONTH

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "机器报警",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}
ROWS = 40
"""Rows of one imported file."""

BEFORE = parse_period("2025-12")
"""The month before the first that is paid."""
NEXT = {
    RunState.CALCULATED: "review",
    RunState.REVIEWED: "approve",
    RunState.APPROVED: "lock",
}
"""What is signed next."""
GIVE_AWAY = """
    UPDATE call_log SET first_asked_id = 3 WHERE id = (
        SELECT min(id) FROM call_log WHERE first_asked_id = 2
        AND date(received_at) >= date(:first) AND date(received_at) < date(:end)
    )
"""

Say = Callable[[object], None]
"""Says what was promised; whoever listens may kill us at any moment."""


def save(url: str, say: Say) -> None:
    """Save one call after the other and say its id."""
    database = Database(url)
    while True:
        with database.write() as session:
            made = entries.create(session, "call_log", CALL, writer())
        say(made)


def import_files(url: str, say: Say) -> None:
    """Import one file after the other and say its mark, which each row carries."""
    folder = Path(mkdtemp())
    os.environ |= {"TAIZHANG_DATA_FOLDER": str(folder), "DATABASE_URL": url}
    file = folder / "calls.csv"
    for number in count():
        mark = f"批次{os.getpid()}次{number}号"
        lines = [f"13800138000,报修,{mark}第{row}行,待回复" for row in range(ROWS)]
        heads = "来电号码,类别,内容,处理结果"
        file.write_text("\n".join([heads, *lines]), "utf-8-sig")
        with Path(os.devnull).open("w") as silence:
            sys.stdout, kept = silence, sys.stdout
            taizhang(["import", "call_log", str(file)], standalone_mode=False)
            sys.stdout = kept
        say(mark)


def sweep(url: str, say: Say) -> None:
    """Finish orders long ago and sweep their clocks, a few at a time."""
    clock_sweep.BATCH = 7
    desk = Desk(Database(url))
    folder = Path(mkdtemp())
    while True:
        for hour in range(9, 18):
            finished = at("2026-09-21 00:00") + timedelta(hours=hour)
            who = desk.clerk
            desk.order("2026-09-22 09:00", finished_at=finished, holder=who)
        # First what is due soon, then what is late: all of it in one life of a process.
        for now in ("2026-09-22 09:30", "2026-09-28 10:00"):
            work = Work(desk.database, Settings(data_folder=folder), at(now))
            while clock_sweep.sweep_next(work).again:
                say("swept")


def pay(url: str, say: Say) -> None:
    """Reckon the month again and again, with one more call each time."""
    database = Database(url)
    while True:
        with database.write() as session:
            call = CALL | {"first_asked": 2, "received_at": BY.now}
            made = entries.create(session, "call_log", call, writer())
        with database.write() as session:
            payroll.calculate(session, MONTH, BY)
        say(made)


def close_months(url: str, say: Say) -> None:
    """Pay month after month, each with calls of its own and late ones of the last.

    Whoever else does the same at the same time, or did until it was killed, is met
    wherever it stands: what is refused to us has been done by them.
    """
    months = Months(Database(url))
    while True:
        try:
            say(close_next(months))
        except PersonError:
            continue


def close_next(months: Months) -> str:
    """Bring the first month that is not locked one move on; return what was done.

    Every third month is unlocked once before the next one begins.
    """
    # The calls are taken down in the transaction that looked where the months stand:
    # whoever waits long for the database must not bring calls of last year.
    with months.database.write() as session:
        period, state = first_open(session)
        now = f"{period.end + timedelta(days=4)} 09:00"
        last = previous_period(period)
        must_unlock = state is RunState.DRAFT and is_to_unlock(session, last)
        if state is RunState.DRAFT and not must_unlock:
            take_calls(session, [last, period], by(now))
    if must_unlock:
        months.unlock(last.text, now)
        return f"{last.text} unlocked"
    if state is RunState.DRAFT:
        months.calculate(period.text, now)
        return f"{period.text} calculated"
    try:
        months.sign(period.text, now, NEXT[state])
    except RunStateError:  # what it pays was paid meanwhile, or somebody was quicker
        if state is RunState.APPROVED:
            months.sign(period.text, now, "send_back")
            months.calculate(period.text, now)
    return f"{period.text} {NEXT[state]}"


def first_open(session: Session) -> tuple[Period, RunState]:
    """Return the first month that is not locked, and where it stands."""
    runs = session.execute(select(PayRun.period, PayRun.state).order_by(PayRun.period))
    last = BEFORE
    for text_, state in runs:
        last = parse_period(text_)
        if RunState(state) not in SETTLED:
            return last, RunState(state)
    return next_period(last), RunState.DRAFT


def is_to_unlock(session: Session, period: Period) -> bool:
    """Whether a locked month is one of those to be unlocked, and never was."""
    if period == BEFORE or period.first.month % 3:
        return False
    query = (
        select(PaySignature.id)
        .join(PayRun, PayRun.id == PaySignature.run_id)
        .where(PayRun.period == period.text, PaySignature.action == "unlock")
    )
    return session.scalars(query).first() is None


def take_calls(session: Session, periods: Sequence[Period], writer: Writer) -> None:
    """Take down a call of each month; another program gives one of the first away."""
    for one in periods:
        call = CALL | {"first_asked": 2, "received_at": at(f"{one.first} 10:00")}
        entries.create(session, "call_log", call, writer)
    given = {"first": str(periods[0].first), "end": str(periods[0].end)}
    session.execute(text(GIVE_AWAY), given)


def take_over(url: str, say: Say) -> None:
    """Take over what another program wrote, to its end; say what that took.

    That is, of this process: rows, seconds, seconds of work, and most MiB of memory.
    """
    now = at("2026-08-03 10:00")
    work = Work(Database(url), Settings(data_folder=Path(mkdtemp())), now)
    began, worked, rows = time.perf_counter(), time.process_time(), 0
    while (done := outside.take_over_next(work)).again:
        rows += done.rows
        say(rows)
    seconds, work_seconds = time.perf_counter() - began, time.process_time() - worked
    peak = most_memory() // 1024
    say(f"{rows} {seconds} {work_seconds} {peak}")


KINDS: dict[str, Callable[[str, Say], None]] = {
    "save": save,
    "import": import_files,
    "sweep": sweep,
    "pay": pay,
    "close months": close_months,
    "take over": take_over,
}
