"""The month grid of a register: its people, days, cells, sums and what is over a limit.

What is shown is what the person may list; limits are reckoned over all entries, since
they hold for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import Session

from admin import visit
from models import access, calendars, catalogue, limits, references
from models.access import Action, Person, Rows
from models.amid import among
from models.limit import Grid, Limit
from models.limit_figures import Broken, plain
from models.register import Declaration
from models.rules.business_calendar import BusinessCalendar, DayKind
from models.rules.official_days import OfficialKind, official_days
from models.rules.periods import Period
from models.scopes import DEPARTMENT, Departments

STAFF = "staff"
LEFT = "left"
MOST_ROWS = 200
MOST_CHOICES = 60
WEEKDAYS = ("一二三四五六日", ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))
REST = "rest"  # what a cell's value says of a free day
HUES = 6  # colours of cells, in the order of the choices
SATURDAY = 5

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a cell may be set to."""

    value: str
    label: str
    short: str
    css: str


@dataclass(frozen=True, slots=True)
class Month:
    """One department's month of a register, for whoever asks."""

    declared: Declaration
    grid: Grid
    period: Period
    department: int | None

    # Who and what ------------------------------------------------------------------

    def people(self) -> dict[int, str]:
        """Return the people of the rows by their ids, MOST_ROWS + 1 at the most."""
        session, person = visit.session(), visit.person()
        own = person.rows(self.declared.code, Action.LIST) is Rows.OWN
        if own or not person.may(STAFF, Action.LIST):
            return references.labels(session, STAFF, _only(person.staff_id))
        table = catalogue.current().table(STAFF)
        query = access.visible(person, STAFF, Action.LIST).where(
            table.c.department_id == self.department,
            or_(table.c.status != LEFT, table.c.left_on >= self.period.first),
        )
        query = query.order_by(table.c.staff_number).limit(MOST_ROWS + 1)
        rows = session.execute(query.with_only_columns(table.c.id, table.c.name))
        return {row.id: row.name for row in rows}

    def choices(self) -> list[Choice]:
        """Return what a cell may be set to: a free day last."""
        one, language = self.declared.field(self.grid.cell), visit.language()
        if one.refers_to is not None:
            found = self._called(one.refers_to, self._offered(one.refers_to))
        else:
            labels = {it.value: it.label.text(language) for it in one.options}
            found = _coloured(labels, {})
        if self.grid.rest is not None:
            label = self.declared.field(self.grid.rest).label.text(language)
            found.append(Choice(REST, label, visit.t("休", "–"), "free"))
        return found

    def shown(self, entries: Iterable[Row], choices: Sequence[Choice]) -> list[Choice]:
        """Return what cells show: also entries that this person may not choose."""
        register = self.declared.field(self.grid.cell).refers_to
        if register is None:
            return list(choices)
        known = {one.value for one in choices}
        held = {it[self.grid.cell] for it in entries} - {None}
        others = sorted(one for one in held if str(one) not in known)
        return [*choices, *self._called(register, others)]

    def _offered(self, register: str) -> list[int]:
        person = visit.person()
        if not person.may(register, Action.LIST):
            return []
        table = catalogue.current().table(register)
        query = access.visible(person, register, Action.LIST).order_by(table.c.id)
        query = query.with_only_columns(table.c.id).limit(MOST_CHOICES)
        return list(visit.session().scalars(query))

    def _called(self, register: str, ids: Sequence[int]) -> list[Choice]:
        """Return entries as choices: how they are called, their short text."""
        session, short = visit.session(), self.grid.short
        labels = references.labels(session, register, ids)
        shorts: dict[int, str] = {}
        if short is not None:
            rows = references.fetch(session, register, ids, [short])
            shorts = {key: row[short] for key, row in rows.items()}
        return _coloured({key: labels[key] for key in ids if key in labels}, shorts)

    # What there is -----------------------------------------------------------------

    def entries(
        self, session: Session, people: Sequence[int], first: date, last: date
    ) -> dict[tuple[int, date], dict[str, Any]]:
        """Return the entries of some days by person and day, by their fields."""
        code, grid = self.declared.code, self.grid
        table = catalogue.current().table(code)
        names = [grid.rows, grid.columns, grid.cell, *grid.sums]
        names += [grid.rest] if grid.rest is not None else []
        columns = {
            name: table.c[self.declared.field(name).column or name] for name in names
        }
        query = access.visible(visit.person(), code, Action.LIST).where(
            among(columns[grid.rows], people),
            columns[grid.columns].between(first, last),
        )
        query = query.with_only_columns(
            table.c.id,
            table.c.version,
            *(it.label(name) for name, it in columns.items()),
        )
        rows = session.execute(query).mappings()
        return {(row[grid.rows], row[grid.columns]): dict(row) for row in rows}

    def value(self, entry: Row | None) -> str:
        """Return what a cell's entry says, as a choice's value; "" for none."""
        if entry is None:
            return ""
        if self.grid.rest is not None and entry[self.grid.rest]:
            return REST
        held = entry[self.grid.cell]
        return "" if held is None else str(held)

    def sums(self, entries: Sequence[Row]) -> list[str]:
        """Return a row's sums, as texts, and its free days at the end."""
        found = [
            plain(sum((Decimal(it[name] or 0) for it in entries), Decimal(0)))
            for name in self.grid.sums
        ]
        if self.grid.rest is not None:
            found.append(str(sum(1 for it in entries if it[self.grid.rest])))
        return found

    def over(self, people: Sequence[int]) -> dict[int, list[Broken]]:
        """Return by which limits of a person's days each one is over."""
        if not people:
            return {}
        return limits.standing(
            visit.session(),
            self.declared,
            self._limits(),
            people,
            self.period,
            visit.zone(),
        )

    def _limits(self) -> list[Limit]:
        grid = self.grid
        return [
            one
            for one in self.declared.limits
            if (one.of, one.by) == (grid.rows, grid.columns)
        ]

    # The days ----------------------------------------------------------------------

    def days(self) -> list[dict[str, Any]]:
        """Return the days of the month, free ones tinted by the calendar."""
        session, today = visit.session(), visit.now().astimezone(visit.zone()).date()
        calendar = calendars.of_department(
            session, self.department, Departments(session)
        )
        words = WEEKDAYS[visit.language() == "en"]
        return [
            {
                "day": on.day,
                "on": on.isoformat(),
                "weekday": words[on.weekday()],
                "css": f"{css}{' today' if on == today else ''}",
                "title": name,
            }
            for on in self.period.dates()
            for css, name in [_tint(calendar, on)]
        ]


