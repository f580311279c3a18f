"""Applying a template: shown before, the same the second time, kept where changed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from models import accounts, calendars, catalogue, entries, preferences, rulebook
from models.access import Action, Person, Role, Rows, marked
from models.applied import AppliedTemplate
from models.database import Database
from models.opening import ready
from models.pay_tables import PayRate, PayScheme
from models.preferences import REGISTERS_ON
from models.rulebook import RulebookClause
from models.targets import SlaTarget
from seed.apply import Plan, plan_template
from seed.declared import declare
from seed.merging import Outcome
from seed.roles import ensure_roles
from seed.template import Placed, Template, read_template
from tests.databases import Builder
from tests.seed.conftest import WRITER
from tests.seed.declared_templates import upon_template


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template("after_sales")


@upon_template("after_sales")
def build(url: str) -> None:
    """Apply the template to the company."""
    database = ready(Database(url))
    apply(database, read_template("after_sales"))
    database.dispose()
    catalogue.use()


@pytest.fixture
def applied(prepared_database: Callable[[str, Builder], str]) -> Iterator[Database]:
    database = ready(Database(prepared_database("seed_after_sales", build)))
    yield database
    database.dispose()


def apply(
    database: Database, template: Template, department: str | None = None
) -> Plan:
    declare(template, database)
    with database.write() as session:
        plan = plan_template(template, session, department)
        for step in plan.steps:
            step.run(session, WRITER)
    return plan


def planned(
    database: Database, template: Template, department: str | None = None
) -> Plan:
    with database.read() as session:
        return plan_template(template, session, department)


def outcome_of(plan: Plan, kind: str, code: str) -> Outcome:
    (found,) = (
        one.outcome
        for one in plan.changes
        if (one.item.kind, one.item.code) == (kind, code)
    )
    return found


def changed(template: Template, kind: str, code: str, **values: Any) -> Template:
    """Return a newer template, in which one stanza says something else."""
    some = [
        Placed(one.stanza.model_copy(update=values), one.source, one.path)
        if one.stanza.code == code
        else one
        for one in getattr(template, kind)
    ]
    stanzas: dict[str, Any] = {kind: tuple(some)}
    return replace(template, **stanzas)


def test_planning_alone_changes_nothing(empty: Database, template: Template) -> None:
    plan = planned(empty, template)

    with empty.read() as session:
        assert session.scalar(select(func.count()).select_from(SlaTarget)) == 0
    assert plan.count(Outcome.CREATE) == len(plan.changes)
    assert "服务后回访" in plan.summary().zh
    assert "Callback after service" in plan.summary().en


def test_a_template_brings_its_rules(applied: Database) -> None:
    with applied.read() as session:
        codes = set(session.scalars(select(SlaTarget.code)))
        assert "service_order.callback" in codes
        rate = session.scalars(select(PayRate).filter_by(code="hour")).one()
        assert (rate.value, rate.is_invented) == ("18.00", True)
        # Five of its own, three that any department may have.
        assert len(session.scalars(select(PayScheme)).all()) == 8
        assert len(preferences.get(session, REGISTERS_ON)) == 12
        desk = calendars.latest(session, "desk")
        assert desk is not None
        opened = desk.opened()
    off = [date(2026, 9, 25), date(2026, 10, 1), date(2026, 10, 7)]
    assert not any(opened.is_workday(one) for one in off)
    assert opened.is_workday(date(2026, 9, 20))
    assert opened.is_workday(date(2026, 10, 10))


def test_a_second_apply_changes_nothing(empty: Database, template: Template) -> None:
    apply(empty, template, "售后部")
    before = everything(empty)

    plan = apply(empty, template, "售后部")

    assert plan.is_empty
    assert plan.count(Outcome.SAME) == len(plan.changes)
    assert everything(empty) == before


def everything(database: Database) -> dict[str, list[Any]]:
    """Return how often and under which versions things are there."""
    with database.read() as session:
        posts = catalogue.current().table("post")
        return {
            "targets": list(session.scalars(select(SlaTarget.version))),
            "schemes": list(session.scalars(select(PayScheme.version))),
            "clauses": list(session.scalars(select(RulebookClause.text_zh))),
            "posts": list(session.scalars(marked(select(posts.c.version), "post"))),
            "applied": list(session.scalars(select(AppliedTemplate.hash))),
        }


def test_a_department_that_is_missing_is_made_once(
    empty: Database, template: Template
) -> None:
    apply(empty, template, "售后部")
    apply(empty, template, "售后部")

    table = catalogue.current().table("department")
    with empty.read() as session:
        query = marked(select(table.c.id, table.c.name), "department")
        ((made, name),) = session.execute(query)
        scopes = set(session.scalars(select(SlaTarget.department_id)))
    assert (name, scopes) == ("售后部", {made})


def test_two_departments_may_have_the_same_template(
    empty: Database, template: Template
) -> None:
    apply(empty, template, "售后一部")
    apply(empty, template, "售后二部")

    with empty.read() as session:
        query = select(SlaTarget).filter_by(code="call_log.reply")
        assert len(session.scalars(query).all()) == 2
        assert session.scalar(select(func.count()).select_from(PayRate)) == len(
            template.rates
        )


def test_what_an_admin_changed_is_kept_and_told(
    applied: Database, template: Template
) -> None:
    with applied.write() as session:
        rate = session.scalars(select(PayRate).filter_by(code="hour")).one()
        rate.value = "21.50"

    plan = apply(applied, template)

    assert outcome_of(plan, "rate", "hour 2020-01-01") is Outcome.KEEP
    assert "工时单价（value）" in plan.summary().zh
    with applied.read() as session:
        rate = session.scalars(select(PayRate).filter_by(code="hour")).one()
        assert rate.value == "21.50"


def test_a_newer_template_is_merged_around_what_was_changed(
    applied: Database, template: Template
) -> None:
    with applied.write() as session:
        rate = session.scalars(select(PayRate).filter_by(code="hour")).one()
        rate.value = "21.50"

    newer = changed(template, "rates", "hour", note="新的说明", value=Decimal(19))
    plan = apply(applied, newer)

    assert outcome_of(plan, "rate", "hour 2020-01-01") is Outcome.UPDATE
    with applied.read() as session:
        rate = session.scalars(select(PayRate).filter_by(code="hour")).one()
        assert (rate.value, rate.note) == ("21.50", "新的说明")


def test_a_newer_time_limit_becomes_the_next_version(
    applied: Database, template: Template
) -> None:
    newer = changed(template, "targets", "call_log.reply", how_long="8h business")
    apply(applied, newer)

    with applied.read() as session:
        query = select(SlaTarget).filter_by(code="call_log.reply")
        found = session.scalars(query.order_by(SlaTarget.version)).all()
    assert [(one.version, one.how_long) for one in found] == [
        (1, "24h rolled"),
        (2, "8h business"),
    ]


def test_what_an_admin_took_away_does_not_come_back(
    applied: Database, template: Template
) -> None:
    with applied.write() as session:
        table = catalogue.current().table("post")
        query = marked(select(table.c.id).where(table.c.name == "备件仓管"), "post")
        entries.bin_many(session, "post", [session.scalars(query).one()], WRITER)

    plan = apply(applied, template)

    assert outcome_of(plan, "entry", "post 备件仓管") is Outcome.KEEP
    assert plan.is_empty


def test_what_was_there_before_any_template_is_kept(
    empty: Database, template: Template
) -> None:
    with empty.write() as session:
        entries.create(session, "post", {"name": "内勤", "tasks": "自己写的"}, WRITER)

    plan = apply(empty, template)

    assert outcome_of(plan, "entry", "post 内勤") is Outcome.KEEP
    with empty.read() as session:
        table = catalogue.current().table("post")
        query = select(table.c.tasks).where(table.c.name == "内勤")
        assert session.scalars(marked(query, "post")).all() == ["自己写的"]


def test_a_clause_can_be_looked_up(applied: Database) -> None:
    with applied.read() as session:
        found = rulebook.clause(session, "S0-04-22")
        assert found is not None
        assert "二十四小时" in found.text.zh
        assert found.place.zh.endswith("第 8 条（S0-04-22）")
        texts = rulebook.texts(session, ["S0-04-22", "S0-04-99", "S0-04-19"])
        assert texts.keys() == {"S0-04-22", "S0-04-19"}
        assert texts["S0-04-22"] == found.text
        assert rulebook.clause(session, "S0-04-99") is None


def test_roles_are_there_without_any_template(empty: Database) -> None:
    with empty.write() as session:
        first = ensure_roles(session)
        again = ensure_roles(session)

    assert first.keys() == again.keys()
    assert {"clerk", "manager", "admin", "engineer", "finance", "auditor"} <= set(first)


def test_a_role_that_an_admin_changed_stays_so(
    empty: Database, template: Template
) -> None:
    with empty.write() as session:
        role = ensure_roles(session)["hotline"]
        role.grants = [one for one in role.grants if one.register != "problem_log"]

    apply(empty, template)

    with empty.read() as session:
        role = session.scalars(select(Role).filter_by(code="hotline")).one()
        assert "problem_log" not in {one.register for one in role.grants}


def test_the_system_admin_sees_no_pay(empty: Database) -> None:
    with empty.write() as session:
        role = ensure_roles(session)["admin"]
        admin = Person(name="甲", grants=tuple(one.grant() for one in role.grants))
    staff = catalogue.current()["staff"]

    assert admin.rows("complaint_log", Action.DELETE) is Rows.ALL
    assert not admin.sees(staff, staff.field("base_pay"))
    assert not admin.may("pay.slip", Action.LIST)
    assert admin.may("setup.run", Action.CREATE)


@pytest.mark.parametrize(
    ("code", "register", "action", "rows"),
    [
        ("engineer", "service_order", Action.LIST, Rows.OWN),
        ("engineer", "pay.slip", Action.LIST, Rows.OWN),
        ("engineer", "complaint_log", Action.LIST, Rows.NONE),
        ("hotline", "call_log", Action.LIST, Rows.DEPARTMENT),
        ("hotline", "call_log", Action.CHANGE, Rows.OWN),
        ("hotline", "call_log", Action.DELETE, Rows.NONE),
        ("office", "work_hours", Action.CHANGE, Rows.DEPARTMENT),
        ("office", "reward_penalty", Action.LIST, Rows.OWN),
        ("service_manager", "complaint_log", Action.APPROVE, Rows.DEPARTMENT),
        ("service_manager", "pay.review", Action.APPROVE, Rows.DEPARTMENT),
        ("service_manager", "pay.lock", Action.APPROVE, Rows.NONE),
        ("finance", "pay.slip", Action.LIST, Rows.ALL),
        ("hr", "pay.calculate", Action.APPROVE, Rows.ALL),
        ("executive", "pay.lock", Action.APPROVE, Rows.ALL),
        ("branch_admin", "call_log", Action.LIST, Rows.BRANCH),
        ("branch_admin", "pay.slip", Action.LIST, Rows.NONE),
        ("auditor", "call_log", Action.CHANGE, Rows.NONE),
    ],
)
def test_presets_give_what_their_work_needs(
    empty: Database, code: str, register: str, action: Action, rows: Rows
) -> None:
    with empty.write() as session:
        role = ensure_roles(session)[code]
        person = Person(name="甲", grants=tuple(one.grant() for one in role.grants))

    assert person.rows(register, action) is rows


def test_a_changed_role_reaches_whoever_has_it(
    applied: Database, template: Template
) -> None:
    with applied.write() as session:
        role = session.scalars(select(Role).filter_by(code="auditor")).one()
        accounts.open_account(session, "S1", "审计员", [role], "a-long-password")

    grants = template.roles[0].stanza.grants
    apply(applied, changed(template, "roles", "auditor", grants=grants))

    with applied.read() as session:
        account = accounts.find(session, "S1")
        assert account is not None
        assert account.stamp == 2
