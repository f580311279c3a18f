"""The dispatch board of a register: whose entries stand on which day of a week.

What is shown is what the person may list: entries, people, and who is away.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, Table, false, func, or_

from admin import cells, list_joins, visit
from admin.list_page import desk
from models import access, catalogue, measures, references
from models.access import Action
from models.amid import among
from models.dispatching import Dispatch
from models.handing import Absence
from models.register import DATE, Declaration, Field
from models.rules.periods import Period

STAFF = "staff"
LEFT = "left"
RECENT = timedelta(days=90)
"""Who was given something within these days stands on the board."""
MOST_PEOPLE = 60
MOST_WAITING = 100
MOST_GIVEN = 1_000
_ONE_DAY = timedelta(1)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """An entry on the board."""

    id: int
    number: str
    url: str
    version: int
    time: str  # of the day, where its day is an instant
    on: date | None
    person: int | None
    shown: list[tuple[str, str]]  # css and text of each field
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody is on leave or on a trip."""

    title: str
    url: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Board:
    """One week of a register's board, for whoever asks."""

    declared: Declaration
    board: Dispatch
    week: Period

    # The entries -----------------------------------------------------------------

    def waiting(self) -> list[Card]:
        """Return what is nobody's yet, the oldest first; one more than are shown."""
        return self._cards(
            [self._person.is_(None), self._is_open()], limit=MOST_WAITING + 1
        )

    def given(self) -> list[Card]:
        """Return what somebody has in this week, or has still to do."""
        first, after = self._bounds()
        in_week = (self._at >= first) & (self._at < after)
        unsettled = or_(self._at.is_(None), self._at < first) & self._is_open()
        wanted = [self._person.is_not(None), or_(in_week, unsettled)]
        return self._cards(wanted, limit=MOST_GIVEN)

    @property
    def _table(self) -> Table:
        return catalogue.current().table(self.declared.code)

    @property
    def _person(self) -> ColumnElement[Any]:
        return self._column(self.board.person)

    @property
    def _at(self) -> ColumnElement[Any]:
        return self._column(self.board.at)

    def _column(self, name: str) -> ColumnElement[Any]:
        column: ColumnElement[Any] = self._table.c[
            self.declared.field(name).column or ""
        ]
        return column

    def _settled(self) -> ColumnElement[bool]:
        found = measures.condition_of(self.declared, self._table, self.board.settled)
        if found is None:
            raise ValueError(f"{self.declared.code}: nothing is ever settled")
        return func.coalesce(found, false())

    def _is_open(self) -> ColumnElement[bool]:
        return ~self._settled()

    def _bounds(self) -> tuple[Any, Any]:
        if self.is_by_days:
            return self.week.first, self.week.end
        return self.week.instants(visit.zone())

    @property
    def is_by_days(self) -> bool:
        """Whether an entry is given for a day, not for an instant."""
        return self.declared.field(self.board.at).type is DATE

    def _fields(self) -> list[Field]:
        seen = {one.name: one for one in visit.person().fields(self.declared)}
        names = [self.board.person, self.board.at, "number", *self.board.shows]
        return [seen[name] for name in names if name in seen]

    def _cards(self, wanted: Iterable[ColumnElement[bool]], limit: int) -> list[Card]:
        code, fields = self.declared.code, self._fields()
        query: Select[Any] = access.visible(visit.person(), code, Action.LIST)
        query = query.where(*wanted).order_by(self._at, self._table.c.id).limit(limit)
        columns, joined = list_joins.joined(self.declared, query, fields)
        found = visit.session().execute(
            joined.with_only_columns(
                *columns,
                self._settled().label("is_settled"),
                maintain_column_froms=True,
            )
        )
        shown = [one for one in fields if one.name in self.board.shows]
        make = cells.makers(self.declared, shown, desk(), "")
        return [self._card(dict(row), make) for row in found.mappings()]

    def _card(self, row: Row, make: Sequence[cells.Maker]) -> Card:
        at = row.get(self.board.at)
        local = at.astimezone(visit.zone()) if isinstance(at, datetime) else None
        texts = [(css, text) for css, text, _ in (each(row) for each in make) if text]
        return Card(
            id=row["id"],
            number=row.get("number") or f"#{row['id']}",
            url=url_for(
                "register.details_view", register=self.declared.code, id=row["id"]
            ),
            version=row["version"],
            time=f"{local:%H:%M}" if local else "",
            on=local.date() if local else at,
            person=row.get(self.board.person),
            shown=texts,
            is_settled=row["is_settled"] is True or row["is_settled"] == 1,
        )

    # The people ------------------------------------------------------------------

    def people(self, given: Iterable[Card]) -> dict[int, str]:
        """Return who has something now or had lately, as the register calls them."""
        held = {one.person for one in given if one.person is not None}
        since = visit.now() - RECENT
        query = access.visible(visit.person(), self.declared.code, Action.LIST).where(
            self._person.is_not(None), self._table.c.created_at >= since
        )
        query = query.with_only_columns(self._person, maintain_column_froms=True)
        lately = visit.session().scalars(query.distinct().limit(MOST_PEOPLE))
        here = held | (set(lately) - self._gone())
        return self._called(sorted(here)[:MOST_PEOPLE])

    def others(self, people: Iterable[int]) -> dict[int, str]:
        """Return whom an entry may be given to besides."""
        person = visit.person()
        if not person.may(STAFF, Action.LIST):
            return {}
        table = catalogue.current().table(STAFF)
        query = access.visible(person, STAFF, Action.LIST).where(
            table.c.status != LEFT, table.c.department_id.in_(person.departments)
        )
        query = query.order_by(table.c.staff_number).limit(MOST_PEOPLE * 2)
        ids = visit.session().scalars(query.with_only_columns(table.c.id)).all()
        there = set(people)
        return self._called([one for one in ids if one not in there])

    def _gone(self) -> set[int]:
        table = catalogue.current().table(STAFF)
        query = access.visible(access.SYSTEM, STAFF).where(table.c.status == LEFT)
        return set(visit.session().scalars(query.with_only_columns(table.c.id)))

    def _called(self, ids: Sequence[int]) -> dict[int, str]:
        labels = references.labels(visit.session(), STAFF, ids)
        return {key: labels[key] for key in ids if key in labels}

    def away(self, people: Sequence[int]) -> dict[int, list[Away]]:
        """Return who is away in the week, by the registers that the person lists."""
        found: dict[int, list[Away]] = defaultdict(list)
        for declared in catalogue.current():
            said = declared.absence
            if said is None or not visit.person().may(declared.code, Action.LIST):
                continue
            for row in self._absences(declared, said, people):
                staff_id, one = self._one_away(declared, row)
                if one.first <= one.last:
                    found[staff_id].append(one)
        return found

    def _absences(
        self, declared: Declaration, said: Absence, people: Sequence[int]
    ) -> Sequence[Any]:
        table, zone = catalogue.current().table(declared.code), visit.zone()
        person, since, until = (
            table.c[declared.field(name).column or ""]
            for name in (said.person, said.from_at, said.until_at)
        )
        first, after = self.week.instants(zone)
        by_day = [
            declared.field(one).type is DATE for one in (said.from_at, said.until_at)
        ]
        query = access.visible(visit.person(), declared.code, Action.LIST).where(
            among(person, people),
            since < (self.week.end if by_day[0] else after),
            or_(until.is_(None), until >= (self.week.first if by_day[1] else first)),
        )
        state = declared.state_field
        if state is not None and said.states:
            column = table.c[state.column or ""]
            query = query.where(column.in_((*said.states, *said.over)))
        query = query.with_only_columns(table.c.id, person, since, until)
        return visit.session().execute(query).all()

    def _one_away(self, declared: Declaration, row: Any) -> tuple[int, Away]:
        """Return one absence within the week; who is not back is away until today."""
        entry_id, staff_id, since, until = row
        today = visit.now().astimezone(visit.zone()).date()
        last = self.week.last if until is None else _day(until)
        if until is None:
            last = min(last, max(today, _day(since)))
        return staff_id, Away(
            declared.title.text(visit.language()),
            url_for("register.details_view", register=declared.code, id=entry_id),
            max(_day(since), self.week.first),
            min(last, self.week.last),
        )


def _day(at: date | datetime) -> date:
    return at.astimezone(visit.zone()).date() if isinstance(at, datetime) else at
