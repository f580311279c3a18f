"""Everybody who is reckoned together: the groups, the reporting line, the past.

A person with several stretches stands in a group once for each of them, so that what is
shared out or awarded is never given twice. Of those below, each stretch counts in the
one stretch of the superior that has the most days in common with it.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

from models.rules.business_calendar import BusinessCalendar
from models.rules.formula import Unit, Value
from models.rules.formula_error import Misuse
from models.rules.pay import Cell
from models.words import Label

Made = TypeVar("Made")
_FURTHER = 1 << 40
"""Added to a staff id for each further stretch of a person in the same group."""


@dataclass(slots=True)
class Place:
    """Where a cell stands among the others: whose it is, in which group, when."""

    staff_id: int
    name: str
    group: int
    key: int  # distinct in the group
    first: date
    last: date
    department: int | None
    cell: Cell


@dataclass(slots=True)
class Together:
    """All that is reckoned together in one run, and how to ask for what lies outside.

    `earlier` gives {staff id: figure} of a name so many periods before; `calendar` the
    calendar of a department; `superiors` {staff id: superior} of everybody employed.
    """

    places: Sequence[Place]
    units: Sequence[Mapping[str, Unit]]  # of each group
    superiors: Callable[[], Mapping[int, int | None]]
    earlier: Callable[[str, int], Mapping[int, Value]]
    calendar: Callable[[int | None], BusinessCalendar]
    _made: dict[Hashable, Any] = field(init=False, default_factory=dict)

    def enter(self) -> None:
        """Give every cell its world."""
        for place in self.places:
            place.cell.world = PlaceWorld(self, place)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made the first time only."""
        if key not in self._made:
            self._made[key] = make()
        return cast("Made", self._made[key])

    def figures(self, group: int, name: str) -> Mapping[int, Value]:
        """Return the figures of a group by key; Misuse if one of them is in error."""

        def make() -> dict[int, Value]:
            found = {}
            for one in self.groups.get(group, ()):
                _refuse_failed(one, name)
                value = one.cell.values.get(name)
                if value is not None and value.content is not None:
                    found[one.key] = value
            return found

        return self.once(("group", group, name), make)

    @property
    def groups(self) -> Mapping[int, Sequence[Place]]:
        """Everybody of each group."""
        return self.once("groups", lambda: _sorted_by(self.places, _group))

    @property
    def of_staff(self) -> Mapping[int, Sequence[Place]]:
        """The stretches of each person."""
        return self.once("staff", lambda: _sorted_by(self.places, _staff))

    @property
    def reports(self) -> Mapping[int, Sequence[int]]:
        """Who reports to each person directly, by id."""

        def make() -> dict[int, list[int]]:
            found: dict[int, list[int]] = {}
            for person, superior in sorted(self.superiors().items()):
                if superior is not None and superior != person:
                    found.setdefault(superior, []).append(person)
            return found

        return self.once("reports", make)

    def below(self, staff_id: int, levels: int | None) -> Iterator[int]:
        """Yield everybody below a person, level by level; a ring ends too."""
        seen, level, depth = {staff_id}, [staff_id], 0
        while level and (levels is None or depth < levels):
            reached = [one for above in level for one in self.reports.get(above, ())]
            level = [one for one in dict.fromkeys(reached) if one not in seen]
            seen.update(level)
            yield from level
            depth += 1


def _group(place: Place) -> int:
    return place.group


def _staff(place: Place) -> int:
    return place.staff_id


def _sorted_by(
    places: Sequence[Place], key: Callable[[Place], int]
) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = {}
    for one in places:
        found.setdefault(key(one), []).append(one)
    return found


def _refuse_failed(place: Place, name: str) -> None:
    """Refuse a figure that rests on a line in error, and say whose."""
    item = place.cell.failed.get(name)
    if item is None:
        return
    label = item.rule.label
    raise Misuse(
        0,
        Label(
            f"{place.name}的计薪项目“{label.zh}”没有算出来",
            f"Line “{label.en}” of {place.name} is in error itself",
        ),
        Label("请先解决那一项", "Mend that line first"),
    )


class PlaceWorld:
    """The world as one place sees it; see `formula_world.World`."""

    __slots__ = ("_place", "_together")

    def __init__(self, together: Together, place: Place) -> None:
        """Keep both; nothing is read yet."""
        self._together = together
        self._place = place

    @property
    def me(self) -> int:
        """The place's key in its group: the staff id, unless there are several."""
        return self._place.key

    @property
    def first(self) -> date:
        """The first day of the stretch."""
        return self._place.first

    @property
    def last(self) -> date:
        """The last day of the stretch, included."""
        return self._place.last

    def unit(self, name: str) -> Unit:
        """Return a borrowed name's unit, of the own group before any other."""
        units = self._together.units
        for one in (units[self._place.group], *units):
            if name in one:
                return one[name]
        raise KeyError(name)

    def group(self, name: str) -> Mapping[int, Value]:
        """Return everybody's figures in the group."""
        return self._together.figures(self._place.group, name)

    def below(self, name: str, levels: int | None) -> Sequence[Value]:
        """Return the figures of those below, whatever their scheme."""
        return list(self._below(name, levels))

    def _below(self, name: str, levels: int | None) -> Iterator[Value]:
        together, me = self._together, self._place
        own = together.of_staff[me.staff_id]
        for person in together.below(me.staff_id, levels):
            for one in together.of_staff.get(person, ()):
                if _most_in_common(one, own) is not me:
                    continue
                _refuse_failed(one, name)
                value = one.cell.values.get(name)
                if value is not None and value.content is not None:
                    yield value

    def earlier(self, name: str, periods: int) -> Value | None:
        """Return the same person's figure of so many periods before."""
        found = self._together.once(
            ("earlier", name, periods),
            lambda: self._together.earlier(name, periods),
        )
        return found.get(self._place.staff_id)

    def working_days(self, first: date, last: date) -> int:
        """Return the working days of the department's calendar, both ends included."""
        department = self._place.department

        def count() -> int:
            calendar = self._together.calendar(department)
            days = range(first.toordinal(), last.toordinal() + 1)
            return sum(calendar.is_workday(date.fromordinal(day)) for day in days)

        return self._together.once(("days", department, first, last), count)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made once for the whole group."""
        return self._together.once(("own", self._place.group, key), make)


def _most_in_common(one: Place, others: Sequence[Place]) -> Place | None:
    """Return the stretch with the most days in common, the earlier of two alike."""
    best, most = None, 0
    for other in others:
        days = (min(one.last, other.last) - max(one.first, other.first)).days + 1
        if days > most:
            best, most = other, days
    return best


def keyed(staff_ids: Sequence[int]) -> Iterator[int]:
    """Yield a key for each stretch in a group: the staff id for a person's first."""
    times: dict[int, int] = {}
    for one in staff_ids:
        times[one] = times.get(one, -1) + 1
        yield one + times[one] * _FURTHER
