"""Who owes a duty, and on which days: staff, their roster, their leave and trips.

Post, department and superior are those of today; who joined or left says so by date.
A register with a month grid that knows days of rest is a roster: a day it names for a
person is worked or rested as it says, any other as the calendar has it. A register that
declares `absence` tells when somebody is away.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import SYSTEM, Action, marked
from models.amid import among
from models.duties import Duty
from models.handing import Absence
from models.register import DATE, Declaration
from models.rules.business_calendar import BusinessCalendar
from models.rules.duty_share import HALVES, worked_halves
from models.rules.open_time import LAST_YEAR, Span
from models.rules.periods import DateRange, PeriodKind
from models.rules.wall_clock import at_minute
from models.scopes import Departments

STAFF = "staff"
GONE = "left"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who may owe duties; dates are those of employment, both included."""

    id: int
    name: str
    department_id: int | None
    branch_id: int | None
    post_id: int | None
    superior_id: int | None
    first_on: date | None
    last_on: date | None

    def is_employed(self, on: date) -> bool:
        """Whether the person works here on a day."""
        return (self.first_on is None or self.first_on <= on) and (
            self.last_on is None or on <= self.last_on
        )


def owners(
    session: Session, span: DateRange, only: Iterable[int] | None = None
) -> list[Owner]:
    """Return who is employed on any day of a span, by staff number.

    `only` asks for some people; None is everybody.
    """
    table = catalogue.current().table(STAFF)
    found = _employed(table, span)
    if only is not None:
        found = found.where(among(table.c.id, only))
    columns = ("id", "name", "department_id", "branch_id", "post_id", "superior_id")
    wanted = [table.c[one] for one in (*columns, "hired_on", "left_on")]
    query = found.with_only_columns(*wanted).order_by(table.c.staff_number)
    return [Owner(*row) for row in session.execute(query)]


def subordinates(session: Session, span: DateRange, of: int) -> int:
    """Return how many report to a person and are employed on any day of a span."""
    table = catalogue.current().table(STAFF)
    found = _employed(table, span).where(table.c.superior_id == of)
    return session.scalar(found.with_only_columns(func.count())) or 0


def _employed(table: Table, span: DateRange) -> Select[Any]:
    return access.visible(SYSTEM, STAFF).where(
        (table.c.hired_on.is_(None)) | (table.c.hired_on < span.end),
        (table.c.left_on.is_(None)) | (table.c.left_on >= span.first),
        # Gone without a date: since when is not known, so nothing is owed.
        (table.c.status != GONE) | (table.c.left_on.is_not(None)),
    )


def owe(duty: Duty, people: Iterable[Owner], departments: Departments) -> list[Owner]:
    """Return those of some people who owe a duty."""
    scope = duty.department_id
    return [
        one
        for one in people
        if (scope is None or scope in set(departments.upwards(one.department_id)))
        and _is_asked(duty, one)
    ]


def _is_asked(duty: Duty, one: Owner) -> bool:
    if not duty.posts and not duty.people:
        return True
    return one.post_id in duty.posts or one.id in duty.people


@dataclass(frozen=True, slots=True)
class Away:
    """A spell in which a person is not at work, or works elsewhere."""

    span: Span
    on_duty: bool


