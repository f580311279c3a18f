"""Business calendars in the database: one row for each version, never changed.

A clock holds the very version it was reckoned with, so that its account can be given
again years later. What a calendar means is in `rules/business_calendar.py`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.rules.business_calendar import BusinessCalendar
from models.scopes import Departments
from models.words import Label, PersonError


class CalendarMissingError(PersonError):
    """A time limit is counted in a calendar that nobody has set up."""

    def __init__(self, code: str) -> None:
        """Name the calendar."""
        super().__init__(
            "没有代号为“{code}”的工作日历；请先建立日历，或改用已有的日历。",
            "There is no business calendar '{code}'; set it up or choose another.",
            code=code,
        )


class Calendar(Base):
    """One version of a place's opening hours."""

    __tablename__ = "calendar"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("ix_calendar_scope", "code", "department_id", "branch_id", "version"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    # None: everywhere. A branch counts before a department, since doors are a place's.
    branch_id: Mapped[int | None] = mapped_column(BigId)
    department_id: Mapped[int | None] = mapped_column(BigId)
    hours: Mapped[dict[str, Any]] = mapped_column(JSON)  # as rules/calendar_object.py
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When every open clock had been looked at; None: `clock_moves` is to go on.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def label(self) -> Label:
        """The calendar's name."""
        return Label(self.name_zh, self.name_en)

    @property
    def provisional_from(self) -> int | None:
        """The first year whose official days are not published yet."""
        year: int | None = self.hours.get("provisional_from")
        return year

    def opened(self) -> BusinessCalendar:
        """Return the calendar that answers questions."""
        return opened(self.hours)


_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def opened(hours: Mapping[str, Any]) -> BusinessCalendar:
    """Return the calendar of a written form; of equal ones the same, made once.

    Raises:
        CalendarError: A key or value is wrong.
    """
    return _opened(_WRITER.encode(hours))


# By content, not by id: processes and databases may share ids, never meanings. Not too
# many: one that was asked about a century holds the spans of a century.
@lru_cache(maxsize=64)
def _opened(written: str) -> BusinessCalendar:
    return BusinessCalendar.from_object(json.loads(written))


def draft(
    session: Session,
    code: str,
    label: Label,
    hours: Mapping[str, Any],
    now: datetime,
    *,
    branch_id: int | None = None,
    department_id: int | None = None,
) -> Calendar:
    """Return the next version of a calendar, unsaved; it may be previewed.

    Raises:
        CalendarError: A key or value is wrong.
        NeverOpensError: There is no workday within ten years.
    """
    opened = BusinessCalendar.from_object(hours)
    opened.next_workday(opened.date_of(now))
    return Calendar(
        code=code,
        version=next_version(session, code),
        name_zh=label.zh,
        name_en=label.en,
        branch_id=branch_id,
        department_id=department_id,
        hours=opened.as_object(),
        saved_at=now,
    )


def next_version(session: Session, code: str) -> int:
    """Return the number of the next version of a code, whatever its scope."""
    last = session.scalar(select(func.max(Calendar.version)).filter_by(code=code))
    return (last or 0) + 1


def save(
    session: Session,
    code: str,
    label: Label,
    hours: Mapping[str, Any],
    now: datetime,
    *,
    branch_id: int | None = None,
    department_id: int | None = None,
) -> Calendar:
    """Save a calendar; a new version if it says anything new, else the one there is.

    Open clocks are moved by `clock_moves.move_next`, so that a preview can come first.
    Raises as `draft` does.
    """
    scope = {"branch_id": branch_id, "department_id": department_id}
    made = draft(session, code, label, hours, now, **scope)
    return keep(session, made)


def keep(session: Session, made: Calendar) -> Calendar:
    """Save a draft; the version there is if it says nothing new."""
    before = latest(
        session,
        made.code,
        branch_id=made.branch_id,
        department_id=made.department_id,
    )
    if before is not None and (before.hours, before.label) == (made.hours, made.label):
        return before
    if before is None:
        made.settled_at = made.saved_at  # there is no clock that it could move
    session.add(made)
    session.flush()
    return made


def latest(
    session: Session,
    code: str,
    *,
    branch_id: int | None = None,
    department_id: int | None = None,
) -> Calendar | None:
    """Return the newest version of exactly this scope."""
    return session.scalar(
        select(Calendar)
        .filter_by(code=code, branch_id=branch_id, department_id=department_id)
        .order_by(Calendar.version.desc())
        .limit(1)
    )


def of_code(session: Session, code: str) -> Calendar:
    """Return the newest version of a code: everybody's, else the first set up.

    Raises:
        CalendarMissingError: There is none of that code.
    """
    found = Calendars(session, [code]).of_code(code)
    if not found:
        raise CalendarMissingError(code)
    return min(found, key=_place)


def _place(one: Calendar) -> tuple[bool, bool, int]:
    return one.branch_id is not None, one.department_id is not None, one.id


def of_department(
    session: Session, department: int | None, departments: Departments
) -> BusinessCalendar | None:
    """Return a department's calendar, the nearest upwards; None if none is set up.

    Of several the one that was set up first.
    """
    newest = select(func.max(Calendar.id)).group_by(
        Calendar.code, Calendar.branch_id, Calendar.department_id
    )
    query = select(Calendar).where(
        Calendar.id.in_(newest), Calendar.branch_id.is_(None)
    )
    found = departments.nearest(
        session.scalars(query.order_by(Calendar.id)).all(),
        lambda one: one.department_id,
        department,
    )
    return found[0].opened() if found else None


class Calendars:
    """The newest calendars of some codes, read at once."""

    def __init__(self, session: Session, codes: Iterable[str]) -> None:
        """Read the newest version of each code and scope."""
        newest = (
            select(func.max(Calendar.id))
            .where(Calendar.code.in_(sorted(set(codes))))
            .group_by(Calendar.code, Calendar.branch_id, Calendar.department_id)
        )
        found = session.scalars(select(Calendar).where(Calendar.id.in_(newest)))
        self._by_code: dict[str, list[Calendar]] = {}
        for one in found:
            self._by_code.setdefault(one.code, []).append(one)

    def of_code(self, code: str) -> Sequence[Calendar]:
        """Return the calendars of a code, one for each scope."""
        return self._by_code.get(code, [])

    def at(
        self,
        code: str,
        branch: int | None,
        department: int | None,
        departments: Departments,
    ) -> Calendar:
        """Return the calendar that holds in a branch and department.

        Raises:
            CalendarMissingError: None of that code holds there.
        """
        for place in dict.fromkeys((branch, None)):
            found = departments.nearest(
                (one for one in self.of_code(code) if one.branch_id == place),
                lambda one: one.department_id,
                department,
            )
            if found:
                return found[0]
        raise CalendarMissingError(code)
