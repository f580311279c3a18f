"""The tables of registers as they are declared, and the steps that make new ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.schema import CreateTable

from models.register import Declaration
from models.schema_demands import Demand, constraint_sql, demands, index_sql
from models.schema_steps import Step, field_memory
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
    def name(self) -> str:
        """The table's name as the database reads it."""
        return self.quoted(self.table.name)

    def demands(self) -> dict[str, Demand]:
        """Return every index and constraint by signature."""
        return demands(self.declared, self.table, self.dialect)

    def quoted(self, name: str) -> str:
        """Return an identifier as the database reads it."""
        return self.dialect.identifier_preparer.quote(name)

    def step(self, zh: str, en: str, **options: Any) -> Step:
        """Return a step, its words after the register's name."""
        title = self.declared.title
        label = Label(f"{title.zh}：{zh}", f"{title.en}: {en}")
        return Step(register=self.declared.code, label=label, **options)


def create(wanted: Wanted) -> Iterator[Step]:
    """Make a table that does not exist.

    Registers refer to each other in circles. SQLite takes a reference to a table that
    is still to come; PostgreSQL gets all foreign keys of new tables afterwards
    (`connect`).
    """
    known = wanted.demands().values()
    indexes = [one for one in known if one.kind == "index"]
    inline = None if wanted.is_sqlite else ()
    made = CreateTable(wanted.table, include_foreign_key_constraints=inline)
    yield wanted.step(
        "新建表",
        "create the table",
        statements=(
            str(made.compile(dialect=wanted.dialect)),
            *(index_sql(one, wanted.dialect) for one in indexes),
        ),
        fields=tuple(
            field_memory(wanted.declared.code, one)
            for one, _ in wanted.declared.columns
        ),
        made=tuple(
            one for one in known if wanted.is_sqlite or one.kind != "foreign_key"
        ),
    )


def connect(wanted: Wanted) -> Iterator[Step]:
    """Add the foreign keys of a new table on PostgreSQL."""
    keys = [one for one in wanted.demands().values() if one.kind == "foreign_key"]
    if keys and not wanted.is_sqlite:
        yield wanted.step(
            "连接到所引用的台账",
            "connect it to what it refers to",
            statements=tuple(
                f"ALTER TABLE {wanted.name} ADD {constraint_sql(one, wanted.dialect)}"
                for one in keys
            ),
            made=tuple(keys),
        )
