"""Which regulations are in use: by template, by hand, and kept so."""

import pytest
from sqlalchemy import func, select

from models import rulebook, setting_history
from models.database import Database
from models.rulebook import RulebookClause
from seed import rulebook_packs
from seed.apply import plan_template
from seed.declared import declare
from seed.merging import Outcome
from seed.rulebook_packs import SETTING, Pack, UnknownPackError
from seed.template import read_template
from tests.company import writer

OFFERED = "S0-01"  # no template of the tests rests on it
TEMPLATE = "after_sales"


def pack(database: Database, code: str) -> Pack:
    with database.read() as session:
        return next(it for it in rulebook_packs.packs(session) if it.code == code)


def clauses(database: Database, regulation: str) -> int:
    counted = select(func.count()).where(RulebookClause.regulation_code == regulation)
    with database.read() as session:
        return session.scalar(counted) or 0


def test_regulation_is_off_until_somebody_lists_it(empty: Database) -> None:
    assert not pack(empty, OFFERED).on
    assert clauses(empty, OFFERED) == 0


def test_regulation_that_is_switched_on_is_loaded_as_a_whole(empty: Database) -> None:
    with empty.write() as session:
        rulebook_packs.switch_on(session, OFFERED, writer())

    found = pack(empty, OFFERED)
    assert found.on
    assert not found.newer
    assert clauses(empty, OFFERED) == found.clauses > 0
    with empty.read() as session:
        (told,) = setting_history.told(session, SETTING, 0, 5)
    assert (told.by_name, told.changes) == ("系统", {OFFERED: [False, True]})


def test_regulation_that_is_switched_off_leaves_nothing(empty: Database) -> None:
    with empty.write() as session:
        rulebook_packs.switch_on(session, OFFERED, writer())
        rulebook_packs.switch_off(session, OFFERED, writer())

    assert not pack(empty, OFFERED).on
    assert clauses(empty, OFFERED) == 0


def test_regulation_switched_off_by_hand_stays_off_when_its_template_comes_again(
    empty: Database,
) -> None:
    template = read_template(TEMPLATE)
    code = template.regulations[0].stanza.code
    declare(template, empty)
    with empty.write() as session:
        for step in plan_template(template, session).steps:
            step.run(session, writer())
        rulebook_packs.switch_off(session, code, writer())

    with empty.write() as session:
        plan = plan_template(template, session)
        (change,) = (
            one
            for one in plan.changes
            if (one.item.kind, one.item.code) == ("regulation", code)
        )
        for step in plan.steps:
            step.run(session, writer())

    assert change.outcome is Outcome.KEEP
    assert not pack(empty, code).on


def test_newer_words_are_told_and_taken_over(empty: Database) -> None:
    with empty.write() as session:
        rulebook_packs.switch_on(session, OFFERED, writer())
        clause = rulebook.clause(session, f"{OFFERED}-01")
        assert clause is not None
        clause.text_zh = "旧的说法"
    assert pack(empty, OFFERED).newer

    with empty.write() as session:
        rulebook_packs.switch_on(session, OFFERED, writer())

    assert not pack(empty, OFFERED).newer


def test_regulation_that_there_is_not_is_refused(empty: Database) -> None:
    with empty.write() as session, pytest.raises(UnknownPackError):
        rulebook_packs.switch_on(session, "S9-99", writer())
