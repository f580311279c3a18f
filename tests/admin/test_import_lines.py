"""A line of an applied import knows its entry, and what kept it out."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, text

from models import catalogue, importing
from models.access import marked
from models.import_mapping import FileMapping, read_mapping
from models.import_tables import ImportBatch, ImportLine
from tests.company import Company, writer

HEAD = "题目,原因\n"
MAPPING = {"fields": {"problem": "题目", "cause": "原因"}, "key": ["cause"]}


def stage(company: Company, text: str) -> tuple[ImportBatch, importing.Rehearsal]:
    how: FileMapping = read_mapping(dict(MAPPING), catalogue.current()["problem_log"])
    by = writer(origin="import")
    data = (HEAD + text).encode()
    lines, skipped = importing.read_lines(data, "a.csv", how)
    file_hash = importing.file_hash_of(data)
    with company.database.read() as session:
        found = importing.rehearse(
            session, "problem_log", lines, skipped, how, file_hash, by
        )
    with company.database.write() as session:
        batch = importing.stage(
            session, "problem_log", "a.csv", file_hash, how, found, by
        )
    return batch, found


def apply(
    company: Company, batch: ImportBatch, found: importing.Rehearsal | None = None
) -> int:
    with company.database.write() as session:
        kept = session.get_one(ImportBatch, batch.id)
        return importing.apply_batch(session, kept, writer(origin="import"), found)


def lines_of(company: Company, batch: ImportBatch) -> Sequence[Any]:
    query = select(ImportLine.state, ImportLine.entry_id)
    with company.database.read() as session:
        here = query.where(ImportLine.batch_id == batch.id).order_by(ImportLine.id)
        return [tuple(row) for row in session.execute(here)]


def test_line_keeps_the_entry_it_became(company: Company) -> None:
    batch, _ = stage(company, "漏气,A\n,B\n卡顿,C\n")

    apply(company, batch)

    assert lines_of(company, batch) == [("good", 1), ("refused", None), ("good", 2)]
    assert company.get("problem_log", 2)["cause"] == "C"


def test_rehearsal_at_hand_saves_the_same(company: Company) -> None:
    batch, found = stage(company, "漏气,A\n,B\n卡顿,C\n")

    apply(company, batch, found)

    assert lines_of(company, batch) == [("good", 1), ("refused", None), ("good", 2)]
    assert company.get("problem_log", 2)["cause"] == "C"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("written", ["nothing", "an entry", "a row by SQL"])
def test_rows_are_checked_again_only_if_something_was_written_since(
    company: Company, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    batch, found = stage(company, "漏气,A\n卡顿,C\n")
    if written == "an entry":
        company.create("problem_log", {"problem": "异响"})
    elif written == "a row by SQL":
        change = text("UPDATE staff SET name = name || '甲'")
        with company.database.writing.begin() as connection:
            connection.execute(marked(change, "staff"))
    checked: list[int] = []

    def noted(session: Any, register: str, lines: Any, *rest: Any) -> Any:
        checked.append(len(lines))
        return importing.rehearse(session, register, lines, *rest)

    monkeypatch.setattr("models.import_batches.rehearse", noted)

    assert apply(company, batch, found) == 2
    assert checked == ([] if written == "nothing" else [2])


def test_line_that_came_in_meanwhile_is_marked_as_known(company: Company) -> None:
    batch, found = stage(company, "漏气,A\n卡顿,C\n")
    other, _ = stage(company, "别的,A\n")
    apply(company, other)

    assert apply(company, batch, found) == 1

    assert lines_of(company, batch) == [("known", None), ("good", 2)]
    with company.database.read() as session:
        kept = session.get_one(ImportBatch, batch.id)
        assert (kept.good, kept.known, kept.imported) == (1, 1, 1)


def test_two_rows_of_one_key_are_told_apart_by_a_sentence(company: Company) -> None:
    batch, found = stage(company, "漏气,A\n卡顿,A\n停机,\n异响,\n")

    (problem,) = found.refused[0].problems
    assert "第 2 行" in problem.label.zh
    assert apply(company, batch, found) == 3
