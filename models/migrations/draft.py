"""Write a migration from what the classes have and the migrations do not yet.

`python -m models.migrations.draft "Add the widget table"` adds one file. A migration
that has landed stays as it is: there are stores that it made.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import Script

from models.database import Database
from models.migrations.running import configuration, upgrade


def draft(title: str) -> Path | None:
    """Write the migration; None when the classes and the migrations agree."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        with database.writing.begin() as connection:
            config = configuration(connection)
            upgrade(connection)
            made = command.revision(
                config,
                title,
                autogenerate=True,
                rev_id=datetime.now(UTC).strftime("%Y%m%d_%H%M%S"),
                process_revision_directives=_skip_if_empty,
            )
        database.dispose()
    if not isinstance(made, Script):
        return None
    path = Path(made.path)
    _run_ruff("check", "--select", "I", "--fix", "--quiet", path)
    _run_ruff("format", "--quiet", path)
    return path


def _skip_if_empty(
    _context: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    operations = directives[0].upgrade_ops
    if operations is None or operations.is_empty():
        directives.clear()


def _run_ruff(*arguments: str | Path) -> None:
    command_line = [sys.executable, "-m", "ruff", *map(str, arguments)]
    subprocess.run(command_line, check=True)  # noqa: S603 - the checkout's own formatter


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, write the file, say its name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("title", help="what the migration does, in English")
    path = draft(parser.parse_args(arguments).title)
    print(path or "Nothing to write: the classes and the migrations agree.")  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main()
