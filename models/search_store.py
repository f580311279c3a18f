"""Where the search text of a register lies: the SQL of each database, and only that.

Both keep one row an entry with its normalised text, in a table of its own, and an index
of the text's two-character pieces without positions: the pieces say which entries may
match, the text says which do. Positions would make the index half as large again, and
PostgreSQL keeps too few of them for a long text.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    cast,
    column,
    delete,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from models.column_types import BigId
from models.rules.ngrams import PIECE, asked, pieces

CHUNK = 2_000  # entries in one statement
SEPARATOR = " "  # between the texts of two fields; no word contains it
# Up to so many hits SQLite gathers them all before it sorts; from there on, walking
# the list and reading each text is faster (20,000 of 1,000,000 entries: 8 ms and 4 ms).
COMMON = 20_000


class Store(ABC):
    """The search text of one register on one kind of database."""

    def __init__(self, register: str, *more: Column[Any]) -> None:
        """Name the table; its `$` keeps it apart from every register's own."""
        self.table = Table(
            f"search${register}",
            MetaData(),
            Column("id", BigId, primary_key=True, autoincrement=False),
            Column("body", Text, nullable=False),
            *more,
        )

    @abstractmethod
    def create(self, connection: Connection) -> None:
        """Make the table and its index."""

    @abstractmethod
    def write(self, session: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Keep the texts of at most CHUNK entries, new or changed."""

    @abstractmethod
    def remove(self, session: Session, ids: Sequence[int]) -> None:
        """Forget at most CHUNK entries."""

    @abstractmethod
    def holds(self, word: str) -> ColumnElement[bool]:
        """Return whether the row's text contains a normalised word."""

    @abstractmethod
    def ids(self, words: Sequence[str]) -> Select[tuple[int]]:
        """Return the ids of the entries that contain all words.

        A word of two characters is one piece; for a longer one the text is looked at
        too, since an entry may have all pieces of a word apart from each other. For a
        word of one character the texts are all there is to look at.
        """

    def having(
        self, entry_id: ColumnElement[int], words: Sequence[str]
    ) -> ColumnElement[bool]:
        """Return whether an entry contains all words, for the database to plan."""
        return entry_id.in_(self.ids(words))

    def are_common(self, session: Session, words: Sequence[str]) -> bool:
        """Whether a page walks the entries and reads their texts, without the index.

        PostgreSQL decides by itself, since it knows how common each piece is.
        """
        del session, words
        return False

    def settle(self, connection: Connection) -> None:
        """Make ready for reading after many writes."""
        del connection

    def read(self, entry_id: ColumnElement[int], word: str) -> ColumnElement[bool]:
        """Return whether one entry's text contains a word, without the index."""
        held = select(self.holds(word)).where(self.table.c.id == entry_id)
        return held.scalar_subquery()


class SqliteStore(Store):
    """FTS5 without content of its own beside the table of texts."""

    def __init__(self, register: str) -> None:
        """Name the index; FTS5 puts more behind the name for tables of its own."""
        super().__init__(register)
        self._name = f"{self.table.name}$"
        self._index = table(self._name, column("rowid", BigInteger()), column("pieces"))
        self._match: ColumnElement[str] = column(self._name)

    def create(self, connection: Connection) -> None:
        """Make the table and the index; every other letter than ASCII is a letter."""
        connection.execute(CreateTable(self.table))
        connection.exec_driver_sql(
            f'CREATE VIRTUAL TABLE "{self._name}" USING fts5'
            "(pieces, content='', detail=none, tokenize='ascii')"
        )

    def write(self, session: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Take the old pieces out of the index, put the new ones in."""
        old = self._old(session, [key for key, _ in texts])
        changed = [(key, body) for key, body in texts if old.get(key) != body]
        self._take_out(session, [(key, old[key]) for key, _ in changed if key in old])
        if changed:
            connection = session.connection()
            connection.exec_driver_sql(
                f'INSERT OR REPLACE INTO "{self.table.name}" (id, body) VALUES (?, ?)',
                changed,
            )
            connection.exec_driver_sql(
                f'INSERT INTO "{self._name}" (rowid, pieces) VALUES (?, ?)',
                [(key, _spaced(body)) for key, body in changed],
            )

    def remove(self, session: Session, ids: Sequence[int]) -> None:
        """Take the entries out of the index and of the table."""
        self._take_out(session, list(self._old(session, ids).items()))
        session.execute(delete(self.table).where(self.table.c.id.in_(ids)))

    def _old(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        known = select(self.table).where(self.table.c.id.in_(ids))
        return dict(session.execute(known).all())

    def _take_out(self, session: Session, texts: Sequence[tuple[int, str]]) -> None:
        if texts:
            # FTS5 finds what to take out by the very pieces that were put in.
            session.connection().exec_driver_sql(
                f'INSERT INTO "{self._name}" ("{self._name}", rowid, pieces)'
                " VALUES ('delete', ?, ?)",
                [(key, _spaced(body)) for key, body in texts],
            )

    def holds(self, word: str) -> ColumnElement[bool]:
        """Return whether the text contains the word, byte by byte."""
        return func.instr(self.table.c.body, word) > 0

    def ids(self, words: Sequence[str]) -> Select[tuple[int]]:
        """Ask the index for those that have all pieces, then look at their texts."""
        found = select(self.table.c.id).where(*map(self.holds, _unsure(words)))
        indexed = _indexed(words)
        if indexed:
            found = found.where(self.table.c.id.in_(self._candidates(indexed)))
        return found

    def having(
        self, entry_id: ColumnElement[int], words: Sequence[str]
    ) -> ColumnElement[bool]:
        """Look at the texts of only those entries that the list reaches."""
        every = [self.read(entry_id, word) for word in _unsure(words)]
        indexed = _indexed(words)
        if indexed:
            every.append(entry_id.in_(self._candidates(indexed)))
        return and_(*every)

    def _candidates(self, words: Sequence[str]) -> Select[tuple[int]]:
        wanted = " ".join(f'"{one}"' for one in _asked(words))
        return select(self._index.c.rowid).where(self._match.op("MATCH")(wanted))

    def are_common(self, session: Session, words: Sequence[str]) -> bool:
        """Count no further than it takes to know."""
        some = self._candidates(words).limit(COMMON + 1).subquery()
        return (session.scalar(select(func.count()).select_from(some)) or 0) > COMMON


class PostgresStore(Store):
    """A tsvector of pieces under a GIN index, out of the way of the register's own.

    In a table of its own, so that a changed state or due time of an entry does not
    write the search index anew.
    """

    def __init__(self, register: str) -> None:
        """Keep the pieces beside the text."""
        super().__init__(register, Column("pieces", TSVECTOR, nullable=False))

    def create(self, connection: Connection) -> None:
        """Make the table and its index."""
        connection.execute(CreateTable(self.table))
        name = self.table.name
        connection.exec_driver_sql(
            f'CREATE INDEX "{name}$pieces" ON "{name}" USING gin (pieces)'
            f" WITH ({_LITTLE_PENDING})"
        )

    def write(self, session: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Write what differs in one statement."""
        name = self.table.name
        session.execute(
            text(
                f'INSERT INTO "{name}" AS known (id, body, pieces)'
                " SELECT id, body, array_to_tsvector(string_to_array(pieces, ' '))"
                " FROM ROWS FROM (unnest(CAST(:ids AS bigint[])),"
                " json_array_elements_text(CAST(:bodies AS json)),"
                " json_array_elements_text(CAST(:pieces AS json)))"
                " AS given (id, body, pieces)"
                " ON CONFLICT (id) DO UPDATE"
                " SET body = excluded.body, pieces = excluded.pieces"
                " WHERE known.body <> excluded.body"
            ),
            {
                "ids": [key for key, _ in texts],
                # The server reads JSON several times faster than arrays of texts.
                "bodies": json.dumps([body for _, body in texts], ensure_ascii=False),
                "pieces": json.dumps(
                    [_spaced(body) for _, body in texts], ensure_ascii=False
                ),
            },
        )

    def remove(self, session: Session, ids: Sequence[int]) -> None:
        """Forget the entries."""
        session.execute(delete(self.table).where(self.table.c.id.in_(ids)))

    def holds(self, word: str) -> ColumnElement[bool]:
        """Return whether the text contains the word; it has no sign LIKE reads."""
        return self.table.c.body.contains(word)

    def ids(self, words: Sequence[str]) -> Select[tuple[int]]:
        """Ask the index and look at the texts in one, as PostgreSQL plans it."""
        found = select(self.table.c.id).where(*map(self.holds, _unsure(words)))
        indexed = _indexed(words)
        if indexed:
            wanted = " & ".join(f"'{one}'" for one in _asked(indexed))
            query = cast(literal(wanted), TSQUERY)
            found = found.where(self.table.c.pieces.op("@@")(query))
        return found

    def settle(self, connection: Connection) -> None:
        """Let PostgreSQL count how common the pieces are; its plans depend on it."""
        name = self.table.name
        # Also of an index that was made before there was a bound.
        connection.exec_driver_sql(
            f'ALTER INDEX "{name}$pieces" SET ({_LITTLE_PENDING})'
        )
        connection.exec_driver_sql(f'ANALYZE "{name}"')


# Every search goes through the writes that wait to be put in their places: with the
# usual 4 MB it took a quarter longer after an import until a vacuum came by. In kB.
_LITTLE_PENDING = "gin_pending_list_limit = 256"


def _indexed(words: Sequence[str]) -> list[str]:
    """Return the words that the index knows pieces of."""
    return [word for word in words if len(word) >= PIECE]


def _unsure(words: Sequence[str]) -> list[str]:
    """Return the words that only a look at the text decides."""
    return [word for word in words if len(word) != PIECE]


def _asked(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one for word in words for one in asked(word)))


def _spaced(body: str) -> str:
    """Return the pieces of all fields' texts as the index takes them."""
    return " ".join([one for part in body.split(SEPARATOR) for one in pieces(part)])


@cache
def store(register: str, dialect_name: str) -> Store:
    """Return the store of a register on one kind of database."""
    kinds = {"sqlite": SqliteStore, "postgresql": PostgresStore}
    return kinds[dialect_name](register)
