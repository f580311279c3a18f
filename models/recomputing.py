"""Computing a changed formula on the entries that are there already.

In small transactions, the newest entries first; stopped half way, the older ones follow
when they are next changed.
"""

from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from models import catalogue, computing
from models.access import marked
from models.database import Database

AT_ONCE = 500
MOST = 20_000  # entries, so that the page that asked for it answers


def compute_again(database: Database, code: str, zone: ZoneInfo) -> int:
    """Compute every formula of a register anew; return how many entries are left."""
    declared = catalogue.current()[code]
    table = catalogue.current().table(code)
    names = [name for it in declared.fields for name in _names(it.computed)]
    query = select(table.c.id).order_by(table.c.id.desc()).limit(AT_ONCE)
    done, below = 0, None
    while done < MOST:
        with database.write() as session:
            older = query if below is None else query.where(table.c.id < below)
            ids = list(session.scalars(marked(older, code)))
            if ids:
                computing.recompute(session, declared, ids, names, zone, raises=True)
        if len(ids) < AT_ONCE:
            return 0
        done, below = done + len(ids), ids[-1]
    with database.read() as session:
        left = select(func.count()).select_from(table).where(table.c.id < below)
        return int(session.scalar(marked(left, code)) or 0)


def _names(text: str | None) -> tuple[str, ...]:
    return computing.names_of((text,)) if text else ()
