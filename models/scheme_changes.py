"""Pay schemes as versions: none is ever changed, the next holds from a day.

Versions of one code and department are one series. What was signed stays as it was: a
version begins after the last period that is.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import scheme_checks, setting_history
from models.history import Writer, plain
from models.made_names import made_name
from models.pay_people import every_of
from models.pay_tables import PayRuleRow, PayRun, PayScheme
from models.rule_errors import RuleChangedError, RuleGoneError
from models.rule_versions import newest
from models.rules.pay_run import SETTLED, RunState
from models.rules.periods import parse_period
from models.scheme_checks import Problem
from models.setting_history import Changes
from models.words import Label, PersonError

SETTING = "rules.scheme"
SIGNED = frozenset({RunState.APPROVED, *SETTLED})
RULE = "rule."  # before the code of a line, where a change tells of one
_NOT_SAID = frozenset({"id", "code", "version", "scheme_id", "position"})


class SchemeRefusedError(PersonError):
    """A version that could not be taken; has every problem with the place it is at."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Join the problems."""
        self.problems = list(problems)
        super().__init__(
            "".join(one.label.zh for one in problems),
            " ".join(one.label.en for one in problems),
        )


def series(session: Session) -> list[list[PayScheme]]:
    """Return the versions of each series, the oldest first, by code."""
    query = select(PayScheme).order_by(PayScheme.code, PayScheme.version)
    found: dict[tuple[str, int | None], list[PayScheme]] = {}
    for one in session.scalars(query):
        found.setdefault((one.code, one.department_id), []).append(one)
    return list(found.values())


def find(session: Session, scheme_id: int) -> PayScheme:
    """Return one version; RuleGoneError where there is none."""
    found = session.get(PayScheme, scheme_id)
    if found is None:
        raise RuleGoneError
    return found


def last_of(session: Session, scheme: PayScheme) -> PayScheme:
    """Return the last version of the series that a version is of."""
    return newest(session, PayScheme, scheme.code, scheme.department_id) or scheme


def key_of(session: Session, code: str, department_id: int | None) -> int:
    """Return under what a series' history is kept: the id of its first version."""
    query = select(func.min(PayScheme.id)).filter_by(
        code=code, department_id=department_id
    )
    return session.scalar(query) or 0


def new_code(session: Session, title: str) -> str:
    """Return the code of a new scheme."""
    return made_name(title, set(session.scalars(select(PayScheme.code))))


def draft(base: PayScheme | None, code: str) -> PayScheme:
    """Return a version to be filled in, with what the one before says; unsaved."""
    if base is None:
        return PayScheme(code=code, version=1, posts=[], grades=[], people=[], rules=[])
    return PayScheme(code=code, version=base.version + 1, rules=[], **_head(base))


def first_open_day(session: Session, every: str) -> date | None:
    """Return the day after the last period that is signed; None without any.

    Only of the runs that schemes of this kind pay in: of months or of quarters.
    """
    query = select(PayRun.period).where(PayRun.state.in_([one.value for one in SIGNED]))
    spans = [parse_period(one) for one in session.scalars(query)]
    return max((one.end for one in spans if every_of(one) == every), default=None)


def problems(session: Session, wanted: PayScheme) -> list[Problem]:
    """Say all that keeps a version from being taken; nothing if it is sound.

    Words in its formulas become codes.
    """
    found = []
    open_from = first_open_day(session, wanted.every)
    if open_from is not None and wanted.starts_on < open_from:
        said = Label(
            f"{open_from} 以前的绩效已经审批或关账，不能再改；请选这一天或以后。",
            f"Pay before {open_from} is approved or locked. Choose that day or later.",
        )
        found.append(Problem("starts_on", said))
    base = newest(session, PayScheme, wanted.code, wanted.department_id)
    return [*found, *scheme_checks.checked(session, wanted, base)]


def say(
    session: Session, wanted: PayScheme, known: int | None, writer: Writer
) -> PayScheme:
    """Save the next version of a series, with its history; the same again is nothing.

    Args:
        session: A writing session.
        wanted: A new object that was never saved.
        known: The id of the version that was the last one when the form was opened;
            None for a new scheme.
        writer: Who saves it.

    Raises:
        RuleChangedError: Somebody saved a version since the form was opened.
        SchemeRefusedError: It could not be taken.
    """
    _lock(session, wanted.code)
    before = newest(session, PayScheme, wanted.code, wanted.department_id)
    if (before.id if before else None) != known:
        raise RuleChangedError
    wrong = problems(session, wanted)
    if wrong:
        raise SchemeRefusedError(wrong)
    changes = differences(before, wanted)
    if before is not None and not changes:
        return before
    last = session.scalar(
        select(func.max(PayScheme.version)).filter_by(code=wanted.code)
    )
    wanted.version = (last or 0) + 1
    _add(session, wanted)
    key = key_of(session, wanted.code, wanted.department_id)
    named: Changes = {"of": [before.name_zh if before else None, wanted.name_zh]}
    action = "changed" if before else "created"
    setting_history.keep(session, SETTING, key, named | changes, writer, action)
    return wanted


def _lock(session: Session, code: str) -> None:
    """Let whoever changes the same scheme wait, and then see this change."""
    session.scalars(select(PayScheme.id).filter_by(code=code).with_for_update()).all()


def _add(session: Session, wanted: PayScheme) -> None:
    """Add a version; RuleChangedError if somebody has made the same one just now."""
    try:
        with session.begin_nested():
            session.add(wanted)
    except IntegrityError:
        raise RuleChangedError from None


def differences(before: PayScheme | None, after: PayScheme) -> Changes:
    """Return what a version says otherwise: its columns, and `rule.<code>` by line."""
    was, now = _said(before) if before else {}, _said(after)
    return {
        name: [was.get(name), now.get(name)]
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    }


def _said(scheme: PayScheme) -> dict[str, Any]:
    said = {name: plain(value) for name, value in _head(scheme).items()}
    for one in scheme.rules:
        columns = _columns(one)
        said[RULE + one.code] = {
            name: plain(value)
            for name, value in columns.items()
            if name not in _NOT_SAID
        }
    return said | {"order": [one.code for one in scheme.rules]}


def _head(scheme: PayScheme) -> dict[str, Any]:
    """Return what a version says beside its lines."""
    return {
        name: value for name, value in _columns(scheme).items() if name not in _NOT_SAID
    }


def _columns(row: PayScheme | PayRuleRow) -> Mapping[str, Any]:
    return {one.key: getattr(row, one.key) for one in type(row).__mapper__.column_attrs}
