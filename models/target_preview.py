"""What the last month would have looked like under a time limit that is not saved yet.

It is reckoned by the same rules as clocks are, and nothing is written.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, target_changes
from models.access import Person
from models.clock_facts import Facts
from models.clock_reckoning import Reckoning
from models.history import Writer
from models.register import INSTANT
from models.targets import SlaTarget

SPAN = timedelta(days=30)
MOST = 2_000
_EVER = date(1, 1, 1)


@dataclass(slots=True)
class Outlook:
    """How many entries would stand how."""

    looked: int = 0  # entries that began in the span
    met: int = 0
    late: int = 0
    running: int = 0
    timeless: int = 0  # done, but the field that says so tells no time
    aside: int = 0  # the time limit does not hold for them
    is_capped: bool = False  # there are more; the latest were looked at


def outlook(
    session: Session, wanted: SlaTarget, person: Person, now: datetime, zone: ZoneInfo
) -> Outlook:
    """Return how the entries of the last 30 days would stand under a time limit.

    Args:
        session: Any session; reading is enough.
        wanted: A sound time limit that is not in the session.
        person: Who asks: only entries count that they may list.
        now: The instant of the verdicts.
        zone: The desk's.

    Raises:
        PersonError: It cannot be reckoned, as of a calendar that never opens.
    """
    declared = catalogue.current()[wanted.register]
    draft = _draft(wanted)
    rows = _rows(session, draft, person, now, zone)
    found = Outlook(looked=min(len(rows), MOST), is_capped=len(rows) > MOST)
    rows = rows[:MOST]
    codes = {draft.code: [*_others(session, draft), draft]}
    # As of a file, whose past is known: what was due before now has its verdict.
    writer = Writer(person, now, zone, "import")
    facts = Facts(session, declared, codes, rows, zone)
    reckoning = Reckoning(session, facts, writer)
    for row in rows:
        promise = facts.promise(row, draft.code, None)
        if promise is not None and promise.started_at < now - SPAN:
            found.looked -= 1  # it entered its state earlier, and was changed since
            continue
        if promise is None or promise.target is not draft:
            found.aside += 1
        elif promise.stop is not None and not isinstance(promise.stop, datetime):
            found.timeless += 1
        else:
            _count(found, reckoning.clock(row, draft.code, None) or {})
    return found


def _draft(wanted: SlaTarget) -> SlaTarget:
    """Return the same in force since ever, so that the days before it count."""
    said = {name: getattr(wanted, name) for name in target_changes.SAID}
    said |= {"valid_from": _EVER, "enabled": True}
    code, register = wanted.code, wanted.register
    return SlaTarget(code=code, register=register, version=0, **said)


def _others(session: Session, draft: SlaTarget) -> list[SlaTarget]:
    """Return what departments have of their own, or the company beside a department."""
    query = select(SlaTarget).where(SlaTarget.code == draft.code)
    found = session.scalars(query.order_by(SlaTarget.version))
    return [one for one in found if one.department_id != draft.department_id]


def _rows(
    session: Session, draft: SlaTarget, person: Person, now: datetime, zone: ZoneInfo
) -> list[dict[str, Any]]:
    known = catalogue.current()
    declared = known[draft.register]
    start = declared.field("changed_at" if draft.start_states else draft.start_field)
    column = known.table(draft.register).c[start.column or start.name]
    bounds: tuple[Any, Any] = (now - SPAN, now)
    if start.type is not INSTANT:
        bounds = tuple(one.astimezone(zone).date() for one in bounds)
    query = access.visible(person, draft.register)
    query = query.where(column >= bounds[0], column <= bounds[1])
    query = query.order_by(column.desc()).limit(MOST + 1)
    return entries.load(session, declared, query)


def _count(found: Outlook, clock: dict[str, Any]) -> None:
    if clock["breached_at"] is not None:
        found.late += 1
    elif clock["met_at"] is not None:
        found.met += 1
    else:
        found.running += 1
