"""The call lists of whoever signs in, for the desk."""

from typing import Any

from flask import url_for

from admin import call_pages, call_progress, menu, visit
from admin.call_lines import Lines
from models import call_people
from models.call_people import Hours

SHOWN = 5


def cards(on: list[str] | None, *, owes: bool) -> list[dict[str, Any]]:
    """Return a card for each list that the person shares today.

    Args:
        on: The registers that are on; None for all.
        owes: Whether the person owes any duty; most lists are shared by those who do,
            so that nobody else has to be looked up.
    """
    staff_id = visit.person().staff_id
    if staff_id is None:
        return []
    found = []
    for declared in menu.call_lists(on):
        said = declared.call_list
        if said is None or not (said.posts or owes):
            continue
        if not call_pages.may_make(declared):
            continue
        day = call_people.day_of(visit.now(), visit.zone()).first
        session = visit.session()
        some = call_people.sharers(session, declared, said, day, Hours(session))
        if staff_id not in {one.id for one in some}:
            continue
        today = call_pages.today_of(declared)
        keys = call_pages.upcoming(today, staff_id)
        found.append(
            {
                "title": said.title.text(visit.language()),
                "items": Lines(today).of(keys[:SHOWN]),
                "count": len(keys),
                "url": url_for("calls.index", register=declared.code),
                "progress": call_progress.of(declared, staff_id)[:1],
            }
        )
    return found
