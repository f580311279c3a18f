"""What a process does until it is killed or there is nothing left: one kind of work.

It says a word for each thing that it was promised: once the commit has returned.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from admin.bench.peak import most_memory
from admin.command_line import main as taizhang
from jobs import clock_sweep, outside
from jobs.work import Work
from models import entries, payroll
from models.database import Database
from models.settings import Settings
from tests.clock_desk import Desk, at
from tests.company import writer
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
    "take over": take_over,
}
