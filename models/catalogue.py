"""All declarations of a running process, and the table of each, made on first use.

The catalogue is replaced as a whole when a declaration changes; its generation is what
every write carries, so that a process with an old one is found out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    text,
)

from models import list_indexes, registers
from models.column_types import BigId, UtcDateTime, column_type
from models.database import NAMING
from models.list_indexes import fitting
from models.register import Check, Declaration, Field, Register


class UnknownRegisterError(LookupError):
    """No register of that code is declared."""


class Catalogue:
    """Declarations by code, with their tables."""

    def __init__(self, declared: Iterable[Declaration], generation: int = 1) -> None:
        """Keep the declarations; tables are made when asked for."""
        self._declared: dict[str, Declaration] = {one.code: one for one in declared}
        self.generation = generation
        self.metadata = MetaData(naming_convention=NAMING)
        self._tables: dict[str, Table] = {}
        self._making = Lock()
        self.worked_out: dict[str, Any] = {}  # kept by those who ask the whole of it
        self.wording: tuple[Any, ...] = ()  # whose words it speaks; see wordings.py

    def __iter__(self) -> Iterator[Declaration]:
        """Go through the declarations in the order they were made."""
        return iter(self._declared.values())

    def __contains__(self, code: object) -> bool:
        """Whether a register of that code is declared."""
        return code in self._declared

    def __getitem__(self, code: str) -> Declaration:
        """Return a declaration; UnknownRegisterError if there is none."""
        try:
            return self._declared[code]
        except KeyError:
            raise UnknownRegisterError(code) from None

    @property
    def codes(self) -> Mapping[str, Declaration]:
        """All declarations by code."""
        return self._declared

    def table(self, code: str) -> Table:
        """Return the register's columns, made on first use, whichever thread asks.

        Statements need no more. Constraints and indexes, which are three quarters of
        what a table is made of, have only `schema_tables`.
        """
        made = self._tables.get(code)
        if made is None:
            with self._making:
                made = self._tables.get(code)
                if made is None:
                    made = make_table(self[code], self.metadata)
                    self._tables[code] = made
        return made

    @cached_property
    def schema_tables(self) -> Mapping[str, Table]:
        """Every register's table as the database is to have it, by code.

        Made when tables are changed. All know each other: a foreign key is put in words
        only when its target is known. Built whole before it is kept.
        """
        metadata = MetaData(naming_convention=NAMING)
        return {one.code: constrained(one, make_table(one, metadata)) for one in self}

    def tables(self) -> Iterator[Table]:
        """Return every register's table."""
        for code in self._declared:
            yield self.table(code)

    def referring_to(self, code: str) -> Iterator[tuple[Declaration, Field]]:
        """Return every field, of any register, that holds an entry of this one."""
        for declared in self:
            for one in declared.fields:
                if one.refers_to == code:
                    yield declared, one

    @cached_property
    def parts(self) -> Mapping[str, Sequence[Declaration]]:
        """The registers whose entries are entered in the form of a whole, by its code.

        Built whole before it is kept, so that threads need no lock.
        """
        found: defaultdict[str, list[Declaration]] = defaultdict(list)
        for declared in self:
            if declared.part_of is not None and declared.in_whole:
                whole = declared.field(declared.part_of).refers_to
                found[whole or ""].append(declared)
        return dict(found)


def make_table(declared: Declaration, metadata: MetaData) -> Table:
    """Return the table of a declaration: its typed columns."""
    columns: list[Column[Any]] = [
        Column("id", BigId, primary_key=True),
        # Raised by one with each change. The panel's own rows begin with 1; 0 is what a
        # row has that another program inserted, until it has been taken over.
        Column("version", Integer, nullable=False, server_default="0"),
        Column("binned_at", UtcDateTime),
    ]
    columns += [Column(name, column_type(one)) for one, name in declared.columns]
    return Table(declared.code, metadata, *columns)


def constrained(declared: Declaration, table: Table) -> Table:
    """Add named constraints and indexes to a table; return it."""
    for one, name in declared.columns:
        # A required field is required of people. Rows that other programs write come
        # without a number or department and are completed by the sweep, and a field
        # that is required only sometimes must be free at other times.
        if one.unique:
            _unique(table, (name,))
        if one.minimum is not None and one.computed is None:
            low = table.c[name] >= one.minimum
            table.append_constraint(CheckConstraint(low, name=f"{one.name}_min"))
        if one.refers_to:
            table.append_constraint(
                ForeignKeyConstraint([name], [f"{one.refers_to}.id"], link_to_name=True)
            )
    list_indexes.add(table, declared)
    for together in declared.unique_together:
        _unique(table, tuple(_column(declared, name) for name in together))
    for check in declared.checks:
        table.append_constraint(_constraint(declared, table, check))
    return table


