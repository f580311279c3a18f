"""Whether a process still knows the tables as they are: asked by every save.

The planner raises the generation in `catalogue_state` whenever tables change. A process
that was prepared under an older one refuses to write: what it would save was typed into
a form of fields that are no longer those of the table.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue
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


def demand_current(session: Session) -> None:
    """Refuse to write under an older generation than the tables have by now.

    A database that this process has not prepared is not looked at: no generation is
    known of it. After a refusal the process goes on under the new generation if its own
    declarations are what the tables were made from, so the next save succeeds.

    Raises:
        StaleDeclarationsError: The tables were changed since the process knew them.
    """
    database = session.info.get("database")
    if not isinstance(database, Database) or database.generation is None:
        return
    if session.scalar(_NOW) != database.generation:
        _refresh(session, database)
        raise StaleDeclarationsError


def _refresh(session: Session, database: Database) -> None:
    state = session.execute(select(*CatalogueState.__table__.c)).one()
    known = catalogue.current()
    if state.fingerprint == fingerprint(known):
        known.generation = database.generation = state.generation
