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
    session: Session,
    person: Person,
    register: str,
    text: str,
    page: int = 1,
    of: tuple[str, int] | None = None,
) -> tuple[list[dict[str, Any]], bool]:
    """Return one page of {id, text, note} and whether there are more.

    With `of`, a field of the register and an entry, only what has that entry there is
    offered: the customer's machines. Where none of it is what was typed, everything is.
    """
    if not person.may(register, Action.LIST):
        return [], False
    found = _page(session, person, register, text, page, of)
    if of is not None and text.strip() and page == 1 and not found[0]:
        return _page(session, person, register, text, page, None)
    return found


def _page(
    session: Session,
    person: Person,
    register: str,
    text: str,
    page: int,
    of: tuple[str, int] | None,
) -> tuple[list[dict[str, Any]], bool]:
    known = catalogue.current()
    declared, table = known[register], known.table(register)
    query = access.visible(person, register, Action.LIST)
    for one in person.fields(declared):
        if of is not None and one.name == of[0] and one.column is not None:
            query = query.where(table.c[one.column] == of[1])
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
