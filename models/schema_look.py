"""What the database really holds, and what the planner remembers of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, inspect, select, text

from models.schema_state import AppliedConstraint, AppliedField, CatalogueState
from models.schema_steps import FieldMemory


@dataclass(slots=True)
class Found:
    """One table as it is: its columns with their types in words, its indexes."""

    columns: dict[str, type] = field(default_factory=dict)
    indexes: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)  # left half made by a stopped process


@dataclass(slots=True)
class Memory:
    """What the planner did to one register's table."""

    fields: dict[str, FieldMemory] = field(default_factory=dict)
    constraints: dict[str, AppliedConstraint] = field(default_factory=dict)


def look(connection: Connection, names: Iterable[str]) -> dict[str, Found]:
    """Return those tables that exist."""
    seen = inspect(connection)
    existing = sorted(set(seen.get_table_names()) & set(names))
    if not existing:
        return {}
    found: dict[str, Found] = {name: Found() for name in existing}
    for (_, name), columns in seen.get_multi_columns(filter_names=existing).items():
        found[name].columns = {one["name"]: one["type"].python_type for one in columns}
    for (_, name), indexes in seen.get_multi_indexes(filter_names=existing).items():
        found[name].indexes = {str(one["name"]) for one in indexes}
    if connection.dialect.name == "postgresql":
        for name, index in connection.execute(_HALF_MADE):
            if name in found:
                found[name].broken.add(index)
    return found


_HALF_MADE = text(
    "SELECT r.relname, i.relname FROM pg_index x"
    " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid"
    " WHERE NOT x.indisvalid AND pg_table_is_visible(r.oid)"
)


def remembered(connection: Connection) -> dict[str, Memory]:
    """Return what was done to each register's table."""
    known: dict[str, Memory] = defaultdict(Memory)
    for row in connection.execute(select(AppliedField.__table__)):
        known[row.register].fields[row.field_id] = FieldMemory(*row)
    for row in connection.execute(select(AppliedConstraint.__table__)):
        known[row.register].constraints[row.signature] = row
    return known


def state(connection: Connection) -> tuple[int, str]:
    """Return the generation and the fingerprint; (0, "") before the first plan."""
    row = connection.execute(select(CatalogueState.__table__)).first()
    return (row.generation, row.fingerprint) if row else (0, "")
