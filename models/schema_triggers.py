"""Triggers that notice what other programs write to the tables of registers.

The panel inserts with version 1 and its own time of change, and raises the version by
one with each change; whatever comes otherwise, and every deletion, is put into
`entry_change` with the row before and after. A change by plain SQL also gets its
version raised at once, so that a form opened before is refused. What differs between
the databases is here: SQLite has triggers of its own for each table, which also refuse
values that PostgreSQL refuses by type; PostgreSQL has one function for all tables.

SQLite's REPLACE deletes what is in its way without firing a trigger of deletion. So
what is in the way of an outside write is noted before it as "replaced", not knowing
whether it will be; `outside_replaced.py` finds out.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Integer,
    String,
    Table,
    Time,
    TypeDecorator,
)

from models import computing
from models.catalogue import Catalogue
from models.register import Declaration
from models.schema_tables import Wanted

# No register's name has a "$", so nobody else's trigger is taken for one of these.
PREFIX = "outside$"
OURS = "Made by Taizhang"  # in the text of a view, or in the comment on it
FUNCTION = "outside_notice"
HARDENED = "refuse_hardened"
# What is written beside a change and is none itself.
_KEPT = frozenset({"version", "changed_at", "changed_by_id"})
# SQLite's functions take 127 arguments.
_MOST = 100
# Without it, SQLite gives the 30th of February back as it came.
_ANEW = "'+0 days'"
_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@dataclass(frozen=True, slots=True)
class Piece:
    """A function, trigger or view that the planner keeps as it is declared."""

    kind: str  # function, trigger or view
    name: str  # as the database keeps it
    register: str | None  # None: all registers share it
    statements: tuple[str, ...]  # make it, or put it in the place of an older one
    drop: str
    reads: frozenset[str] = frozenset()  # tables whose columns it names

    @property
    def mark(self) -> str:
        """What tells this piece from an older one of its name."""
        said = "\n".join(self.statements).encode()
        return f"{OURS}, {hashlib.sha256(said).hexdigest()[:32]}"


def triggers(catalogue: Catalogue, dialect: Dialect) -> Iterator[Piece]:
    """Return what notices other programs' writes, for every register."""
    if dialect.name != "sqlite":
        yield _function()
    for declared in catalogue:
        wanted = Wanted(declared, catalogue.schema_tables[declared.code], dialect)
        passed_over = _KEPT | figures(catalogue, declared)
        make = _of_sqlite if wanted.is_sqlite else _of_postgres
        yield from make(wanted, passed_over)


def figures(catalogue: Catalogue, declared: Declaration) -> frozenset[str]:
    """Return the columns that other registers' entries move, in `postings.py`.

    They move without a new version, since a form opened before must still be saved.
    """
    moved = {
        name
        for other in catalogue
        for posting in other.postings
        if posting.to == declared.code
        for name in (*posting.add, *posting.latest)
    }
    if not moved:
        return frozenset()
    follows = {
        one.name
        for one in declared.fields
        if one.computed and moved & set(computing.names_of((one.computed,)))
    }
    names = moved | follows
    return frozenset(column for one, column in declared.columns if one.name in names)


def _of_sqlite(wanted: Wanted, passed_over: frozenset[str]) -> Iterator[Piece]:
    code, columns = wanted.declared.code, _columns(wanted)
    before, after = (_row(wanted, columns, row) for row in ("OLD", "NEW"))
    different = " OR ".join(
        f"NEW.{wanted.quoted(one.name)} IS NOT OLD.{wanted.quoted(one.name)}"
        for one in columns
        if one.name not in passed_over
    )
    inserted = "NEW.version IS NOT 1 OR NEW.changed_at IS NULL"
    yield from _replacing(wanted, columns, inserted)
    yield _sqlite_trigger(
        wanted,
        "insert",
        "AFTER INSERT",
        inserted,
        _refusal(wanted, columns),
        _noted(code, "created", "NEW", after=after),
    )
    yield _sqlite_trigger(
        wanted,
        "update",
        "AFTER UPDATE",
        f"NEW.version IS NOT OLD.version + 1 AND ({different})",
        _refusal(wanted, columns, keeping_id=True),
        _noted(code, "changed", "OLD", before=before, after=after),
        # Noticed no more: this one raises the version by one.
        f"UPDATE {wanted.name} SET version = OLD.version + 1, changed_at = {_NOW},"
        " changed_by_id = NULL WHERE id = NEW.id;",
    )
    yield _sqlite_trigger(
        wanted,
        "delete",
        "AFTER DELETE",
        "1",
        _noted(code, "deleted", "OLD", before=before),
    )


