"""What a browser is told of an entry that it sent: its number, or what is wrong."""

from typing import Any

from flask import url_for

from admin import visit
from models import entries
from models.entry_errors import EntryRefusedError, NotAllowedError
from models.register import Declaration


def written(register: str, entry_id: int, *, is_new: bool) -> dict[str, Any]:
    """Return the number and address of an entry, if the person may still read it."""
    try:
        entry = entries.get(visit.session(), visit.person(), register, entry_id)
    except NotAllowedError:
        return {"number": "", "url": None, "new": is_new}
    url = url_for("register.details_view", register=register, id=entry_id)
    return {"number": entry["number"] or f"#{entry_id}", "url": url, "new": is_new}


def refused(declared: Declaration, error: EntryRefusedError) -> dict[str, Any]:
    """Return a sentence for each field that is wrong."""
    language = visit.language()
    problems = [
        (declared.field(one.field).label.text(language) if one.field else "", one)
        for one in error.problems
    ]
    between = visit.t("：", ": ")
    return {
        "problems": [
            f"{label}{between}{one.label.text(language)}"
            if label
            else one.label.text(language)
            for label, one in problems
        ]
    }