def _coloured(labels: Mapping[Any, str], shorts: Mapping[Any, str]) -> list[Choice]:
    return [
        Choice(str(key), label, shorts.get(key) or label[:2], f"g{index % HUES}")
        for index, (key, label) in enumerate(labels.items())
    ]


def _tint(calendar: BusinessCalendar | None, on: date) -> tuple[str, str]:
    """Return how a day is tinted, and what it is called if it has a name."""
    official = official_days(on.year).get(on)
    day = calendar.day(on) if calendar is not None else None
    kind = day.kind if day is not None else None
    if official is not None or (day and kind in (DayKind.HOLIDAY, DayKind.MAKE_UP)):
        name = official.name if official is not None else day.name if day else None
        said = name.text(visit.language()) if name else ""
        worked = official is not None and official.kind is OfficialKind.WORKDAY
        return ("" if worked or kind is DayKind.MAKE_UP else "holiday"), said
    if on.weekday() >= SATURDAY or kind is DayKind.REST:
        return "weekend", ""
    return "", ""


def departments() -> dict[int, str]:
    """Return the departments whose grids the person may choose among."""
    session, person = visit.session(), visit.person()
    ids = set(person.departments)
    if person.may(DEPARTMENT, Action.LIST):
        table = catalogue.current().table(DEPARTMENT)
        query = access.visible(person, DEPARTMENT, Action.LIST)
        query = query.with_only_columns(table.c.id).limit(MOST_ROWS)
        ids |= set(session.scalars(query))
    labels = references.labels(session, DEPARTMENT, ids)
    return dict(sorted(labels.items(), key=lambda pair: pair[1]))


def weeks(period: Period) -> list[date]:
    """Return the Mondays of the weeks that a month has a day of."""
    monday = period.first - timedelta(period.first.weekday())
    return [
        monday + timedelta(weeks=each)
        for each in range(6)
        if monday + timedelta(weeks=each) < period.end
    ]


def _only(staff: int | None) -> list[int]:
    return [] if staff is None else [staff]


def may_write(person: Person, register: str) -> bool:
    """Whether a person may put anything into the grid."""
    watched = person.watched_by is not None
    return not watched and any(
        person.may(register, one) for one in (Action.CREATE, Action.CHANGE)
    )
