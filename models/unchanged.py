"""Whether any entry was written since: what was checked before still holds."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.history import EVENTS
from models.outside_tables import EntryChange

State = tuple[int, int]
"""The last change of an entry, by the panel and by another program."""


def state_of(session: Session) -> State | None:
    """Return what differs after every write of an entry; None where nothing can tell.

    On SQLite one writer comes after the other, so that their numbers rise as they end.
    On PostgreSQL one that began earlier may still be writing.
    """
    if session.get_bind().dialect.name != "sqlite":
        return None
    queries = (select(func.max(EVENTS.c.id)), select(func.max(EntryChange.id)))
    told, noticed = (session.scalar(query) or 0 for query in queries)
    return told, noticed