def _unique(table: Table, names: tuple[str, ...]) -> None:
    """Make a unique index over what is not in the bin."""
    alive = text("binned_at IS NULL")
    Index(
        fitting(f"uq_{table.name}_{'_'.join(names)}"),
        *(table.c[name] for name in names),
        unique=True,
        sqlite_where=alive,
        postgresql_where=alive,
    )


def _column(declared: Declaration, name: str) -> str:
    column = declared.field(name).column
    if column is None:
        raise ValueError(f"{declared.code}.{name} has no column")
    return column


def _constraint(declared: Declaration, table: Table, check: Check) -> CheckConstraint:
    left = table.c[_column(declared, check.left)]
    right: Any = check.right
    if isinstance(right, str):
        right = table.c[_column(declared, right)]
    operator = "==" if check.op == "=" else check.op
    condition = {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }[operator]
    return CheckConstraint(condition, name=check.name)


Adding = Callable[[Iterable[Declaration]], Iterable[Declaration]]
_current: Catalogue | None = None
_made_from: frozenset[str] = frozenset()  # the classes known when it was made
_adding: Adding = tuple  # makes of the classes all that is declared
_made: tuple[tuple[Adding, frozenset[str], Catalogue], ...] = ()  # the newest last
_KEPT = 4  # of them: what is declared, what is planned, a template by itself
# What one request goes by from its beginning to its end: see `pin`.
_pinned: ContextVar["Pinned | None"] = ContextVar("pinned", default=None)


class Pinned(NamedTuple):
    """A catalogue, and the generation of the tables it was found right for."""

    catalogue: Catalogue
    generation: int | None


def current() -> Catalogue:
    """Return the catalogue that is pinned, else the process's one."""
    held = _pinned.get()
    return installed() if held is None else held.catalogue


def installed() -> Catalogue:
    """Return the process's catalogue: every class known, and what `use` adds."""
    global _current, _made_from  # noqa: PLW0603 - one a process, replaced as a whole
    if _current is None or _made_from != Register.known.keys():
        registers.load_all()
        _made_from = frozenset(Register.known)
        _current = Catalogue(_adding(Register.known.values()))
    return _current


def use(adding: Adding = tuple) -> None:
    """Replace the catalogue by the classes with what is declared elsewhere."""
    install(made(adding), adding)


def made(adding: Adding) -> Catalogue:
    """Return the catalogue of the classes with what is declared elsewhere.

    It is the process's own, with its tables, where nothing else is declared, and one
    that was made lately where that is the same: a change is planned, shown, then done.
    """
    global _made  # noqa: PLW0603 - as above
    known = made_before(adding)
    if known is None:
        known = Catalogue(adding(Register.known.values()))
        _made = (*_made, (adding, _made_from, known))[-_KEPT:]
    return known


def made_before(adding: Adding) -> Catalogue | None:
    """Return what `made` gives if it is there already; None if it has to be made."""
    own = installed()
    if adding == _adding:
        return own
    for said, classes, known in _made:
        if classes == _made_from and said == adding:
            return known
    return None


def install(known: Catalogue, adding: Adding) -> None:
    """Replace the catalogue by one that `made` gave."""
    global _current, _adding, _made_from
    _adding, _made_from, _current = adding, frozenset(Register.known), known


def is_pinned() -> bool:
    """Whether this thread sees a catalogue of its own."""
    return _pinned.get() is not None


def pinned_generation() -> int | None:
    """Return the generation that was pinned; None if nothing is."""
    held = _pinned.get()
    return None if held is None else held.generation


def pin(known: Catalogue | None, generation: int | None = None) -> None:
    """Let this thread see one catalogue, whatever others install, until `pin(None)`.

    A page that began under some fields ends under them; what it writes is refused if
    the tables have moved on meanwhile.
    """
    _pinned.set(None if known is None else Pinned(known, generation))


@contextmanager
def pinned(known: Catalogue, generation: int | None = None) -> Iterator[None]:
    """Pin a catalogue for a block of code."""
    token = _pinned.set(Pinned(known, generation))
    try:
        yield
    finally:
        _pinned.reset(token)
