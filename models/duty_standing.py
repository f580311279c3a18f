"""How people stand with their duties, reckoned now or as it was kept.

A period that is over and was kept stands as it was kept; all others are reckoned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, duties, duty_each, duty_figures, duty_people
from models.duties import SUBORDINATES, Duty, calendar_of
from models.duty_figures import Taken, Window
from models.duty_people import Owner, Presence
from models.measures import Measure
from models.rules import duty_share
from models.rules.business_calendar import BusinessCalendar
from models.rules.deadlines import due_instant
from models.rules.duty_share import Verdict
from models.rules.periods import DateRange, Period, PeriodKind, period_of, periods_in
from models.scopes import Departments, in_force


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands with one duty in one period."""

    duty: Duty
    period: Period
    due_at: datetime
    owner: Owner
    taken: Taken
    owed: Decimal | None  # at least; None: there is only an upper bound
    worked: int  # halves of days
    planned: int
    verdict: Verdict
    kept_at: datetime | None = None  # None: reckoned just now
    kept_id: int | None = None  # of the verdict that was kept
    explained_at: datetime | None = None  # an explanation waits for an answer

    @property
    def left(self) -> Decimal:
        """How much is still to be done; nothing where the verdict hangs on more."""
        if self.owed is None or self.taken.figure is None:
            return Decimal(0)
        return max(self.owed - self.taken.figure, Decimal(0))

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The topics that nobody dealt with yet."""
        return tuple(one for one in self.duty.topics if one not in self.taken.covered)


def due_at(duty: Duty, period: Period, calendar: BusinessCalendar) -> datetime:
    """Return when the verdict falls (UTC): the due point, else the period's end."""
    first, end = period.instants(calendar.zone)
    length = duty.due_length
    return end if length is None else due_instant(first, length, calendar)


def last_call(duty: Duty, period: Period, calendar: BusinessCalendar) -> datetime:
    """Return until when people work on it: the due point, or the last closing."""
    if duty.due_length is not None:
        return due_at(duty, period, calendar)
    return calendar.closing(calendar.previous_workday(period.end))


def periods_of(duty: Duty, within: DateRange) -> list[Period]:
    """Return the periods of a duty that end within a range, else the one around it."""
    found = list(periods_in(_counted(duty), within))
    return [one for one in found if one.last in within] or found[-1:]


def period_at(duty: Duty, on: date) -> Period:
    """Return the period of a duty that a day lies in."""
    return period_of(_counted(duty), on)


def _counted(duty: Duty) -> PeriodKind:
    """Return the kind of a duty's periods: workdays are each person's own days."""
    return PeriodKind.DAY if duty.kind is PeriodKind.WORKDAY else duty.kind


