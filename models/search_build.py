"""The search tables of all registers: made, and filled when what is searched changes.

What each was filled from is remembered; filling goes by small transactions that may be
repeated, and on SQLite belongs to the one transaction that prepares the database.
"""

import hashlib
from functools import partial

from sqlalchemy import Connection, String, Table, delete, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.access import marked
from models.catalogue import Catalogue
from models.database import Base, Database
from models.register import Declaration
from models.schema_lock import SchemaChange, exclusive
from models.search import index_entries, searched, spelt
from models.search_store import CHUNK, store

# Raise when `models/rules/ngrams.py` or a store cuts or keeps texts differently.
MANNER = 2


class SearchedRegister(Base):
    """What the search text of one register was last made from."""

    __tablename__ = "searched_register"

    register: Mapped[str] = mapped_column(String(41), primary_key=True)
    made_from: Mapped[str] = mapped_column(String(64))  # SHA-256 of fields and manner


def ensure(database: Database, catalogue: Catalogue) -> None:
    """Make missing search tables and fill those whose fields have changed."""
    with exclusive(database) as change:
        bring_search_up_to_date(change, catalogue)


def bring_search_up_to_date(change: SchemaChange, catalogue: Catalogue) -> None:
    """Do the same for a caller who holds the right to change the schema."""
    with change.transaction() as connection:
        existing = set(inspect(connection).get_table_names())
        rows = connection.execute(select(*SearchedRegister.__table__.c))
        known = {row.register: row.made_from for row in rows}
        dialect = connection.dialect.name
    for declared in catalogue:
        kept = store(declared.code, dialect)
        if kept.table.name not in existing:
            change.do(kept.create, kept.table.name)
        elif known.get(declared.code) == _made_from(declared):
            continue
        _fill(change, declared, catalogue.table(declared.code))
        change.do(partial(_remember, declared=declared), "searched_register")


def _made_from(declared: Declaration) -> str:
    fields = [(one.id, one.type.value, one.options) for one in searched(declared)]
    names = [one.id for one in spelt(declared)]
    # A register without names is not filled anew for what it has not.
    made = (MANNER, fields, names) if names else (MANNER, fields)
    return hashlib.sha256(repr(made).encode()).hexdigest()


class _Filling:
    """One register's search text on its way from the first entry to the last."""

    def __init__(self, declared: Declaration, table: Table) -> None:
        self.declared = declared
        columns = [
            table.c[str(one.column)].label(one.name) for one in searched(declared)
        ]
        self._entries = (
            # Held until their texts are written: a writer in between would be undone.
            select(table.c.id, *columns).with_for_update(read=True).limit(CHUNK)
        )
        self._alive = table.c.binned_at.is_(None)
        self._id = table.c.id
        self._after = 0
        self.is_done = False

    def next_chunk(self, connection: Connection) -> None:
        """Fill in the next entries, in the transaction of the connection."""
        query = self._entries.where(self._id > self._after, self._alive)
        query = marked(query.order_by(self._id), self.declared.code)
        with Session(connection) as session:
            rows = [dict(row) for row in session.execute(query).mappings()]
            index_entries(session, self.declared, rows)
        if rows:
            self._after = rows[-1]["id"]
        self.is_done = len(rows) < CHUNK


def _fill(change: SchemaChange, declared: Declaration, table: Table) -> None:
    filling = _Filling(declared, table)
    while not filling.is_done:
        change.do(filling.next_chunk, declared.title.zh)


def _remember(connection: Connection, declared: Declaration) -> None:
    connection.execute(
        delete(SearchedRegister).where(SearchedRegister.register == declared.code)
    )
    connection.execute(
        insert(SearchedRegister).values(
            register=declared.code, made_from=_made_from(declared)
        )
    )
    store(declared.code, connection.dialect.name).settle(connection)
