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
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, TypeDecorator

from models.engine_tables import engine_metadata
from models.words import PersonError

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


class UnknownMigrationError(PersonError):
    """The database was brought to a state that this program has never heard of."""


def upgrade(connection: Connection) -> None:
    """Bring the engine's tables to the newest migration.

    Raises:
        UnknownMigrationError: A newer program has been at work on this database.
    """
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise UnknownMigrationError(
            "数据库的版本（{revision}）本程序不认识，它可能由更新的版本建立。"
            "请升级程序，或恢复与本程序版本一致的备份。",
            "The database is at {revision}, which this program does not know; a newer "
            "one may have made it. Update the program or restore a backup of its own.",
            revision=error.__cause__.argument,
        ) from error


def differences(connection: Connection) -> list[Any]:
    """Return what the classes and the database disagree about; empty when nothing."""
    known = options()
    context = MigrationContext.configure(connection, opts=known)
    return list(compare_metadata(context, known["target_metadata"]))
