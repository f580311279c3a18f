"""Official days of a new year: asked for, and put into calendars that wait for them.

A calendar waits for the year its `provisional_from` names.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import calendar_changes, calendars
from models.access import Action
from models.accounts import Account, person_of
from models.calendars import Calendar
from models.database import Database
from models.history import Writer
from models.outbox import Notice, enqueue
from models.rules.calendar_object import read_calendar, write_calendar
from models.rules.official_days import (
    OfficialDay,
    is_by_the_rule,
    is_published,
    official_days,
    with_published_year,
)
from models.words import Label

_ASKED = Label(
    "{year} 年的放假安排还是暂定的，到期时间可能要移动；公布后请到“设置 - 工作日历”"
    "导入：{names}。",
    "The days off of {year} are still provisional and due times may move; once they "
    "are published, import them under Settings - Calendars: {names}.",
)


def waiting(session: Session, year: int) -> list[Calendar]:
    """Return the calendars whose first unpublished year is this one, or an earlier."""
    return [
        one
        for one in calendar_changes.series(session)
        if one.provisional_from is not None and one.provisional_from <= year
    ]


def drafts(
    session: Session,
    chosen: Sequence[Calendar],
    year: int,
    days: Mapping[date, OfficialDay],
    now: datetime,
) -> list[tuple[Calendar, Calendar]]:
    """Return each calendar with its next version that holds the days of a year.

    Those that say so already are left out.
    """
    found = []
    for one in chosen:
        parts = with_published_year(read_calendar(one.hours), year, days)
        hours = write_calendar(parts)
        if hours != one.hours:
            made = calendars.draft(
                session,
                one.code,
                one.label,
                hours,
                now,
                branch_id=one.branch_id,
                department_id=one.department_id,
            )
            found.append((one, made))
    return found


def publish_next(database: Database, writer: Writer) -> bool:
    """Put a year that is shipped by now into the next calendar that waits for it.

    Only into those that hold the provisional days of China; their clocks are moved by
    the job that goes on with versions that are not settled. One transaction; False when
    no calendar waits.
    """
    with database.read() as session:
        if _to_publish(session) is None:
            return False
    with database.write() as session:
        one = _to_publish(session)
        if one is None or one.provisional_from is None:
            return False
        year = one.provisional_from
        days = official_days(year)
        for kept, draft in drafts(session, [one], year, days, writer.now):
            calendar_changes.say(session, draft, kept.id, writer)
    return True


def _to_publish(session: Session) -> Calendar | None:
    for one in calendar_changes.series(session):
        year = one.provisional_from
        if year is not None and is_published(year):
            parts = read_calendar(one.hours)
            if is_by_the_rule(parts):
                return one
    return None


def ask_for(
    session: Session, year: int, now: datetime, right: tuple[str, Action]
) -> int:
    """Tell whoever has a right that a year is still provisional; return how many.

    Each is told once of a year, however often it is asked.
    """
    found = waiting(session, year)
    if not found:
        return 0
    zh = "、".join(dict.fromkeys(one.name_zh for one in found))
    en = ", ".join(dict.fromkeys(one.name_en for one in found))
    text = Label(
        _ASKED.zh.format(year=year, names=zh), _ASKED.en.format(year=year, names=en)
    )
    # An admin without a staff file has no bell: then the channels of everybody tell it.
    told = [
        Notice(
            f"calendar.provisional/{year}/{staff or 'all'}",
            "calendar.asked",
            text,
            staff,
        )
        for staff in _who_may(session, right) or (None,)
    ]
    enqueue(session, told, now)
    return len(told)


def _who_may(session: Session, right: tuple[str, Action]) -> Sequence[int | None]:
    query = (
        select(Account)
        .where(Account.active, Account.staff_id.is_not(None))
        .order_by(Account.id)
    )
    return [
        one.staff_id
        for one in session.scalars(query)
        if person_of(session, one).may(*right)
    ]
