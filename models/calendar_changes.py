"""Calendars made and changed by hand: versions, previews, history, clocks that move.

Versions of one code, branch and department are one series.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import calendars, clock_moves, setting_history
from models.calendars import Calendar
from models.clock_moves import Moved
from models.database import Database
from models.history import Writer
from models.made_names import MADE, made_name
from models.rule_errors import RuleChangedError, RuleGoneError, RuleThereError
from models.setting_history import Changes

SETTING = "rules.calendar"
SHOWN = 100  # moves that a preview shows
MOST = 50_000  # open clocks that a preview reckons
_OF_DATES = ("days_off", "extra_days", "days")  # written as mappings from dates
_PARTS = (
    "zone",
    "weekly",
    "weekly_other",
    "weeks_from",
    *_OF_DATES,
    "provisional_from",
)


@dataclass(slots=True)
class Outlook:
    """What saving a version would move; `first` are the ones to show, by target."""

    looked: int = 0
    moved: int = 0
    at_once_late: int = 0  # moved to an instant that is past
    is_capped: bool = False
    first: list[Moved] = field(default_factory=list)


def series(session: Session) -> list[Calendar]:
    """Return the newest version of every calendar and scope, the first set up first."""
    of_one = (Calendar.code, Calendar.branch_id, Calendar.department_id)
    newest = select(func.max(Calendar.id)).group_by(*of_one)
    query = select(Calendar).where(Calendar.id.in_(newest)).order_by(Calendar.id)
    return list(session.scalars(query))


def find(session: Session, calendar_id: int) -> Calendar:
    """Return one version; RuleGoneError where there is none."""
    found = session.get(Calendar, calendar_id)
    if found is None:
        raise RuleGoneError
    return found


def last_of(session: Session, calendar_id: int) -> Calendar:
    """Return the newest version of the series that a version is of."""
    found = find(session, calendar_id)
    return _newest(session, found) or found


def versions_of(session: Session, one: Calendar) -> Sequence[Calendar]:
    """Return the versions of a series, the newest first."""
    query = (
        select(Calendar)
        .filter_by(
            code=one.code, branch_id=one.branch_id, department_id=one.department_id
        )
        .order_by(Calendar.version.desc())
    )
    return session.scalars(query).all()


def new_code(session: Session, title: str) -> str:
    """Return the code of a new calendar."""
    taken = set(session.scalars(select(Calendar.code)))
    return made_name(title, taken, MADE)


def outlook(session: Session, draft: Calendar, now: datetime) -> Outlook:
    """Reckon what a draft would move; writes nothing."""
    found = Outlook()
    for one in clock_moves.reckoned(session, draft):
        if found.looked == MOST:
            found.is_capped = True
            break
        found.looked += 1
        if one.due_at == one.clock.due_at:
            continue
        found.moved += 1
        found.at_once_late += one.due_at < now <= one.clock.due_at
        if found.moved <= SHOWN:
            found.first.append(one)
    found.first.sort(key=lambda one: (one.target.code, one.clock.due_at, one.clock.id))
    return found


def say(
    session: Session, draft: Calendar, known: int | None, writer: Writer
) -> Calendar:
    """Save a draft as the next version, with its history; moves nothing yet.

    Args:
        session: A writing session.
        draft: What `calendars.draft` gave.
        known: The version that the form was made from; None for a new calendar.
        writer: Who changes it.

    Raises:
        RuleChangedError: There is a newer version than the known one.
        RuleThereError: It would become a department's own, of which there is one.
    """
    query = select(Calendar.id).filter_by(code=draft.code).with_for_update()
    session.scalars(query).all()  # who changes the same one waits, and sees this change
    before = _newest(session, draft)
    if known is not None:
        source = find(session, known)
        if _newest(session, source) is not source:
            raise RuleChangedError
        if before is not None and before is not source:
            raise RuleThereError
    elif before is not None:
        raise RuleThereError
    # The draft was made before the lock: another scope may have its number by now.
    draft.version = calendars.next_version(session, draft.code)
    saved = calendars.keep(session, draft)
    if saved is not before:
        action = "created" if before is None else "changed"
        changes = _changes(before, saved)
        key = key_of(session, saved)
        setting_history.keep(session, SETTING, key, changes, writer, action)
    return saved


def move_all(database: Database, calendar_id: int, now: datetime, most: int) -> int:
    """Move the open clocks of a saved version, about `most` at most; return how many.

    What is left is moved by the job that goes on with versions that are not settled.
    """
    looked = 0
    while looked < most:
        with database.write() as session:
            count = clock_moves.move_next(session, find(session, calendar_id), now)
        if not count:
            break
        looked += count
    return looked


def go_on(database: Database, now: datetime) -> int | None:
    """Move the next clocks of a version that is not settled; None if there is none.

    One transaction, which may be repeated and killed.
    """
    unsettled = select(Calendar.id).where(Calendar.settled_at.is_(None)).limit(1)
    with database.read() as session:
        if session.scalar(unsettled) is None:
            return None
    with database.write() as session:
        oldest = session.scalar(unsettled.order_by(Calendar.id).with_for_update())
        if oldest is None:
            return None
        calendar = find(session, oldest)
        if _newest(session, calendar) is not calendar:
            # The newer one moves its clocks.
            clock_moves.settle(session, calendar, now)
            return 0
        return clock_moves.move_next(session, calendar, now)


def key_of(session: Session, one: Calendar) -> int:
    """Return the number under which the history of a series is kept."""
    return min(each.id for each in versions_of(session, one))


def _newest(session: Session, one: Calendar) -> Calendar | None:
    return calendars.latest(
        session, one.code, branch_id=one.branch_id, department_id=one.department_id
    )


def _changes(before: Calendar | None, after: Calendar) -> Changes:
    """Return what a version says anew; of the dates only those that differ."""
    changes: Changes = {"of": [after.name_zh, after.name_zh]}
    was = {} if before is None else _said(before)
    for name, now in _said(after).items():
        if was.get(name) == now:
            continue
        if name in _OF_DATES and before is not None:
            changes[name] = _differing(was.get(name) or {}, now or {})
        else:
            changes[name] = [was.get(name), None if name in _OF_DATES else now]
    return {name: pair for name, pair in changes.items() if pair != [None, None]}


def _said(one: Calendar) -> Mapping[str, Any]:
    parts = {name: one.hours.get(name) for name in _PARTS}
    return {"name_zh": one.name_zh, "name_en": one.name_en, **parts}


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Any]:
    dates = sorted(on for on in {*was, *now} if was.get(on) != now.get(on))
    return [_only(was, dates), _only(now, dates)]


def _only(said: Mapping[str, Any], dates: Iterable[str]) -> dict[str, Any] | None:
    return {on: said[on] for on in dates if on in said} or None
