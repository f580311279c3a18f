"""Time limits made, changed and switched off by hand: versions, codes, history.

Versions of one code and department are one series. Every function that writes needs a
writing session and puts the change into the history of settings.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import setting_history, targets
from models.history import Writer, plain
from models.made_names import made_code
from models.rule_errors import RuleChangedError, RuleGoneError, RuleThereError
from models.rule_versions import newest
from models.setting_history import Changes
from models.targets import SlaTarget

SETTING = "rules.target"
# What a version says; the code and the register stay through all of them.
SAID = (
    "name_zh",
    "name_en",
    "condition",
    "start_field",
    "stop_field",
    "stop_register",
    "stop_via",
    "start_states",
    "stop_states",
    "pause_states",
    "how_long",
    "calendar",
    "hard",
    "warn_before",
    "escalation",
    "proposes",
    "responsible",
    "department_id",
    "valid_from",
    "enabled",
    "clauses",
    "note",
)


def find(session: Session, target_id: int) -> SlaTarget:
    """Return one version; RuleGoneError where there is none."""
    found = session.get(SlaTarget, target_id)
    if found is None:
        raise RuleGoneError
    return found


def last_of(session: Session, target_id: int) -> SlaTarget:
    """Return the last version of the series that a version is of."""
    found = find(session, target_id)
    return newest(session, SlaTarget, found.code, found.department_id) or found


def series(
    session: Session, registers: Iterable[str] | None = None
) -> list[list[SlaTarget]]:
    """Return the versions of every series, the oldest first."""
    query = select(SlaTarget).order_by(SlaTarget.code, SlaTarget.version)
    if registers is not None:
        query = query.where(SlaTarget.register.in_(list(registers)))
    found: dict[tuple[str, int | None], list[SlaTarget]] = {}
    for one in session.scalars(query):
        found.setdefault((one.code, one.department_id), []).append(one)
    return list(found.values())


def now_and_next(
    versions: list[SlaTarget], today: date
) -> tuple[SlaTarget | None, SlaTarget | None]:
    """Return the version of a series that judges today, and the one still to come."""
    begun = [one for one in versions if one.valid_from <= today]
    last = versions[-1]
    return (begun[-1] if begun else None), (last if last.valid_from > today else None)


def new_code(session: Session, register: str, title: str) -> str:
    """Return the code of a new time limit of a register."""
    taken = session.scalars(
        select(SlaTarget.code).where(SlaTarget.register == register)
    )
    return made_code(title, register, set(taken))


def key_of(session: Session, code: str, department_id: int | None) -> int:
    """Return the number under which the history of a series is kept."""
    query = select(func.min(SlaTarget.id)).filter_by(
        code=code, department_id=department_id
    )
    return session.scalar(query) or 0


def say(
    session: Session, wanted: SlaTarget, known: int | None, writer: Writer
) -> SlaTarget:
    """Save a new version, with its history.

    Args:
        session: A writing session.
        wanted: A new object that was never saved.
        known: The version that the form was made from; None for a new time limit.
        writer: Who changes it.

    Raises:
        RuleChangedError: There is a newer version than the known one.
        RuleThereError: It would become a department's own, of which there is one.
        TargetRefusedError: It names what is not there, or cannot be understood.
    """
    _lock(session, wanted.code)
    before = newest(session, SlaTarget, wanted.code, wanted.department_id)
    if known is not None:
        source = find(session, known)
        if newest(session, SlaTarget, source.code, source.department_id) is not source:
            raise RuleChangedError
        # A department's own is made beside the one it comes from.
        if before is not None and before is not source:
            raise RuleThereError
    if before is not None and _says_nothing_new(before, wanted):
        return before
    saved = targets.save(session, wanted, writer.now)
    if saved is not before:
        key = key_of(session, saved.code, saved.department_id)
        action = "created" if before is None else "changed"
        changes = _changes(before, saved)
        setting_history.keep(session, SETTING, key, changes, writer, action)
    return saved


def switch(session: Session, target_id: int, today: date, writer: Writer) -> SlaTarget:
    """Switch a time limit off from today on, or on again; clocks that run stay.

    Raises:
        RuleChangedError: There is a newer version than this one.
    """
    before = find(session, target_id)
    said: dict[str, Any] = {name: getattr(before, name) for name in SAID}
    said |= {"enabled": not before.enabled, "valid_from": today}
    wanted = SlaTarget(code=before.code, register=before.register, **said)
    return say(session, wanted, target_id, writer)


def _lock(session: Session, code: str) -> None:
    """Let whoever changes the same time limit wait, and then see this change."""
    query = select(SlaTarget.id).filter_by(code=code).with_for_update()
    session.scalars(query).all()


def _says_nothing_new(before: SlaTarget, wanted: SlaTarget) -> bool:
    """Whether a version would only begin later than the one that says the same."""
    names = [name for name in SAID if name != "valid_from"]
    return before.valid_from <= wanted.valid_from and all(
        getattr(before, name) == getattr(wanted, name) for name in names
    )


def _changes(before: SlaTarget | None, after: SlaTarget) -> Changes:
    changes: Changes = {"of": [after.name_zh, after.name_zh]}
    for name in SAID:
        was = None if before is None else plain(getattr(before, name))
        now = plain(getattr(after, name))
        if was != now:
            changes[name] = [was, now]
    return changes
