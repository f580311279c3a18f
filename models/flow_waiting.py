"""What waits for a person: entries on which a step is theirs to take.

One bounded query for each register with a flow that the person may read, asked together
as one statement. What is only there to be sent back does not wait.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, false, literal, or_, select
from sqlalchemy import union_all as joined
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import Action, Person
from models.flow_who import READ_BESIDE, Standing
from models.keeping import kept
from models.register import Declaration


@dataclass(frozen=True, slots=True)
class Waiting:
    """The entries that wait longest, as (register, id), and whether there are more."""

    keys: tuple[tuple[str, int], ...]
    has_more: bool


def waiting(
    session: Session, person: Person, today: date, limit: int, *, approvals: bool
) -> Waiting:
    """Return what waits for a person, what was last touched longest ago first.

    Args:
        session: Any session.
        person: For whom.
        today: The day at the desk, for who stands in for whom.
        limit: The most entries that are named.
        approvals: What is to be approved; else what is to be done otherwise.
    """
    standing = Standing(session, person, today)
    readable = [
        one
        for one in catalogue.current()
        if one.flow is not None and person.may(one.code, Action.READ)
    ]
    statement = _kept(standing, readable, limit, approvals=approvals)
    if statement is None:
        return Waiting((), has_more=False)
    keys = tuple(
        (register, entry_id) for register, entry_id in session.execute(statement)
    )
    return Waiting(keys[:limit], has_more=len(keys) > limit)


def waits(
    session: Session,
    person: Person,
    declared: Declaration,
    today: date,
    *,
    approvals: bool,
) -> ColumnElement[bool]:
    """Return the condition that an entry waits for a person; see `waiting`.

    The statement it stands in reads `READ_BESIDE` as well.
    """
    standing = Standing(session, person, today)
    return or_(false(), *_ways(standing, declared, approvals=approvals))


def _kept(
    standing: Standing, readable: Sequence[Declaration], limit: int, *, approvals: bool
) -> Select[Any] | None:
    """Return the statement made before for one whom all the same holds of.

    Making it takes longer than asking it: a desk that nothing waits at would pay for
    that each time it is opened.
    """
    person = standing.person
    key = (
        person.grants,
        person.staff_id,
        person.departments,
        person.branch_id,
        standing.facts(readable),
        limit,
        approvals,
    )
    make = partial(_statement, standing, readable, limit, approvals=approvals)
    return kept(catalogue.current().metadata, "waiting", key, make)


def _statement(
    standing: Standing, readable: Sequence[Declaration], limit: int, *, approvals: bool
) -> Select[Any] | None:
    found = dict(_queries(standing, readable, approvals=approvals))
    if not found:
        return None
    # One more than is named tells whether there are more.
    parts = [select(one.limit(limit + 1).subquery()) for one in found.values()]
    every = joined(*parts).subquery()
    oldest = select(every.c.register, every.c.id)
    oldest = oldest.order_by(every.c.at, every.c.id).limit(limit + 1)
    return access.marked(oldest, *found, *READ_BESIDE)


def _queries(
    standing: Standing, readable: Sequence[Declaration], *, approvals: bool
) -> Iterator[tuple[str, Select[Any]]]:
    person = standing.person
    for declared in readable:
        ways = list(_ways(standing, declared, approvals=approvals))
        if not ways:
            continue
        table = catalogue.current().table(declared.code)
        query = access.visible(person, declared.code, Action.READ).where(or_(*ways))
        yield (
            declared.code,
            query.with_only_columns(
                literal(declared.code, String).label("register"),
                table.c.id,
                table.c.changed_at.label("at"),
            ).order_by(table.c.changed_at),
        )


def _ways(
    standing: Standing, declared: Declaration, *, approvals: bool
) -> Iterator[ColumnElement[bool]]:
    for one in declared.flow.transitions if declared.flow else ():
        if one.approves is approvals and not one.sends_back:
            yield from (condition for _, condition in standing.ways(declared, one))
