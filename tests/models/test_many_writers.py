"""Many people save at the same moment, each by a connection of their own."""

import threading
from collections.abc import Callable, Iterator

import pytest

from models import access, catalogue, entries
from models.access import SYSTEM
from models.database import Database
from models.prepare import prepare
from tests.databases import Databases
from tests.models.register_desk import WRITER, Desk, at, build

WRITERS = 50


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    opened = Database(databases.copy_of("registers", build))
    prepare(opened, catalogue.current())  # as a server does, before anybody writes
    yield opened
    opened.dispose()
    databases.drop(opened.url)


def all_at_once(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run a piece of work in many threads that begin together; return what failed."""
    begin, failed = threading.Barrier(count), list[BaseException]()

    def run(number: int) -> None:
        begin.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - the test fails with it
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return failed


def test_movements_of_the_same_items_never_wait_for_each_other(
    database: Database,
) -> None:
    with database.write() as session:
        place = entries.create(
            session, "stock_place", {"name": "总仓", "kind": "main"}, WRITER
        )
        items = [
            entries.create(
                session, "inventory", {"item_code": one, "name": one}, WRITER
            )
            for one in ("BP-38", "BP-40")
        ]

    def receive(number: int) -> None:
        order = items if number % 2 else items[::-1]
        rows = [
            {"kind": "receive", "item": one, "to_place": place, "quantity": 1}
            for one in order
        ]
        for _ in range(5):
            with database.write() as session:
                entries.create_many(session, "stock_movement", rows, WRITER)

    failed = all_at_once(10, receive)

    assert failed == []
    with database.read() as session:
        found = [entries.get(session, SYSTEM, "inventory", one) for one in items]
    assert [one["main_quantity"] for one in found] == [50, 50]


def test_the_latest_is_found_among_what_others_write_meanwhile(
    database: Database,
) -> None:
    with database.write() as session:
        person = Desk(session).person("E01")
        machine = Desk(session).machine(person)
        customer = Desk(session).get("machine_file", machine)["customer"]
        earlier, later = (
            Desk(session).create(
                "callback_log",
                customer=customer,
                machine=machine,
                caller=person,
                outcome="busy",
                called_at=at(moment),
            )
            for moment in ("2026-10-09 10:00", "2026-10-12 10:00")
        )

    def reach(callback: int) -> None:
        values = {"outcome": "connected"}
        with database.write() as session:
            entries.change(session, "callback_log", callback, values, WRITER)

    waiting = threading.Thread(target=reach, args=(earlier,))
    with database.write() as session:
        values = {"outcome": "connected"}
        entries.change(session, "callback_log", later, values, WRITER)
        waiting.start()
        waiting.join(0.3)  # until it has come as far as the machine
        assert waiting.is_alive()
    waiting.join()

    with database.read() as session:
        found = entries.get(session, SYSTEM, "machine_file", machine)
    assert found["last_callback_at"] == at("2026-10-12 10:00")


def test_numbers_of_fifty_writers_are_distinct_and_without_a_gap(
    database: Database,
) -> None:
    def write(_: int) -> None:
        with database.write() as session:
            entries.create(session, "problem_log", {"problem": "漏气"}, WRITER)

    failed = all_at_once(WRITERS, write)

    assert failed == []
    table = catalogue.current().table("problem_log")
    with database.read() as session:
        query = access.visible(SYSTEM, "problem_log").with_only_columns(table.c.number)
        numbers = sorted(session.scalars(query))
    first = numbers[0]
    assert numbers == [f"{first[:-3]}{serial:03}" for serial in range(1, WRITERS + 1)]
