"""Templates that declare registers and add fields to others."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect

from admin.command_line import main
from models import catalogue, declaring, entries, stored
from models.access import SYSTEM, visible
from models.database import Database
from models.opening import ready
from models.schema_plan import compare
from models.stanza import write_register
from seed import template
from seed.apply import Plan, plan_template
from seed.coverage import coverage
from seed.declared import declare, proposed
from seed.merging import Outcome
from seed.regulation_files import read_regulation
from seed.template import read_template
from seed.template_checks import check
from seed.template_error import Fault, TemplateError
from tests.prepared import prepare_tables
from tests.seed.conftest import WRITER

COURIER = """\
template:
  title: 快递 | Courier
  summary: 快递网点 | A courier's station
  extends: [common]
  regulations: [S0-16]
  registers_on: [parcel_query]
registers:
  - code: parcel_query
    title: 查件登记 | Parcel queries
    menu: contact
    numbering: "CJ{year}{month:02}{serial:03}"
    clauses: [S0-16-05]
    fields:
      - {name: waybill, title: 运单号 | Waybill, required: yes, listed: yes}
      - {name: asked_at, title: 来电时间 | Asked, type: instant, default: now}
      - {name: answered_at, title: 答复时间 | Answered, type: instant}
fields:
  - register: complaint_log
    after: category
    fields:
      - {name: parcel_no, title: 运单号 | Waybill, searchable: yes, clause: S0-16-06}
      - {name: station, title: 网点 | Station}
    options:
      category: {lost_parcel: 丢件 | Parcel lost | bad}
calendars:
  - code: desk
    title: {zh: 网点日历, en: Station days}
    hours: {zone: Asia/Shanghai, weekly: {mon: [["09:00", "18:00"]]}}
targets:
  - code: parcel.answered
    title: {zh: 查件答复, en: Query answered}
    register: parcel_query
    start: asked_at
    stop: answered_at
    how_long: 24h rolled
    calendar: desk
    valid_from: 2026-01-01
entries:
  - register: parcel_query
    key: [waybill]
    rows:
      - {waybill: SF1001}
"""


@pytest.fixture
def courier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a template beside the others, to be changed."""
    shutil.copytree(template.FOLDER, tmp_path / "templates")
    monkeypatch.setattr(template, "FOLDER", tmp_path / "templates")
    file = tmp_path / "templates" / "parcels" / "template.yaml"
    file.parent.mkdir()
    titled = COURIER.replace(
        "title: 快递 | Courier", "title: {zh: 快递, en: Courier}"
    ).replace(
        "summary: 快递网点 | A courier's station",
        "summary: {zh: 快递网点, en: A courier's station}",
    )
    file.write_text(titled, encoding="utf-8")
    yield file
    catalogue.use()


@pytest.fixture
def database(prepared_database: Callable[..., str]) -> Iterator[Database]:
    opened = ready(Database(prepared_database("tables_of_the_program", prepare_tables)))
    yield opened
    opened.dispose()


def change(file: Path, old: str, new: str) -> int:
    """Change a template; return the line in which it was changed."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def apply(database: Database) -> Plan:
    found = read_template("parcels")
    declare(found, database)
    with database.write() as session:
        plan = plan_template(found, session)
        for step in plan.steps:
            step.run(session, WRITER)
    return plan


def faults() -> tuple[Fault, ...]:
    with pytest.raises(TemplateError) as caught:
        check(read_template("parcels"))
    return caught.value.faults


def kept(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {
        one.item.code: one.kept for one in plan.changes if one.outcome is Outcome.KEEP
    }


@pytest.mark.usefixtures("courier")
def test_registers_fields_rows_and_targets_of_one_template_come_together(
    database: Database,
) -> None:
    apply(database)

    known = catalogue.current()
    names = [one.name for one in known["complaint_log"].fields]
    place = names.index("category")
    assert names[place + 1 : place + 3] == ["parcel_no", "station"]
    with database.read() as session:
        (row,) = entries.load(
            session, known["parcel_query"], visible(SYSTEM, "parcel_query")
        )
    assert row["waybill"] == "SF1001"
    assert row["number"].startswith("CJ")


@pytest.mark.usefixtures("courier")
def test_second_apply_changes_nothing(database: Database) -> None:
    apply(database)
    generation, there = database.generation, stored.of(database)

    again = apply(database)

    assert again.is_empty
    assert again.count(Outcome.KEEP) == 0
    assert (database.generation, stored.of(database)) == (generation, there)
    assert compare(database, catalogue.current()).is_empty


@pytest.mark.usefixtures("courier")
def test_dry_run_shows_the_plan_and_changes_nothing(database: Database) -> None:
    with database.read() as session:
        said = plan_template(read_template("parcels"), session).summary()
    tables = proposed(read_template("parcels"), database)

    assert "新建 台账 查件登记" in said.zh
    assert "新建 增加的字段 投诉登记" in said.zh
    assert tables is not None
    assert "查件登记：新建表" in tables.zh
    assert stored.of(database) == stored.NOTHING
    with database.reading.connect() as connection:
        assert not inspect(connection).has_table("parcel_query")


def test_newer_template_is_merged_field_by_field(
    database: Database, courier: Path
) -> None:
    apply(database)
    by_hand(database, "waybill", {"title": "快递单号 | Waybill", "listed": True})
    change(courier, "title: 来电时间", "title: 询问时间")
    change(courier, "title: 网点 |", "title: 所属网点 |")
    change(
        courier,
        "fields:\n  - register",
        "      - {name: found_in, title: 找到地点 | Found in}\nfields:\n  - register",
    )

    plan = apply(database)

    known = catalogue.current()["parcel_query"]
    assert known.field("waybill").label.zh == "快递单号"
    assert known.field("asked_at").label.zh == "询问时间"
    assert known.has("found_in")
    assert catalogue.current()["complaint_log"].field("station").label.zh == "所属网点"
    assert kept(plan)["parcel_query"] == ("fields waybill",)
    assert kept(apply(database)) == kept(plan)


def by_hand(database: Database, name: str, said: dict[str, Any]) -> None:
    """Change a field of the template's register as the panel does."""

    def edit(there: stored.Stored) -> stored.Stored:
        known = catalogue.current()["parcel_query"]
        stanza = write_register(known)
        stanza["fields"] = [
            one | said if one["name"] == name else one for one in stanza["fields"]
        ]
        return there.with_register(stanza, "parcels")

    declaring.apply(database, edit)


