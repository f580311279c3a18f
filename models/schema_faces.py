"""The planner's steps for what other programs meet: triggers and views.

A trigger or view bears a mark of what it was made from, so that nothing has to be
remembered: SQLite keeps its very text, PostgreSQL a comment on it. Views and, on
SQLite, triggers name columns, so those of a table that is changed are taken away before
and made again after.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, text

from models.catalogue import Catalogue
from models.schema_hardening import hardening
from models.schema_steps import Guard, Step
from models.schema_triggers import FUNCTION, HARDENED, OURS, PREFIX, Piece, triggers
from models.schema_views import PREFIX as VIEW_PREFIX
from models.schema_views import views
from models.words import Label

_SQLITE = text(
    "SELECT type, name, sql FROM sqlite_schema WHERE"
    " (type = 'trigger' AND substr(name, 1, :longest) = :prefix) OR type = 'view'"
)
_POSTGRES = text(
    "SELECT 'function', proname, obj_description(oid, 'pg_proc') FROM pg_proc"
    " WHERE proname IN (:function, :hardened) AND pg_function_is_visible(oid)"
    " UNION ALL"
    " SELECT 'trigger', tgname || ' ON ' || relname, obj_description(t.oid,"
    " 'pg_trigger') FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = tgrelid"
    " WHERE substr(tgname, 1, :longest) = :prefix AND pg_table_is_visible(c.oid)"
    " UNION ALL"
    " SELECT 'view', relname, obj_description(oid, 'pg_class') FROM pg_class"
    " WHERE relkind = 'v' AND pg_table_is_visible(oid)"
)
_GRANTS = text(
    "SELECT 'GRANT ' || privilege_type || ' ON ' || quote_ident(relname) || ' TO '"
    " || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END"
    " || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"
    " FROM pg_class, aclexplode(relacl)"
    " WHERE relname = :name AND pg_table_is_visible(pg_class.oid)"
    " AND grantee <> relowner"
)
_READERS = (
    "SELECT count(DISTINCT r.ev_class) FROM pg_depend AS d"
    " JOIN pg_rewrite AS r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass"
    " WHERE d.refobjid = to_regclass('{name}') AND r.ev_class <> d.refobjid"
)
_READ_BY_OTHERS = Label(
    "视图 {name} 要按新的声明重建，但有 {count} 个其他程序的视图依赖它。"
    "请先删除这些视图，更新后再建。",
    "The view {name} is to be made anew, but {count} views of other programs depend on "
    "it. Drop those first, and make them again after the update.",
)

Key = tuple[str, str]  # kind and name


@dataclass(frozen=True)
class Faces:
    """What other programs are to meet, and what they meet now."""

    wanted: Mapping[Key, Piece]
    found: Mapping[Key, str | None]  # the marks of those that are there
    dialect: Dialect
    changed: frozenset[str]  # tables whose columns get other names or types
    titles: Mapping[str, Label]  # of registers by code
    # Who may read a view that is taken away, for the one that takes its place.
    _grants: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        """Whether a mark is the very text."""
        return self.dialect.name == "sqlite"

    def before(self) -> Iterator[Step]:
        """Take away what stands in the way of other steps, and what is retired."""
        gone = [one for key, one in self.wanted.items() if self._goes_before(key)]
        gone += self._retired()
        for register, some in _by_register(gone):
            yield self._step(
                register,
                "撤下供其他程序使用的触发器和视图",
                "take away its triggers and views for other programs",
                guards=tuple(one for piece in some for one in self._guards(piece)),
                also=partial(self._drop, pieces=some),
            )

    def after(self) -> Iterator[Step]:
        """Make what is missing or is not as declared."""
        missing = [one for key, one in self.wanted.items() if self._is_missing(key)]
        for register, some in _by_register(missing):
            yield self._step(
                register,
                "新建供其他程序使用的触发器和视图",
                "make its triggers and views for other programs",
                guards=tuple(
                    one
                    for piece in some
                    if not self._goes_before((piece.kind, piece.name))
                    for one in self._guards(piece)
                ),
                also=partial(self._make, pieces=some),
            )

    def _step(self, register: str, zh: str, en: str, **options: Any) -> Step:
        title = self.titles.get(register, Label(register, register))
        label = Label(f"{title.zh}：{zh}", f"{title.en}: {en}")
        return Step(register=register, label=label, **options)

    def _is_as_wanted(self, key: Key) -> bool:
        mark = self.found.get(key)
        one = self.wanted[key]
        return mark == (one.statements[0] if self.is_sqlite else one.mark)

    def _is_missing(self, key: Key) -> bool:
        return not self._is_as_wanted(key) or self._goes_before(key)

    def _goes_before(self, key: Key) -> bool:
        if key not in self.found:
            return False
        if self.is_sqlite and not self._is_as_wanted(key):
            return True
        return bool(self.wanted[key].reads & self.changed)

    def _retired(self) -> list[Piece]:
        """Return ours of registers that are no longer declared."""
        return [
            _stray(kind, name)
            for (kind, name), mark in self.found.items()
            if (kind, name) not in self.wanted and _is_ours(kind, mark)
        ]

    def _guards(self, piece: Piece) -> Iterator[Guard]:
        is_there = (piece.kind, piece.name) in self.found
        if piece.kind == "view" and is_there and not self.is_sqlite:
            yield Guard(
                _READERS.format(name=piece.name), _READ_BY_OTHERS, {"name": piece.name}
            )

    def _drop(self, connection: Connection, pieces: Iterable[Piece]) -> None:
        for one in pieces:
            self._let_go(connection, one)

    def _let_go(self, connection: Connection, piece: Piece) -> None:
        if piece.kind == "view" and not self.is_sqlite:
            said = connection.execute(_GRANTS, {"name": piece.name}).scalars()
            self._grants[piece.name] = list(said)
        connection.exec_driver_sql(piece.drop)

    def _make(self, connection: Connection, pieces: Iterable[Piece]) -> None:
        for one in pieces:
            key = (one.kind, one.name)
            if one.kind == "view" and key in self.found and not self._goes_before(key):
                self._let_go(connection, one)
            for statement in one.statements:
                connection.exec_driver_sql(statement)
            for statement in self._grants.get(one.name, ()):
                connection.exec_driver_sql(statement)
            if not self.is_sqlite:
                connection.exec_driver_sql(_comment(one))


def faces(
    connection: Connection, catalogue: Catalogue, changed: Iterable[str]
) -> Faces:
    """Compare what the catalogue gives other programs with what is there."""
    dialect = connection.dialect
    every = (
        *triggers(catalogue, dialect),
        *hardening(catalogue, dialect),
        *views(catalogue, dialect),
    )
    # A function comes before the triggers that call it, whosever they are.
    pieces = sorted(every, key=lambda one: one.kind != "function")
    query = _SQLITE if dialect.name == "sqlite" else _POSTGRES
    asked = {"prefix": PREFIX, "longest": len(PREFIX)}
    if dialect.name != "sqlite":
        asked |= {"function": FUNCTION, "hardened": HARDENED}
    found = {(row[0], row[1]): row[2] for row in connection.execute(query, asked)}
    return Faces(
        {(one.kind, one.name): one for one in pieces},
        found,
        dialect,
        frozenset(changed),
        {one.code: one.title for one in catalogue},
    )


def _by_register(pieces: Iterable[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    """Return the pieces of each register; what all share comes by itself."""
    found: dict[str, list[Piece]] = {}
    for one in pieces:
        found.setdefault(one.register or one.name, []).append(one)
    yield from found.items()


def _is_ours(kind: str, mark: str | None) -> bool:
    return kind != "view" or OURS in (mark or "")


def _stray(kind: str, name: str) -> Piece:
    """Return what only has to be dropped: of a register that is retired."""
    if kind == "view":
        code = name.removeprefix(VIEW_PREFIX)
        return Piece(kind, name, code, (), f"DROP VIEW {name}")
    trigger, _, table = name.partition(" ON ")
    code = table or trigger.split("$")[1]
    on = f" ON {table}" if table else ""
    return Piece(kind, name, code, (), f'DROP TRIGGER "{trigger}"{on}')


def _comment(piece: Piece) -> str:
    """Return the statement that leaves the mark; a trigger is named with its table."""
    name, on, table = piece.name.partition(" ON ")
    called = f"{name}()" if piece.kind == "function" else f'"{name}"'
    return f"COMMENT ON {piece.kind} {called}{on}{table} IS '{piece.mark}'"
