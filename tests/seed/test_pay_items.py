"""Tables of pay that a template brings: as rates, merged row by row."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import catalogue
from models.database import Database
from models.pay_tables import PayTable
from models.prepare import prepare
from seed import template as templates
from seed.apply import Plan, plan_template
from seed.merging import Outcome
from seed.pay_stanzas import TableStanza
from seed.template import Placed, read_template
from seed.template_checks import check
from seed.template_error import TemplateError
from seed.yaml_source import read_yaml
from tests.databases import Builder
from tests.seed.conftest import WRITER

GRADES = "grades 2020-01-01"


def stanza(*rows: tuple[Any, Any], **more: Any) -> TableStanza:
    said = {
        "code": "grades",
        "title": {"zh": "职级工资", "en": "Pay by grade"},
        "unit": "money",
        "starts_on": date(2020, 1, 1),
        "rows": rows,
    }
    return TableStanza.model_validate(said | more)


def build(url: str) -> None:
    database = Database(url)
    prepare(database, catalogue.current())
    database.dispose()


@pytest.fixture
def database(prepared_database: Callable[[str, Builder], str]) -> Iterator[Database]:
    opened = Database(prepared_database("pay_items", build))
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def source() -> Any:
    file = templates.FOLDER / "after_sales" / "pay.yaml"
    return read_yaml(file, "after_sales/pay.yaml")


def apply(database: Database, tables: tuple[TableStanza, ...], source: Any) -> Plan:
    """Apply a template of nothing but these tables."""
    whole = read_template("after_sales")
    empty: dict[str, Any] = dict.fromkeys(
        (
            "regulations",
            "calendars",
            "targets",
            "measures",
            "duties",
            "charts",
            "views",
            "rates",
            "schemes",
            "pay_checks",
            "pay_runs",
            "bundles",
            "roles",
            "entries",
            "registers",
            "fields",
            "labels",
        ),
        (),
    )
    placed = tuple(Placed(one, source, ("tables", 0)) for one in tables)
    bare = replace(whole, **empty, tables=placed)
    with database.write() as session:
        plan = plan_template(bare, session)
        for step in plan.steps:
            step.run(session, WRITER)
    return plan


def outcome(plan: Plan) -> Outcome:
    return next(one.outcome for one in plan.changes if one.item.code == GRADES)


def rows(database: Database) -> list[list[str]]:
    with database.read() as session:
        return session.scalars(select(PayTable)).one().rows


def test_a_template_brings_tables_and_the_second_time_nothing(
    database: Database, source: Any
) -> None:
    told = stanza(("一级", 3000), ("二级", "2450.50"))

    first = apply(database, (told,), source)
    second = apply(database, (told,), source)

    assert (outcome(first), outcome(second)) == (Outcome.CREATE, Outcome.SAME)
    assert rows(database) == [["一级", "3000"], ["二级", "2450.50"]]


def test_a_row_that_an_admin_changed_stays_when_others_change(
    database: Database, source: Any
) -> None:
    apply(database, (stanza(("一级", 3000), ("二级", 2450)),), source)
    with database.write() as session:
        found = session.scalars(select(PayTable)).one()
        found.rows = [["一级", "3300"], ["二级", "2450"]]

    plan = apply(
        database,
        (stanza(("一级", 3100), ("二级", 2500), ("三级", 2000)),),
        source,
    )

    assert outcome(plan) is Outcome.UPDATE
    assert rows(database) == [["一级", "3300"], ["二级", "2500"], ["三级", "2000"]]


def test_a_table_may_have_another_from_a_later_day(
    database: Database, source: Any
) -> None:
    later = stanza(("一级", 3200), starts_on=date(2027, 1, 1))

    apply(database, (stanza(("一级", 3000)), later), source)

    with database.read() as session:
        found = session.scalars(select(PayTable).order_by(PayTable.starts_on))
        assert [one.rows for one in found] == [[["一级", "3000"]], [["一级", "3200"]]]


def test_a_row_that_is_no_figure_is_told_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(templates.FOLDER, tmp_path / "templates")
    monkeypatch.setattr(templates, "FOLDER", tmp_path / "templates")
    file = tmp_path / "templates" / "after_sales" / "tables.yaml"
    file.write_text(
        "tables:\n"
        "  - code: grades\n"
        "    title: {zh: 职级工资, en: Pay by grade}\n"
        "    unit: money\n"
        "    starts_on: 2020-01-01\n"
        "    rows:\n"
        "      - [一级, 3000]\n"
        "      - [二级, 两千]\n",
        encoding="utf-8",
    )

    with pytest.raises(TemplateError) as caught:
        check(read_template("after_sales"))

    (found,) = caught.value.faults
    assert (found.file, found.line) == ("after_sales/tables.yaml", 8)
    assert "金额" in found.label.zh
