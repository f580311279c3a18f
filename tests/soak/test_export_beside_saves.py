"""A million rows leave by a download while eight clerks go on saving, on one file."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from models import catalogue
from models.access import marked
from models.database import Database
from tests.company import Company, build_company, open_company
from tests.databases import Builder

pytestmark = [pytest.mark.soak, pytest.mark.databases("sqlite")]

ROWS = 1_000_000
CLERKS = 8
PATIENCE = 30
"""Seconds that a clerk may wait for a save, on a machine that is busy besides."""

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "导出的时候还在登记",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


def build_million(url: str) -> None:
    """Fill the company with a million calls, by copying one of them."""
    build_company(url)
    company = open_company(url, Path(url.removeprefix("sqlite:///")).parent)
    first = company.create("call_log", CALL, "A02")
    company.close()
    columns = [
        one.name
        for one in catalogue.current().table("call_log").columns
        if one.name not in ("id", "number")
    ]
    names = ", ".join(columns)
    database = Database(url)
    with database.write() as session:
        session.execute(
            text(
                "WITH RECURSIVE n(i) AS"  # noqa: S608 - declared names
                " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
                f" INSERT INTO call_log (number, {names})"
                f" SELECT 'M' || i, {names} FROM call_log, n WHERE id = :first"
            ),
            {"rows": ROWS, "first": first},
        )
    database.dispose()


class Clerk(threading.Thread):
    """Somebody who enters one call after the other."""

    def __init__(self, company: Company, stop: threading.Event) -> None:
        """Sign in; nothing is entered before the start."""
        super().__init__()
        self.client = company.client("A02")
        self.stop = stop
        self.answers: list[int] = []
        self.longest = 0.0

    def run(self) -> None:
        """Save until told to stop."""
        while not self.stop.is_set():
            began = time.monotonic()
            answer = self.client.post("/register/call_log/new/", data=CALL)
            self.longest = max(self.longest, time.monotonic() - began)
            self.answers.append(answer.status_code)


def test_eight_clerks_save_while_a_million_rows_are_exported(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> None:
    company = open_company(prepared_database("million_calls", build_million), tmp_path)
    stop = threading.Event()
    clerks = [Clerk(company, stop) for _ in range(CLERKS)]
    lines = 0
    for clerk in clerks:
        clerk.start()

    with company.client("A01").get("/register/call_log/export/csv/") as answer:
        for part in answer.iter_encoded():
            lines += part.count(b"\r\n")

    stop.set()
    for clerk in clerks:
        clerk.join()
    with company.database.read() as session:
        rows = marked(text("SELECT count(*) FROM call_log"), "call_log")
        kept = session.execute(rows).scalar_one()
    company.close()
    saved = [status for clerk in clerks for status in clerk.answers]
    assert answer.status_code == 200
    assert lines > ROWS
    assert set(saved) == {302}
    assert kept == ROWS + 1 + len(saved)
    assert all(clerk.answers for clerk in clerks)
    assert max(clerk.longest for clerk in clerks) < PATIENCE
