"""Alembic for the engine's tables: bring them up to date, compare, without Flask.

The caller gives a connection in a transaction; nothing is committed here, so that on
SQLite the migrations and the registers' tables come into being together or not at all.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, TypeDecorator

from models.engine_tables import engine_metadata

FOLDER = Path(__file__).parent


def options() -> dict[str, Any]:
    """Return what Alembic must know to compare: engine tables only, plain types."""
    metadata = engine_metadata()

    def include_name(name: str | None, kind: str, _parents: Any) -> bool:
        # Registers, search tables and other programs' tables are not ours to compare.
        return kind != "table" or name in metadata.tables

    return {
        "target_metadata": metadata,
        "include_name": include_name,
        "render_item": _render,
        "render_as_batch": True,
        "compare_server_default": True,
    }


def _render(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own types as the plain ones they are kept as.

    A migration says what the database keeps, so that it still runs when the code of a
    type has changed or is gone.
    """
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    prefix = autogen_context.opts["sqlalchemy_module_prefix"]
    return f"{prefix}{item.impl!r}"


def configuration(connection: Connection) -> Config:
    """Return the settings of an Alembic command on one open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.set_main_option("timezone", "UTC")
    config.set_main_option(
        "file_template",
        "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s",
    )
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the engine's tables to the newest migration."""
    command.upgrade(configuration(connection), "head")


def differences(connection: Connection) -> list[Any]:
    """Return what the classes and the database disagree about; empty when nothing."""
    known = options()
    context = MigrationContext.configure(connection, opts=known)
    return list(compare_metadata(context, known["target_metadata"]))
