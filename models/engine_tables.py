"""The modules that define the engine's own tables, in one list for Alembic.

Whoever adds a class that derives from `Base` adds its module here, so that a migration
is drafted for it and the test of migrations knows of it.
"""

import importlib

from sqlalchemy import MetaData

from models.database import Base

MODULES = (
    "models.access",
    "models.accounts",
    "models.applied",
    "models.attachments",
    "models.calendar_moves",
    "models.call_shares",
    "models.board_layouts",
    "models.calendars",
    "models.change_batches",
    "models.channels",
    "models.charts",
    "models.clock_table",
    "models.deliveries",
    "models.duties",
    "models.duty_verdicts",
    "models.flow_table",
    "models.history",
    "models.import_tables",
    "models.job_tables",
    "models.list_views",
    "models.measures",
    "models.merge_table",
    "models.numbering",
    "models.outbox",
    "models.outside_tables",
    "models.pay_run_tables",
    "models.pay_tables",
    "models.preferences",
    "models.reply_texts",
    "models.rulebook",
    "models.samples",
    "models.schema_state",
    "models.search_build",
    "models.sent_entries",
    "models.stored",
    "models.targets",
)


def engine_metadata() -> MetaData:
    """Import every module of the list; return the metadata of all engine tables."""
    for name in MODULES:
        importlib.import_module(name)
    return Base.metadata
