"""Rules that are kept as versions: none is ever changed, the next one is added."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

Rule = TypeVar("Rule", bound=Any)
"""A mapped class with code, version, department_id and saved_at."""

_NOT_SAID = frozenset({"id", "version", "saved_at"})


def newest(
    session: Session, kind: type[Rule], code: str, department_id: int | None
) -> Rule | None:
    """Return the last version of a code in exactly this scope."""
    query = (
        select(kind)
        .filter_by(code=code, department_id=department_id)
        .order_by(kind.version.desc())
        .limit(1)
    )
    return session.scalar(query)


def save(session: Session, rule: Rule, now: datetime) -> Rule:
    """Save a rule as the next version of its code, unless it says nothing new.

    Args:
        session: A writing session.
        rule: A new object that was never saved and has been checked; its version is
            given here, counted over all scopes of the code.
        now: When it is saved.

    Returns:
        The saved rule, or the newest one of its scope if that says the same.
    """
    kind = type(rule)
    before = newest(session, kind, rule.code, rule.department_id)
    if before is not None and _said(before) == _said(rule):
        return before
    last = session.scalar(select(func.max(kind.version)).filter_by(code=rule.code))
    rule.version = (last or 0) + 1
    rule.saved_at = now
    session.add(rule)
    session.flush()
    return rule


def _said(rule: Any) -> dict[str, Any]:
    """Return what a version says, by the names of its columns."""
    table: Table = rule.__table__
    return {
        one.name: getattr(rule, one.name)
        for one in table.columns
        if one.name not in _NOT_SAID
    }
