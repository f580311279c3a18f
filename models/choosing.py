"""What a person may put into a reference field: entries that they may list themselves.

An entry shows what those are called that it refers to, so whoever could refer to any
entry by its id could read the names of all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models import access, catalogue, references
from models.access import Action, Person
from models.amid import among
from models.checking import Problem
from models.register import Declaration, Field
from models.words import Label

Row = Mapping[str, Any]


def reached(
    session: Session, person: Person, register: str, ids: Iterable[int]
) -> set[int]:
    """Return those of some entries that the person may list, or that are their own.

    Their own are the person, and the departments and the branch they belong to.
    """
    wanted = set(ids)
    declared = catalogue.current()[register]
    if access.sees_every_row(person, declared, Action.LIST):
        return wanted
    found = wanted & _own(person, register)
    table = catalogue.current().table(register)
    left = wanted - found
    if left:
        query = access.visible(person, register, Action.LIST)
        query = query.where(among(table.c.id, left))
        found |= set(session.scalars(query.with_only_columns(table.c.id)))
    return found


def _own(person: Person, register: str) -> set[int]:
    if person.watched_by is not None:  # not whoever looks as this person
        return set()
    known = catalogue.current()
    own: set[int | None] = set()
    if register in known and known[register].of_people:
        own = {person.staff_id}
    elif register == "department":
        own = {*person.departments}
    elif register == "branch":
        own = {person.branch_id}
    return {one for one in own if one is not None}


def labels(
    session: Session, person: Person, register: str, ids: Iterable[int]
) -> dict[int, str]:
    """Return {id: what it is called} of those entries that the person may choose."""
    return references.labels(session, register, reached(session, person, register, ids))


def refused(
    session: Session,
    declared: Declaration,
    rows: Sequence[Row],
    person: Person,
    known: Sequence[Problem] = (),
    *,
    befores: Sequence[Row] | None = None,
    vouched: Row | None = None,
) -> list[Problem]:
    """Return a problem for each reference that is newly given and may not be chosen.

    The words are those for an entry that does not exist, so that nobody learns which
    it is.

    Args:
        session: Any session.
        declared: The register that is written.
        rows: What was given, by field name.
        person: Who gave it.
        known: Problems that are told already.
        befores: The entries as they are; what one refers to already may stay.
        vouched: Values that come from an entry the person may read.
    """
    problems = []
    told = {(one.row, one.field) for one in known}
    for one in declared.all_fields:
        if one.refers_to is None:
            continue
        given = {
            index: row[one.name]
            for index, row in enumerate(rows)
            if _is_new(one, row, befores[index] if befores else vouched)
        }
        if not given:
            continue
        fine = reached(session, person, one.refers_to, given.values())
        problems += [
            Problem(one.name, no_such(one, value), index)
            for index, value in given.items()
            if value not in fine and (index, one.name) not in told
        ]
    return [*problems, *_too_secret(declared, rows, person, befores)]


def _too_secret(
    declared: Declaration,
    rows: Sequence[Row],
    person: Person,
    befores: Sequence[Row] | None,
) -> Iterator[Problem]:
    """Yield a problem for each level above the one up to which the person may write."""
    if declared.secrecy is None:
        return
    one = declared.field(declared.secrecy)
    action = Action.CREATE if befores is None else Action.CHANGE
    reach = person.reach(declared.code, action)
    highest = max((level for _, level in reach), default=0)
    levels = {it.value: level for level, it in enumerate(one.options)}
    for index, row in enumerate(rows):
        value = row.get(one.name)
        is_same = befores is not None and befores[index].get(one.name) == value
        if not is_same and isinstance(value, str) and levels.get(value, 0) > highest:
            yield Problem(one.name, _only_up_to(one, value, highest), index)


def _only_up_to(one: Field, value: str, highest: int) -> Label:
    most, given = one.options[highest].label, one.option_label(value)
    return Label(
        f"{one.label.zh}：您最高可用“{most.zh}”，“{given.zh}”请由有权限的人登记。",
        f"{one.label.en}: you may go up to “{most.en}”; leave “{given.en}” to "
        "somebody who may.",
    )


def _is_new(one: Field, row: Row, before: Row | None) -> bool:
    value = row.get(one.name)
    if not isinstance(value, int):  # nothing, or what the check of a save refuses
        return False
    return before is None or before.get(one.name) != value


def no_such(one: Field, value: Any) -> Label:
    """Return the sentence for a reference to an entry that is not there."""
    return Label(
        f"{one.label.zh}：没有这条记录（{value}），请重新选择。",
        f"{one.label.en}: no such entry ({value}). Choose again.",
    )
