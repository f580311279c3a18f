"""What other programs write by plain SQL ends as if somebody had typed it."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from models import entries
from models.attachments import Comment
from models.database import Database
from models.entry_errors import LostUpdateError, NotAllowedError
from models.history import ChangeEvent
from tests.clock_desk import ZONE, Desk, at, prepare_desk
from tests.databases import Builder
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
    noticed_at,
    waiting,
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return the desk with a promise that complaints are replied to."""
    desk.promise(**REPLY)
    return desk


@pytest.fixture
def form(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    """The same desk once more, where people write by the form."""
    database = Database(prepared_database("clock_desk", prepare_desk))
    twin = Desk(database)
    twin.promise(**REPLY)
    yield twin
    database.dispose()


def test_insert_change_and_delete_end_as_by_the_form(
    desk: Desk, form: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    here, there = desk.database, form.database

    # Inserted.
    outside_id = program.insert(REGISTER, GIVEN)
    now = noticed_at(here)
    assert now is not None
    assert take_over() == 1
    with there.write() as session:
        typed_id = entries.create(session, REGISTER, GIVEN, by_form(now))

    assert entry(here, outside_id) == entry(there, typed_id)
    assert entry(here, outside_id)["number"] == f"{now.astimezone(ZONE):%Y%m}001"
    assert len(clocks(here)) == 1
    assert clocks(here) == clocks(there)
    assert hits(here, "下午") == hits(there, "下午") == [typed_id]
    assert history(here) == history(there)

    # Changed: the clock is met, a computed field moves, other words are found.
    replied = at("2026-08-03 15:30").astimezone(UTC)
    program.run(
        "UPDATE complaint_log SET first_reply_at = :at, content = :content"
        " WHERE external_key = 'W-1001'",
        at=replied,
        content="约好上午，傍晚才到",
    )
    now = noticed_at(here)
    assert now is not None
    assert take_over() == 1
    values = {"first_reply_at": replied, "content": "约好上午，傍晚才到"}
    with there.write() as session:
        entries.change(session, REGISTER, typed_id, values, by_form(now))

    kept = {"version"}  # the write itself and what was completed each count
    mine, theirs = entry(here, outside_id), entry(there, typed_id)
    assert mine["status"] == "in_hand"
    assert {key: mine[key] for key in mine.keys() - kept} == {
        key: theirs[key] for key in theirs.keys() - kept
    }
    assert clocks(here)[0]["met_at"] == replied
    assert clocks(here) == clocks(there)
    assert hits(here, "下午") == hits(there, "下午") == []
    assert hits(here, "傍晚") == hits(there, "傍晚") == [typed_id]
    assert [one["changes"] for one in history(here)] == [
        one["changes"] for one in history(there)
    ]

    # Deleted, which the panel does by its bin.
    program.run("DELETE FROM complaint_log WHERE id = :id", id=outside_id)
    now = noticed_at(here)
    assert now is not None
    assert take_over() == 1
    with there.write() as session:
        entries.bin_many(session, REGISTER, [typed_id], by_form(now))

    with pytest.raises(NotAllowedError):
        entry(here, outside_id)
    assert clocks(here)[0]["voided_at"] == now
    assert clocks(here) == clocks(there)
    assert hits(here, "傍晚") == hits(there, "傍晚") == []
    assert [one["action"] for one in history(here)] == ["created", "changed", "deleted"]
    assert history(here)[-1]["changes"]["content"] == ["约好上午，傍晚才到", None]
    assert waiting(here) == 0


def test_history_says_that_it_was_another_program(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.insert(REGISTER, GIVEN)

    take_over()

    with desk.database.read() as session:
        query = select(ChangeEvent).where(ChangeEvent.register == REGISTER)
        (event_,) = session.scalars(query)
    assert (event_.origin, event_.by_name, event_.staff_id) == (
        "outside",
        "外部程序",
        None,
    )


def test_business_columns_alone_are_enough(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.run(
        "INSERT INTO complaint_log (complainant, content, category, holder_id)"
        " VALUES ('孙丽', '机器又坏了', 'repeated_fault', 1)"
    )

    take_over()

    found = entry(desk.database, 1)
    assert found["number"]
    assert (found["department"], found["status"]) == (desk.team, "open")
    assert (found["channel"], found["judgement"]) == ("phone", "pending")
    assert found["received_at"] == found["created_at"] == found["changed_at"]


def test_panels_own_writes_are_not_noticed(desk: Desk) -> None:
    now = at("2026-08-03 10:00")
    with desk.database.write() as session:
        made = entries.create(session, REGISTER, GIVEN, by_form(now))
        entries.change(session, REGISTER, made, {"content": "又来了"}, by_form(now))
        entries.bin_many(session, REGISTER, [made], by_form(now))
        entries.restore_many(session, REGISTER, [made], by_form(now))

    assert waiting(desk.database) == 0


def test_several_changes_before_a_sweep_are_told_one_by_one(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.insert(REGISTER, GIVEN)
    for word in ("第一次", "第二次"):
        program.run("UPDATE complaint_log SET content = :word", word=word)

    assert take_over() == 3

    created, first, second = history(desk.database)
    assert created["changes"]["content"] == [None, GIVEN["content"]]
    assert first["changes"] == {"content": [GIVEN["content"], "第一次"]}
    assert second["changes"]["content"] == ["第一次", "第二次"]
    assert second["changes"]["number"][0] is None
    versions = [one["entry_version"] for one in history(desk.database)]
    assert versions == [1, 2, 3]
    assert entry(desk.database, 1)["version"] == 3


def test_change_that_changes_nothing_is_not_noticed(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.insert(REGISTER, GIVEN)
    take_over()

    program.run("UPDATE complaint_log SET content = content, phone = phone")

    assert waiting(desk.database) == 0
    assert entry(desk.database, 1)["version"] == 1


def test_form_opened_before_a_change_is_refused_at_once(
    desk: Desk, program: Program
) -> None:
    now = at("2026-08-03 10:00")
    with desk.database.write() as session:
        made = entries.create(session, REGISTER, GIVEN, by_form(now))
    opened = entry(desk.database, made)["version"]

    program.run("UPDATE complaint_log SET content = '别的程序改过'")

    typed, by = {"content": "旧表单"}, by_form(now)
    with desk.database.write() as session, pytest.raises(LostUpdateError):
        entries.change(session, REGISTER, made, typed, by, version=opened)


def test_entry_that_the_panel_changed_meanwhile_keeps_both_changes(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    whole = GIVEN | {"origin": "customer", "judgement": "pending"}
    made = program.insert(REGISTER, whole)
    with desk.database.write() as session:
        now = at("2026-08-03 10:00")
        entries.change(session, REGISTER, made, {"cause": "派工太晚"}, by_form(now))

    take_over()

    assert entry(desk.database, made)["cause"] == "派工太晚"
    assert entry(desk.database, made)["number"]
    changes = {one["action"]: one["changes"] for one in history(desk.database)}
    assert changes["changed"]["cause"] == [None, "派工太晚"]
    assert "cause" not in changes["created"]


def test_row_put_into_the_bin_by_plain_sql_is_as_one_put_there_by_people(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.insert(REGISTER, GIVEN)
    take_over()

    program.run("UPDATE complaint_log SET binned_at = :at", at=at("2026-08-04 09:00"))
    take_over()

    assert hits(desk.database, "下午") == []
    assert clocks(desk.database)[0]["voided_at"] is not None
    assert history(desk.database)[-1]["action"] == "binned"

    program.run("UPDATE complaint_log SET binned_at = NULL")
    take_over()

    assert hits(desk.database, "下午") == [1]
    assert clocks(desk.database)[0]["voided_at"] is None
    assert history(desk.database)[-1]["action"] == "restored"


def test_what_a_form_would_refuse_is_kept_and_told_on_the_entry(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    rubbish = GIVEN | {"category": "nonsense", "content": None, "phone": "123*456"}
    made = program.insert(REGISTER, rubbish)

    take_over()

    found = entry(desk.database, made)
    assert found["number"]
    assert (found["category"], found["content"]) == ("nonsense", None)
    with desk.database.read() as session:
        (said,) = session.scalars(select(Comment.text))
    assert "类别：“nonsense”不在选项中" in said
    assert "内容必须填写" in said
    assert "123*456" not in said


def test_row_inserted_and_deleted_before_a_sweep_leaves_only_history(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.insert(REGISTER, GIVEN)
    program.run("DELETE FROM complaint_log")

    assert take_over() == 2

    actions = [one["action"] for one in history(desk.database)]
    assert actions == ["created", "deleted"]
    assert clocks(desk.database) == []


def test_id_of_a_row_is_never_changed(program: Program) -> None:
    program.insert(REGISTER, GIVEN)

    with pytest.raises(DatabaseError, match=r"complaint_log\.id: stays as it is"):
        program.run("UPDATE complaint_log SET id = 4711")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("received_at", "2026/8/3 9:00"),
        ("received_at", "2026-08-03T01:00:00+08:00"),
        ("delivered_on", "2026-02-30"),
        ("delivered_quantity_e2", "many"),
        ("complainant", "孙" * 61),
        ("customer_id", 4.5),
        ("content", b"\xff"),
    ],
)
@pytest.mark.databases("sqlite")
def test_sqlite_refuses_what_the_panel_could_not_read(
    program: Program, column: str, value: Any
) -> None:
    made = f"INSERT INTO complaint_log ({column}) VALUES (:value)"  # noqa: S608 - our own column

    with pytest.raises(DatabaseError, match=rf"complaint_log\.{column}: "):
        program.run(made, value=value)
