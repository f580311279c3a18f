"""Rows that other programs replace or truncate are taken over like deleted ones."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import text

from models import entries, outside
from models.entry_errors import LostUpdateError, NotAllowedError
from tests.clock_desk import Desk, at
from tests.jobs.outside_desk import (
    GIVEN,
    REGISTER,
    REPLY,
    Program,
    by_form,
    clocks,
    entry,
    history,
    hits,
    waiting,
)

OTHER: dict[str, Any] = GIVEN | {"content": "机器一直报警", "external_key": "W-2002"}
ROW = (
    "INTO complaint_log (id, content, category, holder_id, received_at)"
    " VALUES (:id, :content, 'other', 1, '2026-08-04 01:00:00')"
)
KEY = "INTO complaint_log (content, number) VALUES (:content, :number)"
UPSERT = " ON CONFLICT (id) DO UPDATE SET content = excluded.content"
RECURSIVE = "PRAGMA recursive_triggers = "


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return the desk with a promise that complaints are replied to."""
    desk.promise(**REPLY)
    return desk


@pytest.fixture
def made(desk: Desk) -> list[int]:
    """Two complaints that the panel's people have typed."""
    by = by_form(at("2026-08-03 10:00"))
    with desk.database.write() as session:
        return [entries.create(session, REGISTER, one, by) for one in (GIVEN, OTHER)]


def actions(desk: Desk, entry_id: int) -> list[str]:
    return [
        one["action"] for one in history(desk.database) if one["entry_id"] == entry_id
    ]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_replaced_row_ends_as_deleted_and_created_anew(
    desk: Desk,
    program: Program,
    made: list[int],
    take_over: Callable[..., int],
    recursive: str,
) -> None:
    first, second = made
    program.run(RECURSIVE + recursive)

    program.run(f"INSERT OR REPLACE {ROW}", id=first, content="换了一条")
    take_over()

    assert actions(desk, first) == ["created", "deleted", "created"]
    deleted, created = history(desk.database)[-2:]
    assert deleted["changes"]["content"] == [GIVEN["content"], None]
    assert created["changes"]["content"] == [None, "换了一条"]
    found = entry(desk.database, first)
    assert found["number"]
    assert (found["complainant"], found["department"]) == (None, desk.team)
    assert hits(desk.database, "下午") == []
    assert hits(desk.database, "换了") == [first]
    (clock, _) = clocks(desk.database)
    assert clock["started_at"] == at("2026-08-04 09:00").astimezone(UTC)
    assert clock["voided_at"] is None
    assert actions(desk, second) == ["created"]
    assert waiting(desk.database) == 0


@pytest.mark.databases("sqlite")
def test_form_opened_before_a_replacement_is_refused(
    desk: Desk, program: Program, made: list[int], take_over: Callable[..., int]
) -> None:
    by, typed = by_form(at("2026-08-04 10:00")), {"content": "旧表单"}
    opened = entry(desk.database, made[0])["version"]

    program.run(f"INSERT OR REPLACE {ROW}", id=made[0], content="换了一条")

    for is_taken_over in (False, True):
        assert not is_taken_over or take_over()
        with desk.database.write() as session, pytest.raises(LostUpdateError):
            entries.change(session, REGISTER, made[0], typed, by, version=opened)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("most", [1_000, 2])
def test_row_that_is_in_the_way_by_its_number_ends_as_deleted(
    desk: Desk, program: Program, made: list[int], most: int
) -> None:
    number = entry(desk.database, made[0])["number"]

    program.run(f"REPLACE {KEY}", content="同一编号", number=number)
    program.run(f"INSERT OR IGNORE {KEY}", content="不要", number=number)
    sweep_all(desk, most)

    with pytest.raises(NotAllowedError):
        entry(desk.database, made[0])
    assert actions(desk, made[0]) == ["created", "deleted"]
    assert clocks(desk.database)[0]["voided_at"] is not None
    assert hits(desk.database, "下午") == []
    (new,) = hits(desk.database, "同一编号")
    assert entry(desk.database, new)["number"] == number
    assert actions(desk, new) == ["created"]


