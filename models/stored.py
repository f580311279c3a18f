"""Registers that templates and the panel declared: kept as stanzas in the database.

What a process knows is its classes and what is stored here. A register is stored under
its code with who brought it; what is added to registers that are declared elsewhere is
stored for each register and each who brought it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import JSON, Connection, String, delete, insert, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from models import catalogue
from models.column_types import BigId
from models.database import Base, Database
from models.register import Declaration
from models.stanza import read_register
from models.stanza_added import read_added, with_added

PANEL = "panel"  # who brought it: the panel, or a template by its name
Stanza = Mapping[str, Any]
Of = tuple[str, str]  # a register's code, and who brought what is added


class StoredRegister(Base):
    """A register that no class declares."""

    __tablename__ = "declared_register"

    code: Mapped[str] = mapped_column(String(41), primary_key=True)
    origin: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(BigId)
    stanza: Mapped[dict[str, Any]] = mapped_column(JSON)


class StoredAddition(Base):
    """What one origin adds to a register, in several pieces."""

    __tablename__ = "declared_addition"

    register: Mapped[str] = mapped_column(String(41), primary_key=True)
    origin: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(BigId)
    stanzas: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored register: its stanza, and who brought it."""

    origin: str
    stanza: Stanza


@dataclass(frozen=True, slots=True)
class Stored:
    """All that is stored, in its order; a change of it is a new one."""

    registers: Mapping[str, Kept] = field(default_factory=dict)
    additions: Mapping[Of, tuple[Stanza, ...]] = field(default_factory=dict)

    def with_register(self, stanza: Stanza, origin: str) -> "Stored":
        """Return the same with a register, in the place it has if it is known."""
        code = str(stanza["code"])
        return replace(
            self, registers={**self.registers, code: Kept(origin, dict(stanza))}
        )

    def with_additions(
        self, register: str, origin: str, stanzas: Iterable[Stanza]
    ) -> "Stored":
        """Return the same with what an origin adds to a register; nothing: none."""
        found = {**self.additions, (register, origin): tuple(stanzas)}
        return replace(
            self, additions={key: some for key, some in found.items() if some}
        )

    def in_order(self) -> list[tuple[Of, tuple[Stanza, ...]]]:
        """Return what is added in the order it is: the panel has the last word."""
        return sorted(self.additions.items(), key=lambda item: item[0][1] == PANEL)

    def __call__(self, classes: Iterable[Declaration]) -> list[Declaration]:
        """Return every register: the classes, the stored ones, with what is added.

        What is added to a register that there is not is left alone.

        Raises:
            StanzaError: A stanza cannot be read.
        """
        found = {one.code: one for one in classes}
        for code, kept in self.registers.items():
            if code not in found:
                found[code] = read_register(kept.stanza)
        for (code, _), stanzas in self.in_order():
            for stanza in stanzas:
                if code in found:
                    found[code] = with_added(found[code], read_added(stanza))
        return list(found.values())


NOTHING = Stored()


def read(connection: Connection) -> Stored:
    """Return what is stored."""
    registers, additions = StoredRegister.__table__.c, StoredAddition.__table__.c
    return Stored(
        {
            row.code: Kept(row.origin, row.stanza)
            for row in connection.execute(
                select(*registers).order_by(registers.position, registers.code)
            )
        },
        {
            (row.register, row.origin): tuple(row.stanzas)
            for row in connection.execute(
                select(*additions).order_by(
                    additions.position, additions.register, additions.origin
                )
            )
        },
    )


def write(connection: Connection, stored: Stored) -> None:
    """Keep this in place of what is stored."""
    for table, rows in (
        (
            StoredRegister.__table__,
            [
                {
                    "code": code,
                    "origin": kept.origin,
                    "position": position,
                    "stanza": kept.stanza,
                }
                for position, (code, kept) in enumerate(stored.registers.items())
            ],
        ),
        (
            StoredAddition.__table__,
            [
                {
                    "register": code,
                    "origin": origin,
                    "position": position,
                    "stanzas": list(stanzas),
                }
                for position, ((code, origin), stanzas) in enumerate(
                    stored.additions.items()
                )
            ],
        ),
    ):
        connection.execute(delete(table))  # type: ignore[arg-type]  # a class has a table
        if rows:
            connection.execute(insert(table), rows)  # type: ignore[arg-type]  # as above


def of(database: Database) -> Stored:
    """Return what is stored in a database; nothing before it is prepared."""
    with database.reading.connect() as connection:
        if not inspect(connection).has_table(StoredRegister.__tablename__):
            return NOTHING
        return read(connection)


def know(database: Database) -> None:
    """Let the process's catalogue be the classes and what is stored in a database."""
    catalogue.use(of(database))
