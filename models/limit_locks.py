"""One writer at a time for the figures of a limit, on PostgreSQL.

Two writers would each see the entries without the other's. SQLite has one
writer anyway.
"""

import json
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.limit import Limit

# A server keeps a few thousand locks for all its sessions: whoever moves the figures of
# more than so many locks out all others of the limit instead.
_MOST = 200
_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")
_EACH = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0))"
    " FROM json_array_elements_text(CAST(:keys AS json)) AS given (key)"
)


def take(
    session: Session, register: str, limit: Limit, of: Iterable[int | None]
) -> None:
    """Wait for other writers of these figures; held to the end of the transaction."""
    if session.get_bind().dialect.name == "sqlite":
        return
    whole = f"limit {register}.{limit.name}"
    # In one order everywhere, so that two writers never wait for each other.
    ids = sorted({one for one in of if one is not None})
    if len(ids) > _MOST:
        session.execute(_ONE, {"key": whole})
        return
    session.execute(_SHARED, {"key": whole})
    session.execute(_EACH, {"keys": json.dumps([f"{whole} {one}" for one in ids])})
