"""What an entry refers to: the words it is called by, the values taken from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    cast,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked
from models.amid import among, among_those
from models.keeping import kept
from models.numbering import asks_branch
from models.register import TEXT, Declaration, Field

# SQLite takes at most 32,766 parameters in one statement; PostgreSQL 65,535.
CHUNK = 5_000


def fetch(
    session: Session, register: str, ids: Iterable[int], names: Sequence[str]
) -> dict[int, dict[str, Any]]:
    """Return {id: {field name: value}} of entries, those in the bin too.

    Checks no right: for what an entry that may be seen shows of those it refers to.
    """
    wanted = list(set(ids))
    if not wanted:
        return {}
    known = catalogue.current()
    declared, table = known[register], known.table(register)

    def values() -> Select[Any]:
        columns: list[ColumnElement[Any]] = [table.c.id, table.c.binned_at]
        for name in names:
            column = declared.field(name).column
            if column is not None:
                columns.append(table.c[column].label(name))
        query = select(*columns).where(among_those(table.c.id, "ids"))
        return marked(query, register)

    query = kept(table, "values", tuple(names), values)
    rows = session.execute(query, {"ids": wanted})
    keys = tuple(rows.keys())
    return {row[0]: dict(zip(keys, row, strict=True)) for row in rows}


def branch_codes(
    session: Session, pattern: str, rows: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return the short code of each row's branch; nothing if no number asks for it.

    A branch without a code, and a row without a branch, have an empty one.
    """
    if not asks_branch(pattern):
        return []
    ids = [row.get("branch") for row in rows]
    found = fetch(session, "branch", {one for one in ids if one}, ["short_code"])
    return [str(found.get(one or 0, {}).get("short_code") or "") for one in ids]


def called(declared: Declaration, values: Mapping[str, Any]) -> str:
    """Return the words an entry is called by: its display fields, the number last."""
    words = [str(values[name]) for name in declared.display if values.get(name)]
    return " ".join(words) or str(values.get("number") or values.get("id") or "")


def labels(session: Session, register: str, ids: Iterable[int]) -> dict[int, str]:
    """Return {id: what the entry is called}."""
    declared = catalogue.current()[register]
    rows = fetch(session, register, ids, _called_by(declared))
    return {key: called(declared, row) for key, row in rows.items()}


def labels_of(
    session: Session, held: Mapping[str, Iterable[int]]
) -> dict[str, dict[int, str]]:
    """Return {register: {id: what the entry is called}}, by one statement if it can be.

    A register that calls its entries by anything but plain text is asked alone, so that
    each value is read by its own column's type.
    """
    known = catalogue.current()
    wanted = {code: sorted(set(ids)) for code, ids in held.items()}
    together = [code for code, ids in wanted.items() if ids and _is_plain(known[code])]
    if len(together) < LEAST or sum(len(wanted[code]) for code in together) > CHUNK:
        together = []
    found = {
        code: labels(session, code, ids)
        for code, ids in wanted.items()
        if code not in together
    }
    if together:
        found.update(_united(session, {code: wanted[code] for code in together}))
    return found


LEAST = 2  # registers that are worth a union


def _called_by(declared: Declaration) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*declared.display, "number")))


def _is_plain(declared: Declaration) -> bool:
    return all(declared.field(name).type is TEXT for name in _called_by(declared))


def _united(
    session: Session, wanted: Mapping[str, Sequence[int]]
) -> dict[str, dict[int, str]]:
    known = catalogue.current()
    codes = tuple(wanted)
    query = kept(known.metadata, "called", codes, lambda: _union(codes))
    asked = {f"ids_{part}": wanted[code] for part, code in enumerate(codes)}
    found: dict[str, dict[int, str]] = {code: {} for code in codes}
    names = [_called_by(known[code]) for code in codes]
    for part, key, *told in session.execute(query, asked):
        values = dict(zip(names[part], told, strict=False), id=key)
        found[codes[part]][key] = called(known[codes[part]], values)
    return found


def _union(codes: Sequence[str]) -> CompoundSelect[Any]:
    """Return the select of what entries of some registers are called by, of `ids_0`...

    Each row has the register's place in the codes, the id, and the fields' texts.
    """
    known = catalogue.current()
    names = [_called_by(known[code]) for code in codes]
    width = max(map(len, names))
    parts = []
    for place, code in enumerate(codes):
        table = known.table(code)
        told: list[ColumnElement[Any]] = [table.c[name] for name in names[place]]
        told += [cast(null(), Text)] * (width - len(told))
        columns = [one.label(f"told_{index}") for index, one in enumerate(told)]
        part = select(literal_column(str(place)).label("part"), table.c.id, *columns)
        parts.append(part.where(among_those(table.c.id, f"ids_{place}")))
    return marked(union_all(*parts), *codes)


def unknown(
    session: Session, declared: Field, ids: Iterable[int], *, binned_ok: Iterable[int]
) -> set[int]:
    """Return those ids that are no entry, or one in the bin that is newly chosen."""
    wanted = set(ids)
    target = declared.refers_to
    if not wanted or target is None:
        return set()
    table = catalogue.current().table(target)
    query = select(table.c.id, table.c.binned_at).where(among(table.c.id, wanted))
    found = session.execute(marked(query, target)).all()
    kept = set(binned_ok)
    return wanted - {key for key, binned in found if binned is None or key in kept}


def paths(
    session: Session,
    declared: Declaration,
    rows: Sequence[Mapping[str, Any]],
    wanted: Iterable[str],
) -> list[dict[str, Any]]:
    """Return for each row {path: value} of one-hop paths such as "customer.address"."""
    needed: dict[str, set[str]] = defaultdict(set)
    for path in wanted:
        head, _, tail = path.partition(".")
        if tail:
            needed[head].add(tail)
    result: list[dict[str, Any]] = [{} for _ in rows]
    for head, tails in needed.items():
        target = declared.field(head).refers_to
        if target is None:
            raise ValueError(f"{declared.code}.{head} refers to nothing")
        ids = {row[head] for row in rows if row.get(head) is not None}
        found = fetch(session, target, ids, sorted(tails))
        for row, values in zip(rows, result, strict=True):
            held = found.get(row.get(head) or 0, {})
            values.update({f"{head}.{tail}": held.get(tail) for tail in tails})
    return result


def values(
    session: Session,
    declared: Declaration,
    rows: Sequence[Mapping[str, Any]],
    wanted: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Return for each row the values of fields and one-hop paths, in their order."""
    far = [path for path in wanted if "." in path]
    if not far:
        return [tuple([row.get(path) for path in wanted]) for row in rows]
    taken = paths(session, declared, rows, far)
    return [
        tuple(more.get(path) if "." in path else row.get(path) for path in wanted)
        for row, more in zip(rows, taken, strict=True)
    ]