@dataclass(slots=True)
class Presence:
    """The days on which some people work within a span of dates."""

    session: Session
    people: Collection[Owner]
    span: DateRange
    zone: ZoneInfo
    _roster: Mapping[tuple[int, date], bool] = field(init=False)
    _away: Mapping[int, list[Away]] = field(init=False)
    _hours: dict[tuple[int, date], Sequence[Span]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Read roster and absences, one statement a register for all people."""
        ids = [one.id for one in self.people]
        self._roster = _roster(self.session, ids, self.span)
        self._away = _away(self.session, ids, self.span, self.zone)

    def halves(
        self, one: Owner, duty: Duty, calendar: BusinessCalendar, span: DateRange
    ) -> tuple[int, int]:
        """Return the halves of days that a person worked and those planned.

        Planned are the days of the whole span; worked are those within employment,
        less leave, and less trips unless the duty is owed on them.
        """
        worked = planned = 0
        every_day = duty.kind is PeriodKind.DAY
        for on in span.dates():
            if not self._is_planned(one, on, calendar, every_day=every_day):
                continue
            planned += HALVES
            if one.is_employed(on):
                worked += self._worked(one, duty, calendar, on)
        return worked, planned

    def is_there(self, one: Owner, calendar: BusinessCalendar, at: datetime) -> bool:
        """Whether a person works on the span's day and is not away at an instant.

        Whoever is on a trip is at work, but not at the desk.
        """
        on = self.span.first
        if not one.is_employed(on):
            return False
        away = self._away.get(one.id, ())
        return self._is_planned(one, on, calendar, every_day=False) and not any(
            spell.span[0] <= at < spell.span[1] for spell in away
        )

    def _is_planned(
        self, one: Owner, on: date, calendar: BusinessCalendar, *, every_day: bool
    ) -> bool:
        said = self._roster.get((one.id, on))
        if said is not None:
            return said
        return every_day or calendar.is_workday(on)

    def _worked(
        self, one: Owner, duty: Duty, calendar: BusinessCalendar, on: date
    ) -> int:
        spells = [
            spell.span
            for spell in self._away.get(one.id, ())
            if not (spell.on_duty and duty.on_trips)
        ]
        return worked_halves(self._open(calendar, on), spells) if spells else HALVES

    def _open(self, calendar: BusinessCalendar, on: date) -> Sequence[Span]:
        """Return a day's hours; of one the calendar rests, those of the next workday.

        A roster may say that somebody works on such a day, and leave is taken by hours.
        """
        key = (id(calendar), on)
        if key not in self._hours:
            day = on if calendar.is_workday(on) else calendar.next_workday(on)
            shift = on - day
            self._hours[key] = [
                (start + shift, end + shift) for start, end in calendar.spans_on(day)
            ]
        return self._hours[key]


def _roster(
    session: Session, ids: Sequence[int], span: DateRange
) -> dict[tuple[int, date], bool]:
    """Return whether a day is worked, for the persons and days that a roster names."""
    known = catalogue.current()
    found: dict[tuple[int, date], bool] = {}
    for declared in known:
        grid = declared.grid
        if grid is None or grid.rest is None:
            continue
        table = known.table(declared.code)
        person, day, rest = (
            _column(declared, table, name)
            for name in (grid.rows, grid.columns, grid.rest)
        )
        query = (
            select(person, day, rest)
            .where(table.c.binned_at.is_(None), among(person, ids))
            .where(day >= span.first, day < span.end)
        )
        for staff_id, on, rests in session.execute(marked(query, declared.code)):
            # Of two rosters the one that has work for the person counts.
            found[staff_id, on] = found.get((staff_id, on), False) or not rests
    return found


def _away(
    session: Session, ids: Sequence[int], span: DateRange, zone: ZoneInfo
) -> dict[int, list[Away]]:
    """Return when people are away; who is not back yet stays away."""
    found: dict[int, list[Away]] = defaultdict(list)
    for declared in catalogue.current():
        said = declared.absence
        if said is None:
            continue
        query = _absences(declared, said, ids, span, zone)
        whole_days = declared.field(said.until_at).type is DATE
        for staff_id, since, until in session.execute(marked(query, declared.code)):
            begins = _moment(since, zone)
            ends = _moment(until, zone, after=whole_days)
            found[staff_id].append(Away((begins, ends), said.on_duty))
    return found


def _absences(
    declared: Declaration,
    said: Absence,
    ids: Sequence[int],
    span: DateRange,
    zone: ZoneInfo,
) -> Any:
    table = catalogue.current().table(declared.code)
    person, since, until = (
        _column(declared, table, name)
        for name in (said.person, said.from_at, said.until_at)
    )
    first, end = span.instants(zone)
    by_day = [declared.field(one).type is DATE for one in (said.from_at, said.until_at)]
    query = (
        access.visible(SYSTEM, declared.code, Action.READ)
        .with_only_columns(person, since, until)
        .where(among(person, ids), since < (span.end if by_day[0] else end))
        .where((until.is_(None)) | (until >= (span.first if by_day[1] else first)))
    )
    state = declared.state_field
    if state is not None and said.states:
        column = _column(declared, table, state.name)
        query = query.where(column.in_((*said.states, *said.over)))
    return query


def _moment(
    value: datetime | date | None, zone: ZoneInfo, *, after: bool = False
) -> datetime:
    """Return the instant of a moment or of a day's beginning; `after`: of its end."""
    if value is None:
        value = date(LAST_YEAR, 1, 1)
    if isinstance(value, datetime):
        return value
    return at_minute(value + (_ONE_DAY if after else timedelta()), 0, zone)


def _column(declared: Declaration, table: Table, name: str) -> Any:
    return table.c[declared.field(name).column or ""]
