"""Values of a field carried over into a new one of another type.

The old field is retired and keeps every value; what the new one can hold is in both.
Small transactions, each of which takes what is still missing, so that carrying over may
be stopped and repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, column, func, select, update
from sqlalchemy.orm import Session

from models import catalogue, checking
from models.access import marked
from models.column_types import column_type
from models.database import Database
from models.register import Field
from models.words import Label, PersonError

AT_ONCE = 1_000
MOST = 5_000  # different values that are looked at beforehand
Convert = Callable[[Any], Any]
"""Makes of an old value a new one; PersonError where none can be made."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What carrying over would come to."""

    entries: int  # whose value fits
    misfits: tuple[tuple[Any, int], ...]  # values that do not, with their entries


def fitting(session: Session, code: str, old: Field, convert: Convert) -> Fitting:
    """Return how many values of a field would fit into another, and which would not."""
    found = values(session, code, old)
    wrong = tuple((value, many) for value, many in found if not _fits(value, convert))
    many = sum(count for _, count in found) - sum(count for _, count in wrong)
    return Fitting(many, wrong)


def values(session: Session, code: str, old: Field) -> list[tuple[Any, int]]:
    """Return the different values of a field with their entries, the usual first."""
    held = catalogue.current().table(code).c[old.column or ""]
    many = func.count()
    query = select(held, many).where(held.is_not(None)).group_by(held)
    query = query.order_by(many.desc(), held).limit(MOST)
    return [(row[0], row[1]) for row in session.execute(marked(query, code))]


def _fits(value: Any, convert: Convert) -> bool:
    try:
        convert(value)
    except PersonError:
        return False
    return True


def checked(new: Field, value: Any) -> Any:
    """Return a value as the new field keeps it.

    Raises:
        PersonError: The field would refuse it.
    """
    kept = checking.clean(new, value)
    if isinstance(kept, Label):
        raise PersonError(kept.zh, kept.en)
    return kept


def carry_over(
    database: Database, code: str, old: Field, new: Field, convert: Convert
) -> int:
    """Fill a new field from a retired one; return how many entries it filled."""
    table = catalogue.current().table(code)
    # Retired, it is no column of the declaration any more, and still one of the table.
    was = column(old.column or "", column_type(old))
    now = table.c[new.column or ""]
    change = (
        update(table)
        .where(table.c.id == bindparam("entry_id"))
        .values({now: bindparam("value"), table.c.version: table.c.version + 1})
    )
    done, after = 0, 0
    while True:
        query = select(table.c.id, was).where(
            table.c.id > after, was.is_not(None), now.is_(None)
        )
        with database.write() as session:
            some = session.execute(
                marked(query.order_by(table.c.id).limit(AT_ONCE), code)
            ).all()
            rows = [
                {"entry_id": key, "value": convert(value)}
                for key, value in some
                if _fits(value, convert)
            ]
            if rows:
                session.connection().execute(marked(change, code), rows)
        done += len(rows)
        if len(some) < AT_ONCE:
            return done
        after = some[-1][0]