@dataclass(slots=True)
class Reckoning:
    """Reckons duties over one span of dates; people and presence are read once."""

    session: Session
    span: DateRange
    zone: ZoneInfo
    now: datetime
    only: Sequence[int] | None = None  # the people asked for; None: all
    departments: Departments = field(init=False)
    people: list[Owner] = field(init=False)
    _presence: Presence | None = field(init=False, default=None)
    _measures: dict[str, Measure] = field(init=False, default_factory=dict)
    _calendars: dict[tuple[str | None, int | None], BusinessCalendar] = field(
        init=False, default_factory=dict
    )
    _below: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read who is employed within the span."""
        self.departments = Departments(self.session)
        self.people = duty_people.owners(self.session, self.span, self.only)

    def standings(
        self,
        versions: Sequence[Duty],
        periods: Sequence[Period],
    ) -> list[Standing]:
        """Return how everybody stands who owes a duty, period by period.

        Args:
            versions: Every version of one code.
            periods: Its periods, in order; those not begun yet are left out.
        """
        today = self.now.astimezone(self.zone).date()
        begun = [one for one in periods if one.first <= today]
        by_version: dict[int, tuple[Duty, list[Period], dict[date, set[int]]]] = {}
        for period in begun:
            for duty, some in self._who(versions, period):
                _, its, who = by_version.setdefault(duty.id, (duty, [], {}))
                its.append(period)
                who[period.first] = {one.id for one in some}
        return [
            one
            for duty, its, who in by_version.values()
            for one in self._of_version(duty, its, who)
        ]

    def _who(
        self, versions: Sequence[Duty], period: Period
    ) -> list[tuple[Duty, list[Owner]]]:
        """Return the versions that hold in a period, each with those who owe it."""
        found: dict[int, tuple[Duty, list[Owner]]] = {}
        held: dict[int | None, Duty | None] = {}
        for one in self.people:
            place = one.department_id
            if place not in held:
                held[place] = in_force(versions, period.first, place, self.departments)
            duty = held[place]
            if duty is not None and duty.is_owed_in(period):
                found.setdefault(duty.id, (duty, []))[1].append(one)
        result = []
        for duty, people in found.values():
            owing = duty_people.owe(duty, people, self.departments)
            some = [one for one in owing if _is_there(one, period)]
            if some:
                result.append((duty, some))
        return result

    def _of_version(
        self, duty: Duty, periods: Sequence[Period], who: Mapping[date, set[int]]
    ) -> list[Standing]:
        measure = self._measure(duty.measure)
        if measure is None or measure.register not in catalogue.current():
            return []  # its register is gone, and there is nothing to count
        calendar = self._calendar(duty)
        windows = [Window(one, due_at(duty, one, calendar)) for one in periods]
        owners = {one.id: one for one in self.people}
        if duty.each_entry is not None:
            return self._for_each(duty, measure, windows, calendar, who)
        found = duty_figures.taken(
            self.session, duty, measure, windows, self.zone, self.only
        )
        empty = duty_figures.nothing(measure)
        return [
            self._standing(
                duty,
                measure,
                window,
                owners[staff_id],
                calendar,
                found.get((staff_id, place), empty),
            )
            for place, window in enumerate(windows)
            for staff_id in owners
            if staff_id in who[window.period.first]
        ]

    def _for_each(
        self,
        duty: Duty,
        measure: Measure,
        windows: Sequence[Window],
        calendar: BusinessCalendar,
        who: Mapping[date, set[int]],
    ) -> list[Standing]:
        """Return how those stand who hold entries that are owed for."""
        each, least = duty.each_entry, duty.at_least
        if each is None or least is None or each.register not in catalogue.current():
            return []
        done = duty_figures.taken(self.session, duty, measure, windows, self.zone)
        entries = duty_each.asked(self.session, each, self.zone)
        result = []
        for place, window in enumerate(windows):
            its = {entry: one for (entry, at), one in done.items() if at == place}
            held = duty_each.owed_in(each, entries, window.period)
            for owner in self.people:
                ids = held.get(owner.id)
                if ids is None or owner.id not in who[window.period.first]:
                    continue
                taken = duty_figures.together(its, ids, least)
                result.append(
                    self._standing(
                        duty, measure, window, owner, calendar, taken, each=len(ids)
                    )
                )
        return result

    def _standing(
        self,
        duty: Duty,
        measure: Measure,
        window: Window,
        owner: Owner,
        calendar: BusinessCalendar,
        taken: Taken,
        *,
        each: int | None = None,
    ) -> Standing:
        worked, planned = self._halves(owner, duty, calendar, window.period)
        least = self._least(duty, owner)
        if least is not None and each is not None:
            # For so many entries; whoever is there at all owes each of them.
            least = least * each if worked else Decimal(0)
        elif least is not None and measure.aggregate not in duties.WITHOUT_SHARE:
            least = duty_share.owed(least, worked, planned)
        # Whoever was not there all the time is not judged by a bound from above.
        most = duty.at_most if worked or taken.figure else None
        verdict = duty_share.verdict(
            taken.figure,
            least,
            most,
            is_covered=set(duty.topics) <= taken.covered,
            is_over=self.now >= window.due_at,
        )
        return Standing(
            duty,
            window.period,
            window.due_at,
            owner,
            taken,
            least,
            worked,
            planned,
            verdict,
        )

    def _least(self, duty: Duty, owner: Owner) -> Decimal | None:
        """Return what a whole period's least is: for each subordinate where said."""
        if duty.at_least is None or duty.times != SUBORDINATES:
            return duty.at_least
        if owner.id not in self._below:
            self._below[owner.id] = duty_people.subordinates(
                self.session, self.span, owner.id
            )
        return duty.at_least * self._below[owner.id]

    def _calendar(self, duty: Duty) -> BusinessCalendar:
        key = (duty.calendar, duty.department_id)
        if key not in self._calendars:
            found = calendar_of(self.session, duty, self.departments)
            self._calendars[key] = found
        return self._calendars[key]

    def _measure(self, code: str) -> Measure | None:
        if not self._measures:  # all at once: there are some dozens
            found = self.session.scalars(select(Measure))
            self._measures = {one.code: one for one in found}
        return self._measures.get(code)

    def _halves(
        self, owner: Owner, duty: Duty, calendar: BusinessCalendar, period: Period
    ) -> tuple[int, int]:
        """Return the halves of days worked and planned; presence is read once."""
        if self._presence is None:
            self._presence = Presence(self.session, self.people, self.span, self.zone)
        return self._presence.halves(owner, duty, calendar, period)


def _is_there(one: Owner, period: Period) -> bool:
    return (one.first_on is None or one.first_on < period.end) and (
        one.last_on is None or one.last_on >= period.first
    )
