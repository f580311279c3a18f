"""Writes of other programs are taken over whole, once, and whatever happens."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, text

from tests.clock_desk import Desk, at
from tests.jobs.outside_desk import (
    GIVEN,
    REGISTER,
    REPLY,
    Program,
    clocks,
    entry,
    history,
    waiting,
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return the desk with a promise that complaints are replied to."""
    desk.promise(**REPLY)
    return desk


def test_second_sweep_finds_nothing(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    program.insert(REGISTER, GIVEN)
    take_over()
    before = entry(desk.database, 1), history(desk.database)

    assert take_over() == 0

    assert (entry(desk.database, 1), history(desk.database)) == before


def test_idle_minute_is_one_probe(desk: Desk, take_over: Callable[..., int]) -> None:
    seen: list[str] = []
    event.listen(
        desk.database.reading,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: seen.append(statement),
    )

    assert take_over(at("2026-08-03 10:00")) == 0

    assert [one for one in seen if one != "BEGIN"] == seen[-1:]


def test_stop_in_the_middle_loses_nothing(
    desk: Desk,
    program: Program,
    take_over: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program.insert(REGISTER, GIVEN)

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("models.outside.clocks.follow", stop)
        with pytest.raises(KeyboardInterrupt):
            take_over()

    assert history(desk.database) == []
    assert waiting(desk.database) == 1
    assert take_over() == 1
    assert len(history(desk.database)) == 1


def test_thousands_are_taken_over_in_batches(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    statement = text(
        "INSERT INTO complaint_log (content, category, received_at)"
        " VALUES ('一次导入很多', 'other', :at)"
    ).bindparams(bindparam("at"))
    with desk.database.writing.begin() as connection:
        connection.execute(statement, [{"at": "2026-08-03 01:00:00"}] * 1_100)

    assert take_over() == 1_100

    numbers = {entry(desk.database, key)["number"] for key in (1, 550, 1_100)}
    assert len(numbers) == 3
    assert len(clocks(desk.database)) == 1_100
    assert waiting(desk.database) == 0
    assert len(history(desk.database)) == 1_100
    assert program.run("SELECT count(DISTINCT number) FROM v_complaint_log") == 1_100


def test_examples_of_the_manual_do_what_they_say(
    desk: Desk, program: Program, take_over: Callable[..., int]
) -> None:
    manual = Path(__file__).parents[2] / "docs" / "shared-database.md"
    (examples,) = re.findall(r"```sql\n(.*?)```", manual.read_text("utf-8"), re.DOTALL)
    insert, update, delete = filter(None, map(str.strip, examples.split(";")))

    with desk.database.writing.begin() as connection:
        connection.exec_driver_sql(insert)
    take_over()
    assert entry(desk.database, 1)["number"]
    assert entry(desk.database, 1)["status"] == "open"

    with desk.database.writing.begin() as connection:
        connection.exec_driver_sql(update)
    take_over()
    assert entry(desk.database, 1)["status"] == "in_hand"

    with desk.database.writing.begin() as connection:
        connection.exec_driver_sql(delete)
    take_over()
    assert [one["action"] for one in history(desk.database)][-1] == "deleted"
    assert program.run("SELECT count(*) FROM v_complaint_log") == 0
