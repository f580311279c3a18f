"""What became of duties whose period is over: kept once for each owner and period.

A verdict never moves; `duty_notes.py` explains and excuses those that were missed.
`duty_period` says which periods of a code are closed, and whether those behind were
reminded; its unique key lets each happen once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import duties
from models.amid import among
from models.column_types import BigId, Scaled, UtcDateTime
from models.database import Base
from models.duties import PLACES, calendar_of
from models.duty_standing import (
    Reckoning,
    Standing,
    due_at,
    last_call,
    period_at,
)
from models.excuse_columns import Excusable, Said
from models.outbox import Notice, enqueue
from models.rules.duty_share import Verdict
from models.rules.periods import DateRange, Period
from models.scopes import Departments
from models.words import Label

REMINDER = "duty.behind"


class DutyPeriod(Base):
    """One period of a code: when it was closed, and when those behind were reminded."""

    __tablename__ = "duty_period"
    __table_args__ = (
        UniqueConstraint("code", "period"),
        Index("ix_duty_period_closed", "code", "end_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(20))
    end_on: Mapped[date] = mapped_column(Date)  # no longer included
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DutyVerdict(Excusable, Base):
    """What one person did of a duty in one period, and what it came to."""

    __tablename__ = "duty_verdict"
    __table_args__ = (
        UniqueConstraint("code", "period", "staff_id"),
        Index("ix_duty_verdict_staff", "staff_id", "first_on"),
        Index("ix_duty_verdict_first", "first_on", "code"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    duty_id: Mapped[int] = mapped_column(BigId)  # the version that judged
    period: Mapped[str] = mapped_column(String(20))
    first_on: Mapped[date] = mapped_column(Date)
    staff_id: Mapped[int] = mapped_column(BigId)
    department_id: Mapped[int | None] = mapped_column(BigId)  # at that time
    figure: Mapped[Decimal | None] = mapped_column(Scaled(PLACES))
    owed: Mapped[Decimal | None] = mapped_column(Scaled(PLACES))
    worked: Mapped[int] = mapped_column(Integer)  # halves of days
    planned: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(8))
    covered: Mapped[list[str]] = mapped_column(JSON)
    counted: Mapped[list[int]] = mapped_column(JSON)  # ids of entries
    too_short: Mapped[list[int]] = mapped_column(JSON)
    lacking: Mapped[list[int]] = mapped_column(JSON)
    clauses: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DutyNote(Said, Base):
    """What people said and did about one verdict; written once, never changed."""

    __tablename__ = "duty_note"
    __table_args__ = (Index("ix_duty_note_verdict", "verdict_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("duty_verdict.id"))


def next_to_close(
    session: Session, now: datetime, zone: ZoneInfo
) -> tuple[str, Period] | None:
    """Return the oldest period of some code that is over and not closed yet.

    Counting begins with the period in which a duty was first saved, or first valid:
    what lies before it is reckoned when somebody looks, and kept by nobody.
    """
    query = select(DutyPeriod.code, func.max(DutyPeriod.end_on)).where(
        DutyPeriod.closed_at.is_not(None)
    )
    found = session.execute(query.group_by(DutyPeriod.code))
    closed = {str(row[0]): row[1] for row in found}
    departments = Departments(session)
    for code, versions in duties.versions(session).items():
        first = min(
            max(one.valid_from, one.saved_at.astimezone(zone).date())
            for one in versions
        )
        newest = versions[-1]
        period = period_at(newest, closed.get(code, first))
        if period.end > now.astimezone(zone).date() and newest.due is None:
            continue
        calendar = calendar_of(session, newest, departments)
        if due_at(newest, period, calendar) <= now:
            return code, period
    return None


def close(
    session: Session, code: str, period: Period, now: datetime, zone: ZoneInfo
) -> int | None:
    """Keep the verdicts of one period, in the open transaction.

    Returns how many were kept; None if somebody else closed it meanwhile.
    """
    if not _claim(session, code, period, "closed_at", now):
        return None
    found = Reckoning(session, period, zone, now).standings(
        duties.versions(session, code)[code], [period]
    )
    rows = [_row(one, now) for one in found]
    if rows:
        session.execute(insert(DutyVerdict), rows)
    return len(rows)


def _claim(
    session: Session, code: str, period: Period, mark: str, now: datetime
) -> bool:
    """Set a mark of a period; False if it is set already."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new: Any = sqlite.insert(DutyPeriod) if is_sqlite else postgresql.insert(DutyPeriod)
    row = {"code": code, "period": period.text, "end_on": period.end}
    there = new.values(row).on_conflict_do_nothing(index_elements=["code", "period"])
    session.execute(there)
    column = getattr(DutyPeriod, mark)
    marked = (
        update(DutyPeriod)
        .where(DutyPeriod.code == code, DutyPeriod.period == period.text)
        .where(column.is_(None))
        .values({mark: now})
        .returning(DutyPeriod.id)
    )
    return session.scalar(marked) is not None


