"""Who is told of a promise: a holder, those above, a post, and who stands in for them.

Reads staff, posts and departments; asks no rights, since it tells nobody of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import absences, catalogue
from models.access import marked
from models.posts import GONE, Managers, Posts
from models.rules.escalation import Step, To
from models.scopes import Departments


class Reporting:
    """Answers at one instant; what it asks the database is asked once, when needed."""

    def __init__(self, session: Session, now: datetime, zone: ZoneInfo) -> None:
        """Keep where to look; days are of the zone."""
        self._session = session
        self._now = now
        self._zone = zone
        self._posts = Posts(session)
        self._managers = Managers(session)
        self._departments = Departments(session)

    def told(
        self, step: Step, holder: int | None, department: int | None
    ) -> tuple[int, ...]:
        """Return who is told of a step; whoever is away gives way to their deputy.

        Args:
            step: To whom it goes.
            holder: Who answers for the entry.
            department: The entry's.

        Returns:
            Ids of staff who work here, each once; none if nobody is found.
        """
        found: Sequence[int | None]
        match step.to:
            case To.HOLDER:
                found = [holder]
            case To.DEPUTY:
                found = [self.deputy(holder)]
            case To.SUPERIOR:
                found = self.superiors(holder)
            case To.SUPERIOR2:
                above = self.superiors(holder)
                found = [far for near in above for far in self.superiors(near)]
                found = found or above  # there is nobody higher
            case To.POST:
                found = self.holding(step.post or "", department)
        present = (self.present(one) for one in found)
        return tuple(dict.fromkeys(one for one in present if one is not None))

    def present(self, staff_id: int | None) -> int | None:
        """Return a person, or who stands in while they are away; None if gone."""
        seen = {staff_id}
        while (deputy := self.away.get(staff_id or 0)) is not None:
            if deputy in seen or not self._works(deputy):
                break
            seen.add(deputy)
            staff_id = deputy
        return staff_id if self._works(staff_id) else None

    def deputy(self, staff_id: int | None) -> int | None:
        """Return who stands in now, else the deputy that the staff entry names."""
        found = self._staff.get(staff_id or 0)
        named = found.deputy_id if found else None
        return self.away.get(staff_id or 0, named)

    def superiors(self, staff_id: int | None) -> list[int]:
        """Return whom a person reports to.

        The superior by name; else who holds the nearest post above that is held, of
        the own department first; else who manages the department.
        """
        found = self._staff.get(staff_id or 0)
        if found is None:
            return []
        if self._works(found.superior_id) and found.superior_id != staff_id:
            return [found.superior_id]
        above = self._posts.above(found.post_id) if found.post_id else None
        if above is not None:
            near = self._nearest(self._at_post(above), found.department_id)
            if others := [one for one in near if one != staff_id]:
                return others
        department = found.department_id
        for one in self._departments.upwards(department):
            manager = self._managers.of(one)
            if manager != staff_id and self._works(manager):
                return [manager] if manager is not None else []
        return []

    def holding(self, post: str, department: int | None) -> list[int]:
        """Return who holds the posts of a name, people of the department first."""
        ids = [key for key, one in self._posts.rows.items() if one.name == post]
        people = [one for key in ids for one in self._at_post(key)]
        return self._nearest(people, department)

    @cached_property
    def away(self) -> Mapping[int, int]:
        """Return {who is away: who stands in}, agreed absences and 代理安排 alike."""
        today = self._now.astimezone(self._zone).date()
        table = catalogue.current().table("deputising")
        query = (
            select(table.c.person_id, table.c.deputy_id)
            .where(
                table.c.binned_at.is_(None),
                table.c.person_id != table.c.deputy_id,
                table.c.standing == "in_force",
                table.c.from_on <= today,
                table.c.until_on >= today,
            )
            .order_by(table.c.id)
        )
        found = absences.away(self._session, self._now, self._zone)
        for one in self._session.execute(marked(query, "deputising")):
            found[one.person_id] = one.deputy_id
        return found

    @cached_property
    def _staff(self) -> Mapping[int, Any]:
        table = catalogue.current().table("staff")
        query = select(
            table.c.id,
            table.c.post_id,
            table.c.superior_id,
            table.c.deputy_id,
            table.c.department_id,
            table.c.status,
        ).where(table.c.binned_at.is_(None))
        return {one.id: one for one in self._session.execute(marked(query, "staff"))}

    @cached_property
    def _by_post(self) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = {}
        for key, one in sorted(self._staff.items()):
            if self._works(key) and one.post_id is not None:
                found.setdefault(one.post_id, []).append(key)
        return found

    def _at_post(self, post_id: int) -> list[int]:
        return self._by_post.get(post_id, [])

    def _works(self, staff_id: int | None) -> bool:
        found = self._staff.get(staff_id or 0)
        return found is not None and found.status != GONE

    def _nearest(self, people: Iterable[int], department: int | None) -> list[int]:
        """Return those of the nearest department upwards that has any, else all."""
        some = list(people)
        return next(self._here(some, department), some)

    def _here(self, people: list[int], department: int | None) -> Iterator[list[int]]:
        for one in self._departments.upwards(department):
            here = [key for key in people if self._staff[key].department_id == one]
            if here:
                yield here