def _replacing(
    wanted: Wanted, columns: list[Column[object]], inserted: str
) -> Iterator[Piece]:
    """Return what notes the entries that OR REPLACE would delete in silence.

    These are the one of the same id and, for each unique index, the one with the same
    values. The conditions are put so that each is one probe of that index.
    """
    row = _row(wanted, columns, "e")

    def noted(condition: str) -> str:
        return (
            'INSERT INTO entry_change (register, entry_id, what, at, "before")'
            f"\n    SELECT '{wanted.declared.code}', e.id, 'replaced', {_NOW},\n"
            f"    {row}\n    FROM {wanted.name} AS e WHERE {condition};"
        )

    unique = [
        [wanted.quoted(column.name) for column in index.columns]
        for index in sorted(wanted.table.indexes, key=lambda one: str(one.name))
        if index.unique
    ]
    alike = [
        noted(
            " AND ".join(f"e.{name} = NEW.{name}" for name in names)
            + " AND e.binned_at IS NULL AND NEW.binned_at IS NULL"
            " AND e.id IS NOT NEW.id"
        )
        for names in unique
    ]
    yield _sqlite_trigger(
        wanted,
        "insert_over",
        "BEFORE INSERT",
        inserted,
        noted("e.id = NEW.id"),
        *alike,
    )
    if alike:
        names = sorted({"binned_at", *(name for names in unique for name in names)})
        yield _sqlite_trigger(
            wanted,
            "update_over",
            f"BEFORE UPDATE OF {', '.join(names)}",
            "NEW.version IS NOT OLD.version + 1",
            *alike,
        )


def _sqlite_trigger(
    wanted: Wanted, called: str, event: str, when: str, *body: str
) -> Piece:
    name = f"{PREFIX}{wanted.declared.code}${called}"
    head = f'CREATE TRIGGER "{name}" {event} ON {wanted.name}\nWHEN {when}'
    said = "\n  ".join(body)
    return Piece(
        "trigger",
        name,
        wanted.declared.code,
        (f"{head}\nBEGIN\n  {said}\nEND",),
        f'DROP TRIGGER "{name}"',
        frozenset({wanted.table.name}),
    )


def _noted(
    code: str, what: str, row: str, before: str = "NULL", after: str = "NULL"
) -> str:
    return (
        'INSERT INTO entry_change (register, entry_id, what, at, "before", "after")'
        f"\n    VALUES ('{code}', {row}.id, '{what}', {_NOW},\n    {before},\n"
        f"    {after});"
    )


def _row(wanted: Wanted, columns: list[Column[object]], row: str) -> str:
    """Return the JSON of a row, in as many lists as the columns need.

    Each list begins with its columns' names in one text: every constant of a trigger is
    loaded whenever it is asked, also by the panel's own writes, so there are few.
    """
    parts = []
    for start in range(0, len(columns), _MOST):
        some = columns[start : start + _MOST]
        names = ",".join(one.name for one in some)
        values = ", ".join(f"{row}.{wanted.quoted(one.name)}" for one in some)
        parts.append(f"json_array('{names}', {values})")
    return f"json_array({', '.join(parts)})"


def _refusal(
    wanted: Wanted, columns: list[Column[object]], *, keeping_id: bool = False
) -> str:
    """Return the statement that refuses values which PostgreSQL's types refuse.

    The panel could not read them, and every list with such a row in it would fail.
    """
    said = []
    if keeping_id:
        said.append(_raised("NEW.id IS NOT OLD.id", wanted, "id", "stays as it is"))
    for one in columns:
        value = f"NEW.{wanted.quoted(one.name)}"
        is_sound, expected = _soundness(one, value)
        said.append(_raised(f"NOT ({is_sound})", wanted, one.name, expected))
    cases = "\n    ".join(said)
    return f"SELECT CASE\n    {cases}\n  END;"


def _raised(when: str, wanted: Wanted, column: str, expected: str) -> str:
    message = f"{wanted.table.name}.{column}: {expected}"
    return f"WHEN {when} THEN RAISE(ABORT, '{message}')"


