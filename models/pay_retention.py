"""How long slips are kept, and clearing those that are older.

The run stays with its total and its signatures; what says how much somebody had goes:
slips and their lines, slips set aside, changes and differences.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from models import preferences
from models.accounts import ReadEvent
from models.pay_run_tables import PayChange, PayDifference, PayKeptSlip
from models.pay_tables import PayRun, PaySlip
from models.rules.periods import months_later, parse_period

NAME = "pay.retention"
LEAST, MOST = 2, 50
"""Years. Records of wages are kept for at least two: 工资支付暂行规定, article 6."""

CLEARED = "pay_cleared"
"""The kind of event under which the log keeps that slips were cleared."""

_OF_A_RUN = (PaySlip, PayKeptSlip, PayChange, PayDifference)
_YEARS = "years"
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Due:
    """A run whose slips are older than they are kept."""

    run: PayRun
    slips: int


def years(session: Session) -> int | None:
    """Return for how many years slips are kept after their period; None: for ever."""
    said = preferences.get(session, NAME)
    return None if said is None else min(max(int(said[_YEARS]), LEAST), MOST)


def put(session: Session, kept_for: int | None) -> None:
    """Keep for how many years slips are kept; None is for ever."""
    preferences.put(session, NAME, None if kept_for is None else {_YEARS: kept_for})


def due(session: Session, today: date, kept_for: int | None) -> list[Due]:
    """Return the runs whose slips are to be cleared, the earliest first.

    The years begin at the end of the period; after that day they are full.
    """
    if kept_for is None:
        return []
    before = months_later(today, -kept_for * _MONTHS)
    query = (
        select(PayRun, func.count(PaySlip.id))
        .join(PaySlip, PaySlip.run_id == PayRun.id)
        .group_by(PayRun.id)
        .order_by(PayRun.period, PayRun.scope)
    )
    return [
        Due(run, many)
        for run, many in session.execute(query)
        if parse_period(run.period).end <= before
    ]


def clear_next(session: Session, now: datetime, zone: ZoneInfo) -> int | None:
    """Clear the earliest run that is due; return how many slips, None without any.

    What goes and the note that it went are one transaction.
    """
    found = due(session, now.astimezone(zone).date(), years(session))
    if not found:
        return None
    first = found[0]
    for table in _OF_A_RUN:
        session.execute(delete(table).where(table.run_id == first.run.id))
    session.add(
        ReadEvent(
            at=now,
            staff_id=None,
            by_name="保存期限",
            kind=CLEARED,
            register="",
            entry_id=None,
            detail=f"{first.run.period} ({first.slips})",
            address=None,
        )
    )
    return first.slips


def is_cleared(session: Session, run: PayRun) -> bool:
    """Whether a run was calculated and has no slips any more."""
    if run.calculated_at is None:
        return False
    return not session.scalar(select(exists().where(PaySlip.run_id == run.id)))
