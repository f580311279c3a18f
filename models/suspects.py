"""疑似重复: entries of a register that two people may have written down for one thing.

By what the register says such entries have `alike`; only among what the person may
list.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from models import access, alike, catalogue
from models.access import Action, Person
from models.list_indexes import NUMBERS
from models.register import Declaration, Field
from models.rules.ngrams import PIECE
from models.rules.same_names import core

MOST = 50  # groups of one field
LOOKED_AT = 100_000  # newest entries whose names are compared


@dataclass(frozen=True, slots=True)
class Group:
    """Some entries that have one field alike."""

    field: Field
    ids: tuple[int, ...]


def groups(session: Session, person: Person, declared: Declaration) -> list[Group]:
    """Return what may be there twice, by the fields in their order."""
    query = access.visible(person, declared.code, Action.LIST)
    found = []
    for one in alike.fields(person, declared):
        same = _numbers if one.type in NUMBERS else _texts
        found += [Group(one, ids) for ids in same(session, declared, one, query)]
    return found


def _numbers(
    session: Session, declared: Declaration, one: Field, entries: Select[Any]
) -> list[tuple[int, ...]]:
    table = catalogue.current().table(declared.code)
    column = table.c[one.column or ""]
    known = entries.where(column.is_not(None))
    twice = known.with_only_columns(column).group_by(column).having(func.count() > 1)
    values = list(session.scalars(twice.order_by(column).limit(MOST)))
    if not values:
        return []
    rows = known.where(column.in_(values)).order_by(table.c.id)
    return _by(session.execute(rows.with_only_columns(column, table.c.id)).all())


def _texts(
    session: Session, declared: Declaration, one: Field, entries: Select[Any]
) -> list[tuple[int, ...]]:
    table = catalogue.current().table(declared.code)
    newest = entries.order_by(table.c.id.desc()).limit(LOOKED_AT)
    rows = session.execute(
        newest.with_only_columns(table.c[one.column or ""], table.c.id)
    )
    known = [(core(name), key) for name, key in rows if name]
    return _by([pair for pair in known if len(pair[0]) >= PIECE])[:MOST]


def _by(pairs: Any) -> list[tuple[int, ...]]:
    """Return the ids that have one value, where there are several."""
    found: defaultdict[Any, list[int]] = defaultdict(list)
    for value, key in pairs:
        found[value].append(key)
    return [tuple(sorted(ids)) for ids in found.values() if len(ids) > 1]