def test_field_that_a_newer_template_leaves_out_keeps_its_values(
    database: Database, courier: Path
) -> None:
    apply(database)
    line = "      - {name: station, title: 网点 | Station}\n"
    with database.write() as session:
        made = entries.create(session, "complaint_log", COMPLAINT, WRITER)
    change(courier, line, "")
    apply(database)
    assert not catalogue.current()["complaint_log"].has("station")

    change(courier, "    options:\n", line + "    options:\n")
    apply(database)

    with database.read() as session:
        found = entries.get(session, SYSTEM, "complaint_log", made)
    assert found["station"] == "虹桥网点"


COMPLAINT = {
    "complainant": "周先生",
    "phone": "13800001234",
    "category": "lost_parcel",
    "content": "三天没有到",
    "demand": "赔付",
    "station": "虹桥网点",
}


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("type: instant, default", "type: instnt, default", "type", "instant"),
        ("default: now", "default: noon", "default", "noon"),
        ("required: yes", "requird: yes", "requird", "required"),
        ("menu: contact", "menu: contacts", "menu", "contact"),
        ("code: parcel_query", "code: Parcel", "registers[1]", "Parcel"),
        ("name: answered_at", "name: asked_at", "fields[3].name", "asked_at"),
        (
            "register: complaint_log\n",
            "register: complaint_lg\n",
            "fields[1].register",
            "complaint_log",
        ),
        ("name: station", "name: category", "fields[2]", "another"),
        ("name: station", "name: select", "fields[2]", "select"),
        ("category: {lost", "categry: {lost", "options", "category"),
        ("clauses: [S0-16-05]", "clauses: [S0-16-95]", "clauses", "S0-16-95"),
        ("clause: S0-16-06", "clause: S0-16-96", "clause", "S0-16-96"),
        ("start: asked_at", "start: askd_at", "start", "asked_at"),
    ],
)
def test_mistake_is_told_with_its_line_and_what_is_allowed(
    courier: Path, old: str, new: str, key: str, said: str
) -> None:
    line = change(courier, old, new)

    found = faults()

    assert (found[0].file, found[0].line) == ("parcels/template.yaml", line)
    assert key in found[0].key
    assert said in found[0].label.en


def test_all_mistakes_are_told_at_once(courier: Path) -> None:
    change(courier, "type: instant, default", "type: instnt, default")
    change(courier, "required: yes", "requird: yes")
    change(courier, "name: station, title", "name: station, titel")

    assert len(faults()) == 4


def test_code_of_a_class_is_refused(courier: Path) -> None:
    change(courier, "code: parcel_query", "code: call_log")

    assert "fields:" in faults()[0].label.en


@pytest.mark.usefixtures("courier")
def test_clauses_of_registers_and_fields_count_as_covered() -> None:
    found = coverage(read_template("parcels"), read_regulation("S0-16"))

    carried = {one.code: [label.zh for label in one.carried] for one in found}
    assert carried["S0-16-05"] == ["台账 查件登记"]
    assert carried["S0-16-06"] == ["字段 投诉登记·运单号"]


@pytest.mark.databases("sqlite")
@pytest.mark.usefixtures("courier")
def test_command_applies_what_the_dry_run_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_DATA_FOLDER", str(tmp_path / "data"))
    run = CliRunner()

    shown = run.invoke(main, ["seed", "apply", "parcels", "--dry-run"])
    done = run.invoke(main, ["seed", "apply", "parcels"])
    again = run.invoke(main, ["seed", "apply", "parcels", "--dry-run"])

    assert "查件登记：新建表" in shown.output
    assert done.exit_code == 0
    assert "新建表" not in again.output
