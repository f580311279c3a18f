"""`taizhang bench`: the sides do the same work, on data that is as the panel writes it.

How long anything takes is not tested here: a shared machine cannot tell.
"""

import importlib.util
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import MetaData, Table, select
from sqlalchemy.orm import Session

from admin.bench import due_times, store, sweeping
from admin.bench.operations import BY_CODE, LISTS
from admin.bench.questions import PAGE
from admin.bench.store import Size
from admin.command_line import main
from models import catalogue, entries
from models.access import marked
from models.database import Database
from models.history import Writer
from models.numbering import next_numbers
from models.search_store import store as search_store
from models.settings import Settings
from seed import bench_rows as rows

FEW = Size(rows=300, customers=40)


def untracked(parts: Iterable[Any], _what: str, _count: int) -> Iterable[Any]:
    return parts


def contents(database: Database, name: str, without: tuple[str, ...]) -> list[Any]:
    """Return every row of a table, in an order of its own."""
    with database.reading.connect() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        # By name: what a template adds stands last, or where the table was made.
        names = sorted(one.name for one in table.c if one.name not in without)
        query = marked(select(*(table.c[one] for one in names)), name)
        return sorted(map(repr, connection.execute(query).all()))


def typed(session: Session, register: str, row: dict[str, Any], by: Writer) -> int:
    """Write a row as a form does, with the number of its own day."""
    pattern = catalogue.current()[register].numbering or ""
    at = [row["created_at"]]
    (number,) = next_numbers(session, register, pattern, at, by.zone)
    return entries.create(session, register, row | {"number": number}, by)


def test_bulk_rows_are_as_the_panel_would_have_written_them(
    database_url: str, databases: Any
) -> None:
    store.ensure(database_url, FEW, untracked)
    in_bulk = Database(database_url)
    other_url = databases.empty()
    one_by_one = Database(other_url)
    try:
        store.begin(one_by_one)
        with one_by_one.write() as session:
            writers = store.people(session)
            staff = list(writers)
            customers = [
                typed(session, rows.CUSTOMERS, row, writers[row["account_manager"]])
                for row in rows.customers(FEW.customers, staff)
            ]
            for row in rows.complaints(FEW.rows, staff, customers):
                typed(session, rows.REGISTER, row, writers[row["received_by"]])
        kind = in_bulk.dialect.name
        texts = [
            search_store(one, kind).table.name
            for one in (rows.REGISTER, rows.CUSTOMERS)
        ]
        for name in (rows.REGISTER, rows.CUSTOMERS, *texts, "number_counter"):
            assert contents(in_bulk, name, ()) == contents(one_by_one, name, ()), name
        for name in ("change_event", "clock"):
            bulk = contents(in_bulk, name, ("id",))
            assert bulk == contents(one_by_one, name, ("id",)), name
            assert len(bulk) >= FEW.rows
    finally:
        in_bulk.dispose()
        one_by_one.dispose()
        databases.drop(other_url)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the whole command says of a few rows, every side asked once."""
    folder = tmp_path_factory.mktemp("bench")
    file = folder / "figures.json"
    size = ["--rows", str(FEW.rows), "--customers", str(FEW.customers)]
    once = ["--repeat", "1", "--folder", str(folder), "--json", str(file)]
    only = ["--only", ",".join(BY_CODE)]
    done = CliRunner().invoke(main, ["bench", *size, *once, *only])
    # Of so few rows no mark is expected to be held; a fault would end otherwise.
    assert done.exit_code in (0, 1), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    said: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return said


PEERS_HERE = [
    "flask_admin",
    *(["django"] if importlib.util.find_spec("import_export") else []),
]


@pytest.mark.parametrize("peer", PEERS_HERE)
@pytest.mark.parametrize("operation", LISTS)
def test_every_side_shows_the_same_rows(
    measured: dict[str, Any], operation: str, peer: str
) -> None:
    here = measured["figures"][operation]
    ours, theirs = here["taizhang"]["seen"], here[peer]["seen"]
    if operation == "search_nothing":
        assert not ours
        assert not theirs
    else:
        assert ours == theirs
        assert 0 < len(ours) <= PAGE


def test_a_typed_page_is_the_page_that_seeking_leads_to(
    measured: dict[str, Any],
) -> None:
    figures = measured["figures"]
    typed, sought = (
        figures[one]["taizhang"]["seen"] for one in ("typed_page", "deep_page")
    )
    assert typed == sought


def test_every_side_exports_and_imports_all_rows(measured: dict[str, Any]) -> None:
    figures = measured["figures"]
    assert figures["csv"]["taizhang"]["seen"] == FEW.rows
    assert figures["csv"]["bare"]["seen"] == FEW.rows
    assert {one["seen"] for one in figures["xlsx"].values()} == {
        figures["xlsx"]["bare"]["seen"]
    }
    assert {one["seen"] for one in figures["import"].values()} == {FEW.rows}


def test_a_mark_says_what_was_found_and_whether_it_is_held(
    measured: dict[str, Any],
) -> None:
    marks = {one["what"]: one for one in measured["marks"]}
    first = marks["first_page"]
    figures = measured["figures"]["first_page"]
    expected = figures["taizhang"]["cpu"] / figures["flask_admin"]["cpu"]
    assert first["ratio"] == pytest.approx(expected)
    assert first["held"] == (first["ratio"] <= 1 / 5)
    assert marks["csv MiB"]["most"] == 150


def test_due_times_are_measured_beside_two_ways_that_agree() -> None:
    told: list[str] = []

    found = due_times.marks(told.append, count=2_000)

    assert [one.most for one in found] == [0.6, 1.5, 1.5] * len(due_times.HOURS)
    assert all(one.ratio > 0 for one in found)
    assert len(told) == len(due_times.HOURS)


def test_batch_of_questions_is_measured() -> None:
    found = due_times.batch_mark(print, count=400)

    assert found.what.startswith("400 questions")
    assert 0 < found.ratio < 2


def test_ways_to_find_due_times_that_differ_are_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(due_times.BareSpans, "walked", lambda *_: [])

    with pytest.raises(ValueError, match="do not agree"):
        due_times.marks(print, count=600)


def test_sweep_of_clocks_is_measured_beside_the_bare_update(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"CLOCKS_RUNNING": 400, "OVERDUE": 40, "BATCH": 200, "QUIET_MINUTES": 2}
    few |= {"HOLDERS": 60, "SUPERIORS": 5}
    for name, value in few.items():
        monkeypatch.setattr(sweeping, name, value)
    database = Database(database_url)
    store.begin(database)
    with database.write() as session:
        store.people(session)

    steps = list(sweeping.build(database))
    again = list(sweeping.build(database))
    found = sweeping.verdicts(database, Settings(data_folder=tmp_path))
    database.dispose()

    assert (steps, again) == ([200, 400], [])
    assert [one.most for one in found] == [3, 1.5, 10]
    assert all(one.ratio > 0 for one in found)
