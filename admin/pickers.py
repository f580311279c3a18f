"""What a reference field offers: the newest entries, or those found by what is typed.

Never more than a page, and never a row that the person may not list.
"""

from typing import Any

from sqlalchemy.orm import Session

from admin.listing import searching
from models import access, catalogue, references
from models.access import Action, Person
from models.entries import load

SIZE = 20


def find(
    session: Session, person: Person, register: str, text: str, page: int = 1
) -> tuple[list[dict[str, Any]], bool]:
    """Return one page of {id, text, note} and whether there are more."""
    if not person.may(register, Action.LIST):
        return [], False
    known = catalogue.current()
    declared, table = known[register], known.table(register)
    query = access.visible(person, register, Action.LIST)
    if text.strip():
        found = searching(session, person, declared, text[:100], for_page=True)
        if found is not None:
            query = query.where(found)
    query = query.order_by(table.c.id.desc()).limit(SIZE + 1)
    rows = load(session, declared, query.offset((min(page, 50) - 1) * SIZE))
    return [
        {
            "id": row["id"],
            "text": references.called(declared, row),
            "note": row["number"] or "",
        }
        for row in rows[:SIZE]
    ], len(rows) > SIZE
