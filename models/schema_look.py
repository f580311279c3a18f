"""What the database really holds, and what the planner remembers of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.types import TypeEngine

from models.schema_demands import Kind
from models.schema_state import AppliedConstraint, AppliedField, CatalogueState
from models.schema_steps import FieldMemory


@dataclass(slots=True)
class Found:
    """One table as it is."""

    columns: dict[str, TypeEngine[Any]] = field(default_factory=dict)
    indexes: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)  # indexes left half made
    constraints: set[str] = field(default_factory=set)
    has_rows: bool = False


@dataclass(frozen=True, slots=True)
class ConstraintMemory:
    """An index or constraint as it was made."""

    kind: Kind
    name: str
    field_ids: frozenset[str]


@dataclass(slots=True)
class Memory:
    """What the planner did to one register's table."""

    fields: dict[str, FieldMemory] = field(default_factory=dict)  # by id
    constraints: dict[str, ConstraintMemory] = field(default_factory=dict)


def look(connection: Connection, names: Iterable[str]) -> dict[str, Found]:
    """Return those tables that exist, as they are."""
    seen = inspect(connection)
    existing = sorted(set(seen.get_table_names()) & set(names))
    if not existing:
        return {}
    found: dict[str, Found] = {name: Found() for name in existing}
    for (_, name), columns in seen.get_multi_columns(filter_names=existing).items():
        found[name].columns = {one["name"]: one["type"] for one in columns}
    for name, index in _indexes(connection, existing):
        found[name].indexes.add(index)
    for every in (
        seen.get_multi_foreign_keys(filter_names=existing),
        seen.get_multi_check_constraints(filter_names=existing),
    ):
        for (_, name), constraints in every.items():
            found[name].constraints |= {str(one["name"]) for one in constraints}
    for name, one in found.items():
        quoted = connection.dialect.identifier_preparer.quote(name)
        held = connection.exec_driver_sql(f"SELECT EXISTS (SELECT 1 FROM {quoted})")
        one.has_rows = bool(held.scalar())
    if connection.dialect.name == "postgresql":
        for name, index in connection.execute(_HALF_MADE):
            if name in found:
                found[name].broken.add(index)
    return found


def _indexes(connection: Connection, existing: list[str]) -> Iterator[tuple[str, str]]:
    """Yield table and name of every index."""
    if connection.dialect.name != "sqlite":
        every = inspect(connection).get_multi_indexes(filter_names=existing)
        for (_, table), indexes in every.items():
            yield from ((table, str(one["name"])) for one in indexes)
        return
    # The inspector asks SQLite for the columns of each, a thousand questions.
    for row in connection.execute(_SQLITE_INDEXES):
        if row.tbl_name in existing:
            yield row.tbl_name, row.name


# What SQLite makes by itself for a key has no text.
_SQLITE_INDEXES = text(
    "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql NOTNULL"
)
_HALF_MADE = text(
    "SELECT r.relname, i.relname FROM pg_index x"
    " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid"
    " WHERE NOT x.indisvalid AND pg_table_is_visible(r.oid)"
)


def remembered(connection: Connection) -> dict[str, Memory]:
    """Return what was done to each register's table."""
    known: dict[str, Memory] = defaultdict(Memory)
    for field_row in connection.execute(select(*AppliedField.__table__.c)):
        known[field_row.register].fields[field_row.field_id] = FieldMemory(*field_row)
    for row in connection.execute(select(*AppliedConstraint.__table__.c)):
        known[row.register].constraints[row.signature] = ConstraintMemory(
            row.kind, row.name, frozenset(row.field_ids.split(","))
        )
    return known


def state(connection: Connection) -> tuple[int, str]:
    """Return the generation and the fingerprint; (0, "") before the first plan."""
    row = connection.execute(select(*CatalogueState.__table__.c)).first()
    return (row.generation, row.fingerprint) if row else (0, "")