def _row(one: Standing, now: datetime) -> dict[str, Any]:
    return {
        "code": one.duty.code,
        "duty_id": one.duty.id,
        "period": one.period.text,
        "first_on": one.period.first,
        "staff_id": one.owner.id,
        "department_id": one.owner.department_id,
        "figure": one.taken.figure,
        "owed": one.owed,
        "worked": one.worked,
        "planned": one.planned,
        "verdict": one.verdict.value,
        "covered": sorted(one.taken.covered),
        "counted": list(one.taken.counted),
        "too_short": list(one.taken.too_short),
        "lacking": list(one.taken.lacking),
        "clauses": one.duty.clauses,
        "decided_at": now,
    }


def kept(
    session: Session,
    codes: Iterable[str],
    span: DateRange,
    people: Sequence[int] | None = None,
) -> dict[tuple[str, str, int], DutyVerdict]:
    """Return the verdicts of periods that begin within a span, each under its keys."""
    query = select(DutyVerdict).where(
        DutyVerdict.first_on >= span.first,
        DutyVerdict.first_on < span.end,
        among(DutyVerdict.code, codes),
    )
    if people is not None:
        query = query.where(among(DutyVerdict.staff_id, people))
    return {(one.code, one.period, one.staff_id): one for one in session.scalars(query)}


def next_to_remind(
    session: Session, now: datetime, zone: ZoneInfo
) -> tuple[str, Period] | None:
    """Return a running period whose laggards are to be told now; None for none.

    They are told so much business time before the last call as the duty says, once,
    while the duty's calendar is open.
    """
    today = now.astimezone(zone).date()
    query = select(DutyPeriod.code, DutyPeriod.period).where(
        DutyPeriod.end_on > today, DutyPeriod.reminded_at.is_not(None)
    )
    done = {(code, period) for code, period in session.execute(query)}
    departments = Departments(session)
    for code, versions in duties.versions(session).items():
        newest = versions[-1]
        period = period_at(newest, today)
        if newest.remind_before is None or (code, period.text) in done:
            continue
        calendar = calendar_of(session, newest, departments)
        call = last_call(newest, period, calendar)
        since = calendar.subtract_business_time(call, newest.remind_before)
        if since <= now < call and calendar.is_open(now):
            return code, period
    return None


def remind(
    session: Session, code: str, period: Period, now: datetime, zone: ZoneInfo
) -> int:
    """Queue a message to everybody who is behind, in the open transaction.

    Returns how many were told; none if somebody else did so meanwhile.
    """
    if not _claim(session, code, period, "reminded_at", now):
        return 0
    versions = duties.versions(session, code)[code]
    reckoning = Reckoning(session, period, zone, now)
    behind = [
        one
        for one in reckoning.standings(versions, [period])
        if one.verdict is Verdict.BEHIND
    ]
    enqueue(session, (_notice(one, reckoning) for one in behind), now)
    return len(behind)


def _notice(one: Standing, reckoning: Reckoning) -> Notice:
    calendar = calendar_of(reckoning.session, one.duty, reckoning.departments)
    label = one.duty.label
    left = f"{one.left.normalize():f}"
    words = Label(
        f"定期任务“{label.zh}”还差 {left}，{{at}}前完成。",
        f"The duty “{label.en}” lacks {left}; it is due {{at}}.",
    )
    if not one.left:  # the number is there, a topic is not
        words = Label(
            f"定期任务“{label.zh}”还有主题未完成，{{at}}前完成。",
            f"The duty “{label.en}” lacks a topic; it is due {{at}}.",
        )
    return Notice(
        key=f"{REMINDER}.{one.duty.code}.{one.period.text}.{one.owner.id}",
        kind=REMINDER,
        text=words,
        staff_id=one.owner.id,
        about_at=last_call(one.duty, one.period, calendar),
    )
