"""A database is brought to what the program expects, once, whoever asks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect, text

from models import catalogue
from models.catalogue import Catalogue
from models.database import Database
from models.prepare import fingerprint, prepare
from models.register import FieldType, OnlyIf, option
from models.schema_plan import compare
from models.words import Label
from tests.changing_registers import catalogue_of, named, orders

PREPARE = """
import sys
from models.database import Database
from models.prepare import prepare
from tests.changing_registers import catalogue_of

prepare(Database(sys.argv[1]), catalogue_of())
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


def test_two_processes_that_start_together_prepare_once(database: Database) -> None:
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", PREPARE, database.url],
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        for _ in range(2)
    ]
    said = [one.communicate()[1] for one in started]

    assert [one.returncode for one in started] == [0, 0], said
    assert compare(database, catalogue_of()).is_empty
    with database.read() as session:
        assert session.scalar(text("SELECT generation FROM catalogue_state")) == 1


def test_every_known_register_gets_its_table(database: Database) -> None:
    known = catalogue.current()

    prepare(database, known)

    assert set(known.codes) <= set(inspect(database.reading).get_table_names())
    assert known.generation == 1


def test_second_start_only_looks(database: Database) -> None:
    prepare(database, catalogue.current())
    again = Catalogue(catalogue.current(), generation=0)
    statements: list[str] = []
    event.listen(
        database.reading,
        "before_cursor_execute",
        lambda *said: statements.append(said[2]),
    )

    prepare(database, again)

    assert again.generation == 1
    assert {one.split()[0] for one in statements} <= {"BEGIN", "SELECT", "PRAGMA"}


def test_changed_declaration_is_noticed_at_the_next_start(database: Database) -> None:
    prepare(database, orders(named("title")))

    catalogue = orders(named("title"), named("code"))
    prepare(database, catalogue)

    assert compare(database, catalogue).is_empty
    assert catalogue.generation == 2


def test_declarations_are_known_again_whatever_the_order_of_sets() -> None:
    say = "print(fingerprint(catalogue.current()))"
    script = f"from models import catalogue\nfrom models.prepare import *\n{say}"
    said = {
        subprocess.check_output(  # noqa: S603 - our own program
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
        )
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("required", True),
        ("places", 4),
        ("unique", True),
        ("minimum", 0),
        ("required_if", OnlyIf("code", frozenset({"a", "b"}))),
        ("options", (option("a", "甲", "A"), option("b", "乙", "B"))),
    ],
)
def test_every_change_that_shapes_tables_is_noticed(part: str, other: Any) -> None:
    usual = named("title", FieldType.CHOICE, choices=(option("a", "甲", "A"),))
    changed = replace(usual, **{part: other})

    assert fingerprint(orders(usual)) != fingerprint(orders(changed))


def test_words_alone_change_no_table() -> None:
    usual = named("title")
    changed = replace(
        usual, label=Label("标题", "Heading"), help=Label("请填", "Fill in")
    )

    assert fingerprint(orders(usual)) == fingerprint(orders(changed))
