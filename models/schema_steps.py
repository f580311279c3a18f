"""The steps a plan is made of: words for people, SQL for the database, what is kept.

A step and the memory of it are one transaction, so a plan that is stopped half way
goes on where it was. The one exception, an index made concurrently, may be repeated.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert

from models.register import DECIMAL, LONG_TEXT, MONEY, TEXTUAL, Field
from models.schema_demands import Demand
from models.schema_state import AppliedConstraint, AppliedField
from models.words import Label, PersonError


class SchemaRefusedError(PersonError):
    """A change that existing entries do not allow; nothing of it was done."""


class FieldMemory(NamedTuple):
    """A field as it was applied; the columns of `AppliedField` in their order."""

    register: str
    field_id: str
    name: str
    column_name: str
    type: str
    size: int | None
    refers_to: str | None


@dataclass(frozen=True, slots=True)
class Guard:
    """A count of what stands against a step, and what to tell when it is not zero."""

    count: str  # SQL that gives one number
    label: Label  # with a place for {count}
    values: Mapping[str, object]  # for the other places of the label

    def complaint(self, connection: Connection) -> Label | None:
        """Return the sentence if something stands against the step."""
        count = connection.exec_driver_sql(self.count).scalar()
        return self.label.format(count=count, **self.values) if count else None


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one table."""

    register: str
    label: Label
    statements: tuple[str, ...] = ()
    fields: tuple[FieldMemory, ...] = ()
    made: tuple[Demand, ...] = ()
    dropped: tuple[str, ...] = ()  # signatures
    forgotten: tuple[str, ...] = ()  # field ids taken over by a renamed field
    guards: tuple[Guard, ...] = ()
    # Outside any transaction, as CREATE INDEX CONCURRENTLY must be.
    concurrently: bool = False
    # What SQLite can do only by copying the table; the file is backed up before.
    rewrite: Callable[[Connection], None] | None = None
    # What depends on what the database says meanwhile.
    also: Callable[[Connection], None] | None = None

    def run(self, connection: Connection) -> None:
        """Do the step and keep the memory of it."""
        for statement in self.statements:
            connection.exec_driver_sql(statement)
        if self.rewrite is not None:
            self.rewrite(connection)
        if self.also is not None:
            self.also(connection)
        self.remember(connection)

    def remember(self, connection: Connection) -> None:
        """Keep what the step did, inside its transaction."""
        constraints, fields = AppliedConstraint.__table__, AppliedField.__table__
        _replace(
            connection,
            fields,
            fields.c.field_id,
            self.register,
            (*self.forgotten, *(one.field_id for one in self.fields)),
            [one._asdict() for one in self.fields],
        )
        _replace(
            connection,
            constraints,
            constraints.c.signature,
            self.register,
            (*self.dropped, *(one.signature for one in self.made)),
            [_kept(self.register, one) for one in self.made],
        )


def _replace(
    connection: Connection,
    table: Any,
    key: Any,
    register: str,
    old: Iterable[str],
    new: list[dict[str, Any]],
) -> None:
    gone = tuple(old)
    if gone:
        connection.execute(
            delete(table).where(table.c.register == register, key.in_(gone))
        )
    if new:
        connection.execute(insert(table), new)


def _kept(register: str, demand: Demand) -> dict[str, Any]:
    return {
        "register": register,
        "signature": demand.signature,
        "kind": demand.kind,
        "name": demand.name,
        "field_ids": ",".join(demand.field_ids),
    }


def field_memory(register: str, one: Field) -> FieldMemory:
    """Return what is remembered of a field that has a column."""
    size = None
    if one.type is DECIMAL:
        size = one.places
    elif one.type is MONEY:
        size = 2
    elif one.type in TEXTUAL - {LONG_TEXT}:
        size = one.max_length
    return FieldMemory(
        register=register,
        field_id=one.id,
        name=one.name,
        column_name=str(one.column),
        type=one.type.value,
        size=size,
        refers_to=one.refers_to,
    )
