"""Which steps make a register's table, or turn the one there is into the declared one.

Order within a table: renames, what is taken away, columns, types, constraints, indexes.
Nothing with values in it is ever dropped: a field that is no longer declared keeps its
column and whatever constraint speaks of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Dialect, Table
from sqlalchemy.schema import CreateColumn, CreateTable

from models.register import Declaration
from models.schema_demands import (
    Demand,
    constraint_sql,
    demands,
    index_sql,
    inline_sql,
)
from models.schema_look import Found, Memory
from models.schema_steps import Guard, Step, field_memory
from models.words import Label


@dataclass(frozen=True, slots=True)
class Wanted:
    """A register's table as it is declared, for one kind of database."""

    declared: Declaration
    table: Table
    dialect: Dialect

    @property
    def is_sqlite(self) -> bool:
        """Whether constraints can only stand in CREATE TABLE and ADD COLUMN."""
        return self.dialect.name == "sqlite"

    @property
    def demands(self) -> dict[str, Demand]:
        """Every index and constraint by signature."""
        return demands(self.declared, self.table, self.dialect)

    def said(self, zh: str, en: str) -> Label:
        """Return words with the register's name before them."""
        title = self.declared.title
        return Label(f"{title.zh}：{zh}", f"{title.en}: {en}")

    def quoted(self, name: str) -> str:
        """Return an identifier as the database reads it."""
        return self.dialect.identifier_preparer.quote(name)


def create(wanted: Wanted) -> Iterator[Step]:
    """Make a table that does not exist.

    Registers refer to each other in circles. SQLite takes a reference to a table that
    is still to come; PostgreSQL gets all foreign keys of new tables afterwards
    (`connect`).
    """
    known = wanted.demands.values()
    keys = [one for one in known if one.kind == "foreign_key"]
    indexes = [one for one in known if one.kind == "index"]
    inline = None if wanted.is_sqlite else ()
    made = CreateTable(wanted.table, include_foreign_key_constraints=inline)
    yield Step(
        register=wanted.declared.code,
        label=wanted.said("新建表", "create the table"),
        statements=(
            str(made.compile(dialect=wanted.dialect)),
            *(index_sql(one, wanted.dialect) for one in indexes),
        ),
        fields=tuple(
            field_memory(wanted.declared.code, one)
            for one, _ in wanted.declared.columns
        ),
        made=tuple(one for one in known if wanted.is_sqlite or one not in keys),
    )


def connect(wanted: Wanted) -> Iterator[Step]:
    """Add the foreign keys of a new table on PostgreSQL."""
    keys = [one for one in wanted.demands.values() if one.kind == "foreign_key"]
    if keys and not wanted.is_sqlite:
        table = wanted.quoted(wanted.table.name)
        yield Step(
            register=wanted.declared.code,
            label=wanted.said("连接到所引用的台账", "connect it to what it refers to"),
            statements=tuple(
                f"ALTER TABLE {table} ADD {constraint_sql(one, wanted.dialect)}"
                for one in keys
            ),
            made=tuple(keys),
        )