@pytest.mark.databases("sqlite")
def test_row_that_an_update_replaces_ends_as_deleted(
    desk: Desk, program: Program, made: list[int], take_over: Callable[..., int]
) -> None:
    first, second = made
    number = entry(desk.database, first)["number"]

    program.run(
        "UPDATE OR REPLACE complaint_log SET number = :number WHERE id = :id",
        number=number,
        id=second,
    )
    take_over()

    assert actions(desk, first) == ["created", "deleted"]
    assert actions(desk, second) == ["created", "changed"]
    assert hits(desk.database, "下午") == []


def sweep_all(desk: Desk, most: int) -> None:
    while True:
        with desk.database.write() as session:
            now = at("2026-08-05 10:00")
            if not outside.take_over_next(session, now, by_form(now).zone, most):
                return


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_batches_end_nowhere_between_what_was_replaced_and_what_replaced_it(
    desk: Desk, program: Program, made: list[int], most: int
) -> None:
    first, second = made
    if most > 1:
        program.run(
            "UPDATE complaint_log SET demand = '退款' WHERE id = :id", id=second
        )
    number = entry(desk.database, second)["number"]

    program.run(
        "INSERT OR REPLACE INTO complaint_log (id, content, number)"
        " VALUES (:id, '两条在前', :number)",
        id=first,
        number=number,
    )
    sweep_all(desk, most)

    assert actions(desk, second)[-1] == "deleted"
    assert hits(desk.database, "两条") == [first]
    assert entry(desk.database, first)["number"] == number
    assert waiting(desk.database) == 0


@pytest.mark.databases("sqlite")
def test_row_that_is_only_in_the_way_stays_as_it_was(
    desk: Desk, program: Program, made: list[int], take_over: Callable[..., int]
) -> None:
    before = entry(desk.database, made[0])

    program.run(f"INSERT OR IGNORE {ROW}", id=made[0], content="不要")
    program.run(f"INSERT {ROW} ON CONFLICT DO NOTHING", id=made[0], content="不要")
    take_over()

    assert entry(desk.database, made[0]) == before
    assert actions(desk, made[0]) == ["created"]
    assert waiting(desk.database) == 0


def test_upsert_is_an_insert_or_a_change(
    desk: Desk, program: Program, made: list[int], take_over: Callable[..., int]
) -> None:
    number = entry(desk.database, made[0])["number"]

    for key in (made[0], 4711):
        program.run(f"INSERT {ROW}{UPSERT}", id=key, content="改或加")
    take_over()

    changed = history(desk.database)[-2]
    assert changed["changes"] == {"content": [GIVEN["content"], "改或加"]}
    assert actions(desk, made[0]) == ["created", "changed"]
    assert actions(desk, 4711) == ["created"]
    assert entry(desk.database, made[0])["number"] == number
    assert entry(desk.database, 4711)["number"]
    assert hits(desk.database, "改或加") == [made[0], 4711]
    assert len(clocks(desk.database)) == 3
    assert waiting(desk.database) == 0


def test_row_deleted_and_inserted_again_is_a_new_one(
    desk: Desk, made: list[int], take_over: Callable[..., int]
) -> None:
    with desk.database.writing.begin() as connection:
        connection.execute(text("DELETE FROM complaint_log WHERE id = 1"))
        values = {"id": made[0], "content": "再来一次"}
        connection.execute(text(f"INSERT {ROW}"), values)
    take_over()

    assert actions(desk, made[0]) == ["created", "deleted", "created"]
    assert entry(desk.database, made[0])["created_at"]
    assert entry(desk.database, made[0])["status"] == "open"


@pytest.mark.databases("postgresql")
def test_truncated_rows_end_as_deleted(
    desk: Desk, program: Program, made: list[int], take_over: Callable[..., int]
) -> None:
    program.run("TRUNCATE complaint_log RESTART IDENTITY CASCADE")
    program.insert(REGISTER, OTHER)
    take_over()

    first, second = made
    assert actions(desk, first) == ["created", "deleted", "created"]
    assert actions(desk, second) == ["created", "deleted"]
    gone = next(one for one in history(desk.database) if one["action"] == "deleted")
    assert gone["changes"]["content"] == [GIVEN["content"], None]
    assert hits(desk.database, "下午") == []
    assert hits(desk.database, "报警") == [first]
    kept, voided = clocks(desk.database)
    assert kept["voided_at"] is None
    assert voided["voided_at"] is not None
    assert waiting(desk.database) == 0
