"""关账前检查: what is still missing before a run is closed, each with its list."""

from typing import Any

from flask import url_for

from admin import clause_links, filters, listing, visit
from admin.list_page import desk
from admin.listing import Wanted
from models import catalogue, pay_checks, preferences
from models.access import Action
from models.pay_checks import PayCheck
from models.words import PersonError


def checklist(period: str) -> list[dict[str, Any]]:
    """Return the lines of a period that the person can look into.

    Counted are the rows that the person's own list shows: somebody who may not open the
    register, or not see what is asked, has no such line.
    """
    settings = preferences.shown(visit.session())
    checks = pay_checks.declared(settings)
    clauses = clause_links.links(code for one in checks for code in one.clauses)
    lines = (_line(one, period, clauses) for one in checks)
    return [line for line in lines if line is not None]


def _line(
    check: PayCheck, period: str, clauses: dict[str, dict[str, Any]]
) -> dict[str, Any] | None:
    known, person = catalogue.current(), visit.person()
    if check.register not in known or not person.may(check.register, Action.LIST):
        return None
    declared, conditions = known[check.register], check.conditions(period)
    try:
        wanted = Wanted(filters=tuple(filters.given(person, declared, conditions)))
        count, exact = listing.count(visit.session(), declared, wanted, desk())
    except PersonError:
        return None
    return {
        "label": check.label.text(visit.language()),
        "count": f"{count:,}" if exact else f"{count:,}+",
        "url": url_for("register.index_view", register=check.register, w=conditions),
        "clauses": [clauses[code] for code in check.clauses],
        "ok": count == 0,
        "blocks": False,
    }
