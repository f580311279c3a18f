"""Who may take a step, as SQL: one condition serves a page, a list and the step itself.

A rule that means certain persons is also kept by whoever stands in for one of them
today; a right on the row is a person's own and nobody else's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import Action, Person, marked
from models.conditions import SqlColumn, sql_column, to_sql
from models.fields import PERSON
from models.flow import NAMES_PERSONS, Transition, Who, WhoKind
from models.posts import Managers, Posts
from models.register import STANDARD_NAMES, Declaration
from models.rules import formula as formulas

READ_BESIDE = ("staff", "post", "department", "deputising")


@dataclass(frozen=True, slots=True)
class Stead:
    """Whose right it is that is used: one's own, or an absent person's."""

    staff_id: int
    name: str


class Standing:
    """One person on one day, with those they stand in for.

    What it asks the database is asked once and only when a rule needs it.
    """

    def __init__(self, session: Session, person: Person, today: date) -> None:
        """Keep who asks; `today` is a day of the desk's zone."""
        self._session = session
        self.person = person
        self._today = today
        self._post_ids: dict[int, int | None] = {}
        self._posts = Posts(session)
        self._managers = Managers(session)

    @cached_property
    def absent(self) -> tuple[Stead, ...]:
        """Those whose deputy the person is today."""
        if self.person.staff_id is None:
            return ()
        known = catalogue.current()
        table, staff = known.table("deputising"), known.table("staff")
        query = (
            select(table.c.person_id, staff.c.name)
            .join(staff, staff.c.id == table.c.person_id)
            .where(
                table.c.binned_at.is_(None),
                table.c.deputy_id == self.person.staff_id,
                table.c.person_id != self.person.staff_id,
                table.c.standing == "in_force",
                table.c.from_on <= self._today,
                table.c.until_on >= self._today,
            )
            .distinct()
            .order_by(table.c.person_id)
        )
        found = self._session.execute(marked(query, "deputising", "staff"))
        return tuple(Stead(row.person_id, row.name) for row in found)

    def facts(self, registers: Iterable[Declaration]) -> tuple[Any, ...]:
        """Return all that the conditions on these registers rest on, but the person."""
        kinds = {
            who.kind
            for declared in registers
            if declared.flow is not None
            for one in declared.flow.transitions
            for who in one.allowed
        }
        ids = [one.staff_id for one in self.absent]
        if self.person.staff_id is not None:
            ids.append(self.person.staff_id)
        return (
            self.absent,
            *(self._post_name(one) for one in ids if WhoKind.POST in kinds),
            *(tuple(self._managed(one)) for one in ids if WhoKind.MANAGER in kinds),
            *(
                frozenset(self._led_by(self._post_id(one)))
                for one in ids
                if WhoKind.SUPERIOR in kinds
            ),
        )

    def ways(
        self, declared: Declaration, one: Transition
    ) -> Iterator[tuple[Stead | None, ColumnElement[bool]]]:
        """Yield the conditions under which the step is open, one's own first.

        Each holds for the entries whose state the step leaves and whose other values
        let the person take it; None is whoever acts for nobody else.
        """
        table = catalogue.current().table(declared.code)
        ready = and_(*_ready(declared, table, one))
        for stead in (None, *self._steads(one)):
            ways = [self._way(declared, table, who, stead) for who in one.allowed]
            # An approval is by another than whose the entry is, and so is a deputy's.
            others = self._others(declared, table, one, stead)
            yield stead, and_(ready, or_(*ways), *others)

    def manages(self, department: int) -> bool:
        """Whether the person manages a department, or the nearest above it."""
        return self._managers.of(department) == self.person.staff_id

    def _steads(self, one: Transition) -> tuple[Stead, ...]:
        named = any(who.kind in NAMES_PERSONS for who in one.allowed)
        return self.absent if named else ()

    def _way(
        self, declared: Declaration, table: Table, who: Who, stead: Stead | None
    ) -> ColumnElement[bool]:
        if who.kind is WhoKind.RIGHT and stead is None:
            action = Action(who.of)
            return access.row_criteria(self.person, declared, table, action, who.on)
        staff_id = stead.staff_id if stead else self.person.staff_id
        if staff_id is None or who.kind is WhoKind.RIGHT:
            return false()
        if who.kind is WhoKind.POST:
            return true() if self._post_name(staff_id) == who.of else false()
        meant = {
            WhoKind.PERSON: lambda one: [one],
            WhoKind.MANAGER: self._managed,
            WhoKind.SUPERIOR: self._below,
        }
        column = table.c[declared.field(who.of).column or ""]
        return column.in_(meant[who.kind](staff_id))

    def _others(
        self,
        declared: Declaration,
        table: Table,
        one: Transition,
        stead: Stead | None,
    ) -> Iterator[ColumnElement[bool]]:
        if not one.approves or one.own_too:
            return
        ids = {stead.staff_id if stead else None, self.person.staff_id} - {None}
        for name in owners(declared):
            column = table.c[name]
            if ids:
                yield or_(column.is_(None), column.not_in(ids))

    # Posts and departments are few and read whole; staff is left to the database.

    def _post_id(self, staff_id: int) -> int | None:
        if staff_id not in self._post_ids:
            table = catalogue.current().table("staff")
            query = select(table.c.post_id).where(table.c.id == staff_id)
            found = self._session.scalar(marked(query, "staff"))
            self._post_ids[staff_id] = found
        return self._post_ids[staff_id]

    def _post_name(self, staff_id: int) -> str | None:
        found = self._posts.rows.get(self._post_id(staff_id) or 0)
        return str(found.name) if found else None

    def _below(self, staff_id: int) -> Any:
        """Return the select of those who report to a person.

        Whoever names a superior reports to that one; everybody else to whoever holds
        the nearest post above their own that is held at all.
        """
        table = catalogue.current().table("staff")
        led = self._led_by(self._post_id(staff_id))
        named = table.c.superior_id == staff_id
        if not led:
            return select(table.c.id).where(named, table.c.id != staff_id)
        by_post = and_(table.c.superior_id.is_(None), table.c.post_id.in_(sorted(led)))
        return select(table.c.id).where(or_(named, by_post), table.c.id != staff_id)

    def _led_by(self, post_id: int | None) -> set[int]:
        if all(one.reports_to_id != post_id for one in self._posts.rows.values()):
            return set()
        return {
            one for one in self._posts.rows if self._posts.above(one) == post_id
        } - {post_id}

    def _managed(self, staff_id: int) -> list[int]:
        """Return the departments a person manages, and those below without anybody."""
        return [
            one
            for one in self._managers.departments
            if self._managers.of(one) == staff_id
        ]


def owners(declared: Declaration) -> Iterable[str]:
    """Return the columns of whose an entry is: its own persons, else its holder.

    Not whoever typed it in: that is often done for others.
    """
    own = [
        one.column
        for one in declared.fields
        if one.owner
        and one.type is PERSON
        and one.column
        and one.name not in STANDARD_NAMES
    ]
    if declared.of_people:
        return ("id",)
    return own or ("holder_id",)


def _ready(
    declared: Declaration, table: Table, one: Transition
) -> Iterator[ColumnElement[bool]]:
    """Yield what must hold of the entry itself, whoever takes the step."""
    flow = declared.flow
    if flow is None:
        raise ValueError(f"{declared.code} has no flow")
    kept = table.c[declared.field(flow.field).column or ""]
    stands = kept.in_(one.sources)
    yield or_(stands, kept.is_(None)) if flow.first in one.sources else stands
    if one.when is not None:

        def lookup(name: str) -> SqlColumn:
            field = declared.field(name)
            return sql_column(field, table.c[field.column or ""])

        yield to_sql(formulas.parse(one.when), lookup)
