"""Duties made, changed and switched off by hand: versions, codes, history.

Versions of one code and department are one series. Every function that writes needs a
writing session and puts the change into the history of settings.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import duties, setting_history
from models.duties import Duty
from models.history import Writer, plain
from models.made_names import MADE, made_code
from models.rule_errors import RuleChangedError, RuleGoneError, RuleThereError
from models.rule_versions import newest
from models.setting_history import Changes

SETTING = "rules.duty"
# What a version says; code, measure and period stay through all of them.
SAID = (
    "name_zh",
    "name_en",
    "at_least",
    "at_most",
    "times",
    "each_field",
    "each_least",
    "topics_field",
    "topics",
    "months",
    "for_each",
    "posts",
    "people",
    "on_trips",
    "calendar",
    "due",
    "remind_before",
    "department_id",
    "valid_from",
    "enabled",
    "clauses",
    "note",
)


def find(session: Session, duty_id: int) -> Duty:
    """Return one version; RuleGoneError where there is none."""
    found = session.get(Duty, duty_id)
    if found is None:
        raise RuleGoneError
    return found


def last_of(session: Session, duty_id: int) -> Duty:
    """Return the last version of the series that a version is of."""
    found = find(session, duty_id)
    return newest(session, Duty, found.code, found.department_id) or found


def series(session: Session) -> list[list[Duty]]:
    """Return the versions of every series, the oldest first."""
    found: dict[tuple[str, int | None], list[Duty]] = {}
    for code, versions in duties.versions(session).items():
        for one in versions:
            found.setdefault((code, one.department_id), []).append(one)
    return list(found.values())


def new_code(session: Session, measure: str, title: str) -> str:
    """Return the code of a new duty of a measure."""
    own = measure if measure.startswith(MADE) else MADE + measure
    return made_code(title, own, set(session.scalars(select(Duty.code))), "_")


def key_of(session: Session, code: str, department_id: int | None) -> int:
    """Return the number under which the history of a series is kept."""
    query = select(func.min(Duty.id)).filter_by(code=code, department_id=department_id)
    return session.scalar(query) or 0


def say(session: Session, wanted: Duty, known: int | None, writer: Writer) -> Duty:
    """Save a new version, with its history.

    Args:
        session: A writing session.
        wanted: A new object that was never saved.
        known: The version that the form was made from; None for a new duty.
        writer: Who changes it.

    Raises:
        RuleChangedError: There is a newer version than the known one.
        RuleThereError: It would become a department's own, of which there is one.
        DutyRefusedError: It names what is not there, or cannot be understood.
    """
    # Whoever changes the same duty waits, and then sees this change.
    session.scalars(select(Duty.id).filter_by(code=wanted.code).with_for_update()).all()
    before = newest(session, Duty, wanted.code, wanted.department_id)
    if known is not None:
        source = find(session, known)
        if newest(session, Duty, source.code, source.department_id) is not source:
            raise RuleChangedError
        if before is not None and before is not source:
            raise RuleThereError
    if before is not None and _says_nothing_new(before, wanted):
        return before
    saved = duties.save(session, wanted, writer.now)
    if saved is not before:
        key = key_of(session, saved.code, saved.department_id)
        action = "created" if before is None else "changed"
        changes = _changes(before, saved)
        setting_history.keep(session, SETTING, key, changes, writer, action)
    return saved


def switch(session: Session, duty_id: int, today: date, writer: Writer) -> Duty:
    """Switch a duty off from the next period on, or on again; verdicts stay.

    Raises:
        RuleChangedError: There is a newer version than this one.
    """
    before = find(session, duty_id)
    said: dict[str, Any] = {name: getattr(before, name) for name in SAID}
    said |= {"enabled": not before.enabled, "valid_from": today}
    wanted = Duty(
        code=before.code, measure=before.measure, period=before.period, **said
    )
    return say(session, wanted, duty_id, writer)


def _says_nothing_new(before: Duty, wanted: Duty) -> bool:
    """Whether a version would only begin later than the one that says the same."""
    names = [name for name in SAID if name != "valid_from"]
    return before.valid_from <= wanted.valid_from and all(
        getattr(before, name) == getattr(wanted, name) for name in names
    )


def _changes(before: Duty | None, after: Duty) -> Changes:
    changes: Changes = {"of": [after.name_zh, after.name_zh]}
    for name in SAID:
        was = None if before is None else plain(getattr(before, name))
        now = plain(getattr(after, name))
        if was != now:
            changes[name] = [was, now]
    return changes
