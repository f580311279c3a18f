"""Rows of a template that refer to other rows of it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models import catalogue, entries
from models.access import SYSTEM, visible
from models.database import Database
from models.opening import ready
from seed import template
from seed.apply import Plan, plan_template
from seed.declared import declare
from seed.merging import Outcome
from seed.template import read_template
from seed.template_checks import check
from seed.template_error import Fault, TemplateError
from tests.prepared import prepare_tables
from tests.seed.conftest import WRITER

ROUNDS = """\
template:
  title: {zh: 巡检, en: Rounds}
  summary: {zh: 巡检点, en: What a round looks at}
registers:
  - code: round
    title: 巡检路线 | Rounds
    menu: team
    display: [name]
    fields:
      - {name: name, title: 名称 | Name, required: yes, listed: yes}
      - {name: floor, title: 楼层 | Floor, type: integer}
  - code: round_point
    title: 巡检点 | Points of a round
    menu: team
    display: [name]
    fields:
      - {name: round, title: 路线 | Round, type: entry, register: round, required: yes}
      - {name: name, title: 名称 | Name, required: yes, listed: yes}
      - {name: points, title: 分值 | Points, type: integer}
entries:
  - register: round_point
    key: [round, name]
    rows:
      - {round: 大堂, name: 地面, points: 5}
      - {round: {floor: 2}, name: 地面, points: 10}
  - register: round
    key: [name]
    rows:
      - {name: 大堂, floor: 1}
      - {name: 客房, floor: 2}
"""


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a template that builds on nothing, to be changed."""
    folder = tmp_path / "templates"
    (folder / "rounds").mkdir(parents=True)
    shutil.copytree(template.FOLDER / template.COMMON, folder / template.COMMON)
    monkeypatch.setattr(template, "FOLDER", folder)
    file = folder / "rounds" / "template.yaml"
    file.write_text(ROUNDS, encoding="utf-8")
    yield file
    catalogue.use()


@pytest.fixture
def database(prepared_database: Callable[..., str]) -> Iterator[Database]:
    opened = ready(Database(prepared_database("tables_of_the_program", prepare_tables)))
    yield opened
    opened.dispose()


def change(file: Path, old: str, new: str) -> int:
    """Change the template; return the line in which it was changed."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def apply(database: Database) -> Plan:
    found = read_template("rounds")
    check(found)
    declare(found, database)
    with database.write() as session:
        plan = plan_template(found, session)
        for step in plan.steps:
            step.run(session, WRITER)
    return plan


def rows(database: Database, code: str) -> list[dict[str, Any]]:
    with database.read() as session:
        declared = catalogue.current()[code]
        return entries.load(session, declared, visible(SYSTEM, code))


def points(database: Database) -> set[tuple[Any, ...]]:
    name_of = {one["id"]: one["name"] for one in rows(database, "round")}
    return {
        (name_of[one["round"]], one["name"], one["points"])
        for one in rows(database, "round_point")
    }


def faults() -> tuple[Fault, ...]:
    with pytest.raises(TemplateError) as caught:
        check(read_template("rounds"))
    return caught.value.faults


@pytest.mark.usefixtures("rounds")
def test_rows_refer_by_what_an_entry_is_called_or_by_its_fields(
    database: Database,
) -> None:
    apply(database)

    assert points(database) == {("大堂", "地面", 5), ("客房", "地面", 10)}

    again = apply(database)

    assert again.is_empty
    assert len(rows(database, "round_point")) == 2


def test_a_reference_that_a_person_changed_is_kept(
    database: Database, rounds: Path
) -> None:
    change(rounds, "round: {floor: 2}", "round: 客房")
    change(rounds, "key: [round, name]", "key: [points]")
    apply(database)
    floors = {one["name"]: one["id"] for one in rows(database, "round")}
    (moved,) = (one for one in rows(database, "round_point") if one["points"] == 5)
    with database.write() as session:
        there = {"round": floors["客房"]}
        entries.change(session, "round_point", moved["id"], there, WRITER)
    change(rounds, "round: 客房", "round: 大堂")

    plan = apply(database)

    kept = [one.kept for one in plan.changes if one.outcome is Outcome.KEEP]
    assert kept == [("round",)]
    assert points(database) == {("客房", "地面", 5), ("大堂", "地面", 10)}


def test_rows_come_after_those_they_refer_to_in_a_newer_template_too(
    database: Database, rounds: Path
) -> None:
    apply(database)
    change(
        rounds,
        "      - {round: 大堂",
        "      - {round: 车库, name: 灯, points: 1}\n      - {round: 大堂",
    )
    rounds.write_text(rounds.read_text("utf-8") + "      - {name: 车库, floor: -1}\n")

    apply(database)

    assert ("车库", "灯", 1) in points(database)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("round: 大堂", "round: 大厅", "no row “大厅”"),
        ("round: {floor: 2}", "round: {floor: 3}", "no row “3”"),
        ("round: {floor: 2}", "round: {storey: 2}", "storey"),
        ("round: 大堂", "round: 7", "the name of an entry"),
        ("round: 大堂", "round: []", "the name of an entry"),
    ],
)
def test_a_reference_to_nothing_is_told_with_its_line(
    rounds: Path, old: str, new: str, said: str
) -> None:
    line = change(rounds, old, new)

    (found,) = faults()

    assert (found.file, found.line) == ("rounds/template.yaml", line)
    assert said in found.label.en
