"""Killed at any line, a save is there whole or not at all."""

import subprocess
import sys
import time
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import text

from models.database import Database
from tests.company import build_company
from tests.databases import Builder

KILLS = 15
HISTORY = "change_event WHERE register = 'call_log'"
# Each counts what may not be: an entry without its history, a history without its
# entry, a number that is missing, a number given twice.
ODD = (
    f"SELECT count(*) FROM call_log WHERE id NOT IN (SELECT entry_id FROM {HISTORY})",  # noqa: S608 - fixed words
    f"SELECT count(*) FROM {HISTORY} AND entry_id NOT IN (SELECT id FROM call_log)",  # noqa: S608 - fixed words
    "SELECT count(*) FROM call_log WHERE number IS NULL",
    "SELECT count(*) - count(DISTINCT number) FROM call_log",
)


@pytest.mark.soak
def test_save_killed_anywhere_is_whole_or_absent(
    prepared_database: Callable[[str, Builder], str],
) -> None:
    url = prepared_database("company", build_company)
    chance = Random(20261014)  # noqa: S311 - when to kill, not a secret
    promised: list[int] = []

    for _ in range(KILLS):
        promised += _saved_until_killed(url, chance.uniform(0.05, 0.8))

    database = Database(url)
    with database.read() as session:
        there = set(session.scalars(text("SELECT id FROM call_log")))
        odd = [session.execute(text(query)).scalar_one() for query in ODD]
    database.dispose()
    assert len(promised) > KILLS
    assert set(promised) <= there
    assert odd == [0, 0, 0, 0]


def _saved_until_killed(url: str, seconds: float) -> list[int]:
    """Let a process save, kill it, and return the ids whose commit had returned."""
    command = [sys.executable, "-m", "tests.soak.writing", url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    assert process.stdout is not None
    with process:
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    # The last line may be cut off by the kill; then it was not promised.
    said = (first + rest).split("\n")[:-1]
    return [int(one) for one in said]
