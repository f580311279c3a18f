"""Defaults: what a new entry gets where nothing was given.

Some depend on who writes and when, some are taken from what the entry refers to, some
are looked up in another register. All rows of an import are filled together, a query
for each default and not for each row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models import access, catalogue, checking, choosing, references
from models.access import Person
from models.default_counts import counts
from models.history import Writer
from models.register import (
    Count,
    Declaration,
    Field,
    FirstOf,
    From,
    Given,
    Lookup,
)

Row = dict[str, Any]
Source = From | Lookup | Count  # of what is looked up
# A default may need what another default fills: customer -> address, machine ->
# customer -> address. Longer chains than this have not been seen on paper.
PASSES = 4


def blank(declared: Declaration, writer: Writer) -> Callable[[], Row]:
    """Return what makes a new row with the defaults that need no look-up."""
    row = {one.name: _plain(one, writer) for one in declared.all_fields}
    lists = [name for name, value in row.items() if isinstance(value, list)]
    if not lists:
        return row.copy
    # A list belongs to one row: nobody else's may change with it.
    return lambda: row | {name: list(row[name]) for name in lists}


def fill(
    session: Session,
    declared: Declaration,
    rows: Sequence[Row],
    given: Sequence[Mapping[str, Any]],
    writer: Writer,
) -> None:
    """Look up what is still empty in `blank` rows; what was given as empty stays.

    An entry that the writer may not list is not found. Days are those of the writer's
    zone, which is the desk's.
    """
    found = [one for one in declared.fields if _sources(one)]
    for _ in range(PASSES):
        filled = sum(
            [_fill_field(session, declared, one, rows, given, writer) for one in found]
        )
        if not filled:
            return


def _plain(one: Field, writer: Writer) -> Any:
    default = one.default
    if isinstance(default, FirstOf):
        return None
    if not isinstance(default, Given):
        return None if isinstance(default, From | Lookup | Count) else default
    return given_value(default, writer)


def given_value(default: Given, writer: Writer) -> Any:
    """Return the value of a default that depends on who writes and when."""
    person = writer.person
    return {
        Given.NOW: writer.now,
        Given.TODAY: writer.now.astimezone(writer.zone).date(),
        Given.ME: person.staff_id,
        Given.MY_DEPARTMENT: person.department_id,
        Given.MY_BRANCH: person.branch_id,
    }[default]


def _sources(one: Field) -> tuple[Source, ...]:
    tried = one.default.defaults if isinstance(one.default, FirstOf) else (one.default,)
    return tuple(
        source for source in tried if isinstance(source, From | Lookup | Count)
    )


def _fill_field(
    session: Session,
    declared: Declaration,
    one: Field,
    rows: Sequence[Row],
    given: Sequence[Mapping[str, Any]],
    writer: Writer,
) -> int:
    """Fill one field of the rows that still lack it; return how many were filled."""
    filled = 0
    for source in _sources(one):
        empty = [
            row
            for row, told in zip(rows, given, strict=True)
            if row.get(one.name) is None
            and told.get(one.name) is None
            and checking.applies(one, row)
        ]
        if not empty:
            break
        values = _found(session, declared, source, empty, writer)
        for row, value in zip(empty, values, strict=True):
            if value is not None:
                row[one.name] = value
                filled += 1
    return filled


def _found(
    session: Session,
    declared: Declaration,
    source: Source,
    rows: Sequence[Row],
    writer: Writer,
) -> Iterable[Any]:
    match source:
        case From(path=path):
            taken = references.paths(session, declared, rows, [path])
            return [found.get(path) for found in taken]
        case Lookup():
            return _looked_up(session, declared, source, rows, writer.person)
        case Count():
            return counts(session, declared, source, rows, writer.zone)


def _looked_up(
    session: Session,
    declared: Declaration,
    lookup: Lookup,
    rows: Sequence[Row],
    person: Person,
) -> Iterable[Any]:
    keys = references.values(session, declared, rows, tuple(lookup.match.values()))
    whole = {key for key in keys if all(part is not None for part in key)}
    found = _matches(session, lookup, whole, person) if whole else {}
    return [found.get(key) for key in keys]


def _matches(
    session: Session, lookup: Lookup, keys: set[tuple[Any, ...]], person: Person
) -> dict[tuple[Any, ...], Any]:
    """Return {key: what is taken} for the keys that exactly one entry has.

    Of the entries that the person may list, and what these refer to only if it may be
    listed as well: a number tells nothing of others.
    """
    known = catalogue.current()
    target, table = known[lookup.register], known.table(lookup.register)

    def column(name: str) -> Any:
        return table.c["id" if name == "id" else target.field(name).column or name]

    columns = [column(name) for name in lookup.match]
    query = access.visible(person, lookup.register)
    query = query.with_only_columns(column(lookup.take), *columns)
    query = query.where(*(column(name).is_(None) for name in lookup.empty))
    firsts = sorted({key[0] for key in keys}, key=repr)
    found: dict[tuple[Any, ...], Any] = {}
    twice: set[tuple[Any, ...]] = set()
    for start in range(0, len(firsts), references.CHUNK):
        part = query.where(columns[0].in_(firsts[start : start + references.CHUNK]))
        for taken, *key in session.execute(part):
            match = tuple(key)
            if match in found:
                twice.add(match)
            found[match] = taken
    once = {key: taken for key, taken in found.items() if key not in twice}
    of = None if lookup.take == "id" else target.field(lookup.take).refers_to
    if of is None or not once:
        return once
    fine = choosing.reached(session, person, of, once.values())
    return {key: taken for key, taken in once.items() if taken in fine}
