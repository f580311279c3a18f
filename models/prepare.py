"""Bring a database to what this program expects: engine tables, registers, search."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from types import NoneType
from typing import Any

from sqlalchemy import Connection, inspect, update

from models.catalogue import Catalogue
from models.database import Database
from models.register import Declaration, Field
from models.schema_lock import exclusive
from models.schema_look import state
from models.schema_plan import bring_up_to_date
from models.schema_state import CatalogueState
from models.search_build import bring_search_up_to_date

# What no table depends on. All else counts, so that a later property of a declaration
# that does shape tables is not forgotten here.
WORDS_ONLY = frozenset(
    {
        *("title", "menu", "label", "help", "default", "only_if", "makes", "clauses"),
        *("is_retired", "retired_fields", "flow", "in_whole", "begins_with", "secrecy"),
        *("stands_in", "open_in", "handed_on", "anyone", "hands_over", "absence"),
        *("call_list", "takes_calls", "alike", "merges"),
    }
)
PLAIN = (str, int, Decimal, date, NoneType)
# The code that turns declarations into tables, and the migrations by their names.
SHAPERS = (
    "catalogue.py",
    "column_types.py",
    "list_indexes.py",
    "register.py",
    "schema_*.py",
    "search*.py",
    "rules/ngrams.py",
)


def prepare(database: Database, catalogue: Catalogue) -> None:
    """Make or update every table; the second time there is nothing to do.

    Safe in several processes at once: one does the work, the others wait for it. Safe
    to kill: SQLite takes all or nothing, PostgreSQL goes on where it was. A start with
    the declarations and the program of the last one costs a single look; what others
    changed in the tables since is found by `schema_plan.compare`.

    Raises:
        SchemaRefusedError: Existing entries do not allow a change.
        SchemaBusyError: Others kept a table locked.
    """
    wanted = fingerprint(catalogue)
    with database.reading.connect() as connection:
        if inspect(connection).has_table(CatalogueState.__tablename__):
            generation, applied = state(connection)
            if applied == wanted:
                catalogue.generation = database.generation = generation
                return
    _bring_everything_up_to_date(database, catalogue, wanted)
    database.generation = catalogue.generation


def _bring_everything_up_to_date(
    database: Database, catalogue: Catalogue, wanted: str
) -> None:
    # Alembic and the modules of all engine tables take longer to load than the rest of
    # a start that finds everything in order.
    from models.migrations.running import upgrade  # noqa: PLC0415 - loaded when needed

    with exclusive(database) as change:
        change.do(upgrade, "Alembic")
        bring_up_to_date(change, catalogue)
        bring_search_up_to_date(change, catalogue)
        change.do(partial(_remember, wanted=wanted), "catalogue_state")


def _remember(connection: Connection, wanted: str) -> None:
    connection.execute(update(CatalogueState).values(fingerprint=wanted))


def fingerprint(catalogue: Catalogue) -> str:
    """Return what the tables are made from, declarations and code, as one SHA-256."""
    if "fingerprint" not in catalogue.worked_out:
        catalogue.worked_out["fingerprint"] = _fingerprint(catalogue)
    said: str = catalogue.worked_out["fingerprint"]
    return said


def _fingerprint(catalogue: Catalogue) -> str:
    folder = Path(__file__).parent
    seen = hashlib.sha256()
    for pattern in SHAPERS:
        for file in sorted(folder.glob(pattern)):
            seen.update(file.read_bytes())
    for file in sorted((folder / "migrations" / "versions").glob("*.py")):
        seen.update(file.name.encode())
    for declared in sorted(catalogue, key=lambda one: one.code):
        seen.update(repr(_said(declared)).encode())
    return seen.hexdigest()


def _said(value: Any) -> Any:
    """Return a declaration, or a part of one, alike in every process.

    What is as it is unless somebody says otherwise is left out: it can change only with
    the code, which counts as well. A set has no order that two processes share.
    """
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, tuple | list):
        return [_said(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(repr(_said(one)) for one in value)
    if isinstance(value, Mapping):
        return [(key, _said(one)) for key, one in value.items()]
    said = []
    kind: Any = type(value)
    for name, usual in _parts_of(kind):
        part = getattr(value, name)
        if part is not usual and (part != usual or type(part) is not type(usual)):
            said.append((name, _said(part)))
    return (kind.__name__, said)


@cache
def _parts_of(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the names and usual values of a dataclass, but for what tables ignore."""
    ignored = WORDS_ONLY if kind in (Declaration, Field) else frozenset()
    return tuple(
        (one.name, one.default) for one in fields(kind) if one.name not in ignored
    )
