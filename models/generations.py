"""Whether a process still knows the tables as they are: asked by every save.

The planner raises the generation in `catalogue_state` whenever tables change. A process
that was prepared under an older one refuses to write: what it would save was typed into
a form of fields that are no longer those of the table. `refresh` lets it know the new
ones, before a request begins and between the steps of jobs.
"""

import time

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from models import catalogue, stored
from models.database import Database
from models.prepare import fingerprint
from models.schema_state import CatalogueState
from models.words import PersonError


class StaleDeclarationsError(PersonError):
    """The fields were changed while somebody was typing; nothing was saved."""

    def __init__(self) -> None:
        """Say that the text is kept and what to do."""
        super().__init__(
            "台账的字段刚刚被修改过，内容没有保存。您填写的内容还在页面上，请刷新后核对"
            "再保存；如果仍然出现，请管理员重新启动程序。",
            "The fields of the registers have just been changed and nothing was saved."
            " What you typed is still on the page: reload, compare and save again. If"
            " this comes back, an admin has to restart the program.",
        )


_NOW = select(CatalogueState.generation)


LOOK_EVERY = 2.0
"""Seconds between two looks at the generation: a change is known everywhere in five."""


def refresh(database: Database, every: float = LOOK_EVERY) -> None:
    """Let the process know what others declared meanwhile; mostly costs nothing.

    Args:
        database: One that the process has prepared; others are not looked at.
        every: Seconds in which one look is enough.
    """
    now = time.monotonic()
    if database.generation is None or now < database.looked_at + every:
        return
    if not database.looking.acquire(blocking=False):
        return  # another thread is about it
    try:
        database.looked_at = now
        with database.reading.connect() as connection:
            if connection.scalar(_NOW) != database.generation:
                _take_over(connection, database)
    finally:
        database.looking.release()


def demand_current(session: Session) -> None:
    """Refuse to write under an older generation than the tables have by now.

    A database that this process has not prepared is not looked at: no generation is
    known of it. After a refusal the process goes on under the new generation if the
    tables were made from what it can know, so the next save succeeds.

    Raises:
        StaleDeclarationsError: The tables were changed since the process, or this
            request, knew them.
    """
    database = session.info.get("database")
    if not isinstance(database, Database) or database.generation is None:
        return
    known = catalogue.pinned_generation() or database.generation
    if session.scalar(_NOW) != known:
        _take_over(session.connection(), database)
        raise StaleDeclarationsError


def _take_over(connection: Connection, database: Database) -> None:
    """Go on under the declarations the tables were made from, if they can be known.

    A process whose program is older cannot know them and goes on refusing to write.
    """
    # The state first: what is stored may be newer than it, which the next look finds.
    state = connection.execute(select(*CatalogueState.__table__.c)).one()
    there = stored.read(connection)
    known = catalogue.made(there)
    if state.fingerprint == fingerprint(known):
        known.generation = database.generation = state.generation
        catalogue.install(known, there)
