"""Each template: shown, applied to nothing, applied again, changed and made newer."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from models import catalogue, stored
from models.applied import AppliedItem
from models.database import Database
from models.measures import Measure
from models.opening import ready
from models.schema_plan import compare
from seed.apply import Plan, plan_template
from seed.declared import declare, proposed
from seed.merging import Outcome
from seed.template import COMMON, Placed, Template, read_template, template_names
from tests.databases import Builder
from tests.prepared import prepare_tables
from tests.seed.conftest import WRITER

NAMES = [COMMON, *template_names()]


@pytest.fixture
def opened(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[Database]:
    database = ready(
        Database(prepared_database("tables_of_the_program", prepare_tables))
    )
    yield database
    database.dispose()


def apply(database: Database, template: Template) -> Plan:
    declare(template, database)
    with database.write() as session:
        plan = plan_template(template, session)
        for step in plan.steps:
            step.run(session, WRITER)
    return plan


def newer(template: Template) -> Template:
    """Return the template with another name of its last measure, in both languages."""
    *others, last = template.measures
    title = last.stanza.title.model_copy(update={"zh": "新名称", "en": "New name"})
    said = last.stanza.model_copy(update={"title": title})
    return replace(template, measures=(*others, Placed(said, last.source, last.path)))


def names(database: Database, code: str) -> tuple[str, str]:
    with database.read() as session:
        found = session.scalars(select(Measure).filter_by(code=code)).one()
        return found.name_zh, found.name_en


@pytest.mark.parametrize("name", NAMES)
def test_a_template_comes_whole_and_only_once_and_keeps_what_hands_changed(
    opened: Database, name: str
) -> None:
    template = read_template(name)
    code = template.measures[-1].stanza.code

    with opened.read() as session:
        shown = plan_template(template, session)
    assert shown.count(Outcome.CREATE) == len(shown.changes)
    assert proposed(template, opened) is not None
    assert stored.of(opened) == stored.NOTHING
    with opened.read() as session:
        assert session.scalar(select(func.count()).select_from(AppliedItem)) == 0

    apply(opened, template)
    generation = opened.generation
    assert compare(opened, catalogue.current()).is_empty

    again = apply(opened, template)
    assert again.is_empty
    assert again.count(Outcome.SAME) == len(again.changes)
    assert opened.generation == generation

    with opened.write() as session:
        measure = session.scalars(select(Measure).filter_by(code=code)).one()
        measure.name_zh = "主管改的名称"
    kept = apply(opened, template)
    assert [one.item.code for one in kept.changes if one.kept] == [code]
    assert "主管改的名称" in names(opened, code)

    merged = apply(opened, newer(template))
    changed = [one.item.code for one in merged.changes if one.values is not None]
    assert changed == [code]
    assert names(opened, code) == ("主管改的名称", "New name")