def _soundness(column: Column[object], value: str) -> tuple[str, str]:
    """Return the condition of a value that the panel can read, and what it is."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    is_sound, expected = f"typeof({value}) = 'text'", "a text"
    if isinstance(kind, DateTime):
        is_sound = _moment(value, "datetime", "????-??-?? ??:??:??")
        expected = "UTC as YYYY-MM-DD HH:MM:SS"
    elif isinstance(kind, Date):
        is_sound, expected = (
            f"{value} IS date({value}, {_ANEW})",
            "a date as YYYY-MM-DD",
        )
    elif isinstance(kind, Time):
        is_sound, expected = (
            _moment(value, "time", "??:??:??"),
            "a time of day as HH:MM:SS",
        )
    elif isinstance(kind, Boolean):
        is_sound, expected = f"{value} IN (0, 1)", "0 or 1"
    elif isinstance(kind, Integer | BigInteger):
        is_sound, expected = f"typeof({value}) = 'integer'", "a whole number"
    elif isinstance(kind, String) and kind.length:
        is_sound += f" AND length({value}) <= {kind.length}"
        expected = f"a text of at most {kind.length} characters"
    return f"{value} IS NULL OR {is_sound}", expected


def _moment(value: str, function: str, whole: str) -> str:
    """Return the condition of a time in whole seconds, or with six decimals."""
    digits = len(whole)
    decimals = f"'{whole}.{'?' * 6}'"
    return (
        f"typeof({value}) = 'text'"
        f" AND {function}({value}, {_ANEW}) IS substr({value}, 1, {digits})"
        f" AND (length({value}) = {digits} OR {value} GLOB {decimals})"
    )


def _of_postgres(wanted: Wanted, passed_over: frozenset[str]) -> Iterator[Piece]:
    for event, when, each, condition in (
        (
            "insert",
            "AFTER",
            "ROW",
            "NEW.version IS DISTINCT FROM 1 OR NEW.changed_at IS NULL",
        ),
        ("update", "BEFORE", "ROW", "NEW.version IS DISTINCT FROM OLD.version + 1"),
        ("delete", "AFTER", "ROW", ""),
        ("truncate", "BEFORE", "STATEMENT", ""),
    ):
        name, on = f'"{PREFIX}{event}"', wanted.name
        only = f" WHEN ({condition})" if condition else ""
        given = f"'{{{','.join(sorted(passed_over))}}}'" if event == "update" else ""
        made = (
            f"CREATE OR REPLACE TRIGGER {name} {when} {event.upper()} ON {on}"
            f" FOR EACH {each}{only} EXECUTE FUNCTION {FUNCTION}({given})"
        )
        yield Piece(
            "trigger",
            f"{PREFIX}{event} ON {wanted.declared.code}",
            wanted.declared.code,
            (made,),
            f"DROP TRIGGER {name} ON {on}",
        )


def _function() -> Piece:
    """Return the function behind all triggers of PostgreSQL.

    It runs with the rights of its owner, since other programs need none on the engine's
    tables. It looks for tables in the planner's schema and last in the temporary one,
    where anybody may make an `entry_change` of their own.
    """
    return Piece(
        "function",
        FUNCTION,
        None,
        (
            f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  noticed timestamptz := clock_timestamp();
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO entry_change (register, entry_id, what, at, after)
      VALUES (TG_TABLE_NAME, NEW.id, 'created', noticed, to_json(NEW));
    RETURN NULL;
  ELSIF TG_OP = 'TRUNCATE' THEN
    EXECUTE
      'INSERT INTO entry_change (register, entry_id, what, at, before)'
      ' SELECT $1, e.id, ''deleted'', $2, to_json(e) FROM '
      || quote_ident(TG_TABLE_SCHEMA) || '.' || quote_ident(TG_TABLE_NAME) || ' AS e'
      USING TG_TABLE_NAME::text, noticed;
    RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO entry_change (register, entry_id, what, at, before)
      VALUES (TG_TABLE_NAME, OLD.id, 'deleted', noticed, to_json(OLD));
    RETURN NULL;
  END IF;
  IF NEW.id <> OLD.id THEN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || '.id: stays as it is';
  END IF;
  IF to_jsonb(NEW) - TG_ARGV[0]::text[] = to_jsonb(OLD) - TG_ARGV[0]::text[] THEN
    RETURN NEW;
  END IF;
  INSERT INTO entry_change (register, entry_id, what, at, before, after)
    VALUES (TG_TABLE_NAME, OLD.id, 'changed', noticed,
            to_json(OLD), to_json(NEW));
  NEW.version := OLD.version + 1;
  NEW.changed_at := noticed;
  NEW.changed_by_id := NULL;
  RETURN NEW;
END $$""",
            f"""
DO $$ BEGIN
  EXECUTE 'ALTER FUNCTION {FUNCTION}() SET search_path = '
    || quote_ident(current_schema()) || ', pg_temp';
END $$""",
        ),
        f"DROP FUNCTION {FUNCTION}()",
    )


def _columns(wanted: Wanted) -> list[Column[object]]:
    table: Table = wanted.table
    return list(table.c)
