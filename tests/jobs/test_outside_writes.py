"""What other programs write by plain SQL ends as if somebody had typed it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, select, text
from sqlalchemy.exc import DatabaseError

from jobs.outside import take_over_next
from jobs.work import Done, Work
from models import catalogue, entries, outside, search
from models.access import SYSTEM
from models.attachments import Comment
from models.clock_table import CLOCKS
from models.database import Database
from models.entry_errors import EntryRefusedError, LostUpdateError, NotAllowedError
from models.history import ChangeEvent, Writer
from models.outside import CHANGES
from models.settings import Settings
from tests.clock_desk import ZONE, Desk, at, prepare_desk
from tests.databases import Builder

REGISTER = "complaint_log"
GIVEN: dict[str, Any] = {
    "customer": 1,
    "complainant": "孙丽",
    "phone": "13812345678",
    "category": "late_visit",
    "content": "约好上午来，等到下午也没有人来",
    "demand": "当天上门并道歉",
    "received_at": at("2026-08-03 09:00").astimezone(UTC),
    "holder": 1,
    "department": 2,
    "received_by": 2,
    "external_key": "W-1001",
}
REPLY: dict[str, Any] = {
    "code": "complaint_log.first_reply",
    "name_zh": "投诉首次回复",
    "name_en": "First reply",
    "register": REGISTER,
    "start_field": "received_at",
    "stop_register": None,
    "stop_via": None,
    "stop_field": "first_reply_at",
}


class Program:
    """Another program on the same database: it knows SQL and nothing else."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def run(self, statement: str, **values: Any) -> int | None:
        """Run one statement, instants in UTC; return the one number it gives."""
        shown = {
            name: value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
            if isinstance(value, datetime)
            else value
            for name, value in values.items()
        }
        with self.database.writing.begin() as connection:
            result = connection.execute(text(statement), shown)
            return result.scalar_one() if result.returns_rows else None

    def insert(self, register: str, values: Mapping[str, Any]) -> int:
        """Insert one row by field names and return its id."""
        declared = catalogue.current()[register]
        row = {str(declared.field(name).column): one for name, one in values.items()}
        places = ", ".join(f":{column}" for column in row)
        into = f"{register} ({', '.join(row)})"
        entry_id = self.run(
            f"INSERT INTO {into} VALUES ({places}) RETURNING id",  # noqa: S608 - names of our own
            **row,
        )
        assert entry_id is not None
        return entry_id


@pytest.fixture
def desk(desk: Desk) -> Desk:
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


@pytest.fixture
def program(desk: Desk) -> Program:
    return Program(desk.database)


@pytest.fixture
def take_over(desk: Desk, settings: Settings) -> Callable[..., int]:
    """Take over all that was noticed, as the job does."""

    def run(now: datetime | None = None) -> int:
        moment = now or noticed_at(desk.database) or at("2026-08-03 10:00")
        rows, done = 0, Done(0, again=True)
        while done.again:
            done = take_over_next(Work(desk.database, settings, moment))
            rows += done.rows
        return rows

    return run


def noticed_at(database: Database) -> datetime | None:
    """Return when the last write was noticed."""
    with database.read() as session:
        found: datetime | None = session.scalar(
            select(CHANGES.c.at).order_by(CHANGES.c.id.desc()).limit(1)
        )
        return found


def by_form(now: datetime) -> Writer:
    return Writer(SYSTEM, now, ZONE)


def entry(database: Database, entry_id: int, register: str = REGISTER) -> Any:
    with database.read() as session:
        return entries.get(session, SYSTEM, register, entry_id)


def clocks(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        found = session.execute(select(CLOCKS).order_by(CLOCKS.c.id)).mappings()
        return [dict(one) for one in found]


def hits(database: Database, words: str) -> list[int]:
    known = catalogue.current()
    table = known.table(REGISTER)
    criteria = search.criteria(
        known[REGISTER], table, words, database.dialect.name, complete=("phone",)
    )
    assert criteria is not None
    with database.read() as session:
        query = select(table.c.id).where(criteria, table.c.binned_at.is_(None))
        return list(session.scalars(query))


def history(database: Database) -> list[dict[str, Any]]:
    """Return what is remembered, without who did it and by which way."""
    columns = ("at", "entry_id", "entry_version", "action", "changes")
    query = select(*(getattr(ChangeEvent, one) for one in columns))
    query = query.where(ChangeEvent.register == REGISTER).order_by(ChangeEvent.id)
    with database.read() as session:
        return [dict(one) for one in session.execute(query).mappings()]


def waiting(database: Database) -> int:
    with database.read() as session:
        return len(session.execute(select(CHANGES)).all())


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


class Parts:
    """A part, a store for it, and movements that another program writes."""

    def __init__(self, desk: Desk, program: Program) -> None:
        self.desk, self.program = desk, program
        with desk.database.write() as session:
            by = by_form(at("2026-08-03 09:00"))
            part = {"item_code": "BP-38", "name": "保护镜片", "price": Decimal(38)}
            self.item = entries.create(session, "inventory", part, by)
            place = {"name": "总仓", "kind": "main"}
            self.store = entries.create(session, "stock_place", place, by)

    def move(self, kind: str, quantity: int, **places: int) -> int:
        hundredths = quantity * 100
        values = {"kind": kind, "item": self.item, "quantity": hundredths, **places}
        return self.program.insert("stock_movement", values)

    def quantity(self) -> Any:
        return entry(self.desk.database, self.item, "inventory")["main_quantity"]


@pytest.fixture
def parts(desk: Desk, program: Program) -> Parts:
    return Parts(desk, program)


def test_figures_follow_what_is_inserted_changed_and_deleted(
    parts: Parts, program: Program, take_over: Callable[..., int]
) -> None:
    made = parts.move("receive", 40, to_place=parts.store)
    take_over()
    assert parts.quantity() == 40

    for hundredths in (3000, 2500):
        program.run("UPDATE stock_movement SET quantity_e2 = :many", many=hundredths)
    take_over()
    assert parts.quantity() == 25

    program.run("DELETE FROM stock_movement WHERE id = :id", id=made)
    take_over()
    assert parts.quantity() == 0
    assert waiting(parts.desk.database) == 0


def test_one_that_cannot_be_taken_over_stops_no_other_and_is_tried_again(
    parts: Parts, program: Program, take_over: Callable[..., int]
) -> None:
    database = parts.desk.database
    for _ in range(3):
        program.insert(REGISTER, GIVEN | {"external_key": None})
    parts.move("use", 5, from_place=parts.store)
    now = noticed_at(database)
    assert now is not None

    take_over()

    assert len(history(database)) == 3
    with database.read() as session:
        ((register, _, why),) = outside.set_aside(session)
    assert register == "stock_movement"
    assert "总仓" in why
    assert take_over(now + timedelta(minutes=59)) == 0

    parts.move("receive", 40, to_place=parts.store)
    take_over(now + timedelta(minutes=59))
    assert parts.quantity() == 40
    take_over(now + timedelta(minutes=61))

    assert parts.quantity() == 35
    assert waiting(database) == 0


def test_the_same_movement_is_refused_by_the_form(parts: Parts) -> None:
    values = {
        "kind": "use",
        "item": parts.item,
        "quantity": 5,
        "from_place": parts.store,
    }

    by = by_form(at("2026-08-03 10:00"))

    with (
        parts.desk.database.write() as session,
        pytest.raises(EntryRefusedError, match="总仓"),
    ):
        entries.create(session, "stock_movement", values, by)


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
