"""From a clause's code to the place where it can be read, for every page."""

from collections.abc import Iterable
from typing import Any

from flask import url_for

from admin import visit
from models import rulebook

TITLE = 80  # characters of a clause's text that a link's title shows


def links(codes: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """Return {code: the template's Clause} for all codes of a page, by one statement.

    A code that no loaded regulation has is shown without a link.
    """
    wanted = {code for one in codes if one for code in one.split()}
    if not wanted:
        return {}
    language = visit.language()
    found = rulebook.texts(visit.session(), sorted(wanted))
    return {
        code: {
            "code": code,
            "label": found[code].text(language)[:TITLE] if code in found else code,
            "url": url_for("rulebook.clause", code=code) if code in found else None,
        }
        for code in wanted
    }


def first(known: dict[str, dict[str, Any]], codes: str | None) -> dict[str, Any] | None:
    """Return the Clause of the first of some codes; None where none is named."""
    words = (codes or "").split()
    return known.get(words[0]) if words else None
