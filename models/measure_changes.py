"""Measures made, changed and deleted by hand, each with its history.

Every function that writes needs a writing session.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import measure_checks, setting_history
from models.duties import Duty
from models.history import Writer
from models.made_names import MADE, made_code
from models.measures import Measure, MeasureError
from models.pay_inputs import MEASURE
from models.pay_tables import PayRuleRow
from models.rule_errors import RuleChangedError, RuleGoneError
from models.rules import formula as formulas
from models.rules.formula import FormulaError
from models.setting_history import Changes
from models.words import Label

SETTING = "rules.measure"
# What a measure says; the code and the register stay.
SAID = (
    "name_zh",
    "name_en",
    "aggregate",
    "field",
    "weight",
    "condition",
    "share_of",
    "date_field",
    "person_field",
    "whose",
    "split",
    "target",
    "verdict",
    "unit",
    "clause",
)


class MeasureRefusedError(MeasureError):
    """A measure that could not be taken; has every problem with its column."""

    def __init__(self, problems: list[tuple[str, Label]]) -> None:
        """Join the problems."""
        self.problems = problems
        super().__init__(
            "".join(one.zh for _, one in problems),
            " ".join(one.en for _, one in problems),
        )


def find(session: Session, measure_id: int) -> Measure:
    """Return a measure; RuleGoneError where there is none."""
    found = session.get(Measure, measure_id)
    if found is None:
        raise RuleGoneError
    return found


def basis(measure: Measure) -> str:
    """Return what tells a form that the measure was changed since it was opened."""
    said = json.dumps([getattr(measure, name) for name in SAID])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def new_code(session: Session, register: str, title: str) -> str:
    """Return the code of a new measure of a register.

    It has no dot: formulas call it `measure.<code>`, and slips find it there.
    """
    own = register if register.startswith(MADE) else MADE + register
    return made_code(title, own, set(session.scalars(select(Measure.code))), "_")


def make(session: Session, wanted: Measure, writer: Writer) -> Measure:
    """Save a new measure; MeasureRefusedError where it cannot be taken."""
    _demand_sound(wanted)
    session.add(wanted)
    session.flush()
    changes = _changes({}, wanted)
    setting_history.keep(session, SETTING, wanted.id, changes, writer, "created")
    return wanted


def change(
    session: Session, measure_id: int, wanted: Measure, known: str, writer: Writer
) -> bool:
    """Make a measure say something else; return whether anything changed.

    Args:
        session: A writing session.
        measure_id: Which one.
        wanted: What it is to say; never saved itself.
        known: The `basis` that the form was made from.
        writer: Who changes it.

    Raises:
        RuleChangedError: It was changed since the form was opened.
        MeasureRefusedError: It could not be taken.
    """
    found = _locked(session, measure_id)
    if basis(found) != known:
        raise RuleChangedError
    _demand_sound(wanted)
    before = {name: getattr(found, name) for name in SAID}
    changes = _changes(before, wanted)
    for name in SAID:
        setattr(found, name, getattr(wanted, name))
    session.flush()
    setting_history.keep(session, SETTING, found.id, changes, writer)
    return bool(changes)


def delete(session: Session, measure_id: int, writer: Writer) -> None:
    """Delete a measure that no pay rule and no duty reads."""
    found = _locked(session, measure_id)
    users = readers(session, found.code)
    owed = session.scalars(select(Duty.name_zh).filter_by(measure=found.code)).first()
    if owed is not None:
        raise MeasureError(
            "定期任务“{duty}”还在用“{name}”，有它的结论，不能删除。",
            "The duty “{duty}” reads “{name}” and has verdicts by it; it stays.",
            duty=owed,
            name=found.name_zh,
        )
    if users:
        raise MeasureError(
            "绩效方案还在用“{name}”（{users}），请先改方案再删除。",
            "Pay schemes still read “{name}” ({users}). Change them first.",
            name=found.name_zh,
            users="、".join(users),
        )
    changes: Changes = {"of": [found.name_zh, None]}
    setting_history.keep(session, SETTING, found.id, changes, writer, "deleted")
    session.delete(found)
    session.flush()


def readers(session: Session, code: str) -> list[str]:
    """Return the names of the pay lines whose formulas read a measure."""
    rules = session.scalars(select(PayRuleRow).order_by(PayRuleRow.id))
    wanted = MEASURE + code
    found = (
        one.name_zh
        for one in rules
        if any(wanted in _names(text) for text in (one.formula, one.condition))
    )
    return list(dict.fromkeys(found))


def _names(text: str | None) -> tuple[str, ...]:
    try:
        return formulas.parse(text).names if text else ()
    except FormulaError:
        return ()


def _locked(session: Session, measure_id: int) -> Measure:
    query = select(Measure).filter_by(id=measure_id).with_for_update()
    found = session.scalar(query)
    if found is None:
        raise RuleGoneError
    return found


def _demand_sound(wanted: Measure) -> None:
    wrong = list(measure_checks.wrong_columns(wanted))
    if wrong:
        raise MeasureRefusedError(wrong)


def _changes(before: Mapping[str, Any], after: Measure) -> Changes:
    found: Changes = {
        name: [before.get(name), getattr(after, name)]
        for name in SAID
        if before.get(name) != getattr(after, name)
    }
    return {"of": [after.name_zh, after.name_zh], **found} if found else {}
