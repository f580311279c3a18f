"""Registers declared while the panel runs: tables, values, other processes."""

import json
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import inspect, text

from models import catalogue, declaring, entries, generations, stored
from models.access import SYSTEM, visible
from models.catalogue import Catalogue
from models.database import Database
from models.declaring import Edit, UnsoundError
from models.entry_errors import RetiredRegisterError
from models.generations import StaleDeclarationsError
from models.opening import ready
from models.register import Register
from models.schema_plan import compare
from models.schema_steps import SchemaRefusedError
from models.stanza import write_register
from models.stanza_mistakes import StanzaError
from models.stored import PANEL, Stored
from tests.databases import Databases
from tests.models.register_desk import WRITER, build

QUERY: dict[str, Any] = {
    "code": "x_query",
    "title": "查件登记 | Parcel queries",
    "menu": "contact",
    "numbering": "CJ{year}{serial:03}",
    "fields": [
        {"name": "waybill", "title": "运单号 | Waybill", "required": True},
        {"name": "worth", "title": "保价 | Insured", "type": "money", "minimum": 0},
    ],
}


def field(name: str, **said: Any) -> dict[str, Any]:
    return {"name": name, "title": f"{name}栏 | {name}", **said}


def declared(**changes: Any) -> Edit:
    return lambda there: there.with_register(QUERY | changes, PANEL)


def added(register: str, **said: Any) -> Edit:
    return lambda there: there.with_additions(
        register, PANEL, [{"register": register, **said}]
    )


@pytest.fixture(autouse=True)
def same_catalogue_afterwards() -> Iterator[None]:
    yield
    catalogue.use()


@pytest.fixture
def opened(databases: Databases) -> Iterator[Callable[[], Database]]:
    """Return what opens the one database of a test, once for each process."""
    url = databases.copy_of("registers", build)
    made: list[Database] = []

    def another() -> Database:
        made.append(ready(Database(url)))
        return made[-1]

    yield another
    for one in made:
        one.dispose()
    databases.drop(url)


def write(database: Database, **values: Any) -> int:
    with database.write() as session:
        return entries.create(session, "x_query", values, WRITER)


