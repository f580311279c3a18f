"""Duties of a template: applied as versions, kept where changed by hand, checked."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models import citations, duty_changes
from models.access import marked
from models.catalogue import current
from models.database import Database
from models.duties import Duty
from models.rule_versions import newest
from seed.apply import Plan, plan_template
from seed.declared import declare
from seed.merging import Outcome
from seed.template import Placed, Template, read_template
from seed.template_checks import check
from seed.template_error import TemplateError
from tests.seed.conftest import WRITER

CODE = "trainings"


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template("after_sales")


def with_duty(template: Template, **values: Any) -> Template:
    """Return the template with other words in the stanza of the trainings."""
    some = tuple(
        Placed(one.stanza.model_copy(update=values), one.source, one.path)
        if one.stanza.code == CODE
        else one
        for one in template.duties
    )
    return replace(template, duties=some)


def apply(database: Database, template: Template) -> Plan:
    declare(template, database)
    with database.write() as session:
        plan = plan_template(template, session)
        for step in plan.steps:
            step.run(session, WRITER)
    return plan


def outcome(database: Database, template: Template) -> Outcome:
    with database.read() as session:
        plan = plan_template(template, session)
    (found,) = (
        one.outcome
        for one in plan.changes
        if (one.item.kind, one.item.code) == ("duty", CODE)
    )
    return found


def test_a_duty_goes_round_and_keeps_what_was_changed_by_hand(
    empty: Database, template: Template
) -> None:
    apply(empty, template)
    assert outcome(empty, template) is Outcome.SAME
    with empty.read() as session:
        made = newest(session, Duty, CODE, None)
        assert made is not None
        assert made.at_least == Decimal(3)
        assert made.each_least == 30
        post = current().table("post")
        query = select(post.c.name).where(post.c.id.in_(made.posts))
        assert session.scalars(marked(query, "post")).all() == ["客服经理"]
        cited = {it.code for it in citations.citations(session)}
        assert CODE in cited

    newer = with_duty(template, each_least=45)
    assert outcome(empty, newer) is Outcome.UPDATE
    with empty.write() as session:
        said = {name: getattr(made, name) for name in duty_changes.SAID}
        by_hand = Duty(
            code=CODE,
            measure=made.measure,
            period=made.period,
            **(said | {"at_least": Decimal(4)}),
        )
        duty_changes.say(session, by_hand, made.id, WRITER)
    apply(empty, newer)

    with empty.read() as session:
        last = newest(session, Duty, CODE, None)
        assert last is not None
        assert (last.version, int(last.at_least or 0)) == (3, 4)  # by hand, kept
        assert last.each_least == 45  # the template's, merged in


@pytest.mark.parametrize(
    "values",
    [
        {"measure": "nothing"},
        {"calendar": "nothing"},
        {"posts": ("没有的岗位",)},
        {"topics": ("nothing",)},
        {"each_field": "content"},
        {"due": "some day"},
        {"remind_before": "3d"},
        {"months": (13,)},
        {"clauses": ("S0-04-99",)},
    ],
)
def test_a_duty_that_makes_no_sense_is_told_with_its_place(
    template: Template, values: dict[str, Any]
) -> None:
    with pytest.raises(TemplateError) as refused:
        check(with_duty(template, **values))

    assert "duties.yaml" in str(refused.value)
    assert next(iter(values)) in str(refused.value)
