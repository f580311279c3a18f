"""What the tables of registers demand beyond columns: indexes, checks, foreign keys.

Each demand has a signature in terms of field ids, the same on both databases and after
a rename, by which the planner knows what it already made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    CheckConstraint,
    ClauseElement,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Table,
    literal_column,
)
from sqlalchemy.schema import AddConstraint, CreateIndex
from sqlalchemy.sql import visitors

from models.register import Declaration

Kind = Literal["index", "check", "foreign_key"]


@dataclass(frozen=True, slots=True)
class Demand:
    """One index or constraint that a table must have."""

    kind: Kind
    signature: str
    name: str  # as the database keeps it
    field_ids: tuple[str, ...]
    columns: tuple[str, ...]
    item: Index | CheckConstraint | ForeignKeyConstraint

    @property
    def is_unique(self) -> bool:
        """Whether existing rows may break it by being alike."""
        return isinstance(self.item, Index) and bool(self.item.unique)


def marked(field_id: str) -> str:
    """Return a field id as it stands in signatures, told from all other words."""
    return f"[{field_id}]"


def column_ids(declared: Declaration) -> dict[str, str]:
    """Return {column: field id}; the columns without a field stand for themselves."""
    known = {column: one.id for one, column in declared.columns}
    return {"id": "id", "version": "version", "binned_at": "binned_at"} | known


def demands(declared: Declaration, table: Table, dialect: Dialect) -> dict[str, Demand]:
    """Return every demand of a register's table by its signature.

    Worked out once for a table, which is never changed after it was made.
    """
    found: dict[str, Demand] | None = table.info.get(dialect.name)
    if found is None:
        found = table.info[dialect.name] = _demands(declared, table, dialect)
    return found


def _demands(
    declared: Declaration, table: Table, dialect: Dialect
) -> dict[str, Demand]:
    ids = column_ids(declared)
    found: dict[str, Demand] = {}
    for kind, item, said in _items(table, ids, dialect):
        columns = tuple(column.name for column in item.columns)
        found[said] = Demand(
            kind=kind,
            signature=said,
            name=_name(item, dialect),
            field_ids=tuple(ids[name] for name in columns),
            columns=columns,
            item=item,
        )
    return found


def _items(
    table: Table, ids: dict[str, str], dialect: Dialect
) -> Iterator[tuple[Kind, Any, str]]:
    words = {column: marked(key) for column, key in ids.items()}

    def said(clause: Any) -> str:
        return sql_with(clause, words, dialect)

    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        where = index.dialect_options[dialect.name]["where"]
        kind = "unique" if index.unique else "index"
        over = ", ".join(said(one) for one in index.expressions)
        some = "" if where is None else f" where {where}"
        yield "index", index, f"{kind} ({over}){some}"
    for item in table.constraints:
        if isinstance(item, ForeignKeyConstraint):
            [element] = item.elements
            held = said(element.parent)
            yield "foreign_key", item, f"{held} refers to {element.column.table.name}"
        elif isinstance(item, CheckConstraint):
            yield "check", item, f"check {said(item.sqltext)}"


def sql_with(clause: ClauseElement, words: Mapping[str, str], dialect: Dialect) -> str:
    """Return the SQL of a clause with other words in place of its columns."""

    def by_word(element: Any, **_: Any) -> Any:
        if isinstance(element, Column):
            return literal_column(words[element.name])
        return None

    replaced: Any = visitors.replacement_traverse(clause, {}, by_word)
    return str(
        replaced.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    )


def _name(item: Any, dialect: Dialect) -> str:
    prepared = dialect.identifier_preparer
    if isinstance(item, Index):
        return prepared.format_index(item).strip('"')
    return str(prepared.format_constraint(item)).strip('"')


def index_sql(demand: Demand, dialect: Dialect, *, concurrently: bool = False) -> str:
    """Return the statement that makes an index."""
    if not isinstance(demand.item, Index):
        raise TypeError(f"{demand.name} is no index")
    made = str(CreateIndex(demand.item).compile(dialect=dialect))
    return made.replace("INDEX", "INDEX CONCURRENTLY", 1) if concurrently else made


def constraint_sql(demand: Demand, dialect: Dialect) -> str:
    """Return a constraint as CREATE TABLE and ADD COLUMN say it."""
    if isinstance(demand.item, Index):
        raise TypeError(f"{demand.name} is an index")
    made = AddConstraint(demand.item, isolate_from_table=False)
    _, _, said = str(made.compile(dialect=dialect)).partition(" ADD ")
    return said


def inline_sql(demand: Demand, dialect: Dialect) -> str:
    """Return a constraint as SQLite's ADD COLUMN says it."""
    if isinstance(demand.item, ForeignKeyConstraint):
        target = demand.item.elements[0].column
        prepared = dialect.identifier_preparer
        return (
            f"CONSTRAINT {prepared.quote(demand.name)}"
            f" REFERENCES {prepared.format_table(target.table)} ({target.name})"
        )
    return constraint_sql(demand, dialect)