def rows(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        return entries.load(
            session,
            catalogue.current()["x_query"],
            visible(SYSTEM, "x_query"),
        )


def test_declared_register_takes_entries_at_once(
    opened: Callable[[], Database],
) -> None:
    database = opened()

    declaring.apply(database, declared())
    write(database, waybill="SF1001", worth=None)

    (row,) = rows(database)
    assert row["waybill"] == "SF1001"
    assert row["number"].startswith("CJ")


def test_declaring_the_same_again_changes_nothing(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    declaring.apply(database, declared())
    generation = database.generation

    again = declaring.apply(database, declared())

    assert again.is_same
    assert again.plan.is_empty
    assert database.generation == generation


def test_proposal_shows_the_plan_and_changes_nothing(
    opened: Callable[[], Database],
) -> None:
    database = opened()

    proposed = declaring.propose(database, declared())

    assert "查件登记：新建表" in proposed.plan.summary("zh")
    assert stored.of(database) == Stored()
    assert "x_query" not in catalogue.current()
    with database.reading.connect() as connection:
        assert not inspect(connection).has_table("x_query")


def test_changes_in_a_row_keep_every_value(opened: Callable[[], Database]) -> None:
    database = opened()
    declaring.apply(database, declared())
    write(database, waybill="SF1001")

    renamed = field("parcel", was="waybill", required=True)
    other = field("note", type="long_text")
    declaring.apply(database, declared(fields=[renamed, other]))
    declaring.apply(database, declared(fields=[other, renamed]))

    (row,) = rows(database)
    assert row["parcel"] == "SF1001"


def test_field_taken_away_and_brought_back_has_its_values(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    note = field("note")
    declaring.apply(database, declared(fields=[*QUERY["fields"], note]))
    write(database, waybill="SF1001", note="急件")

    declaring.apply(database, declared(retired_fields=[note]))
    assert "note" not in rows(database)[0]
    declaring.apply(database, declared(fields=[*QUERY["fields"], note]))

    assert rows(database)[0]["note"] == "急件"


def test_retired_register_keeps_its_entries_and_takes_no_new_ones(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    declaring.apply(database, declared())
    write(database, waybill="SF1001")

    declaring.apply(database, declared(retired=True))

    with pytest.raises(RetiredRegisterError):
        write(database, waybill="SF1002")
    assert rows(database)[0]["waybill"] == "SF1001"
    assert not catalogue.current()["x_query"].in_menu


def test_fields_are_added_to_a_register_that_is_a_class(
    opened: Callable[[], Database],
) -> None:
    database = opened()

    declaring.apply(
        database,
        added(
            "problem_log",
            after="problem",
            fields=[field("parcel")],
            reword={"cause": {"title": "起因 | Origin"}},
        ),
    )

    known = catalogue.current()["problem_log"]
    names = [one.name for one in known.fields]
    assert names[names.index("problem") + 1] == "parcel"
    assert known.field("cause").label.zh == "起因"
    with database.write() as session:
        made = entries.create(
            session, "problem_log", {"problem": "破损", "parcel": "SF1"}, WRITER
        )
        assert entries.get(session, SYSTEM, "problem_log", made)["parcel"] == "SF1"


def test_what_does_not_fit_is_refused_whole(opened: Callable[[], Database]) -> None:
    database = opened()
    lost = field("lost", type="entry", register="nowhere")
    sum_ = field("total", type="money", computed="worth + nothing")

    with pytest.raises(UnsoundError) as refused:
        declaring.apply(database, declared(fields=[*QUERY["fields"], lost, sum_]))

    assert {one.place for one in refused.value.problems} == {
        "x_query.lost",
        "x_query.total",
    }
    assert stored.of(database) == Stored()


def test_what_would_lose_values_is_refused_and_the_rest_goes_on(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    declaring.apply(database, declared())
    write(database, waybill="SF1001")
    write(database, waybill="SF1001")

    with pytest.raises(SchemaRefusedError):
        declaring.apply(database, declared(fields=[field("waybill", type="date")]))
    with pytest.raises(SchemaRefusedError):
        declaring.apply(database, declared(fields=[field("waybill", unique=True)]))

    assert write(database, waybill="SF1002")


def test_other_process_knows_a_change_when_it_looks(
    opened: Callable[[], Database],
) -> None:
    ours, theirs = opened(), opened()
    declaring.apply(theirs, declared())
    catalogue.use()  # as our process still has it

    generations.refresh(ours, every=0)

    assert "x_query" in catalogue.current()
    assert ours.generation == theirs.generation
    assert write(ours, waybill="SF1001")


def test_look_is_taken_only_now_and_then(opened: Callable[[], Database]) -> None:
    ours, theirs = opened(), opened()
    generations.refresh(ours)
    declaring.apply(theirs, declared())
    catalogue.use()

    generations.refresh(ours, every=600)
    assert "x_query" not in catalogue.current()
    ours.looked_at -= generations.LOOK_EVERY
    generations.refresh(ours)

    assert "x_query" in catalogue.current()


def test_changed_words_alone_reach_other_processes(
    opened: Callable[[], Database],
) -> None:
    ours, theirs = opened(), opened()
    declaring.apply(theirs, declared())
    declaring.apply(theirs, declared(title="查询 | Queries"))
    catalogue.use()

    generations.refresh(ours, every=0)

    assert catalogue.current()["x_query"].title.zh == "查询"


def test_save_under_older_fields_is_refused_and_then_goes_on(
    opened: Callable[[], Database],
) -> None:
    ours, theirs = opened(), opened()
    declaring.apply(theirs, declared())
    catalogue.use()

    with pytest.raises(StaleDeclarationsError), ours.write() as session:
        entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)

    with ours.write() as session:
        assert entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)


def test_request_that_began_under_older_fields_ends_under_them(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    with catalogue.pinned(catalogue.installed(), database.generation):
        elsewhere = Thread(target=declaring.apply, args=(database, declared()))
        elsewhere.start()
        elsewhere.join()

        assert "x_query" not in catalogue.current()
        with pytest.raises(StaleDeclarationsError), database.write() as session:
            entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)

    assert "x_query" in catalogue.current()


def test_who_declares_goes_on_under_what_is_declared(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    with catalogue.pinned(catalogue.installed(), database.generation):
        declaring.apply(database, declared())

        assert write(database, waybill="SF1001")


def test_process_of_another_program_goes_on_refusing(
    opened: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = opened(), opened()
    declaring.apply(theirs, declared())
    catalogue.use()
    monkeypatch.setattr(generations, "fingerprint", lambda _: "of an older program")

    generations.refresh(ours, every=0)

    assert "x_query" not in catalogue.current()
    for _ in range(2):
        with pytest.raises(StaleDeclarationsError), ours.write() as session:
            entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)


def test_next_start_finds_what_was_declared(opened: Callable[[], Database]) -> None:
    declaring.apply(opened(), declared())
    catalogue.use()

    again = opened()

    assert catalogue.current()["x_query"].title.en == "Parcel queries"
    assert compare(again, catalogue.current()).is_empty


def test_process_killed_before_it_stored_the_change_repeats_it(
    opened: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened()
    with monkeypatch.context() as killing:
        killing.setattr(declaring, "_store", killed)
        killing.setattr(declaring, "prepare", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            declaring.apply(database, declared())

    again = opened()
    assert "x_query" not in catalogue.current()
    declaring.apply(again, declared())

    assert write(again, waybill="SF1001")


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_change_that_fails_half_way_leaves_the_process_at_work(
    opened: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened()
    with monkeypatch.context() as failing:
        failing.setattr(declaring, "_store", fails)
        with pytest.raises(OSError, match="full"):
            declaring.apply(database, declared())

    with database.write() as session:
        assert entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)


def fails(*_: object, **__: object) -> None:
    raise OSError("disk full")


def test_two_changes_at_once_both_hold(opened: Callable[[], Database]) -> None:
    ours, theirs = opened(), opened()
    other = QUERY | {"code": "x_other", "title": "其他 | Other"}

    declaring.apply(ours, declared())
    catalogue.use()
    declaring.apply(theirs, lambda there: there.with_register(other, PANEL))

    assert {"x_query", "x_other"} <= set(catalogue.current().codes)


def test_every_class_declared_as_a_stanza_makes_the_same_tables() -> None:
    as_stanzas = Stored()
    for one in Register.known.values():
        said = json.loads(json.dumps(write_register(one)))
        as_stanzas = as_stanzas.with_register(said, "common")

    found = Catalogue(as_stanzas([]))

    assert list(found) == list(Register.known.values())


def test_stored_values_come_back_as_they_were(
    opened: Callable[[], Database],
) -> None:
    database = opened()
    there = declared()(Stored()).with_additions(
        "problem_log", "courier", [{"register": "problem_log", "clauses": ["S0-16-05"]}]
    )

    declaring.apply(database, lambda _: there)

    assert stored.of(database) == there
    with database.reading.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM declared_register")) == 1


def test_stanza_with_mistakes_is_refused(opened: Callable[[], Database]) -> None:
    database = opened()

    with pytest.raises(StanzaError, match=r"fields\[1\]\.type"):
        declaring.propose(database, declared(fields=[field("a", type="txt")]))
