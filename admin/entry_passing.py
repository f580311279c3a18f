"""Buttons of an entry's page by which it passes to another, beside its flow's steps."""

from typing import Any

from flask import url_for

from admin import leaving_pages, visit
from models import first_asked, hand_over
from models.preparing import Row
from models.register import Declaration


def moves(declared: Declaration, entry: Row) -> list[dict[str, Any]]:
    """Return them as register/details.html takes them; mostly none."""
    person = visit.person()
    found = leaving_pages.move(declared, entry)
    said = declared.anyone
    if (
        said is not None
        and entry[said.taken_by] is not None
        and entry[said.accepted_at] is None
        and first_asked.may_accept(person, declared)
    ):
        url = url_for("taking.accept", register=declared.code, id=entry["id"])
        found.append(_move(visit.t("认领", "Accept"), url, form=False))
    if declared.hands_over is not None and hand_over.may_confirm(
        person, declared, entry
    ):
        url = url_for("hand_over.take", register=declared.code, entry_id=entry["id"])
        found.append(_move(visit.t("接班确认", "Take the shift over"), url, form=True))
    return found


def _move(label: str, url: str, *, form: bool) -> dict[str, Any]:
    return {
        "label": label,
        "url": url,
        "form_url": url if form else None,
        "icon": "check",
        "primary": True,
        "confirm": None,
        "danger": False,
    }
