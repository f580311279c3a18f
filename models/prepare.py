"""Bring a database to what this program expects: engine tables, registers, search."""

from models.catalogue import Catalogue
from models.database import Database
from models.migrations.running import upgrade
from models.schema_lock import exclusive
from models.schema_plan import bring_up_to_date
from models.search_build import bring_search_up_to_date


def prepare(database: Database, catalogue: Catalogue) -> None:
    """Make or update every table; the second time there is nothing to do.

    Safe in several processes at once: one does the work, the others wait for it. Safe
    to kill: SQLite takes all or nothing, PostgreSQL goes on where it was.

    Raises:
        SchemaRefusedError: Existing entries do not allow a change.
        SchemaBusyError: Others kept a table locked.
    """
    with exclusive(database) as change:
        change.do(upgrade, "Alembic")
        bring_up_to_date(change, catalogue)
        bring_search_up_to_date(change, catalogue)
