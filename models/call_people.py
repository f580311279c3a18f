"""Who shares the calls of a list today, and which of them are at work just now.

The list's own posts say it, else the duties that count its calls. Roster, leave
and trips are asked as duties ask them (`duty_people.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import calendars, duties, duty_people
from models.access import Action, Person
from models.accounts import Account, person_of
from models.amid import among
from models.call_list import CallList
from models.duties import PLAIN_WEEK
from models.duty_people import Owner, Presence
from models.measures import Measure
from models.posts import Posts
from models.register import Declaration
from models.rules.business_calendar import BusinessCalendar
from models.rules.periods import DateRange
from models.scopes import Departments, in_force


@dataclass(slots=True)
class Hours:
    """The calendars of departments, each looked up once."""

    session: Session
    departments: Departments = field(init=False)
    _known: dict[int | None, BusinessCalendar] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read nothing yet."""
        self.departments = Departments(self.session)

    def of(self, department: int | None) -> BusinessCalendar:
        """Return a department's calendar; a plain week where nobody has set one up."""
        if department not in self._known:
            own = calendars.of_department(self.session, department, self.departments)
            self._known[department] = own or PLAIN_WEEK
        return self._known[department]


def day_of(now: datetime, zone: ZoneInfo) -> DateRange:
    """Return the desk's day at an instant."""
    today = now.astimezone(zone).date()
    return DateRange(today, today + timedelta(days=1))


def sharers(
    session: Session, declared: Declaration, said: CallList, on: date, hours: Hours
) -> list[Owner]:
    """Return whom a list is for on a day, at work or not, by staff number."""
    employed = duty_people.owners(session, DateRange(on, on + timedelta(days=1)))
    if said.posts:
        posts = Posts(session).rows
        named = {key for key, row in posts.items() if row.name in said.posts}
        return [one for one in employed if one.post_id in named]
    owing = set()
    for versions in _counting(session, declared, said):
        for one in employed:
            duty = in_force(versions, on, one.department_id, hours.departments)
            if duty is not None and duty_people.owe(duty, [one], hours.departments):
                owing.add(one.id)
    return [one for one in employed if one.id in owing]


def _counting(
    session: Session, declared: Declaration, said: CallList
) -> list[list[duties.Duty]]:
    """Return the duties whose measure counts the calls of a list, by code."""
    query = select(Measure.code).where(
        Measure.register == declared.code,
        Measure.person_field == said.caller,
        Measure.date_field == said.at,
    )
    counting = set(session.scalars(query))
    return [
        some
        for some in duties.versions(session).values()
        if some[-1].measure in counting
    ]


def there(
    session: Session,
    people: Sequence[Owner],
    now: datetime,
    zone: ZoneInfo,
    hours: Hours,
) -> list[Owner]:
    """Return those of some people who work today and are not away at this instant.

    Not the hours but the day counts: at noon nobody's list passes to others.
    """
    presence = Presence(session, people, day_of(now, zone), zone)
    return [
        one
        for one in people
        if presence.is_there(one, hours.of(one.department_id), now)
    ]


def callers(
    session: Session, declared: Declaration, people: Sequence[Owner]
) -> dict[int, Person]:
    """Return those who can sign in and may enter calls, with their rights, by staff."""
    query = select(Account).where(
        among(Account.staff_id, [one.id for one in people]), Account.active
    )
    found = {
        one.staff_id: person_of(session, one)
        for one in session.scalars(query)
        if one.staff_id is not None
    }
    return {
        one.id: found[one.id]
        for one in people
        if one.id in found and found[one.id].may(declared.code, Action.CREATE)
    }
